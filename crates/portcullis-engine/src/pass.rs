//! Passes: tokens that a site's backend verifies by naming where they were earned, with or without a secret.
//!
//! A pass carries everything that its verdict says. What the ledger adds is that only one question gets it.

use std::fmt;

use portcullis_store::{ChallengeId, Spending, Spent, StoreError, UnixMs};

use crate::redeem::keep_until;
use crate::{Engine, Event, Origin, Site};

/// What a pass says.
#[derive(Clone, PartialEq)]
pub struct Pass {
    /// The site that it was earned on.
    pub site_key: String,
    /// The origin of the page; absent where none was named.
    pub origin: Option<Origin>,
    /// The step that was taken for it, or `pas_…` where none was.
    pub challenge_id: String,
    /// 128 random bits that make it one of a kind.
    pub nonce: [u8; 16],
    /// The score, 0 to 1.
    pub score: f64,
    /// Whether the visitor saw a step.
    pub mode: Mode,
    /// SHA-256 of what the browser said of itself.
    pub fingerprint: [u8; 32],
    /// When it was earned; whole seconds.
    pub issued_at: UnixMs,
    /// From when on it is no longer accepted; whole seconds.
    pub expires_at: UnixMs,
}

impl Pass {
    /// What the ledger knows it by.
    fn id(&self) -> ChallengeId {
        ChallengeId::new(self.issued_at, self.nonce)
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site_key, origin, score, mode, expires_at, .. } = self;
        f.debug_struct("Pass")
            .field("site_key", site_key)
            .field("origin", origin)
            .field("score", score)
            .field("mode", mode)
            .field("expires_at", expires_at)
            .finish_non_exhaustive()
    }
}

/// How a pass was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Unnoticed.
    Passive,
    /// By a step that the visitor saw.
    Visual,
}

/// Writes and reads passes. A dialect brings its own format.
pub trait PassFormat: Send + Sync {
    /// Writes a pass.
    fn seal(&self, pass: &Pass) -> String;

    /// Reads a pass; `None` unless this format wrote it and it was not changed since. Expiry is not looked at.
    fn open(&self, text: &str) -> Option<Pass>;
}

/// A backend's question about a pass.
#[derive(Clone, Copy)]
pub struct VerifyPass<'a> {
    /// The pass.
    pub token: &'a str,
    /// Where the backend says that it was earned: an origin, or a host alone.
    pub binding: Binding<'a>,
    /// The site's secret, where the backend sent one.
    pub secret: Option<&'a str>,
    /// Who asks.
    pub caller: &'a crate::Visitor,
}

/// Where a backend says that a pass was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding<'a> {
    /// Scheme, host and port.
    Origin(&'a Origin),
    /// The host alone.
    Host(&'a str),
}

/// Why a pass is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// It was not written here, was changed, or has expired.
    #[error("the token is invalid or has expired")]
    Invalid,
    /// No site has this secret.
    #[error("no site has this secret key")]
    UnknownSecret,
    /// The secret is another site's, or the pass's site is gone.
    #[error("the token belongs to another site")]
    OtherSite,
    /// It was earned elsewhere.
    #[error("the token was earned on another origin")]
    OtherOrigin,
    /// It was spent before.
    #[error("the token was verified before")]
    AlreadySpent,
    /// Too many wrong secrets from this address.
    #[error("too many wrong secret keys from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer in time. A spend that had begun may still have been kept.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl PassError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid => "invalid_token",
            Self::UnknownSecret => "unknown_secret",
            Self::OtherSite => "scope_mismatch",
            Self::OtherOrigin => "origin_mismatch",
            Self::AlreadySpent => "already_spent",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl Engine {
    /// Verifies a pass and spends it. Of any number of calls at once, one is answered with the pass.
    pub async fn verify_pass(&self, command: VerifyPass<'_>) -> Result<Pass, PassError> {
        let now = self.clock.now();
        if let Some(secret) = command.secret {
            self.check_secret(secret, command.caller, now).await?;
        }
        let outcome = match self.passes.open(command.token) {
            Some(pass) => self.verify_opened(pass, &command, now).await,
            None => Err(PassError::Invalid),
        };
        match outcome {
            // Good passes are bounded by what they cost; what is refused costs the caller nothing.
            Err(PassError::Unavailable(_)) | Ok(_) => outcome,
            Err(error) => match self.visitor_limits().refused_pass(command.caller, now).await? {
                Ok(()) => Err(error),
                Err(refused) => Err(PassError::RateLimited { retry_after_ms: refused.retry_after_ms }),
            },
        }
    }

    async fn verify_opened(
        &self,
        pass: Pass,
        command: &VerifyPass<'_>,
        now: UnixMs,
    ) -> Result<Pass, PassError> {
        let site = self.site(&pass.site_key).ok_or(PassError::OtherSite)?;
        let outcome = self.verify_pass_for(&site, &pass, command, now).await;
        match &outcome {
            Ok(()) => self.tally.count(site.id, Event::Verify, ""),
            Err(error) => self.tally.count(site.id, Event::VerifyFailed, error.code()),
        }
        outcome.map(|()| pass)
    }

    async fn check_secret(
        &self,
        secret: &str,
        caller: &crate::Visitor,
        now: UnixMs,
    ) -> Result<(), PassError> {
        let index = self.vault.index(secret);
        if self.directory.snapshot().by_secret.get(&index).is_some_and(|site| site.secret.is(secret)) {
            return Ok(());
        }
        self.tally.wrong_secret();
        match self.visitor_limits().wrong_secret(caller, now).await? {
            Ok(()) => Err(PassError::UnknownSecret),
            Err(refused) => Err(PassError::RateLimited { retry_after_ms: refused.retry_after_ms }),
        }
    }

    async fn verify_pass_for(
        &self,
        site: &Site,
        pass: &Pass,
        command: &VerifyPass<'_>,
        now: UnixMs,
    ) -> Result<(), PassError> {
        if command.secret.is_some_and(|secret| !site.secret.is(secret)) {
            return Err(PassError::OtherSite);
        }
        if now >= pass.expires_at {
            return Err(PassError::Invalid);
        }
        let same = pass.origin.as_ref().is_some_and(|bound| match command.binding {
            Binding::Origin(origin) => origin == bound || origin.host() == bound.host(),
            Binding::Host(host) => host.eq_ignore_ascii_case(bound.host()),
        });
        if !same {
            return Err(PassError::OtherOrigin);
        }
        self.note_use(site, now);
        let spending = Spending {
            challenge: pass.id(),
            ordinal: 0,
            keep_until: keep_until(pass.issued_at, pass.expires_at),
            idempotency: None,
            receipt: Vec::new(),
        };
        match self.stores.tokens.spend(&spending, now).await? {
            Spent::Now => Ok(()),
            Spent::Repeated(_) | Spent::Already => Err(PassError::AlreadySpent),
        }
    }
}
