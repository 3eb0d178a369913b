//! The shape of a challenge: how many puzzles, how long a salt, how hard a target.
//!
//! The bounds live in the type, so that everything behind it may count on them: every salt and ten digits of
//! nonce fit one hash block, every target fits 32 bits, and no request can ask for endless work.

use core::error::Error;
use core::fmt;
use core::ops::RangeInclusive;

/// The shape of a challenge. Every value is within its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Parameters {
    count: u16,
    salt_length: u8,
    difficulty: u8,
}

impl Parameters {
    /// How many puzzles a challenge may have.
    pub const COUNT: RangeInclusive<u32> = 1..=500;

    /// How many hex digits a salt may have.
    ///
    /// A published solver loops for ever once salt and nonce pass 55 bytes; 44 leaves room for 11 digits.
    pub const SALT_LENGTH: RangeInclusive<u32> = 1..=44;

    /// How many hex digits a target may have. Each digit makes a puzzle 16 times harder.
    pub const DIFFICULTY: RangeInclusive<u32> = 1..=8;

    /// Checks the three numbers, which may come from anywhere.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] names the first number, in the order of the arguments, that is out of its range.
    pub const fn new(count: u32, salt_length: u32, difficulty: u32) -> Result<Self, ParameterError> {
        if !within(&Self::COUNT, count) {
            return Err(ParameterError::Count { found: count });
        }
        if !within(&Self::SALT_LENGTH, salt_length) {
            return Err(ParameterError::SaltLength { found: salt_length });
        }
        if !within(&Self::DIFFICULTY, difficulty) {
            return Err(ParameterError::Difficulty { found: difficulty });
        }
        // The ranges above fit the narrower types.
        Ok(Self { count: count as u16, salt_length: salt_length as u8, difficulty: difficulty as u8 })
    }

    /// The number of puzzles in the challenge, within [`Parameters::COUNT`].
    #[must_use]
    pub const fn count(self) -> u16 {
        self.count
    }

    /// The length of each salt in hex digits, within [`Parameters::SALT_LENGTH`].
    #[must_use]
    pub const fn salt_length(self) -> u8 {
        self.salt_length
    }

    /// The length of each target in hex digits, within [`Parameters::DIFFICULTY`].
    #[must_use]
    pub const fn difficulty(self) -> u8 {
        self.difficulty
    }
}

/// A number that no challenge may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// The number of puzzles is outside [`Parameters::COUNT`].
    Count {
        /// The number that was asked for.
        found: u32,
    },
    /// The salt's length is outside [`Parameters::SALT_LENGTH`].
    SaltLength {
        /// The number of hex digits that was asked for.
        found: u32,
    },
    /// The difficulty is outside [`Parameters::DIFFICULTY`].
    Difficulty {
        /// The number of hex digits that was asked for.
        found: u32,
    },
}

impl fmt::Display for ParameterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, range, found) = match *self {
            Self::Count { found } => ("count", Parameters::COUNT, found),
            Self::SaltLength { found } => ("salt length", Parameters::SALT_LENGTH, found),
            Self::Difficulty { found } => ("difficulty", Parameters::DIFFICULTY, found),
        };
        write!(formatter, "{name} must be {} to {}, found {found}", range.start(), range.end())
    }
}

impl Error for ParameterError {}

/// `RangeInclusive::contains`, which is not `const`.
const fn within(range: &RangeInclusive<u32>, value: u32) -> bool {
    *range.start() <= value && value <= *range.end()
}
