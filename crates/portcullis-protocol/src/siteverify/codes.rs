//! Each vendor's codes for what the engine found.
//!
//! One `match` per vendor, without a wildcard: a new outcome does not compile until every vendor has a code for
//! it. `internal-error` stands in all four where nothing was judged, although two vendors do not document it:
//! their libraries pass unknown codes on, and any other code would blame the token.

use portcullis_engine::SiteverifyError as Outcome;

use super::Profile;

pub(super) fn of(profile: Profile, outcome: &Outcome) -> &'static [&'static str] {
    match profile {
        Profile::Superset => superset(outcome),
        Profile::Recaptcha => recaptcha(outcome),
        Profile::Hcaptcha => hcaptcha(outcome),
        Profile::Turnstile => turnstile(outcome),
    }
}

/// reCAPTCHA does not say whether a token was too old or was used.
fn recaptcha(outcome: &Outcome) -> &'static [&'static str] {
    match outcome {
        Outcome::MissingSecret => &["missing-input-secret"],
        Outcome::UnknownSecret => &["invalid-input-secret"],
        Outcome::MissingResponse => &["missing-input-response"],
        Outcome::SitekeyMismatch | Outcome::InvalidResponse => &["invalid-input-response"],
        Outcome::Expired | Outcome::AlreadySpent => &["timeout-or-duplicate"],
        Outcome::RateLimited { .. } => &["bad-request"],
        Outcome::Unavailable(_) => &["internal-error"],
    }
}

/// hCaptcha renamed its code for a used token; older libraries know the earlier name only.
fn hcaptcha(outcome: &Outcome) -> &'static [&'static str] {
    match outcome {
        Outcome::MissingSecret => &["missing-input-secret"],
        Outcome::UnknownSecret => &["invalid-input-secret"],
        Outcome::MissingResponse => &["missing-input-response"],
        Outcome::SitekeyMismatch => &["sitekey-secret-mismatch"],
        Outcome::InvalidResponse => &["invalid-input-response"],
        Outcome::Expired => &["expired-input-response"],
        Outcome::AlreadySpent => &["already-seen-response", "invalid-or-already-seen-response"],
        Outcome::RateLimited { .. } => &["bad-request"],
        Outcome::Unavailable(_) => &["internal-error"],
    }
}

fn turnstile(outcome: &Outcome) -> &'static [&'static str] {
    match outcome {
        Outcome::MissingSecret => &["missing-input-secret"],
        Outcome::UnknownSecret => &["invalid-input-secret"],
        Outcome::MissingResponse => &["missing-input-response"],
        Outcome::SitekeyMismatch | Outcome::InvalidResponse => &["invalid-input-response"],
        Outcome::Expired | Outcome::AlreadySpent => &["timeout-or-duplicate"],
        Outcome::RateLimited { .. } | Outcome::Unavailable(_) => &["internal-error"],
    }
}

/// The code that most libraries know comes first, since some look at the first one only.
fn superset(outcome: &Outcome) -> &'static [&'static str] {
    match outcome {
        Outcome::MissingSecret => &["missing-input-secret"],
        Outcome::UnknownSecret => &["invalid-input-secret"],
        Outcome::MissingResponse => &["missing-input-response"],
        Outcome::SitekeyMismatch => &["sitekey-secret-mismatch"],
        Outcome::InvalidResponse => &["invalid-input-response"],
        Outcome::Expired => &["timeout-or-duplicate", "expired-input-response"],
        Outcome::AlreadySpent => &["timeout-or-duplicate", "already-seen-response"],
        Outcome::RateLimited { .. } | Outcome::Unavailable(_) => &["internal-error"],
    }
}
