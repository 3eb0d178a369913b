//! Challenges whose form and work another protocol sets.
//!
//! Such a challenge is written and checked by its door, since only the door knows how. What the engine gives it is a
//! *name*: the same facts that any challenge of ours carries, sealed under a purpose of their own. The name travels
//! inside the challenge and comes back with the work. So the rules on sites, origins, limits, expiry and single use
//! are the ordinary ones, and nothing is kept for a challenge that nobody solves.
//!
//! Work comes back in one of two ways: a browser redeems it for a token ([`Engine::redeem_foreign`]), or it travels
//! in the page's form and the site's backend verifies it ([`Engine::verify_foreign`]). Of one challenge one of them
//! succeeds, once.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use portcullis_store::{Redeemed as LedgerRedeemed, Redemption, StoreError, UnixMs};

use crate::envelope::{Purpose, no_key};
use crate::facts::IssueFacts;
use crate::foreign_work::{DoneElsewhere, ForeignWork, Looked, NotDone};
use crate::issue::Grant;
use crate::limits::RateLimited;
use crate::mint::Work;
use crate::redeem::{Redeemable, keep_until};
use crate::{
    Engine, Event, Issue, IssueError, Parameters, RedeemError, Site, SiteDefaults, SiteverifyError, Token,
    Verdict, Visitor,
};

/// What a door writes a challenge from.
#[derive(Clone)]
pub struct ForeignChallenge {
    /// Comes back with the work: up to 1000 characters of URL-safe base64.
    pub name: String,
    /// How often the ordinary work is doubled, or halved where this is below zero: up to 4 times either way for the
    /// site's own number of puzzles and their difficulty, and up to 8 times more for the visitor.
    pub doublings: i8,
    /// From when on it is too late.
    pub expires_at: UnixMs,
    /// The site, whose secret may sign the challenge.
    pub site: Arc<Site>,
}

impl fmt::Debug for ForeignChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForeignChallenge")
            .field("doublings", &self.doublings)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A browser's work.
#[derive(Clone, Copy)]
pub struct RedeemForeign<'a> {
    /// The site that the browser names. What the challenge says of its site is no substitute: whoever asks would take
    /// the work of any site for its own.
    pub site_key: &'a str,
    /// Who asks.
    pub visitor: &'a Visitor,
    /// The work.
    pub work: &'a dyn ForeignWork,
}

/// What a browser's work is worth.
#[derive(Debug)]
pub struct Redeemed {
    /// A token as any other: siteverify takes it, once.
    pub token: Token,
    /// What siteverify will say of it.
    pub verdict: Verdict,
}

/// A backend's question about work that came with a form.
#[derive(Clone, Copy)]
pub struct VerifyForeign<'a> {
    /// The site's secret key; absent where the request had none.
    pub secret: Option<&'a str>,
    /// The work.
    pub work: &'a dyn ForeignWork,
    /// The address from which the backend received the form, where it says.
    pub remote_ip: Option<IpAddr>,
    /// Who asks: the backend, not the visitor.
    pub caller: &'a Visitor,
}

/// Why there is no token for work.
#[derive(Debug, thiserror::Error)]
pub enum ForeignRedeemError {
    /// As for any challenge.
    #[error(transparent)]
    Redeem(#[from] RedeemError),
    /// The work does not count.
    #[error(transparent)]
    Work(#[from] NotDone),
}

impl ForeignRedeemError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Redeem(error) => error.code(),
            Self::Work(not_done) => not_done.code(),
        }
    }
}

impl From<StoreError> for ForeignRedeemError {
    fn from(error: StoreError) -> Self {
        Self::Redeem(error.into())
    }
}

impl From<RateLimited> for ForeignRedeemError {
    fn from(refused: RateLimited) -> Self {
        Self::Redeem(refused.into())
    }
}

/// Why work is not accepted for a form.
#[derive(Debug, thiserror::Error)]
pub enum ForeignVerifyError {
    /// As for any token.
    #[error(transparent)]
    Verify(#[from] SiteverifyError),
    /// The work does not count.
    #[error(transparent)]
    Work(#[from] NotDone),
}

impl ForeignVerifyError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Verify(error) => error.code(),
            Self::Work(not_done) => not_done.code(),
        }
    }
}

