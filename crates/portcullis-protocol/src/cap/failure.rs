//! Failures in Cap's words.

use std::borrow::Cow;

use portcullis_engine::{IssueError, OriginRefused, Profile, RedeemError, SiteverifyError};
use serde::Serialize;

use crate::Reply;
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::request::Unreadable;

/// Why something failed, with the status that says so.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    error: Cow<'static, str>,
    reason: &'static str,
    retry_after_ms: Option<u64>,
}

impl Failure {
    pub(super) fn new(status: u16, error: impl Into<Cow<'static, str>>, reason: &'static str) -> Self {
        Self { status, error: error.into(), reason, retry_after_ms: None }
    }

    pub(super) fn into_reply(self) -> Reply {
        #[derive(Serialize)]
        struct Body<'a> {
            success: bool,
            error: &'a str,
            reason: &'a str,
        }
        let body = Body { success: false, error: &self.error, reason: self.reason };
        Reply::json(self.status, &body).retry_after(self.retry_after_ms)
    }

    pub(super) fn unreadable(problem: Unreadable) -> Self {
        match problem {
            Unreadable::TooLarge => Self::new(413, "Body too large", "body_too_large"),
            Unreadable::Malformed => Self::new(400, "Malformed body", "invalid_body"),
        }
    }

    pub(super) fn issue(error: &IssueError) -> Self {
        let reason = error.code();
        match error {
            IssueError::UnknownSite => Self::new(404, "Invalid site key or secret", reason),
            IssueError::Origin(refused) => Self::origin(*refused, reason),
            IssueError::Binding(..) => Self::new(400, error.to_string(), reason),
            IssueError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms, reason),
            IssueError::Unavailable(_) => Self::unavailable(reason),
        }
    }

    /// The Python package answers 200 to whatever it has judged; Standalone does not.
    pub(super) fn redeem(error: &RedeemError, profile: Profile) -> Self {
        let reason = error.code();
        let judged = |standalone, words: &'static str| {
            let status = match profile {
                Profile::Standalone => standalone,
                Profile::CapjsServer => 200,
            };
            Self::new(status, words, reason)
        };
        match error {
            RedeemError::UnknownSite => Self::new(404, "Invalid site key", reason),
            RedeemError::Origin(refused) => Self::origin(*refused, reason),
            RedeemError::InvalidChallenge => judged(403, "Invalid challenge token"),
            RedeemError::WrongSite => judged(403, "Challenge token does not match site key"),
            RedeemError::OriginChanged => judged(403, "Challenge token does not match origin"),
            RedeemError::Expired => judged(403, "Challenge expired"),
            RedeemError::Count { .. } => judged(400, "Invalid solutions"),
            RedeemError::WrongSolution { .. } => judged(403, "Invalid solution"),
            RedeemError::TokenLive | RedeemError::TokenSpent | RedeemError::Exhausted => {
                judged(403, "Challenge already redeemed")
            }
            RedeemError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms, reason),
            RedeemError::Unavailable(_) => Self::unavailable(reason),
        }
    }

    pub(super) fn siteverify(error: &SiteverifyError) -> Self {
        let reason = error.code();
        match error {
            SiteverifyError::MissingSecret | SiteverifyError::MissingResponse => {
                Self::new(400, "Missing required parameters", reason)
            }
            SiteverifyError::UnknownSecret | SiteverifyError::SitekeyMismatch => {
                Self::new(403, "Invalid site key or secret", reason)
            }
            SiteverifyError::InvalidResponse | SiteverifyError::AlreadySpent => {
                Self::new(404, "Token not found", reason)
            }
            SiteverifyError::Expired => Self::new(403, "Token expired", reason),
            SiteverifyError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms, reason),
            SiteverifyError::Unavailable(_) => Self::unavailable(reason),
        }
    }

    pub(super) fn origin(refused: OriginRefused, reason: &'static str) -> Self {
        Self::new(403, refused.to_string(), reason)
    }

    fn rate_limited(retry_after_ms: u64, reason: &'static str) -> Self {
        Self { retry_after_ms: Some(retry_after_ms), ..Self::new(429, "Rate limit exceeded", reason) }
    }

    /// Says nothing of the store: its errors are for the operator.
    fn unavailable(reason: &'static str) -> Self {
        let words = "Temporarily unavailable, please try again";
        Self { retry_after_ms: Some(UNAVAILABLE_RETRY_MS), ..Self::new(503, words, reason) }
    }
}
