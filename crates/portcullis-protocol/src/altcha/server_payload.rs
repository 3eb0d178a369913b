//! Payloads that a server signed: what the widget puts into the form once a server has verified its work.
//!
//! The text of the verification data is hashed, and the hash is signed: `HMAC(secret, HASH(text))`. The algorithm
//! stands beside and not within, so only known ones are taken; and so do `verified` and further members, of which none
//! is believed that the text does not say too.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portcullis_engine::UnixMs;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::payload::object;
use super::verification_data::VerificationData;
use super::{Hash, PayloadError, Refused};
use crate::hex::{hex, vec};

/// A signed payload, read and not believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerPayload {
    hash: Hash,
    text: String,
    signature: Vec<u8>,
    verified: bool,
}

impl ServerPayload {
    /// The longest text that is read, in bytes of base64. What is issued here has less than 23 KiB, which
    /// a form of many fields with long names in another script than Latin comes near to.
    pub const TEXT_MAX: usize = 24 * 1024;

    /// Reads the JSON of a payload. Members that are not signed and not needed are ignored.
    ///
    /// # Errors
    ///
    /// See [`PayloadError`].
    pub fn of_json(json: &str) -> Result<Self, PayloadError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Sent {
            algorithm: String,
            signature: String,
            verification_data: String,
            verified: bool,
        }
        if json.len() > Self::TEXT_MAX / 4 * 3 {
            return Err(PayloadError::TooLong);
        }
        let sent: Sent = object(json)?;
        let hash = Hash::named(&sent.algorithm).ok_or(PayloadError::Algorithm)?;
        let signature = vec(&sent.signature).filter(|signature| signature.len() == hash.length());
        Ok(Self {
            hash,
            text: sent.verification_data,
            signature: signature.ok_or(PayloadError::Member("signature"))?,
            verified: sent.verified,
        })
    }

    /// Whether it was signed under this secret, says that the work was verified, and is in time at `now`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it. One that does not say until when it is good is refused as expired.
    pub fn verify(&self, secret: &[u8], now: UnixMs) -> Result<(), Refused> {
        if !bool::from(signature(self.hash, secret, &self.text).ct_eq(&self.signature)) {
            return Err(Refused::Signature);
        }
        let data = self.data();
        if !self.verified || data.text("verified") != Some("true") {
            return Err(Refused::Solution);
        }
        let expire = data.text("expire").and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        if expire.saturating_mul(1000) <= now.0 { Err(Refused::Expired) } else { Ok(()) }
    }

    /// What it says.
    pub(super) fn data(&self) -> VerificationData {
        VerificationData::read(&self.text)
    }

    /// The base64 text of a payload of ours.
    pub(super) fn signed(data: &VerificationData, api_key: &str, secret: &[u8]) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Written<'a> {
            algorithm: &'static str,
            api_key: &'a str,
            signature: String,
            verification_data: &'a str,
            verified: bool,
        }
        let (hash, text) = (Hash::Sha256, data.to_query());
        let written = Written {
            algorithm: hash.name(),
            api_key,
            signature: hex(&signature(hash, secret, &text)),
            verification_data: &text,
            verified: true,
        };
        // Invariant: a struct of texts and a truth always serialises.
        #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
        let json = serde_json::to_vec(&written).expect("a payload serialises");
        BASE64_STANDARD.encode(json)
    }
}

fn signature(hash: Hash, secret: &[u8], text: &str) -> Vec<u8> {
    hash.mac(secret, &hash.rounds(text.as_bytes(), 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"server.secret";
    const NOW: UnixMs = UnixMs(1_800_000_000_000);
    const TEXT: &str = "classification=GOOD&expire=4102444800&fields=email,name&fieldsHash=7b6f1b9b&id=abc123&reasons=A,B&score=0.5&time=1700000000&verified=true";
    const SIGNED: &str = "bb71bb925a4e94a3ddc96579a8f6fe3a006c41e202d5a55baa12bcb2850588c4";

    fn payload(
        algorithm: &str,
        text: &str,
        signature: &str,
        verified: bool,
    ) -> Result<ServerPayload, PayloadError> {
        let json = serde_json::json!({
            "algorithm": algorithm, "verificationData": text, "signature": signature, "verified": verified,
            "apiKey": "key_x", "id": "not believed",
        });
        ServerPayload::of_json(&json.to_string())
    }

    #[test]
    fn what_the_library_signed_is_verified() {
        let sha512 = "dd1b1875125fb90e2ed0dfdc07134241070f8f395eb5ec63e3b3414b0e342cd7f2f12bb82441d9ac0b3dce3e32e580068c9f4d6967c564aa9cfdec684bbd9d29";
        for (algorithm, text, signature, outcome) in [
            ("SHA-256", TEXT, SIGNED, Ok(())),
            ("SHA-512", "expire=4102444800&time=1700000000&verified=true", sha512, Ok(())),
            (
                "SHA-256",
                "verified=true",
                "99b9e170e00e5f4759ed9fa939b154e744ecaf70613a974331f82f92e74d6b0d",
                Err(Refused::Expired),
            ),
        ] {
            assert_eq!(
                payload(algorithm, text, signature, true).unwrap().verify(SECRET, NOW),
                outcome,
                "{text}"
            );
        }
        let read = payload("SHA-256", TEXT, SIGNED, true).unwrap();
        assert_eq!(read.data().text("id"), Some("abc123"));
        assert_eq!(read.verify(SECRET, UnixMs(4_102_444_800_000)), Err(Refused::Expired));
        assert_eq!(read.verify(b"other", NOW), Err(Refused::Signature));
    }

    #[test]
    fn what_was_changed_is_refused() {
        let verify =
            |text: &str, verified| payload("SHA-256", text, SIGNED, verified).unwrap().verify(SECRET, NOW);
        assert_eq!(verify(TEXT, false), Err(Refused::Solution));
        assert_eq!(verify(&TEXT.replace("GOOD", "BAD"), true), Err(Refused::Signature));
        assert_eq!(verify(&format!("{TEXT}&expire=9999999999"), true), Err(Refused::Signature));
        assert_eq!(payload("SHA-1", TEXT, SIGNED, true), Err(PayloadError::Algorithm));
        assert_eq!(payload("SHA-512", TEXT, SIGNED, true), Err(PayloadError::Member("signature")));
        let long = "a".repeat(ServerPayload::TEXT_MAX);
        assert_eq!(payload("SHA-256", &long, SIGNED, true), Err(PayloadError::TooLong));
    }

    #[test]
    fn what_is_signed_here_is_read_back_as_the_library_reads_it() {
        let mut data = VerificationData::default();
        for (name, text) in [
            ("classification", "GOOD"),
            ("expire", "4102444800"),
            ("fields", "email,user[name]"),
            ("params.form", "a&b=c é"),
            ("reasons", ""),
            ("score", "0.25"),
            ("verified", "true"),
        ] {
            data.add(name, text);
        }
        let text = ServerPayload::signed(&data, "pk_x", SECRET);
        let json = BASE64_STANDARD.decode(text).unwrap();
        let read = ServerPayload::of_json(std::str::from_utf8(&json).unwrap()).unwrap();
        assert_eq!(read.verify(SECRET, NOW), Ok(()));
        assert_eq!(read.data(), data);
        let expected = serde_json::json!({
            "classification": "GOOD", "expire": 4_102_444_800_u64, "fields": ["email", "user[name]"],
            "params.form": "a&b=c é", "reasons": [], "score": 0.25, "verified": true,
        });
        assert_eq!(data.to_json(), expected);
    }
}
