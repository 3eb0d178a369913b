//! Puzzles from a secret key, for clients that are sent each salt and target.
//!
//! The keystream of ChaCha20 (RFC 8439: 96-bit nonce of zeros, block counter from 0) is read as 32-bit words, the
//! first byte highest. A puzzle takes `n + 1` words, where `n` is `salt_length / 8` rounded up:
//!
//! - `n` words are the salt: their hex digits in order, cut to `salt_length`;
//! - one word is the target: its first `difficulty` hex digits, highest first.
//!
//! Puzzle follows puzzle without a gap, so puzzle `i`, counted from 0, begins at byte `4·(n + 1)·i`. The nonce may
//! be zero because a key serves one challenge only: the caller makes it from the challenge's token with a keyed
//! hash.

use core::fmt;
use core::iter::FusedIterator;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};

use crate::parameters::Parameters;
use crate::puzzle::Puzzle;

/// Derives the puzzles of a key. The key must belong to one challenge alone and be known to the server only.
#[must_use]
pub fn salted(key: &[u8; 32], parameters: Parameters) -> Salted {
    Salted { key: *key, stream: [0; STREAM_LENGTH], position: STREAM_LENGTH, index: 0, parameters }
}

/// The puzzles of one key in order; see [`salted()`].
#[derive(Clone)]
pub struct Salted {
    // The key rather than a cipher, because the cipher cannot be cloned. Setting one up is cheap.
    key: [u8; 32],
    /// The part of the keystream that was read last.
    stream: [u8; STREAM_LENGTH],
    /// Where the next puzzle begins in `stream`.
    position: usize,
    /// How many puzzles were handed out.
    index: u16,
    parameters: Parameters,
}

impl Salted {
    /// Reads on from the next puzzle. 500 puzzles take 14 kB of keystream, and the cipher has 256 GB.
    fn read_stream(&mut self, puzzle_length: usize) {
        let left = usize::from(self.parameters.count() - self.index) * puzzle_length;
        let length = left.next_multiple_of(READ_UNIT).min(STREAM_LENGTH);
        let mut cipher = ChaCha20::new(&self.key.into(), &[0; 12].into());
        cipher.seek(usize::from(self.index) * puzzle_length);
        cipher.write_keystream(&mut self.stream[..length]);
        self.position = 0;
    }
}

impl Iterator for Salted {
    type Item = Puzzle;

    #[inline]
    fn next(&mut self) -> Option<Puzzle> {
        if self.index == self.parameters.count() {
            return None;
        }
        let salt_words = usize::from(self.parameters.salt_length()).div_ceil(8);
        let puzzle_length = 4 * (salt_words + 1);
        if self.position + puzzle_length > STREAM_LENGTH {
            self.read_stream(puzzle_length);
        }
        let (words, _) = self.stream[self.position..][..puzzle_length].as_chunks::<4>();
        self.position += puzzle_length;
        self.index += 1;
        let mut words = words.iter().map(|&bytes| u32::from_be_bytes(bytes));
        let target = words.next_back()?;
        Some(Puzzle::from_words(words, target, self.parameters))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.parameters.count() - self.index);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Salted {}

impl FusedIterator for Salted {}

impl fmt::Debug for Salted {
    /// Leaves the key and its stream out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Salted")
            .field("index", &self.index)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// How much of the keystream is kept: enough for 50 puzzles with salts of 32 digits.
const STREAM_LENGTH: usize = 1024;

/// The keystream is read in multiples of this: four cipher blocks, which common processors make together.
const READ_UNIT: usize = 256;
