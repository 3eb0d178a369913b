//! First path segments that are ours and can therefore be no site keys.
//!
//! Cap Standalone puts the site key first in a path. Keys that we make begin with `pk_`, but a key brought from
//! elsewhere may be any word, and must not shadow a path of ours, nor one that a later version brings.

/// Whether a first path segment is ours.
pub(super) fn is_reserved(segment: &str) -> bool {
    RESERVED.contains(&segment)
}

/// Every first segment of ours, in order.
pub(super) const RESERVED: [&str; 25] = [
    "1",
    "altcha",
    "api",
    "assets",
    "cap",
    "captcha",
    "challenge",
    "checksiteconfig",
    "demo",
    "favicon.ico",
    "hcaptcha",
    "healthz",
    "metrics",
    "openapi.json",
    "panel",
    "public",
    "readyz",
    "recaptcha",
    "robots.txt",
    "sandbox",
    "siteverify",
    "status",
    "turnstile",
    "v1",
    "v2",
];
