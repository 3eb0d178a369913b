//! Flows: from what a site's backend asked for, through as many steps as the risk calls for, to a verdict that the
//! backend fetches once.
//!
//! A flow is its nonce: however often the same encrypted options are posted, they are the same flow. What it is and
//! which step comes next is carried, sealed, by the page. The store knows three things of a flow: when it was first
//! seen, how many pictures it was shown, and its verdict. Of a step it knows whether it was answered.
//!
//! Every step carries work, and is answered once. A picture is friction and not proof: three of them belong to a flow,
//! and whoever cannot use one takes heavier work in its place.

use std::sync::Arc;

use portcullis_puzzle::{ConnectLayout, SliderLayout};
use portcullis_risk::Signals;
use portcullis_store::StoreError;

use crate::limits::RateLimited;
use crate::{Origin, OriginRefused, Site, StepWork, UnixMs, Visitor};

pub use facts::PuzzleKind;
pub use picture::{Drawing, Picture, PictureOf, PicturePart, PuzzleAnswer};
pub use quota::LogInError;
pub use verdict::{ConsumeError, FlowVerdict};

mod answer;
mod facts;
mod judge;
mod ladder;
mod open;
mod opinion;
mod picture;
mod quota;
mod verdict;

/// How much of the ladder a flow may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowMode {
    /// As the risk calls for.
    Auto,
    /// Work alone, unseen. A denial ends the flow.
    Hidden,
    /// The first puzzle of the list at least.
    Puzzle,
}

/// A visitor comes with what a site's backend asked for.
pub struct OpenFlow<'a> {
    /// The site.
    pub site: &'a Site,
    /// Who comes.
    pub visitor: &'a Visitor,
    /// What it shows. Headers, address, history and what follows from others' visits are filled in here.
    pub signals: Signals,
    /// The backend's nonce.
    pub nonce: [u8; 32],
    /// How much of the ladder.
    pub mode: FlowMode,
    /// Its puzzles, easiest first, none twice; empty for all of them.
    pub puzzles: &'a [PuzzleKind],
}

/// A visitor's answer to a step.
pub struct AnswerFlow<'a> {
    /// Who answers.
    pub visitor: &'a Visitor,
    /// The flow, as it was given.
    pub flow: &'a str,
    /// The step, as it was given.
    pub step: &'a str,
    /// One nonce per puzzle of the step's work.
    pub solutions: &'a [u64],
    /// What was done with the picture.
    pub answer: StepAnswer<'a>,
    /// What the visitor showed while at it.
    pub signals: Signals,
    /// The token that Turnstile gave the visitor.
    pub turnstile: Option<&'a str>,
}

/// What was done with a step's picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepAnswer<'a> {
    /// There was nothing to do but the work, or a box was ticked, or a button held.
    Nothing,
    /// How far the handle was moved, 0 to 1.
    Travel(f64),
    /// The places that were joined.
    Pairs(&'a [(u8, u8)]),
}

/// A flow under way.
pub struct Flow {
    /// What names the flow for the site's backend: a UUID.
    pub token: String,
    /// What must come back with every answer.
    pub sealed: String,
    /// The page's origin; absent where the request named none.
    pub origin: Option<Origin>,
    /// What to do first.
    pub step: FlowStep,
}

/// What to do next.
pub struct FlowStep {
    /// What must come back with the answer.
    pub id: String,
    /// What is to be done.
    pub task: Task,
    /// The work that goes with it.
    pub work: StepWork,
}

/// What a visitor sees of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Nothing.
    Work,
    /// A box to tick.
    Checkbox,
    /// A button to hold.
    PressHold {
        /// For how many milliseconds.
        hold_ms: u32,
    },
    /// A piece of a picture to put in its place.
    Slider(SliderLayout),
    /// Places in a picture to join.
    Connect(ConnectLayout),
}

/// What became of an answer.
pub enum FlowOutcome {
    /// The flow is complete. This is said once.
    Complete(Box<Completed>),
    /// Another step.
    Step(Box<FlowStep>, StepReason),
    /// The button was not held for long enough yet.
    Waiting,
    /// Nothing that this visitor could do would help.
    Denied,
}

/// Why there is another step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepReason {
    /// The risk calls for more.
    More,
    /// The answer was wrong.
    Wrong,
    /// The visitor asked for another way.
    Alternative,
}

impl StepReason {
    /// A stable word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::More => "more",
            Self::Wrong => "wrong",
            Self::Alternative => "alternative",
        }
    }
}

/// A flow that is complete, to be signed.
pub struct Completed {
    /// The site whose keys sign it.
    pub site: Arc<Site>,
    /// The flow's UUID.
    pub token: String,
    /// The backend's nonce.
    pub nonce: [u8; 32],
    /// The verdict, the same that the backend fetches.
    pub verdict: FlowVerdict,
}

/// Why a flow does not go on.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The page may not use this site.
    #[error(transparent)]
    Origin(#[from] OriginRefused),
    /// The flow or the step was not made here, or for another visitor, page or site.
    #[error("this step was not asked of this page")]
    Foreign,
    /// The flow was first seen more than 20 minutes ago, or the step was.
    #[error("this challenge has expired")]
    Expired,
    /// The flow was completed, or its step answered, before.
    #[error("this challenge was answered before")]
    Answered,
    /// The solutions are not those of the step's puzzles.
    #[error("the work is not solved")]
    Work,
    /// The answer is not of the kind that the step asks for.
    #[error("this is no answer to this step")]
    Mismatch,
    /// Nothing that this visitor could do would help.
    #[error("this visitor is denied")]
    Denied,
    /// The site's plan allows no more challenges this month.
    #[error("the site's plan allows no more challenges this month")]
    Quota,
    /// Too many requests of one visitor.
    #[error("too many requests from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl FlowError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin(_) => "origin_refused",
            Self::Foreign => "invalid_step",
            Self::Expired => "expired",
            Self::Answered => "already_answered",
            Self::Work => "invalid_solution",
            Self::Mismatch => "invalid_answer",
            Self::Denied => "denied",
            Self::Quota => "quota_exceeded",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RateLimited> for FlowError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

/// How long a flow lives from the moment that it was first seen: 20 minutes, as the protocol says.
const FLOW_LIFE_MS: u64 = 20 * 60 * 1000;

/// How long what is known of a flow is kept, from when it was first seen or was shown a picture.
const FLOW_KEPT_MS: u64 = 2 * 60 * 60 * 1000;

/// How many pictures a flow is shown.
const PICTURES_MOST: u32 = 3;

/// When a flow that was first seen at `seen` expires.
const fn expiry(seen: UnixMs) -> UnixMs {
    UnixMs(seen.0.saturating_add(FLOW_LIFE_MS))
}
