//! Taking a step: what was asked is what must have been done, by the server's own clock.

use portcullis_pow::Solved;
use portcullis_store::{Redeemed, Redemption, UnixMs};

use super::step::{STEP_PREFIX, StepFacts};
use super::{AssessError, Place, Step, StepKind, StepWork, WorkDone};
use crate::entropy::random;
use crate::envelope::{Purpose, no_key};
use crate::redeem::keep_until;
use crate::{Engine, Mode, Origin, Visitor};
use portcullis_store::ChallengeId;

use super::judge::Judged;

/// Proof that a step was taken, once. Made only here.
pub(super) struct Taken {
    pub(super) challenge_id: String,
    pub(super) mode: Mode,
    _once: Once,
}

/// Proof that the ledger let the step through for the first time.
struct Once;

impl Engine {
    /// Asks for the step that a judgement calls for.
    pub(super) fn ask(
        &self,
        place: &Place<'_>,
        judged: &Judged,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Step, AssessError> {
        let kind = judged.step();
        let facts = StepFacts {
            id: ChallengeId::new(now, random(&*self.entropy)),
            site: place.site.id,
            visitor: self.network_digest(visitor),
            origin: self.origin_mark(place.origin.as_ref()),
            kind,
            hold_ms: if kind == StepKind::PressHold { HOLD_MS } else { 0 },
            non_residential: judged.non_residential,
            score: (judged.assessment.score * 100.0).round() as u8,
            work: judged.work(place.site),
        };
        let snapshot = self.directory.snapshot();
        let name = snapshot.keys.seal(&*self.entropy, Purpose::Step, &facts.encode()).ok_or_else(no_key)?;
        self.written(&facts, &format!("{STEP_PREFIX}{name}")).ok_or_else(|| no_key().into())
    }

    /// Reads a step's name. Answers only the visitor, page and site that it was asked of, and only in time.
    pub(super) fn open_step(
        &self,
        place: &Place<'_>,
        visitor: &Visitor,
        challenge_id: &str,
        now: UnixMs,
    ) -> Result<StepFacts, AssessError> {
        let name = challenge_id.strip_prefix(STEP_PREFIX).ok_or(AssessError::Step)?;
        let bytes = self.directory.snapshot().keys.open(Purpose::Step, name).ok_or(AssessError::Step)?;
        let facts = StepFacts::decode(&bytes).ok_or(AssessError::Step)?;
        let own = facts.site == place.site.id
            && facts.visitor == self.network_digest(visitor)
            && facts.origin == self.origin_mark(place.origin.as_ref())
            && now < facts.expires_at();
        if own { Ok(facts) } else { Err(AssessError::Step) }
    }

    /// Notes that the visitor begins to hold. Only the first time counts.
    pub(super) async fn begin(
        &self,
        place: &Place<'_>,
        visitor: &Visitor,
        challenge_id: &str,
        now: UnixMs,
    ) -> Result<Step, AssessError> {
        let facts = self.open_step(place, visitor, challenge_id, now)?;
        if facts.kind != StepKind::PressHold {
            return Err(AssessError::Step);
        }
        // One step may be begun as often as one likes, so the visitor's beginnings are counted instead.
        self.visitor_limits().junk(visitor, facts.site, now).await??;
        self.stores.attempts.begin(facts.id, facts.expires_at(), now).await?;
        self.written(&facts, challenge_id).ok_or(AssessError::Step)
    }

    /// Judges whether the step was done. The inner error is a hold that was too short, to be tried again.
    pub(super) async fn take(
        &self,
        facts: &StepFacts,
        challenge_id: &str,
        work: Option<WorkDone<'_>>,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<Taken, Step>, AssessError> {
        let solved = match self.solved(facts, challenge_id, work) {
            Ok(solved) => solved,
            Err(error) => {
                self.visitor_limits().junk(visitor, facts.site, now).await??;
                return Err(error);
            }
        };
        if facts.kind == StepKind::PressHold && !self.held(facts, visitor, now).await? {
            let step = self.written(facts, challenge_id).ok_or(AssessError::Step)?;
            return Ok(Err(step));
        }
        let _solved: Option<Solved> = solved;
        let redemption = Redemption {
            challenge: facts.id,
            token_expires_at: now,
            keep_until: keep_until(facts.issued_at(), facts.expires_at()),
            first_allowed: true,
            reissues: 0,
        };
        match self.stores.tokens.redeem(&redemption, now).await? {
            Redeemed::First => Ok(Ok(Taken {
                challenge_id: challenge_id.to_owned(),
                mode: if facts.kind == StepKind::Work { Mode::Passive } else { Mode::Visual },
                _once: Once,
            })),
            Redeemed::Reissued(_)
            | Redeemed::TokenLive
            | Redeemed::TokenSpent
            | Redeemed::Exhausted
            | Redeemed::TooLate => {
                // Work that was paid for once must not ask the store for ever.
                self.visitor_limits().junk(visitor, facts.site, now).await??;
                Err(AssessError::Step)
            }
        }
    }

    /// Whether the button was held for long enough, at an attempt that the budget still allows.
    async fn held(&self, facts: &StepFacts, visitor: &Visitor, now: UnixMs) -> Result<bool, AssessError> {
        let attempt = self.stores.attempts.attempt(facts.id, HOLD_ATTEMPTS, facts.expires_at(), now).await?;
        let Some(attempt) = attempt else {
            self.visitor_limits().junk(visitor, facts.site, now).await??;
            return Err(AssessError::Step);
        };
        Ok(attempt.began_at.is_some_and(|began| now.since(began) >= u64::from(facts.hold_ms)))
    }

    /// The proof of work, where work was asked.
    fn solved(
        &self,
        facts: &StepFacts,
        challenge_id: &str,
        work: Option<WorkDone<'_>>,
    ) -> Result<Option<Solved>, AssessError> {
        let Some(parameters) = facts.work else { return Ok(None) };
        let name = challenge_id.strip_prefix(STEP_PREFIX).ok_or(AssessError::Step)?;
        let work = work.filter(|work| work.token == name).ok_or(AssessError::Work)?;
        let puzzles = self.salted(name, parameters).ok_or(AssessError::Step)?;
        portcullis_pow::verify(puzzles, work.solutions).map(Some).map_err(|_| AssessError::Work)
    }

    fn written(&self, facts: &StepFacts, challenge_id: &str) -> Option<Step> {
        let name = challenge_id.strip_prefix(STEP_PREFIX)?;
        let work = match facts.work {
            Some(parameters) => {
                Some(StepWork { token: name.to_owned(), puzzles: self.salted(name, parameters)? })
            }
            None => None,
        };
        Some(Step {
            challenge_id: challenge_id.to_owned(),
            kind: facts.kind,
            hold_ms: facts.hold_ms,
            non_residential: facts.non_residential,
            work,
        })
    }

    fn origin_mark(&self, origin: Option<&Origin>) -> [u8; 8] {
        // No network has a mark that begins so: those are of sixteen bytes.
        self.vault.visitor(&[b"origin ", origin.map_or("", Origin::as_str).as_bytes()].concat())
    }
}

/// How long a button is held: long enough that a page full of forms is no fun for a script, short enough for a hand.
const HOLD_MS: u32 = 1500;

/// How often a hold may be tried on one step.
const HOLD_ATTEMPTS: u32 = 5;
