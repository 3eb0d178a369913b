//! What is signed: the parameters of a challenge, and their one text.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Algorithm, Work};
use crate::altcha::data::EXACT_MAX;
use crate::altcha::payload::object;
use crate::altcha::{Data, PayloadError};
use crate::hex::{array, hex};

/// Parameters within their bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) algorithm: Algorithm,
    pub(super) nonce: [u8; 16],
    pub(super) salt: [u8; 16],
    pub(super) cost: u32,
    /// In bytes; at most as long as a digest.
    pub(super) key_length: u8,
    /// Hex digits: at least one, and at most half the key.
    pub(super) key_prefix: String,
    pub(super) key_signature: Option<[u8; 32]>,
    /// In seconds. Zero was said, and stands for ever.
    pub(super) expires_at: Option<u64>,
    pub(super) data: Option<Data>,
}

impl Parameters {
    /// Reads the JSON of a payload.
    pub(super) fn read(json: &str) -> Result<Self, PayloadError> {
        let sent: Written = object(json)?;
        let algorithm = Algorithm::named(&sent.algorithm).ok_or(PayloadError::Algorithm)?;
        let within = |holds: bool, name| if holds { Ok(()) } else { Err(PayloadError::Member(name)) };
        within((1..=Work::COST_MAX).contains(&sent.cost), "cost")?;
        let key_length = usize::from(sent.key_length);
        within((1..=algorithm.hash().length()).contains(&key_length), "keyLength")?;
        let is_prefix = sent.key_prefix.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        within(is_prefix && (1..=key_length).contains(&sent.key_prefix.len()), "keyPrefix")?;
        within(sent.expires_at.is_none_or(|seconds| seconds <= EXACT_MAX), "expiresAt")?;
        let key_signature = match sent.key_signature {
            None => None,
            Some(digits) => Some(array(&digits).ok_or(PayloadError::Member("keySignature"))?),
        };
        Ok(Self {
            algorithm,
            nonce: array(&sent.nonce).ok_or(PayloadError::Member("nonce"))?,
            salt: array(&sent.salt).ok_or(PayloadError::Member("salt"))?,
            cost: sent.cost,
            key_length: sent.key_length,
            key_prefix: sent.key_prefix,
            key_signature,
            expires_at: sent.expires_at,
            data: sent.data,
        })
    }

    /// The text that is signed, and sent.
    pub(super) fn canonical(&self) -> String {
        let written = Written {
            algorithm: self.algorithm.name().to_owned(),
            cost: self.cost,
            data: self.data.clone(),
            expires_at: self.expires_at,
            key_length: self.key_length,
            key_prefix: self.key_prefix.clone(),
            key_signature: self.key_signature.map(|signature| hex(&signature)),
            nonce: hex(&self.nonce),
            salt: hex(&self.salt),
        };
        // Invariant: a struct of texts, integers and maps with texts for names always serialises.
        #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
        serde_json::to_string(&written).expect("parameters serialise")
    }

    /// The key of a counter. Takes `cost` rounds or iterations.
    pub(super) fn derive(&self, counter: u32) -> Vec<u8> {
        let counter = counter.to_be_bytes();
        let mut key = match self.algorithm {
            Algorithm::Sha(hash) => hash.rounds(&[&self.salt[..], &self.nonce, &counter].concat(), self.cost),
            Algorithm::Pbkdf2(hash) => {
                hash.pbkdf2(&[&self.nonce[..], &counter].concat(), &self.salt, self.cost)
            }
        };
        key.truncate(self.key_length.into());
        key
    }
}

/// The parameters as they are written. The members stand in the order in which they are signed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    algorithm: String,
    cost: u32,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    data: Option<Data>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    key_length: u8,
    key_prefix: String,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    key_signature: Option<String>,
    nonce: String,
    salt: String,
}

/// A member that may be absent but not null, since null would be signed.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
