//! `POST /api/v1/challenge`: every status and body of the protocol's table.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use portcullis_engine::risk::{Band, Friction, Policy};
use portcullis_engine::{LimitSettings, Site, SiteChange, SiteSettings, Visitor};
use portcullis_protocol::astracaph;
use serde_json::{Value, json};

use crate::astracaph::{BLOG, HERE, House, SHOP, at, backend, doubtful, driven, human, masked, taken};
use crate::gate::{NOW, content, header, visitor};

/// What is said of an address that nothing is known of.
fn unknown_address() -> Value {
    json!({
        "classification": "unknown",
        "staticLikelihood": "unknown",
        "risk": 0.0,
        "reasons": ["Nothing is known of the address."],
        "sources": [],
        "flags": { "hosting": false, "proxy": false, "vpn": false, "tor": false, "mobile": false, "datacenter": false },
    })
}

fn assert_error(reply: &portcullis_protocol::Reply, status: u16, error: &str) {
    assert_eq!((reply.status, content(reply)), (status, json!({ "error": error })));
}

/// Makes the open site ask everybody for this, with or without work.
async fn ask_for(house: &House, friction: Friction, work_floor: bool) {
    let steps = vec![Band { from: 0.0, friction }];
    let site = house.gate.engine.site(Site::OPEN).unwrap();
    let policy = Some(Policy { steps, work_floor, ..Policy::default() }.into());
    let settings = Some(SiteSettings { policy, ..site.settings().clone() });
    house
        .gate
        .engine
        .change_site(Site::OPEN, SiteChange { settings, ..SiteChange::default() })
        .await
        .unwrap();
}

#[tokio::test]
async fn the_open_site_asks_for_work_and_then_answers_a_token() {
    let house = House::open().await;
    let reply = house.challenge(&human()).await;
    assert_eq!(reply.status, 202);
    let step = content(&reply);
    let expected = json!({
        "state": "work_required", "needsVisual": false, "challengeId": "chl_…", "challengeType": "work",
        "work": "…", "score": 0.18, "reasons": [], "reasonCodes": [], "ipIntel": unknown_address(),
    });
    assert_eq!(masked(step.clone()), expected);
    let reply = house.challenge(&taken(&human(), &step)).await;
    assert_eq!(reply.status, 200);
    let expected = json!({
        "state": "success", "token": "…", "expiresIn": 180, "score": 0.18, "confidence": 0.82, "reasons": [],
        "reasonCodes": [], "ipIntel": unknown_address(), "mode": "passive",
    });
    assert_eq!(masked(content(&reply)), expected);
    assert_error(
        &house.challenge(&taken(&human(), &step)).await,
        400,
        "Visual challenge context is invalid or expired",
    );
}

#[tokio::test]
async fn an_operators_site_passes_the_unsuspicious_at_once() {
    let mut house = House::open().await;
    house.visitor = visitor(Some(SHOP));
    let reply = house.challenge(&at(human(), house.gate.key())).await;
    let success = content(&reply);
    assert_eq!(
        (reply.status, &success["state"], &success["mode"]),
        (200, &json!("success"), &json!("passive"))
    );
}

#[tokio::test]
async fn the_doubtful_confirm_with_work_and_a_visual_token_keeps_the_score() {
    let house = House::open().await;
    let reply = house.challenge(&doubtful()).await;
    assert_eq!(reply.status, 202);
    let step = content(&reply);
    let mut shape = masked(step.clone());
    let reasons = shape["reasons"].take();
    let codes = shape["reasonCodes"].take();
    assert_eq!(reasons.as_array().unwrap().len(), 2, "{reasons}");
    assert!(
        reasons
            .as_array()
            .unwrap()
            .iter()
            .all(|reason| reason.as_str().is_some_and(|text| text.contains(' ')))
    );
    assert_eq!(codes, json!(["few-motion-points", "no-pointer-moves"]));
    let expected = json!({
        "state": "visual_challenge", "needsVisual": true, "challengeId": "chl_…", "challengeType": "confirm",
        "requiredHoldMs": 0, "challengeReason": "standard", "work": "…", "score": 0.46, "reasons": null,
        "reasonCodes": null, "ipIntel": unknown_address(),
    });
    assert_eq!(shape, expected);
    let success = content(&house.challenge(&taken(&human(), &step)).await);
    assert_eq!((&success["mode"], &success["score"]), (&json!("visual"), &json!(0.46)));
    assert_eq!(success["confidence"], json!(0.54));
}

