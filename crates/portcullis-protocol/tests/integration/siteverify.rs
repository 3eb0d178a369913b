//! The vendors' siteverify: exact fields, exact codes, and what each reads.

use portcullis_engine::{LimitSettings, Profile as CapProfile};
use portcullis_protocol::siteverify::{Profile, TestKeys, siteverify};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};

use crate::gate::{Gate, SECRET, add, content, easy, header, post, text, visitor};

const ALL: [Profile; 4] = [Profile::Superset, Profile::Recaptcha, Profile::Hcaptcha, Profile::Turnstile];
const OTHER_SECRET: &str = "Wm4Kx9Tq2Rv7Yb1Zc6Nd3Lf8Gh5Jp0Sa";

async fn ask(gate: &Gate, profile: Profile, form: &str) -> Reply {
    ask_as(gate, profile, Some("application/x-www-form-urlencoded"), form.as_bytes()).await
}

async fn ask_as(gate: &Gate, profile: Profile, content_type: Option<&str>, body: &[u8]) -> Reply {
    let request = Request { content_type, ..post(body, &gate.visitor) };
    let reply = siteverify(&gate.engine, profile, TestKeys::Refused, &request).await;
    assert_eq!(reply.status, 200);
    assert_eq!(header(&reply, "access-control-allow-origin"), None);
    reply
}

fn codes(reply: &Reply) -> Value {
    let content = content(reply);
    assert_eq!(content["success"], json!(false), "{content}");
    content["error-codes"].clone()
}

fn form(token: &str) -> String {
    format!("secret={SECRET}&response={token}")
}

