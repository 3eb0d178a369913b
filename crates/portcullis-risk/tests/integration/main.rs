//! Judgements at their seams: published scores, ordinary people, programs, and values that nobody should send.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the place where it was")]

mod bounds;
mod documented;
mod ordinary;
mod paths;
mod published;
mod replays;

// The generators of the ROC, which is where they are explained.
#[path = "../../examples/roc/bots.rs"]
mod bots;
#[path = "../../examples/roc/browser.rs"]
mod browser;
#[path = "../../examples/roc/chance.rs"]
mod chance;
#[path = "../../examples/roc/human.rs"]
mod human;
#[path = "../../examples/roc/visit.rs"]
mod visit;

/// The codes of the reasons for a score.
fn codes(assessment: &portcullis_risk::Assessment) -> Vec<&'static str> {
    assessment.reasons.iter().map(|reason| reason.code).collect()
}
