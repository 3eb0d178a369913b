//! The flags of `site set` for a second opinion.

use clap::Args;
use portcullis_engine::{SiteChange, TurnstileSiteKey, TurnstileWidget};

use super::secret_argument;
use crate::failure::Failure;

/// Keys of a Turnstile widget. What is not given stays.
#[derive(Args, Debug)]
pub(super) struct TurnstileFlags {
    /// The site key of the Turnstile widget for this site's pages; goes with --turnstile-secret
    #[arg(long, value_name = "KEY", requires = "turnstile_secret", conflicts_with = "no_turnstile")]
    turnstile_site_key: Option<TurnstileSiteKey>,
    /// Its secret; - reads it from standard input
    #[arg(long, value_name = "SECRET", requires = "turnstile_site_key", conflicts_with = "no_turnstile")]
    turnstile_secret: Option<String>,
    /// Do not ask Turnstile any more
    #[arg(long)]
    no_turnstile: bool,
}

/// What is to become of a site's keys.
pub(super) enum TurnstileChange {
    /// They stay as they are.
    Keep,
    /// Turnstile is not asked any more.
    Remove,
    /// These take their place.
    Set(TurnstileWidget),
}

impl TurnstileFlags {
    /// What is to change. The message of a bad secret does not repeat it.
    pub(super) fn change(self) -> Result<TurnstileChange, Failure> {
        if self.no_turnstile {
            return Ok(TurnstileChange::Remove);
        }
        let (Some(site_key), Some(secret)) = (self.turnstile_site_key, self.turnstile_secret) else {
            return Ok(TurnstileChange::Keep);
        };
        let secret = secret_argument(&secret)?.parse().map_err(Failure::usage)?;
        Ok(TurnstileChange::Set(TurnstileWidget { site_key, secret }))
    }
}

impl TurnstileChange {
    /// The same in the engine's words.
    pub(super) fn into_site_change(self) -> SiteChange {
        let turnstile = match self {
            Self::Keep => None,
            Self::Remove => Some(None),
            Self::Set(widget) => Some(Some(widget)),
        };
        SiteChange { turnstile, ..SiteChange::default() }
    }
}
