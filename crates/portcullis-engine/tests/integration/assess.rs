//! Who may ask, how often, and what is asked of whom.

use portcullis_engine::risk::{Friction, Policy};
use portcullis_engine::{
    Assess, AssessError, ClaimedOrigin, Event, LimitSettings, Outcome, SiteSettings, StepKind, Visitor,
};

use crate::gate::{Gate, MINUTE, ORIGIN, claiming, from, light, visitor};
use crate::visits::{
    asked, doubtful, driven, finish, judged, open, open_settings, open_with, operators, pass, refusal, token,
    wish,
};

async fn code(gate: &Gate, visitor: &Visitor) -> &'static str {
    refusal(gate.engine.assess(wish(visitor)).await)
}

fn with_policy(policy: Policy) -> SiteSettings {
    SiteSettings { policy: Some(policy.into()), ..light() }
}

#[tokio::test]
async fn an_unknown_site_key_is_refused_and_no_key_is_the_open_site() {
    let (gate, visitor) = (open().await, visitor());
    let unknown = Assess { site_key: Some("pk_nobody"), ..wish(&visitor) };
    assert_eq!(refusal(gate.engine.assess(unknown).await), "unknown_site");
    assert_eq!(code(&gate, &visitor).await, "accepted");
    let closed = Gate::open().await;
    assert_eq!(code(&closed, &visitor).await, "unknown_site");
}

#[tokio::test]
async fn the_open_site_takes_any_web_origin_and_nothing_else() {
    let gate = open().await;
    for origin in
        [Some("https://a.example"), Some("http://b.example:8080"), Some("https://[2001:db8::1]"), None]
    {
        assert_eq!(code(&gate, &claiming(origin)).await, "accepted", "{origin:?}");
    }
    for origin in
        ["null", "", "capacitor://localhost.example", "android-app://com.example", "https://a.example/x"]
    {
        assert_eq!(code(&gate, &claiming(Some(origin))).await, "origin_refused", "{origin}");
    }
}

#[tokio::test]
async fn the_open_site_takes_no_origin_that_an_operators_site_lists() {
    let gate = open().await;
    let origins =
        vec![ORIGIN.parse().unwrap(), "https://*.bank.example".parse().unwrap(), "*".parse().unwrap()];
    operators(&gate, SiteSettings { origins, ..light() }).await;
    // A backend may verify by host alone, so other schemes and ports of a listed host are its own too.
    for origin in [ORIGIN, "https://www.bank.example", "http://shop.example", "https://shop.example:8443"] {
        assert_eq!(code(&gate, &claiming(Some(origin))).await, "origin_refused", "{origin}");
    }
    for origin in ["https://bank.example", "https://notshop.example", "https://else.example"] {
        assert_eq!(code(&gate, &claiming(Some(origin))).await, "accepted", "{origin}");
    }
}

#[tokio::test]
async fn a_registered_site_is_no_way_around_an_operators_origin_or_the_work() {
    let (gate, visitor) = (open().await, visitor());
    let registered = gate.engine.register(&visitor, &ORIGIN.parse().unwrap(), None).await.unwrap();
    let own = || Assess { site_key: Some(registered.site_key()), ..wish(&visitor) };
    assert_eq!(asked(&gate, own()).await.kind, StepKind::Work);
    assert_eq!(code(&gate, &visitor).await, "accepted", "it takes no origin from the open site");
    operators(&gate, light()).await;
    assert_eq!(refusal(gate.engine.assess(own()).await), "origin_refused");
}

#[tokio::test]
async fn passing_unseen_costs_work_on_the_open_site_whatever_its_policy_says() {
    let policy = Policy { work_floor: false, ..Policy::default() };
    for settings in [open_settings(), SiteSettings { policy: Some(policy.into()), ..open_settings() }] {
        let (gate, visitor) = (open_with(settings, LimitSettings::default()).await, visitor());
        let step = asked(&gate, wish(&visitor)).await;
        assert_eq!((step.kind, step.hold_ms), (StepKind::Work, 0));
        assert!(step.work.is_some_and(|work| work.puzzles.count() >= 3));
    }
}

#[tokio::test]
async fn an_operators_site_asks_for_work_where_its_policy_does() {
    let (gate, visitor) = (open().await, visitor());
    let plain = operators(&gate, light()).await;
    let floored = operators(&gate, with_policy(Policy::default())).await;
    let own = |site_key| Assess { site_key: Some(site_key), ..wish(&visitor) };
    token(gate.engine.assess(own(plain.site_key())).await);
    assert_eq!(asked(&gate, own(floored.site_key())).await.kind, StepKind::Work);
}

#[tokio::test]
async fn a_doubtful_visitor_confirms_and_one_from_a_data_centre_holds() {
    let gate = open().await;
    let site = operators(&gate, light()).await;
    for (address, kind, is_elsewhere, works) in
        [("192.0.2.3", StepKind::Confirm, false, true), ("203.0.113.3", StepKind::PressHold, true, false)]
    {
        let visitor = from(address);
        let mut signals = doubtful();
        // So little that even a data centre's address does not reach the upper threshold.
        signals.behavior.as_mut().unwrap().pointer_moves = 1.0;
        signals.behavior.as_mut().unwrap().focus_changes = 8.0;
        let doubt = Assess { site_key: Some(site.site_key()), signals, ..wish(&visitor) };
        let step = asked(&gate, doubt).await;
        assert_eq!((step.kind, step.non_residential), (kind, is_elsewhere));
        // A click proves nothing, so it comes with work even where the policy asks for none.
        assert_eq!(step.work.is_some(), works, "{kind:?}");
        assert_eq!(step.hold_ms > 0, kind == StepKind::PressHold);
    }
}

