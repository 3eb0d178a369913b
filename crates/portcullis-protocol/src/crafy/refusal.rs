//! What a flow's refusal is called: once, for the page that is served and for the calls of one that was.

use portcullis_engine::FlowError;
use serde::Serialize;

use crate::reply::UNAVAILABLE_RETRY_MS;

/// Why there is no flow, or no more of it.
pub(super) struct Refusal {
    /// The HTTP status of a page that says so.
    pub(super) status: u16,
    pub(super) outcome: Outcome,
    /// A stable code for machines.
    pub(super) code: &'static str,
    /// The same in a sentence, for the site's owner.
    pub(super) message: String,
    /// When to come again, in milliseconds, where that helps.
    pub(super) retry_after_ms: Option<u64>,
}

/// What is left to do.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// New options help.
    Reload,
    /// Nothing does.
    Denied,
    /// The site is set up wrongly, or something is amiss.
    Refused,
}

impl Refusal {
    /// A refusal that new options would meet again.
    pub(super) fn new(status: u16, code: &'static str, message: String) -> Self {
        Self { status, outcome: Outcome::Refused, code, message, retry_after_ms: None }
    }

    pub(super) fn of(error: &FlowError) -> Self {
        let (status, outcome) = match error {
            FlowError::Expired | FlowError::Answered | FlowError::Foreign => (200, Outcome::Reload),
            FlowError::Denied => (200, Outcome::Denied),
            FlowError::Work | FlowError::Mismatch => (400, Outcome::Refused),
            FlowError::Origin(_) => (403, Outcome::Refused),
            FlowError::Quota | FlowError::RateLimited { .. } => (429, Outcome::Refused),
            FlowError::Unavailable(_) => (503, Outcome::Refused),
        };
        let retry_after_ms = match error {
            FlowError::RateLimited { retry_after_ms } => Some(*retry_after_ms),
            FlowError::Unavailable(_) => Some(UNAVAILABLE_RETRY_MS),
            _ => None,
        };
        let message = match error {
            // The store's own words may name paths and hosts.
            FlowError::Unavailable(_) => "the store does not answer".to_owned(),
            known => known.to_string(),
        };
        Self { status, outcome, code: error.code(), message, retry_after_ms }
    }

    /// The same with another outcome.
    pub(super) fn with(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }
}
