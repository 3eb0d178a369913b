//! Bodies of the AstraCaph door's verify and of the end of a site, and tokens that were changed after they were given.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{ClaimedOrigin, Site, Visitor};
use portcullis_fuzz::{Change, Gate, assert_refused, wait};
use portcullis_protocol::{Request, astracaph};
use serde_json::{Value, json};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);
/// A pass that nobody else verifies.
static TOKEN: LazyLock<String> = LazyLock::new(token);

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Any { body: &'a [u8], query: Option<&'a str> },
    Field { name: u8, text: &'a str },
    Token(Change<'a>),
}

fuzz_target!(|input: Input<'_>| {
    let (body, query) = match &input {
        Input::Any { body, query } => (body.to_vec(), *query),
        Input::Field { name, text } => {
            let name = FIELDS[usize::from(*name) % FIELDS.len()];
            let mut fields =
                json!({ "token": "a.b.c", "origin": "https://shop.example", "secret": "sk_wrong" });
            fields[name] = json!("@@");
            (fields.to_string().replace("\"@@\"", text).into_bytes(), None)
        }
        Input::Token(change) => {
            let changed = change.apply(&TOKEN);
            if changed.trim() == *TOKEN {
                return;
            }
            (json!({ "token": changed, "origin": ORIGIN }).to_string().into_bytes(), None)
        }
    };
    let request = GATE.request(None, query, &body);
    assert_refused(&wait(astracaph::verify(&GATE.engine, &GATE.door, "/api/v1/verify", &request)));
    assert_refused(&wait(astracaph::unregister(&GATE.engine, &GATE.door, &request)));
    // Writing a hundred entries out takes longer than all the rest.
    if query.is_some() {
        let reply = astracaph::logs(&GATE.engine, &GATE.door, &request);
        assert_eq!(reply.status, 200);
        let logs: Value = serde_json::from_slice(&reply.body).expect("an answer is JSON");
        assert!(logs["logs"].as_array().is_some_and(|entries| entries.len() <= 100));
    }
});

fn token() -> String {
    // Opened before, as it waits too, and one wait within another is none.
    LazyLock::force(&GATE);
    wait(async {
        let site = GATE.engine.site(Site::OPEN).unwrap();
        let origin = ClaimedOrigin::from_header(Some(ORIGIN.as_bytes()));
        let visitor = Visitor { origin, ..GATE.visitor.clone() };
        let mut body = json!({
            "siteKey": site.site_key(),
            "fingerprint": {
                "userAgent": "Mozilla/5.0", "language": "en", "timezone": "Europe/Berlin", "platform": "Linux",
                "webdriver": false, "canvas": "1", "webglVendor": "a", "webglRenderer": "b",
                "screen": { "width": 1920, "height": 1080, "pixelRatio": 1 },
            },
            "motion": [],
            "behavior": { "dwellMs": 1500, "keyPresses": 2, "pointerMoves": 3, "focusChanges": 1, "clickCount": 1 },
        });
        let ask = async |body: &Value| -> Value {
            let body = body.to_string();
            let request = Request { visitor: &visitor, ..GATE.request(None, None, body.as_bytes()) };
            let reply = astracaph::challenge(&GATE.engine, &GATE.door, &request).await;
            serde_json::from_slice(&reply.body).unwrap()
        };
        let step = ask(&body).await;
        let solve = |pair: &Value| {
            let (salt, target) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
            portcullis_pow::solve(&portcullis_pow::Puzzle::new(salt, target.parse().unwrap()).unwrap())
                .unwrap()
        };
        let solutions: Vec<u64> = step["work"]["challenge"].as_array().unwrap().iter().map(solve).collect();
        body["interaction"] = json!({
            "confirmed": true,
            "challengeId": step["challengeId"],
            "work": { "token": step["work"]["token"], "solutions": solutions },
        });
        ask(&body).await["token"].as_str().expect("a token").to_owned()
    })
}

const ORIGIN: &str = "https://shop.example";
const FIELDS: [&str; 10] =
    ["token", "origin", "hostname", "domain", "host", "site", "secret", "secretKey", "sandbox", "other"];
