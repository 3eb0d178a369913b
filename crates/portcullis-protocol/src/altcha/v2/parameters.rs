//! What is signed: the parameters of a challenge, and their one text.

use serde::{Deserialize, Deserializer, Serialize};

use super::{Algorithm, Derivation, Memory, Work};
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
    /// In bytes.
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
        let within = |holds: bool, name| if holds { Ok(()) } else { Err(PayloadError::Member(name)) };
        let memory = match (sent.memory_cost, sent.parallelism) {
            (Some(memory), Some(lanes)) => Some(Memory { memory, lanes }),
            (None, None) => None,
            _ => return Err(PayloadError::Member("memoryCost")),
        };
        let algorithm = Algorithm::named(&sent.algorithm, memory).ok_or(PayloadError::Algorithm)?;
        within(
            (1..=Work::COST_MAX).contains(&sent.cost) && algorithm.kibibytes(sent.cost).is_some(),
            "cost",
        )?;
        let key_length = usize::from(sent.key_length);
        let (shortest, longest) = algorithm.key_lengths();
        within((shortest..=longest).contains(&key_length), "keyLength")?;
        let is_prefix = sent.key_prefix.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        within(is_prefix && (1..=key_length).contains(&sent.key_prefix.len()), "keyPrefix")?;
        within(sent.expires_at.is_none_or(|seconds| seconds <= EXACT_MAX), "expiresAt")?;
        let key_signature = match sent.key_signature {
            None => None,
            Some(digits) => Some(array(&digits).ok_or(PayloadError::Member("keySignature"))?),
        };
        // Nobody who verifies should derive such a key.
        within(memory.is_none() || key_signature.is_some(), "keySignature")?;
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
            memory_cost: self.algorithm.memory().map(|memory| memory.memory),
            nonce: hex(&self.nonce),
            parallelism: self.algorithm.memory().map(|memory| memory.lanes),
            salt: hex(&self.salt),
        };
        // Invariant: a struct of texts, integers and maps with texts for names always serialises.
        #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
        serde_json::to_string(&written).expect("parameters serialise")
    }

    /// How the key of a counter is derived.
    pub(super) fn derivation(&self, counter: u32) -> Derivation {
        let Self { algorithm, nonce, salt, cost, key_length, .. } = *self;
        Derivation { algorithm, cost, key_length, nonce, salt, counter }
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
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    memory_cost: Option<u32>,
    nonce: String,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    parallelism: Option<u32>,
    salt: String,
}

/// A member that may be absent but not null, since null would be signed.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
