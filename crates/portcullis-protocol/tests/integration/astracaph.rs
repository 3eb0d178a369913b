//! The AstraCaph door to knock at, and what its loader would send.

use portcullis_engine::{ClaimedOrigin, Keeping, LimitSettings, NewSite, Site, SiteSettings, Visitor};
use portcullis_protocol::astracaph::{self, Door, Registration};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};

use crate::gate::{Gate, content, easy, post, solved, visitor};

/// A page whose origin no operator's site lists.
pub(crate) const BLOG: &str = "https://blog.example.org";
/// The origin of the gate's own site.
pub(crate) const SHOP: &str = "https://shop.example.com";
/// Where the server is reached.
pub(crate) const HERE: &str = "https://captcha.example.net";
pub(crate) const OPEN_SECRET: &str = "sk_open_q8Zr2LmX0vB7nT4kY1wJ6sD3hF5gA9cE";

/// The door, the gate behind it, and a visitor of the blog.
pub(crate) struct House {
    pub(crate) gate: Gate,
    pub(crate) door: Door,
    pub(crate) visitor: Visitor,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(LimitSettings { enabled: false, ..LimitSettings::default() }).await
    }

    pub(crate) async fn with(limits: LimitSettings) -> Self {
        let gate = Gate::with(easy(), limits, portcullis_store::memory::open()).await;
        let settings = SiteSettings { origins: Vec::new(), keeping: Keeping::Open, ..easy() };
        let new = NewSite {
            name: "Open".to_owned(),
            site_key: Some(Site::OPEN.to_owned()),
            secret: Some(OPEN_SECRET.parse().unwrap()),
            settings,
        };
        gate.engine.add_site(new).await.unwrap();
        let door = Door::new(HERE.to_owned(), Registration::Open, Vec::new(), false);
        Self { gate, door, visitor: visitor(Some(BLOG)) }
    }

    pub(crate) async fn challenge(&self, body: &Value) -> Reply {
        self.challenge_bytes(body.to_string().as_bytes()).await
    }

    pub(crate) async fn challenge_bytes(&self, body: &[u8]) -> Reply {
        self.challenge_as(&self.visitor, body).await
    }

    pub(crate) async fn challenge_as(&self, visitor: &Visitor, body: &[u8]) -> Reply {
        astracaph::challenge(&self.gate.engine, &self.door, &post(body, visitor)).await
    }

    /// Asks with this body, solves, and asks again; the answer to that.
    pub(crate) async fn finish(&self, visitor: &Visitor, body: &Value) -> Value {
        let reply = self.challenge_as(visitor, body.to_string().as_bytes()).await;
        let step = content(&reply);
        assert_eq!(reply.status, 202, "{step}");
        let reply = self.challenge_as(visitor, taken(body, &step).to_string().as_bytes()).await;
        let success = content(&reply);
        assert_eq!(reply.status, 200, "{success}");
        success
    }

    /// A token for the blog, honestly come by.
    pub(crate) async fn token(&self) -> String {
        self.finish(&self.visitor, &human()).await["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn verify(&self, body: &Value) -> Reply {
        self.verify_bytes(body.to_string().as_bytes()).await
    }

    pub(crate) async fn verify_bytes(&self, body: &[u8]) -> Reply {
        let backend = backend("198.51.100.1");
        astracaph::verify(&self.gate.engine, &self.door, "/api/v1/verify", &post(body, &backend)).await
    }

    pub(crate) async fn register(&self, body: &Value, authorization: Option<&str>) -> Reply {
        let body = body.to_string();
        let request = Request { authorization, ..post(body.as_bytes(), &self.visitor) };
        astracaph::register(&self.gate.engine, &self.door, &request).await
    }

    pub(crate) async fn unregister(&self, body: &Value) -> Reply {
        let body = body.to_string();
        astracaph::unregister(&self.gate.engine, &self.door, &post(body.as_bytes(), &self.visitor)).await
    }

    pub(crate) async fn prove(&self, body: &Value) -> Reply {
        let body = body.to_string();
        astracaph::prove(&self.gate.engine, &self.door, &post(body.as_bytes(), &self.visitor)).await
    }

    pub(crate) fn logs(&self, query: &str) -> Vec<Value> {
        let request = Request { query: Some(query), ..post(b"", &self.visitor) };
        let reply = astracaph::logs(&self.gate.engine, &self.door, &request);
        assert_eq!(reply.status, 200);
        content(&reply)["logs"].as_array().unwrap().clone()
    }
}

