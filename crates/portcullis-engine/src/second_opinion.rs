//! Whom else the engine asks about a visitor, where a site wants that.
//!
//! The engine decides when to ask and what an answer is worth; who is asked, over which wire and for how long, is the
//! implementor's affair.

use std::net::IpAddr;

use async_trait::async_trait;

use crate::TurnstileSecret;

/// Somebody who has an opinion on visitors.
#[async_trait]
pub trait SecondOpinion: Send + Sync {
    /// What they say. Ends within the time that the operator set; who does not answer by then has no opinion.
    async fn ask(&self, question: OpinionQuestion<'_>) -> Opinion;
}

/// A question about one visitor.
#[derive(Clone, Debug)]
pub struct OpinionQuestion<'a> {
    /// Our site key of the site that asks, for the operator's log.
    pub site_key: &'a str,
    /// What opens the site's account there.
    pub secret: &'a TurnstileSecret,
    /// What the visitor brought: 1 to [`OpinionQuestion::TOKEN_MAX`] bytes of it.
    pub token: &'a str,
    /// The visitor's address; absent where it may be that of many.
    pub address: Option<IpAddr>,
    /// A UUID that is the same whenever the same question is put again.
    pub retry_key: String,
}

impl OpinionQuestion<'_> {
    /// The longest token, in bytes, as Cloudflare documents it.
    pub const TOKEN_MAX: usize = 2048;
}

/// What somebody else says of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opinion {
    /// They vouch for it.
    Passed,
    /// They know nothing of the token that it brought.
    Failed,
    /// The token was good once, and was used or has expired.
    Stale,
    /// They did not say: an outage, a wrong secret, no time.
    Unknown,
}

impl Opinion {
    /// A stable code for counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

/// Has no opinion on anybody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSecondOpinion;

#[async_trait]
impl SecondOpinion for NoSecondOpinion {
    async fn ask(&self, _question: OpinionQuestion<'_>) -> Opinion {
        Opinion::Unknown
    }
}
