//! A flow begins: who comes, to which page, and what is asked first.

use std::sync::Arc;

use portcullis_pow::Parameters;
use portcullis_risk::Vouching;
use portcullis_store::{ChallengeId, FlowId, StoreError, UnixMs};

use super::facts::{FlowFacts, StepFacts};
use super::judge::{Judged, Ladder};
use super::ladder::{Called, LADDER};
use super::verdict::uuid;
use super::{FLOW_KEPT_MS, Flow, FlowError, FlowStep, OpenFlow, PICTURES_MOST, PuzzleKind, Task, expiry};
use crate::entropy::random;
use crate::envelope::{Purpose, no_key};
use crate::limits::{DOUBLINGS_MAX, harder};
use crate::{Engine, Event, Site, StepWork, Visitor};

/// What the next step is to be.
#[derive(Clone, Copy)]
pub(super) struct Next {
    pub(super) rung: u8,
    /// Whether work stands in for whatever the rung shows.
    pub(super) unseen: bool,
    pub(super) misses: u8,
    pub(super) score: u8,
    pub(super) doublings: u8,
    /// What others said of the visitor so far.
    pub(super) vouching: Vouching,
}

impl Engine {
    /// The site whose pages name this public token. That of the plan before counts for as long as a backend's SDK may
    /// keep it.
    #[must_use]
    pub fn site_of_public_token(&self, public_token: &str) -> Option<Arc<Site>> {
        let site = self.directory.snapshot().by_public_token.get(public_token).cloned()?;
        let is_present = site.public_token == public_token;
        let changed = UnixMs(site.settings.plan_changed_ms);
        (is_present || self.clock.now() < changed.plus(PUBLIC_TOKEN_KEPT_MS)).then_some(site)
    }

    /// Begins a flow, or goes on with one that was seen before.
    pub async fn open_flow(&self, command: OpenFlow<'_>) -> Result<Flow, FlowError> {
        let site = command.site.id;
        let outcome = self.open_flow_for(command).await;
        match &outcome {
            Ok(_) => self.tally.count(site, Event::Challenge, ""),
            Err(error) => self.tally.count(site, Event::ChallengeRefused, error.code()),
        }
        outcome
    }

    async fn open_flow_for(&self, command: OpenFlow<'_>) -> Result<Flow, FlowError> {
        let OpenFlow { site, visitor, signals, nonce, mode, puzzles } = command;
        let now = self.clock.now();
        let origin = site.admit(&visitor.origin)?.origin;
        let puzzles = if puzzles.is_empty() { &LADDER[..] } else { puzzles };
        let ladder = Ladder { mode, puzzles };
        let judged = self.judge_coming(site, visitor, signals, ladder, now).await?;
        let name = self.flow_name(site, &nonce);
        let mut facts = FlowFacts {
            id: flow_id(site, name),
            site: site.id,
            visitor: self.network_digest(visitor),
            nonce,
            mode,
            puzzles: puzzles.to_vec(),
            seen: now,
            origin: origin.as_ref().map_or_else(String::new, ToString::to_string),
        };
        facts.seen = self.stores.attempts.begin(facts.row(), now.plus(FLOW_KEPT_MS), now).await?;
        if now >= expiry(facts.seen) {
            return Err(FlowError::Expired);
        }
        let Judged { score, called: Called::Rung { rung, doublings }, busy } = judged else {
            return Err(FlowError::Denied);
        };
        if facts.seen == now {
            // Seen for the first time: whoever posts the same options again and again uses up nobody's month.
            self.count_challenge(site, now).await?;
        }
        self.note_use(site, now);
        let doublings = doublings.max(busy);
        let next = Next { rung, unseen: false, misses: 0, score, doublings, vouching: Vouching::Unasked };
        let step = self.next_step(site, visitor, &facts, next, now).await?;
        let sealed = self.seal(Purpose::Flow, &facts.encode())?;
        Ok(Flow { token: uuid(name), sealed, origin, step })
    }

