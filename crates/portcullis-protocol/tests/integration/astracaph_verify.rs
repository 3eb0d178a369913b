//! `POST /api/v1/verify`: every status and body, every spelling of where a token was earned.

use std::sync::Arc;

use portcullis_engine::{LimitSettings, Site};
use portcullis_protocol::Reply;
use portcullis_protocol::astracaph;
use serde_json::{Value, json};

use crate::astracaph::{BLOG, House, OPEN_SECRET, SHOP, at, backend, human};
use crate::gate::{NOW, SECRET, content, header, post, visitor};

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, error: &str) {
    let mut answer = content(reply);
    let message = answer["message"].take();
    assert!(message.as_str().is_some_and(|text| text.len() > 10), "{message}");
    assert_eq!(
        (reply.status, answer),
        (status, json!({ "success": false, "error": error, "message": null }))
    );
    assert_eq!(header(reply, "vary"), Some("origin"));
}

#[tokio::test]
async fn a_good_token_is_told_of_and_spent() {
    let house = House::open().await;
    let token = house.token().await;
    let reply = house.verify(&json!({ "token": token, "origin": BLOG })).await;
    let mut verdict = content(&reply);
    let id = verdict["challengeId"].take();
    assert!(id.as_str().is_some_and(|id| id.starts_with("chl_")));
    let fingerprint = verdict["fingerprintHash"].take();
    assert!(
        fingerprint
            .as_str()
            .is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    );
    let expected = json!({
        "success": true, "message": "Verification successful", "siteKey": Site::OPEN, "boundOrigin": BLOG,
        "boundHost": "blog.example.org", "challengeId": null, "score": 0.18, "mode": "passive",
        "fingerprintHash": null, "issuedAt": "2026-11-20T12:34:56.000Z", "expiresAt": "2026-11-20T12:37:56.000Z",
    });
    assert_eq!((reply.status, verdict), (200, expected));
    assert_refused(
        &house.verify(&json!({ "token": token, "origin": BLOG })).await,
        409,
        "Token already used or unknown",
    );
}

#[tokio::test]
async fn both_paths_are_one() {
    let house = House::open().await;
    let body = json!({ "token": house.token().await, "origin": BLOG }).to_string();
    let caller = backend("198.51.100.1");
    let ask = async |route| {
        astracaph::verify(&house.gate.engine, &house.door, route, &post(body.as_bytes(), &caller))
            .await
            .status
    };
    assert_eq!((ask("/public/api/v1/verify").await, ask("/api/v1/verify").await), (200, 409));
}

#[tokio::test]
async fn where_a_token_was_earned_is_said_in_many_ways() {
    let house = House::open().await;
    for (field, place) in [
        ("origin", BLOG),
        ("origin", "HTTPS://Blog.Example.ORG/"),
        ("origin", "https://blog.example.org/path?query#fragment"),
        ("origin", "https://blog.example.org:443"),
        ("origin", "blog.example.org"),
        ("hostname", "blog.example.org"),
        ("hostname", " blog.example.org "),
        ("domain", "BLOG.example.org"),
        ("host", "blog.example.org:443"),
        ("host", "blog.example.org/path"),
        ("site", BLOG),
        // The host is the same.
        ("host", "blog.example.org:8443"),
        ("origin", "http://blog.example.org"),
    ] {
        let reply = house.verify(&json!({ "token": house.token().await, (field): place })).await;
        assert_eq!(reply.status, 200, "{field} {place}");
    }
    let mixed =
        json!({ "token": house.token().await, "origin": null, "hostname": 5, "domain": "", "site": BLOG });
    assert_eq!(house.verify(&mixed).await.status, 200, "the first that is a text counts");
}

