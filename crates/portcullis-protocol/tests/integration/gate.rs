//! A gate to knock at: an engine with a clock that stands still and randomness that repeats.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use portcullis_engine::{
    ChallengeForm, ClaimedOrigin, Engine, EngineParts, Entropy, LimitSettings, ManualClock, NewSite, Profile,
    Site, SiteDefaults, SiteSettings, Stores, UnixMs, Visitor,
};
use portcullis_pow::{Parameters, Puzzle};
use portcullis_protocol::cap::{self, CapjsServer};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// 2026-11-20T12:34:56.789Z.
pub(crate) const NOW: UnixMs = UnixMs(1_795_178_096_789);

/// The secret of the first site of every gate; that of the vectors, too.
pub(crate) const SECRET: &str = "q8Zr2LmX0vB7nT4kY1wJ6sD3hF5gA9cE";

pub(crate) struct Gate {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) site: Arc<Site>,
    pub(crate) visitor: Visitor,
}

impl Gate {
    /// A gate with one site, few easy puzzles and no limits.
    pub(crate) async fn open(settings: SiteSettings) -> Self {
        let limits = LimitSettings { enabled: false, ..LimitSettings::default() };
        Self::with(settings, limits, portcullis_store::memory::open()).await
    }

    /// A gate for a site with this profile and form.
    pub(crate) async fn standing_in_for(cap_profile: Profile, form: Option<ChallengeForm>) -> Self {
        Self::open(SiteSettings { cap_profile, cap_challenge: form, ..easy() }).await
    }

    pub(crate) async fn with(settings: SiteSettings, limits: LimitSettings, stores: Stores) -> Self {
        let clock = Arc::new(ManualClock::new(NOW));
        let parts = EngineParts {
            stores,
            clock: clock.clone(),
            entropy: Arc::new(Repeatable::default()),
            master_key: "5a".repeat(32).parse().unwrap(),
            defaults: SiteDefaults::default(),
            limits,
            default_site: None,
            capjs_server: Box::new(CapjsServer),
            passes: Box::new(portcullis_protocol::astracaph::Jwt::new(&[5; 32])),
            addresses: Arc::new(portcullis_engine::NoAddresses),
            second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
        };
        let engine = Engine::start(parts).await.unwrap();
        let site = add(&engine, SECRET, settings).await;
        Self { engine, clock, site, visitor: visitor(Some("https://shop.example.com")) }
    }

    pub(crate) fn key(&self) -> &str {
        self.site.site_key()
    }

    pub(crate) async fn challenge(&self) -> Value {
        let reply = cap::challenge(&self.engine, Some(self.key()), &post(b"", &self.visitor)).await;
        assert_eq!(reply.status, 200, "{}", text(&reply));
        content(&reply)
    }

    pub(crate) async fn redeem(&self, body: &Value) -> Reply {
        self.redeem_bytes(body.to_string().as_bytes()).await
    }

    pub(crate) async fn redeem_bytes(&self, body: &[u8]) -> Reply {
        cap::redeem(&self.engine, Some(self.key()), &post(body, &self.visitor)).await
    }

    /// A token, honestly come by.
    pub(crate) async fn token(&self) -> String {
        self.token_for(b"").await
    }

    /// A token whose challenge was asked for with `body`.
    pub(crate) async fn token_for(&self, body: &[u8]) -> String {
        self.token_asked_for(None, body).await
    }

    /// A token whose challenge was asked for with `query` and `body`.
    pub(crate) async fn token_asked_for(&self, query: Option<&str>, body: &[u8]) -> String {
        let request = Request { query, ..post(body, &self.visitor) };
        let reply = cap::challenge(&self.engine, Some(self.key()), &request).await;
        let reply = self.redeem(&solved(&content(&reply))).await;
        content(&reply)["token"].as_str().expect("a token").to_owned()
    }
}

/// Adds another site.
pub(crate) async fn add(engine: &Engine, secret: &str, settings: SiteSettings) -> Arc<Site> {
    let new =
        NewSite { name: "Shop".to_owned(), site_key: None, secret: Some(secret.parse().unwrap()), settings };
    engine.add_site(new).await.unwrap()
}

/// Three puzzles that cost nothing, for pages of `https://shop.example.com`.
pub(crate) fn easy() -> SiteSettings {
    SiteSettings {
        origins: vec!["https://shop.example.com".parse().unwrap()],
        count: Some(3),
        salt_size: Some(16),
        difficulty: Some(2),
        ..SiteSettings::default()
    }
}

pub(crate) fn visitor(origin: Option<&str>) -> Visitor {
    Visitor {
        address: "192.0.2.7".parse().unwrap(),
        origin: ClaimedOrigin::from_header(origin.map(str::as_bytes)),
        shared_address: false,
        client: portcullis_engine::risk::Client {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
            accept_language: Some("en-GB,en;q=0.5".to_owned()),
            accept: Some("*/*".to_owned()),
            accept_encoding: Some("gzip, deflate, br, zstd".to_owned()),
            fetch_site: Some("cross-site".to_owned()),
            fetch_mode: Some("cors".to_owned()),
            ..portcullis_engine::risk::Client::default()
        },
    }
}

pub(crate) fn post<'a>(body: &'a [u8], visitor: &'a Visitor) -> Request<'a> {
    Request { content_type: None, authorization: None, query: None, body, visitor }
}

/// What a widget sends back for a challenge, whichever form it has.
pub(crate) fn solved(challenge: &Value) -> Value {
    let token = challenge["token"].as_str().expect("a token");
    let solve = |puzzle: &Puzzle| portcullis_pow::solve(puzzle).expect("a solution");
    let solutions: Vec<u64> = match &challenge["challenge"] {
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| {
                let (salt, target) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
                solve(&Puzzle::new(salt, target.parse().unwrap()).unwrap())
            })
            .collect(),
        seeded => {
            let number = |name: &str| u32::try_from(seeded[name].as_u64().unwrap()).unwrap();
            let parameters = Parameters::new(number("c"), number("s"), number("d")).unwrap();
            portcullis_pow::seeded(token, parameters).map(|puzzle| solve(&puzzle)).collect()
        }
    };
    json!({ "token": token, "solutions": solutions })
}

pub(crate) fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

pub(crate) fn content(reply: &Reply) -> Value {
    assert_eq!(header(reply, "content-type"), Some("application/json"));
    assert_eq!(header(reply, "cache-control"), Some("no-store"));
    serde_json::from_slice(&reply.body).unwrap()
}

pub(crate) fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    let mut values = reply.headers.iter().filter(|header| header.0 == name);
    let value = values.next().map(|header| header.1.as_str());
    assert!(values.next().is_none(), "{name} comes twice");
    value
}

/// Checks a failure's status and reason, and that it says what every failure says.
#[track_caller]
pub(crate) fn assert_failure(reply: &Reply, status: u16, reason: &str) {
    let failure = content(reply);
    assert_eq!((reply.status, failure["reason"].as_str()), (status, Some(reason)), "{failure}");
    assert_eq!(failure["success"], json!(false));
    assert!(failure["error"].as_str().is_some_and(|error| error.len() > 3), "{failure}");
    assert_eq!(header(reply, "retry-after").is_some(), matches!(status, 429 | 503));
}

/// The same bytes in every run.
#[derive(Default)]
pub(crate) struct Repeatable(AtomicU64);

impl Entropy for Repeatable {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
