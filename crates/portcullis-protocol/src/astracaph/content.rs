//! What a challenge is answered with.

use portcullis_engine::risk::{AddressClass, AddressFacts, AddressFlags, AddressRisk, AddressSource};
use portcullis_engine::{Step, StepKind};
use serde::{Serialize, Serializer};

use crate::puzzles::Puzzles;
use crate::score::two_decimals;

/// The fields that an answer may have; those that it has not are left out.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Content {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) needs_visual: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) challenge_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) challenge_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) required_hold_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) challenge_reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) work: Option<Work>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reasons: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason_codes: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip_intel: Option<Intelligence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<&'static str>,
    /// Milliseconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reset_at: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct Work {
    token: String,
    challenge: Puzzles,
}

impl Content {
    /// A step to take.
    pub(super) fn step(step: Step) -> Self {
        let (state, needs_visual, kind) = match step.kind {
            StepKind::Work => ("work_required", false, "work"),
            StepKind::Confirm => ("visual_challenge", true, "confirm"),
            StepKind::PressHold => ("visual_challenge", true, "press_hold"),
        };
        let reason = if step.non_residential { "non_residential_ip" } else { "standard" };
        Self {
            state: Some(state),
            needs_visual: Some(needs_visual),
            challenge_id: Some(step.challenge_id),
            challenge_type: Some(kind),
            required_hold_ms: needs_visual.then_some(step.hold_ms),
            challenge_reason: needs_visual.then_some(reason),
            work: step.work.map(|work| Work { token: work.token, challenge: Puzzles(work.puzzles) }),
            ..Self::default()
        }
    }
}

/// What is known of the address, without the address.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Intelligence {
    #[serde(serialize_with = "classification")]
    classification: AddressClass,
    static_likelihood: &'static str,
    risk: f64,
    reasons: Vec<&'static str>,
    sources: Vec<AddressSource>,
    flags: AddressFlags,
}

impl Intelligence {
    pub(super) fn new(risk: &AddressRisk, facts: AddressFacts) -> Self {
        Self {
            classification: risk.classification,
            static_likelihood: risk.static_likelihood_word(),
            risk: two_decimals(risk.risk),
            reasons: risk.reasons.clone(),
            sources: facts.sources,
            flags: facts.flags,
        }
    }
}

/// The protocol's words, whatever ours are called.
fn classification<S: Serializer>(class: &AddressClass, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match class {
        AddressClass::Local => "local",
        AddressClass::Hosting => "hosting",
        AddressClass::Residential => "residential",
        AddressClass::Mobile => "mobile",
        AddressClass::Unknown => "unknown",
    })
}
