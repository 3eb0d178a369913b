//! The REST calls of a site's backend: what is asked, and the envelope of every answer.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::body::{BodyError, object, text};
use crate::{Reply, Request};

/// What a backend wants done: the `action` of the query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Log in.
    Authenticate,
    /// Fetch a flow's verdict, once.
    CheckFlow,
}

impl Action {
    /// The action that a query string names; `None` where it names none that there is.
    #[must_use]
    pub fn of(query: Option<&str>) -> Option<Self> {
        match parameter(query, "action")?.as_str() {
            "authenticate" => Some(Self::Authenticate),
            "check_flow" => Some(Self::CheckFlow),
            _ => None,
        }
    }
}

/// A backend logs in.
pub struct Authenticate {
    /// The site key.
    pub public_key: String,
    /// What it claims to be the secret key.
    pub secret_key: String,
}

impl Authenticate {
    /// Reads the body.
    ///
    /// # Errors
    ///
    /// See [`BodyError`]. A key is at most 128 characters long.
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        #[derive(Deserialize)]
        struct Sent {
            public_key: Option<String>,
            secret_key: Option<String>,
        }
        let sent: Sent = object(body)?;
        Ok(Self {
            public_key: text(sent.public_key, "public_key", KEY_MAX)?,
            secret_key: text(sent.secret_key, "secret_key", KEY_MAX)?,
        })
    }
}

impl std::fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticate").field("public_key", &self.public_key).finish_non_exhaustive()
    }
}

/// A backend asks for a flow's verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFlow {
    /// The flow's UUID, in lower case.
    pub flow_token: String,
}

impl CheckFlow {
    /// Reads the body.
    ///
    /// # Errors
    ///
    /// See [`BodyError`]. The token is a UUID with its hyphens, in either case.
    pub fn read(body: &[u8]) -> Result<Self, BodyError> {
        #[derive(Deserialize)]
        struct Sent {
            flow_token: Option<String>,
        }
        let sent: Sent = object(body)?;
        let flow_token = text(sent.flow_token, "flow_token", 36)?.to_ascii_lowercase();
        if is_uuid(&flow_token) { Ok(Self { flow_token }) } else { Err(BodyError::Field("flow_token")) }
    }
}

/// The answer to a log-in.
#[derive(Serialize)]
pub struct Authenticated {
    /// The bearer token.
    pub token: String,
    /// The public token of the site's plan.
    pub public_token: String,
    /// Seconds until the next log-in.
    pub expires_in: u64,
}

/// The answer to a question for a verdict.
#[derive(Serialize)]
pub struct FlowChecked {
    /// Whether the visitor passed.
    pub valid: bool,
    /// 0 (no risk) to 1.
    pub risk_score: f64,
    /// A word for whoever reads logs.
    pub message: &'static str,
}

/// `{"status":"success","data":…}`.
#[must_use]
pub fn success(data: &impl Serialize) -> Reply {
    Reply::json(200, &json!({ "status": "success", "data": data }))
}

/// `{"status":"error","message":…}`.
#[must_use]
pub fn failure(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "status": "error", "message": message }))
}

/// A [`failure`] that says when to come again.
///
/// One published SDK sleeps that long before each of four attempts, whatever it was told, so it is told no more than
/// six seconds.
#[must_use]
pub fn failure_for_now(status: u16, message: &str, retry_after_ms: u64) -> Reply {
    failure(status, message).retry_after(Some(retry_after_ms.min(RETRY_AFTER_MAX_MS)))
}

/// The site key that asks for its Turnstile site key: `pk` in the query string.
#[must_use]
pub fn public_key(query: Option<&str>) -> Option<String> {
    parameter(query, "pk").filter(|key| (1..=KEY_MAX).contains(&key.len()))
}

fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let query = query.filter(|query| query.len() <= Request::BODY_MAX)?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// Whether `text` is a UUID in lower case.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// The longest key of either kind.
const KEY_MAX: usize = 128;
/// What the SDKs can be told to wait.
const RETRY_AFTER_MAX_MS: u64 = 6000;
