//! The bodies that requests and answers have, for the OpenAPI document only.
//!
//! The doors read and write these by hand, in every spelling that the dialects allow; here stands what to send and
//! what to expect.
#![expect(dead_code, reason = "described, never built")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// What the widget may add to its wish for a challenge.
#[derive(ToSchema)]
pub(super) struct ChallengeRequest {
    /// The page's name for what is being done.
    #[schema(max_length = 100, pattern = "^[A-Za-z0-9_/-]*$")]
    action: Option<String>,
    /// What the page wants back at verification.
    #[schema(max_length = 255, pattern = "^[A-Za-z0-9_-]*$")]
    cdata: Option<String>,
}

/// A challenge.
#[derive(ToSchema)]
pub(super) struct Challenge {
    /// The puzzles.
    challenge: Puzzles,
    /// Comes back with the solutions.
    token: String,
    /// From when on it is too late, in milliseconds since the Unix epoch.
    expires: u64,
}

/// The puzzles of a challenge. For each, find a number such that the SHA-256 of the salt followed by the number in
/// decimal begins with the target's hex digits.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum Puzzles {
    /// Every puzzle written out: salt and target in hex.
    Salted(Vec<[String; 2]>),
    /// Puzzles that the client derives from the token.
    Seeded {
        /// How many.
        c: u32,
        /// Length of each salt in hex digits.
        s: u32,
        /// Length of each target in hex digits.
        d: u32,
    },
}

/// A challenge's solutions.
#[derive(ToSchema)]
pub(super) struct RedeemRequest {
    /// The challenge's token.
    token: String,
    /// One number for each puzzle, in the order of the puzzles.
    #[schema(max_items = 500)]
    solutions: Vec<u64>,
}

/// A token for the site's backend to verify.
#[derive(ToSchema)]
pub(super) struct Token {
    /// Always true.
    success: bool,
    /// The token.
    token: String,
    /// From when on it is no longer accepted, in milliseconds since the Unix epoch.
    expires: u64,
}

/// A refusal.
#[derive(ToSchema)]
pub(super) struct Failure {
    /// Always false.
    success: bool,
    /// For a person.
    error: String,
    /// For a machine: a stable code.
    reason: String,
}

/// A backend's question. Each may also stand in the query.
#[derive(ToSchema)]
pub(super) struct SiteverifyRequest {
    /// The site's secret key.
    secret: String,
    /// The token from the form.
    #[schema(max_length = 2048)]
    response: String,
    /// The address from which the form came. One that differs is a reason for caution, never a failure.
    remoteip: Option<String>,
    /// The site that the token must belong to (hCaptcha's dialect).
    sitekey: Option<String>,
    /// The same token may be verified again under the same key (Turnstile's dialect and the bare path).
    idempotency_key: Option<String>,
}

/// A verdict in Cap's form. The fields beside `success` are ours.
#[derive(ToSchema)]
pub(super) struct CapVerdict {
    /// Always true.
    success: bool,
    /// The host of the page, where its browser proved it; else empty.
    hostname: String,
    /// When the challenge was issued.
    challenge_ts: String,
    /// The page's name for what was done.
    action: Option<String>,
    /// What the page wanted back.
    cdata: Option<String>,
}

/// A verdict with every dialect's fields.
#[derive(ToSchema)]
pub(super) struct Verdict {
    /// Whether the token was good.
    success: bool,
    /// When the challenge was issued.
    challenge_ts: Option<String>,
    /// The host of the page, where its browser proved it; else empty.
    hostname: Option<String>,
    /// What was wrong.
    #[serde(rename = "error-codes")]
    error_codes: Vec<String>,
    /// The page's name for what was done.
    action: Option<String>,
    /// What the page wanted back.
    cdata: Option<String>,
    /// 0 (surely a bot) to 1 (surely a person).
    score: Option<f64>,
    /// Particulars.
    metadata: Option<BTreeMap<String, serde_json::Value>>,
}

/// A verdict in reCAPTCHA's form. A score is always there, an action where the page named one and for version 3.
#[derive(ToSchema)]
pub(super) struct RecaptchaVerdict {
    /// Whether the token was good.
    success: bool,
    /// When the challenge was issued.
    challenge_ts: Option<String>,
    /// The host of the page, where its browser proved it; else empty.
    hostname: Option<String>,
    /// 0 (surely a bot) to 1 (surely a person); absent on failure.
    score: Option<f64>,
    /// The page's name for what was done.
    action: Option<String>,
    /// What was wrong; absent on success.
    #[serde(rename = "error-codes")]
    error_codes: Option<Vec<String>>,
}

/// A verdict in hCaptcha's form.
#[derive(ToSchema)]
pub(super) struct HcaptchaVerdict {
    /// Whether the token was good.
    success: bool,
    /// When the challenge was issued.
    challenge_ts: Option<String>,
    /// The host of the page, where its browser proved it; else empty.
    hostname: Option<String>,
    /// Always false.
    credit: Option<bool>,
    /// 0 (surely a person) to 1 (surely a bot).
    score: Option<f64>,
    /// What speaks for caution.
    score_reason: Option<Vec<String>>,
    /// What was wrong; absent on success.
    #[serde(rename = "error-codes")]
    error_codes: Option<Vec<String>>,
}

