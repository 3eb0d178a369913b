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
    /// Any key that begins with so many hex digits of zero. One more is sixteen times the tries, which are 16^`digits`
    /// on the average and sometimes four times as many. A counter has 32 bits, so with many more digits some
    /// challenges would have no solution.
    Prefix {
        /// 1 to [`Work::DIGITS_MAX`].
        digits: u8,
    },
    /// The key of one counter, drawn between both bounds. Browsers count from 0, but a program may begin at `least`:
    /// it is spared whatever lies below, and people are not. So the range has [`Work::WIDTH_MIN`] counters or more,
    /// and at most as many below it.
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
    #[error("a SHA key is as long as its digest, and any other key 16 or 32 bytes")]
    KeyLength,
    /// A key in memory is derived once, by whoever issues it, so its counter has to be drawn.
    #[error("keys that take memory are signed: their counter is drawn")]
    Search,
    /// More memory than a telephone has to spare, or what the algorithm does not take.
    #[error(
        "a key takes up to {} KiB; scrypt's cost is a power of two, and Argon2id has 8 KiB or more for each lane",
        Algorithm::MEMORY_MAX
    )]
    Memory,
    /// Nothing to find, or too much.
    #[error("a prefix has 1 to {} digits", Work::DIGITS_MAX)]
    Prefix,
    /// A program would have less to do than people.
    #[error("counters are drawn from {} or more, with at most as many below the smallest", Work::WIDTH_MIN)]
    Counters,
    /// More than a telephone can do before the widget gives up.
    #[error(
        "the cost of a key, times the tries, is at most {}, or {} KiB",
        Work::TOTAL_MAX,
        Work::KIBIBYTES_MAX
    )]
    Total,
}

impl Work {
    /// The most that one key may cost: rounds or iterations. Four times what the vendor advises for PBKDF2, and some
    /// milliseconds of a server, which pays it for every challenge or for every solution; see
    /// [`Payload::verify`](crate::altcha::Payload::verify).
    pub const COST_MAX: u32 = 20_000;
    /// The longest prefix, in hex digits.
    pub const DIGITS_MAX: u8 = 5;
    /// The fewest counters to draw from.
    pub const WIDTH_MIN: u32 = 100;
    /// The most rounds or iterations of all tries together: on the average for a prefix, at worst for a counter.
    /// Twice the heaviest that the vendor advises, which takes cheap telephones up to half of the 90 seconds after
    /// which the widget gives up.
    pub const TOTAL_MAX: u64 = 100_000_000;

    /// The most KiB that all tries together go through, at worst. A telephone takes 10 to 60 seconds for these.
    pub const KIBIBYTES_MAX: u64 = 32 * 1024 * 1024;

    /// `cost` is what the [`Algorithm`] says; `key_length` is in bytes.
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
            Algorithm::Pbkdf2(_) | Algorithm::Argon2id(_) | Algorithm::Scrypt(_) => {
                matches!(key_length, 16 | 32)
            }
        };
        if !is_length {
            return Err(WorkError::KeyLength);
        }
        let tries = search.tries()?;
        let kibibytes = u64::from(algorithm.kibibytes(cost).ok_or(WorkError::Memory)?);
        let (total, most) = match algorithm {
            Algorithm::Sha(_) | Algorithm::Pbkdf2(_) => {
                (u64::from(cost).saturating_mul(tries), Self::TOTAL_MAX)
            }
            Algorithm::Argon2id(_) | Algorithm::Scrypt(_) if matches!(search, Search::Prefix { .. }) => {
                return Err(WorkError::Search);
            }
            Algorithm::Argon2id(_) => (u64::from(cost) * kibibytes * tries, Self::KIBIBYTES_MAX),
            Algorithm::Scrypt(_) => (kibibytes * tries, Self::KIBIBYTES_MAX),
        };
        if total > most {
            return Err(WorkError::Total);
        }
        Ok(Self { algorithm, cost, key_length, search })
    }

    /// The cost of all tries together, on the average.
    #[cfg(test)]
    pub(in crate::altcha) fn rounds(self) -> f64 {
        let tries = match self.search {
            Search::Prefix { digits } => f64::from(1_u32 << (4 * digits)),
            Search::Counter { least, most } => f64::from(least + most) / 2.0,
        };
        f64::from(self.cost) * tries
    }
}

impl Search {
    /// How many keys are derived until the right one: on the average for a prefix, at worst for a counter.
    fn tries(self) -> Result<u64, WorkError> {
        match self {
            Self::Prefix { digits } if (1..=Work::DIGITS_MAX).contains(&digits) => Ok(1 << (4 * digits)),
            Self::Prefix { .. } => Err(WorkError::Prefix),
            Self::Counter { least, most } => {
                let width = (u64::from(most) + 1).saturating_sub(least.into());
                let is_wide = width >= Work::WIDTH_MIN.into() && width >= least.into();
                if is_wide { Ok(u64::from(most) + 1) } else { Err(WorkError::Counters) }
            }
        }
    }
}