#[tokio::test]
async fn a_confirm_without_its_work_is_no_confirm() {
    let house = House::open().await;
    let step = content(&house.challenge(&doubtful()).await);
    let mut flag = taken(&doubtful(), &step);
    flag["interaction"].as_object_mut().unwrap().remove("work");
    assert_error(&house.challenge(&flag).await, 400, "Work is not solved");
    for solutions in [json!([]), json!([0, 0, 0]), json!(vec![1; 500])] {
        flag["interaction"]["work"] = json!({ "token": step["work"]["token"], "solutions": solutions });
        assert_error(&house.challenge(&flag).await, 400, "Work is not solved");
    }
    assert_eq!(house.challenge(&taken(&doubtful(), &step)).await.status, 200, "nothing was used up");
}

#[tokio::test]
async fn the_driven_are_rejected_with_reasons() {
    let house = House::open().await;
    let reply = house.challenge(&driven()).await;
    let mut answer = content(&reply);
    let reasons = answer["reasons"].take();
    assert_eq!(reasons.as_array().map(Vec::len), Some(1));
    let expected = json!({
        "error": "Challenge rejected", "state": "failed", "score": 0.73, "reasons": null,
        "reasonCodes": ["webdriver"], "ipIntel": unknown_address(),
    });
    assert_eq!((reply.status, answer), (403, expected));
}

#[tokio::test]
async fn a_hold_is_begun_tried_and_taken_by_the_servers_clock() {
    let house = House::open().await;
    ask_for(&house, Friction::PressAndHold, false).await;
    let step = content(&house.challenge(&human()).await);
    assert_eq!((&step["challengeType"], &step["needsVisual"]), (&json!("press_hold"), &json!(true)));
    let required = step["requiredHoldMs"].as_u64().unwrap();
    assert!((500..=5000).contains(&required));
    let mut begin = human();
    begin["interaction"] = json!({ "phase": "start", "challengeId": step["challengeId"] });
    let reply = house.challenge(&begin).await;
    let mut expected = json!({
        "state": "visual_challenge", "needsVisual": true, "challengeId": "chl_…", "challengeType": "press_hold",
        "requiredHoldMs": required, "challengeReason": "standard",
    });
    if step["work"].is_object() {
        expected["work"] = json!("…");
    }
    assert_eq!((reply.status, masked(content(&reply))), (202, expected.clone()));
    house.gate.clock.advance(required - 1);
    let mut done = taken(&human(), &step);
    done["interaction"]["holdDurationMs"] = json!(999_999_999);
    let reply = house.challenge(&done).await;
    expected["error"] = json!("Hold was too short");
    assert_eq!((reply.status, masked(content(&reply))), (202, expected), "whatever the client claims");
    house.gate.clock.advance(1);
    done["interaction"]["holdDurationMs"] = json!(0);
    let reply = house.challenge(&done).await;
    assert_eq!(
        (reply.status, &content(&reply)["mode"]),
        (200, &json!("visual")),
        "whatever the client claims"
    );
}

#[tokio::test]
async fn holds_that_were_too_short_are_five() {
    let house = House::open().await;
    ask_for(&house, Friction::PressAndHold, false).await;
    let step = content(&house.challenge(&human()).await);
    for _ in 0..5 {
        assert_eq!(house.challenge(&taken(&human(), &step)).await.status, 202);
    }
    assert_error(
        &house.challenge(&taken(&human(), &step)).await,
        400,
        "Visual challenge context is invalid or expired",
    );
}

