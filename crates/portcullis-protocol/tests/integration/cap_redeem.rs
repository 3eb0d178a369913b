//! `POST …/redeem`: whole cycles, and every row of the table of statuses.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_engine::{ChallengeForm, LimitSettings, Profile, SiteSettings, StoreError, Stores, UnixMs};
use portcullis_protocol::{cap, siteverify};
use portcullis_store::{Redeemed, Redemption, Spending, Spent, Tokens};
use serde_json::{Value, json};

use crate::gate::{
    Gate, NOW, SECRET, add, assert_failure, content, easy, header, post, solved, text, visitor,
};

const BOTH: [Profile; 2] = [Profile::Standalone, Profile::CapjsServer];

/// What a judged failure's status is.
fn judged(profile: Profile, standalone: u16) -> u16 {
    match profile {
        Profile::Standalone => standalone,
        Profile::CapjsServer => 200,
    }
}

/// The solutions with one of them made wrong.
fn spoilt(mut body: Value) -> Value {
    let first = body["solutions"][0].as_u64().unwrap();
    body["solutions"][0] = json!(first + 1);
    body
}

#[tokio::test]
async fn a_token_is_got_and_spent_once_in_every_form_and_profile() {
    for (profile, form, ttl) in [
        (Profile::Standalone, Some(ChallengeForm::Salted), 1_200_000),
        (Profile::Standalone, Some(ChallengeForm::Seeded), 1_200_000),
        (Profile::CapjsServer, None, 300_000),
    ] {
        let gate = Gate::standing_in_for(profile, form).await;
        let body = solved(&gate.challenge().await);
        let reply = gate.redeem(&body).await;
        let success = content(&reply);
        assert_eq!((reply.status, &success["success"]), (200, &json!(true)));
        assert_eq!(success["expires"], json!(NOW.0 + ttl));
        assert_eq!(success.as_object().unwrap().len(), 3);
        assert_eq!(header(&reply, "access-control-allow-origin"), Some("https://shop.example.com"));
        assert_failure(&gate.redeem(&body).await, judged(profile, 403), "already_redeemed");

        let token = success["token"].as_str().unwrap();
        assert_eq!(token.split(':').count(), 3);
        let question = json!({ "secret": SECRET, "response": token }).to_string();
        let request = post(question.as_bytes(), &gate.visitor);
        let (first, again) = (
            cap::siteverify(&gate.engine, gate.key(), &request).await,
            cap::siteverify(&gate.engine, gate.key(), &request).await,
        );
        assert_eq!(content(&first)["success"], json!(true));
        assert_failure(&again, 404, "already_spent");
        assert_failure(&gate.redeem(&body).await, judged(profile, 403), "already_redeemed");
    }
}

#[tokio::test]
async fn a_wrong_solution_does_not_burn_the_challenge() {
    for profile in BOTH {
        let gate = Gate::standing_in_for(profile, None).await;
        let body = solved(&gate.challenge().await);
        assert_failure(&gate.redeem(&spoilt(body.clone())).await, judged(profile, 403), "invalid_solution");
        assert_eq!(content(&gate.redeem(&body).await)["success"], json!(true));
    }
}

#[tokio::test]
async fn every_judged_failure_has_its_status() {
    for profile in BOTH {
        let gate = Gate::standing_in_for(profile, None).await;
        let body = solved(&gate.challenge().await);
        let mut short = body.clone();
        short["solutions"].as_array_mut().unwrap().pop();
        assert_failure(&gate.redeem(&short).await, judged(profile, 400), "invalid_solutions");
        let none = json!({ "token": body["token"], "solutions": [] });
        assert_failure(&gate.redeem(&none).await, judged(profile, 400), "invalid_solutions");
        let mut changed = body.clone();
        changed["token"] = json!(format!("{}0", body["token"].as_str().unwrap()));
        assert_failure(&gate.redeem(&changed).await, judged(profile, 403), "invalid_token");
        gate.clock.advance(2 * 60 * 60 * 1000);
        assert_failure(&gate.redeem(&body).await, judged(profile, 403), "expired");
    }
}

