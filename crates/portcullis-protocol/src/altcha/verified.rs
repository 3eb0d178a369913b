//! What a payload proved, and why one proved nothing.

use portcullis_engine::{NotDone, UnixMs};
use subtle::ConstantTimeEq;

use super::Data;
use super::v2::{Derivation, DerivedKey};

/// A payload of ours that was solved in time. Only [`Payload::verify`](super::Payload::verify) makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    replay_id: String,
    expires_at: Option<UnixMs>,
    data: Data,
}

impl Verified {
    pub(super) fn new(replay_id: String, expires_at: Option<u64>, data: Data) -> Self {
        let expires_at = expires_at.map(|seconds| UnixMs(seconds.saturating_mul(1000)));
        Self { replay_id, expires_at, data }
    }

    /// Names the challenge: the same for every payload that was made from it. Whoever takes a payload takes this id
    /// first, at once and for good, until [`Verified::expires_at`]; a second time it is a replay.
    #[must_use]
    pub fn replay_id(&self) -> &str {
        &self.replay_id
    }

    /// The last moment at which the challenge is good; absent where it is good for ever.
    #[must_use]
    pub fn expires_at(&self) -> Option<UnixMs> {
        self.expires_at
    }

    /// The custom values that were signed with the challenge, without its expiry and its name.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }
}

/// A payload of ours that came in time. Whether its work was done may still have to be seen: by deriving its key once
/// more.
#[derive(Debug)]
pub struct Authentic {
    verified: Verified,
    unchecked: Option<(Derivation, DerivedKey)>,
}

impl Authentic {
    pub(super) fn new(verified: Verified, unchecked: Option<(Derivation, DerivedKey)>) -> Self {
        Self { verified, unchecked }
    }

    /// The key that has to be derived; absent where none has.
    #[must_use]
    pub fn derivation(&self) -> Option<Derivation> {
        self.unchecked.as_ref().map(|(derivation, _)| *derivation)
    }

    /// The last check. `key` is what [`Authentic::derivation`] made; where it is absent the key is derived here.
    ///
    /// # Errors
    ///
    /// [`Refused::Solution`].
    pub fn finish(self, key: Option<DerivedKey>) -> Result<Verified, Refused> {
        if let Some((derivation, DerivedKey(sent))) = self.unchecked {
            let DerivedKey(key) = key.unwrap_or_else(|| derivation.derive());
            if !bool::from(key.ct_eq(&sent)) {
                return Err(Refused::Solution);
            }
        }
        Ok(self.verified)
    }
}

/// Why a payload that could be read is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its time has passed, or so it says: this is looked at before the signature.
    #[error("this challenge has expired")]
    Expired,
    /// Not signed by us, or changed since.
    #[error("this challenge was not issued here")]
    Signature,
    /// The work was not done.
    #[error("this solution does not solve its challenge")]
    Solution,
}

impl From<Refused> for NotDone {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Expired => Self::Expired,
            Refused::Signature => Self::Forged,
            Refused::Solution => Self::Unsolved,
        }
    }
}

/// Refuses what has expired. `expires_at` is in seconds; absent, it stands for ever.
pub(super) fn in_time(expires_at: Option<u64>, now: UnixMs) -> Result<(), Refused> {
    match expires_at {
        Some(seconds) if seconds.saturating_mul(1000) < now.0 => Err(Refused::Expired),
        _ => Ok(()),
    }
}