#[tokio::test]
async fn a_wrong_place_is_refused_and_spends_nothing() {
    let house = House::open().await;
    let token = house.token().await;
    for place in [
        "https://else.example",
        "example.org",
        "www.blog.example.org",
        "blog.example.org.evil.example",
        "unknown",
        SHOP,
        "[::1]",
        "127.0.0.1",
    ] {
        assert_refused(
            &house.verify(&json!({ "token": token, "origin": place })).await,
            403,
            "Origin mismatch",
        );
    }
    for place in [
        "ftp://blog.example.org",
        "javascript://blog.example.org",
        "https://",
        "https://user@blog.example.org",
        "*:80",
        "  ",
        "",
    ] {
        let reply = house.verify(&json!({ "token": token, "origin": place })).await;
        assert_refused(&reply, 400, "Origin or hostname is required");
    }
    for body in [
        json!({ "token": token }),
        json!({ "token": token, "origin": null }),
        json!({ "token": token, "host": [BLOG] }),
    ] {
        assert_refused(&house.verify(&body).await, 400, "Origin or hostname is required");
    }
    assert_eq!(house.verify(&json!({ "token": token, "origin": BLOG })).await.status, 200);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let house = House::open().await;
    for token in [Value::Null, json!(""), json!("  "), json!(5), json!(["a"]), json!({ "a": 1 }), json!(true)]
    {
        assert_refused(
            &house.verify(&json!({ "token": token, "origin": BLOG })).await,
            400,
            "Token is required",
        );
    }
    assert_refused(&house.verify(&json!({ "origin": BLOG })).await, 400, "Token is required");
    let good = house.token().await;
    let mut parts = good.split('.');
    let (head, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    for token in [
        "junk".to_owned(),
        "..".to_owned(),
        "é.é.é".to_owned(),
        format!("{head}.{claims}."),
        format!("{head}.{claims}"),
        format!("eyJhbGciOiJub25lIn0.{claims}."),
        format!("eyJhbGciOiJub25lIn0.{claims}.{signature}"),
        format!("{head}.{claims}.{signature}A"),
        format!("{head}.{claims}A.{signature}"),
        format!("{head}.{claims}.{}", &signature[..signature.len() - 2]),
        "x".repeat(8000),
        good.replace('.', "\u{0}"),
    ] {
        let reply = house.verify(&json!({ "token": token, "origin": BLOG })).await;
        assert_refused(&reply, 401, "Invalid or expired token");
    }
    let padded = format!(" {good}\n");
    assert_eq!(house.verify(&json!({ "token": padded, "origin": BLOG })).await.status, 200);
}

#[tokio::test]
async fn a_token_expires_after_180_seconds() {
    let house = House::open().await;
    let (one, two) = (house.token().await, house.token().await);
    house.gate.clock.set(portcullis_engine::UnixMs(NOW.0 / 1000 * 1000 + 179_999));
    assert_eq!(house.verify(&json!({ "token": one, "origin": BLOG })).await.status, 200);
    house.gate.clock.advance(1);
    assert_refused(
        &house.verify(&json!({ "token": two, "origin": BLOG })).await,
        401,
        "Invalid or expired token",
    );
    assert_refused(
        &house.verify(&json!({ "token": one, "origin": BLOG })).await,
        401,
        "Invalid or expired token",
    );
}

#[tokio::test]
async fn a_secret_that_is_sent_must_be_the_sites() {
    let house = House::open().await;
    let token = house.token().await;
    let ask = async |field: &str, secret: Value| {
        house.verify(&json!({ "token": token, "origin": BLOG, (field): secret })).await
    };
    for field in ["secret", "secretKey"] {
        for wrong in [
            json!("sk_wrong"),
            json!(""),
            json!("  "),
            json!(5),
            json!([OPEN_SECRET]),
            json!("x".repeat(9000)),
        ] {
            assert_refused(&ask(field, wrong).await, 401, "Unknown secret");
        }
        assert_refused(&ask(field, json!(SECRET)).await, 403, "Site mismatch");
    }
    assert_eq!(ask("secret", Value::Null).await.status, 200, "null is none");
    for field in ["secret", "secretKey"] {
        let body = json!({ "token": house.token().await, "origin": BLOG, (field): OPEN_SECRET });
        assert_eq!(house.verify(&body).await.status, 200, "{field}");
    }
}

#[tokio::test]
async fn tokens_of_an_operators_site_are_verified_there_alone() {
    let house = House::open().await;
    let body = at(human(), house.gate.key()).to_string();
    let success = content(&house.challenge_as(&visitor(Some(SHOP)), body.as_bytes()).await);
    let token = &success["token"];
    let ask = async |secret| house.verify(&json!({ "token": token, "origin": SHOP, "secret": secret })).await;
    assert_refused(&ask(OPEN_SECRET).await, 403, "Site mismatch");
    let reply = ask(SECRET).await;
    let verdict = content(&reply);
    assert_eq!((reply.status, &verdict["siteKey"]), (200, &json!(house.gate.key())));
    assert!(verdict["challengeId"].as_str().unwrap().starts_with("pas_"));
}

#[tokio::test]
async fn only_trusted_callers_verify_where_they_are_named() {
    let mut house = House::open().await;
    house.door.verifiers = vec!["198.51.100.0/28".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
    let body = json!({ "token": house.token().await, "origin": BLOG }).to_string();
    let ask = async |address: &str| {
        let caller = backend(address);
        astracaph::verify(&house.gate.engine, &house.door, "/api/v1/verify", &post(body.as_bytes(), &caller))
            .await
    };
    for stranger in ["198.51.100.16", "192.0.2.7", "2001:db9::1", "::1", "::ffff:192.0.2.7"] {
        assert_refused(&ask(stranger).await, 403, "IP not allowed");
    }
    let proxied = portcullis_engine::Visitor { shared_address: true, ..backend("198.51.100.1") };
    let request = post(body.as_bytes(), &proxied);
    let reply = astracaph::verify(&house.gate.engine, &house.door, "/api/v1/verify", &request).await;
    assert_refused(&reply, 403, "IP not allowed");
    assert_eq!(ask("::ffff:198.51.100.1").await.status, 200, "nothing was spent before");
    assert_refused(&ask("2001:db8::1").await, 409, "Token already used or unknown");
}

#[tokio::test]
async fn refusals_are_limited_and_good_tokens_are_not() {
    let house = House::with(LimitSettings::default()).await;
    let tokens = [house.token().await, house.token().await];
    for _ in 0..120 {
        let reply = house.verify(&json!({ "token": "junk", "origin": BLOG })).await;
        assert_eq!(reply.status, 401);
    }
    let reply = house.verify(&json!({ "token": "junk", "origin": BLOG })).await;
    let answer = content(&reply);
    let reset_at = answer["resetAt"].as_u64().unwrap();
    assert_eq!((reply.status, &answer["error"]), (429, &json!("Too many verification attempts")));
    assert_eq!(answer["success"], json!(false));
    assert!((NOW.0 + 1..=NOW.0 + 300_000).contains(&reset_at));
    assert!(header(&reply, "retry-after").is_some());
    for token in tokens {
        assert_eq!(house.verify(&json!({ "token": token, "origin": BLOG })).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_racing_calls_one_is_answered_200() {
    let house = Arc::new(House::open().await);
    for _ in 0..3 {
        let body = Arc::new(json!({ "token": house.token().await, "origin": BLOG }));
        let racers: Vec<_> = (0..1000)
            .map(|_| {
                let (house, body) = (house.clone(), body.clone());
                tokio::spawn(async move { house.verify(&body).await.status })
            })
            .collect();
        let mut statuses = std::collections::BTreeMap::new();
        for racer in racers {
            *statuses.entry(racer.await.unwrap()).or_insert(0) += 1;
        }
        assert_eq!(statuses, [(200, 1), (409, 999)].into());
    }
}

#[tokio::test]
async fn bodies_that_are_no_object_are_refused() {
    let house = House::open().await;
    for body in
        ["", "{", "null", "[]", "5", "\"x\"", "{}{}", "\u{0}", r#"{"token":"\ud800"}"#, r#"{"token":NaN}"#]
    {
        assert_refused(&house.verify_bytes(body.as_bytes()).await, 400, "Invalid JSON body");
    }
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_refused(&house.verify_bytes(deep.as_bytes()).await, 400, "Invalid JSON body");
    assert_refused(&house.verify_bytes(b"\xff\xfe").await, 400, "Invalid JSON body");
    assert_refused(&house.verify_bytes(&vec![b' '; 1 << 20]).await, 413, "Body is too large");
}
