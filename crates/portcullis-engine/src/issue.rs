//! Issuing a challenge.

use std::fmt;

use portcullis_pow::{Parameters, Salted};
use portcullis_store::{ChallengeId, StoreError};

use crate::entropy::random;
use crate::envelope::no_key;
use crate::facts::{Bindings, IssueFacts};
use crate::limits::{DOUBLINGS_MAX, RateLimited, harder};
use crate::visitor::as_ipv6;
use crate::{ChallengeFacts, ChallengeForm, Engine, Event, OriginRefused, Site, UnixMs, Vendor, Visitor};

/// A visitor's wish for a challenge.
#[derive(Clone, Debug)]
pub struct Issue<'a> {
    /// The site; absent for the default one.
    pub site_key: Option<&'a str>,
    /// Who asks.
    pub visitor: &'a Visitor,
    /// The page's name for what is being done.
    pub action: Option<&'a str>,
    /// What the page wants back at verification.
    pub cdata: Option<&'a str>,
    /// The vendor whose script the page works with, where it says so.
    pub vendor: Option<Vendor>,
}

/// A challenge, ready to be sent.
#[derive(Clone)]
pub struct Challenge {
    /// What must come back with the solutions.
    pub token: String,
    /// How many puzzles of which kind.
    pub parameters: Parameters,
    /// The puzzles to write out; absent where the client derives them from the token.
    pub puzzles: Option<Salted>,
    /// From when on it is too late.
    pub expires_at: UnixMs,
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameters, expires_at, .. } = self;
        f.debug_struct("Challenge")
            .field("parameters", parameters)
            .field("expires_at", expires_at)
            .finish_non_exhaustive()
    }
}

/// Why there is no challenge.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// No site has this key.
    #[error("no site has this site key")]
    UnknownSite,
    /// The page may not use this site.
    #[error(transparent)]
    Origin(#[from] OriginRefused),
    /// `action` or `cdata` is too long or has other characters than `[A-Za-z0-9_-]` and, in an action, `/`.
    #[error("{0} has up to {1} characters: letters, digits, - and _, in an action / too")]
    Binding(&'static str, usize),
    /// Too many challenges for one visitor.
    #[error("too many requests from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl IssueError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSite => "unknown_site",
            Self::Origin(_) => "origin_refused",
            Self::Binding(..) => "invalid_binding",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RateLimited> for IssueError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

/// A challenge that a visitor may have.
pub(crate) struct Grant {
    /// What is sealed into it.
    pub(crate) facts: IssueFacts,
    /// How often its work is doubled, up to 8 times.
    pub(crate) doublings: u8,
}

impl Engine {
    /// Issues a challenge.
    pub async fn issue(&self, command: Issue<'_>) -> Result<Challenge, IssueError> {
        let site = self.site_or_default(command.site_key).ok_or(IssueError::UnknownSite)?;
        let outcome = self.issue_for(&site, &command).await;
        self.count_issue(&site, outcome)
    }

    /// Counts what became of a wish for a challenge.
    pub(crate) fn count_issue<T>(
        &self,
        site: &Site,
        outcome: Result<T, IssueError>,
    ) -> Result<T, IssueError> {
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Challenge, ""),
            Err(error) => self.tally.count(site.id, Event::ChallengeRefused, error.code()),
        }
        outcome
    }

    async fn issue_for(&self, site: &Site, command: &Issue<'_>) -> Result<Challenge, IssueError> {
        let Grant { facts, doublings } = self.grant(site, command).await?;
        self.write_challenge(site, harder(site.resolved.parameters, doublings), facts)
    }

    /// Whether a visitor may have a challenge, what is sealed into it, and how much harder its work is to be.
    pub(crate) async fn grant(&self, site: &Site, command: &Issue<'_>) -> Result<Grant, IssueError> {
        let now = self.clock.now();
        let admitted = site.admit(&command.visitor.origin)?;
        let action = bounded("action", command.action, 100, b"-_/")?;
        let cdata = bounded("cdata", command.cdata, 255, b"-_")?;
        let busy = self.visitor_limits().challenge(command.visitor, site.id, now).await??;
        self.note_use(site, now);
        let judged = self.glance(site, command.visitor, busy, now);
        let doublings = busy.max(judged.doublings).min(DOUBLINGS_MAX);
        let bindings = Bindings {
            risk: risk(busy).max(judged.risk),
            busy: busy > 0,
            suspicious: judged.risk >= SUSPICIOUS_AT,
            origin: admitted.origin,
            action,
            cdata,
            vendor: command.vendor,
            visitor: self.network_digest(command.visitor),
        };
        let facts = IssueFacts {
            id: ChallengeId::new(now, random(&*self.entropy)),
            site: site.id,
            issued_at: now,
            expires_at: now.plus(site.resolved.challenge_ttl_ms),
            bindings,
        };
        Ok(Grant { facts, doublings })
    }

    /// What a form's address is compared with later; zero where the address may stand for many visitors.
    pub(crate) fn network_digest(&self, visitor: &Visitor) -> [u8; 8] {
        if visitor.shared_address { [0; 8] } else { self.vault.visitor(&as_ipv6(visitor.network()).octets()) }
    }

    fn write_challenge(
        &self,
        site: &Site,
        parameters: Parameters,
        issue: IssueFacts,
    ) -> Result<Challenge, IssueError> {
        let facts = ChallengeFacts { issue, form: site.resolved.form, parameters };
        let token = self.format(site).seal_challenge(site, &facts, &*self.entropy).ok_or_else(no_key)?;
        let puzzles = match facts.form {
            ChallengeForm::Seeded => None,
            ChallengeForm::Salted => Some(self.salted(&token, parameters).ok_or_else(no_key)?),
        };
        Ok(Challenge { token, parameters, puzzles, expires_at: facts.issue.expires_at })
    }

    /// The puzzles of a salted challenge; `None` for a token that no key of ours sealed.
    pub(crate) fn salted(&self, token: &str, parameters: Parameters) -> Option<Salted> {
        let key = self.directory.snapshot().keys.salts(token)?;
        Some(portcullis_pow::salted(&key, parameters))
    }
}

/// From which score on, in hundredths, a verdict says that the visitor looks like a program: above what an ordinary
/// browser with an odd header or two gets.
const SUSPICIOUS_AT: u8 = 25;

/// What the work alone tells, in hundredths: every doubling says that the address is busy.
fn risk(doublings: u8) -> u8 {
    (Bindings::RISK_LEAST + doublings * 10).min(95)
}

/// An action is as long as reCAPTCHA's may be, and has the `/` that those have; Turnstile's are shorter.
fn bounded(
    name: &'static str,
    text: Option<&str>,
    most: usize,
    signs: &[u8],
) -> Result<Option<String>, IssueError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let is_sound =
        text.len() <= most && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte));
    if is_sound { Ok(Some(text.to_owned())) } else { Err(IssueError::Binding(name, most)) }
}
