//! Passes: each is verified once, in time, where it was earned, by its own site.

use std::sync::Arc;

use portcullis_engine::{
    Assess, Binding, ClaimedOrigin, LimitSettings, Origin, Pass, PassError, SiteSettings, VerifyPass, Visitor,
};

use crate::gate::{Gate, MINUTE, ORIGIN, claiming, from, light, visitor};
use crate::visits::{asked, finish, open, open_settings, open_with, operators, pass, token, wish};

/// Verifies as a backend at 198.51.100.1 would.
pub(crate) async fn verify(gate: &Gate, token: &str) -> Result<Pass, PassError> {
    verify_as(gate, token, ORIGIN, None, &backend("198.51.100.1")).await
}

async fn verify_as(
    gate: &Gate,
    token: &str,
    origin: &str,
    secret: Option<&str>,
    caller: &Visitor,
) -> Result<Pass, PassError> {
    let origin: Origin = origin.parse().unwrap();
    gate.engine.verify_pass(VerifyPass { token, binding: Binding::Origin(&origin), secret, caller }).await
}

fn backend(address: &str) -> Visitor {
    Visitor { origin: ClaimedOrigin::Absent, ..from(address) }
}

fn code(outcome: Result<Pass, PassError>) -> &'static str {
    outcome.map_or_else(|error| error.code(), |_| "verified")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_verifications_one_wins_a_hundred_times_over() {
    let limits = LimitSettings { enabled: false, ..LimitSettings::default() };
    let gate = Arc::new(open_with(open_settings(), limits).await);
    for round in 0..100 {
        let token = Arc::new(pass(&gate, &visitor()).await);
        let racers: Vec<_> = (0..1000)
            .map(|_| {
                let (gate, token) = (gate.clone(), token.clone());
                tokio::spawn(async move { code(verify(&gate, &token).await) })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            match racer.await.unwrap() {
                "verified" => winners += 1,
                refused => assert_eq!(refused, "already_spent"),
            }
        }
        assert_eq!(winners, 1, "round {round}");
    }
}

#[tokio::test]
async fn a_pass_says_what_was_judged() {
    let (gate, visitor) = (open().await, visitor());
    let verified = verify(&gate, &pass(&gate, &visitor).await).await.unwrap();
    assert_eq!(verified.site_key, gate.site.site_key());
    assert_eq!(verified.origin.unwrap().as_str(), ORIGIN);
    assert_eq!(verified.fingerprint, [9; 32]);
    assert_eq!(verified.expires_at.0 - verified.issued_at.0, 180_000);
    assert!((0.0..0.38).contains(&verified.score), "{}", verified.score);
}

#[tokio::test]
async fn a_pass_lasts_180_seconds() {
    let (gate, visitor) = (open().await, visitor());
    let (one, two) = (pass(&gate, &visitor).await, pass(&gate, &visitor).await);
    gate.clock.advance(179_999);
    assert_eq!(code(verify(&gate, &one).await), "verified");
    gate.clock.advance(1);
    assert_eq!(code(verify(&gate, &two).await), "invalid_token");
}

#[tokio::test]
async fn a_pass_is_verified_where_it_was_earned_and_a_wrong_place_spends_nothing() {
    let (gate, visitor) = (open().await, visitor());
    let caller = backend("198.51.100.1");
    let host = async |token: &str, host| {
        code(
            gate.engine
                .verify_pass(VerifyPass {
                    token,
                    binding: Binding::Host(host),
                    secret: None,
                    caller: &caller,
                })
                .await,
        )
    };
    let token = pass(&gate, &visitor).await;
    for wrong in ["https://else.example", "https://www.shop.example", "https://shop.example.evil.example"] {
        assert_eq!(code(verify_as(&gate, &token, wrong, None, &caller).await), "origin_mismatch", "{wrong}");
    }
    for wrong in ["", "else.example", "unknown", "https://shop.example"] {
        assert_eq!(host(&token, wrong).await, "origin_mismatch", "{wrong}");
    }
    assert_eq!(host(&token, "Shop.Example").await, "verified");
    let token = pass(&gate, &visitor).await;
    assert_eq!(
        code(verify_as(&gate, &token, "http://shop.example:8080", None, &caller).await),
        "verified",
        "the host is the same"
    );
}

#[tokio::test]
async fn a_pass_without_an_origin_is_verified_nowhere() {
    let gate = open().await;
    let token = pass(&gate, &claiming(None)).await;
    for origin in [ORIGIN, "https://unknown", "http://localhost"] {
        assert_eq!(
            code(verify_as(&gate, &token, origin, None, &backend("198.51.100.1")).await),
            "origin_mismatch"
        );
    }
}

#[tokio::test]
async fn a_secret_that_is_sent_is_the_sites_own() {
    let (gate, caller) = (open().await, backend("198.51.100.1"));
    let elsewhere = vec!["https://elsewhere.example".parse().unwrap()];
    let other = operators(&gate, SiteSettings { origins: elsewhere, ..light() }).await;
    let token = pass(&gate, &visitor()).await;
    let ask = async |secret| code(verify_as(&gate, &token, ORIGIN, Some(secret), &caller).await);
    assert_eq!(ask("sk_wrong").await, "unknown_secret");
    assert_eq!(ask("").await, "unknown_secret");
    assert_eq!(ask(other.secret().expose()).await, "scope_mismatch");
    assert_eq!(ask(gate.site.secret().expose()).await, "verified");
    assert_eq!(ask(gate.site.secret().expose()).await, "already_spent");
}

#[tokio::test]
async fn passes_of_a_removed_site_are_refused() {
    let (gate, visitor) = (open().await, visitor());
    let token = pass(&gate, &visitor).await;
    gate.engine.remove_site(gate.site.site_key()).await.unwrap();
    assert_eq!(code(verify(&gate, &token).await), "scope_mismatch");
}

#[tokio::test]
async fn passes_that_are_refused_are_limited_to_120_and_good_ones_never() {
    let (gate, visitor) = (open().await, Visitor { shared_address: true, ..visitor() });
    let used = pass(&gate, &visitor).await;
    verify(&gate, &used).await.unwrap();
    for number in 1..=120 {
        let expected = if number % 2 == 0 { "invalid_token" } else { "already_spent" };
        let token = if number % 2 == 0 { "junk" } else { used.as_str() };
        assert_eq!(code(verify(&gate, token).await), expected, "refusal {number}");
    }
    let Err(PassError::RateLimited { retry_after_ms }) = verify(&gate, "junk").await else {
        panic!("the 121st is told to wait");
    };
    assert!((1..=5 * MINUTE).contains(&retry_after_ms));
    assert_eq!(code(verify_as(&gate, "junk", ORIGIN, None, &backend("198.51.100.2")).await), "invalid_token");
    for _ in 0..200 {
        assert_eq!(code(verify(&gate, &pass(&gate, &visitor).await).await), "verified");
    }
    gate.clock.advance(retry_after_ms);
    assert_eq!(code(verify(&gate, "junk").await), "invalid_token");
}

#[tokio::test]
async fn guessed_secrets_are_limited_and_lock_no_right_one_out() {
    let (gate, caller) = (open().await, backend("198.51.100.1"));
    let token = pass(&gate, &visitor()).await;
    let mut codes = Vec::new();
    for _ in 0..130 {
        codes.push(code(verify_as(&gate, &token, ORIGIN, Some("sk_guess"), &caller).await));
    }
    assert_eq!((codes[0], codes[129]), ("unknown_secret", "rate_limited"));
    let right = Some(gate.site.secret().expose());
    assert_eq!(code(verify_as(&gate, &token, ORIGIN, right, &caller).await), "verified");
}

#[tokio::test]
async fn two_passes_of_one_moment_are_two() {
    let (gate, visitor) = (open().await, visitor());
    let site = operators(&gate, light()).await;
    let own = || Assess { site_key: Some(site.site_key()), ..wish(&visitor) };
    let (one, two) = (token(gate.engine.assess(own()).await), token(gate.engine.assess(own()).await));
    assert_eq!(code(verify(&gate, &one).await), "verified");
    let verified = verify(&gate, &two).await.unwrap();
    assert!(verified.challenge_id.starts_with("pas_"), "{}", verified.challenge_id);
}

#[tokio::test]
async fn a_step_taken_later_gives_a_pass_of_full_length() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    gate.clock.advance(599_000);
    let token = token(finish(&gate, wish(&visitor), &step).await);
    gate.clock.advance(179_000);
    gate.engine.tidy().await.unwrap();
    assert_eq!(code(verify(&gate, &token).await), "verified");
    gate.engine.tidy().await.unwrap();
    assert_eq!(code(verify(&gate, &token).await), "already_spent");
}