#[tokio::test]
async fn failures_say_what_cap_says() {
    let gate = Gate::open(easy()).await;
    let reply = gate.redeem(&spoilt(solved(&gate.challenge().await))).await;
    insta::assert_snapshot!(text(&reply), @r#"{"success":false,"error":"Invalid solution","reason":"invalid_solution"}"#);
    insta::assert_snapshot!(text(&gate.redeem(&json!({})).await), @r#"{"success":false,"error":"Missing required fields","reason":"missing_token"}"#);
    let gate = Gate::standing_in_for(Profile::CapjsServer, None).await;
    insta::assert_snapshot!(text(&gate.redeem(&json!({})).await), @r#"{"success":false,"error":"invalid request","reason":"missing_token"}"#);
    insta::assert_snapshot!(text(&gate.redeem_bytes(b"x").await), @r#"{"success":false,"error":"invalid request","reason":"invalid_body"}"#);
}

#[tokio::test]
async fn sites_do_not_redeem_each_others_challenges() {
    let gate = Gate::open(easy()).await;
    let body = solved(&gate.challenge().await).to_string();
    let other = add(&gate.engine, "Wm4Kx9Tq2Rv7Yb1Zc6Nd3Lf8Gh5Jp0Sa", easy()).await;
    let request = post(body.as_bytes(), &gate.visitor);
    assert_failure(&cap::redeem(&gate.engine, Some(other.site_key()), &request).await, 403, "scope_mismatch");
    assert_failure(&cap::redeem(&gate.engine, Some("pk_nobody"), &request).await, 404, "unknown_site");
}

#[tokio::test]
async fn pages_do_not_redeem_each_others_challenges() {
    let gate = Gate::open(easy()).await;
    let body = solved(&gate.challenge().await).to_string();
    let redeem = async |origin| {
        let visitor = visitor(origin);
        cap::redeem(&gate.engine, Some(gate.key()), &post(body.as_bytes(), &visitor)).await
    };
    let foreign = redeem(Some("https://evil.example")).await;
    assert_failure(&foreign, 403, "origin_refused");
    assert_eq!(header(&foreign, "access-control-allow-origin"), None);
    assert_failure(&redeem(Some("http://localhost:3000")).await, 403, "origin_mismatch");
    assert_failure(&redeem(None).await, 403, "origin_mismatch");
    assert_eq!(redeem(Some("https://shop.example.com")).await.status, 200);
}

#[tokio::test]
async fn a_token_that_ran_out_is_replaced_as_often_as_the_format_allows() {
    for (profile, times) in [(Profile::Standalone, 3), (Profile::CapjsServer, 1)] {
        let gate = Gate::open(SiteSettings { cap_profile: profile, token_ttl: Some(3), ..easy() }).await;
        let body = solved(&gate.challenge().await);
        assert_eq!(content(&gate.redeem(&body).await)["success"], json!(true));
        for time in 1..=times + 1 {
            gate.clock.advance(8000);
            assert_eq!(content(&gate.redeem(&body).await)["success"], json!(time <= times), "{time}");
        }
    }
}

#[tokio::test]
async fn junk_is_limited() {
    for profile in BOTH {
        let limits = LimitSettings {
            challenges_per_minute: 1,
            challenge_burst: 1,
            refuse_at: 2,
            ..LimitSettings::default()
        };
        let settings = SiteSettings { cap_profile: profile, ..easy() };
        let gate = Gate::with(settings, limits, portcullis_store::memory::open()).await;
        let junk = json!({ "token": "junk", "solutions": [1] });
        for _ in 0..2 {
            assert_failure(&gate.redeem(&junk).await, judged(profile, 403), "invalid_token");
        }
        assert_failure(&gate.redeem(&junk).await, 429, "rate_limited");
    }
}

/// A ledger that cannot be reached.
pub(crate) struct Down;

#[async_trait]
impl Tokens for Down {
    async fn redeem(&self, _: &Redemption, _: UnixMs) -> Result<Redeemed, StoreError> {
        Err(StoreError::Unavailable("connection to 10.0.0.5 refused".to_owned()))
    }

    async fn spend(&self, _: &Spending, _: UnixMs) -> Result<Spent, StoreError> {
        Err(StoreError::Unavailable("connection to 10.0.0.5 refused".to_owned()))
    }

    async fn purge(&self, _: u32, _: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

#[tokio::test]
async fn nothing_is_given_or_spent_without_the_ledger() {
    for profile in BOTH {
        let stores = Stores { tokens: Arc::new(Down), ..portcullis_store::memory::open() };
        let settings = SiteSettings { cap_profile: profile, ..easy() };
        let gate = Gate::with(settings, LimitSettings::default(), stores).await;
        let reply = gate.redeem(&solved(&gate.challenge().await)).await;
        assert_failure(&reply, 503, "unavailable");
        assert!(!text(&reply).contains("10.0.0.5"));
    }
}

#[tokio::test]
async fn siteverify_fails_closed_without_the_ledger() {
    let working = portcullis_store::memory::open();
    let gate = Gate::with(easy(), LimitSettings::default(), working.clone()).await;
    let token = gate.token().await;
    let parts = portcullis_engine::EngineParts {
        stores: Stores { tokens: Arc::new(Down), ..working },
        clock: gate.clock.clone(),
        entropy: Arc::new(portcullis_engine::SystemEntropy),
        master_key: "5a".repeat(32).parse().unwrap(),
        defaults: portcullis_engine::SiteDefaults::default(),
        limits: LimitSettings::default(),
        default_site: None,
        capjs_server: Box::new(cap::CapjsServer),
        passes: Box::new(portcullis_protocol::astracaph::Jwt::new(&[5; 32])),
        addresses: Arc::new(portcullis_engine::NoAddresses),
        second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
    };
    let engine = portcullis_engine::Engine::start(parts).await.unwrap();
    let question = json!({ "secret": SECRET, "response": token }).to_string();
    let request = post(question.as_bytes(), &gate.visitor);
    assert_failure(&cap::siteverify(&engine, gate.key(), &request).await, 503, "unavailable");
    let form = format!("secret={SECRET}&response={token}");
    for profile in [
        siteverify::Profile::Superset,
        siteverify::Profile::Recaptcha,
        siteverify::Profile::Hcaptcha,
        siteverify::Profile::Turnstile,
    ] {
        let request = post(form.as_bytes(), &gate.visitor);
        let reply = siteverify::siteverify(&engine, profile, siteverify::TestKeys::Refused, &request).await;
        assert_eq!((reply.status, header(&reply, "retry-after")), (503, Some("1")));
        assert_eq!(content(&reply)["error-codes"], json!(["internal-error"]));
        assert_eq!(content(&reply)["success"], json!(false));
    }
    let reply = cap::siteverify(&gate.engine, gate.key(), &request).await;
    assert_eq!(content(&reply)["success"], json!(true), "nothing was spent meanwhile");
}
