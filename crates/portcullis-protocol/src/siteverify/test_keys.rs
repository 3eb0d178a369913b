//! The vendors' documented test secrets, with which an integration is tried without a widget.
//!
//! They are answered here, in front of the engine, which knows nothing of them: no site can have such a secret,
//! and a dummy token is nothing that any site has issued. So neither kind is ever accepted with the other.

use portcullis_engine::{UnixMs, Verdict};

use super::refusal::Refusal;
use super::{Profile, TestKeys};
use crate::fields::Fields;

/// The answer to a test secret; `None` where there is none, or none is accepted.
pub(super) fn answer(
    profile: Profile,
    test_keys: TestKeys,
    fields: &Fields,
    now: UnixMs,
) -> Option<Result<Verdict, Refusal>> {
    let secret = match test_keys {
        TestKeys::Refused => return None,
        TestKeys::Accepted => fields.secret.as_deref()?,
    };
    let is_meant =
        |test: &&Test| test.secret == secret && (test.vendor == profile || profile == Profile::Superset);
    let vendor = TESTS.iter().find(is_meant)?.vendor;
    let Some(response) = fields.response.as_deref().filter(|response| !response.is_empty()) else {
        return Some(Err(Refusal::new(&["missing-input-response"])));
    };
    let test = TESTS.iter().filter(is_meant).find(|test| test.token.is_none_or(|token| token == response));
    Some(match test.map(|test| &test.outcome) {
        Some(Outcome::Passes { hostname, risk }) => Ok(passed(hostname, *risk, now)),
        Some(Outcome::Fails(codes)) => Err(Refusal::new(codes)),
        None => Err(Refusal::new(not_a_dummy(vendor))),
    })
}

/// One row of the vendors' documents.
struct Test {
    vendor: Profile,
    secret: &'static str,
    /// The token that it goes with; absent for any.
    token: Option<&'static str>,
    outcome: Outcome,
}

enum Outcome {
    Passes { hostname: &'static str, risk: f64 },
    Fails(&'static [&'static str]),
}

fn passed(hostname: &str, risk: f64, now: UnixMs) -> Verdict {
    Verdict {
        vendor: None,
        site_key: String::new(),
        hostname: hostname.to_owned(),
        challenge_ts: now.0,
        action: None,
        cdata: None,
        risk,
        reasons: Vec::new(),
    }
}

/// What a vendor answers to a test secret with another token than its dummy. hCaptcha documents one code and
/// sends the other.
fn not_a_dummy(vendor: Profile) -> &'static [&'static str] {
    match vendor {
        Profile::Turnstile => &["invalid-input-secret"],
        Profile::Hcaptcha => &["not-using-dummy-passcode", "not-using-dummy-secret"],
        Profile::Recaptcha | Profile::Superset => &["invalid-input-response"],
    }
}

const TESTS: [Test; 7] = [
    Test {
        vendor: Profile::Recaptcha,
        secret: "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
        token: None,
        outcome: Outcome::Passes { hostname: "testkey.google.com", risk: 0.0 },
    },
    Test {
        vendor: Profile::Hcaptcha,
        secret: HCAPTCHA_SECRET,
        token: Some("10000000-aaaa-bbbb-cccc-000000000001"),
        outcome: Outcome::Passes { hostname: "dummy-key-pass", risk: 0.0 },
    },
    Test {
        vendor: Profile::Hcaptcha,
        secret: HCAPTCHA_SECRET,
        token: Some("20000000-aaaa-bbbb-cccc-000000000002"),
        outcome: Outcome::Passes { hostname: "dummy-key-pass", risk: 0.0 },
    },
    Test {
        vendor: Profile::Hcaptcha,
        secret: HCAPTCHA_SECRET,
        token: Some("30000000-aaaa-bbbb-cccc-000000000003"),
        outcome: Outcome::Passes { hostname: "dummy-key-pass", risk: 1.0 },
    },
    Test {
        vendor: Profile::Turnstile,
        secret: "1x0000000000000000000000000000000AA",
        token: Some(TURNSTILE_TOKEN),
        outcome: Outcome::Passes { hostname: "example.com", risk: 0.0 },
    },
    Test {
        vendor: Profile::Turnstile,
        secret: "2x0000000000000000000000000000000AA",
        token: Some(TURNSTILE_TOKEN),
        outcome: Outcome::Fails(&["invalid-input-response"]),
    },
    Test {
        vendor: Profile::Turnstile,
        secret: "3x0000000000000000000000000000000AA",
        token: Some(TURNSTILE_TOKEN),
        outcome: Outcome::Fails(&["timeout-or-duplicate"]),
    },
];

const HCAPTCHA_SECRET: &str = "0x0000000000000000000000000000000000000000";
const TURNSTILE_TOKEN: &str = "XXXX.DUMMY.TOKEN.XXXX";
