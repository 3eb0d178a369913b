//! What nobody honest sends. Every door answers with a 4xx or its word for one, and never with a panic.

use portcullis_engine::{Profile as CapProfile, SiteSettings};
use portcullis_protocol::siteverify::{Profile, TestKeys, siteverify};
use portcullis_protocol::{Request, cap};
use proptest::prelude::*;
use serde_json::json;

use crate::gate::{Gate, SECRET, assert_failure, content, easy, post};

/// Bodies that are no redeem, with the reason that each is refused for.
fn hostile() -> Vec<(Vec<u8>, u16, &'static str)> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    let with = |solutions: &str| format!(r#"{{"token":"t","solutions":{solutions}}}"#).into_bytes();
    vec![
        (b"".to_vec(), 400, "invalid_body"),
        (vec![b'{'; 10 << 20], 413, "body_too_large"),
        (deep("[", "]").into_bytes(), 400, "invalid_body"),
        (deep(r#"{"a":"#, "}").into_bytes(), 400, "missing_token"),
        (format!(r#"{{"token":{},"solutions":[]}}"#, deep("[", "]")).into_bytes(), 400, "missing_token"),
        (with(&deep("[", "]")), 400, "invalid_solutions"),
        (with("[NaN]"), 400, "invalid_body"),
        (with("[Infinity]"), 400, "invalid_body"),
        (with("[-1]"), 400, "invalid_solutions"),
        (with("[1e400]"), 400, "invalid_solutions"),
        (with("[1.5]"), 400, "invalid_solutions"),
        (with("[null]"), 400, "invalid_solutions"),
        (with("{}"), 400, "invalid_solutions"),
        (with("5"), 400, "invalid_solutions"),
        (with(&format!("[{}0]", "0,".repeat(30_000))), 400, "invalid_solutions"),
        (with(&format!("[{}]", "9".repeat(60_000))), 400, "invalid_solutions"),
        (b"{\"token\":\"a\0b\",\"solutions\":[1]}".to_vec(), 400, "invalid_body"),
        (br#"{"token":"\ud800","solutions":[1]}"#.to_vec(), 400, "missing_token"),
        (br#"{"token":{"a":1},"solutions":[1]}"#.to_vec(), 400, "missing_token"),
        (br#"{"token":"t","solutions":[1]"#.to_vec(), 400, "invalid_body"),
        (b"\xff\xfe{\0}\0".to_vec(), 400, "invalid_body"),
        (b"\xed\xa0\x80".to_vec(), 400, "invalid_body"),
        (b"PK\x03\x04".to_vec(), 400, "invalid_body"),
    ]
}

#[tokio::test]
async fn redeem_names_every_fault() {
    for cap_profile in [CapProfile::Standalone, CapProfile::CapjsServer] {
        let gate = Gate::open(SiteSettings { cap_profile, ..easy() }).await;
        for (body, status, reason) in hostile() {
            assert_failure(&gate.redeem_bytes(&body).await, status, reason);
        }
    }
}

#[tokio::test]
async fn tokens_that_once_broke_the_package_are_only_wrong() {
    for (cap_profile, status) in [(CapProfile::Standalone, 403), (CapProfile::CapjsServer, 200)] {
        let gate = Gate::open(SiteSettings { cap_profile, ..easy() }).await;
        for token in ["", ":", "a:é", "::::::", "\u{0}", "\u{1f600}:\u{1f600}", "a:b:c:d:e:f", "1:1:1:1:1:é"]
        {
            let body = json!({ "token": token, "solutions": [1] });
            assert_failure(&gate.redeem(&body).await, status, "invalid_token");
            let question = json!({ "secret": SECRET, "response": format!("{}:a:{token}", gate.key()) });
            let question = question.to_string();
            let request = post(question.as_bytes(), &gate.visitor);
            let reply = cap::siteverify(&gate.engine, gate.key(), &request).await;
            assert!(matches!(reply.status, 400 | 404), "{token}");
        }
    }
}

#[tokio::test]
async fn siteverify_refuses_all_of_it() {
    let gate = Gate::open(easy()).await;
    for (body, ..) in hostile() {
        for content_type in
            [None, Some("application/json"), Some("text/plain"), Some("multipart/form-data; boundary=t")]
        {
            let request = Request { content_type, ..post(&body, &gate.visitor) };
            let reply = cap::siteverify(&gate.engine, gate.key(), &request).await;
            assert!((400..500).contains(&reply.status));
            for profile in [Profile::Superset, Profile::Recaptcha, Profile::Hcaptcha, Profile::Turnstile] {
                let reply = siteverify(&gate.engine, profile, TestKeys::Accepted, &request).await;
                assert_eq!((reply.status, &content(&reply)["success"]), (200, &json!(false)));
            }
        }
    }
}

/// Bytes that look a little like what is expected.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("\"token\":".to_owned()),
        Just("\"solutions\":".to_owned()),
        Just("\"secret\":".to_owned()),
        Just("\"response\":".to_owned()),
        Just("\"action\":".to_owned()),
        Just(",".to_owned()),
        Just("secret=".to_owned()),
        Just("&response=".to_owned()),
        Just("%ff%".to_owned()),
        Just("--b\r\n".to_owned()),
        Just("--b--".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("Content-Disposition: form-data; name=\"secret\"".to_owned()),
        Just(SECRET.to_owned()),
        Just("\"a:b:c\"".to_owned()),
        Just("null".to_owned()),
        "-?[0-9]{1,20}",
        ".{0,4}",
    ];
    prop_oneof![
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes()),
        prop::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_door_panics_or_passes_junk(
        body in plausible(),
        query in prop::option::of(".{0,40}"),
        content_type in prop::sample::select(vec![
            None,
            Some("application/json"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=b"),
            Some("multipart/form-data; boundary"),
            Some(";"),
        ]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let gate = Gate::open(easy()).await;
            let request =
                Request { content_type, authorization: None, query: query.as_deref(), body: &body, visitor: &gate.visitor };
            let reply = cap::challenge(&gate.engine, Some(gate.key()), &request).await;
            assert!(matches!(reply.status, 200 | 400));
            let reply = cap::redeem(&gate.engine, Some(gate.key()), &request).await;
            assert!(matches!(reply.status, 400 | 403));
            let reply = cap::siteverify(&gate.engine, gate.key(), &request).await;
            assert!(matches!(reply.status, 400 | 403 | 404));
            for profile in [Profile::Superset, Profile::Recaptcha, Profile::Hcaptcha, Profile::Turnstile] {
                let reply = siteverify(&gate.engine, profile, TestKeys::Accepted, &request).await;
                assert_eq!(content(&reply)["success"], json!(false));
            }
        });
    }
}