pub(crate) fn backend(address: &str) -> Visitor {
    Visitor { address: address.parse().unwrap(), origin: ClaimedOrigin::Absent, ..visitor(None) }
}

/// What the loader sends for somebody who moves like people do.
pub(crate) fn human() -> Value {
    let path = (0..30).map(|step: u32| {
        let along = f64::from(step);
        let x = (100.0 + 9.0 * along + 3.0 * (along * 1.9).sin()).round();
        json!({ "x": x, "y": (80.0 + 20.0 * (along * 0.7).sin()).round(), "t": 16 * step })
    });
    json!({
        "fingerprint": {
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "language": "en-US",
            "timezone": "Europe/Berlin",
            "platform": "Linux x86_64",
            "webdriver": false,
            "canvas": "5f3a",
            "webglVendor": "Intel",
            "webglRenderer": "Intel UHD",
            "screen": { "width": 1920, "height": 1080, "pixelRatio": 1 },
            "hardwareConcurrency": 8,
            "deviceMemory": 8,
        },
        "motion": path.collect::<Vec<_>>(),
        "behavior": {
            "dwellMs": 1500, "keyPresses": 2, "pointerMoves": 30, "focusChanges": 1, "clickCount": 1,
            "submitLatencyMs": 12,
        },
        "page": "https://blog.example.org/post",
        "referrer": "https://search.example/",
    })
}

/// The same for somebody who never moved the pointer: 0.18 + 0.16 + 0.12.
pub(crate) fn doubtful() -> Value {
    let mut body = human();
    body["motion"] = json!([]);
    body["behavior"]["pointerMoves"] = json!(0);
    body
}

/// The same for a browser that says to be driven: 0.18 + 0.55.
pub(crate) fn driven() -> Value {
    let mut body = human();
    body["fingerprint"]["webdriver"] = json!(true);
    body
}

pub(crate) fn at(mut body: Value, site_key: &str) -> Value {
    body["siteKey"] = json!(site_key);
    body
}

/// The same body with the step taken and its work done.
pub(crate) fn taken(body: &Value, step: &Value) -> Value {
    let mut body = body.clone();
    body["interaction"] =
        json!({ "confirmed": true, "challengeId": step["challengeId"], "holdDurationMs": 1700 });
    if step["work"].is_object() {
        body["interaction"]["work"] = solved(&step["work"]);
    }
    body
}

/// Takes out what differs from answer to answer, after looking at its form.
pub(crate) fn masked(mut answer: Value) -> Value {
    if let Some(id) = answer.get_mut("challengeId").filter(|id| id.is_string()) {
        let text = id.as_str().unwrap();
        assert!(text.len() > 8 && text.is_ascii(), "{text}");
        *id = json!(format!("{}_…", text.split('_').next().unwrap()));
    }
    if let Some(token) = answer.get_mut("token").filter(|token| token.is_string()) {
        assert_eq!(token.as_str().unwrap().split('.').count(), 3);
        *token = json!("…");
    }
    if let Some(work) = answer.get_mut("work") {
        assert!(work["token"].is_string());
        for pair in work["challenge"].as_array().unwrap() {
            assert!(pair.as_array().is_some_and(|pair| pair.len() == 2 && pair.iter().all(Value::is_string)));
        }
        *work = json!("…");
    }
    answer
}
