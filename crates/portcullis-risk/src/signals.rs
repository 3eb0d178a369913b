//! What a visitor shows, as typed and bounded values.
//!
//! Every signal is the visitor's claim, but for the address and the history. What was not sent is absent, never a
//! guess; the weights say what absence means. Bounds are kept by whoever decodes: nothing here grows with a claim
//! beyond them.

use serde::{Deserialize, Serialize};

use crate::AddressFacts;

/// Everything that one judgement is made from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signals {
    /// What the request's headers say.
    pub client: Client,
    /// What a script in the page read from the browser; absent where no script ran.
    pub fingerprint: Option<Fingerprint>,
    /// The pointer's path, oldest first; at most [`Signals::POINTS_MAX`] points with rising times.
    pub motion: Vec<Point>,
    /// Counts and times of what was done on the page; absent where no script counted.
    pub behavior: Option<Behavior>,
    /// What is known of the address.
    pub address: AddressFacts,
    /// What the visitor did here lately.
    pub history: History,
    /// Whether the path resembles one that was shown before, by another visit.
    pub replayed: bool,
    /// How unusual the visit is for its site, 0 (ordinary) to 1; absent while the model is young.
    pub anomaly: Option<f32>,
    /// What another service says of the visitor.
    pub second_opinion: Vouching,
}

impl Signals {
    /// The most points of a path that are looked at.
    pub const POINTS_MAX: usize = 256;
    /// The longest text of a signal, in bytes.
    pub const TEXT_MAX: usize = 512;
}

/// What the request's headers say. Texts are cut at [`Signals::TEXT_MAX`] bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    /// `User-Agent`; empty where there is none.
    pub user_agent: String,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// `Accept-Encoding`.
    pub accept_encoding: Option<String>,
    /// `Sec-CH-UA`: brands and versions.
    pub brands: Option<String>,
    /// `Sec-CH-UA-Platform`, without its quotes.
    pub platform: Option<String>,
    /// `Sec-CH-UA-Mobile`.
    pub mobile: Option<bool>,
    /// `Sec-Fetch-Site`.
    pub fetch_site: Option<String>,
    /// `Sec-Fetch-Mode`.
    pub fetch_mode: Option<String>,
}

/// What a script in the page read from the browser.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Fingerprint {
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// `navigator.language`.
    pub language: String,
    /// The IANA name of the time zone.
    pub timezone: String,
    /// `navigator.platform`.
    pub platform: String,
    /// `navigator.webdriver`.
    pub webdriver: bool,
    /// A digest of what was drawn on a canvas; empty where none could be.
    pub canvas: String,
    /// `UNMASKED_VENDOR_WEBGL`; empty where WebGL is missing.
    pub webgl_vendor: String,
    /// `UNMASKED_RENDERER_WEBGL`; empty where WebGL is missing.
    pub webgl_renderer: String,
    /// The screen.
    pub screen: Screen,
    /// `navigator.hardwareConcurrency`.
    pub hardware_concurrency: Option<f64>,
    /// `navigator.deviceMemory`, in GiB.
    pub device_memory: Option<f64>,
    /// `navigator.maxTouchPoints`.
    pub touch_points: Option<f64>,
    /// Names of automation traces that the script found in the page, such as `cdc` or `playwright`; at most 16.
    pub automation: Vec<String>,
}

/// The visitor's screen, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Screen {
    /// `screen.width`.
    pub width: f64,
    /// `screen.height`.
    pub height: f64,
    /// `devicePixelRatio`.
    pub pixel_ratio: f64,
}

/// One place of the pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// CSS pixels from the left.
    pub x: f64,
    /// CSS pixels from the top.
    pub y: f64,
    /// Milliseconds since the script started; never negative.
    pub t: f64,
}

/// Counts and times of what was done on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Behavior {
    /// Milliseconds from the script's start to the request.
    pub dwell_ms: f64,
    /// Keys pressed.
    pub key_presses: f64,
    /// Movements of a pointer.
    pub pointer_moves: f64,
    /// Changes of focus.
    pub focus_changes: f64,
    /// Clicks and taps.
    pub click_count: f64,
    /// Milliseconds between the last act and the request.
    pub submit_latency_ms: Option<f64>,
    /// Touches of a screen.
    pub touches: Option<f64>,
    /// Mean milliseconds between key presses; absent with fewer than three.
    pub key_interval_ms: Option<f64>,
    /// The standard deviation of the same.
    pub key_interval_deviation_ms: Option<f64>,
}

/// Whether another service, such as Turnstile, vouches for the visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vouching {
    /// Nobody was asked, or whoever was did not say. Neutral.
    #[default]
    Unasked,
    /// It does. Neutral too: a bot can buy that.
    Given,
    /// It does not.
    Refused,
    /// The site asks for it, and the visitor brought nothing to ask with, or what had been used up.
    Missing,
}

/// What a visitor did here lately, as the server itself counted it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Challenges that it took and that have not faded yet.
    pub challenges: u32,
    /// How often its work is doubled by now, 0 to 8.
    pub doublings: u8,
}
