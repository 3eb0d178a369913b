//! A gate for the fuzz targets: the real engine over the memory store, with a clock that stands still and
//! randomness that repeats, so that a finding can be played again.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arbitrary::Arbitrary;
use async_trait::async_trait;
use portcullis_engine::{
    AltchaWork, ChallengeForm, ClaimedOrigin, Engine, EngineParts, Entropy, Keeping, LimitSettings,
    ManualClock, NewSite, Profile, Site, SiteDefaults, SiteSettings, UnixMs, Visitor,
};
use portcullis_protocol::altcha::v2::{Derivation, DerivedKey};
use portcullis_protocol::altcha::{self, Deriving};
use portcullis_protocol::astracaph::{Door, Jwt, Registration};
use portcullis_protocol::cap::CapjsServer;
use portcullis_protocol::{Reply, Request};

/// The engine and three sites of it.
pub struct Gate {
    pub engine: Engine,
    /// Salted challenges, tokens of ours.
    pub standalone: Arc<Site>,
    /// Seeded challenges, tokens of the Python package's form.
    pub capjs_server: Arc<Site>,
    /// The AstraCaph door. Its open site asks for more work than a guess could do.
    pub door: Door,
    /// The ALTCHA door. The first site asks for a little of version 2 there, and the second of version 1.
    pub altcha: altcha::Door,
    pub visitor: Visitor,
}

impl Gate {
    /// A fresh gate. Limits are off, as one visitor sends everything.
    pub fn open() -> Self {
        wait(async {
            let parts = EngineParts {
                stores: portcullis_store::memory::open(),
                clock: Arc::new(ManualClock::new(UnixMs(1_800_000_000_000))),
                entropy: Arc::new(Counting(AtomicU64::new(1))),
                master_key: "5a".repeat(32).parse().unwrap(),
                defaults: SiteDefaults::default(),
                limits: LimitSettings { enabled: false, ..LimitSettings::default() },
                default_site: None,
                capjs_server: Box::new(CapjsServer),
                passes: Box::new(Jwt::new(&[5; 32])),
                addresses: Arc::new(portcullis_engine::NoAddresses),
                second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
            };
            let engine = Engine::start(parts).await.unwrap();
            let light = SiteSettings {
                difficulty: Some(1),
                count: Some(2),
                altcha: AltchaWork::Sha256,
                ..SiteSettings::default()
            };
            let capjs = SiteSettings {
                cap_profile: Profile::CapjsServer,
                cap_challenge: Some(ChallengeForm::Seeded),
                altcha: AltchaWork::V1,
                ..light.clone()
            };
            let add = async |name: &str, settings| {
                engine
                    .add_site(NewSite { name: name.to_owned(), site_key: None, secret: None, settings })
                    .await
                    .unwrap()
            };
            let (standalone, capjs_server) =
                (add("standalone", light).await, add("capjs-server", capjs).await);
            let hard = SiteSettings {
                difficulty: Some(4),
                count: Some(2),
                keeping: Keeping::Open,
                ..SiteSettings::default()
            };
            let site_key = Some(Site::OPEN.to_owned());
            engine
                .add_site(NewSite { name: "open".to_owned(), site_key, secret: None, settings: hard })
                .await
                .unwrap();
            let door = Door::new("https://captcha.example".to_owned(), Registration::Open, Vec::new(), true);
            let altcha = altcha::Door { public_url: None, deriving: Arc::new(AtOnce) };
            let visitor = Visitor {
                address: [192, 0, 2, 1].into(),
                origin: ClaimedOrigin::Absent,
                shared_address: false,
                client: Default::default(),
            };
            Self { engine, standalone, capjs_server, door, altcha, visitor }
        })
    }

    /// A request of this gate's visitor.
    pub fn request<'a>(
        &'a self,
        content_type: Option<&'a str>,
        query: Option<&'a str>,
        body: &'a [u8],
    ) -> Request<'a> {
        Request { content_type, authorization: None, query, body, visitor: &self.visitor }
    }
}

/// Whatever came in, the answer is a sound one: never a 5xx, always JSON of bounded size, never a success.
pub fn assert_refused(reply: &Reply) {
    let body = std::str::from_utf8(&reply.body).expect("an answer is text");
    assert!(reply.status < 500, "{} {body}", reply.status);
    assert!(reply.body.len() < 4096, "{body}");
    assert!(body.starts_with('{') && body.contains("\"success\":false"), "{} {body}", reply.status);
}

/// Runs a future that never really waits, as nothing of the memory store does.
pub fn wait<F: Future>(future: F) -> F::Output {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// A change to a text that was issued.
#[derive(Arbitrary, Debug)]
pub enum Change<'a> {
    Replace { at: u16, with: &'a str },
    Cut { at: u16 },
    Whole(&'a str),
}

impl Change<'_> {
    /// The text after the change. `original` is ASCII.
    pub fn apply(&self, original: &str) -> String {
        let place = |at: u16| usize::from(at) % (original.len() + 1);
        match self {
            Self::Replace { at, with } => {
                let at = place(*at);
                let rest = original.get(at + with.len()..).unwrap_or_default();
                format!("{}{with}{rest}", &original[..at])
            }
            Self::Cut { at } => original[..place(*at)].to_owned(),
            Self::Whole(text) => (*text).to_owned(),
        }
    }
}

/// Derives where it is asked to.
struct AtOnce;

#[async_trait]
impl Deriving for AtOnce {
    async fn derive(&self, derivation: Derivation) -> Option<DerivedKey> {
        Some(derivation.derive())
    }
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            // SplitMix64 (Steele, Lea and Flood 2014): names of challenges must not repeat, however many are asked for.
            let mut number = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (number ^ (number >> 31)) as u8;
        }
    }
}
