//! Which nonces are tried, and where their digits lie in the hashed message.
//!
//! All nonces of one search have the same number of digits, so every digit stays at its byte. Four of them fill one
//! aligned 32-bit word of the message: the *swept* word, which runs through 1000 to 9999 while everything else
//! stands still. The other digits are a counter that moves once per 9000 nonces. Nothing says that the swept word
//! holds the last digits: it lies where sharing saves the most.

use core::num::Wrapping;
use core::ops::Range;

use crate::late_word;
use crate::sha256::{compress_one, INITIAL};

/// The last one or two blocks of the message: the rest of the salt, the nonce, the padding.
pub(crate) struct Layout {
    /// The hash of the blocks before, which hold salt only.
    pub(crate) midstate: [Wrapping<u32>; 8],
    /// Index of the swept word in [`blocks`](Self::blocks), counted through both.
    pub(crate) swept: usize,
    /// How many blocks of `tail` are hashed: 1 or 2.
    block_count: usize,
    /// Where the nonce lies in `tail`.
    nonce: Range<usize>,
    tail: [u8; 128],
}

impl Layout {
    /// Lays out a message of `salt` and a nonce of `width` digits, 7 to 16, with every digit still `0`.
    pub(crate) fn new(salt: &[u8], width: usize) -> Self {
        let whole_blocks = salt.chunks_exact(64);
        let rest = whole_blocks.remainder();
        let midstate = whole_blocks.fold(INITIAL.map(Wrapping), |hash, block| {
            let mut words = [Wrapping(0); 16];
            read_words(block, &mut words);
            compress_one(hash, &words)
        });

        let nonce = rest.len()..rest.len() + width;
        let block_count = if nonce.end <= ONE_BLOCK { 1 } else { 2 };
        let mut tail = [0; 128];
        tail[..rest.len()].copy_from_slice(rest);
        tail[nonce.clone()].fill(b'0');
        tail[nonce.end] = 0x80;
        let bits = 8 * (salt.len() + width) as u64;
        tail[64 * block_count - 8..64 * block_count].copy_from_slice(&bits.to_be_bytes());

        let covers = |word: usize| nonce.start <= 4 * word && 4 * word + 4 <= nonce.end;
        let last_covered = nonce.end / 4 - 1;
        let swept =
            if block_count == 1 && covers(late_word::SWEPT) { late_word::SWEPT } else { last_covered };
        Self { midstate, swept, block_count, nonce, tail }
    }

    /// The widths to search one after the other: as many digits as one block has room for, then the most digits.
    ///
    /// With some salts the first has too few nonces for the greatest difficulty; the second, which may cost two
    /// blocks per nonce, has more than enough.
    pub(crate) fn widths(salt: &[u8]) -> [usize; 2] {
        let room = ONE_BLOCK.saturating_sub(salt.len() % 64);
        [if room < FEWEST_DIGITS { MOST_DIGITS } else { room.min(MOST_DIGITS) }, MOST_DIGITS]
    }

    /// The values of the counter, in the order to try them.
    ///
    /// The first digit is never 0, since a number has no leading zeros, and never 9, so that even a nonce of
    /// [`MOST_DIGITS`] stays below 2^53, the end of JavaScript's exact integers.
    pub(crate) fn counters(&self) -> Range<u64> {
        let lowest = 10_u64.pow(self.nonce.len() as u32 - 5);
        lowest..9 * lowest
    }

    /// Writes the counter into the digits that are not swept.
    pub(crate) fn set_counter(&mut self, mut counter: u64) {
        let swept = 4 * self.swept..4 * self.swept + 4;
        for at in self.nonce.clone().rev().filter(|at| !swept.contains(at)) {
            self.tail[at] = b'0' + (counter % 10) as u8;
            counter /= 10;
        }
    }

    /// The blocks to hash, the last one or two of the message.
    pub(crate) fn blocks(&self) -> ([[Wrapping<u32>; 16]; 2], usize) {
        let mut blocks = [[Wrapping(0); 16]; 2];
        let (first, second) = self.tail.split_at(64);
        read_words(first, &mut blocks[0]);
        read_words(second, &mut blocks[1]);
        (blocks, self.block_count)
    }

    /// The whole nonce as a number, when the swept word holds `swept`, 1000 to 9999.
    pub(crate) fn nonce(&self, swept: u32) -> u64 {
        let mut tail = self.tail;
        tail[4 * self.swept..4 * self.swept + 4].copy_from_slice(&digits(swept).to_be_bytes());
        tail[self.nonce.clone()].iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    }
}

/// The word that four decimal digits make in the message: `number`, 0 to 9999, in ASCII.
pub(crate) fn digits(number: u32) -> u32 {
    let digit = |unit: u32| number / unit % 10 + u32::from(b'0');
    digit(1000) << 24 | digit(100) << 16 | digit(10) << 8 | digit(1)
}

#[inline(never)]
fn read_words(bytes: &[u8], words: &mut [Wrapping<u32>; 16]) {
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = Wrapping(bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte)));
    }
}

/// How many bytes of message fit in a last block beside the padding.
const ONE_BLOCK: usize = 55;

/// Below this many digits a second block is worth its price.
const FEWEST_DIGITS: usize = 8;

/// 16 digits that do not begin with 9 are less than 2^53.
const MOST_DIGITS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_within_the_bounds_of_a_site_have_the_fast_kernel_or_one_block() {
        for length in 1..=44 {
            let salt = vec![b'a'; length];
            let layout = Layout::new(&salt, Layout::widths(&salt)[0]);
            assert_eq!(layout.blocks().1, 1, "salt of {} bytes", length);
            assert_eq!(layout.swept == late_word::SWEPT, length >= 32, "salt of {} bytes", length);
        }
    }

    #[test]
    fn the_greatest_difficulty_has_nonces_enough() {
        // 9000 for each counter value; 2^40 is 256 times the mean of 2^32.
        for length in 1..=300 {
            let salt = vec![b'a'; length];
            let counters = Layout::widths(&salt).map(|width| Layout::new(&salt, width).counters());
            let nonces: u64 = counters.iter().map(|range| (range.end - range.start) * 9000).sum();
            assert!(nonces > 1 << 40, "salt of {} bytes: {}", length, nonces);
        }
    }

    #[test]
    fn a_nonce_is_its_counter_around_the_swept_digits() {
        // 44 bytes of salt: the nonce begins with the swept digits.
        let mut layout = Layout::new(&[b'a'; 44], 11);
        layout.set_counter(1_234_567);
        assert_eq!(layout.nonce(8765), 87_651_234_567);
        // 32: it ends with them.
        let mut layout = Layout::new(&[b'a'; 32], 16);
        layout.set_counter(899_999_999_999);
        assert_eq!(layout.nonce(9999), 8_999_999_999_999_999);
        // 42: they are in the middle.
        let mut layout = Layout::new(&[b'a'; 42], 13);
        layout.set_counter(123_456_789);
        assert_eq!(layout.nonce(5555), 1_255_553_456_789);
    }
}
