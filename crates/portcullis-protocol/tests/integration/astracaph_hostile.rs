//! What no loader sends: each is answered with the protocol's 4xx, and nothing panics.

use portcullis_protocol::{Reply, Request, astracaph};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::astracaph::{BLOG, House, backend, human, taken};
use crate::gate::{content, post, text, visitor};

const REQUIRED: [&str; 16] = [
    "/fingerprint",
    "/fingerprint/userAgent",
    "/fingerprint/language",
    "/fingerprint/timezone",
    "/fingerprint/platform",
    "/fingerprint/webdriver",
    "/fingerprint/screen",
    "/fingerprint/screen/width",
    "/fingerprint/screen/height",
    "/fingerprint/screen/pixelRatio",
    "/motion",
    "/behavior",
    "/behavior/dwellMs",
    "/behavior/keyPresses",
    "/behavior/pointerMoves",
    "/behavior/clickCount",
];

const OPTIONAL: [&str; 14] = [
    "/siteKey",
    "/fingerprint/canvas",
    "/fingerprint/webglVendor",
    "/fingerprint/webglRenderer",
    "/fingerprint/hardwareConcurrency",
    "/fingerprint/deviceMemory",
    "/fingerprint/touchPoints",
    "/fingerprint/automation",
    "/behavior/submitLatencyMs",
    "/page",
    "/referrer",
    "/interaction",
    "/frame",
    "/sandbox",
];

const POINT: [&str; 3] = ["/motion/3/x", "/motion/3/y", "/motion/3/t"];

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap()
}

fn without(path: &str) -> Value {
    let (parent, name) = split(path);
    let mut body = human();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    body
}

fn with(path: &str, value: Value) -> Value {
    let (parent, name) = split(path);
    let mut body = human();
    match body.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
    body
}

/// The human body as text, with something in place of a field that JSON could not hold.
fn raw(path: &str, text: &str) -> String {
    with(path, json!("@@")).to_string().replace("\"@@\"", text)
}

#[track_caller]
fn assert_refused(reply: &Reply, error: &str, what: &str) {
    assert_eq!((reply.status, content(reply)), (400, json!({ "error": error })), "{what}");
}

#[tokio::test]
async fn fields_that_are_needed_are_missed() {
    let house = House::open().await;
    for path in REQUIRED.into_iter().chain(POINT).chain(["/behavior/focusChanges"]) {
        for body in [without(path), with(path, Value::Null)] {
            assert_refused(&house.challenge(&body).await, "Invalid challenge payload", path);
        }
    }
    for path in OPTIONAL {
        for body in [without(path), with(path, Value::Null)] {
            assert_eq!(house.challenge(&body).await.status, 202, "{path}");
        }
    }
}

#[tokio::test]
async fn wrong_types_are_refused() {
    let house = House::open().await;
    let all =
        REQUIRED.into_iter().chain(OPTIONAL).chain(POINT).chain(["/behavior/focusChanges", "/motion/3"]);
    for path in all {
        for odd in [json!({ "a": 1 }), json!([[]]), json!("text"), json!(true), json!(5)] {
            let right = human().pointer(path).cloned().unwrap_or_else(|| match path {
                "/siteKey" | "/frame" | "/sandbox" => json!("text"),
                "/fingerprint/touchPoints" => json!(5),
                "/fingerprint/automation" => json!([]),
                _ => json!({}),
            });
            let same_type = std::mem::discriminant(&right) == std::mem::discriminant(&odd);
            if same_type && !matches!(odd, Value::Array(_)) {
                continue;
            }
            if path == "/interaction" && odd.is_object() {
                continue;
            }
            assert_refused(
                &house.challenge(&with(path, odd.clone())).await,
                "Invalid challenge payload",
                &format!("{path} {odd}"),
            );
        }
    }
}