/// A verdict in Turnstile's form.
#[derive(ToSchema)]
pub(super) struct TurnstileVerdict {
    /// Whether the token was good.
    success: bool,
    /// When the challenge was issued.
    challenge_ts: Option<String>,
    /// The host of the page, where its browser proved it; else empty.
    hostname: Option<String>,
    /// What was wrong; empty on success.
    #[serde(rename = "error-codes")]
    error_codes: Vec<String>,
    /// The page's name for what was done.
    action: Option<String>,
    /// What the page wanted back.
    cdata: Option<String>,
    /// Particulars.
    metadata: Option<BTreeMap<String, serde_json::Value>>,
    /// Empty; there on failure.
    messages: Option<Vec<String>>,
}

/// The demo's form.
#[derive(ToSchema)]
pub(super) struct DemoForm {
    /// The visitor's name.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// The message. It is not kept.
    #[schema(min_length = 1, max_length = 2000)]
    message: String,
    /// The widget's token.
    #[serde(rename = "cap-token")]
    cap_token: String,
}

/// What the demo's backend found.
#[derive(ToSchema)]
pub(super) struct DemoVerdict {
    /// Whether the message went through.
    success: bool,
    /// What was wrong, for a person.
    error: Option<String>,
    /// What was wrong: a stable code.
    reason: Option<String>,
    /// The host of the page, where its browser proved it; else empty.
    hostname: Option<String>,
    /// When the challenge was issued.
    challenge_ts: Option<String>,
    /// The page's name for what was done.
    action: Option<String>,
    /// 0 (surely a person) to 1 (surely a bot).
    risk: Option<f64>,
    /// What speaks for caution.
    reasons: Option<Vec<String>>,
}

/// How the server is.
#[derive(ToSchema)]
pub(super) struct Health {
    /// `ok` or `ready`.
    status: String,
}

/// What the AstraCaph loader sends.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphChallenge {
    /// The site; absent for the open one.
    #[schema(max_length = 128)]
    site_key: Option<String>,
    /// What the browser says of itself.
    fingerprint: BTreeMap<String, String>,
    /// The pointer's path: `{x, y, t}` with `t` in milliseconds.
    #[schema(max_items = 256)]
    motion: Vec<BTreeMap<String, f64>>,
    /// Counts and times of what was done on the page.
    behavior: BTreeMap<String, f64>,
    /// The step that was asked for before, as far as it is taken.
    interaction: Option<AstracaphInteraction>,
}

/// A step, begun or taken.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphInteraction {
    /// `start` when a hold begins.
    phase: Option<String>,
    /// Whether the step is done.
    confirmed: bool,
    /// The step.
    challenge_id: String,
    /// The work's token and solutions, where work was asked.
    work: Option<RedeemRequest>,
}

/// A token and what was judged.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphSuccess {
    /// `success`.
    state: String,
    /// For the site's backend.
    token: String,
    /// Seconds that it is good for.
    expires_in: u64,
    /// 0 (surely a person) to 1 (surely a bot).
    score: f64,
    /// `1 - score`.
    confidence: f64,
    /// What the score is made of, for people.
    reasons: Vec<String>,
    /// The same, for machines.
    reason_codes: Vec<String>,
    /// `passive` or `visual`.
    mode: String,
}

/// A step to take first.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphStep {
    /// `work_required` or `visual_challenge`.
    state: String,
    /// Whether the visitor has something to do.
    needs_visual: bool,
    /// Comes back with what was done.
    challenge_id: String,
    /// `work`, `confirm` or `press_hold`.
    challenge_type: String,
    /// Milliseconds that a button must be held.
    required_hold_ms: Option<u32>,
    /// `standard` or `non_residential_ip`.
    challenge_reason: Option<String>,
    /// The puzzles to solve meanwhile.
    work: Option<AstracaphWork>,
}

/// Puzzles of a step.
#[derive(ToSchema)]
pub(super) struct AstracaphWork {
    /// Comes back with the solutions.
    token: String,
    /// Salt and target of each, in hex.
    challenge: Vec<[String; 2]>,
}

/// Why there is no token.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphFailure {
    /// For people.
    error: String,
    /// When to come again, in milliseconds since the Unix epoch.
    reset_at: Option<u64>,
}

/// A backend's question.
#[derive(ToSchema)]
pub(super) struct AstracaphVerify {
    /// The widget's token.
    token: String,
    /// Where it was earned; `hostname`, `domain`, `host` and `site` are read as well.
    origin: String,
    /// The site's secret key, if it is to be checked.
    secret: Option<String>,
}

/// What a token says.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct AstracaphVerdict {
    /// `true`.
    success: bool,
    /// For people.
    message: String,
    /// The site.
    site_key: String,
    /// Where it was earned.
    bound_origin: String,
    /// Its host.
    bound_host: String,
    /// The step that was taken, or `pas_…`.
    challenge_id: String,
    /// 0 (surely a person) to 1 (surely a bot).
    score: f64,
    /// `passive` or `visual`.
    mode: String,
    /// SHA-256 of what the browser said of itself.
    fingerprint_hash: String,
    /// RFC 3339.
    issued_at: String,
    /// RFC 3339.
    expires_at: String,
}

/// Why a token is not accepted.
#[derive(ToSchema)]
pub(super) struct AstracaphRefusal {
    /// `false`.
    success: bool,
    /// What is wrong.
    error: String,
    /// What to do.
    message: String,
}

/// A site to register, to prove, or to give up.
#[derive(ToSchema)]
pub(super) struct AstracaphRegistration {
    /// Its domain or origin.
    domain: String,
    /// What it is called.
    name: Option<String>,
    /// Its secret, to prove it or to give it up.
    secret: Option<String>,
}
