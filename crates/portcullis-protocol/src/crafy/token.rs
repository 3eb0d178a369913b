//! A flow's token, read as the published SDKs read it: without a call to this server.
//!
//! The server itself has no use for it but for its own demo. Tools that check a site's keys have, and so have tests: what is accepted here
//! is what a backend accepts, but for spending the nonce, which is the backend's own affair.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac;
use portcullis_engine::{OldCiphers, SecretKey, UnixMs};
use serde::Deserialize;

use super::Sealed;
use super::body::object;
use super::payload::server_sign;
use crate::hex;

/// What a token says, once it is believed.
#[derive(Clone, PartialEq)]
pub struct FlowToken {
    /// The flow's UUID.
    pub flow_token: String,
    /// The score, 0 (no risk) to 1, where there is one.
    pub risk_score: Option<f64>,
    /// The host of the page, where there is one.
    pub hostname: Option<String>,
    /// From when on the token is no longer accepted.
    pub expires_at: UnixMs,
    /// The nonce to be spent.
    pub nonce: [u8; 32],
}

impl FlowToken {
    /// The longest token that is read, in bytes.
    pub const MAX: usize = 16 * 1024;

    /// Reads `text` with the site's secret key at the time `now`, and checks it in the order of the SDKs.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn read(text: &str, secret: &SecretKey, now: UnixMs) -> Result<Self, FlowTokenError> {
        #[derive(Deserialize)]
        struct Sent {
            payload: String,
            server_sign: String,
        }
        #[derive(Deserialize)]
        struct Payload {
            status: String,
            flow_token: String,
            risk_score: Option<f64>,
            hostname: Option<String>,
            expires_at: String,
            nonce: String,
        }
        if text.is_empty() {
            return Err(FlowTokenError::Empty);
        }
        if text.len() > Self::MAX {
            return Err(FlowTokenError::Undecodable);
        }
        let json = BASE64_STANDARD.decode(text).map_err(|_| FlowTokenError::Undecodable)?;
        let sent: Sent = object(&json).map_err(|_| FlowTokenError::Undecodable)?;
        let code: [u8; 32] = hex::array(&sent.server_sign).ok_or(FlowTokenError::Signature)?;
        let mac = server_sign(secret, &sent.payload);
        mac.verify(&code.into()).map_err(|_| FlowTokenError::Signature)?;
        let payload: Payload = object(sent.payload.as_bytes()).map_err(|_| FlowTokenError::Undecodable)?;
        if payload.status != "success" {
            return Err(FlowTokenError::Status);
        }
        let expires_at = moment(&payload.expires_at).ok_or(FlowTokenError::Undecodable)?;
        if now >= expires_at {
            return Err(FlowTokenError::Expired);
        }
        Ok(Self {
            flow_token: payload.flow_token,
            risk_score: payload.risk_score,
            hostname: payload.hostname,
            expires_at,
            nonce: nonce(&payload.nonce, secret).ok_or(FlowTokenError::Nonce)?,
        })
    }
}

impl std::fmt::Debug for FlowToken {
    /// Leaves the nonce out: who knows it has the flow.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlowToken")
            .field("flow_token", &self.flow_token)
            .field("risk_score", &self.risk_score)
            .field("hostname", &self.hostname)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowTokenError {
    /// There is none.
    #[error("there is no token")]
    Empty,
    /// Not base64 of JSON with the members that there must be, or too long.
    #[error("the token cannot be decoded")]
    Undecodable,
    /// Signed with another secret key, or changed since.
    #[error("the token was not signed with this secret key")]
    Signature,
    /// The flow ended otherwise.
    #[error("the flow did not succeed")]
    Status,
    /// Too old.
    #[error("the token has expired")]
    Expired,
    /// The nonce does not decrypt to 64 hex digits.
    #[error("the nonce of the token cannot be read")]
    Nonce,
}

fn moment(text: &str) -> Option<UnixMs> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_millisecond()).ok().map(UnixMs)
}

fn nonce(text: &str, secret: &SecretKey) -> Option<[u8; 32]> {
    let Ok(Sealed::V3(sealed)) = Sealed::parse(text, OldCiphers::default()) else { return None };
    hex::array(std::str::from_utf8(sealed.open(secret).ok()?.plaintext()).ok()?)
}
