//! Challenges of another protocol: a stand-in for its door says whether work was done, and the rules do the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use portcullis_engine::{
    DoneElsewhere, ForeignChallenge, ForeignRedeemError, ForeignVerifyError, ForeignWork, Issue, IssueError,
    LimitSettings, ManualClock, NewSite, NotDone, Reason, RedeemError, RedeemForeign, Redeemed, Site,
    SiteverifyError, Token, UnixMs, Verdict, VerifyForeign, Visitor,
};

use crate::gate::{Gate, MINUTE, ORIGIN, START, claiming, from, light, start, visitor};

/// Work as a door would have read it.
struct Handed {
    name: String,
    outcome: Result<(), NotDone>,
    is_dear: bool,
    checks: AtomicU32,
}

impl Handed {
    fn done(challenge: &ForeignChallenge) -> Self {
        Self::named(&challenge.name, Ok(()))
    }

    fn named(name: &str, outcome: Result<(), NotDone>) -> Self {
        Self { name: name.to_owned(), outcome, is_dear: true, checks: AtomicU32::new(0) }
    }

    fn checks(&self) -> u32 {
        self.checks.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ForeignWork for Handed {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_dear(&self) -> bool {
        self.is_dear
    }

    async fn check(&self, _: &Site, _: UnixMs) -> Result<DoneElsewhere, NotDone> {
        self.checks.fetch_add(1, Ordering::SeqCst);
        self.outcome.map(|()| DoneElsewhere::vouched())
    }
}

async fn issue(gate: &Gate) -> ForeignChallenge {
    issue_to(gate, &visitor()).await.unwrap()
}

async fn issue_to(gate: &Gate, visitor: &Visitor) -> Result<ForeignChallenge, IssueError> {
    let site_key = Some(gate.site.site_key());
    gate.engine
        .issue_foreign(Issue { site_key, visitor, action: None, cdata: None, vendor: None }, false)
        .await
}

async fn redeem(gate: &Gate, work: &Handed) -> Result<Redeemed, ForeignRedeemError> {
    redeem_as(gate, work, &visitor()).await
}

async fn redeem_as(gate: &Gate, work: &Handed, visitor: &Visitor) -> Result<Redeemed, ForeignRedeemError> {
    gate.engine.redeem_foreign(RedeemForeign { site_key: None, visitor, work }).await
}

async fn verify(gate: &Gate, work: &Handed) -> Result<Verdict, ForeignVerifyError> {
    verify_with(gate, work, Some(gate.site.secret().expose())).await
}

async fn verify_with(
    gate: &Gate,
    work: &Handed,
    secret: Option<&str>,
) -> Result<Verdict, ForeignVerifyError> {
    let caller = from("198.51.100.1");
    let remote_ip = Some("192.0.2.7".parse().unwrap());
    gate.engine.verify_foreign(VerifyForeign { secret, work, remote_ip, caller: &caller }).await
}

fn code(outcome: Result<Redeemed, ForeignRedeemError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "")
}

fn verify_code(outcome: Result<Verdict, ForeignVerifyError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "")
}

#[tokio::test]
async fn work_is_worth_an_ordinary_token_once() {
    let gate = Gate::open().await;
    let challenge = issue(&gate).await;
    assert_eq!((challenge.expires_at, challenge.doublings), (START.plus(10 * MINUTE), 0));
    assert_eq!(challenge.site.site_key(), gate.site.site_key());
    let work = Handed::done(&challenge);
    let redeemed = redeem(&gate, &work).await.unwrap();
    assert_eq!(redeemed.site.site_key(), gate.site.site_key());
    assert_eq!(code(redeem(&gate, &work).await), "already_redeemed");
    let verdict = gate.verify(&redeemed.token).await.unwrap();
    assert_eq!(verdict, redeemed.verdict);
    assert_eq!((verdict.hostname.as_str(), verdict.risk), ("shop.example", 0.1));
    assert!(matches!(gate.verify(&redeemed.token).await, Err(SiteverifyError::AlreadySpent)));
}

