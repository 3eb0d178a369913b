//! What a visitor's browser sends, read into bounded signals.
//!
//! The service that published the protocol leaves most of this unchecked. Here every number is finite, every list
//! and text has an end, and what is missing but needed is refused: a judgement of half a visit would be unfair.

use portcullis_engine::Origin;
use portcullis_engine::risk::{Behavior, Fingerprint, Point, Screen, Signals};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use sha2::{Digest, Sha256};

/// A challenge request, as it was sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    pub(super) site_key: Option<String>,
    fingerprint: WireFingerprint,
    motion: Vec<Point>,
    behavior: WireBehavior,
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFingerprint {
    user_agent: String,
    language: String,
    timezone: String,
    platform: String,
    webdriver: bool,
    canvas: Option<String>,
    webgl_vendor: Option<String>,
    webgl_renderer: Option<String>,
    screen: WireScreen,
    hardware_concurrency: Option<f64>,
    device_memory: Option<f64>,
    touch_points: Option<f64>,
    automation: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireScreen {
    width: f64,
    height: f64,
    pixel_ratio: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireBehavior {
    dwell_ms: f64,
    key_presses: f64,
    pointer_moves: f64,
    focus_changes: f64,
    click_count: f64,
    submit_latency_ms: Option<f64>,
    touches: Option<f64>,
    key_interval_ms: Option<f64>,
    key_interval_deviation_ms: Option<f64>,
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
        let fingerprint = &self.fingerprint;
        let texts = [
            Some(&fingerprint.user_agent),
            Some(&fingerprint.language),
            Some(&fingerprint.timezone),
            Some(&fingerprint.platform),
            fingerprint.canvas.as_ref(),
            fingerprint.webgl_vendor.as_ref(),
            fingerprint.webgl_renderer.as_ref(),
        ];
        let traces = fingerprint.automation.as_deref().unwrap_or_default();
        let behavior = &self.behavior;
        let amounts = [
            Some(behavior.dwell_ms),
            Some(behavior.key_presses),
            Some(behavior.pointer_moves),
            Some(behavior.focus_changes),
            Some(behavior.click_count),
            behavior.submit_latency_ms,
            behavior.touches,
            behavior.key_interval_ms,
            behavior.key_interval_deviation_ms,
            fingerprint.hardware_concurrency,
            fingerprint.device_memory,
            fingerprint.touch_points,
        ];
        let is_amount = |number: f64| (0.0..=AMOUNT_MAX).contains(&number);
        let is_place =
            |point: &Point| point.x.abs() <= PLACE_MAX && point.y.abs() <= PLACE_MAX && is_amount(point.t);
        let seals = [&self.frame, &self.sandbox, &self.page, &self.referrer];
        texts.into_iter().flatten().all(|text| text.len() <= Signals::TEXT_MAX)
            && traces.len() <= TRACES_MAX
            && traces.iter().all(|trace| trace.len() <= TRACE_LENGTH_MAX)
            && amounts.into_iter().flatten().all(is_amount)
            && [&fingerprint.screen].iter().all(|screen| {
                [screen.width, screen.height, screen.pixel_ratio].iter().all(|side| side.abs() <= PLACE_MAX)
            })
            && self.motion.len() <= Signals::POINTS_MAX
            && self.motion.iter().all(is_place)
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

    /// SHA-256 of what the browser said of itself, each part with its length in front.
    pub(super) fn fingerprint_digest(&self) -> [u8; 32] {
        let print = &self.fingerprint;
        let screen = &print.screen;
        let numbers = format!(
            "{} {} {} {:?} {:?} {}",
            screen.width,
            screen.height,
            screen.pixel_ratio,
            print.hardware_concurrency,
            print.device_memory,
            print.webdriver
        );
        let absent = String::new();
        let parts = [
            &print.user_agent,
            &print.language,
            &print.timezone,
            &print.platform,
            print.canvas.as_ref().unwrap_or(&absent),
            print.webgl_vendor.as_ref().unwrap_or(&absent),
            print.webgl_renderer.as_ref().unwrap_or(&absent),
            &numbers,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// The signals, with what only the server knows left out.
    pub(super) fn into_signals(self) -> Signals {
        let Self { fingerprint: print, mut motion, behavior, .. } = self;
        motion.sort_by(|one, other| one.t.total_cmp(&other.t));
        Signals {
            fingerprint: Some(Fingerprint {
                user_agent: print.user_agent,
                language: print.language,
                timezone: print.timezone,
                platform: print.platform,
                webdriver: print.webdriver,
                canvas: print.canvas.unwrap_or_default(),
                webgl_vendor: print.webgl_vendor.unwrap_or_default(),
                webgl_renderer: print.webgl_renderer.unwrap_or_default(),
                screen: Screen {
                    width: print.screen.width,
                    height: print.screen.height,
                    pixel_ratio: print.screen.pixel_ratio,
                },
                hardware_concurrency: print.hardware_concurrency,
                device_memory: print.device_memory,
                touch_points: print.touch_points,
                automation: print.automation.unwrap_or_default(),
            }),
            motion,
            behavior: Some(Behavior {
                dwell_ms: behavior.dwell_ms,
                key_presses: behavior.key_presses,
                pointer_moves: behavior.pointer_moves,
                focus_changes: behavior.focus_changes,
                click_count: behavior.click_count,
                submit_latency_ms: behavior.submit_latency_ms,
                touches: behavior.touches,
                key_interval_ms: behavior.key_interval_ms,
                key_interval_deviation_ms: behavior.key_interval_deviation_ms,
            }),
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

/// The largest count or time that means anything: some eleven days in milliseconds.
const AMOUNT_MAX: f64 = 1e9;
/// Pixels beyond which no screen goes.
const PLACE_MAX: f64 = 1e6;
/// Automation traces that a script may name, and how long a name may be.
const TRACES_MAX: usize = 16;
const TRACE_LENGTH_MAX: usize = 64;
/// The longest address of a page, or seal.
const ADDRESS_MAX: usize = 8192;
/// The longest name of a step.
const STEP_NAME_MAX: usize = 2048;
/// As many puzzles as a challenge may have.
const SOLUTIONS_MAX: usize = 500;
