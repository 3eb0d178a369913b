//! How much is asked of a browser. Only what the published widget can do can be said here.

use super::Algorithm;

/// What a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    pub(super) algorithm: Algorithm,
    pub(super) cost: u32,
    pub(super) key_length: u8,
    pub(super) search: Search,
}

/// What has to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Any key that begins with so many hex digits of zero. One more is sixteen times the tries.
    Prefix {
        /// 1 to 8.
        digits: u8,
    },
    /// The key of one counter, drawn between both bounds. Browsers count from 0, but a program may begin at `least`:
    /// what counts is how far apart they are.
    Counter {
        /// The smallest that is drawn.
        least: u32,
        /// The largest that is drawn.
        most: u32,
    },
}

/// Why a browser cannot be asked for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// Too cheap or too dear.
    #[error("the cost of a key goes from 1 to {}", Work::COST_MAX)]
    Cost,
    /// The widget shortens SHA keys after every round and the libraries at the end, so only whole digests agree; and
    /// it derives PBKDF2 keys as AES keys, of which Chromium knows two lengths.
    #[error("a SHA key is as long as its digest, and a PBKDF2 key 16 or 32 bytes")]
    KeyLength,
    /// Nothing to find, or too much.
    #[error("a prefix has 1 to 8 digits")]
    Prefix,
    /// There is no counter between the bounds.
    #[error("the smallest counter is larger than the largest")]
    Counters,
}

impl Work {
    /// The most that one key may cost: rounds or iterations.
    pub const COST_MAX: u32 = 1_000_000;

    /// `cost` is rounds of SHA or iterations of PBKDF2; `key_length` is in bytes.
    ///
    /// # Errors
    ///
    /// See [`WorkError`].
    pub fn new(algorithm: Algorithm, cost: u32, key_length: u8, search: Search) -> Result<Self, WorkError> {
        if !(1..=Self::COST_MAX).contains(&cost) {
            return Err(WorkError::Cost);
        }
        let is_length = match algorithm {
            Algorithm::Sha(hash) => usize::from(key_length) == hash.length(),
            Algorithm::Pbkdf2(_) => matches!(key_length, 16 | 32),
        };
        if !is_length {
            return Err(WorkError::KeyLength);
        }
        match search {
            Search::Prefix { digits: 1..=8 } => {}
            Search::Prefix { .. } => return Err(WorkError::Prefix),
            Search::Counter { least, most } if least <= most => {}
            Search::Counter { .. } => return Err(WorkError::Counters),
        }
        Ok(Self { algorithm, cost, key_length, search })
    }
}