    /// Asks for the next step. A picture counts against the flow's budget and the visitor's; where one of them is
    /// used up, work stands in for it.
    pub(super) async fn next_step(
        &self,
        site: &Site,
        visitor: &Visitor,
        flow: &FlowFacts,
        next: Next,
        now: UnixMs,
    ) -> Result<FlowStep, FlowError> {
        let place = usize::from(next.rung).checked_sub(1);
        let mut kind = place.and_then(|place| flow.puzzles.get(place)).copied().filter(|_| !next.unseen);
        if kind.is_some_and(PuzzleKind::is_picture)
            && !self.may_see_a_picture(site, visitor, flow, now).await?
        {
            kind = None;
        }
        let stands_in = next.rung > 0 && kind.is_none();
        let extra = STANDING_IN_DOUBLINGS.saturating_add(next.misses);
        // More than what it stands in for, and not as much more as a site under attack asks already: nobody should
        // wait for minutes because of what strangers do.
        let doublings = if stands_in { extra.max(next.doublings + 1) } else { next.doublings };
        let doublings = doublings.min(DOUBLINGS_MAX);
        let facts = StepFacts {
            id: ChallengeId::new(now, random(&*self.entropy)),
            flow: flow.id,
            kind,
            rung: next.rung,
            misses: next.misses,
            score: next.score,
            doublings,
            work: harder(site.resolved.parameters, doublings),
            vouching: next.vouching,
        };
        let id = self.seal(Purpose::FlowStep, &facts.encode())?;
        let work = self.step_work(&id, facts.work)?;
        Ok(FlowStep { task: self.task(&facts), id, work })
    }

    async fn may_see_a_picture(
        &self,
        site: &Site,
        visitor: &Visitor,
        flow: &FlowFacts,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        if self.visitor_limits().picture(visitor, site.id, now).await?.is_err() {
            return Ok(false);
        }
        let attempts = &self.stores.attempts;
        let granted = attempts.attempt(flow.row(), PICTURES_MOST, now.plus(FLOW_KEPT_MS), now).await?;
        Ok(granted.is_some())
    }

    /// What a visitor sees of a step.
    fn task(&self, facts: &StepFacts) -> Task {
        let seed = self.puzzle_seed(facts);
        match facts.kind {
            None => Task::Work,
            Some(PuzzleKind::Checkbox) => Task::Checkbox,
            Some(PuzzleKind::PressHold) => {
                Task::PressHold { hold_ms: portcullis_puzzle::PressHold::new(&seed).hold_ms() }
            }
            Some(PuzzleKind::Slider) => Task::Slider(portcullis_puzzle::Slider::new(&seed).layout()),
            Some(PuzzleKind::Connect) => Task::Connect(portcullis_puzzle::Connect::new(&seed).layout()),
        }
    }

    /// What a step's puzzle follows from.
    pub(super) fn puzzle_seed(&self, facts: &StepFacts) -> portcullis_puzzle::Seed {
        portcullis_puzzle::Seed(self.vault.seed(&facts.id))
    }

    fn step_work(&self, id: &str, parameters: Parameters) -> Result<StepWork, FlowError> {
        let puzzles = self.salted(id, parameters).ok_or_else(no_key)?;
        Ok(StepWork { token: id.to_owned(), puzzles })
    }

    fn seal(&self, purpose: Purpose, content: &[u8]) -> Result<String, FlowError> {
        let snapshot = self.directory.snapshot();
        snapshot.keys.seal(&*self.entropy, purpose, content).ok_or_else(|| no_key().into())
    }
}

/// What the store knows a flow by: a flow of one site is unknown to every other.
pub(super) fn flow_id(site: &Site, name: [u8; 16]) -> FlowId {
    let mut id = [0; 24];
    id[..8].copy_from_slice(&site.id.0[..8]);
    id[8..].copy_from_slice(&name);
    FlowId(id)
}

/// SDKs keep a public token for a day.
const PUBLIC_TOKEN_KEPT_MS: u64 = 25 * 60 * 60 * 1000;

/// How often the work is doubled at least that stands in for what a step shows: from about a second on a phone to about
/// ten.
const STANDING_IN_DOUBLINGS: u8 = 3;
