//! Failures in words that the widget shows and machines tell apart.

use std::borrow::Cow;

use portcullis_engine::{
    ForeignRedeemError, ForeignVerifyError, IssueError, NotDone, OriginRefused, RedeemError, SiteverifyError,
};
use serde::Serialize;

use super::PayloadError;
use crate::Reply;
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::request::Unreadable;

/// Why something failed, with the status that says so.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) error: Cow<'static, str>,
    /// For machines.
    pub(super) code: &'static str,
    retry_after_ms: Option<u64>,
}

impl Failure {
    pub(super) fn new(status: u16, error: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        Self { status, error: error.into(), code, retry_after_ms: None }
    }

    /// The widget shows `error`, where the type is JSON and the status says so.
    pub(super) fn into_reply(self) -> Reply {
        #[derive(Serialize)]
        struct Body<'a> {
            code: &'a str,
            error: &'a str,
            reason: &'a str,
        }
        let body = Body { code: self.code, error: &self.error, reason: self.code };
        Reply::json(self.status, &body).retry_after(self.retry_after_ms)
    }

    /// Whether the work was looked at and found wanting, which is an answer and no failure to answer.
    pub(super) fn is_verdict(&self) -> bool {
        self.status == JUDGED
    }

    pub(super) fn unreadable(problem: Unreadable) -> Self {
        match problem {
            Unreadable::TooLarge => Self::new(413, "The body is too large", "body_too_large"),
            Unreadable::Malformed => Self::new(400, "The body is not what it should be", "invalid_body"),
        }
    }

    pub(super) fn payload(problem: PayloadError) -> Self {
        let code = match problem {
            PayloadError::Test => "test_payload",
            PayloadError::TooLong
            | PayloadError::Base64
            | PayloadError::Shape
            | PayloadError::Algorithm
            | PayloadError::Member(_) => "invalid_payload",
        };
        Self::new(400, sentence(&problem), code)
    }

    pub(super) fn unknown_site() -> Self {
        Self::new(404, "No site has this key", "unknown_site")
    }

    pub(super) fn off() -> Self {
        Self::new(403, "The ALTCHA door of this site is closed", "altcha_off")
    }

    pub(super) fn origin(refused: OriginRefused) -> Self {
        Self::new(403, sentence(&refused), "origin_refused")
    }

    pub(super) fn busy() -> Self {
        Self {
            retry_after_ms: Some(UNAVAILABLE_RETRY_MS),
            ..Self::new(503, sentence(&NotDone::Busy), "busy")
        }
    }

    pub(super) fn issue(error: &IssueError) -> Self {
        match error {
            IssueError::UnknownSite => Self::unknown_site(),
            IssueError::Origin(refused) => Self::origin(*refused),
            IssueError::Binding(..) => Self::new(400, sentence(error), error.code()),
            IssueError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms),
            IssueError::Unavailable(_) => Self::unavailable(),
        }
    }

    pub(super) fn redeem(error: &ForeignRedeemError) -> Self {
        let judged = || Self::new(JUDGED, sentence(error), error.code());
        match error {
            ForeignRedeemError::Work(not_done) => Self::not_done(*not_done),
            ForeignRedeemError::Redeem(error) => match error {
                RedeemError::UnknownSite => Self::unknown_site(),
                RedeemError::Origin(refused) => Self::origin(*refused),
                RedeemError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms),
                RedeemError::Unavailable(_) => Self::unavailable(),
                RedeemError::InvalidChallenge
                | RedeemError::WrongSite
                | RedeemError::OriginChanged
                | RedeemError::Expired
                | RedeemError::Count { .. }
                | RedeemError::WrongSolution { .. }
                | RedeemError::TokenLive
                | RedeemError::TokenSpent
                | RedeemError::Exhausted => judged(),
            },
        }
    }

    pub(super) fn verify(error: &ForeignVerifyError) -> Self {
        match error {
            ForeignVerifyError::Work(not_done) => Self::not_done(*not_done),
            ForeignVerifyError::Verify(error) => Self::siteverify(error),
        }
    }

    pub(super) fn siteverify(error: &SiteverifyError) -> Self {
        let code = error.code();
        match error {
            SiteverifyError::MissingSecret | SiteverifyError::MissingResponse => {
                Self::new(400, sentence(error), code)
            }
            SiteverifyError::UnknownSecret | SiteverifyError::SitekeyMismatch => {
                Self::new(401, sentence(error), code)
            }
            SiteverifyError::InvalidResponse | SiteverifyError::Expired | SiteverifyError::AlreadySpent => {
                Self::new(JUDGED, sentence(error), code)
            }
            SiteverifyError::RateLimited { retry_after_ms } => Self::rate_limited(*retry_after_ms),
            SiteverifyError::Unavailable(_) => Self::unavailable(),
        }
    }

    pub(super) fn not_done(not_done: NotDone) -> Self {
        match not_done {
            NotDone::Forged | NotDone::Expired | NotDone::Unsolved | NotDone::Exhausted => {
                Self::new(JUDGED, sentence(&not_done), not_done.code())
            }
            NotDone::Busy => Self::busy(),
        }
    }

    fn rate_limited(retry_after_ms: u64) -> Self {
        let words = "Too many requests from this address";
        Self { retry_after_ms: Some(retry_after_ms), ..Self::new(429, words, "rate_limited") }
    }

    /// Says nothing of the store: its errors are for the operator.
    fn unavailable() -> Self {
        let words = "Temporarily unavailable, please try again";
        Self { retry_after_ms: Some(UNAVAILABLE_RETRY_MS), ..Self::new(503, words, "unavailable") }
    }
}

/// An error as a sentence begins.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}

/// The status of an answer whatever the verdict.
pub(super) const JUDGED: u16 = 200;
