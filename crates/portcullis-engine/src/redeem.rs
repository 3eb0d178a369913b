//! Redeeming a solved challenge for a token.

use std::fmt;

use portcullis_pow::{Solved, Unsolved};
use portcullis_store::{Redemption as LedgerRedemption, StoreError, UnixMs};

use crate::admission::{Admitted, PolicyPassed};
use crate::envelope::no_key;
use crate::facts::IssueFacts;
use crate::limits::RateLimited;
use crate::mint::{Redemption, Work, mint};
use crate::{ChallengeFacts, ChallengeForm, Engine, Event, OriginRefused, Parameters, Site, Visitor};

/// A visitor's solutions.
#[derive(Clone)]
pub struct Redeem<'a> {
    /// The site; absent for the default one.
    pub site_key: Option<&'a str>,
    /// Who asks.
    pub visitor: &'a Visitor,
    /// The challenge, as it was issued.
    pub token: &'a str,
    /// One nonce per puzzle, in the order of the puzzles.
    pub solutions: &'a [u64],
}

impl fmt::Debug for Redeem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site_key, visitor, .. } = self;
        f.debug_struct("Redeem").field("site_key", site_key).field("visitor", visitor).finish_non_exhaustive()
    }
}

/// A token for the site's backend to verify.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The text.
    pub value: String,
    /// From when on it is no longer accepted.
    pub expires_at: UnixMs,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("value", &"***").field("expires_at", &self.expires_at).finish()
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// No site has this key.
    #[error("no site has this site key")]
    UnknownSite,
    /// The page may not use this site.
    #[error(transparent)]
    Origin(#[from] OriginRefused),
    /// The challenge was not issued by us, or was changed.
    #[error("this challenge was not issued here")]
    InvalidChallenge,
    /// The challenge belongs to another site.
    #[error("this challenge belongs to another site")]
    WrongSite,
    /// The challenge was issued to a page of another origin.
    #[error("this challenge was issued to a page of another origin")]
    OriginChanged,
    /// The challenge has expired.
    #[error("this challenge has expired")]
    Expired,
    /// Not as many solutions as puzzles.
    #[error("this challenge has {expected} puzzles and {found} solutions came")]
    Count {
        /// Puzzles.
        expected: usize,
        /// Solutions.
        found: usize,
    },
    /// A solution does not solve its puzzle.
    #[error("solution {index} does not solve its puzzle")]
    WrongSolution {
        /// Which one, from 0.
        index: usize,
    },
    /// The challenge was redeemed, and its token is still good.
    #[error("this challenge was redeemed already")]
    TokenLive,
    /// The challenge was redeemed, and its token spent.
    #[error("this challenge was redeemed already")]
    TokenSpent,
    /// The challenge was redeemed as often as it may be.
    #[error("this challenge was redeemed too often")]
    Exhausted,
    /// Too much junk from one visitor.
    #[error("too many requests from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl RedeemError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSite => "unknown_site",
            Self::Origin(_) => "origin_refused",
            Self::InvalidChallenge => "invalid_token",
            Self::WrongSite => "scope_mismatch",
            Self::OriginChanged => "origin_mismatch",
            Self::Expired => "expired",
            Self::Count { .. } => "invalid_solutions",
            Self::WrongSolution { .. } => "invalid_solution",
            Self::TokenLive | Self::TokenSpent | Self::Exhausted => "already_redeemed",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RateLimited> for RedeemError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

impl From<Unsolved> for RedeemError {
    fn from(unsolved: Unsolved) -> Self {
        match unsolved {
            Unsolved::Count { expected, found } => Self::Count { expected, found },
            Unsolved::Wrong { index } => Self::WrongSolution { index },
        }
    }
}

impl Engine {
    /// Judges solutions and, where everything holds, gives a token.
    pub async fn redeem(&self, command: Redeem<'_>) -> Result<Token, RedeemError> {
        let site = self.site_or_default(command.site_key).ok_or(RedeemError::UnknownSite)?;
        let outcome = self.redeem_for(&site, &command).await;
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Redeem, ""),
            Err(error) => self.tally.count(site.id, Event::RedeemFailed, error.code()),
        }
        outcome
    }

    /// In the order of what a check costs: size and seal, site and origin, expiry, count and proof, and only then
    /// the ledger. So a wrong solution does not burn the challenge.
    async fn redeem_for(&self, site: &Site, command: &Redeem<'_>) -> Result<Token, RedeemError> {
        let now = self.clock.now();
        let format = self.format(site);
        let admitted = site.admit(&command.visitor.origin)?;
        let Some(challenge) = format.open_challenge(site, command.token) else {
            self.visitor_limits().junk(command.visitor, site.id, now).await??;
            return Err(RedeemError::InvalidChallenge);
        };
        let ChallengeFacts { issue, form, parameters } = challenge;
        let redeemable = Redeemable::new(site, issue, admitted, format.reissues(), now)?;
        let solved = self.verify_work(form, parameters, command)?;
        self.take_token(site, command.visitor, redeemable, Work::Solved(solved), now).await
    }

    /// Asks the ledger for a token, and writes it.
    pub(crate) async fn take_token(
        &self,
        site: &Site,
        visitor: &Visitor,
        redeemable: Redeemable,
        work: Work,
        now: UnixMs,
    ) -> Result<Token, RedeemError> {
        let Redeemable { facts, policy, first_allowed, reissues } = redeemable;
        let token_expires_at = now.plus(site.resolved.token_ttl_ms);
        let redemption = LedgerRedemption {
            challenge: facts.id,
            token_expires_at,
            keep_until: keep_until(facts.issued_at, facts.expires_at.max(token_expires_at)),
            first_allowed,
            reissues,
        };
        let redemption = match Redemption::from_ledger(self.stores.tokens.redeem(&redemption, now).await?) {
            Ok(redemption) => redemption,
            Err(refused) => {
                self.visitor_limits().junk(visitor, site.id, now).await??;
                return Err(refused);
            }
        };
        let tools = (site, self.format(site), &*self.entropy);
        mint(policy, work, redemption, facts, token_expires_at, tools).ok_or_else(|| no_key().into())
    }

    fn verify_work(
        &self,
        form: ChallengeForm,
        parameters: Parameters,
        command: &Redeem<'_>,
    ) -> Result<Solved, RedeemError> {
        Ok(match form {
            ChallengeForm::Seeded => {
                portcullis_pow::verify(portcullis_pow::seeded(command.token, parameters), command.solutions)?
            }
            ChallengeForm::Salted => {
                let puzzles = self.salted(command.token, parameters).ok_or(RedeemError::InvalidChallenge)?;
                portcullis_pow::verify(puzzles, command.solutions)?
            }
        })
    }
}

