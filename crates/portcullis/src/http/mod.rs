//! HTTP: routes, and what stands between a connection and a door.
//!
//! The doors themselves live in `portcullis-protocol` and know bytes, not axum. Here a request becomes a
//! [`Visitor`](portcullis_engine::Visitor) and a body of bounded size, and a door's reply becomes an answer. Pages
//! and numbers of our own are here too, as no protocol is involved.
//!
//! [`app`] is the routing table. Tests call it without a socket.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::{MethodRouter, any, get, post};
use ipnet::IpNet;
use portcullis_engine::{Clock, Engine};
use portcullis_protocol::altcha::Door as AltchaDoor;
use portcullis_protocol::astracaph::Door;
use portcullis_protocol::siteverify::TestKeys;

use assets::Assets;
use demo::Demo;
use derivations::Derivations;
use drawing::Easel;
use edge::Edge;
use metrics::Metrics;
use refusal::Refusal;
use status::Access;
use visitor::Visitors;

mod altcha;
mod altcha_schemas;
pub(crate) mod assets;
mod astracaph;
mod astracaph_pages;
mod cap;
mod crafy;
mod crafy_page;
mod crafy_schemas;
mod demo;
mod demo_ladder;
mod derivations;
mod drawing;
mod edge;
mod encoding;
pub(crate) mod forwarded;
mod html;
pub(crate) mod limits;
mod metrics;
pub(crate) mod openapi;
mod operations;
mod question;
mod refusal;
mod reply;
mod reserved;
mod schemas;
mod security_headers;
mod siteverify;
mod status;
#[cfg(test)]
mod tests;
pub(crate) mod vendor_scripts;
mod visitor;

/// What the routes are made of.
pub(crate) struct Parts {
    /// The rules.
    pub(crate) engine: Arc<Engine>,
    /// Networks of the operator's own proxies, whose forwarding headers count.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// The site that the demo page uses; absent for no demo.
    pub(crate) demo_site_key: Option<String>,
    /// Opens the status page; empty for nobody.
    pub(crate) status_token: String,
    /// Whether the vendors' test keys are known.
    pub(crate) test_keys: TestKeys,
    /// What the AstraCaph door knows besides the engine.
    pub(crate) astracaph: Door,
    /// Where the server is reached from outside; absent where the configuration does not say.
    pub(crate) public_url: Option<String>,
    /// Where the time comes from.
    pub(crate) clock: Arc<dyn Clock>,
}