#[tokio::test]
async fn whoever_says_to_be_driven_is_denied_and_gets_no_step() {
    let (gate, visitor) = (open().await, visitor());
    let judgement = judged(&gate, Assess { signals: driven(), ..wish(&visitor) }).await;
    assert!(matches!(judgement.outcome, Outcome::Denied));
    assert!(judgement.assessment.score >= 0.70);
    assert!(!judgement.assessment.reasons.is_empty());
}

#[tokio::test]
async fn shadow_mode_counts_what_it_would_have_asked_and_asks_nothing() {
    let (gate, visitor) = (open().await, visitor());
    let site = operators(&gate, with_policy(Policy { shadow: true, ..Policy::default() })).await;
    for signals in [doubtful(), driven()] {
        token(
            gate.engine.assess(Assess { site_key: Some(site.site_key()), signals, ..wish(&visitor) }).await,
        );
    }
    let (totals, _) = gate.engine.totals();
    let count = |friction: Friction| {
        totals
            .iter()
            .find(|(event, reason, _)| *event == Event::Shadow && *reason == friction.code())
            .map(|one| one.2)
    };
    assert_eq!((count(Friction::Checkbox), count(Friction::Deny)), (Some(1), Some(1)));
}

#[tokio::test]
async fn a_visitor_has_45_wishes_in_five_minutes_and_others_their_own() {
    let (gate, visitor) = (open().await, visitor());
    for number in 1..=45 {
        assert_eq!(code(&gate, &visitor).await, "accepted", "wish {number}");
    }
    let Err(AssessError::RateLimited { retry_after_ms }) = gate.engine.assess(wish(&visitor)).await else {
        panic!("the 46th is refused");
    };
    assert!((1..=5 * MINUTE).contains(&retry_after_ms), "{retry_after_ms}");
    assert_eq!(code(&gate, &from("192.0.2.8")).await, "accepted");
    gate.clock.advance(retry_after_ms - 1);
    assert_eq!(code(&gate, &visitor).await, "rate_limited");
    gate.clock.advance(1);
    assert_eq!(code(&gate, &visitor).await, "accepted", "what was refused did not count");
    gate.clock.advance(5 * MINUTE);
    for number in 1..=45 {
        assert_eq!(code(&gate, &visitor).await, "accepted", "wish {number} after five minutes");
    }
}

#[tokio::test]
async fn taking_steps_counts_no_further_and_shared_addresses_are_not_limited() {
    let (gate, visitor) = (open().await, visitor());
    for _ in 0..45 {
        pass(&gate, &visitor).await;
    }
    assert_eq!(code(&gate, &visitor).await, "rate_limited");
    let shared = Visitor { shared_address: true, ..visitor };
    for _ in 0..100 {
        assert_eq!(code(&gate, &shared).await, "accepted");
    }
}

/// Wishes that name `origin`, each from an address of its own.
async fn crowd(gate: &Gate, origin: &str, numbers: std::ops::Range<u32>) -> Vec<u64> {
    let mut works = Vec::new();
    for number in numbers {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + number);
        let origin = ClaimedOrigin::from_header(Some(origin.as_bytes()));
        let visitor = Visitor { origin, ..from(&address.to_string()) };
        let step = asked(gate, wish(&visitor)).await;
        let work = step.work.unwrap().puzzles;
        let difficulty = work.clone().next().unwrap().target().to_string().len();
        works.push((work.count() as u64) << (4 * difficulty));
    }
    works
}

#[tokio::test]
async fn beyond_an_origins_pace_the_work_doubles_and_nobody_is_refused_or_judged_worse() {
    let limits = LimitSettings { origin_passes_per_minute: 20, ..LimitSettings::default() };
    let gate = open_with(open_settings(), limits).await;
    let (origin, quiet) = ("https://busy.example", "https://quiet.example");
    let works = crowd(&gate, origin, 0..200).await;
    assert!(works.windows(2).all(|pair| pair[0] <= pair[1]), "{works:?}");
    assert_eq!(works[199], works[9] << 4, "a wait, and no locked door: {works:?}");
    assert_eq!(crowd(&gate, quiet, 300..301).await[0], works[0], "another origin pays nothing for it");
    gate.clock.advance(10 * MINUTE);
    assert_eq!(crowd(&gate, origin, 400..401).await[0], works[0], "it falls back by itself");
}

#[tokio::test]
async fn an_origins_pace_does_not_touch_the_score() {
    let limits = LimitSettings { origin_passes_per_minute: 2, ..LimitSettings::default() };
    let profile = Some(portcullis_engine::risk::Profile::Portcullis);
    let gate = open_with(SiteSettings { risk_profile: profile, ..open_settings() }, limits).await;
    let score = async |address: &str| judged(&gate, wish(&from(address))).await.assessment;
    let reasons =
        |one: portcullis_engine::risk::Assessment| one.reasons.iter().map(|one| one.code).collect::<Vec<_>>();
    let before = reasons(score("192.0.2.40").await);
    for number in 0..30 {
        score(&format!("192.0.2.{number}")).await;
    }
    let after = reasons(score("192.0.2.41").await);
    let is_new =
        |code: &&&str| !before.contains(code) && !code.contains("replay") && !code.contains("unusual");
    assert_eq!(after.iter().filter(is_new).collect::<Vec<_>>(), [&""; 0]);
}

#[tokio::test]
async fn a_step_asked_for_is_no_pass() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    token(finish(&gate, wish(&visitor), &step).await);
    let (totals, _) = gate.engine.totals();
    let count = |wanted| totals.iter().filter(|one| one.0 == wanted).map(|one| one.2).sum::<u64>();
    assert_eq!((count(Event::Challenge), count(Event::Redeem)), (1, 1));
}
