use portcullis_engine::{Challenge, IssueError, LimitSettings, Redeem, Siteverify, Visitor};

use crate::gate::{Gate, from, light, question, visitor};

fn work(challenge: &Challenge) -> u64 {
    u64::from(challenge.parameters.count()) << (4 * challenge.parameters.difficulty())
}

#[tokio::test]
async fn beyond_the_quota_the_work_doubles_with_every_burst_and_falls_back_by_itself() {
    let gate = Gate::open().await;
    let ordinary = work(&gate.issue().await.unwrap());
    for number in 2..=300 {
        let expected = ordinary << u64::div_ceil(u64::saturating_sub(number, 60), 60);
        assert_eq!(work(&gate.issue().await.unwrap()), expected, "challenge {number}");
    }
    assert_eq!(work(&gate.issue_to(&from("192.0.2.8")).await.unwrap()), ordinary);
    gate.clock.advance(10 * 60_000);
    assert_eq!(work(&gate.issue().await.unwrap()), ordinary);
}

#[tokio::test]
async fn only_far_beyond_it_is_a_challenge_refused_and_never_anothers() {
    let gate = Gate::open().await;
    for _ in 0..1200 {
        gate.issue().await.unwrap();
    }
    let refused = gate.issue().await;
    assert!(matches!(refused, Err(IssueError::RateLimited { retry_after_ms: 1..=60_000 })), "{refused:?}");
    gate.issue_to(&from("192.0.2.8")).await.unwrap();
    gate.clock.advance(1000);
    gate.issue().await.unwrap();
}

#[tokio::test]
async fn a_shared_address_closes_nothing_and_limits_can_be_off() {
    let gate = Gate::open().await;
    let shared = Visitor { shared_address: true, ..visitor() };
    let off = Gate::with(light(), LimitSettings { enabled: false, ..LimitSettings::default() }).await;
    let ordinary = work(&gate.issue().await.unwrap());
    for _ in 0..1500 {
        assert_eq!(work(&gate.issue_to(&shared).await.unwrap()), ordinary);
        assert_eq!(work(&off.issue().await.unwrap()), ordinary);
    }
}

#[tokio::test]
async fn posts_that_continue_a_valid_challenge_do_not_count_and_junk_does() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let visitor = visitor();
    for _ in 0..2000 {
        let wrong = Redeem { site_key: None, visitor: &visitor, token: &challenge.token, solutions: &[0, 0] };
        assert_eq!(gate.engine.redeem(wrong).await.unwrap_err().code(), "invalid_solutions");
    }
    let mut codes = Vec::new();
    for _ in 0..1300 {
        let junk = Redeem { site_key: None, visitor: &visitor, token: "junk", solutions: &[] };
        codes.push(gate.engine.redeem(junk).await.unwrap_err().code());
    }
    assert_eq!(codes[0], "invalid_token");
    assert_eq!(codes[1299], "rate_limited");
}

#[tokio::test]
async fn wrong_secrets_are_limited_per_address_and_lock_no_right_one_out() {
    let gate = Gate::open().await;
    let (guesser, own) = (from("203.0.113.5"), gate.token().await);
    let guess =
        || gate.ask(Siteverify { secret: Some("sk_guess"), caller: &guesser, ..question(&gate.site) });
    for _ in 0..60 {
        assert_eq!(guess().await.unwrap_err().code(), "unknown_secret");
    }
    assert_eq!(guess().await.unwrap_err().code(), "rate_limited");
    let right = Siteverify { response: Some(&own.value), caller: &guesser, ..question(&gate.site) };
    gate.ask(right).await.unwrap();
}

#[tokio::test]
async fn junk_and_replays_are_refused_after_a_while_and_challenges_are_not() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    gate.redeem(&challenge).await.unwrap();
    let mut codes = Vec::new();
    for _ in 0..1300 {
        codes.push(gate.redeem(&challenge).await.unwrap_err().code());
    }
    assert_eq!((codes[0], codes[1299]), ("already_redeemed", "rate_limited"));
    gate.issue().await.unwrap();
}