#[tokio::test]
async fn a_challenge_is_not_redeemed_again_when_its_token_ran_out() {
    let gate = Gate::open().await;
    let work = Handed::done(&issue(&gate).await);
    redeem(&gate, &work).await.unwrap();
    gate.clock.set(START.plus(30 * MINUTE));
    assert_eq!(code(redeem(&gate, &work).await), "expired");
}

#[tokio::test]
async fn a_backend_verifies_work_once_and_is_told_what_any_verdict_tells() {
    let gate = Gate::open().await;
    let work = Handed::done(&issue(&gate).await);
    let verdict = verify(&gate, &work).await.unwrap();
    assert_eq!((verdict.site_key.as_str(), verdict.challenge_ts), (gate.site.site_key(), START.0));
    assert_eq!((verdict.hostname.as_str(), verdict.risk, verdict.reasons), ("shop.example", 0.1, vec![]));
    assert_eq!(verify_code(verify(&gate, &work).await), "already_spent");
    gate.clock.set(START.plus(10 * MINUTE));
    assert_eq!(verify_code(verify(&gate, &work).await), "expired");
}

#[tokio::test]
async fn of_a_browser_and_a_backend_one_succeeds() {
    let gate = Gate::open().await;
    let work = Handed::done(&issue(&gate).await);
    redeem(&gate, &work).await.unwrap();
    assert_eq!(verify_code(verify(&gate, &work).await), "already_spent");
    let work = Handed::done(&issue(&gate).await);
    verify(&gate, &work).await.unwrap();
    assert_eq!(code(redeem(&gate, &work).await), "already_redeemed");
    // Not even where the clock is set back behind the moment of the verification.
    gate.clock.set(UnixMs(START.0 - MINUTE));
    assert_eq!(code(redeem(&gate, &work).await), "already_redeemed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_calls_one_wins() {
    let unlimited = LimitSettings { enabled: false, ..LimitSettings::default() };
    let gate = Arc::new(Gate::with(light(), unlimited).await);
    for redeeming in [0, 10, 100] {
        let work = Arc::new(Handed::done(&issue(&gate).await));
        let racers: Vec<_> = (0..100)
            .map(|number| {
                let (gate, work) = (gate.clone(), work.clone());
                tokio::spawn(async move {
                    if number < redeeming {
                        redeem(&gate, &work).await.is_ok()
                    } else {
                        verify(&gate, &work).await.is_ok()
                    }
                })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            winners += u32::from(racer.await.unwrap());
        }
        assert_eq!(winners, 1, "{redeeming} of them browsers");
    }
}

#[tokio::test]
async fn a_name_is_no_challenge_of_ours_and_a_challenge_or_token_of_ours_is_no_name() {
    let gate = Gate::open().await;
    let own = gate.issue().await.unwrap();
    let token = gate.redeem(&own).await.unwrap();
    let envelope = token.value.rsplit(':').next().unwrap().to_owned();
    for name in [own.token.as_str(), &token.value, &envelope, "", "junk"] {
        let work = Handed::named(name, Ok(()));
        assert_eq!(code(redeem(&gate, &work).await), "invalid_token", "{name}");
        assert_eq!(verify_code(verify(&gate, &work).await), "invalid_token", "{name}");
        assert_eq!(work.checks(), 0, "nothing is computed for a name that is not ours");
    }
    let mut own = gate.issue().await.unwrap();
    own.token = issue(&gate).await.name;
    own.puzzles = None;
    assert!(matches!(gate.redeem(&own).await, Err(RedeemError::InvalidChallenge)));
    let token = Token { value: own.token, expires_at: START };
    assert!(matches!(gate.verify(&token).await, Err(SiteverifyError::InvalidResponse)));
}

#[tokio::test]
async fn work_of_another_site_is_refused() {
    let gate = Gate::open().await;
    let new = NewSite { name: "Other".to_owned(), site_key: None, secret: None, settings: light() };
    let other = gate.engine.add_site(new).await.unwrap();
    let work = Handed::done(&issue(&gate).await);
    let visitor = visitor();
    let asked = RedeemForeign { site_key: Some(other.site_key()), visitor: &visitor, work: &work };
    assert_eq!(code(gate.engine.redeem_foreign(asked).await), "scope_mismatch");
    let unknown = RedeemForeign { site_key: Some("pk_unknown"), ..asked };
    assert_eq!(code(gate.engine.redeem_foreign(unknown).await), "unknown_site");
    let secret = Some(other.secret().expose());
    assert_eq!(verify_code(verify_with(&gate, &work, secret).await), "invalid_token");
    assert_eq!(work.checks(), 0);
    redeem(&gate, &work).await.unwrap();
}

#[tokio::test]
async fn secrets_come_before_everything_else() {
    let gate = Gate::open().await;
    let junk = Handed::named("junk", Ok(()));
    assert_eq!(verify_code(verify_with(&gate, &junk, None).await), "missing_secret");
    assert_eq!(verify_code(verify_with(&gate, &junk, Some("")).await), "missing_secret");
    assert_eq!(verify_code(verify_with(&gate, &junk, Some("sk_wrong")).await), "unknown_secret");
    let work = Handed::done(&issue(&gate).await);
    let before = gate.site.secret().expose().to_owned();
    gate.engine.rotate_secret(gate.site.site_key()).await.unwrap();
    assert_eq!(verify_code(verify_with(&gate, &work, Some(&before)).await), "unknown_secret");
    assert_eq!(work.checks(), 0);
}

#[tokio::test]
async fn what_the_door_refuses_uses_nothing_up() {
    let gate = Gate::open().await;
    let challenge = issue(&gate).await;
    for (not_done, expected) in [
        (NotDone::Forged, "invalid_token"),
        (NotDone::Expired, "expired"),
        (NotDone::Unsolved, "invalid_solution"),
        (NotDone::Busy, "busy"),
    ] {
        let work = Handed::named(&challenge.name, Err(not_done));
        assert_eq!(code(redeem(&gate, &work).await), expected);
        assert_eq!(verify_code(verify(&gate, &work).await), expected);
    }
    redeem(&gate, &Handed::done(&challenge)).await.unwrap();
}

#[tokio::test]
async fn origins_are_checked_at_both_ends() {
    let gate = Gate::open().await;
    let stranger = claiming(Some("https://evil.example"));
    assert!(matches!(issue_to(&gate, &stranger).await, Err(IssueError::Origin(_))));
    let work = Handed::done(&issue(&gate).await);
    assert_eq!(code(redeem_as(&gate, &work, &stranger).await), "origin_refused");
    let elsewhere = claiming(Some("http://localhost:3000"));
    assert_eq!(code(redeem_as(&gate, &work, &elsewhere).await), "origin_mismatch");
    assert_eq!(work.checks(), 0);
    redeem_as(&gate, &work, &claiming(Some(ORIGIN))).await.unwrap();
    // A GET of the page's own origin names none.
    let work = Handed::done(&issue_to(&gate, &claiming(None)).await.unwrap());
    assert_eq!(verify(&gate, &work).await.unwrap().reasons, [Reason::OriginUnproven]);
}

#[tokio::test]
async fn whoever_asks_often_has_more_to_do() {
    let gate = Gate::open().await;
    for _ in 0..60 {
        issue(&gate).await;
    }
    let challenge = issue(&gate).await;
    assert_eq!(challenge.doublings, 1);
    let verdict = redeem(&gate, &Handed::done(&challenge)).await.unwrap().verdict;
    assert_eq!(verdict.reasons, [Reason::BusyAddress]);
}

#[tokio::test]
async fn wrong_work_that_is_dear_is_not_looked_at_for_ever() {
    let gate = Gate::open().await;
    let challenge = issue(&gate).await;
    let wrong = Handed::named(&challenge.name, Err(NotDone::Unsolved));
    for _ in 0..40 {
        let _ = redeem(&gate, &wrong).await;
    }
    assert_eq!(code(redeem(&gate, &wrong).await), "rate_limited");
    assert_eq!(wrong.checks(), 30);
    let right = Handed::done(&challenge);
    assert_eq!((code(redeem(&gate, &right).await), right.checks()), ("rate_limited", 0));
    // Others are not held back, and neither is work that costs nothing to check.
    let other = from("192.0.2.8");
    redeem_as(&gate, &Handed::done(&issue_to(&gate, &other).await.unwrap()), &other).await.unwrap();
    redeem(&gate, &Handed { is_dear: false, ..Handed::done(&challenge) }).await.unwrap();
    gate.clock.advance(MINUTE);
    let later = Handed::done(&issue(&gate).await);
    redeem(&gate, &later).await.unwrap();
}

#[tokio::test]
async fn challenges_that_are_dear_to_write_are_counted_apart() {
    let gate = Gate::open().await;
    let visitor = visitor();
    let dear = |site_key| {
        gate.engine.issue_foreign(
            Issue { site_key, visitor: &visitor, action: None, cdata: None, vendor: None },
            true,
        )
    };
    for _ in 0..30 {
        dear(None).await.unwrap();
    }
    let refused = dear(None).await.unwrap_err();
    assert!(matches!(refused, IssueError::RateLimited { retry_after_ms: 1..=1000 }), "{refused:?}");
    issue(&gate).await;
    gate.clock.advance(1000);
    dear(Some(gate.site.site_key())).await.unwrap();
}

#[tokio::test]
async fn junk_is_counted() {
    let limits = LimitSettings {
        challenges_per_minute: 1,
        challenge_burst: 1,
        refuse_at: 2,
        ..LimitSettings::default()
    };
    let gate = Gate::with(light(), limits).await;
    let junk = Handed::named("junk", Ok(()));
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(redeem(&gate, &junk).await));
    }
    assert_eq!(codes, ["invalid_token", "invalid_token", "rate_limited", "rate_limited"]);
}

