//! Whether a request may use a site at all: the rule on origins.
//!
//! A browser names the page's origin on every POST, and a script can name what it likes. So an origin that is
//! not on the list is refused here, by the server, and a listed one proves something only of browsers.

use crate::{ClaimedOrigin, Origin, OriginPattern, Site};

/// Proof that the site's policy let the visitor through. Made only in this module.
#[derive(Debug)]
pub(crate) struct PolicyPassed(());

/// A request that was let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// The origin that the request named and the site allows; absent where it named none.
    pub(crate) origin: Option<Origin>,
    /// What a token is minted with.
    pub(crate) policy: PolicyPassed,
}

impl Site {
    /// Whether a request from `claimed` may use this site. Answers the origin to allow in `CORS` headers; absent
    /// where the request named none.
    pub fn allows(&self, claimed: &ClaimedOrigin) -> Result<Option<Origin>, OriginRefused> {
        self.admit(claimed).map(|admitted| admitted.origin)
    }

    /// Whether pages of this host may use the site, on some scheme and port: for whoever names no more than a host.
    #[must_use]
    pub fn allows_host(&self, host: &str) -> bool {
        let Ok(origin) = format!("https://{host}").parse::<Origin>() else { return false };
        let is_local = self.settings.allow_localhost && origin.is_localhost();
        let is_meant = |pattern: &OriginPattern| match pattern {
            OriginPattern::Any => true,
            OriginPattern::Exact(own) => own.host() == origin.host(),
            OriginPattern::Subdomains(_) => pattern.names_host(&origin),
        };
        self.settings.is_open() || is_local || self.settings.origins.iter().any(is_meant)
    }

    pub(crate) fn admit(&self, claimed: &ClaimedOrigin) -> Result<Admitted, OriginRefused> {
        let origin = match claimed {
            ClaimedOrigin::Absent if self.settings.browsers_only => return Err(OriginRefused::Missing),
            ClaimedOrigin::Absent => None,
            ClaimedOrigin::Opaque | ClaimedOrigin::Unreadable => return Err(OriginRefused::Opaque),
            ClaimedOrigin::Stated(origin) if self.settings.is_open() && origin.is_web() => {
                Some(origin.clone())
            }
            ClaimedOrigin::Stated(origin) => {
                let local = self.settings.allow_localhost && origin.is_localhost();
                if !local && !self.settings.origins.iter().any(|pattern| pattern.matches(origin)) {
                    return Err(OriginRefused::NotListed);
                }
                Some(origin.clone())
            }
        };
        Ok(Admitted { origin, policy: PolicyPassed(()) })
    }
}

/// Why a request may not use a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginRefused {
    /// The origin is not on the site's list.
    #[error("this page's origin is not on the site's list")]
    NotListed,
    /// The page has no origin that could be on a list (a sandboxed frame, a local file).
    #[error("this page has no origin of its own, so it cannot be on the site's list")]
    Opaque,
    /// The site takes requests of browsers only, and they name an origin.
    #[error("this site takes requests from browsers only")]
    Missing,
}
