//! `GET /api/v1/logs`: who sees what.

use portcullis_engine::{PageSeal, Site};
use portcullis_protocol::astracaph::{self, Door, Registration};
use serde_json::{Value, json};

use crate::astracaph::{HERE, House, backend, doubtful, human, taken};
use crate::gate::{content, post, visitor};

fn visit(house: &House) -> PageSeal {
    house.gate.engine.seal_page_for(&HERE.parse().unwrap(), &house.visitor).unwrap()
}

fn in_sandbox(mut body: Value, seal: &PageSeal) -> Value {
    body["sandbox"] = json!(seal.text);
    body
}

/// One round in the sandbox: asked, answered, verified. Answers the token.
async fn round(house: &House, seal: &PageSeal) -> String {
    let body = in_sandbox(human(), seal);
    let success = house.finish(&visitor(Some("null")), &body).await;
    let token = success["token"].as_str().unwrap().to_owned();
    let verify = json!({ "token": token, "origin": HERE, "sandbox": seal.text, "secret": crate::astracaph::OPEN_SECRET });
    assert_eq!(house.verify(&verify).await.status, 200);
    token
}

#[tokio::test]
async fn a_visit_sees_its_own_entries_newest_first_and_no_others() {
    let house = House::open().await;
    let (own, other) = (visit(&house), visit(&house));
    round(&house, &own).await;
    round(&house, &other).await;
    house.token().await;
    let entries = house.logs(&format!("visit={}", own.text));
    let seen: Vec<_> = entries
        .iter()
        .map(|entry| (entry["route"].as_str().unwrap(), entry["status"].as_u64().unwrap()))
        .collect();
    assert_eq!(seen, [("/api/v1/verify", 200), ("/api/v1/challenge", 200), ("/api/v1/challenge", 202)]);
    for query in
        ["", "visit=", "visit=x", &format!("visit={}", own.visit), &format!("siteKey={}", Site::OPEN)]
    {
        assert!(house.logs(query).is_empty(), "{query}");
    }
    house.gate.clock.advance(24 * 60 * 60 * 1000);
    assert!(house.logs(&format!("visit={}", own.text)).is_empty(), "the visit is over");
}

#[tokio::test]
async fn a_page_that_is_no_sandbox_of_ours_writes_nothing() {
    let house = House::open().await;
    let seal = visit(&house);
    let mut framed = human();
    framed["frame"] = json!(seal.text);
    let mut frame = visitor(Some(HERE));
    frame.client.fetch_site = Some("same-origin".to_owned());
    assert_eq!(house.challenge_as(&frame, framed.to_string().as_bytes()).await.status, 202);
    let mut forged = human();
    forged["sandbox"] = json!("forged");
    assert_eq!(house.challenge(&forged).await.status, 400);
    assert!(house.logs(&format!("visit={}", seal.text)).is_empty());
}

#[tokio::test]
async fn an_entry_says_what_happened_and_not_to_whom() {
    let house = House::open().await;
    let seal = visit(&house);
    let token = round(&house, &seal).await;
    let entries = house.logs(&format!("visit={}", seal.text));
    let (verify, success, step) = (&entries[0], &entries[1], &entries[2]);
    for (entry, status) in [(verify, 200), (success, 200), (step, 202)] {
        let mut names: Vec<_> = entry.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = [
            "createdAt",
            "id",
            "ip",
            "method",
            "request",
            "response",
            "route",
            "siteKey",
            "status",
            "summary",
        ];
        assert_eq!(names, expected);
        assert_eq!((&entry["method"], &entry["status"]), (&json!("POST"), &json!(status)));
        assert_eq!(entry["siteKey"], json!(Site::OPEN));
        assert!(entry["summary"].as_str().is_some_and(|text| !text.is_empty()));
        assert_eq!(entry["createdAt"], "2026-11-20T12:34:56.789Z");
    }
    assert_eq!((&success["ip"], &verify["ip"]), (&json!("192.0.2.x"), &json!("198.51.100.x")));
    let short = format!("{}…", &token[..8]);
    assert_eq!((&success["response"]["token"], &verify["request"]["token"]), (&json!(short), &json!(short)));
    let all = json!(entries).to_string();
    let told = [
        "192.0.2.7",
        "198.51.100.1\"",
        "Mozilla",
        "Europe/Berlin",
        "fingerprintHash",
        "search.example",
        "blog.example.org/post",
        &token[..30],
        &seal.text,
        crate::astracaph::OPEN_SECRET,
        "solutions",
    ];
    for private in told {
        assert!(!all.contains(private), "{private} is in {all}");
    }
    for name in ["fingerprint", "page", "referrer", "sandbox", "secret"] {
        assert!(entries.iter().all(|entry| entry["request"].get(name).is_none()), "{name}");
    }
    assert!(
        entries
            .iter()
            .all(|entry| entry["response"]["challengeId"].as_str().is_none_or(|id| id.chars().count() <= 9))
    );
    assert_eq!(step["request"]["motion"], json!("30 points"));
}

