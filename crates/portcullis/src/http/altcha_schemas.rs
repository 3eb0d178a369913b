//! The bodies of the ALTCHA door, for the OpenAPI document only.
#![expect(dead_code, reason = "described, never built")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A challenge, in one of two formats.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum AltchaChallenge {
    /// Version 2.
    V2 {
        /// What is asked, and when it expires.
        parameters: BTreeMap<String, serde_json::Value>,
        /// Of the parameters, under the site's secret key.
        signature: String,
    },
    /// Version 1.
    V1 {
        /// `SHA-256`.
        algorithm: String,
        /// The hash that hides a number.
        challenge: String,
        /// The largest that the number may be.
        maxnumber: u32,
        /// What stands before the number.
        salt: String,
        /// Of the challenge, under the site's secret key.
        signature: String,
    },
}

/// What a widget or a backend hands in.
#[derive(ToSchema)]
pub(super) struct AltchaVerify {
    /// The payload: base64, or the object in it.
    payload: Option<String>,
    /// The same under the name of the form's field.
    altcha: Option<String>,
    /// The site's secret key, from backends alone. Where it is named at all, even empty, a backend asks.
    secret: Option<String>,
    /// The form's fields, whose values are hashed into the signed payload; from widgets, up to 100.
    fields: Option<BTreeMap<String, String>>,
    /// The address from which a backend received the form.
    remoteip: Option<String>,
}

/// What came of it. A widget gets `verified` and either `payload` or `code`, `error` and `reason`.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AltchaVerdict {
    /// Whether it is good.
    verified: bool,
    /// For a widget: the signed payload. For a backend: the payload that it sent, as an object.
    payload: Option<serde_json::Value>,
    /// The site.
    api_key: Option<String>,
    /// For a machine: a stable code.
    code: Option<String>,
    /// For a person.
    error: Option<String>,
    /// For a backend the code; for a widget, which shows it, the sentence.
    reason: Option<String>,
    /// What speaks for and against the visitor: `classification`, `score`, `reasons`, `time` and more, among
    /// them `hostname`, that of the page.
    verification_data: Option<BTreeMap<String, serde_json::Value>>,
    /// The verdict in the form of the published libraries' helpers: `expired`, `invalidSignature`, `invalidSolution`,
    /// `time`, `verified`.
    verification: Option<BTreeMap<String, serde_json::Value>>,
}

/// Why nothing was judged.
#[derive(ToSchema)]
pub(super) struct AltchaFailure {
    /// For a machine: a stable code.
    code: String,
    /// For a person; the widget shows it.
    error: String,
    /// The code.
    reason: String,
}
