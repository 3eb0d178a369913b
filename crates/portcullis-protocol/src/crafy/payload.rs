//! Messages that the page posts to its parent, signed; and the token that becomes of the last one.
//!
//! A message is a text and its Ed25519 signature, which the widget in the browser verifies. The one that completes a
//! flow is signed with the site's secret key besides, for the SDK at the backend, which never asks this server: its
//! text holds everything to be judged, and the nonce encrypted again, to be found among those that were given out.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use portcullis_engine::{Entropy, SecretKey, UnixMs};
use serde::Serialize;
use serde_json::json;
use sha2::Sha256;

use super::seal;
use crate::hex::hex;
use crate::score::two_decimals;
use crate::timestamp::rfc3339;

/// A signed message, as it stands in a page or an answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The text that is signed: JSON.
    pub payload: String,
    /// The Ed25519 signature of the text, in standard base64.
    pub signature: String,
    /// HMAC-SHA-256 of the text under the secret key, in lower-case hex, where the backend is to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_sign: Option<String>,
}

/// A flow that is complete.
#[derive(Clone, Copy)]
pub struct Completion<'a> {
    /// The flow's UUID.
    pub flow_token: &'a str,
    /// The nonce that the backend's SDK made.
    pub nonce: &'a [u8; 32],
    /// The score, 0 (no risk) to 1. Two decimals of it are written.
    pub risk_score: f64,
    /// The host of the page; empty where none was named.
    pub hostname: &'a str,
    /// From when on the message is no longer accepted. Written in whole seconds.
    pub expires_at: UnixMs,
}

impl Message {
    /// `HANDSHAKE`: the page is there and is ours.
    #[must_use]
    pub fn handshake(flow_token: &str, signing_key: &SigningKey) -> Self {
        Self::signed(json!({ "payload": { "flow_token": flow_token } }).to_string(), signing_key)
    }

    /// The answer to which Turnstile site key a site has, if any.
    #[must_use]
    pub fn turnstile_site_key(site_key: Option<&str>, signing_key: &SigningKey) -> Self {
        Self::signed(json!({ "payload": { "site_key": site_key } }).to_string(), signing_key)
    }

    /// `CHALLENGE_COMPLETE`.
    #[must_use]
    pub fn complete(
        completion: Completion<'_>,
        secret: &SecretKey,
        signing_key: &SigningKey,
        entropy: &dyn Entropy,
    ) -> Self {
        let payload = json!({
            "status": "success",
            "flow_token": completion.flow_token,
            "risk_score": two_decimals(completion.risk_score.clamp(0.0, 1.0)),
            "hostname": completion.hostname,
            "expires_at": rfc3339(completion.expires_at.0, 0),
            "nonce": seal(entropy, secret, hex(completion.nonce).as_bytes()),
        });
        let message = Self::signed(payload.to_string(), signing_key);
        let server_sign = hex(&server_sign(secret, &message.payload).finalize().into_bytes());
        Self { server_sign: Some(server_sign), ..message }
    }

    /// What a widget puts into the form for the backend: standard base64 of the text and its `server_sign`. `None`
    /// for a message that is none for backends.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let server_sign = self.server_sign.as_ref()?;
        let token = json!({ "payload": self.payload, "server_sign": server_sign });
        Some(BASE64_STANDARD.encode(token.to_string()))
    }

    fn signed(payload: String, signing_key: &SigningKey) -> Self {
        let signature = BASE64_STANDARD.encode(signing_key.sign(payload.as_bytes()).to_bytes());
        Self { payload, signature, server_sign: None }
    }
}

impl std::fmt::Debug for Message {
    /// Leaves everything out: whoever has the message can use it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

/// The code by which a backend knows that this server wrote `payload`.
pub(super) fn server_sign(secret: &SecretKey, payload: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(secret.expose().as_bytes()).expect("any key will do");
    mac.update(payload.as_bytes());
    mac
}
