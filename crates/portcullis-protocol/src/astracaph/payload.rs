//! What a visitor's browser sends, read into bounded signals.
//!
//! The service that published the protocol leaves most of this unchecked. Here every number is finite, every list
//! and text has an end, and what is missing but needed is refused: a judgement of half a visit would be unfair.

use portcullis_engine::Origin;
use portcullis_engine::risk::Signals;
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;

use crate::puzzles::SOLUTIONS_MAX;
use crate::telemetry::{SentBehavior, SentFingerprint, SentMotion};

/// A challenge request, as it was sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    pub(super) site_key: Option<String>,
    fingerprint: SentFingerprint,
    motion: SentMotion,
    behavior: SentBehavior,
    page: Option<String>,
    referrer: Option<String>,
    pub(super) interaction: Option<Interaction>,
    /// The seal of a frame of ours.
    pub(super) frame: Option<String>,
    /// The seal of a sandbox of ours.
    pub(super) sandbox: Option<String>,
}

/// How far a step is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Interaction {
    #[serde(default)]
    pub(super) confirmed: bool,
    pub(super) phase: Option<String>,
    pub(super) challenge_id: Option<String>,
    // What the client claims of the time it held; the server's clock decides.
    #[serde(rename = "holdDurationMs")]
    _hold_duration_ms: Option<f64>,
    pub(super) work: Option<Work>,
}

/// Solutions of a step's puzzles.
#[derive(Deserialize)]
pub(super) struct Work {
    pub(super) token: String,
    pub(super) solutions: Vec<u64>,
}

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    Json,
    Payload,
}

impl Payload {
    /// Reads a body of at most [`Request::BODY_MAX`](crate::Request::BODY_MAX) bytes.
    pub(super) fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let payload: Self = serde_json::from_slice(body).map_err(|problem| match problem.classify() {
            Category::Data => Unreadable::Payload,
            Category::Io | Category::Syntax | Category::Eof => Unreadable::Json,
        })?;
        if payload.is_sound() { Ok(payload) } else { Err(Unreadable::Payload) }
    }

    fn is_sound(&self) -> bool {
        let seals = [&self.frame, &self.sandbox, &self.page, &self.referrer];
        self.fingerprint.is_sound()
            && self.motion.is_sound()
            && self.behavior.is_sound()
            && seals.into_iter().flatten().all(|text| text.len() <= ADDRESS_MAX)
            && self.site_key.as_ref().is_none_or(|site_key| site_key.len() <= 128)
            && self.interaction.as_ref().is_none_or(Interaction::is_sound)
    }

    /// The origin of the page that the browser named as the referrer.
    pub(super) fn referrer_origin(&self) -> Option<Origin> {
        let (scheme, rest) = self.referrer.as_deref()?.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        format!("{scheme}://{authority}").parse().ok().filter(Origin::is_web)
    }

    /// SHA-256 of what the browser said of itself.
    pub(super) fn fingerprint_digest(&self) -> [u8; 32] {
        self.fingerprint.digest()
    }

    /// The signals, with what only the server knows left out.
    pub(super) fn into_signals(self) -> Signals {
        Signals {
            fingerprint: Some(self.fingerprint.into()),
            motion: self.motion.into(),
            behavior: Some(self.behavior.into()),
            ..Signals::default()
        }
    }
}

impl Interaction {
    fn is_sound(&self) -> bool {
        self.challenge_id.as_ref().is_none_or(|id| id.len() <= STEP_NAME_MAX)
            && self.phase.as_deref().is_none_or(|phase| phase == "start")
            && self
                .work
                .as_ref()
                .is_none_or(|work| work.token.len() <= STEP_NAME_MAX && work.solutions.len() <= SOLUTIONS_MAX)
    }
}

/// A request as the log shows it: without what could name the visitor.
pub(super) fn shown(body: &[u8]) -> Value {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice::<Value>(body) else { return Value::Null };
    for name in ["fingerprint", "page", "referrer", "frame", "sandbox", "secret", "secretKey"] {
        fields.remove(name);
    }
    if let Some(motion) = fields.get_mut("motion") {
        let points = motion.as_array().map_or(0, Vec::len);
        *motion = Value::String(format!("{points} points"));
    }
    if let Some(Value::Object(interaction)) = fields.get_mut("interaction") {
        for name in ["challengeId", "work"] {
            if interaction.contains_key(name) {
                interaction.insert(name.to_owned(), Value::String("…".to_owned()));
            }
        }
    }
    shorten(&mut fields, "token");
    Value::Object(fields)
}

/// Cuts a token to its first eight characters.
pub(super) fn shorten(fields: &mut serde_json::Map<String, Value>, name: &str) {
    if let Some(Value::String(token)) = fields.get_mut(name) {
        *token = token.chars().take(8).chain("…".chars()).collect();
    }
}

/// The longest address of a page, or seal.
const ADDRESS_MAX: usize = 8192;
/// The longest name of a step.
const STEP_NAME_MAX: usize = 2048;
