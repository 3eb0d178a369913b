//! Bodies of the AstraCaph door's challenge: any bytes, honest bodies with one field that is something else, and
//! steps that were changed after they were asked for.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{ClaimedOrigin, Visitor};
use portcullis_fuzz::{Change, Gate, wait};
use portcullis_protocol::{Reply, Request, astracaph};
use serde_json::{Value, json};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);
static STEP: LazyLock<Value> = LazyLock::new(|| {
    let reply = ask(&GATE.visitor, honest().to_string().as_bytes());
    serde_json::from_slice(&reply.body).unwrap()
});

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    origin: Option<&'a str>,
    body: Body<'a>,
}

#[derive(Arbitrary, Debug)]
enum Body<'a> {
    Any(&'a [u8]),
    Field { path: u8, text: &'a str },
    Step { name: Change<'a>, work: Change<'a>, solutions: Vec<u64>, phase: Option<&'a str> },
}

fuzz_target!(|input: Input<'_>| {
    let body = match &input.body {
        Body::Any(bytes) => bytes.to_vec(),
        Body::Field { path, text } => {
            let mut body = honest();
            let path = PATHS[usize::from(*path) % PATHS.len()];
            *body.pointer_mut(path).unwrap() = json!("@@");
            body.to_string().replace("\"@@\"", text).into_bytes()
        }
        Body::Step { name, work, solutions, phase } => {
            let mut body = honest();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            body["interaction"] = json!({
                "confirmed": true,
                "phase": phase,
                "challengeId": name.apply(&text(&STEP["challengeId"])),
                "work": {
                    "token": work.apply(&text(&STEP["work"]["token"])),
                    "solutions": solutions,
                },
            });
            body.to_string().into_bytes()
        }
    };
    let origin = ClaimedOrigin::from_header(input.origin.map(str::as_bytes));
    let reply = ask(&Visitor { origin, ..GATE.visitor.clone() }, &body);
    // Nobody has done the work, so nobody passes.
    assert!(matches!(reply.status, 202 | 400 | 403), "{}", reply.status);
    assert!(reply.body.len() < 64 * 1024, "{} bytes", reply.body.len());
    let answer: Value = serde_json::from_slice(&reply.body).expect("an answer is JSON");
    assert!(answer["token"].is_null(), "{answer}");
    assert!(reply.status == 202 || answer["error"].is_string(), "{answer}");
});

fn ask(visitor: &Visitor, body: &[u8]) -> Reply {
    let request = Request { visitor, ..GATE.request(None, None, body) };
    wait(astracaph::challenge(&GATE.engine, &GATE.door, &request))
}

fn honest() -> Value {
    json!({
        "siteKey": "pk_open_astracaph_public",
        "fingerprint": {
            "userAgent": "Mozilla/5.0", "language": "en", "timezone": "Europe/Berlin", "platform": "Linux",
            "webdriver": false, "canvas": "1", "webglVendor": "a", "webglRenderer": "b",
            "screen": { "width": 1920, "height": 1080, "pixelRatio": 1 },
            "hardwareConcurrency": 8, "deviceMemory": 8, "touchPoints": 0, "automation": [],
        },
        "motion": [
            { "x": 1, "y": 1, "t": 1 }, { "x": 5, "y": 9, "t": 17 }, { "x": 12, "y": 7, "t": 33 },
            { "x": 30, "y": 20, "t": 49 }, { "x": 33, "y": 11, "t": 70 }, { "x": 41, "y": 13, "t": 90 },
        ],
        "behavior": {
            "dwellMs": 1500, "keyPresses": 2, "pointerMoves": 30, "focusChanges": 1, "clickCount": 1,
            "submitLatencyMs": 12, "touches": 0, "keyIntervalMs": 100, "keyIntervalDeviationMs": 20,
        },
        "page": "https://shop.example/", "referrer": "https://search.example/", "interaction": null,
        "frame": null, "sandbox": null,
    })
}

const PATHS: [&str; 22] = [
    "/siteKey",
    "/fingerprint",
    "/fingerprint/userAgent",
    "/fingerprint/timezone",
    "/fingerprint/webdriver",
    "/fingerprint/screen",
    "/fingerprint/screen/width",
    "/fingerprint/hardwareConcurrency",
    "/fingerprint/automation",
    "/motion",
    "/motion/1",
    "/motion/1/x",
    "/motion/1/t",
    "/behavior",
    "/behavior/dwellMs",
    "/behavior/keyIntervalMs",
    "/page",
    "/referrer",
    "/interaction",
    "/frame",
    "/sandbox",
    "",
];
