//! The vendors' documented test secrets.

use portcullis_protocol::siteverify::{Profile, TestKeys, siteverify};
use serde_json::{Value, json};

use crate::gate::{Gate, SECRET, content, easy, post, text};

const RECAPTCHA: &str = "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe";
const HCAPTCHA: &str = "0x0000000000000000000000000000000000000000";
const HCAPTCHA_PASS: &str = "10000000-aaaa-bbbb-cccc-000000000001";
const TURNSTILE_PASS: &str = "1x0000000000000000000000000000000AA";
const TURNSTILE_FAIL: &str = "2x0000000000000000000000000000000AA";
const TURNSTILE_SPENT: &str = "3x0000000000000000000000000000000AA";
const DUMMY: &str = "XXXX.DUMMY.TOKEN.XXXX";

async fn ask(gate: &Gate, profile: Profile, test_keys: TestKeys, secret: &str, response: &str) -> String {
    let form = format!("secret={secret}&response={response}");
    let reply = siteverify(&gate.engine, profile, test_keys, &post(form.as_bytes(), &gate.visitor)).await;
    assert!(content(&reply)["success"].is_boolean());
    text(&reply).to_owned()
}

async fn accepted(gate: &Gate, profile: Profile, secret: &str, response: &str) -> String {
    ask(gate, profile, TestKeys::Accepted, secret, response).await
}

#[tokio::test]
async fn they_are_unknown_unless_accepted() {
    let gate = Gate::open(easy()).await;
    for (profile, secret, response) in [
        (Profile::Recaptcha, RECAPTCHA, "anything"),
        (Profile::Hcaptcha, HCAPTCHA, HCAPTCHA_PASS),
        (Profile::Turnstile, TURNSTILE_PASS, DUMMY),
        (Profile::Superset, TURNSTILE_PASS, DUMMY),
    ] {
        let reply = ask(&gate, profile, TestKeys::Refused, secret, response).await;
        let reply: Value = serde_json::from_str(&reply).unwrap();
        assert_eq!(reply["error-codes"], json!(["invalid-input-secret"]));
    }
}

#[tokio::test]
async fn they_answer_as_the_vendors_do() {
    let gate = Gate::open(easy()).await;
    let ask = async |profile, secret, response| accepted(&gate, profile, secret, response).await;
    insta::assert_snapshot!(ask(Profile::Recaptcha, RECAPTCHA, "anything").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56Z","hostname":"testkey.google.com","score":1.0}"#);
    insta::assert_snapshot!(ask(Profile::Hcaptcha, HCAPTCHA, HCAPTCHA_PASS).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789000Z","hostname":"dummy-key-pass","credit":false,"score":0.0,"score_reason":[]}"#);
    insta::assert_snapshot!(ask(Profile::Hcaptcha, HCAPTCHA, "30000000-aaaa-bbbb-cccc-000000000003").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789000Z","hostname":"dummy-key-pass","credit":false,"score":1.0,"score_reason":[]}"#);
    insta::assert_snapshot!(ask(Profile::Turnstile, TURNSTILE_PASS, DUMMY).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"example.com","error-codes":[],"action":"","cdata":"","metadata":{"interactive":false}}"#);
    insta::assert_snapshot!(ask(Profile::Turnstile, TURNSTILE_FAIL, DUMMY).await, @r#"{"success":false,"error-codes":["invalid-input-response"],"messages":[]}"#);
    insta::assert_snapshot!(ask(Profile::Turnstile, TURNSTILE_SPENT, DUMMY).await, @r#"{"success":false,"error-codes":["timeout-or-duplicate"],"messages":[]}"#);
    insta::assert_snapshot!(ask(Profile::Superset, TURNSTILE_SPENT, DUMMY).await, @r#"{"success":false,"error-codes":["timeout-or-duplicate"]}"#);
    insta::assert_snapshot!(ask(Profile::Turnstile, TURNSTILE_PASS, "").await, @r#"{"success":false,"error-codes":["missing-input-response"],"messages":[]}"#);
}

#[tokio::test]
async fn test_secrets_refuse_real_tokens_and_real_secrets_refuse_test_tokens() {
    let gate = Gate::open(easy()).await;
    let token = gate.token().await;
    let ask = async |profile, secret: &str, response: &str| {
        let reply = accepted(&gate, profile, secret, response).await;
        serde_json::from_str::<Value>(&reply).unwrap()["error-codes"].clone()
    };
    for secret in [TURNSTILE_PASS, TURNSTILE_FAIL, TURNSTILE_SPENT] {
        assert_eq!(ask(Profile::Turnstile, secret, &token).await, json!(["invalid-input-secret"]));
    }
    assert_eq!(
        ask(Profile::Hcaptcha, HCAPTCHA, &token).await,
        json!(["not-using-dummy-passcode", "not-using-dummy-secret"])
    );
    for dummy in [DUMMY, HCAPTCHA_PASS] {
        for profile in [Profile::Superset, Profile::Recaptcha, Profile::Hcaptcha, Profile::Turnstile] {
            assert_eq!(ask(profile, SECRET, dummy).await, json!(["invalid-input-response"]));
        }
    }
    let reply = accepted(&gate, Profile::Recaptcha, SECRET, &token).await;
    assert!(reply.contains(r#""success":true"#), "none of this spent the token");
}

#[tokio::test]
async fn each_vendor_knows_its_own_only() {
    let gate = Gate::open(easy()).await;
    for (profile, secret, response) in [
        (Profile::Recaptcha, TURNSTILE_PASS, DUMMY),
        (Profile::Turnstile, RECAPTCHA, DUMMY),
        (Profile::Hcaptcha, TURNSTILE_PASS, DUMMY),
    ] {
        let reply: Value = serde_json::from_str(&accepted(&gate, profile, secret, response).await).unwrap();
        assert_eq!(reply["error-codes"], json!(["invalid-input-secret"]));
    }
}
