//! Passes as JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256 (RFC 7515, `HS256`).
//!
//! Only the one header that is written here is read, so no token chooses how it is checked.

use hmac::{Hmac, KeyInit, Mac};
use portcullis_engine::{Mode, Origin, Pass, PassFormat, UnixMs};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::hex::{array, hex};
use crate::web_token::{self, WebToken};

/// Writes and reads passes under one secret.
pub struct Jwt {
    key: Hmac<Sha256>,
}

impl Jwt {
    /// `secret` is known to this server alone.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        Self { key: Hmac::new_from_slice(secret).expect("any key will do") }
    }

    fn signature(&self, content: &str) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(content.as_bytes());
        mac
    }
}

impl PassFormat for Jwt {
    fn seal(&self, pass: &Pass) -> String {
        let origin = pass.origin.as_ref();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            site_key: pass.site_key.clone(),
            bound_origin: origin.map_or(UNKNOWN, Origin::as_str).into(),
            bound_host: origin.map_or(UNKNOWN, Origin::host).into(),
            challenge_id: pass.challenge_id.clone(),
            jti: format!("tok_{}", hex(&pass.nonce)),
            score: pass.score,
            mode: mode(pass.mode).into(),
            fingerprint_hash: hex(&pass.fingerprint),
            iat: pass.issued_at.0 / 1000,
            exp: pass.expires_at.0 / 1000,
        };
        let content = web_token::content(HEADER, &claims);
        let signature = self.signature(&content).finalize().into_bytes();
        web_token::signed(content, &signature.into())
    }

    fn open(&self, text: &str) -> Option<Pass> {
        let token = WebToken::split(text)?;
        self.signature(token.content).verify_slice(&token.signature).ok()?;
        let claims: Claims = (token.header == HEADER).then(|| token.claims())??;
        if claims.iss != ISSUER || claims.aud != AUDIENCE {
            return None;
        }
        Some(Pass {
            site_key: claims.site_key,
            origin: if claims.bound_origin == UNKNOWN {
                None
            } else {
                Some(claims.bound_origin.parse().ok()?)
            },
            challenge_id: claims.challenge_id,
            nonce: array(claims.jti.strip_prefix("tok_")?)?,
            score: claims.score,
            mode: match claims.mode.as_str() {
                "passive" => Mode::Passive,
                "visual" => Mode::Visual,
                _ => return None,
            },
            fingerprint: array(&claims.fingerprint_hash)?,
            issued_at: UnixMs(claims.iat.checked_mul(1000)?),
            expires_at: UnixMs(claims.exp.checked_mul(1000)?),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    iss: String,
    aud: String,
    site_key: String,
    bound_origin: String,
    bound_host: String,
    challenge_id: String,
    jti: String,
    score: f64,
    mode: String,
    fingerprint_hash: String,
    iat: u64,
    exp: u64,
}

/// The protocol's word for how a pass was earned.
pub(super) const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Passive => "passive",
        Mode::Visual => "visual",
    }
}

/// `{"alg":"HS256","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
const ISSUER: &str = "astracaph";
const AUDIENCE: &str = "astracaph-verify";
/// What stands for an origin that nobody named.
const UNKNOWN: &str = "unknown";

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn pass() -> Pass {
        Pass {
            site_key: "pk_1".into(),
            origin: Some("https://shop.example.com:8443".parse().unwrap()),
            challenge_id: "pas_1".into(),
            nonce: [7; 16],
            score: 0.18,
            mode: Mode::Passive,
            fingerprint: [9; 32],
            issued_at: UnixMs(1_700_000_000_000),
            expires_at: UnixMs(1_700_000_180_000),
        }
    }

    #[test]
    fn a_pass_comes_back_as_it_was_and_only_under_its_secret() {
        let token = Jwt::new(b"secret").seal(&pass());
        assert_eq!(Jwt::new(b"secret").open(&token), Some(pass()));
        assert_eq!(Jwt::new(b"other").open(&token), None);
        let unbound = Pass { origin: None, ..pass() };
        assert_eq!(Jwt::new(b"secret").open(&Jwt::new(b"secret").seal(&unbound)), Some(unbound));
    }

    #[test]
    fn claims_are_the_protocols_own() {
        let token = Jwt::new(b"secret").seal(&pass());
        let claims = token.split('.').nth(1).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims["iss"], "astracaph");
        assert_eq!(claims["aud"], "astracaph-verify");
        assert_eq!(claims["boundOrigin"], "https://shop.example.com:8443");
        assert_eq!(claims["boundHost"], "shop.example.com");
        assert_eq!(claims["jti"], format!("tok_{}", "07".repeat(16)));
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 180);
    }

    #[test]
    fn an_unsigned_token_is_refused() {
        let token = Jwt::new(b"secret").seal(&pass());
        let (content, _) = token.rsplit_once('.').unwrap();
        let claims = content.split('.').nth(1).unwrap();
        let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in [format!("{none}.{claims}."), format!("{content}."), content.to_owned(), String::new()]
        {
            assert_eq!(Jwt::new(b"secret").open(&forged), None, "{forged}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_refused(text in ".{0,300}") {
            proptest::prop_assert_eq!(Jwt::new(b"secret").open(&text), None);
        }
    }
}
