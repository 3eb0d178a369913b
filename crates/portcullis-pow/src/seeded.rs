//! Puzzles from a token, bit for bit as Cap derives them.
//!
//! Cap hashes a seed (FNV-1a, 32 bits) and steps a 32-bit xorshift from there. The seed of puzzle `i`, counted
//! from 1, is the token followed by `i` in decimal, and one more `d` for the target. All seeds share the token,
//! so its hash is taken once and resumed; rehashing a long token for every puzzle is what makes other
//! implementations slow.

use core::fmt;
use core::iter::FusedIterator;

use crate::block::hex;
use crate::parameters::Parameters;
use crate::puzzle::Puzzle;

/// Derives the puzzles of a token as Cap does.
///
/// Any text is a token. Cap hashes UTF-16 code units, as JavaScript has them, and so does this. The Python package
/// hashes code points, so the two part ways beyond U+FFFF; tokens are ASCII in practice.
#[must_use]
pub fn seeded(token: &str, parameters: Parameters) -> Seeded {
    Seeded { token_hash: Fnv::hash(token), index: 0, parameters }
}

/// Fills `out` with the lower-case hex digits of Cap's generator for `seed`.
pub fn prng(seed: &str, out: &mut [u8]) {
    let mut generator = Xorshift::seeded(Fnv::hash(seed));
    for chunk in out.chunks_mut(8) {
        chunk.copy_from_slice(&hex(generator.step()).to_be_bytes()[..chunk.len()]);
    }
}

/// The puzzles of one token in order; see [`seeded()`].
#[derive(Clone)]
pub struct Seeded {
    token_hash: Fnv,
    /// How many puzzles were handed out.
    index: u16,
    parameters: Parameters,
}

impl Iterator for Seeded {
    type Item = Puzzle;

    #[inline]
    fn next(&mut self) -> Option<Puzzle> {
        if self.index == self.parameters.count() {
            return None;
        }
        self.index += 1;
        let salt_seed = self.token_hash.number(self.index);
        let mut generator = Xorshift::seeded(salt_seed);
        let salt = core::iter::repeat_with(move || generator.step());
        let target = Xorshift::seeded(salt_seed.unit(u16::from(b'd'))).step();
        Some(Puzzle::from_words(salt, target, self.parameters))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.parameters.count() - self.index);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Seeded {}

impl FusedIterator for Seeded {}

impl fmt::Debug for Seeded {
    /// Leaves the token's hash out, from which the puzzles follow.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Seeded")
            .field("index", &self.index)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// FNV-1a with 32 bits, over 16-bit units instead of bytes.
#[derive(Clone, Copy)]
struct Fnv(u32);

impl Fnv {
    fn hash(text: &str) -> Self {
        let start = Self(0x811c_9dc5);
        // In ASCII every byte is one code unit, and tokens are ASCII.
        if text.is_ascii() {
            text.bytes().fold(start, |hash, byte| hash.unit(u16::from(byte)))
        } else {
            text.encode_utf16().fold(start, Self::unit)
        }
    }

    /// Takes one code unit in.
    const fn unit(self, unit: u16) -> Self {
        Self((self.0 ^ unit as u32).wrapping_mul(0x0100_0193))
    }

    /// Takes the decimal digits of a number below 1000 in.
    fn number(self, number: u16) -> Self {
        let digit = |value: u16| u16::from(b'0') + value % 10;
        let mut hash = self;
        if number >= 100 {
            hash = hash.unit(digit(number / 100));
        }
        if number >= 10 {
            hash = hash.unit(digit(number / 10));
        }
        hash.unit(digit(number))
    }
}

/// Marsaglia's 32-bit xorshift with the shifts 13, 17 and 5.
struct Xorshift(u32);

impl Xorshift {
    const fn seeded(Fnv(state): Fnv) -> Self {
        Self(state)
    }

    const fn step(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}
