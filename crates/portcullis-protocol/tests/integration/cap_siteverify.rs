//! `POST /{key}/siteverify` as Cap Standalone answers it.

use portcullis_engine::{LimitSettings, Profile};
use portcullis_protocol::{Reply, Request, cap};
use serde_json::json;

use crate::gate::{Gate, SECRET, add, assert_failure, content, easy, header, post, text};

const OTHER_SECRET: &str = "Wm4Kx9Tq2Rv7Yb1Zc6Nd3Lf8Gh5Jp0Sa";

async fn verify(gate: &Gate, secret: &str, response: &str) -> Reply {
    let body = json!({ "secret": secret, "response": response }).to_string();
    cap::siteverify(&gate.engine, gate.key(), &post(body.as_bytes(), &gate.visitor)).await
}

#[tokio::test]
async fn success_is_caps_own_and_what_the_token_proved() {
    let gate = Gate::open(easy()).await;
    let token = gate.token_for(br#"{"action":"login","cdata":"cart-7"}"#).await;
    let reply = verify(&gate, SECRET, &token).await;
    assert_eq!(reply.status, 200);
    insta::assert_snapshot!(text(&reply), @r#"{"success":true,"hostname":"shop.example.com","challenge_ts":"2026-11-20T12:34:56.789Z","action":"login","cdata":"cart-7"}"#);
    assert_eq!(header(&reply, "access-control-allow-origin"), None);
    let token = gate.token().await;
    insta::assert_snapshot!(text(&verify(&gate, SECRET, &token).await), @r#"{"success":true,"hostname":"shop.example.com","challenge_ts":"2026-11-20T12:34:56.789Z"}"#);
}

#[tokio::test]
async fn forms_are_read_and_query_strings_are_not() {
    let gate = Gate::open(easy()).await;
    let form = format!("response={}&secret={SECRET}", gate.token().await);
    let in_query = Request { query: Some(&form), ..post(b"", &gate.visitor) };
    let reply = cap::siteverify(&gate.engine, gate.key(), &in_query).await;
    assert_failure(&reply, 400, "missing_parameters");
    let reply = cap::siteverify(&gate.engine, gate.key(), &post(form.as_bytes(), &gate.visitor)).await;
    assert_eq!(content(&reply)["success"], json!(true));
}

#[tokio::test]
async fn missing_parameters_are_400_even_of_nothing() {
    let gate = Gate::open(easy()).await;
    let token = gate.token().await;
    for body in [
        String::new(),
        "{}".to_owned(),
        json!({ "secret": SECRET }).to_string(),
        json!({ "response": token }).to_string(),
        json!({ "secret": "", "response": token }).to_string(),
        json!({ "secret": SECRET, "response": "one:two" }).to_string(),
        json!({ "secret": SECRET, "response": "one:two:three:four" }).to_string(),
        json!({ "secret": SECRET, "response": null }).to_string(),
    ] {
        let reply = cap::siteverify(&gate.engine, gate.key(), &post(body.as_bytes(), &gate.visitor)).await;
        assert_failure(&reply, 400, "missing_parameters");
        assert_eq!(content(&reply)["error"], json!("Missing required parameters"));
    }
    for body in [r#"{"secret":5,"response":"a:b:c"}"#, "{", r#"{"response":"\ud800"}"#] {
        let reply = cap::siteverify(&gate.engine, gate.key(), &post(body.as_bytes(), &gate.visitor)).await;
        assert_failure(&reply, 400, "invalid_body");
    }
    let reply = cap::siteverify(&gate.engine, gate.key(), &post(&[b' '; 65_537], &gate.visitor)).await;
    assert_failure(&reply, 413, "body_too_large");
}

#[tokio::test]
async fn keys_secrets_and_tokens_are_told_apart_and_a_wrong_one_burns_nothing() {
    let gate = Gate::open(easy()).await;
    let other = add(&gate.engine, OTHER_SECRET, easy()).await;
    let token = gate.token().await;
    let body = json!({ "secret": SECRET, "response": token }).to_string();
    let request = post(body.as_bytes(), &gate.visitor);
    let elsewhere = cap::siteverify(&gate.engine, other.site_key(), &request).await;
    assert_failure(&elsewhere, 404, "scope_mismatch");
    assert_failure(&cap::siteverify(&gate.engine, "pk_nobody", &request).await, 404, "unknown_site");
    assert_failure(&verify(&gate, "wrong", &token).await, 403, "unknown_secret");
    assert_failure(&verify(&gate, OTHER_SECRET, &token).await, 403, "sitekey_mismatch");
    let unknown = format!("{}:0123456789abcdef:x", gate.key());
    let reply = verify(&gate, SECRET, &unknown).await;
    insta::assert_snapshot!(text(&reply), @r#"{"success":false,"error":"Token not found","reason":"invalid_token"}"#);
    assert_failure(&reply, 404, "invalid_token");
    assert_eq!(verify(&gate, SECRET, &token).await.status, 200);
    assert_failure(&verify(&gate, SECRET, &token).await, 404, "already_spent");
}

#[tokio::test]
async fn expired_tokens_are_403() {
    for profile in [Profile::Standalone, Profile::CapjsServer] {
        let gate = Gate::standing_in_for(profile, None).await;
        let token = gate.token().await;
        gate.clock.advance(1_200_000);
        let reply = verify(&gate, SECRET, &token).await;
        assert_failure(&reply, 403, "expired");
        assert_eq!(content(&reply)["error"], json!("Token expired"));
    }
}

#[tokio::test]
async fn guessing_secrets_is_limited() {
    let limits = LimitSettings { wrong_secrets_per_minute: 4, ..LimitSettings::default() };
    let gate = Gate::with(easy(), limits, portcullis_store::memory::open()).await;
    let token = gate.token().await;
    for _ in 0..2 {
        assert_failure(&verify(&gate, "wrong", &token).await, 403, "unknown_secret");
    }
    assert_failure(&verify(&gate, "wrong", &token).await, 429, "rate_limited");
}