/// A challenge of this site that this visitor may redeem now, if its work was done.
pub(crate) struct Redeemable {
    /// The challenge, with the origin that counts.
    pub(crate) facts: IssueFacts,
    policy: PolicyPassed,
    first_allowed: bool,
    reissues: u8,
}

impl Redeemable {
    /// `reissues` says how often such a challenge may be redeemed again while that is allowed at all.
    pub(crate) fn new(
        site: &Site,
        mut facts: IssueFacts,
        admitted: Admitted,
        reissues: u8,
        now: UnixMs,
    ) -> Result<Self, RedeemError> {
        if facts.site != site.id {
            return Err(RedeemError::WrongSite);
        }
        if facts.bindings.origin.is_some() && facts.bindings.origin != admitted.origin {
            return Err(RedeemError::OriginChanged);
        }
        facts.bindings.origin = admitted.origin;
        let first_allowed = now < facts.expires_at;
        let again_allowed = reissues > 0 && now.since(facts.issued_at) < REDEEM_AGAIN_MS;
        if !first_allowed && !again_allowed {
            return Err(RedeemError::Expired);
        }
        let reissues = if again_allowed { reissues } else { 0 };
        Ok(Self { facts, policy: admitted.policy, first_allowed, reissues })
    }
}

/// Until when the ledger remembers a challenge: as long as it or a token of it can be accepted, and a margin for
/// a clock that is set back.
pub(crate) fn keep_until(issued_at: UnixMs, expires_at: UnixMs) -> UnixMs {
    issued_at.plus(REDEEM_AGAIN_MS).max(expires_at).plus(600_000)
}

/// How long after its issue a challenge whose tokens ran out unspent may be redeemed again: the longest that a
/// form is assumed to lie open between the widget's early solve and the click.
const REDEEM_AGAIN_MS: u64 = 2 * 60 * 60 * 1000;
