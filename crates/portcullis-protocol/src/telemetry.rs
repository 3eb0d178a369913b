//! What a script of ours reads in a visitor's browser, as the doors that judge visitors are sent it.
//!
//! The shape is the AstraCaph protocol's. Here every number is finite, every list and text has an end. What has one is
//! [`sound`](SentFingerprint::is_sound); what has not is refused by the door, as a judgement of half a visit would be
//! unfair.

use portcullis_engine::risk::{Behavior, Fingerprint, Point, Screen, Signals};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// What the browser said of itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentFingerprint {
    user_agent: String,
    language: String,
    timezone: String,
    platform: String,
    webdriver: bool,
    canvas: Option<String>,
    webgl_vendor: Option<String>,
    webgl_renderer: Option<String>,
    screen: SentScreen,
    hardware_concurrency: Option<f64>,
    device_memory: Option<f64>,
    touch_points: Option<f64>,
    automation: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SentScreen {
    width: f64,
    height: f64,
    pixel_ratio: f64,
}

impl SentFingerprint {
    /// Whether everything in it is within its bound.
    pub(crate) fn is_sound(&self) -> bool {
        let texts = [
            Some(&self.user_agent),
            Some(&self.language),
            Some(&self.timezone),
            Some(&self.platform),
            self.canvas.as_ref(),
            self.webgl_vendor.as_ref(),
            self.webgl_renderer.as_ref(),
        ];
        let traces = self.automation.as_deref().unwrap_or_default();
        let amounts = [self.hardware_concurrency, self.device_memory, self.touch_points];
        let screen = [self.screen.width, self.screen.height, self.screen.pixel_ratio];
        texts.into_iter().flatten().all(|text| text.len() <= Signals::TEXT_MAX)
            && traces.len() <= TRACES_MAX
            && traces.iter().all(|trace| trace.len() <= TRACE_LENGTH_MAX)
            && amounts.into_iter().flatten().all(is_amount)
            && screen.iter().all(|side| side.abs() <= PLACE_MAX)
    }

    /// SHA-256 of what the browser said of itself, each part with its length in front.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let screen = &self.screen;
        let numbers = format!(
            "{} {} {} {:?} {:?} {}",
            screen.width,
            screen.height,
            screen.pixel_ratio,
            self.hardware_concurrency,
            self.device_memory,
            self.webdriver
        );
        let absent = String::new();
        let parts = [
            &self.user_agent,
            &self.language,
            &self.timezone,
            &self.platform,
            self.canvas.as_ref().unwrap_or(&absent),
            self.webgl_vendor.as_ref().unwrap_or(&absent),
            self.webgl_renderer.as_ref().unwrap_or(&absent),
            &numbers,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

impl From<SentFingerprint> for Fingerprint {
    fn from(sent: SentFingerprint) -> Self {
        Self {
            user_agent: sent.user_agent,
            language: sent.language,
            timezone: sent.timezone,
            platform: sent.platform,
            webdriver: sent.webdriver,
            canvas: sent.canvas.unwrap_or_default(),
            webgl_vendor: sent.webgl_vendor.unwrap_or_default(),
            webgl_renderer: sent.webgl_renderer.unwrap_or_default(),
            screen: Screen {
                width: sent.screen.width,
                height: sent.screen.height,
                pixel_ratio: sent.screen.pixel_ratio,
            },
            hardware_concurrency: sent.hardware_concurrency,
            device_memory: sent.device_memory,
            touch_points: sent.touch_points,
            automation: sent.automation.unwrap_or_default(),
        }
    }
}

/// Counts and times of what was done on the page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SentBehavior {
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

impl SentBehavior {
    /// Whether everything in it is within its bound.
    pub(crate) fn is_sound(&self) -> bool {
        let amounts = [
            Some(self.dwell_ms),
            Some(self.key_presses),
            Some(self.pointer_moves),
            Some(self.focus_changes),
            Some(self.click_count),
            self.submit_latency_ms,
            self.touches,
            self.key_interval_ms,
            self.key_interval_deviation_ms,
        ];
        amounts.into_iter().flatten().all(is_amount)
    }
}

impl From<SentBehavior> for Behavior {
    fn from(sent: SentBehavior) -> Self {
        Self {
            dwell_ms: sent.dwell_ms,
            key_presses: sent.key_presses,
            pointer_moves: sent.pointer_moves,
            focus_changes: sent.focus_changes,
            click_count: sent.click_count,
            submit_latency_ms: sent.submit_latency_ms,
            touches: sent.touches,
            key_interval_ms: sent.key_interval_ms,
            key_interval_deviation_ms: sent.key_interval_deviation_ms,
        }
    }
}

/// The pointer's path, oldest place first.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct SentMotion(Vec<Point>);

impl SentMotion {
    /// Whether it ends, and every place and time of it is within its bound.
    pub(crate) fn is_sound(&self) -> bool {
        let is_place =
            |point: &Point| point.x.abs() <= PLACE_MAX && point.y.abs() <= PLACE_MAX && is_amount(point.t);
        self.0.len() <= Signals::POINTS_MAX && self.0.iter().all(is_place)
    }
}

impl From<SentMotion> for Vec<Point> {
    fn from(SentMotion(mut points): SentMotion) -> Self {
        points.sort_by(|one, other| one.t.total_cmp(&other.t));
        points
    }
}

/// Everything that a script may send of a visitor. What was not sent is absent, and the judgement says what that means.
pub(crate) struct SentSignals {
    pub(crate) fingerprint: Option<SentFingerprint>,
    pub(crate) motion: Option<SentMotion>,
    pub(crate) behavior: Option<SentBehavior>,
}

impl SentSignals {
    /// The signals, with what only the server knows left out; `None` where something is out of its bound.
    pub(crate) fn sound(self) -> Option<Signals> {
        let is_sound = self.fingerprint.as_ref().is_none_or(SentFingerprint::is_sound)
            && self.motion.as_ref().is_none_or(SentMotion::is_sound)
            && self.behavior.as_ref().is_none_or(SentBehavior::is_sound);
        is_sound.then(|| Signals {
            fingerprint: self.fingerprint.map(Into::into),
            motion: self.motion.unwrap_or_default().into(),
            behavior: self.behavior.map(Into::into),
            ..Signals::default()
        })
    }
}

fn is_amount(number: f64) -> bool {
    (0.0..=AMOUNT_MAX).contains(&number)
}

/// The largest count or time that means anything: some eleven days in milliseconds.
const AMOUNT_MAX: f64 = 1e9;
/// Pixels beyond which no screen goes.
const PLACE_MAX: f64 = 1e6;
/// Automation traces that a script may name, and how long a name may be.
const TRACES_MAX: usize = 16;
const TRACE_LENGTH_MAX: usize = 64;
