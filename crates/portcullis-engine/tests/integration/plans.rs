//! Plans: public tokens, log-ins, calls and quotas.

use portcullis_engine::{FlowMode, LimitSettings, OpenFlow, Plan, SiteChange, SiteSettings};

use crate::flows::shown;
use crate::gate::{Gate, MINUTE, from, light};
use crate::visits::operators;

async fn on(plan: Plan) -> Gate {
    Gate::with(SiteSettings { plan, ..light() }, LimitSettings::default()).await
}

async fn log_in(gate: &Gate, site_key: &str, secret: &str) -> &'static str {
    match gate.engine.log_in(site_key, secret, &from("198.51.100.1")).await {
        Ok(_) => "in",
        Err(portcullis_engine::LogInError::WrongKeys) => "wrong",
        Err(portcullis_engine::LogInError::RateLimited { .. }) => "limited",
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn the_public_token_follows_the_plan() {
    let gate = Gate::open().await;
    let mut seen = vec![gate.site.public_token().to_owned()];
    for plan in [Plan::Starter, Plan::Starter, Plan::Unlimited, Plan::Starter] {
        let settings = Some(SiteSettings { plan, ..light() });
        let change = SiteChange { settings, ..SiteChange::default() };
        let site = gate.engine.change_site(gate.site.site_key(), change).await.unwrap();
        if seen.last().unwrap() != site.public_token() {
            seen.push(site.public_token().to_owned());
        }
        assert!(gate.engine.site_of_public_token(site.public_token()).is_some());
    }
    assert_eq!(seen.len(), 4, "the second change to Starter was none");
    assert_eq!(seen.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "no token comes back");
    let is_known = |token: &String| gate.engine.site_of_public_token(token).is_some();
    assert_eq!(seen.iter().map(is_known).collect::<Vec<_>>(), [false, false, true, true]);
    gate.clock.advance(25 * 60 * MINUTE);
    assert_eq!(
        seen.iter().map(is_known).collect::<Vec<_>>(),
        [false, false, false, true],
        "SDKs keep one for a day"
    );
}

#[tokio::test]
async fn both_keys_must_be_one_sites() {
    let gate = Gate::open().await;
    let other = operators(&gate, light()).await;
    let secret = gate.site.secret().expose();
    assert_eq!(log_in(&gate, gate.site.site_key(), secret).await, "in");
    assert_eq!(log_in(&gate, other.site_key(), secret).await, "wrong");
    gate.clock.advance(MINUTE);
    assert_eq!(log_in(&gate, "", "").await, "wrong");
}

#[tokio::test]
async fn ten_log_ins_a_minute_and_two_a_second() {
    let gate = Gate::open().await;
    let (site_key, secret) = (gate.site.site_key(), gate.site.secret().expose());
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        outcomes.push(log_in(&gate, site_key, secret).await);
    }
    assert_eq!(outcomes, ["in", "in", "limited"]);
    outcomes.clear();
    for _ in 0..11 {
        gate.clock.advance(600);
        outcomes.push(log_in(&gate, site_key, secret).await);
    }
    assert!(outcomes[..7].iter().all(|outcome| *outcome == "in"), "{outcomes:?}");
    assert_eq!(outcomes[10], "limited", "{outcomes:?}");
}

#[tokio::test]
async fn a_burst_of_the_same_wrong_keys_counts_once() {
    let gate = Gate::open().await;
    let wrong = "sk_wrong_wrong_wrong_wrong_wrong_wrong";
    for _ in 0..12 {
        assert_eq!(log_in(&gate, gate.site.site_key(), wrong).await, "wrong");
        gate.clock.advance(100);
    }
    assert_eq!(log_in(&gate, gate.site.site_key(), gate.site.secret().expose()).await, "in");
    let mut limited = 0;
    for number in 0..12 {
        let keys = format!("{wrong}{number}");
        limited += u32::from(log_in(&gate, gate.site.site_key(), &keys).await == "limited");
    }
    assert!(limited >= 10, "different keys are so many guesses: {limited}");
    gate.clock.advance(1000);
    let guess = format!("{wrong}11");
    assert_eq!(log_in(&gate, gate.site.site_key(), &guess).await, "limited");
    assert_eq!(log_in(&gate, gate.site.site_key(), &guess).await, "limited", "nor told the second time");
}

#[tokio::test]
async fn calls_follow_the_plan_that_was_logged_in_with() {
    let gate = on(Plan::Starter).await;
    let limits = Plan::Starter.limits().unwrap();
    let mut granted = 0;
    for _ in 0..20 {
        gate.clock.advance(500);
        granted += u32::from(gate.engine.count_call(&gate.site, limits).await.is_ok());
    }
    assert_eq!(granted, 9, "8, and one that drained in ten seconds");
    assert!(Plan::Unlimited.limits().is_none());
}

#[tokio::test]
async fn a_months_challenges_are_counted_and_the_next_month_is_new() {
    let gate = on(Plan::Starter).await;
    let open = async |number: u32, address: &str| {
        let mut nonce = [0; 32];
        nonce[..4].copy_from_slice(&number.to_be_bytes());
        let visitor = from(address);
        let (site, signals, mode) = (&*gate.site, shown(&visitor), FlowMode::Hidden);
        let wish = OpenFlow { site, visitor: &visitor, signals, nonce, mode, puzzles: &[] };
        gate.engine.open_flow(wish).await.err().map(|error| error.code())
    };
    for number in 0..10_000_u32 {
        let address = format!("10.{}.{}.7", number >> 8, number & 255);
        assert_eq!(open(number, &address).await, None, "{number}");
    }
    assert_eq!(open(10_000, "192.0.2.1").await, Some("quota_exceeded"));
    gate.clock.advance(1);
    assert_eq!(open(9_999, "192.0.2.1").await, None, "what was counted is not counted again");
    gate.clock.advance(32 * 24 * 60 * MINUTE);
    assert_eq!(open(10_001, "192.0.2.1").await, None);
}
