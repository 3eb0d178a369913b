//! JSON Web Tokens (RFC 7519) in compact form: `header.claims.signature`, each in base64url without padding.
//!
//! Who signs, and which headers there are, is each door's own affair. A header is compared with the one that the door
//! writes, never read for an algorithm.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A token taken apart, and not believed yet.
pub(crate) struct WebToken<'a> {
    /// What is signed.
    pub(crate) content: &'a str,
    /// The header as it was sent.
    pub(crate) header: &'a str,
    /// An HMAC-SHA-256, if it is one of ours.
    pub(crate) signature: [u8; 32],
    claims: &'a str,
}

impl<'a> WebToken<'a> {
    /// Takes `text` apart; `None` where it is longer than any of ours or has not the form.
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let (content, signature) = text.rsplit_once('.')?;
        let (header, claims) = content.split_once('.')?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        Some(Self { content, header, signature: signature.try_into().ok()?, claims })
    }

    /// The claims. To be asked only of a token whose signature is right.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(self.claims).ok()?).ok()
    }
}

/// What is to be signed. `header` is encoded already.
pub(crate) fn content(header: &str, claims: &impl Serialize) -> String {
    // Invariant: claims are structs of texts and finite numbers, which always serialise.
    let claims = serde_json::to_vec(claims).unwrap_or_default();
    format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims))
}

/// The token.
pub(crate) fn signed(mut content: String, signature: &[u8; 32]) -> String {
    content.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut content);
    content
}

/// The longest token that is read, in bytes.
const TEXT_MAX: usize = 4096;