#[tokio::test]
async fn steps_of_others_and_old_ones_are_invalid_and_stay_good_for_their_own() {
    let house = House::open().await;
    let step = content(&house.challenge(&human()).await);
    let body = taken(&human(), &step).to_string();
    let at_shop = at(taken(&human(), &step), house.gate.key()).to_string();
    let elsewhere = Visitor { address: "192.0.2.8".parse().unwrap(), ..house.visitor.clone() };
    for (visitor, body) in [
        (&elsewhere, &body),
        (&visitor(Some("https://else.example")), &body),
        (&visitor(None), &body),
        (&visitor(Some(SHOP)), &at_shop),
    ] {
        let reply = house.challenge_as(visitor, body.as_bytes()).await;
        assert_error(&reply, 400, "Visual challenge context is invalid or expired");
    }
    for id in [json!("chl_"), json!("chl_unknown"), json!(""), json!("x".repeat(2048)), Value::Null] {
        let mut body = taken(&human(), &step);
        body["interaction"]["challengeId"] = id;
        assert_error(&house.challenge(&body).await, 400, "Visual challenge context is invalid or expired");
    }
    let late = content(&house.challenge(&human()).await);
    assert_eq!(house.challenge_bytes(body.as_bytes()).await.status, 200);
    house.gate.clock.advance(600_000);
    assert_error(
        &house.challenge(&taken(&human(), &late)).await,
        400,
        "Visual challenge context is invalid or expired",
    );
}

#[tokio::test]
async fn a_step_that_is_not_confirmed_is_not_taken() {
    let house = House::open().await;
    let step = content(&house.challenge(&human()).await);
    let mut body = taken(&human(), &step);
    for confirmed in [json!(false), Value::Null] {
        body["interaction"]["confirmed"] = confirmed;
        let reply = house.challenge(&body).await;
        assert!(matches!(reply.status, 202 | 400), "{}", reply.status);
    }
    assert_eq!(house.challenge(&taken(&human(), &step)).await.status, 200);
}

#[tokio::test]
async fn who_may_not_use_a_site_is_told_no_more_than_that() {
    let house = House::open().await;
    let refused = "Origin is not allowed for this site key";
    for (origin, site_key) in [
        (Some(BLOG), json!("pk_nobody")),
        (Some(BLOG), json!("")),
        (Some(BLOG), json!(house.gate.key())),
        (Some(SHOP), Value::Null),
        (Some(SHOP), json!(Site::OPEN)),
        (Some("http://shop.example.com:8080"), Value::Null),
        (Some("null"), Value::Null),
        (Some("https://a.example/path"), Value::Null),
        (Some("chrome-extension://abcdef"), Value::Null),
    ] {
        let mut body = human();
        body["siteKey"] = site_key;
        let reply = house.challenge_as(&visitor(origin), body.to_string().as_bytes()).await;
        assert_error(&reply, 403, refused);
    }
}

#[tokio::test]
async fn the_46th_attempt_is_told_when_to_come_again() {
    let house = House::with(LimitSettings::default()).await;
    for _ in 0..45 {
        assert_eq!(house.challenge(&human()).await.status, 202);
    }
    let reply = house.challenge(&human()).await;
    let answer = content(&reply);
    let reset_at = answer["resetAt"].as_u64().unwrap();
    assert_eq!(
        (reply.status, answer),
        (429, json!({ "error": "Too many challenge attempts", "resetAt": reset_at }))
    );
    assert!((NOW.0 + 1..=NOW.0 + 300_000).contains(&reset_at), "{reset_at}");
    let seconds: u64 = header(&reply, "retry-after").unwrap().parse().unwrap();
    assert_eq!(seconds, (reset_at - NOW.0).div_ceil(1000));
    house.gate.clock.set(portcullis_engine::UnixMs(reset_at));
    assert_eq!(house.challenge(&human()).await.status, 202);
}

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_is_a_jwt_with_the_protocols_claims() {
    let house = House::open().await;
    let token = house.token().await;
    let first = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&first).unwrap(), json!({ "alg": "HS256", "typ": "JWT" }));
    let mut claims = claims(&token);
    for (name, prefix, least) in
        [("challengeId", "chl_", 20), ("jti", "tok_", 36), ("fingerprintHash", "", 64)]
    {
        let text = claims[name].take();
        let text = text.as_str().unwrap();
        assert!(text.starts_with(prefix) && text.len() >= least, "{name}: {text}");
    }
    let second = NOW.0 / 1000;
    let expected = json!({
        "iss": "astracaph", "aud": "astracaph-verify", "siteKey": Site::OPEN, "boundOrigin": BLOG,
        "boundHost": "blog.example.org", "challengeId": null, "jti": null, "score": 0.18, "mode": "passive",
        "fingerprintHash": null, "iat": second, "exp": second + 180,
    });
    assert_eq!(claims, expected);
    let again = self::claims(&house.token().await);
    let mut other = human();
    other["fingerprint"]["language"] = json!("ru");
    let other = house.finish(&house.visitor, &other).await;
    let other = self::claims(other["token"].as_str().unwrap());
    let first = self::claims(&token);
    assert_ne!(first["jti"], again["jti"]);
    assert_eq!(first["fingerprintHash"], again["fingerprintHash"], "the same browser");
    assert_ne!(first["fingerprintHash"], other["fingerprintHash"], "another browser");
}