#[tokio::test]
async fn each_vendor_gets_its_own_fields() {
    let gate = Gate::open(easy()).await;
    let verdict = async |profile, body: &[u8]| {
        let reply = ask(&gate, profile, &form(&gate.token_for(body).await)).await;
        text(&reply).to_owned()
    };
    insta::assert_snapshot!(verdict(Profile::Recaptcha, b"").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56Z","hostname":"shop.example.com","score":0.9}"#);
    insta::assert_snapshot!(verdict(Profile::Hcaptcha, b"").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789000Z","hostname":"shop.example.com","credit":false,"score":0.1,"score_reason":[]}"#);
    insta::assert_snapshot!(verdict(Profile::Turnstile, b"").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"shop.example.com","error-codes":[],"action":"","cdata":"","metadata":{"interactive":false}}"#);
    insta::assert_snapshot!(verdict(Profile::Superset, b"").await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"shop.example.com","error-codes":[],"action":"","cdata":"","score":0.9,"metadata":{"interactive":false,"reasons":[]}}"#);
    let bound = br#"{"action":"login","cdata":"cart-7"}"#;
    insta::assert_snapshot!(verdict(Profile::Recaptcha, bound).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56Z","hostname":"shop.example.com","score":0.9,"action":"login"}"#);
    insta::assert_snapshot!(verdict(Profile::Hcaptcha, bound).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789000Z","hostname":"shop.example.com","credit":false,"score":0.1,"score_reason":[]}"#);
    insta::assert_snapshot!(verdict(Profile::Turnstile, bound).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"shop.example.com","error-codes":[],"action":"login","cdata":"cart-7","metadata":{"interactive":false}}"#);
    insta::assert_snapshot!(verdict(Profile::Superset, bound).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"shop.example.com","error-codes":[],"action":"login","cdata":"cart-7","score":0.9,"metadata":{"interactive":false,"reasons":[]}}"#);
}

#[tokio::test]
async fn caution_is_said_in_each_vendors_way() {
    let mut gate = Gate::open(easy()).await;
    gate.visitor = visitor(None);
    let verdict = async |profile| {
        let form = format!("{}&remoteip=198.51.100.9", form(&gate.token_for(br#"{"action":"a"}"#).await));
        text(&ask(&gate, profile, &form).await).to_owned()
    };
    insta::assert_snapshot!(verdict(Profile::Recaptcha).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56Z","hostname":"","score":0.7,"action":"a"}"#);
    insta::assert_snapshot!(verdict(Profile::Hcaptcha).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789000Z","hostname":"","credit":false,"score":0.3,"score_reason":["origin-unproven","remote-ip-differs"]}"#);
    insta::assert_snapshot!(verdict(Profile::Turnstile).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"","error-codes":[],"action":"a","cdata":"","metadata":{"interactive":false}}"#);
    insta::assert_snapshot!(verdict(Profile::Superset).await, @r#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"","error-codes":[],"action":"a","cdata":"","score":0.7,"metadata":{"interactive":false,"reasons":["origin-unproven","remote-ip-differs"]}}"#);
}

#[tokio::test]
async fn refusals_have_the_vendors_shape() {
    let gate = Gate::open(easy()).await;
    let refusal = async |profile| text(&ask(&gate, profile, "").await).to_owned();
    for profile in [Profile::Superset, Profile::Recaptcha, Profile::Hcaptcha] {
        assert_eq!(refusal(profile).await, r#"{"success":false,"error-codes":["missing-input-secret"]}"#);
    }
    insta::assert_snapshot!(refusal(Profile::Turnstile).await, @r#"{"success":false,"error-codes":["missing-input-secret"],"messages":[]}"#);
}

#[tokio::test]
async fn every_outcome_has_every_vendors_code() {
    for (profile, duplicate, expired) in [
        (
            Profile::Superset,
            json!(["timeout-or-duplicate", "already-seen-response"]),
            json!(["timeout-or-duplicate", "expired-input-response"]),
        ),
        (Profile::Recaptcha, json!(["timeout-or-duplicate"]), json!(["timeout-or-duplicate"])),
        (
            Profile::Hcaptcha,
            json!(["already-seen-response", "invalid-or-already-seen-response"]),
            json!(["expired-input-response"]),
        ),
        (Profile::Turnstile, json!(["timeout-or-duplicate"]), json!(["timeout-or-duplicate"])),
    ] {
        let gate = Gate::open(easy()).await;
        let (token, late) = (gate.token().await, gate.token().await);
        let codes = async |form: String| codes(&ask(&gate, profile, &form).await);
        assert_eq!(codes(String::new()).await, json!(["missing-input-secret"]));
        assert_eq!(codes(format!("response={token}")).await, json!(["missing-input-secret"]));
        assert_eq!(codes("secret=".to_owned()).await, json!(["missing-input-secret"]));
        assert_eq!(codes("secret=wrong".to_owned()).await, json!(["invalid-input-secret"]));
        assert_eq!(
            codes(format!("secret=wrong&response={token}")).await,
            json!(["invalid-input-secret"]),
            "and the token is not spent by it"
        );
        assert_eq!(codes(format!("secret={SECRET}")).await, json!(["missing-input-response"]));
        assert_eq!(codes(form("junk")).await, json!(["invalid-input-response"]));
        assert_eq!(codes(form(&"x".repeat(3000))).await, json!(["invalid-input-response"]));
        assert_eq!(content(&ask(&gate, profile, &form(&token)).await)["success"], json!(true));
        assert_eq!(codes(form(&token)).await, duplicate);
        gate.clock.advance(1_200_000);
        assert_eq!(codes(form(&late)).await, expired);
    }
}

#[tokio::test]
async fn another_sites_token_is_refused_and_not_spent() {
    for profile in ALL {
        let gate = Gate::open(easy()).await;
        add(&gate.engine, OTHER_SECRET, easy()).await;
        let token = gate.token().await;
        let reply = ask(&gate, profile, &format!("secret={OTHER_SECRET}&response={token}")).await;
        assert_eq!(codes(&reply), json!(["invalid-input-response"]));
        assert_eq!(content(&ask(&gate, profile, &form(&token)).await)["success"], json!(true));
    }
}

#[tokio::test]
async fn a_token_of_one_vendors_script_is_no_token_at_anothers_siteverify_and_not_spent() {
    let gate = Gate::open(easy()).await;
    let vendors = [
        ("vendor=recaptcha", Profile::Recaptcha),
        ("vendor=recaptcha-v3", Profile::Recaptcha),
        ("vendor=hcaptcha", Profile::Hcaptcha),
        ("vendor=turnstile", Profile::Turnstile),
    ];
    for (query, own) in vendors {
        for profile in ALL {
            let token = gate.token_asked_for(Some(query), b"").await;
            let reply = ask(&gate, profile, &form(&token)).await;
            if profile == own || profile == Profile::Superset {
                assert_eq!(content(&reply)["success"], json!(true), "{query} {profile:?}");
            } else {
                assert_eq!(codes(&reply), json!(["invalid-input-response"]), "{query} {profile:?}");
                assert_eq!(content(&ask(&gate, own, &form(&token)).await)["success"], json!(true));
            }
        }
    }
    for query in ["vendor=", "vendor=nobody", "ver=1", "vendor=turnstile&x=1"] {
        let token = gate.token_asked_for(Some(query), b"").await;
        assert_eq!(content(&ask(&gate, Profile::Hcaptcha, &form(&token)).await)["success"], json!(true));
    }
}

#[tokio::test]
async fn whatever_a_client_says_there_is_a_score() {
    let gate = Gate::open(easy()).await;
    let verdict = async |query, body: &[u8]| {
        let token = gate.token_asked_for(Some(query), body).await;
        let verdict = content(&ask(&gate, Profile::Recaptcha, &form(&token)).await);
        (verdict["score"].clone(), verdict["action"].clone())
    };
    assert_eq!(verdict("vendor=recaptcha-v3", b"").await, (json!(0.9), json!("")));
    assert_eq!(verdict("vendor=recaptcha-v3", br#"{"action":"login"}"#).await, (json!(0.9), json!("login")));
    assert_eq!(verdict("vendor=recaptcha", b"").await, (json!(0.9), json!(null)));
    assert_eq!(verdict("", b"").await, (json!(0.9), json!(null)));
}

#[tokio::test]
async fn tokens_of_the_python_profile_are_verified_too() {
    let gate = Gate::standing_in_for(CapProfile::CapjsServer, None).await;
    let form = form(&gate.token().await);
    assert_eq!(content(&ask(&gate, Profile::Superset, &form).await)["success"], json!(true));
    assert_eq!(
        codes(&ask(&gate, Profile::Superset, &form).await),
        json!(["timeout-or-duplicate", "already-seen-response"])
    );
}

#[tokio::test]
async fn every_encoding_is_read_but_json_by_hcaptcha() {
    let gate = Gate::open(easy()).await;
    for profile in ALL {
        for (content_type, takes_hcaptcha) in [
            ("application/x-www-form-urlencoded;charset=UTF-8", true),
            ("text/plain;charset=UTF-8", true),
            ("application/json; charset=utf-8", false),
            ("application/vnd.api+json", false),
            ("multipart/form-data; boundary=----x7", true),
        ] {
            let token = gate.token().await;
            let body = match content_type {
                json if json.contains("json") => json!({ "secret": SECRET, "response": token }).to_string(),
                parts if parts.starts_with("multipart") => format!(
                    "------x7\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\n{SECRET}\r\n\
                     ------x7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n\
                     ------x7\r\nContent-Disposition: form-data; name=\"response\"\r\n\r\n{token}\r\n------x7--\r\n"
                ),
                _ => form(&token),
            };
            let reply = ask_as(&gate, profile, Some(content_type), body.as_bytes()).await;
            if takes_hcaptcha || profile != Profile::Hcaptcha {
                assert_eq!(content(&reply)["success"], json!(true), "{profile:?} {content_type}");
            } else {
                assert_eq!(codes(&reply), json!(["missing-input-secret"]), "{content_type}");
            }
        }
        let body = json!({ "secret": SECRET, "response": gate.token().await, "remoteip": null }).to_string();
        let reply = ask_as(&gate, profile, None, body.as_bytes()).await;
        assert_eq!(content(&reply)["success"], json!(profile != Profile::Hcaptcha));
    }
}

#[tokio::test]
async fn the_first_of_two_counts_and_the_body_goes_before_the_query() {
    let gate = Gate::open(easy()).await;
    let ask = async |content_type, query: &str, body: &str| {
        let request = Request { content_type, query: Some(query), ..post(body.as_bytes(), &gate.visitor) };
        content(&siteverify(&gate.engine, Profile::Recaptcha, TestKeys::Refused, &request).await)
    };
    let token = gate.token().await;
    assert_eq!(ask(None, &form(&token), "").await["success"], json!(true), "all in the query");
    let token = gate.token().await;
    let query = format!("response=x&secret={SECRET}");
    assert_eq!(ask(None, &query, &format!("response={token}")).await["success"], json!(true));
    let token = gate.token().await;
    let twice = format!("{}&response=x&secret=y&unknown=z", form(&token));
    assert_eq!(ask(None, "", &twice).await["success"], json!(true));
    let token = gate.token().await;
    let twice = format!(
        r#"{{"other":[1],"secret":null,"secret":"{SECRET}","response":"{token}","response":"x","secret":"y"}}"#
    );
    assert_eq!(ask(Some("application/json"), "secret=z", &twice).await["success"], json!(true));
}

#[tokio::test]
async fn hcaptcha_checks_the_site_key_and_the_address() {
    let gate = Gate::open(easy()).await;
    let other = add(&gate.engine, OTHER_SECRET, easy()).await;
    let token = gate.token().await;
    let ask = async |profile, rest: &str| ask(&gate, profile, &format!("{}&{rest}", form(&token))).await;
    for profile in [Profile::Hcaptcha, Profile::Superset] {
        let other_key = format!("sitekey={}", other.site_key());
        assert_eq!(codes(&ask(profile, &other_key).await), json!(["sitekey-secret-mismatch"]));
        assert_eq!(codes(&ask(profile, "sitekey=nobody").await), json!(["invalid-sitekey"]));
    }
    assert_eq!(codes(&ask(Profile::Hcaptcha, "remoteip=here").await), json!(["invalid-remoteip"]));
    let own = format!("sitekey={}&remoteip=2001:db8::1", gate.key());
    assert_eq!(content(&ask(Profile::Hcaptcha, &own).await)["success"], json!(true));
    for profile in [Profile::Recaptcha, Profile::Turnstile] {
        let form = format!("{}&sitekey=nobody&remoteip=here", form(&gate.token().await));
        let reply = super::siteverify::ask(&gate, profile, &form).await;
        assert_eq!(content(&reply)["success"], json!(true), "{profile:?} knows neither");
    }
}

#[tokio::test]
async fn the_same_idempotency_key_gets_the_same_verdict() {
    for profile in [Profile::Turnstile, Profile::Superset] {
        let gate = Gate::open(easy()).await;
        let form = form(&gate.token().await);
        let keyed = format!("{form}&idempotency_key=3f1c0e1e-7a4b-4a52-9d4f-0a2b6f1d8c11");
        let first = ask(&gate, profile, &keyed).await;
        gate.clock.advance(1000);
        assert_eq!(content(&first)["success"], json!(true));
        assert_eq!(text(&ask(&gate, profile, &keyed).await), text(&first));
        assert_eq!(
            content(&ask(&gate, profile, &format!("{form}&idempotency_key=b")).await)["success"],
            false
        );
        assert_eq!(content(&ask(&gate, profile, &form).await)["success"], json!(false));
        let long = format!("{form}&idempotency_key={}", "k".repeat(256));
        assert_eq!(codes(&ask(&gate, profile, &long).await), json!(["bad-request"]));
    }
    for profile in [Profile::Recaptcha, Profile::Hcaptcha] {
        let gate = Gate::open(easy()).await;
        let keyed = format!("{}&idempotency_key=a", form(&gate.token().await));
        assert_eq!(content(&ask(&gate, profile, &keyed).await)["success"], json!(true));
        assert_eq!(
            content(&ask(&gate, profile, &keyed).await)["success"],
            json!(false),
            "it knows no such key"
        );
    }
}

#[tokio::test]
async fn guessing_secrets_is_limited() {
    for (profile, code) in [
        (Profile::Superset, "internal-error"),
        (Profile::Recaptcha, "bad-request"),
        (Profile::Hcaptcha, "bad-request"),
        (Profile::Turnstile, "internal-error"),
    ] {
        let limits = LimitSettings { wrong_secrets_per_minute: 4, ..LimitSettings::default() };
        let gate = Gate::with(easy(), limits, portcullis_store::memory::open()).await;
        for _ in 0..2 {
            assert_eq!(
                codes(&ask(&gate, profile, "secret=wrong&response=x").await),
                json!(["invalid-input-secret"])
            );
        }
        let reply = ask(&gate, profile, "secret=wrong&response=x").await;
        assert_eq!(codes(&reply), json!([code]));
        assert_eq!(header(&reply, "retry-after"), Some("15"));
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_bad_requests() {
    let gate = Gate::open(easy()).await;
    let json = Some("application/json");
    for (content_type, body) in [
        (json, "{"),
        (json, "null"),
        (json, "[]"),
        (json, "5"),
        (json, r#"{"secret":5}"#),
        (json, r#"{"secret":["a"]}"#),
        (json, r#"{"response":{"a":1}}"#),
        (json, r#"{"response":"\ud800"}"#),
        (json, r#"{"a":1e400,"secret":NaN}"#),
        (json, r#"{}{}"#),
        (Some("multipart/form-data"), "x"),
        (Some("multipart/form-data; boundary=x"), "x"),
        (
            Some("multipart/form-data; boundary=x"),
            "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb",
        ),
        (Some("multipart/form-data; boundary=\"\""), "--\r\n"),
    ] {
        for profile in [Profile::Superset, Profile::Recaptcha, Profile::Turnstile] {
            let reply = ask_as(&gate, profile, content_type, body.as_bytes()).await;
            assert_eq!(codes(&reply), json!(["bad-request"]), "{body}");
        }
    }
    for profile in ALL {
        let reply = ask_as(&gate, profile, None, &vec![b'a'; 10 << 20]).await;
        assert_eq!(codes(&reply), json!(["bad-request"]));
    }
}