impl Engine {
    /// Names a challenge that a door is to write, by the rules of [`Engine::issue`]. Where it `is_dear`, writing it
    /// takes some hundredths of a second: one visitor has 60 such a minute on all sites together, and a site has 600.
    ///
    /// It expires no later than a token that is earned with it at once: what a browser got for its work must not run out
    /// while its widget, which watches the challenge, still shows that it is good.
    pub async fn issue_foreign(
        &self,
        command: Issue<'_>,
        is_dear: bool,
    ) -> Result<ForeignChallenge, IssueError> {
        let site = self.site_or_default(command.site_key).ok_or(IssueError::UnknownSite)?;
        let outcome = self.name_foreign(&site, &command, is_dear).await;
        self.count_issue(&site, outcome)
    }

    async fn name_foreign(
        &self,
        site: &Arc<Site>,
        command: &Issue<'_>,
        is_dear: bool,
    ) -> Result<ForeignChallenge, IssueError> {
        let Grant { mut facts, doublings } = self.grant(site, command).await?;
        facts.expires_at = facts.expires_at.min(facts.issued_at.plus(site.resolved.token_ttl_ms));
        if is_dear {
            self.visitor_limits().dear_challenge(command.visitor, site.id, facts.issued_at).await??;
        }
        let snapshot = self.directory.snapshot();
        let sealed = snapshot.keys.seal(&*self.entropy, Purpose::ForeignChallenge, &facts.encode());
        let name = sealed.ok_or_else(no_key)?;
        // Eight at most, so they fit.
        let doublings = own_doublings(site.resolved.parameters).saturating_add_unsigned(doublings);
        Ok(ForeignChallenge { name, doublings, expires_at: facts.expires_at, site: site.clone() })
    }