#[tokio::test]
async fn addresses_of_both_families_are_shortened() {
    let mut house = House::open().await;
    house.door = Door::new(HERE.to_owned(), Registration::Open, Vec::new(), true);
    for (address, shown) in [
        ("203.0.113.99", "203.0.113.x"),
        ("::ffff:203.0.113.99", "203.0.113.x"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::x"),
    ] {
        let visitor = backend(address);
        house.challenge_as(&visitor, human().to_string().as_bytes()).await;
        assert_eq!(house.logs("limit=1")[0]["ip"], json!(shown));
    }
}

#[tokio::test]
async fn in_development_everybody_sees_the_last_200_of_everything() {
    let mut house = House::open().await;
    house.door = Door::new(HERE.to_owned(), Registration::Open, Vec::new(), true);
    for _ in 0..210 {
        house.challenge(&doubtful()).await;
    }
    let step = content(&house.challenge(&human()).await);
    house.challenge(&taken(&human(), &step)).await;
    house.challenge_bytes(b"{").await;
    assert_eq!(house.logs("").len(), 100);
    assert_eq!(house.logs("limit=1000").len(), 100);
    assert_eq!(house.logs("limit=7").len(), 7);
    assert_eq!(house.logs("limit=0").len(), 0);
    assert_eq!(house.logs("limit=-1").len(), 100);
    assert_eq!(house.logs(&format!("siteKey={}", house.gate.key())).len(), 0);
    let newest = &house.logs("limit=2");
    assert_eq!((&newest[0]["status"], &newest[0]["summary"]), (&json!(400), &json!("Invalid JSON body")));
    assert_eq!(newest[1]["status"], json!(200));
    let ids: std::collections::BTreeSet<_> =
        house.logs("").iter().map(|entry| entry["id"].to_string()).collect();
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn any_query_is_answered() {
    let house = House::open().await;
    for query in [
        "%",
        "%ff%zz",
        "visit=%00",
        "limit=99999999999999999999",
        "siteKey=%F0%9F",
        "&&&==",
        &"x".repeat(8000),
    ] {
        assert!(house.logs(query).is_empty());
    }
    let request = post(b"", &house.visitor);
    let reply = astracaph::logs(&house.gate.engine, &house.door, &request);
    assert_eq!(content(&reply), json!({ "logs": [] }));
}

#[tokio::test]
async fn an_entry_is_short_whatever_was_asked() {
    let house = House::open().await;
    let own = visit(&house);
    let mut odd = in_sandbox(human(), &own);
    odd["more"] = json!(vec![json!([]); 15_000]);
    assert_eq!(house.challenge_as(&visitor(Some("null")), odd.to_string().as_bytes()).await.status, 202);
    for field in ["siteKey", "origin", "more"] {
        let mut question = json!({ "token": "junk", "origin": HERE, "sandbox": own.text });
        question[field] = json!("x".repeat(30_000));
        house.verify(&question).await;
    }
    let entries = house.logs(&format!("visit={}", own.text));
    assert!(entries.len() >= 3, "{}", entries.len());
    for entry in entries {
        assert!(entry.to_string().len() < 5_000, "{}", entry.to_string().len());
    }
}
