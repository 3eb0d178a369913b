//! `/api/v1/sites` and `/api/v1/health`.

use std::sync::Arc;

use async_trait::async_trait;
use portcullis_engine::{DomainFiles, LimitSettings, Unread};
use portcullis_protocol::astracaph::{self, Door, Registration};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};

use crate::astracaph::{HERE, House, SHOP, at, human};
use crate::gate::{NOW, SECRET, content, header, post, visitor};

fn error(reply: &Reply) -> (u16, String) {
    let answer = content(reply);
    assert_eq!(answer["success"], json!(false), "{answer}");
    assert_eq!(header(reply, "vary"), Some("origin"));
    (reply.status, answer["error"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_site_is_registered_with_what_its_owner_needs() {
    let house = House::open().await;
    let reply = house.register(&json!({ "domain": "Example.COM/path", "name": "Mine" }), None).await;
    assert_eq!(reply.status, 201);
    let answer = content(&reply);
    let site = &answer["site"];
    assert_eq!(
        (&answer["success"], &site["name"], &site["origins"]),
        (&json!(true), &json!("Mine"), &json!(["https://example.com"]))
    );
    let (key, secret) = (site["siteKey"].as_str().unwrap(), site["secret"].as_str().unwrap());
    assert!(
        key.starts_with("pk_live_") && secret.starts_with("sk_live_") && key.len() > 30 && secret.len() > 30
    );
    assert!(answer["warning"].as_str().is_some_and(|text| text.contains("7 days")));
    let embed = answer["embed"].as_str().unwrap();
    assert!(
        embed.contains(key) && embed.contains(&format!("{HERE}/api/v1/widget.js")) && !embed.contains(secret)
    );
    let example = answer["verifyExample"].as_str().unwrap();
    assert!(
        example.contains(secret)
            && example.contains("https://example.com")
            && example.contains("/api/v1/verify")
    );
    let body = at(human(), key);
    let success = house.finish(&visitor(Some("https://example.com")), &body).await;
    let verified =
        house.verify(&json!({ "token": success["token"], "domain": "example.com", "secret": secret })).await;
    assert_eq!((verified.status, &content(&verified)["siteKey"]), (200, &json!(key)));
}

#[tokio::test]
async fn origins_are_normalised_and_what_is_none_is_refused() {
    let house = House::open().await;
    for (field, text, origin) in [
        ("domain", "a.example", "https://a.example"),
        ("origin", "http://a.example:8080/x", "http://a.example:8080"),
        ("origin", "localhost:3000", "http://localhost:3000"),
        ("domain", "127.1.2.3", "http://127.1.2.3"),
        ("domain", "localhost.example", "https://localhost.example"),
    ] {
        let reply = house.register(&json!({ (field): text }), None).await;
        assert_eq!(content(&reply)["site"]["origins"], json!([origin]), "{text}");
    }
    for body in [
        json!({}),
        json!({ "domain": "" }),
        json!({ "domain": "*" }),
        json!({ "domain": "*.example.com" }),
        json!({ "domain": "https://*" }),
        json!({ "origin": "ftp://a.example" }),
        json!({ "origin": "javascript:alert(1)" }),
        json!({ "origin": "null" , "domain": 5, "name": "x", "extra": [] , "host": "a.example" }),
        json!({ "domain": "a b" }),
        json!({ "domain": "a.example:99999" }),
        json!({ "domain": "x".repeat(400) }),
        json!({ "domain": "https://user:pass@a.example" }),
        json!({ "domain": ["a.example"] }),
    ] {
        let reply = house.register(&body, None).await;
        if body["origin"] == "null" {
            assert_eq!(reply.status, 201, "a host of this name is possible");
        } else {
            assert_eq!(error(&reply).0, 400, "{body}");
        }
    }
    for body in [json!([]), json!(null), json!("x"), json!(5)] {
        assert_eq!(error(&house.register(&body, None).await), (400, "Invalid JSON body".to_owned()));
    }
    assert_eq!(error(&house.register(&json!({ "domain": "x".repeat(1 << 20) }), None).await).0, 413);
}

#[tokio::test]
async fn only_its_secret_removes_a_site_and_only_from_its_origin() {
    let house = House::open().await;
    let site = content(&house.register(&json!({ "domain": "example.com" }), None).await)["site"].take();
    let (key, secret) = (site["siteKey"].as_str().unwrap(), &site["secret"]);
    for (body, status) in [
        (json!({}), 400),
        (json!({ "domain": "example.com" }), 400),
        (json!({ "secret": secret }), 400),
        (json!({ "domain": "example.com", "secret": "" }), 400),
        (json!({ "domain": "example.com", "secret": "sk_live_wrong" }), 404),
        (json!({ "origin": SHOP, "secret": SECRET }), 404),
        (json!({ "domain": "else.example", "secret": secret }), 403),
        (json!({ "origin": "http://example.com", "secret": secret }), 403),
    ] {
        assert_eq!(error(&house.unregister(&body).await).0, status, "{body}");
        assert!(house.gate.engine.site(key).is_some(), "nothing is removed by {body}");
    }
    assert!(house.gate.engine.site(house.gate.key()).is_some());
    let reply = house.unregister(&json!({ "origin": "https://example.com/", "secret": secret })).await;
    let mut answer = content(&reply);
    assert!(answer["message"].take().is_string());
    let expected =
        json!({ "success": true, "removedOrigin": "https://example.com", "siteKey": key, "message": null });
    assert_eq!((reply.status, answer), (200, expected));
    let again = house.unregister(&json!({ "domain": "example.com", "secret": secret })).await;
    assert_eq!(error(&again), (404, "Unknown secret".to_owned()));
    let body = at(human(), key).to_string();
    let reply = house.challenge_as(&visitor(Some("https://example.com")), body.as_bytes()).await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn twelve_an_hour_are_registered_and_sixteen_removed() {
    let house = House::with(LimitSettings::default()).await;
    for (most, is_removal) in [(12, false), (16, true)] {
        let body = json!({ "domain": "example.com", "secret": "sk_live_guess" });
        for _ in 0..most {
            let reply =
                if is_removal { house.unregister(&body).await } else { house.register(&body, None).await };
            assert_eq!(reply.status, if is_removal { 404 } else { 201 });
        }
        let reply =
            if is_removal { house.unregister(&body).await } else { house.register(&body, None).await };
        let reset_at = content(&reply)["resetAt"].as_u64().unwrap();
        assert_eq!(error(&reply), (429, "Too many requests".to_owned()));
        assert!((NOW.0 + 60_000..=NOW.0 + 3_600_000).contains(&reset_at));
        assert!(header(&reply, "retry-after").is_some());
    }
}

/// A domain whose file has this text, or cannot be read.
struct File(Result<String, Unread>);

#[async_trait]
impl DomainFiles for File {
    async fn read(&self, host: &str) -> Result<String, Unread> {
        assert_eq!(host, "example.com");
        self.0.clone()
    }
}

#[tokio::test]
async fn a_domain_that_names_the_site_proves_it() {
    let mut house = House::open().await;
    let mut answer = content(&house.register(&json!({ "domain": "example.com" }), None).await);
    let file = answer["verification"]["file"].take();
    assert_eq!(file["url"], "https://example.com/.well-known/portcullis-site.txt");
    let (key, secret) = (&answer["site"]["siteKey"], &answer["site"]["secret"]);
    let line = file["content"].as_str().unwrap();
    assert!(line.contains(key.as_str().unwrap()) && !line.contains(secret.as_str().unwrap()));
    let own = json!({ "domain": "example.com", "secret": secret });
    let not_named = "The domain's file does not name this site";
    for (read, status, reason) in [
        (Err(Unread::NotReached), 422, "The domain's file was not reached"),
        (Err(Unread::Busy), 503, "Too many domains are being looked at"),
        (Ok("<html>".to_owned()), 422, not_named),
    ] {
        house.door.domains = Arc::new(File(read));
        assert_eq!(error(&house.prove(&own).await), (status, reason.to_owned()));
    }
    let page = visitor(Some("https://example.com"));
    let open = human().to_string();
    assert_eq!(house.challenge_as(&page, open.as_bytes()).await.status, 202);
    house.door.domains = Arc::new(File(Ok(format!("{line}\n"))));
    for (body, status) in [
        (json!({}), 400),
        (json!({ "domain": "example.com" }), 400),
        (json!({ "domain": "example.com", "secret": "sk_live_wrong" }), 404),
        (json!({ "domain": "example.com", "secret": SECRET }), 404),
        (json!({ "domain": "else.example", "secret": secret }), 403),
    ] {
        assert_eq!(error(&house.prove(&body).await).0, status, "{body}");
    }
    let reply = house.prove(&own).await;
    let mut answer = content(&reply);
    assert!(answer["message"].take().is_string());
    let expected = json!({
        "success": true, "verified": true, "origin": "https://example.com", "siteKey": key, "message": null,
    });
    assert_eq!((reply.status, answer), (200, expected));
    assert_eq!(
        house.challenge_as(&page, open.as_bytes()).await.status,
        403,
        "no open tokens for it any more"
    );
    house.finish(&page, &at(human(), key.as_str().unwrap())).await;
    house.door.registration = Registration::Off;
    assert_eq!(error(&house.prove(&own).await).0, 403);
}

#[tokio::test]
async fn what_has_no_domain_is_not_told_how_to_prove_one() {
    let house = House::open().await;
    for name in ["localhost:3000", "127.0.0.1", "http://[2001:db8::1]"] {
        let answer = content(&house.register(&json!({ "domain": name }), None).await);
        assert_eq!(answer["verification"], Value::Null, "{name}");
        let body = json!({ "domain": name, "secret": answer["site"]["secret"] });
        assert_eq!(error(&house.prove(&body).await).0, 400);
    }
}

#[tokio::test]
async fn registration_may_need_a_token_or_be_off() {
    let mut house = House::open().await;
    let body = json!({ "domain": "example.com" });
    let door = |registration| Door::new(HERE.to_owned(), registration, Vec::new(), false);
    house.door = door(Registration::Token("operators-word".to_owned()));
    for wrong in [
        None,
        Some(""),
        Some("Bearer "),
        Some("Bearer wrong"),
        Some("operators-word"),
        Some("bearer operators-word"),
    ] {
        assert_eq!(error(&house.register(&body, wrong).await).0, 401, "{wrong:?}");
    }
    assert_eq!(house.register(&body, Some("Bearer operators-word")).await.status, 201);
    assert_eq!(error(&house.unregister(&body).await).0, 401);
    house.door = door(Registration::Token(String::new()));
    for wrong in [None, Some("Bearer ")] {
        assert_eq!(error(&house.register(&body, wrong).await).0, 401, "an empty token lets nobody in");
    }
    house.door = door(Registration::Off);
    assert_eq!(error(&house.register(&body, Some("Bearer operators-word")).await).0, 403);
    assert_eq!(error(&house.unregister(&json!({ "domain": "a.example", "secret": "x" })).await).0, 403);
}

#[tokio::test]
async fn usage_is_told_without_secrets() {
    let mut house = House::open().await;
    for (registration, word) in [
        (Registration::Open, "open"),
        (Registration::Token("operators-word".to_owned()), "token"),
        (Registration::Off, "off"),
    ] {
        house.door = Door::new(HERE.to_owned(), registration, Vec::new(), false);
        let reply = astracaph::sites(&house.door, &post(b"", &house.visitor));
        let answer = content(&reply);
        assert_eq!(
            (reply.status, &answer["registration"], &answer["tokenSigningConfigured"]),
            (200, &json!(word), &json!(true))
        );
        assert!(answer["usage"].is_string());
        assert!(!answer.to_string().contains("operators-word"));
    }
}

#[tokio::test]
async fn health_is_told() {
    let house = House::open().await;
    let reply = astracaph::health(&house.gate.engine, &house.gate.visitor).await;
    assert_eq!((reply.status, &content(&reply)["status"]), (200, &json!("ok")));
}

#[tokio::test]
async fn names_and_fields_of_any_type_are_taken_or_refused() {
    let house = House::open().await;
    for odd in [
        json!(null),
        json!(5),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}"),
        json!("x".repeat(60_000)),
        json!("😀".repeat(200)),
    ] {
        let reply = house.register(&json!({ "domain": "example.com", "name": odd }), None).await;
        let name: &Value = &content(&reply)["site"]["name"];
        assert!(name.as_str().is_some_and(|name| (1..=100).contains(&name.chars().count())), "{name}");
        for field in ["domain", "origin", "secret"] {
            let body = json!({ "domain": "example.com", "secret": "x", (field): odd });
            let status = house.unregister(&body).await.status;
            assert!(matches!(status, 400 | 403 | 404), "{status} {field}");
        }
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let request = Request { ..post(deep.as_bytes(), &house.visitor) };
    assert_eq!(astracaph::register(&house.gate.engine, &house.door, &request).await.status, 400);
}
