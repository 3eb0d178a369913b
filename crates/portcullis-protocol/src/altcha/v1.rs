//! Version 1: a number is hidden behind the hash of a salt and the number.
//!
//! The number follows the salt without a gap, so a salt has to end in a delimiter. Without one, whoever solved
//! `…expires=1700000000` and `4567` could send the same text as `…expires=17000000004` and `567`, and have a later
//! expiry signed. Every salt here ends with `&`, which no number can hold, and a salt that does not is not read.

use portcullis_engine::{Entropy, UnixMs};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::data::{CHALLENGE_ID, EXACT_MAX, EXPIRY, named};
use super::payload::object;
use super::verified::in_time;
use super::{Authentic, Data, DataError, DataValue, Hash, PayloadError, Refused, Secrets, Verified};
use crate::hex::{hex, vec};

/// A challenge, ready to be sent as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct Challenge {
    algorithm: &'static str,
    challenge: String,
    maxnumber: u32,
    salt: String,
    signature: String,
}

impl Challenge {
    /// Hides a number from 0 to `number_max`. The present widget ignores that bound and searches upwards until it
    /// finds the number, on the average half of `number_max` hashes. `data` comes back as texts. `id` names the
    /// challenge: 1 to [`Data::CHALLENGE_ID_MAX`] characters of printable ASCII.
    ///
    /// # Errors
    ///
    /// [`DataError::Value`] where `id` cannot be a name.
    pub fn issue(
        hash: Hash,
        number_max: u32,
        expires_at: UnixMs,
        id: Option<&str>,
        data: Data,
        secrets: &Secrets,
        entropy: &dyn Entropy,
    ) -> Result<Self, DataError> {
        let data = named(data, id)?;
        let (mut random, mut choice) = ([0; 12], [0; 8]);
        entropy.fill(&mut random);
        entropy.fill(&mut choice);
        let number = u64::from_be_bytes(choice) % (u64::from(number_max) + 1);
        let salt = salt(&random, expires_at, &data);
        let challenge = hex(&hash.rounds(hidden(&salt, number).as_bytes(), 1));
        let signature = hex(&secrets.sign_challenge(hash, challenge.as_bytes()));
        Ok(Self { algorithm: hash.name(), challenge, maxnumber: number_max, salt, signature })
    }

    /// The JSON that the widget reads.
    #[must_use]
    pub fn json(&self) -> String {
        // Invariant: a struct of texts and a number always serialises.
        #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
        serde_json::to_string(self).expect("a challenge serialises")
    }
}

/// A number that was searched, and the challenge that hid it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    hash: Hash,
    challenge: String,
    number: u64,
    salt: String,
    signature: Vec<u8>,
    expires_at: Option<u64>,
    data: Data,
}

impl Solution {
    pub(super) fn read(json: &str) -> Result<Self, PayloadError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Sent {
            algorithm: String,
            challenge: String,
            number: u64,
            salt: String,
            signature: String,
            #[serde(rename = "took")]
            _took: Option<IgnoredAny>,
        }
        let sent: Sent = object(json)?;
        let hash = Hash::named(&sent.algorithm).ok_or(PayloadError::Algorithm)?;
        let digest = |text: &str| vec(text).filter(|digest| digest.len() == hash.length());
        if digest(&sent.challenge).is_none() {
            return Err(PayloadError::Member("challenge"));
        }
        if sent.number > EXACT_MAX {
            return Err(PayloadError::Member("number"));
        }
        let (expires_at, data) = parameters(&sent.salt).ok_or(PayloadError::Member("salt"))?;
        Ok(Self {
            hash,
            signature: digest(&sent.signature).ok_or(PayloadError::Member("signature"))?,
            challenge: sent.challenge,
            number: sent.number,
            salt: sent.salt,
            expires_at,
            data,
        })
    }

    pub(super) fn data(&self) -> &Data {
        &self.data
    }

    pub(super) fn challenge_id(&self) -> Option<&str> {
        self.data.challenge_id()
    }

    pub(super) fn authenticate(&self, secrets: &Secrets, now: UnixMs) -> Result<Authentic, Refused> {
        in_time(self.expires_at, now)?;
        let signature = secrets.sign_challenge(self.hash, self.challenge.as_bytes());
        if !bool::from(signature.ct_eq(&self.signature)) {
            return Err(Refused::Signature);
        }
        let challenge = hex(&self.hash.rounds(hidden(&self.salt, self.number).as_bytes(), 1));
        if !bool::from(challenge.as_bytes().ct_eq(self.challenge.as_bytes())) {
            return Err(Refused::Solution);
        }
        let mut data = self.data.clone();
        let replay_id = match data.take(CHALLENGE_ID) {
            Some(DataValue::Text(id)) => id,
            _ => self.challenge.clone(),
        };
        Ok(Authentic::new(Verified::new(replay_id, self.expires_at, data), None))
    }
}

fn salt(random: &[u8; 12], expires_at: UnixMs, data: &Data) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair(EXPIRY[0], &(expires_at.0 / 1000).to_string());
    for (name, value) in data.iter() {
        let text = match value {
            DataValue::Null => String::new(),
            DataValue::Truth(truth) => truth.to_string(),
            DataValue::Integer(number) => number.to_string(),
            DataValue::Text(text) => text.clone(),
        };
        query.append_pair(name, &text);
    }
    format!("{}?{}{DELIMITER}", hex(random), query.finish())
}

/// What is hashed.
fn hidden(salt: &str, number: u64) -> String {
    format!("{salt}{number}")
}

/// What stands between the first and the second `?` of a salt: when it expires, in seconds, and the custom values.
/// Where a name comes twice the last one counts. `None` where the salt is no salt.
fn parameters(salt: &str) -> Option<(Option<u64>, Data)> {
    let is_plain = salt.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_plain || salt.len() > SALT_MAX || !salt.ends_with(DELIMITER) {
        return None;
    }
    let query = salt.split('?').nth(1).unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let mut expiry = [None, None];
    let mut data = Data::default();
    for (name, value) in pairs.into_iter().rev() {
        if let Some(place) = EXPIRY.iter().position(|known| *known == name) {
            expiry[place].get_or_insert(value);
        } else {
            match data.insert(name.into_owned(), DataValue::Text(value.into_owned())) {
                Ok(()) | Err(DataError::Twice) => {}
                Err(_) => return None,
            }
        }
    }
    match expiry.into_iter().flatten().next() {
        None => Some((None, data)),
        Some(text) => Some((Some(decimal(&text)?), data)),
    }
}

/// A number in canonical decimal, at most [`EXACT_MAX`].
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number <= EXACT_MAX && number.to_string() == text).then_some(number)
}

/// What a salt ends with.
const DELIMITER: &str = "&";
/// The longest salt that is read, in bytes: all the data and the longest name that are issued, with every character
/// encoded.
const SALT_MAX: usize = 9000;
