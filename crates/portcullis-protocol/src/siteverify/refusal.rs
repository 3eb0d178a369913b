//! A verdict of "no", with the codes that say why.

use portcullis_engine::SiteverifyError;
use serde::Serialize;

use super::{Profile, codes};
use crate::Reply;
use crate::reply::UNAVAILABLE_RETRY_MS;

/// Why a token was not accepted, in the words of one vendor.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    codes: &'static [&'static str],
    retry_after_ms: Option<u64>,
}

impl Refusal {
    pub(super) fn new(codes: &'static [&'static str]) -> Self {
        Self { status: 200, codes, retry_after_ms: None }
    }

    pub(super) fn of(profile: Profile, error: &SiteverifyError) -> Self {
        let (status, retry_after_ms) = match error {
            SiteverifyError::MissingSecret
            | SiteverifyError::UnknownSecret
            | SiteverifyError::MissingResponse
            | SiteverifyError::SitekeyMismatch
            | SiteverifyError::InvalidResponse
            | SiteverifyError::Expired
            | SiteverifyError::AlreadySpent => (200, None),
            SiteverifyError::RateLimited { retry_after_ms } => (200, Some(*retry_after_ms)),
            SiteverifyError::Unavailable(_) => (503, Some(UNAVAILABLE_RETRY_MS)),
        };
        Self { status, codes: codes::of(profile, error), retry_after_ms }
    }

    pub(super) fn into_reply(self, profile: Profile) -> Reply {
        #[derive(Serialize)]
        struct Body {
            success: bool,
            #[serde(rename = "error-codes")]
            error_codes: &'static [&'static str],
            #[serde(skip_serializing_if = "Option::is_none")]
            messages: Option<[&'static str; 0]>,
        }
        let messages = match profile {
            Profile::Turnstile => Some([]),
            Profile::Superset | Profile::Recaptcha | Profile::Hcaptcha => None,
        };
        let body = Body { success: false, error_codes: self.codes, messages };
        Reply::json(self.status, &body).retry_after(self.retry_after_ms)
    }
}