/// The routing table.
///
/// To be served with `into_make_service_with_connect_info::<SocketAddr>()`: without the connection's address every
/// request is refused.
pub(crate) fn app(parts: Parts) -> Router<()> {
    let mut doors = Doors::new(parts);

    // The widget in a visitor's browser.
    doors.open("/cap/{site_key}/challenge", post(cap::challenge).options(cap::preflight));
    doors.open("/cap/{site_key}/redeem", post(cap::redeem).options(cap::preflight));
    doors.open("/{site_key}/challenge", post(cap::challenge).options(cap::preflight));
    doors.open("/{site_key}/redeem", post(cap::redeem).options(cap::preflight));
    doors.open("/cap/challenge", post(cap::challenge).options(cap::preflight));
    doors.open("/cap/redeem", post(cap::redeem).options(cap::preflight));
    open_scripts(&mut doors);

    doors.open("/api/v1/challenge", post(astracaph::challenge).options(astracaph::preflight));
    doors.open("/captcha/widget", get(astracaph_pages::frame));

    open_altcha(&mut doors);
    doors.open("/challenge", post(crafy_page::challenge));
    doors.open("/challenge/", post(crafy_page::challenge));
    doors.open("/challenge/answer", post(crafy::answer));
    doors.open("/challenge/begin", post(crafy::begin));
    doors.open("/challenge/alternative", post(crafy::alternative));
    doors.open("/challenge/picture", get(crafy::picture));
    doors.open("/api/turnstile_site_key.php", get(crafy::turnstile_site_key));

    // A site's backend.
    doors.open("/api", post(crafy::api));
    doors.open("/api/", post(crafy::api));
    doors.open("/api/v1/verify", post(astracaph::verify).options(astracaph::preflight));
    doors.open("/public/api/v1/verify", post(astracaph::public_verify).options(astracaph::preflight));
    doors.open("/api/v1/health", get(astracaph::health).options(astracaph::preflight));
    doors.open("/cap/{site_key}/siteverify", post(cap::siteverify));
    doors.open("/{site_key}/siteverify", post(cap::siteverify));
    open_siteverify(&mut doors);

    // A site's owner.
    let sites = get(astracaph::sites).post(astracaph::register).delete(astracaph::unregister);
    doors.open("/api/v1/sites", sites.options(astracaph::preflight));
    doors.open("/api/v1/sites/verify", post(astracaph::prove).options(astracaph::preflight));
    doors.open("/api/v1/logs", get(astracaph::logs).options(astracaph::preflight));
    doors.open("/sandbox", get(astracaph_pages::sandbox));

    // People.
    doors.open("/", get(demo::form));
    doors.open("/demo/submit", post(demo::submit));
    doors.open("/demo/options", post(demo_ladder::options));
    doors.open("/demo/verify", post(demo_ladder::verify));
    doors.open("/demo/{kind}", get(demo_ladder::form));
    doors.open("/status", get(status::status));

    // Operations.
    doors.open("/healthz", get(operations::healthz));
    doors.open("/readyz", get(operations::readyz));
    doors.open("/metrics", get(operations::metrics));
    doors.open("/openapi.json", get(operations::document));

    doors.router()
}

/// Scripts and what they load; also where pages look that were written for others.
fn open_scripts(doors: &mut Doors) {
    doors.open("/assets/{name}", get(assets::asset));
    doors.open("/api/v1/widget.js", get(astracaph::widget));
    doors.open("/recaptcha/api.js", get(vendor_scripts::recaptcha_script));
    doors.open("/recaptcha/enterprise.js", get(vendor_scripts::recaptcha_script));
    doors.open("/1/api.js", get(vendor_scripts::hcaptcha_script));
    doors.open("/1/secure-api.js", get(vendor_scripts::hcaptcha_script));
    doors.open("/hcaptcha/api.js", get(vendor_scripts::hcaptcha_script));
    doors.open("/turnstile/v0/api.js", get(vendor_scripts::turnstile_script));
    doors.open("/turnstile/v0/g/{hash}/api.js", get(vendor_scripts::turnstile_version));
}

/// The ALTCHA door, under its own name and where the published server has it.
fn open_altcha(doors: &mut Doors) {
    doors.open("/altcha/challenge", get(altcha::challenge).options(altcha::preflight));
    doors.open("/v1/challenge", get(altcha::v1_challenge).options(altcha::preflight));
    doors.open("/altcha/verify", post(altcha::verify).options(altcha::preflight));
    doors.open("/v1/verify", post(altcha::verify).options(altcha::preflight));
    doors.open("/altcha/verify/signature", post(altcha::verify_signature));
    doors.open("/v1/verify/signature", post(altcha::verify_signature));
    doors.open("/v2/verify/signature", post(altcha::verify_signature));
}

/// The vendors' questions of a site's backend.
fn open_siteverify(doors: &mut Doors) {
    doors.open("/siteverify", post(siteverify::superset));
    doors.open("/recaptcha/api/siteverify", post(siteverify::recaptcha));
    doors.open("/hcaptcha/siteverify", post(siteverify::hcaptcha));
    doors.open("/hcaptcha/checksiteconfig", post(siteverify::hcaptcha_site_config));
    doors.open("/checksiteconfig", post(siteverify::hcaptcha_site_config));
    doors.open("/turnstile/v0/siteverify", post(siteverify::turnstile));
}