#[tokio::test]
async fn numbers_that_mean_nothing_are_refused() {
    let house = House::open().await;
    let amounts = [
        "/behavior/dwellMs",
        "/behavior/keyPresses",
        "/behavior/pointerMoves",
        "/behavior/focusChanges",
        "/behavior/clickCount",
        "/behavior/submitLatencyMs",
        "/fingerprint/hardwareConcurrency",
        "/fingerprint/deviceMemory",
        "/motion/3/t",
    ];
    for path in amounts {
        for number in [json!(-1), json!(-0.001), json!(1e10), json!(1e308), json!(u64::MAX)] {
            let body = with(path, number.clone());
            assert_refused(
                &house.challenge(&body).await,
                "Invalid challenge payload",
                &format!("{path} {number}"),
            );
        }
    }
    for path in ["/motion/3/x", "/motion/3/y", "/fingerprint/screen/width", "/fingerprint/screen/pixelRatio"]
    {
        for number in [json!(1e7), json!(-1e7), json!(f64::MAX), json!(f64::MIN)] {
            assert_refused(&house.challenge(&with(path, number)).await, "Invalid challenge payload", path);
        }
    }
    for path in amounts.into_iter().chain(POINT) {
        for number in ["NaN", "Infinity", "-Infinity", "1e400", "0x10", "01", "+1", "1.", "--1"] {
            let reply = house.challenge_bytes(raw(path, number).as_bytes()).await;
            assert_refused(&reply, "Invalid JSON body", &format!("{path} {number}"));
        }
    }
    for path in ["/fingerprint/screen/width", "/motion/3/x", "/motion/3/y"] {
        assert_eq!(
            house.challenge(&with(path, json!(-5))).await.status,
            202,
            "a screen to the left is possible"
        );
    }
}

#[tokio::test]
async fn long_paths_and_texts_are_refused() {
    let house = House::open().await;
    let points = |number: usize| json!(vec![json!({ "x": 1, "y": 1, "t": 1 }); number]);
    assert_eq!(house.challenge(&with("/motion", points(256))).await.status, 202);
    assert_refused(&house.challenge(&with("/motion", points(257))).await, "Invalid challenge payload", "257");
    assert_refused(
        &house.challenge(&with("/motion", points(2500))).await,
        "Invalid challenge payload",
        "2500",
    );
    let million = house.challenge(&with("/motion", points(1_000_000))).await;
    assert_eq!((million.status, content(&million)), (413, json!({ "error": "Body is too large" })));
    for path in REQUIRED.into_iter().chain(OPTIONAL) {
        let long = house.challenge(&with(path, json!("x".repeat(1 << 20)))).await;
        assert_eq!(long.status, 413, "{path}");
        let less = house.challenge(&with(path, json!("x".repeat(20_000)))).await;
        assert_refused(&less, "Invalid challenge payload", path);
    }
    let traces = with("/fingerprint/automation", json!(vec!["cdc"; 17]));
    assert_refused(&house.challenge(&traces).await, "Invalid challenge payload", "17 traces");
}

#[tokio::test]
async fn texts_that_are_none_are_refused_and_odd_ones_are_not() {
    let house = House::open().await;
    for path in
        ["/fingerprint/userAgent", "/fingerprint/timezone", "/page", "/siteKey", "/fingerprint/canvas"]
    {
        for broken in [r#""\ud800""#, r#""\udc00\ud800""#, r#""\u00""#, "\"\u{1}\"", r#""\x""#] {
            let reply = house.challenge_bytes(raw(path, broken).as_bytes()).await;
            assert_refused(&reply, "Invalid JSON body", &format!("{path} {broken}"));
        }
    }
    let mut bytes = human().to_string().into_bytes();
    let at = bytes.windows(5).position(|part| part == b"Intel").unwrap();
    bytes[at] = 0xff;
    assert_refused(&house.challenge_bytes(&bytes).await, "Invalid JSON body", "not UTF-8");
    for odd in ["", "\u{0}", "😀", "\u{202e}", "<script>", "../../etc/passwd"] {
        for path in
            ["/fingerprint/userAgent", "/fingerprint/timezone", "/fingerprint/language", "/page", "/referrer"]
        {
            assert_eq!(house.challenge(&with(path, json!(odd))).await.status, 202, "{path} {odd:?}");
        }
    }
}

