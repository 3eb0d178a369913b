//! Reading and verifying.

use portcullis_engine::UnixMs;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;

use super::parameters::Parameters;
use super::{Derivation, DerivedKey};
use crate::altcha::data::CHALLENGE_ID;
use crate::altcha::payload::object;
use crate::altcha::verified::in_time;
use crate::altcha::{Authentic, Data, DataValue, Hash, PayloadError, Refused, Secrets, Verified};
use crate::hex::{array, hex, vec};

/// A key that was derived, and the challenge that asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    parameters: Parameters,
    signature: [u8; 32],
    counter: u32,
    key: Vec<u8>,
}

impl Solution {
    pub(in crate::altcha) fn read(json: &str) -> Result<Self, PayloadError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Sent<'a> {
            #[serde(borrow)]
            challenge: &'a RawValue,
            #[serde(borrow)]
            solution: &'a RawValue,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct SentChallenge<'a> {
            #[serde(borrow)]
            parameters: &'a RawValue,
            signature: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        struct SentSolution {
            counter: u32,
            derived_key: String,
            #[serde(rename = "time")]
            _time: Option<IgnoredAny>,
        }
        let sent: Sent<'_> = object(json)?;
        let challenge: SentChallenge<'_> = object(sent.challenge.get())?;
        let solution: SentSolution = object(sent.solution.get())?;
        let parameters = Parameters::read(challenge.parameters.get())?;
        let key = vec(&solution.derived_key).filter(|key| key.len() == usize::from(parameters.key_length));
        Ok(Self {
            parameters,
            signature: array(&challenge.signature).ok_or(PayloadError::Member("signature"))?,
            counter: solution.counter,
            key: key.ok_or(PayloadError::Member("derivedKey"))?,
        })
    }

    pub(in crate::altcha) fn challenge_id(&self) -> Option<&str> {
        self.data()?.challenge_id()
    }

    pub(in crate::altcha) fn data(&self) -> Option<&Data> {
        self.parameters.data.as_ref()
    }

    /// How its key is derived again; absent where the key itself is signed.
    pub(in crate::altcha) fn derivation(&self) -> Option<Derivation> {
        self.parameters.key_signature.is_none().then(|| self.parameters.derivation(self.counter))
    }

    /// All that costs next to nothing: time, signature, how the key begins, and the key where it is signed.
    ///
    /// The prefix is looked at in any case: an honest key of any counter is right, but only one that begins as it
    /// should was searched for.
    pub(in crate::altcha) fn authenticate(
        &self,
        secrets: &Secrets,
        now: UnixMs,
    ) -> Result<Authentic, Refused> {
        let Parameters { expires_at, data, nonce, .. } = &self.parameters;
        let expires_at = expires_at.filter(|seconds| *seconds != 0);
        in_time(expires_at, now)?;
        let canonical = self.parameters.canonical();
        let signature = secrets.sign_challenge(Hash::Sha256, canonical.as_bytes());
        if !bool::from(signature.ct_eq(&self.signature)) {
            return Err(Refused::Signature);
        }
        if !hex(&self.key).starts_with(&self.parameters.key_prefix) {
            return Err(Refused::Solution);
        }
        if let Some(signature) = self.parameters.key_signature
            && !bool::from(secrets.sign_key(&self.key).ct_eq(&signature))
        {
            return Err(Refused::Solution);
        }
        let mut data = data.clone().unwrap_or_default();
        let replay_id = match data.take(CHALLENGE_ID) {
            Some(DataValue::Text(id)) => id,
            _ => hex(nonce),
        };
        let unchecked = self.derivation().map(|derivation| (derivation, DerivedKey(self.key.clone())));
        Ok(Authentic::new(Verified::new(replay_id, expires_at, data), unchecked))
    }
}