/// Routes, each put behind an [`Edge`] of its own.
struct Doors {
    router: Router<House>,
    house: House,
    visitors: Arc<Visitors>,
}

impl Doors {
    fn new(parts: Parts) -> Self {
        let started_at = parts.clock.now();
        let rooms = Rooms {
            metrics: Arc::new(Metrics::new(parts.engine.clone(), started_at)),
            engine: parts.engine,
            assets: Arc::new(Assets::new()),
            demo: Arc::new(Demo::new(parts.demo_site_key)),
            easel: Arc::new(Easel::new()),
            access: Arc::new(Access::new(parts.status_token)),
            altcha: Arc::new(AltchaDoor {
                public_url: parts.public_url,
                deriving: Arc::new(Derivations::new()),
            }),
            astracaph: Arc::new(parts.astracaph),
            clock: parts.clock,
            test_keys: parts.test_keys,
        };
        Self {
            router: Router::new(),
            house: House(Arc::new(rooms)),
            visitors: Arc::new(Visitors::new(parts.trusted_proxies)),
        }
    }

    fn open(&mut self, path: &'static str, methods: MethodRouter<House>) {
        let methods = methods.fallback(method_not_allowed).layer(self.edge(path));
        self.router = std::mem::take(&mut self.router).route(path, methods);
    }

    fn router(self) -> Router<()> {
        // One name for all of them: a path of a visitor's invention must not become a label.
        let unknown = any(not_found).layer(self.edge("unknown"));
        self.router.fallback_service(unknown.with_state(())).with_state(self.house)
    }

    fn edge(&self, route: &'static str) -> Edge {
        Edge::new(route, self.visitors.clone(), self.house.0.metrics.meter(route))
    }
}

async fn not_found() -> Refusal {
    Refusal::NotFound
}

async fn method_not_allowed() -> Refusal {
    Refusal::MethodNotAllowed
}

/// Everything that handlers take, behind one pointer: axum clones the state for each request.
#[derive(Clone)]
struct House(Arc<Rooms>);

struct Rooms {
    engine: Arc<Engine>,
    metrics: Arc<Metrics>,
    assets: Arc<Assets>,
    demo: Arc<Demo>,
    easel: Arc<Easel>,
    access: Arc<Access>,
    altcha: Arc<AltchaDoor>,
    astracaph: Arc<Door>,
    clock: Arc<dyn Clock>,
    test_keys: TestKeys,
}

impl FromRef<House> for Arc<AltchaDoor> {
    fn from_ref(house: &House) -> Self {
        house.0.altcha.clone()
    }
}

impl FromRef<House> for Arc<Door> {
    fn from_ref(house: &House) -> Self {
        house.0.astracaph.clone()
    }
}

impl FromRef<House> for Arc<Engine> {
    fn from_ref(house: &House) -> Self {
        house.0.engine.clone()
    }
}

impl FromRef<House> for Arc<Metrics> {
    fn from_ref(house: &House) -> Self {
        house.0.metrics.clone()
    }
}

impl FromRef<House> for Arc<Assets> {
    fn from_ref(house: &House) -> Self {
        house.0.assets.clone()
    }
}

impl FromRef<House> for Arc<Demo> {
    fn from_ref(house: &House) -> Self {
        house.0.demo.clone()
    }
}

impl FromRef<House> for Arc<Easel> {
    fn from_ref(house: &House) -> Self {
        house.0.easel.clone()
    }
}

impl FromRef<House> for Arc<Access> {
    fn from_ref(house: &House) -> Self {
        house.0.access.clone()
    }
}

impl FromRef<House> for Arc<dyn Clock> {
    fn from_ref(house: &House) -> Self {
        house.0.clock.clone()
    }
}

impl FromRef<House> for TestKeys {
    fn from_ref(house: &House) -> Self {
        house.0.test_keys
    }
}