#[tokio::test]
async fn deep_and_doubled_json_is_refused_or_ignored() {
    let house = House::open().await;
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(9_000), close.repeat(9_000));
    for path in ["/motion", "/fingerprint", "/behavior", "/interaction", "/fingerprint/screen"] {
        for text in [deep("[", "]"), deep(r#"{"a":"#, "}")] {
            let status = house.challenge_bytes(raw(path, &text).as_bytes()).await.status;
            // A field of the loader's future is skipped without looking, however deep it is.
            assert!(
                status == 400 || (text.starts_with('{') && path == "/interaction" && status == 202),
                "{path} {status}"
            );
        }
    }
    let twice = human().to_string().replacen('{', r#"{"motion":[],"#, 1);
    assert_refused(&house.challenge_bytes(twice.as_bytes()).await, "Invalid challenge payload", "twice");
    for body in ["", " ", "{", "}", "[", "nul", "{\"a\":}", "\u{feff}{}"] {
        assert_refused(&house.challenge_bytes(body.as_bytes()).await, "Invalid JSON body", body);
    }
    for body in ["{}", "null", "5", "\"x\"", "[]", "true"] {
        assert_refused(&house.challenge_bytes(body.as_bytes()).await, "Invalid challenge payload", body);
    }
}

#[tokio::test]
async fn odd_interactions_are_refused_and_use_nothing_up() {
    let house = House::open().await;
    let step = content(&house.challenge(&human()).await);
    let honest = taken(&human(), &step);
    for (name, odd) in [
        ("confirmed", json!("yes")),
        ("confirmed", json!(1)),
        ("phase", json!("end")),
        ("phase", json!(5)),
        ("challengeId", json!(5)),
        ("challengeId", json!("x".repeat(3000))),
        ("holdDurationMs", json!("long")),
        ("work", json!([])),
        ("work", json!({})),
        ("work", json!({ "token": "x" })),
        ("work", json!({ "token": 5, "solutions": [] })),
        ("work", json!({ "token": "x", "solutions": [-1] })),
        ("work", json!({ "token": "x", "solutions": [1.5] })),
        ("work", json!({ "token": "x", "solutions": ["1"] })),
        ("work", json!({ "token": "x", "solutions": [null] })),
        ("work", json!({ "token": "x", "solutions": vec![0; 501] })),
    ] {
        let mut body = honest.clone();
        body["interaction"][name] = odd.clone();
        assert_refused(&house.challenge(&body).await, "Invalid challenge payload", &format!("{name} {odd}"));
    }
    for claimed in [json!(-5), json!(1e308), json!(0)] {
        let mut body = human();
        body["interaction"] = json!({ "confirmed": false, "challengeId": "x", "holdDurationMs": claimed });
        assert_eq!(house.challenge(&body).await.status, 202, "a claim that nobody looks at");
    }
    assert_eq!(house.challenge(&honest).await.status, 200);
}

/// Bytes that look a little like a challenge or a verify.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        "fingerprint",
        "userAgent",
        "screen",
        "width",
        "motion",
        "x",
        "t",
        "behavior",
        "dwellMs",
        "interaction",
        "confirmed",
        "challengeId",
        "work",
        "token",
        "solutions",
        "siteKey",
        "origin",
        "secret",
        "sandbox",
        "domain",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(BLOG)),
        Just(json!("chl_AAAA")),
    ];
    let value = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..8).prop_map(|fields| {
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    });
    prop_oneof![
        value.clone().prop_map(|value| value.to_string().into_bytes()),
        // One field of an honest body is something else.
        (prop::sample::select(REQUIRED.into_iter().chain(OPTIONAL).chain(POINT).collect::<Vec<_>>()), value)
            .prop_map(|(path, value)| with(path, value).to_string().into_bytes()),
        // An honest body, cut or with one byte changed.
        (any::<prop::sample::Index>(), any::<Option<u8>>()).prop_map(|(at, byte)| {
            let mut body = human().to_string().into_bytes();
            let at = at.index(body.len());
            match byte {
                Some(byte) => body[at] = byte,
                None => body.truncate(at),
            }
            body
        }),
        prop::collection::vec(any::<u8>(), 0..100),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_is_sent_gets_more_than_a_step(
        body in plausible(),
        origin in prop::option::of(prop_oneof![Just(BLOG.to_owned()), Just("null".to_owned()), ".{0,30}"]),
        query in prop::option::of(".{0,40}"),
        authorization in prop::option::of(".{0,20}"),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let house = House::open().await;
            let engine = &house.gate.engine;
            let visitor = visitor(origin.as_deref());
            let request = Request {
                authorization: authorization.as_deref(),
                query: query.as_deref(),
                ..post(&body, &visitor)
            };
            let reply = astracaph::challenge(engine, &house.door, &request).await;
            assert!(matches!(reply.status, 202 | 400 | 403), "{} {}", reply.status, text(&reply));
            let answer = content(&reply);
            assert!(reply.status == 202 || answer["error"].is_string());
            assert!(answer["token"].is_null());
            let caller = backend("198.51.100.1");
            let asked = Request { visitor: &caller, ..request };
            let reply = astracaph::verify(engine, &house.door, "/api/v1/verify", &asked).await;
            assert!(matches!(reply.status, 400 | 401), "{} {}", reply.status, text(&reply));
            assert_eq!(content(&reply)["success"], json!(false));
            let reply = astracaph::unregister(engine, &house.door, &request).await;
            assert!(matches!(reply.status, 400 | 403 | 404), "{} {}", reply.status, text(&reply));
            let reply = astracaph::register(engine, &house.door, &request).await;
            assert!(matches!(reply.status, 201 | 400), "{} {}", reply.status, text(&reply));
            let reply = astracaph::logs(engine, &house.door, &request);
            assert_eq!(content(&reply), json!({ "logs": [] }));
        });
    }
}