#[tokio::test]
async fn a_name_survives_a_restart_and_so_does_its_end() {
    let stores = portcullis_store::memory::open();
    let clock = Arc::new(ManualClock::new(START));
    let engine = start(stores.clone(), clock.clone(), LimitSettings::default()).await;
    let new = NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings: light() };
    let site = engine.add_site(new).await.unwrap();
    let gate = Gate { engine, clock: clock.clone(), site: site.clone() };
    let (unused, used) = (Handed::done(&issue(&gate).await), Handed::done(&issue(&gate).await));
    verify(&gate, &used).await.unwrap();

    let engine = start(stores, clock.clone(), LimitSettings::default()).await;
    let gate = Gate { engine, clock, site };
    assert_eq!(verify_code(verify(&gate, &used).await), "already_spent");
    assert_eq!(code(redeem(&gate, &used).await), "already_redeemed");
    redeem(&gate, &unused).await.unwrap();
}

#[tokio::test]
async fn what_happened_is_counted_as_everywhere() {
    let gate = Gate::open().await;
    let work = Handed::done(&issue(&gate).await);
    redeem(&gate, &work).await.unwrap();
    let _ = verify(&gate, &work).await;
    verify(&gate, &Handed::done(&issue(&gate).await)).await.unwrap();
    gate.engine.tidy().await.unwrap();
    let counts = gate.engine.statistics(Some(gate.site.id()), 60).await.unwrap();
    assert_eq!((counts.challenges, counts.redeemed, counts.verified), (2, 1, 1));
    assert_eq!(
        counts.failures.into_iter().collect::<Vec<_>>(),
        [("verify_failed:already_spent".to_owned(), 1)]
    );
}

#[tokio::test]
async fn a_name_is_not_printed() {
    let gate = Gate::open().await;
    let challenge = issue(&gate).await;
    assert!(challenge.name.len() <= 1000);
    let redeemed = redeem(&gate, &Handed::done(&challenge)).await.unwrap();
    let printed = format!("{challenge:?} {redeemed:?}");
    assert!(!printed.contains(&challenge.name) && !printed.contains(&redeemed.token.value));
}
