//! A verdict of "yes", in the fields of each vendor and no others: some parsers refuse what they do not know.

use portcullis_engine::{Reason, Vendor, Verdict};
use serde::Serialize;

use super::Profile;
use crate::Reply;
use crate::timestamp::rfc3339;

pub(super) fn reply(profile: Profile, verdict: &Verdict) -> Reply {
    match profile {
        Profile::Superset => Reply::json(200, &Superset::new(verdict)),
        Profile::Recaptcha => Reply::json(200, &Recaptcha::new(verdict)),
        Profile::Hcaptcha => Reply::json(200, &Hcaptcha::new(verdict)),
        Profile::Turnstile => Reply::json(200, &Turnstile::new(verdict)),
    }
}

/// reCAPTCHA v2 and v3. There is always a score, which v2 has not: what a backend compares with a threshold must not be
/// missing because a client asked for its challenge as if for v2. An action is there if the page named one, and for v3.
#[derive(Serialize)]
struct Recaptcha<'a> {
    success: bool,
    challenge_ts: String,
    hostname: &'a str,
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
}

impl<'a> Recaptcha<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        let names_actions = verdict.vendor == Some(Vendor::RecaptchaV3);
        Self {
            success: true,
            challenge_ts: rfc3339(verdict.challenge_ts, 0),
            hostname: &verdict.hostname,
            score: humanity(verdict),
            action: verdict.action.as_deref().or(names_actions.then_some("")),
        }
    }
}

/// hCaptcha with the two fields of its Enterprise plan. Its score goes up with the risk.
#[derive(Serialize)]
struct Hcaptcha<'a> {
    success: bool,
    challenge_ts: String,
    hostname: &'a str,
    credit: bool,
    score: f64,
    score_reason: Vec<&'static str>,
}

impl<'a> Hcaptcha<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        Self {
            success: true,
            challenge_ts: rfc3339(verdict.challenge_ts, 6),
            hostname: &verdict.hostname,
            credit: false,
            score: verdict.risk,
            score_reason: reasons(verdict),
        }
    }
}

/// Turnstile, whose `error-codes`, `action` and `cdata` are always there.
#[derive(Serialize)]
struct Turnstile<'a> {
    success: bool,
    challenge_ts: String,
    hostname: &'a str,
    #[serde(rename = "error-codes")]
    error_codes: [&'static str; 0],
    action: &'a str,
    cdata: &'a str,
    metadata: Metadata,
}

impl<'a> Turnstile<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        Self {
            success: true,
            challenge_ts: rfc3339(verdict.challenge_ts, 3),
            hostname: &verdict.hostname,
            error_codes: [],
            action: verdict.action.as_deref().unwrap_or_default(),
            cdata: verdict.cdata.as_deref().unwrap_or_default(),
            metadata: Metadata { interactive: false, reasons: None },
        }
    }
}

/// What any of them reads. The score is reCAPTCHA's, 1 for a person, as by far the most backends read that one.
#[derive(Serialize)]
struct Superset<'a> {
    success: bool,
    challenge_ts: String,
    hostname: &'a str,
    #[serde(rename = "error-codes")]
    error_codes: [&'static str; 0],
    action: &'a str,
    cdata: &'a str,
    score: f64,
    metadata: Metadata,
}

impl<'a> Superset<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        Self {
            success: true,
            challenge_ts: rfc3339(verdict.challenge_ts, 3),
            hostname: &verdict.hostname,
            error_codes: [],
            action: verdict.action.as_deref().unwrap_or_default(),
            cdata: verdict.cdata.as_deref().unwrap_or_default(),
            score: humanity(verdict),
            metadata: Metadata { interactive: false, reasons: Some(reasons(verdict)) },
        }
    }
}

#[derive(Serialize)]
struct Metadata {
    /// Whether the visitor was asked to do something.
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<&'static str>>,
}

/// The risk turned round as reCAPTCHA v3 does: 1 is surely a person, in tenths.
fn humanity(verdict: &Verdict) -> f64 {
    ((1.0 - verdict.risk) * 10.0).round() / 10.0
}

fn reasons(verdict: &Verdict) -> Vec<&'static str> {
    verdict.reasons.iter().copied().map(Reason::code).collect()
}
