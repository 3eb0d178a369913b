//! What the page sends about its step: an answer to it, its beginning, or the wish for another way.

use portcullis_engine::StepAnswer;
use portcullis_engine::risk::Signals;
use serde::Deserialize;

use super::body::{AtMost, BodyError, object, text};
use crate::puzzles::SOLUTIONS_MAX;
use crate::telemetry::{SentBehavior, SentFingerprint, SentMotion, SentSignals};

/// `POST /challenge/answer`: a step was taken.
pub struct PostedAnswer {
    /// The flow, as the page was given it.
    pub flow: String,
    /// The step, as the page was given it.
    pub step: String,
    /// One nonce per puzzle of the step's work.
    pub solutions: Vec<u64>,
    /// What the visitor showed while at it, with what only the server knows left out.
    pub signals: Signals,
    /// What Turnstile's widget gave the page.
    pub turnstile: Option<String>,
    act: Act,
}

/// What was done with the picture.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    Nothing,
    Travel(f64),
    Pairs(Vec<(u8, u8)>),
}

impl PostedAnswer {
    /// Reads the body. Other fields are ignored.
    ///
    /// # Errors
    ///
    /// See [`BodyError`].
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        #[derive(Deserialize)]
        struct Sent {
            flow: Option<String>,
            step: Option<String>,
            solutions: Option<AtMost<u64, SOLUTIONS_MAX>>,
            answer: Option<SentAct>,
            fingerprint: Option<SentFingerprint>,
            motion: Option<SentMotion>,
            behavior: Option<SentBehavior>,
            turnstile: Option<String>,
        }
        let sent: Sent = object(body)?;
        let Sent { fingerprint, motion, behavior, .. } = sent;
        let solutions = sent.solutions.map(|solutions| solutions.0);
        let solutions = solutions.filter(|all| all.iter().all(|solution| *solution <= SOLUTION_MAX));
        let signals = SentSignals { fingerprint, motion, behavior }.sound();
        Ok(Self {
            flow: text(sent.flow, "flow", NAME_MAX)?,
            step: text(sent.step, "step", NAME_MAX)?,
            solutions: solutions.ok_or(BodyError::Field("solutions"))?,
            act: sent.answer.unwrap_or_default().act()?,
            signals: signals.ok_or(BodyError::Field("behavior"))?,
            turnstile: match sent.turnstile {
                None => None,
                given => Some(text(given, "turnstile", TURNSTILE_MAX)?),
            },
        })
    }

    /// What was done with the picture, for the engine to judge.
    #[must_use]
    pub fn answer(&self) -> StepAnswer<'_> {
        match &self.act {
            Act::Nothing => StepAnswer::Nothing,
            Act::Travel(travel) => StepAnswer::Travel(*travel),
            Act::Pairs(pairs) => StepAnswer::Pairs(pairs),
        }
    }
}

impl std::fmt::Debug for PostedAnswer {
    /// Leaves the flow and the step out: who has them can answer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostedAnswer")
            .field("solutions", &self.solutions.len())
            .field("act", &self.act)
            .finish_non_exhaustive()
    }
}

/// `POST /challenge/begin` and `POST /challenge/alternative`: a step is named.
pub struct PostedStep {
    /// The flow, as the page was given it.
    pub flow: String,
    /// The step, as the page was given it.
    pub step: String,
}

impl PostedStep {
    /// Reads the body. Other fields are ignored.
    ///
    /// # Errors
    ///
    /// See [`BodyError`].
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        #[derive(Deserialize)]
        struct Sent {
            flow: Option<String>,
            step: Option<String>,
        }
        let sent: Sent = object(body)?;
        Ok(Self { flow: text(sent.flow, "flow", NAME_MAX)?, step: text(sent.step, "step", NAME_MAX)? })
    }
}

impl std::fmt::Debug for PostedStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostedStep").finish_non_exhaustive()
    }
}

#[derive(Default, Deserialize)]
struct SentAct {
    travel: Option<f64>,
    pairs: Option<AtMost<(u8, u8), PAIRS_MAX>>,
}

impl SentAct {
    fn act(self) -> Result<Act, BodyError> {
        match (self.travel, self.pairs) {
            (None, None) => Ok(Act::Nothing),
            (Some(travel), None) if (0.0..=1.0).contains(&travel) => Ok(Act::Travel(travel)),
            (None, Some(pairs)) => Ok(Act::Pairs(pairs.0)),
            (Some(_), _) => Err(BodyError::Field("answer")),
        }
    }
}

/// The longest name of a flow or a step, in bytes. Ours have some hundred.
pub(super) const NAME_MAX: usize = 4096;
/// The largest integer that JavaScript keeps exactly, and beyond which no solver looks.
const SOLUTION_MAX: u64 = 1 << 53;
/// Pairs that an answer may join.
const PAIRS_MAX: usize = 16;
/// The longest token that Turnstile's documents allow.
const TURNSTILE_MAX: usize = 2048;