    /// Judges a browser's work and, where everything holds, gives a token.
    pub async fn redeem_foreign(&self, command: RedeemForeign<'_>) -> Result<Redeemed, ForeignRedeemError> {
        let site = self.site(command.site_key).ok_or(RedeemError::UnknownSite)?;
        let outcome = self.redeem_foreign_for(&site, &command).await;
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Redeem, ""),
            Err(error) => self.tally.count(site.id, Event::RedeemFailed, error.code()),
        }
        outcome
    }

    /// In the order of what a check costs, as every redeem.
    async fn redeem_foreign_for(
        &self,
        site: &Site,
        command: &RedeemForeign<'_>,
    ) -> Result<Redeemed, ForeignRedeemError> {
        let RedeemForeign { visitor, work, .. } = *command;
        let now = self.clock.now();
        let admitted = site.admit(&visitor.origin).map_err(RedeemError::Origin)?;
        let Some(facts) = self.open_foreign(work.name()) else {
            self.visitor_limits().junk(visitor, site.id, now).await??;
            return Err(RedeemError::InvalidChallenge.into());
        };
        let redeemable = Redeemable::new(site, facts, admitted, REISSUES, now)?;
        let done = self.check_foreign(work, site, &redeemable.facts, now).await??;
        let verdict = self.verdict(site, redeemable.facts.issued_at, &redeemable.facts.bindings, None);
        let token = self.take_token(site, visitor, redeemable, Work::DoneElsewhere(done), now).await?;
        Ok(Redeemed { token, verdict })
    }

    /// Verifies work for the site's backend, and uses its challenge up. Of any number of calls at once, and of a
    /// browser that redeems meanwhile, one is answered with success.
    pub async fn verify_foreign(&self, command: VerifyForeign<'_>) -> Result<Verdict, ForeignVerifyError> {
        let now = self.clock.now();
        let site = self.authenticate(command.secret, command.caller, now).await?;
        let outcome = self.verify_foreign_for(&site, &command, now).await;
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Verify, ""),
            Err(error) => self.tally.count(site.id, Event::VerifyFailed, error.code()),
        }
        outcome
    }

    /// Nothing is counted against the caller: it is the backend, which passes on what all of its visitors send.
    async fn verify_foreign_for(
        &self,
        site: &Site,
        command: &VerifyForeign<'_>,
        now: UnixMs,
    ) -> Result<Verdict, ForeignVerifyError> {
        let facts = self.open_foreign(command.work.name()).filter(|facts| facts.site == site.id);
        let facts = facts.ok_or(SiteverifyError::InvalidResponse)?;
        self.note_use(site, now);
        if now >= facts.expires_at {
            return Err(SiteverifyError::Expired.into());
        }
        let checked = self.check_foreign(command.work, site, &facts, now).await;
        let _done: DoneElsewhere = checked.map_err(SiteverifyError::Unavailable)??;
        // Taken out for a token that is never written. To spend such a token would not do: that also succeeds where a
        // browser holds it.
        let redemption = Redemption {
            challenge: facts.id,
            token_expires_at: now,
            keep_until: keep_until(facts.issued_at, facts.expires_at),
            first_allowed: true,
            reissues: REISSUES,
        };
        match self.stores.tokens.redeem(&redemption, now).await.map_err(SiteverifyError::Unavailable)? {
            LedgerRedeemed::First => {
                Ok(self.verdict(site, facts.issued_at, &facts.bindings, command.remote_ip))
            }
            LedgerRedeemed::TooLate => Err(SiteverifyError::Expired.into()),
            LedgerRedeemed::Reissued(_)
            | LedgerRedeemed::TokenLive
            | LedgerRedeemed::TokenSpent
            | LedgerRedeemed::Exhausted => Err(SiteverifyError::AlreadySpent.into()),
        }
    }

    /// Checks work. What is dear to check is begun so often for one challenge and no more, whoever asks and however
    /// many ask at once: the attempt is taken before it begins. So whatever work a visitor hands in costs no more than
    /// the challenges that it was given, which are counted. Whoever has to wait in vain has used an attempt as well.
    async fn check_foreign(
        &self,
        work: &dyn ForeignWork,
        site: &Site,
        facts: &IssueFacts,
        now: UnixMs,
    ) -> Result<Result<DoneElsewhere, NotDone>, StoreError> {
        let dear = match work.look(site, now) {
            Ok(Looked::Done(done)) => return Ok(Ok(done)),
            Ok(Looked::Dear(dear)) => dear,
            Err(not_done) => return Ok(Err(not_done)),
        };
        let attempts = &self.stores.attempts;
        match attempts.attempt(facts.id, CHECKS_MOST, facts.expires_at, now).await? {
            Some(_) => Ok(dear.await),
            None => Ok(Err(NotDone::Exhausted)),
        }
    }

    /// Counts a verification that a door refused before it asked.
    pub fn note_not_done(&self, site: &Site, why: NotDone) {
        self.tally.count(site.id, Event::VerifyFailed, why.code());
    }

    fn open_foreign(&self, name: &str) -> Option<IssueFacts> {
        let opened = self.directory.snapshot().keys.open(Purpose::ForeignChallenge, name)?;
        IssueFacts::decode(&opened)
    }
}

/// How many doublings a site's own puzzles are away from the ordinary ones, to the nearest, and at most four either way:
/// what a site asks at its other doors says what it wants, but each protocol has its own bounds.
fn own_doublings(own: Parameters) -> i8 {
    let work = |count: u32, difficulty: u32| f64::from(count).log2() + 4.0 * f64::from(difficulty);
    let ordinary = SiteDefaults::default();
    let more = work(own.count().into(), own.difficulty().into()) - work(ordinary.count, ordinary.difficulty);
    // Within its bounds it is a small integer.
    more.round().clamp(-4.0, 4.0) as i8
}

/// A challenge is good once: widgets of other protocols fetch another when a token runs out.
const REISSUES: u8 = 0;

/// How often the work of one challenge is checked where that is dear: a browser that hands it in, a backend that asks
/// for it again because an answer was lost, and once more.
const CHECKS_MOST: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sites_own_puzzles_count_for_doublings() {
        for (count, difficulty, expected) in [
            (50, 4, 0),
            (60, 4, 0),
            (80, 4, 1),
            (100, 4, 1),
            (25, 4, -1),
            (50, 5, 4),
            (50, 3, -4),
            (400, 3, -1),
            (500, 8, 4),
            (1, 1, -4),
        ] {
            let own = Parameters::new(count, 32, difficulty).unwrap();
            assert_eq!(own_doublings(own), expected, "{count} of {difficulty}");
        }
    }
}
