//! One puzzle: a salt and a target.
//!
//! The two derivations, the verifier and the solver meet in this type, and the wire formats print it. A target is
//! a prefix of hex digits rather than bytes because an odd difficulty is common and means half a byte.

use core::error::Error;
use core::fmt;
use core::str::{self, FromStr};

use crate::block::Block;
use crate::parameters::Parameters;

/// A salt and the target that its digest must meet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Puzzle {
    block: Block,
    target: Target,
}

impl Puzzle {
    /// A puzzle that was received rather than derived, as a client has it.
    ///
    /// # Errors
    ///
    /// [`PuzzleError::Salt`] unless the salt is lower-case hex with a length within [`Parameters::SALT_LENGTH`].
    pub fn new(salt: &str, target: Target) -> Result<Self, PuzzleError> {
        let block = Block::from_salt(salt).ok_or(PuzzleError::Salt)?;
        Ok(Self { block, target })
    }

    /// A puzzle from random words: the salt's digits in order, and the target's from the highest. There must be
    /// a word for each 8 digits of salt; more are not taken.
    #[inline]
    pub(crate) fn from_words(salt: impl Iterator<Item = u32>, target: u32, parameters: Parameters) -> Self {
        Self {
            block: Block::from_words(salt, parameters.salt_length()),
            target: Target::from_word(target, parameters.difficulty()),
        }
    }

    /// The salt in lower-case hex.
    #[must_use]
    pub fn salt(&self) -> &str {
        // Invariant: a block's salt is made of hex digits only.
        str::from_utf8(self.block.salt()).expect("a salt is ASCII")
    }

    /// The target.
    #[must_use]
    pub const fn target(&self) -> Target {
        self.target
    }

    /// Whether `solution` solves the puzzle. Costs one hash, or two when the salt and digits pass 55 bytes.
    #[inline]
    #[must_use]
    pub fn is_solved_by(&self, solution: u64) -> bool {
        self.target.matches_word(self.block.digest_word(solution))
    }

    /// [`Puzzle::is_solved_by`] for two puzzles, which together cost little more than one.
    #[inline]
    #[must_use]
    pub fn are_solved_by(puzzles: [&Self; 2], solutions: [u64; 2]) -> [bool; 2] {
        let words = Block::digest_words(puzzles.map(Self::block), solutions);
        [puzzles[0].target.matches_word(words[0]), puzzles[1].target.matches_word(words[1])]
    }

    /// The salt in its hash block, for the solver.
    pub(crate) const fn block(&self) -> &Block {
        &self.block
    }
}

impl fmt::Debug for Puzzle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Puzzle").field("salt", &self.salt()).field("target", &self.target).finish()
    }
}

/// The hex digits that a digest must begin with: 1 to 8 of them, see [`Parameters::DIFFICULTY`].
///
/// `Display` prints exactly these digits and `FromStr` reads them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    value: u32,
    digits: u8,
}

impl Target {
    /// The highest `digits` hex digits of a word; `digits` is within [`Parameters::DIFFICULTY`].
    pub(crate) const fn from_word(word: u32, digits: u8) -> Self {
        Self { value: word >> spare_bits(digits), digits }
    }

    /// The number of hex digits.
    #[must_use]
    pub const fn difficulty(self) -> u8 {
        self.digits
    }

    /// Whether a SHA-256 digest begins with the target.
    #[must_use]
    pub const fn matches(self, digest: &[u8; 32]) -> bool {
        self.matches_word(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
    }

    /// Whether a digest whose first 32 bits are `word` begins with the target.
    pub(crate) const fn matches_word(self, word: u32) -> bool {
        word >> spare_bits(self.digits) == self.value
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Target({self})")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:0width$x}", self.value, width = usize::from(self.digits))
    }
}

impl FromStr for Target {
    type Err = PuzzleError;

    /// # Errors
    ///
    /// [`PuzzleError::Target`] unless the text is lower-case hex with a length within [`Parameters::DIFFICULTY`].
    fn from_str(text: &str) -> Result<Self, PuzzleError> {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let in_range = u32::try_from(text.len()).is_ok_and(|length| Parameters::DIFFICULTY.contains(&length));
        if !in_range || !text.bytes().all(is_digit) {
            return Err(PuzzleError::Target);
        }
        let value = u32::from_str_radix(text, 16).map_err(|_| PuzzleError::Target)?;
        Ok(Self { value, digits: text.len() as u8 })
    }
}

/// A received puzzle that is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PuzzleError {
    /// The salt is not lower-case hex of an allowed length.
    Salt,
    /// The target is not lower-case hex of an allowed length.
    Target,
}

impl fmt::Display for PuzzleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, range) = match self {
            Self::Salt => ("salt", Parameters::SALT_LENGTH),
            Self::Target => ("target", Parameters::DIFFICULTY),
        };
        write!(formatter, "a {name} must be {} to {} lower-case hex digits", range.start(), range.end())
    }
}

impl Error for PuzzleError {}

/// The bits of a 32-bit word that a target of so many digits leaves free: 0 to 28.
const fn spare_bits(digits: u8) -> u32 {
    32 - 4 * digits as u32
}
