//! A step is answered: first the work, then the ledger, then the puzzle; and the visitor is judged again.

use std::sync::Arc;

use portcullis_pow::Solved;
use portcullis_puzzle::{Checkbox, Connect, Grade, PressHold, Slider};
use portcullis_risk::Signals;
use portcullis_store::UnixMs;

use super::facts::{FlowFacts, StepFacts};
use super::judge::{Judged, Ladder};
use super::ladder::Called;
use super::open::Next;
use super::{
    AnswerFlow, FLOW_KEPT_MS, FlowError, FlowOutcome, FlowStep, PuzzleKind, StepAnswer, StepReason, expiry,
};
use crate::admission::PolicyPassed;
use crate::envelope::Purpose;
use crate::{ClaimedOrigin, Engine, Event, Site, Visitor};

/// Proof that a step's puzzle was solved, or that there was none. Made only here.
pub(super) struct Met(());

/// Everything that a flow is completed with.
pub(super) struct Proofs {
    pub(super) policy: PolicyPassed,
    pub(super) work: Solved,
    pub(super) met: Met,
}

/// A flow and a step, read and found to belong together, to this visitor and to this moment.
pub(super) struct UnderWay {
    pub(super) site: Arc<Site>,
    pub(super) policy: PolicyPassed,
    pub(super) flow: FlowFacts,
    pub(super) step: StepFacts,
}

/// What an answer is worth.
enum Graded {
    Right(Met),
    Wrong,
    /// A button that was not held for long enough yet.
    Waiting,
}

impl Engine {
    /// Judges an answer.
    pub async fn answer_flow(&self, command: AnswerFlow<'_>) -> Result<FlowOutcome, FlowError> {
        let now = self.clock.now();
        let under_way = self.under_way(command.visitor, command.flow, command.step, now)?;
        let site = under_way.site.id;
        let outcome = self.answer_under_way(under_way, command, now).await;
        match &outcome {
            Ok(FlowOutcome::Complete(_)) => self.tally.count(site, Event::Redeem, ""),
            Ok(FlowOutcome::Step(_, StepReason::Wrong)) => {
                self.tally.count(site, Event::RedeemFailed, "wrong_answer");
            }
            Ok(FlowOutcome::Denied) => self.tally.count(site, Event::RedeemFailed, "denied"),
            Ok(FlowOutcome::Step(..) | FlowOutcome::Waiting) => {}
            Err(error) => self.tally.count(site, Event::RedeemFailed, error.code()),
        }
        outcome
    }

    async fn answer_under_way(
        &self,
        under_way: UnderWay,
        command: AnswerFlow<'_>,
        now: UnixMs,
    ) -> Result<FlowOutcome, FlowError> {
        let UnderWay { site, policy, flow, step } = under_way;
        let visitor = command.visitor;
        let work = self.step_solved(&step, command.step, command.solutions);
        if work.is_err() {
            self.visitor_limits().junk(visitor, site.id, now).await??;
        }
        let work = work?;
        let graded = self.grade(&step, command.answer, now).await;
        if matches!(graded, Err(FlowError::Answered)) {
            // Work that was paid for once must not ask the store for ever.
            self.visitor_limits().junk(visitor, site.id, now).await??;
        }
        let graded = graded?;
        let ladder = Ladder { mode: flow.mode, puzzles: &flow.puzzles };
        let vouching = match graded {
            Graded::Waiting => step.vouching,
            Graded::Right(_) | Graded::Wrong => {
                self.vouching(&site, visitor, (&flow, &step), command.turnstile, now).await?
            }
        };
        let signals = Signals { second_opinion: vouching, ..command.signals };
        let judged = self.judge_answer(&site, visitor, signals, ladder, (step.score, now));
        let Judged { score, called: Called::Rung { rung, doublings }, busy } = judged else {
            return Ok(FlowOutcome::Denied);
        };
        let (rung, misses, score, reason) = match graded {
            Graded::Waiting => return Ok(FlowOutcome::Waiting),
            Graded::Right(met) if rung <= step.rung && doublings <= step.doublings => {
                let proofs = Proofs { policy, work, met };
                return self.complete(site, &flow, score, proofs, now).await;
            }
            Graded::Right(_) => (rung, step.misses, score, StepReason::More),
            Graded::Wrong => {
                let misses = step.misses.saturating_add(1);
                (rung, misses, score.saturating_add(MISS_HUNDREDTHS).min(100), StepReason::Wrong)
            }
        };
        // Whoever took the other way once is not sent back to a picture.
        let unseen = step.rung > 0 && step.kind.is_none();
        let rung = rung.max(step.rung);
        let next = Next { rung, unseen, misses, score, doublings: doublings.max(busy), vouching };
        let step = self.next_step(&site, visitor, &flow, next, now).await?;
        Ok(FlowOutcome::Step(Box::new(step), reason))
    }

    /// Asks for work in place of what the step shows.
    pub async fn flow_alternative(
        &self,
        visitor: &Visitor,
        flow: &str,
        step: &str,
    ) -> Result<FlowStep, FlowError> {
        let now = self.clock.now();
        let UnderWay { site, flow, step, .. } = self.under_way(visitor, flow, step, now)?;
        if step.kind.is_none() {
            return Err(FlowError::Mismatch);
        }
        // It costs no work to ask, and making the work up costs us.
        self.visitor_limits().junk(visitor, site.id, now).await??;
        let StepFacts { rung, misses, score, doublings, vouching, .. } = step;
        let next = Next { rung, unseen: true, misses, score, doublings, vouching };
        self.next_step(&site, visitor, &flow, next, now).await
    }