#[tokio::test]
async fn a_token_is_bound_to_the_origin_else_to_the_referrers_else_to_none() {
    let house = House::open().await;
    let bound = async |origin: Option<&str>, referrer: Option<&str>| {
        let mut body = human();
        body["referrer"] = json!(referrer);
        body["page"] = json!("https://forged.example/");
        let success = house.finish(&visitor(origin), &body).await;
        let claims = claims(success["token"].as_str().unwrap());
        (claims["boundOrigin"].as_str().unwrap().to_owned(), claims["boundHost"].as_str().unwrap().to_owned())
    };
    let pair = |origin: &str, host: &str| (origin.to_owned(), host.to_owned());
    let forged = Some("https://forged.example/path?q#f");
    assert_eq!(bound(Some(BLOG), forged).await, pair(BLOG, "blog.example.org"));
    assert_eq!(bound(None, forged).await, pair("https://forged.example", "forged.example"));
    for unreadable in
        [None, Some(""), Some("about:client"), Some("android-app://com.example/"), Some("https://user@x/")]
    {
        assert_eq!(bound(None, unreadable).await, pair("unknown", "unknown"), "{unreadable:?}");
    }
}

#[tokio::test]
async fn a_referrer_is_no_way_to_an_origin_that_is_another_sites() {
    let house = House::open().await;
    let mut body = human();
    body["referrer"] = json!(format!("{SHOP}/cart"));
    let reply = house.challenge_as(&visitor(None), body.to_string().as_bytes()).await;
    assert_error(&reply, 403, "Origin is not allowed for this site key");
}

/// A visitor as a page of this origin shows it, with what its browser says of the way there.
fn from_page(origin: Option<&str>, fetch_site: Option<&str>) -> Visitor {
    let mut visitor = visitor(origin);
    visitor.client.fetch_site = fetch_site.map(str::to_owned);
    visitor
}

#[tokio::test]
async fn a_frame_binds_to_the_page_that_was_sealed_into_it() {
    let house = House::open().await;
    let seal = house.gate.engine.seal_page(&BLOG.parse().unwrap()).unwrap();
    let mut body = human();
    body["frame"] = json!(seal.text);
    for visitor in
        [from_page(Some(HERE), Some("same-origin")), from_page(Some(HERE), None), from_page(None, None)]
    {
        let success = house.finish(&visitor, &body).await;
        assert_eq!(claims(success["token"].as_str().unwrap())["boundOrigin"], BLOG);
    }
}

#[tokio::test]
async fn a_frames_seal_is_worth_nothing_on_another_page() {
    // Anybody can have one made for any page; handed to another page's visitors it would bind their passes to it.
    let house = House::open().await;
    let seal = house.gate.engine.seal_page(&BLOG.parse().unwrap()).unwrap().text;
    let evil = Some("https://evil.example");
    for field in ["frame", "sandbox"] {
        let mut body = human();
        body[field] = json!(seal);
        for visitor in [
            from_page(evil, Some("cross-site")),
            from_page(evil, None),
            from_page(Some("null"), None),
            from_page(Some("null"), Some("cross-site")),
        ] {
            let reply = house.challenge_as(&visitor, body.to_string().as_bytes()).await;
            assert_error(&reply, 400, "Invalid challenge payload");
        }
    }
}

