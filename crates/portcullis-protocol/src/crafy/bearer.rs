//! What a backend shows after it has logged in: a JSON Web Token under one of the server's own keys.
//!
//! The header names the key (`kid`), so that keys can be replaced while tokens are about; everything else in it is
//! fixed. The limits of the plan are among the claims: a changed plan holds from the next log-in on, as the protocol
//! has it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use portcullis_engine::{Plan, PlanLimits, UnixMs};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::web_token::{self, WebToken};

/// A backend that has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// Whose backend it is.
    pub site_key: String,
    /// A mark of the secret key that it logged in with; see [`Site::secret_mark`](portcullis_engine::Site::secret_mark).
    pub secret_mark: String,
    /// The site's plan at that time.
    pub plan: Plan,
    /// The numbers of the plan at that time; absent where nothing is counted.
    pub limits: Option<PlanLimits>,
    /// When it logged in, in whole seconds.
    pub issued_at: UnixMs,
    /// From when on it has to log in again.
    pub expires_at: UnixMs,
}

/// Why a token is not believed. Every reason is a 401 to the SDKs, which then log in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// There is no `Bearer` in the header.
    #[error("there is no bearer token")]
    Missing,
    /// Not of the form that is written here, or too long.
    #[error("the bearer token cannot be read")]
    Unreadable,
    /// Signed with a key that is none of ours, or no longer one, or changed since.
    #[error("the bearer token was not issued here")]
    Signature,
    /// Too old.
    #[error("the bearer token has expired")]
    Expired,
}

impl Bearer {
    /// How long a token is good for: a day, in seconds.
    pub const LIFE_SECONDS: u64 = 86_400;

    /// A backend that logs in at `now`.
    #[must_use]
    pub fn new(site_key: &str, secret_mark: &str, plan: Plan, now: UnixMs) -> Self {
        let issued_at = now.0 / 1000;
        Self {
            site_key: site_key.to_owned(),
            secret_mark: secret_mark.to_owned(),
            plan,
            limits: plan.limits(),
            issued_at: UnixMs(issued_at * 1000),
            expires_at: UnixMs((issued_at + Self::LIFE_SECONDS) * 1000),
        }
    }

    /// Writes the token. `mac` authenticates a message under the key of an id, or the newest, and says which;
    /// `None` where there is no key.
    pub fn write(&self, mac: impl Fn(Option<u32>, &[u8]) -> Option<(u32, [u8; 32])>) -> Option<String> {
        // The id of the key is in what the key signs, so it is asked for first.
        let (key_id, _) = mac(None, &[])?;
        let claims = Claims {
            iss: ISSUER.into(),
            sub: self.site_key.clone(),
            secret: self.secret_mark.clone(),
            plan: self.plan.name().into(),
            limits: self.limits.map(Limits::from),
            iat: self.issued_at.0 / 1000,
            exp: self.expires_at.0 / 1000,
        };
        let content = web_token::content(&header(key_id), &claims);
        let (_, signature) = mac(Some(key_id), content.as_bytes())?;
        Some(web_token::signed(content, &signature))
    }

    /// Reads the value of an `Authorization` header at the time `now`, with `mac` as in [`Bearer::write`].
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn read(
        authorization: Option<&str>,
        now: UnixMs,
        mac: impl Fn(Option<u32>, &[u8]) -> Option<(u32, [u8; 32])>,
    ) -> Result<Self, BearerError> {
        let (scheme, text) =
            authorization.and_then(|value| value.split_once(' ')).ok_or(BearerError::Missing)?;
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Err(BearerError::Missing);
        }
        let token = WebToken::split(text.trim()).ok_or(BearerError::Unreadable)?;
        let key_id = key_id(token.header).ok_or(BearerError::Unreadable)?;
        let (_, code) = mac(Some(key_id), token.content.as_bytes()).ok_or(BearerError::Signature)?;
        if !bool::from(code.ct_eq(&token.signature)) {
            return Err(BearerError::Signature);
        }
        let claims: Claims = token.claims().ok_or(BearerError::Unreadable)?;
        let bearer = claims.bearer().ok_or(BearerError::Unreadable)?;
        if now >= bearer.expires_at { Err(BearerError::Expired) } else { Ok(bearer) }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The site key.
    sub: String,
    /// A mark of the secret key.
    secret: String,
    plan: String,
    limits: Option<Limits>,
    iat: u64,
    exp: u64,
}

#[derive(Serialize, Deserialize)]
struct Limits {
    per_minute: u32,
    per_second: u32,
    per_month: u32,
}

impl From<PlanLimits> for Limits {
    fn from(limits: PlanLimits) -> Self {
        let PlanLimits { per_minute, per_second, per_month } = limits;
        Self { per_minute, per_second, per_month }
    }
}

impl Claims {
    fn bearer(self) -> Option<Bearer> {
        let limits =
            |Limits { per_minute, per_second, per_month }| PlanLimits { per_minute, per_second, per_month };
        (self.iss == ISSUER).then_some(Bearer {
            site_key: self.sub,
            secret_mark: self.secret,
            plan: self.plan.parse().ok()?,
            limits: self.limits.map(limits),
            issued_at: UnixMs(self.iat.checked_mul(1000)?),
            expires_at: UnixMs(self.exp.checked_mul(1000)?),
        })
    }
}

/// The one header that is written under a key.
fn header(key_id: u32) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{key_id}"}}"#))
}

/// The key that a header names, if it is the header that [`header`] writes for it.
fn key_id(sent: &str) -> Option<u32> {
    let fields: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(sent).ok()?).ok()?;
    let key_id = fields["kid"].as_str()?.parse().ok()?;
    (header(key_id) == sent).then_some(key_id)
}

const ISSUER: &str = "portcullis-crafy";
