//! What the challenge page reads: the document that it is served with, and the answers to its calls.

use portcullis_engine::{FlowStep, StepReason, Task};
use serde::Serialize;

use super::refusal::Outcome;
use super::{Colours, Message, Theme};
use crate::puzzles::Puzzles;

/// The document in the page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    /// Where messages go; absent where nobody knows who is around the frame.
    pub(super) parent_origin: Option<String>,
    /// What the backend asked for; absent for the visitor's own. So is the theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) theme: Option<Theme>,
    pub(super) colours: &'a Colours,
    #[serde(flatten)]
    pub(super) content: Content,
}

/// What there is to do.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content {
    /// A flow.
    Flow(Box<Opening>),
    /// Nothing.
    Stop(Stop),
}

/// A flow and its first step.
#[derive(Serialize)]
pub(super) struct Opening {
    pub(super) handshake: Message,
    pub(super) flow: String,
    pub(super) step: Step,
    /// Whether the page is to ask for Cloudflare's opinion.
    pub(super) turnstile: bool,
}

/// Why nothing is asked, in the words of an answer.
#[derive(Serialize)]
pub(super) struct Stop {
    pub(super) outcome: Outcome,
    pub(super) reason: &'static str,
    /// The same in a sentence, for the site's owner.
    pub(super) message: String,
}

/// An answer to a call of the page.
#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub(super) enum Answer {
    Complete { message: Message },
    Step { step: Box<Step>, reason: &'static str },
    Waiting,
    Denied,
    Reload { reason: &'static str },
}

impl Answer {
    pub(super) fn step(step: FlowStep, reason: StepReason) -> Self {
        Self::Step { step: Box::new(Step::new(step)), reason: reason.code() }
    }
}

/// A step as the page shows it. Lengths are CSS pixels.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    id: String,
    #[serde(flatten)]
    task: ShownTask,
    work: Work,
}

impl Step {
    pub(super) fn new(step: FlowStep) -> Self {
        let FlowStep { id, task, work } = step;
        let task = match task {
            Task::Work => ShownTask::Work,
            Task::Checkbox => ShownTask::Checkbox,
            Task::PressHold { hold_ms } => ShownTask::PressHold { hold_ms },
            Task::Slider(layout) => ShownTask::Slider {
                width: layout.width,
                height: layout.height,
                piece: Size { width: layout.piece_width, height: layout.piece_height },
                path: layout.path,
            },
            Task::Connect(layout) => ShownTask::Connect {
                width: layout.width,
                height: layout.height,
                nodes: layout.nodes,
                rule: layout.rule.code(),
                pairs: layout.pairs,
            },
        };
        Self { id, task, work: Work { token: work.token, challenges: Puzzles(work.puzzles) } }
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum ShownTask {
    Work,
    Checkbox,
    PressHold { hold_ms: u32 },
    Slider { width: u16, height: u16, piece: Size, path: Vec<[f32; 2]> },
    Connect { width: u16, height: u16, nodes: Vec<[f32; 2]>, rule: &'static str, pairs: u8 },
}

#[derive(Serialize)]
struct Size {
    width: u16,
    height: u16,
}

#[derive(Serialize)]
struct Work {
    token: String,
    challenges: Puzzles,
}