    /// Notes that a button begins to be held. Only the first time counts.
    pub async fn begin_flow_step(&self, visitor: &Visitor, flow: &str, step: &str) -> Result<(), FlowError> {
        let now = self.clock.now();
        let UnderWay { site, step, .. } = self.under_way(visitor, flow, step, now)?;
        if step.kind != Some(PuzzleKind::PressHold) {
            return Err(FlowError::Mismatch);
        }
        // One step may be begun as often as one likes, so the visitor's beginnings are counted instead.
        self.visitor_limits().junk(visitor, site.id, now).await??;
        self.stores.attempts.begin(step.id, step.keep_until(), now).await?;
        Ok(())
    }

    /// Reads a flow and a step. Answers only the visitor and page that they were made for, and only in time.
    fn under_way(
        &self,
        visitor: &Visitor,
        flow: &str,
        step: &str,
        now: UnixMs,
    ) -> Result<UnderWay, FlowError> {
        let snapshot = self.directory.snapshot();
        let read = |purpose, text| snapshot.keys.open(purpose, text).ok_or(FlowError::Foreign);
        let flow = FlowFacts::decode(&read(Purpose::Flow, flow)?).ok_or(FlowError::Foreign)?;
        let step = StepFacts::decode(&read(Purpose::FlowStep, step)?).ok_or(FlowError::Foreign)?;
        let site = snapshot.by_id.get(&flow.site).cloned().ok_or(FlowError::Foreign)?;
        if step.flow != flow.id || flow.visitor != self.network_digest(visitor) {
            return Err(FlowError::Foreign);
        }
        if now >= expiry(flow.seen) {
            return Err(FlowError::Expired);
        }
        let claimed = match flow.origin.as_str() {
            "" => ClaimedOrigin::Absent,
            origin => ClaimedOrigin::Stated(origin.parse().map_err(|_| FlowError::Foreign)?),
        };
        let policy = site.admit(&claimed)?.policy;
        Ok(UnderWay { site, policy, flow, step })
    }

    fn step_solved(&self, step: &StepFacts, name: &str, solutions: &[u64]) -> Result<Solved, FlowError> {
        let puzzles = self.salted(name, step.work).ok_or(FlowError::Foreign)?;
        portcullis_pow::verify(puzzles, solutions).map_err(|_| FlowError::Work)
    }

    /// Grades what was done with the picture. A step is answered once (a button may be held several times), and that
    /// is noted before the answer is looked at: the visitor is judged with every answer, and otherwise work that was
    /// done once would buy as many judgements as it takes.
    async fn grade(
        &self,
        step: &StepFacts,
        answer: StepAnswer<'_>,
        now: UnixMs,
    ) -> Result<Graded, FlowError> {
        let seed = self.puzzle_seed(step);
        let grade = match (step.kind, answer) {
            (None, StepAnswer::Nothing) => {
                self.used(step, 1, now).await?;
                Grade::Right
            }
            (Some(PuzzleKind::Checkbox), StepAnswer::Nothing) => {
                self.used(step, 1, now).await?;
                Checkbox.grade(now.since(step.issued_at()))
            }
            (Some(PuzzleKind::PressHold), StepAnswer::Nothing) => {
                let held = self.used(step, HOLDS_MOST, now).await?;
                match held.map_or(Grade::Wrong, |held| PressHold::new(&seed).grade(held)) {
                    Grade::Right => Grade::Right,
                    Grade::Wrong => return Ok(Graded::Waiting),
                }
            }
            (Some(PuzzleKind::Slider), StepAnswer::Travel(travel)) => match self.used(step, 1, now).await? {
                Some(looked) if looked >= LOOK_LEAST_MS => Slider::new(&seed).grade(travel),
                _ => Grade::Wrong,
            },
            (Some(PuzzleKind::Connect), StepAnswer::Pairs(pairs)) => match self.used(step, 1, now).await? {
                Some(looked) if looked >= LOOK_LEAST_MS => Connect::new(&seed).grade(pairs),
                _ => Grade::Wrong,
            },
            _ => return Err(FlowError::Mismatch),
        };
        Ok(match grade {
            Grade::Right => Graded::Right(Met(())),
            Grade::Wrong => Graded::Wrong,
        })
    }

    /// Uses up one of a step's `most` answers. Answers how many milliseconds ago the step began; absent where it
    /// never did.
    async fn used(&self, step: &StepFacts, most: u32, now: UnixMs) -> Result<Option<u64>, FlowError> {
        let attempt = self.stores.attempts.attempt(step.id, most, step.keep_until(), now).await?;
        let attempt = attempt.ok_or(FlowError::Answered)?;
        Ok(attempt.began_at.map(|began| now.since(began)))
    }
}

impl StepFacts {
    /// Until when the ledger remembers the step: beyond the end of its flow.
    pub(super) fn keep_until(&self) -> UnixMs {
        self.issued_at().plus(FLOW_KEPT_MS)
    }
}

/// How often a button may be held on one step.
const HOLDS_MOST: u32 = 5;

/// How long a picture must have been about before it is answered. Nobody sees, decides and moves in less.
const LOOK_LEAST_MS: u64 = 700;

/// How much a wrong answer adds to the score.
const MISS_HUNDREDTHS: u8 = 5;
