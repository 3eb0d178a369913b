//! `POST …/challenge` and the preflight in front of it.

use portcullis_engine::{ChallengeForm, LimitSettings, Profile, SiteSettings};
use portcullis_protocol::cap;
use serde_json::{Value, json};

use crate::gate::{Gate, NOW, assert_failure, content, easy, header, post, text, visitor};

async fn ask(gate: &Gate, body: &[u8]) -> portcullis_protocol::Reply {
    cap::challenge(&gate.engine, Some(gate.key()), &post(body, &gate.visitor)).await
}

#[tokio::test]
async fn salted_puzzles_are_written_out() {
    let gate = Gate::open(easy()).await;
    let challenge = gate.challenge().await;
    assert_eq!(challenge["expires"], json!(NOW.0 + 600_000));
    let pairs = challenge["challenge"].as_array().unwrap();
    assert_eq!(pairs.len(), 3);
    let is_hex = |text: &Value, length| {
        let text = text.as_str().unwrap();
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    for pair in pairs {
        assert_eq!(pair.as_array().unwrap().len(), 2);
        assert!(is_hex(&pair[0], 16) && is_hex(&pair[1], 2), "{pair}");
    }
    assert_ne!(pairs[0], pairs[1]);
    assert_eq!(challenge.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn seeded_puzzles_are_three_numbers() {
    let gate = Gate::standing_in_for(Profile::Standalone, Some(ChallengeForm::Seeded)).await;
    assert_eq!(gate.challenge().await["challenge"], json!({ "c": 3, "s": 16, "d": 2 }));
    let gate = Gate::standing_in_for(Profile::CapjsServer, None).await;
    let reply = ask(&gate, b"").await;
    let answer = content(&reply);
    let token = answer["token"].as_str().unwrap();
    assert_eq!(token.split(':').map(str::len).collect::<Vec<_>>(), [50, 13, 1, 2, 1, 64]);
    assert_eq!(
        text(&reply),
        format!(r#"{{"challenge":{{"c":3,"s":16,"d":2}},"token":"{token}","expires":1795178696789}}"#)
    );
}

#[tokio::test]
async fn the_largest_challenge_is_written_whole() {
    let settings = SiteSettings { count: Some(500), salt_size: Some(44), difficulty: Some(8), ..easy() };
    let gate = Gate::open(settings).await;
    assert_eq!(gate.challenge().await["challenge"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn the_default_site_answers_where_no_key_is_named() {
    let gate = Gate::open(easy()).await;
    let reply = cap::challenge(&gate.engine, None, &post(b"", &gate.visitor)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(header(&reply, "access-control-allow-origin"), Some("https://shop.example.com"));
}

#[tokio::test]
async fn bodies_that_are_no_objects_are_ignored() {
    let gate = Gate::open(easy()).await;
    for body in ["", " \n", "null", "[1]", "action=login", "\0", "\u{feff}x"] {
        assert_eq!(ask(&gate, body.as_bytes()).await.status, 200, "{body:?}");
    }
    for body in [r#"{}"#, r#"{"action":"login","cdata":null,"other":[1]}"#, " {\"cdata\":\"a-b_c\"}\n"] {
        assert_eq!(ask(&gate, body.as_bytes()).await.status, 200, "{body}");
    }
}

#[tokio::test]
async fn objects_that_cannot_be_read_are_refused() {
    let gate = Gate::open(easy()).await;
    for body in [
        r#"{"action":5}"#,
        r#"{"action":["login"]}"#,
        r#"{"cdata":{}}"#,
        r#"{"action":"log"#,
        r#"{"action":"\ud800"}"#,
        r#"{"action":"a","action":"b"}"#,
        r#"{"action":NaN}"#,
        r#"{} x"#,
        "{",
    ] {
        assert_failure(&ask(&gate, body.as_bytes()).await, 400, "invalid_body");
    }
    assert_failure(&ask(&gate, b"{\"action\":\"\xff\"}").await, 400, "invalid_body");
    for body in [
        json!({ "action": "a".repeat(101) }),
        json!({ "action": "log in" }),
        json!({ "cdata": "a".repeat(256) }),
        json!({ "cdata": "\0" }),
    ] {
        assert_failure(&ask(&gate, body.to_string().as_bytes()).await, 400, "invalid_binding");
    }
    assert_failure(&ask(&gate, &[b'x'; 10 << 20]).await, 413, "body_too_large");
}

#[tokio::test]
async fn unknown_sites_and_foreign_pages_are_refused() {
    let gate = Gate::open(easy()).await;
    let reply = cap::challenge(&gate.engine, Some("pk_nobody"), &post(b"", &gate.visitor)).await;
    insta::assert_snapshot!(text(&reply), @r#"{"success":false,"error":"Invalid site key or secret","reason":"unknown_site"}"#);
    assert_failure(&reply, 404, "unknown_site");
    for origin in
        ["https://evil.example", "http://shop.example.com", "https://shop.example.com:8443", "null", "?"]
    {
        let foreign = visitor(Some(origin));
        let reply = cap::challenge(&gate.engine, Some(gate.key()), &post(b"", &foreign)).await;
        assert_failure(&reply, 403, "origin_refused");
        assert_eq!(header(&reply, "access-control-allow-origin"), None);
        assert_eq!(header(&reply, "vary"), Some("Origin"));
    }
}

#[tokio::test]
async fn a_flood_is_told_when_to_come_again() {
    let limits = LimitSettings {
        challenges_per_minute: 1,
        challenge_burst: 1,
        refuse_at: 2,
        ..LimitSettings::default()
    };
    let gate = Gate::with(easy(), limits, portcullis_store::memory::open()).await;
    let (first, second) = (ask(&gate, b"").await, ask(&gate, b"").await);
    assert_eq!((first.status, second.status), (200, 200));
    assert!(content(&second)["challenge"].as_array().unwrap().len() > 3);
    let third = ask(&gate, b"").await;
    assert_failure(&third, 429, "rate_limited");
    assert_eq!(header(&third, "retry-after"), Some("30"));
    assert_eq!(header(&third, "access-control-allow-origin"), Some("https://shop.example.com"));
}

#[tokio::test]
async fn listed_pages_may_read_and_may_ask_first() {
    let gate = Gate::open(easy()).await;
    for origin in ["https://shop.example.com", "http://localhost:3000"] {
        let own = visitor(Some(origin));
        let reply = cap::challenge(&gate.engine, Some(gate.key()), &post(b"", &own)).await;
        assert_eq!(header(&reply, "access-control-allow-origin"), Some(origin));
        let reply = cap::preflight(&gate.engine, Some(gate.key()), &own);
        assert_eq!((reply.status, reply.body.len()), (204, 0));
        assert_eq!(header(&reply, "access-control-allow-origin"), Some(origin));
        assert_eq!(header(&reply, "access-control-allow-methods"), Some("POST, OPTIONS"));
        assert_eq!(header(&reply, "access-control-allow-headers"), Some("content-type"));
        assert_eq!(header(&reply, "access-control-max-age"), Some("7200"));
        assert_eq!(header(&reply, "access-control-allow-credentials"), None);
        assert_eq!(header(&reply, "vary"), Some("Origin"));
    }
    let reply = cap::challenge(&gate.engine, Some(gate.key()), &post(b"", &visitor(None))).await;
    assert_eq!((reply.status, header(&reply, "access-control-allow-origin")), (200, None));
    assert_eq!(header(&reply, "vary"), Some("Origin"));
}

#[tokio::test]
async fn other_pages_may_not_ask_first() {
    let gate = Gate::open(easy()).await;
    for origin in ["https://evil.example", "null"] {
        let reply = cap::preflight(&gate.engine, Some(gate.key()), &visitor(Some(origin)));
        assert_failure(&reply, 403, "origin_refused");
        assert_eq!(header(&reply, "access-control-allow-origin"), None);
        assert_eq!(header(&reply, "access-control-allow-methods"), None);
        assert_eq!(header(&reply, "vary"), Some("Origin"));
    }
    let reply = cap::preflight(&gate.engine, Some("pk_nobody"), &gate.visitor);
    assert_failure(&reply, 404, "unknown_site");
    assert_eq!(header(&reply, "vary"), Some("Origin"));
    assert_eq!(cap::preflight(&gate.engine, None, &visitor(None)).status, 204);
}
