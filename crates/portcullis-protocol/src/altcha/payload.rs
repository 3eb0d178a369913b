//! What the widget puts into the page's form.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portcullis_engine::UnixMs;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::data::CHALLENGE_ID;
use super::{Authentic, Data, DataValue, Refused, Secrets, Verified, v1, v2};
use crate::json;

/// A challenge and its solution, read and not believed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A number that was searched.
    V1(v1::Solution),
    /// A key that was derived.
    V2(v2::Solution),
}

/// Why a payload cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Longer than [`Payload::TEXT_MAX`].
    #[error("the payload is longer than {} characters", Payload::TEXT_MAX)]
    TooLong,
    /// Not standard base64 with padding.
    #[error("the payload is not base64")]
    Base64,
    /// What a widget in test mode sends. It proves nothing.
    #[error("the payload comes from a widget in test mode")]
    Test,
    /// Not JSON of exactly the members that there must be, each of its type.
    #[error("the payload has not the form of any version")]
    Shape,
    /// An algorithm that is not spoken here.
    #[error("the payload names an algorithm that is not spoken here")]
    Algorithm,
    /// A member is out of its bounds, or written otherwise than it is here.
    #[error("the payload's `{0}` is not well-formed")]
    Member(&'static str),
}

impl Payload {
    /// The longest text that is read, in bytes. The longest that could be issued here, a version 1 with all its values
    /// and its name encoded, makes 11,600.
    pub const TEXT_MAX: usize = 13 * 1024;

    /// Reads the text of the form's field.
    ///
    /// # Errors
    ///
    /// See [`PayloadError`].
    pub fn read(text: &str) -> Result<Self, PayloadError> {
        if text.len() > Self::TEXT_MAX {
            return Err(PayloadError::TooLong);
        }
        let json = BASE64_STANDARD.decode(text).map_err(|_| PayloadError::Base64)?;
        Self::of_json(std::str::from_utf8(&json).map_err(|_| PayloadError::Shape)?)
    }

    /// Reads the JSON in it.
    ///
    /// # Errors
    ///
    /// See [`PayloadError`].
    pub fn of_json(json: &str) -> Result<Self, PayloadError> {
        #[derive(Deserialize)]
        struct Outline<'a> {
            #[serde(borrow)]
            challenge: Option<&'a RawValue>,
            test: Option<IgnoredAny>,
        }
        if json.len() > Self::TEXT_MAX / 4 * 3 {
            return Err(PayloadError::TooLong);
        }
        let outline: Outline<'_> = object(json)?;
        if outline.test.is_some() {
            return Err(PayloadError::Test);
        }
        match outline.challenge.map(RawValue::get) {
            Some(challenge) if challenge.starts_with('"') => v1::Solution::read(json).map(Self::V1),
            Some(challenge) if challenge.starts_with('{') => v2::Solution::read(json).map(Self::V2),
            _ => Err(PayloadError::Shape),
        }
    }

    /// The name of its challenge, not believed yet; absent where the challenge has none.
    #[must_use]
    pub fn challenge_id(&self) -> Option<&str> {
        match self {
            Self::V1(solution) => solution.challenge_id(),
            Self::V2(solution) => solution.challenge_id(),
        }
    }

    /// The custom values of its challenge, not believed yet, without its expiry and its name.
    pub(super) fn params(&self) -> impl Iterator<Item = (&str, &DataValue)> {
        let data = match self {
            Self::V1(solution) => Some(solution.data()),
            Self::V2(solution) => solution.data(),
        };
        data.into_iter().flat_map(Data::iter).filter(|(name, _)| *name != CHALLENGE_ID)
    }

    /// Whether it was issued under these secrets and is in time at `now`, and as much of its work as is seen at once.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn authenticate(&self, secrets: &Secrets, now: UnixMs) -> Result<Authentic, Refused> {
        match self {
            Self::V1(solution) => solution.authenticate(secrets, now),
            Self::V2(solution) => solution.authenticate(secrets, now),
        }
    }

    /// Whether it was issued under these secrets, is solved, and is in time at `now`. In the order of what a check
    /// costs: time, signature, the key's beginning, and only then the work.
    ///
    /// Where no counter was drawn that last check derives a key, and [`v2::Work::COST_MAX`] bounds what it costs.
    /// Anybody can fetch one challenge and send any number of solutions to it, so where that key
    /// [is dear](v2::Derivation::is_dear) whoever verifies counts how often it is derived for one challenge, and does it
    /// on a thread that may block: see [`Payload::authenticate`] and [`Authentic::finish`].
    ///
    /// Nothing here knows whether the payload came before; see [`Verified::replay_id`].
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn verify(&self, secrets: &Secrets, now: UnixMs) -> Result<Verified, Refused> {
        self.authenticate(secrets, now)?.finish(None)
    }
}

/// Reads a JSON object.
pub(super) fn object<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, PayloadError> {
    json::object(json.as_bytes()).map_err(|_| PayloadError::Shape)
}