#[tokio::test]
async fn a_preview_in_the_sandbox_acts_for_the_server_itself() {
    let house = House::open().await;
    let mut body = human();
    let preview = from_page(Some("null"), Some("cross-site"));
    let seal = house.gate.engine.seal_page_for(&HERE.parse().unwrap(), &preview).unwrap();
    body["sandbox"] = json!(seal.text);
    let success = house.finish(&preview, &body).await;
    assert_eq!(claims(success["token"].as_str().unwrap())["boundOrigin"], HERE);
}

#[tokio::test]
async fn a_sandbox_that_somebody_else_fetched_is_worth_nothing() {
    // A page of a stranger's can hold one, and have its visitors earn tokens for the server's own origin.
    let house = House::open().await;
    let (own, stranger) = (HERE.parse().unwrap(), backend("198.51.100.9"));
    let theirs = house.gate.engine.seal_page_for(&own, &stranger).unwrap();
    let anybodys = house.gate.engine.seal_page(&own).unwrap();
    for seal in [theirs, anybodys] {
        let mut body = human();
        body["sandbox"] = json!(seal.text);
        let visitor = from_page(Some("null"), Some("cross-site"));
        let reply = house.challenge_as(&visitor, body.to_string().as_bytes()).await;
        assert_error(&reply, 400, "Invalid challenge payload");
    }
}

#[tokio::test]
async fn seals_that_are_old_changed_or_of_another_kind_are_refused() {
    let house = House::open().await;
    let here = from_page(Some(HERE), Some("same-origin"));
    let seal = house.gate.engine.seal_page(&BLOG.parse().unwrap()).unwrap().text;
    let step = content(&house.challenge(&human()).await);
    let id = step["challengeId"].as_str().unwrap();
    let changed = format!("{}A", &seal[..seal.len() - 1]);
    let changed = if changed == seal { format!("{}B", &seal[..seal.len() - 1]) } else { changed };
    let ask = async |field: &str, text: &str| {
        let mut body = human();
        body[field] = json!(text);
        house.challenge_as(&here, body.to_string().as_bytes()).await
    };
    for field in ["frame", "sandbox"] {
        for text in ["", "x", id, id.trim_start_matches("chl_"), &changed, &"A".repeat(8192)] {
            assert_error(&ask(field, text).await, 400, "Invalid challenge payload");
        }
    }
    assert_eq!(ask("frame", &seal).await.status, 202);
    house.gate.clock.advance(24 * 60 * 60 * 1000);
    assert_error(&ask("frame", &seal).await, 400, "Invalid challenge payload");
}

#[tokio::test]
async fn every_answer_lets_its_page_read_it_and_says_on_what_that_depends() {
    let house = House::open().await;
    let bodies =
        [human(), doubtful(), driven(), at(human(), "pk_nobody"), json!({}), json!("x".repeat(70_000))];
    for (origin, allowed) in [
        (Some(BLOG), BLOG),
        (Some("HTTPS://Blog.Example.org:443"), BLOG),
        (Some("null"), "null"),
        (None, "*"),
        (Some("nonsense\r\nx: y"), "*"),
    ] {
        let visitor = visitor(origin);
        for body in &bodies {
            let reply = house.challenge_as(&visitor, body.to_string().as_bytes()).await;
            assert_eq!(header(&reply, "access-control-allow-origin"), Some(allowed), "{origin:?}");
            assert_eq!(header(&reply, "vary"), Some("origin"));
            assert_eq!(header(&reply, "access-control-allow-credentials"), None);
        }
        let preflight = astracaph::preflight(&visitor);
        assert_eq!((preflight.status, preflight.body.len()), (204, 0));
        assert_eq!(header(&preflight, "access-control-allow-origin"), Some(allowed));
        assert_eq!(header(&preflight, "access-control-allow-methods"), Some("GET, POST, DELETE, OPTIONS"));
        assert_eq!(header(&preflight, "access-control-allow-headers"), Some("content-type, authorization"));
        assert_eq!(header(&preflight, "vary"), Some("origin"));
    }
}

#[tokio::test]
async fn no_address_is_in_an_answer() {
    let house = House::open().await;
    for body in [human(), doubtful(), driven()] {
        let reply = house.challenge(&body).await;
        let text = String::from_utf8(reply.body).unwrap();
        assert!(!text.contains("192.0.2.7"), "{text}");
    }
}
