//! Behaviour at the seam between HTTP and everything behind it: the whole router over the memory store, without a
//! socket. What the doors answer in detail is tested in `portcullis-protocol`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Response, StatusCode};
use portcullis_engine::{
    Engine, EngineParts, Entropy, LimitSettings, ManualClock, MasterKey, NewSite, Site, SiteDefaults,
    SiteSettings, UnixMs,
};
use portcullis_protocol::cap::CapjsServer;
use portcullis_protocol::siteverify::TestKeys;
use portcullis_store::Stores;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{Parts, app};

mod altcha;
mod assets;
mod demo;
mod drawing;
mod frames;
mod ladder;
mod limits;
mod operations;
mod routes;
mod status;
mod visitors;

/// A running gate with one site, and the demo on it.
struct Gate {
    router: Router,
    engine: Arc<Engine>,
    site: Arc<Site>,
    peer: SocketAddr,
}

impl Gate {
    async fn open() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Parts)) -> Self {
        Self::over(portcullis_store::memory::open(), change).await
    }

    async fn over(stores: Stores, change: impl FnOnce(&mut Parts)) -> Self {
        let clock = Arc::new(ManualClock::new(UnixMs(1_767_225_600_000)));
        let entropy = Arc::new(Counting(AtomicU64::new(1)));
        let engine = Engine::start(EngineParts {
            stores,
            clock: clock.clone(),
            master_key: MasterKey::generate(&*entropy),
            entropy,
            defaults: SiteDefaults { difficulty: 1, count: 2, ..SiteDefaults::default() },
            limits: LimitSettings::default(),
            default_site: None,
            capjs_server: Box::new(CapjsServer),
            passes: Box::new(portcullis_protocol::astracaph::Jwt::new(&[5; 32])),
            addresses: Arc::new(portcullis_engine::NoAddresses),
            second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
        });
        let engine = Arc::new(engine.await.unwrap());
        let settings = SiteSettings {
            origins: vec!["https://shop.example".parse().unwrap()],
            ..SiteSettings::default()
        };
        let new = NewSite { name: "Shop <b>".to_owned(), site_key: None, secret: None, settings };
        let site = engine.add_site(new).await.unwrap();
        let mut parts = Parts {
            engine: engine.clone(),
            trusted_proxies: Vec::new(),
            astracaph: portcullis_protocol::astracaph::Door::new(
                "http://127.0.0.1:8080".to_owned(),
                portcullis_protocol::astracaph::Registration::Open,
                Vec::new(),
                false,
            ),
            demo_site_key: Some(site.site_key().to_owned()),
            status_token: "status-token".to_owned(),
            test_keys: TestKeys::Refused,
            public_url: None,
            clock,
        };
        change(&mut parts);
        Self { router: app(parts), engine, site, peer: "198.51.100.7:4711".parse().unwrap() }
    }

    /// Sends a request and reads the whole answer. `headers` are `name: value` lines.
    async fn ask(&self, method: &str, target: &str, headers: &[&str], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(target).extension(ConnectInfo(self.peer));
        for line in BROWSER.iter().chain(headers) {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        Answer::read(response).await
    }

    async fn fetch(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], "").await
    }

    /// The path of one of the site's own addresses.
    fn at(&self, verb: &str) -> String {
        format!("/cap/{}/{verb}", self.site.site_key())
    }

    /// Goes through challenge and redeem as a page of `origin` would.
    async fn token(&self, origin: &str) -> String {
        let origin = format!("origin: {origin}");
        let challenge = self.ask("POST", &self.at("challenge"), &[&origin], "").await;
        assert_eq!(challenge.status, StatusCode::OK, "{}", challenge.text());
        let challenge = challenge.json();
        let puzzles = challenge["challenge"].as_array().unwrap().iter();
        let solutions: Vec<u64> = puzzles.map(|pair| solve(pair[0].as_str(), pair[1].as_str())).collect();
        let body = serde_json::json!({ "token": challenge["token"], "solutions": solutions }).to_string();
        let headers = [&*origin, "content-type: application/json"];
        let redeemed = self.ask("POST", &self.at("redeem"), &headers, body).await;
        assert_eq!(redeemed.status, StatusCode::OK, "{}", redeemed.text());
        redeemed.json()["token"].as_str().unwrap().to_owned()
    }
}

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body: to_bytes(body, 1 << 22).await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The machine's reason in a refusal.
    fn reason(&self) -> String {
        let json = self.json();
        assert_eq!(json["success"], false);
        assert!(!json["error"].as_str().unwrap().is_empty());
        json["reason"].as_str().unwrap().to_owned()
    }
}

fn solve(salt: Option<&str>, target: Option<&str>) -> u64 {
    let (salt, target) = (salt.unwrap(), target.unwrap());
    (0..).find(|nonce| hash(&format!("{salt}{nonce}")).starts_with(target)).unwrap()
}

fn hash(text: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that are never twice the same, and the same in every run.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            chunk.copy_from_slice(&next.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// What an ordinary browser says of itself besides.
const BROWSER: &[&str] = &[
    "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "accept-language: en-GB,en;q=0.5",
    "sec-fetch-site: cross-site",
    "sec-fetch-mode: cors",
];
