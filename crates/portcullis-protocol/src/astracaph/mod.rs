//! The AstraCaph door: a widget without keys, telemetry judged on the server, tokens bound to an origin.
//!
//! The wire is that of the published service, and so are its words. Where that service could be fooled, this door
//! differs: a step is judged by the server's clock and counted once, a token is spent by one question only, an
//! unknown site key is refused, and passing unseen costs work on the open site.
//!
//! | `error` | status |
//! |---|---|
//! | `Invalid JSON body`, `Invalid challenge payload`, `Visual challenge context is invalid or expired` | 400 |
//! | `Work is not solved` | 400 |
//! | `Body is too large` | 413 |
//! | `Origin is not allowed for this site key`, `Challenge rejected` | 403 |
//! | `Too many challenge attempts` | 429 |
//! | `Service unavailable` | 503 |

pub use challenge::challenge;
pub use cors::preflight;
pub use health::health;
pub use jwt::Jwt;
pub use log::logs;
pub use sites::{Registration, prove, register, sites, unregister};
pub use verify::verify;

use std::sync::Arc;

use ipnet::IpNet;
use log::Log;
use portcullis_engine::{ClaimedOrigin, DomainFiles, NoDomainFiles, Origin, Visitor};

mod challenge;
mod content;
mod cors;
mod health;
mod jwt;
mod log;
mod payload;
mod sites;
mod verify;

/// What this door knows besides the engine.
pub struct Door {
    /// Who may verify; empty for everybody.
    pub verifiers: Vec<IpNet>,
    /// Who may register sites.
    pub registration: Registration,
    /// Where the server is reached, such as `https://captcha.example.com`, for the lines to paste.
    pub base_url: String,
    /// Whether everybody sees every entry of the log.
    pub log_is_public: bool,
    /// Reads what domains say of their sites.
    pub domains: Arc<dyn DomainFiles>,
    log: Log,
}

impl Door {
    /// A door with an empty log, that reads no domain's file.
    #[must_use]
    pub fn new(
        base_url: String,
        registration: Registration,
        verifiers: Vec<IpNet>,
        log_is_public: bool,
    ) -> Self {
        let domains = Arc::new(NoDomainFiles);
        Self { verifiers, registration, base_url, log_is_public, domains, log: Log::default() }
    }

    /// Whether the caller may verify. Whose address is in doubt is none of those named: it may be that of a proxy, who
    /// asks for everybody.
    fn may_verify(&self, caller: &Visitor) -> bool {
        let address = caller.address.to_canonical();
        self.verifiers.is_empty()
            || (!caller.shared_address && self.verifiers.iter().any(|network| network.contains(&address)))
    }

    /// Whether a page of this origin was served here, as far as the configuration tells.
    fn is_own(&self, origin: &Origin) -> bool {
        origin.is_localhost() || self.base_url.parse().is_ok_and(|own: Origin| own == *origin)
    }

    /// Whether the page that asks was served here. A browser says so itself where it reached us by HTTPS; where it
    /// does not, the origin tells. What names neither is no browser, and can claim any origin as it is.
    fn is_served_to(&self, visitor: &Visitor) -> bool {
        match (visitor.client.fetch_site.as_deref(), &visitor.origin) {
            (Some(site), _) => site == "same-origin",
            (None, ClaimedOrigin::Stated(origin)) => self.is_own(origin),
            (None, ClaimedOrigin::Absent) => true,
            (None, ClaimedOrigin::Opaque | ClaimedOrigin::Unreadable) => false,
        }
    }
}
