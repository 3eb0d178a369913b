//! An engine to test, and the steps that most tests share.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use portcullis_engine::{
    AddressLookup, Challenge, ChallengeFacts, ClaimedOrigin, Engine, EngineParts, Entropy, Issue, IssueError,
    LimitSettings, ManualClock, NewSite, NoAddresses, Pass, PassFormat, Redeem, RedeemError, Site,
    SiteDefaults, SiteSettings, Siteverify, SiteverifyError, Stores, Token, TokenFacts, TokenFormat, UnixMs,
    Verdict, Visitor,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) const START: UnixMs = UnixMs(1_800_000_000_000);
pub(crate) const ORIGIN: &str = "https://shop.example";
pub(crate) const MINUTE: u64 = 60_000;

pub(crate) struct Gate {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) site: Arc<Site>,
}

impl Gate {
    pub(crate) async fn open() -> Self {
        Self::with(light(), LimitSettings::default()).await
    }

    pub(crate) async fn with(settings: SiteSettings, limits: LimitSettings) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let engine = start(portcullis_store::memory::open(), clock.clone(), limits).await;
        let site = engine
            .add_site(NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings })
            .await
            .unwrap();
        Self { engine, clock, site }
    }

    pub(crate) async fn issue(&self) -> Result<Challenge, IssueError> {
        self.issue_to(&visitor()).await
    }

    pub(crate) async fn issue_to(&self, visitor: &Visitor) -> Result<Challenge, IssueError> {
        self.engine
            .issue(Issue {
                site_key: Some(self.site.site_key()),
                visitor,
                action: None,
                cdata: None,
                vendor: None,
            })
            .await
    }

    pub(crate) async fn redeem(&self, challenge: &Challenge) -> Result<Token, RedeemError> {
        self.redeem_as(challenge, &visitor()).await
    }

    pub(crate) async fn redeem_as(
        &self,
        challenge: &Challenge,
        visitor: &Visitor,
    ) -> Result<Token, RedeemError> {
        let solutions = solve(challenge);
        let site_key = Some(self.site.site_key());
        self.engine.redeem(Redeem { site_key, visitor, token: &challenge.token, solutions: &solutions }).await
    }

    pub(crate) async fn token(&self) -> Token {
        self.redeem(&self.issue().await.unwrap()).await.unwrap()
    }

    pub(crate) async fn verify(&self, token: &Token) -> Result<Verdict, SiteverifyError> {
        self.ask(Siteverify { response: Some(&token.value), ..question(&self.site) }).await
    }

    pub(crate) async fn ask(&self, question: Siteverify<'_>) -> Result<Verdict, SiteverifyError> {
        self.engine.siteverify(question).await
    }
}

pub(crate) async fn start(stores: Stores, clock: Arc<ManualClock>, limits: LimitSettings) -> Engine {
    start_knowing(Arc::new(NoAddresses), stores, clock, limits).await
}

/// An engine that asks `addresses` what is known of an address.
pub(crate) async fn start_knowing(
    addresses: Arc<dyn AddressLookup>,
    stores: Stores,
    clock: Arc<ManualClock>,
    limits: LimitSettings,
) -> Engine {
    Engine::start(EngineParts { addresses, ..parts(stores, clock, limits) }).await.unwrap()
}

/// What an engine is made of that knows nobody.
pub(crate) fn parts(stores: Stores, clock: Arc<ManualClock>, limits: LimitSettings) -> EngineParts {
    EngineParts {
        stores,
        clock,
        entropy: Arc::new(Seeded(Mutex::new(ChaCha20Rng::from_seed([7; 32])))),
        master_key: "5a".repeat(32).parse().unwrap(),
        defaults: SiteDefaults::default(),
        limits,
        default_site: None,
        capjs_server: no_format(),
        passes: no_passes(),
        addresses: Arc::new(NoAddresses),
        second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
    }
}

pub(crate) fn no_format() -> Box<dyn TokenFormat> {
    Box::new(NoFormat)
}

/// Settings that a test can solve in no time.
pub(crate) fn light() -> SiteSettings {
    SiteSettings {
        origins: vec![ORIGIN.parse().unwrap()],
        difficulty: Some(1),
        count: Some(3),
        ..SiteSettings::default()
    }
}

pub(crate) fn visitor() -> Visitor {
    from("192.0.2.7")
}

pub(crate) fn from(address: &str) -> Visitor {
    let address: IpAddr = address.parse().unwrap();
    Visitor {
        address,
        origin: ClaimedOrigin::from_header(Some(ORIGIN.as_bytes())),
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

pub(crate) fn claiming(origin: Option<&str>) -> Visitor {
    Visitor { origin: ClaimedOrigin::from_header(origin.map(str::as_bytes)), ..visitor() }
}

pub(crate) fn question(site: &Site) -> Siteverify<'_> {
    static BACKEND: std::sync::LazyLock<Visitor> =
        std::sync::LazyLock::new(|| Visitor { origin: ClaimedOrigin::Absent, ..from("198.51.100.1") });
    Siteverify {
        secret: Some(site.secret().expose()),
        vendor: None,
        response: None,
        site_key: None,
        remote_ip: None,
        idempotency_key: None,
        caller: &BACKEND,
    }
}

/// Solves as a widget would: from the puzzles where they are written out, else from the token.
pub(crate) fn solve(challenge: &Challenge) -> Vec<u64> {
    let solve = |puzzle| portcullis_pow::solve(&puzzle).unwrap();
    match &challenge.puzzles {
        Some(puzzles) => puzzles.clone().map(solve).collect(),
        None => portcullis_pow::seeded(&challenge.token, challenge.parameters).map(solve).collect(),
    }
}

struct Seeded(Mutex<ChaCha20Rng>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill_bytes(bytes);
    }
}

/// No test here uses another dialect's format.
struct NoFormat;

impl TokenFormat for NoFormat {
    fn seal_challenge(&self, _: &Site, _: &ChallengeFacts, _: &dyn Entropy) -> Option<String> {
        None
    }
    fn open_challenge(&self, _: &Site, _: &str) -> Option<ChallengeFacts> {
        None
    }
    fn seal_token(&self, _: &Site, _: &TokenFacts, _: &dyn Entropy) -> Option<String> {
        None
    }
    fn open_token(&self, _: &Site, _: &str) -> Option<TokenFacts> {
        None
    }
    fn reissues(&self) -> u8 {
        0
    }
}

/// Passes in the clear: what seals them is the dialect's business.
pub(crate) fn no_passes() -> Box<dyn PassFormat> {
    Box::new(InTheClear(Mutex::default()))
}

struct InTheClear(Mutex<Vec<Pass>>);

impl PassFormat for InTheClear {
    fn seal(&self, pass: &Pass) -> String {
        let mut passes = self.0.lock().unwrap();
        passes.push(pass.clone());
        (passes.len() - 1).to_string()
    }

    fn open(&self, text: &str) -> Option<Pass> {
        self.0.lock().unwrap().get(text.parse::<usize>().ok()?).cloned()
    }
}
