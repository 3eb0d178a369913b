//! What this door knows besides the engine.

use std::fmt;
use std::sync::Arc;

use portcullis_engine::{AltchaWork, Site};

use super::Deriving;
use super::failure::Failure;

/// What this door knows besides the engine.
#[derive(Clone)]
pub struct Door {
    /// Where the server is reached, such as `https://captcha.example.com`, without a slash at its end; absent where the
    /// configuration does not say. Then browsers are told a URL that is relative to that of their challenge.
    pub public_url: Option<String>,
    /// Where keys are derived that take long.
    pub deriving: Arc<dyn Deriving>,
}

/// Where a page came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Under this door's own name.
    Own,
    /// Where the published server has the same.
    Published,
}

impl Door {
    /// What a site asks of browsers here, unless it has closed its door.
    pub(super) fn open_to(site: &Site) -> Result<AltchaWork, Failure> {
        match site.settings().altcha {
            AltchaWork::Off => Err(Failure::off()),
            work => Ok(work),
        }
    }

    /// Where a widget of this site has its work verified.
    pub(super) fn verify_url(&self, entrance: Entrance, site_key: &str) -> String {
        let path = match entrance {
            Entrance::Own => "/altcha/verify",
            Entrance::Published => "/v1/verify",
        };
        match &self.public_url {
            Some(base) => format!("{base}{path}?apiKey={site_key}"),
            // Beside the challenge, also where a proxy in front puts this server below a path of its own.
            None => format!("{}?apiKey={site_key}", path.rsplit('/').next().unwrap_or(path)),
        }
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}
