//! The hash block of one puzzle: the salt, laid where SHA-256 reads it.
//!
//! A salt of at most 44 digits and a common nonce fill one 64-byte block. The salt is written straight into its
//! block when it is derived, so that checking a solution adds the nonce and the padding and compresses once. A
//! general hasher would copy the message through a buffer and spend half as much again on bookkeeping.

use sha2::block_api::compress256;

#[cfg(target_arch = "x86_64")]
use crate::lanes;
use crate::parameters::Parameters;

/// A salt at the head of a block. Every byte behind the salt is zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    bytes: [u8; BLOCK_LENGTH],
    salt_length: u8,
}

impl Block {
    /// Writes the first `salt_length` hex digits of `words`, each word as 8 digits with the highest first.
    #[inline]
    pub(crate) fn from_words(words: impl Iterator<Item = u32>, salt_length: u8) -> Self {
        let mut bytes = [0; BLOCK_LENGTH];
        let length = usize::from(salt_length);
        let (chunks, _) = bytes.as_chunks_mut::<8>();
        for (chunk, word) in chunks[..length.div_ceil(8)].iter_mut().zip(words) {
            *chunk = hex(word).to_be_bytes();
        }
        if !length.is_multiple_of(8) {
            bytes[length..length.next_multiple_of(8)].fill(0);
        }
        Self { bytes, salt_length }
    }

    /// Takes a salt as it is. `None` when it is empty, longer than the parameters allow, or not lower-case hex.
    pub(crate) fn from_salt(salt: &str) -> Option<Self> {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if salt.is_empty() || salt.len() > SALT_LENGTH || !salt.bytes().all(is_digit) {
            return None;
        }
        let mut bytes = [0; BLOCK_LENGTH];
        bytes[..salt.len()].copy_from_slice(salt.as_bytes());
        Some(Self { bytes, salt_length: salt.len() as u8 })
    }

    /// The salt's digits.
    pub(crate) fn salt(&self) -> &[u8] {
        &self.bytes[..usize::from(self.salt_length)]
    }

    /// The first 32 bits of the SHA-256 digest of the salt and the decimal digits of `nonce`.
    #[inline]
    pub(crate) fn digest_word(&self, nonce: u64) -> u32 {
        let mut bytes = self.bytes;
        if pad(&mut bytes, self.salt_length, nonce) {
            compress(&[bytes])
        } else {
            self.digest_word_long(nonce)
        }
    }

    /// [`Block::digest_word`] of two blocks, which together cost little more than one.
    #[inline]
    pub(crate) fn digest_words(blocks: [&Self; 2], nonces: [u64; 2]) -> [u32; 2] {
        #[cfg(target_arch = "x86_64")]
        {
            let mut padded = blocks.map(|block| block.bytes);
            let fits = |index: usize| pad(&mut padded[index], blocks[index].salt_length, nonces[index]);
            if [0, 1].map(fits) == [true, true]
                && let Some(words) = lanes::first_words(&padded)
            {
                return words;
            }
        }
        [blocks[0].digest_word(nonces[0]), blocks[1].digest_word(nonces[1])]
    }

    /// [`Block::digest_word`] for any nonce. A long salt and a long nonce spill into a second block.
    #[cold]
    fn digest_word_long(&self, nonce: u64) -> u32 {
        let length =
            usize::from(self.salt_length) + nonce.checked_ilog10().map_or(1, |tens| 1 + tens as usize);
        let mut blocks = [[0; BLOCK_LENGTH]; 2];
        let message = blocks.as_flattened_mut();
        message[..BLOCK_LENGTH].copy_from_slice(&self.bytes);
        let mut rest = nonce;
        for digit in message[usize::from(self.salt_length)..length].iter_mut().rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        message[length] = 0x80;
        let block_count = if length < LENGTH_FIELD { 1 } else { 2 };
        let end = block_count * BLOCK_LENGTH;
        message[end - 8..end].copy_from_slice(&(8 * length as u64).to_be_bytes());
        compress(&blocks[..block_count])
    }

    /// Starts counting nonces from 0.
    pub(crate) fn counter(&self) -> Counter {
        let mut counter =
            Counter { bytes: self.bytes, salt_length: usize::from(self.salt_length), digits: 0 };
        counter.lengthen(b'0');
        counter
    }
}

/// Writes the digits and the padding behind the salt. `false` when they do not fit or are too many to try.
#[inline]
fn pad(bytes: &mut [u8; BLOCK_LENGTH], salt_length: u8, nonce: u64) -> bool {
    let mut end = usize::from(salt_length);
    let high = nonce / EIGHT_DIGITS;
    let (digits, length) = if high == 0 {
        decimal(nonce as u32)
    } else if high < EIGHT_DIGITS && end + 16 < LENGTH_FIELD {
        // The solver of ours that visitors run yields nonces of 9 to 16 digits.
        let (digits, length) = decimal(high as u32);
        bytes[end..][..8].copy_from_slice(&digits.to_le_bytes());
        end += length;
        (ones((nonce % EIGHT_DIGITS) as u32) + ASCII_ZEROS, 8)
    } else {
        return false;
    };
    // The digits and the bit behind them in one piece: the processor reads back best what it wrote in one piece.
    let padded = u128::from(digits) | (0x80 << (8 * length));
    bytes[end..][..16].copy_from_slice(&padded.to_le_bytes());
    end += length;
    bytes[LENGTH_FIELD..].copy_from_slice(&(8 * end as u64).to_be_bytes());
    true
}

/// A padded block that counts: only the digits that change are written again.
///
/// The salt never fills a block, so there is no compressed prefix to keep.
pub(crate) struct Counter {
    bytes: [u8; BLOCK_LENGTH],
    salt_length: usize,
    digits: usize,
}

impl Counter {
    /// The first 32 bits of the digest at the present nonce.
    pub(crate) fn digest_word(&self) -> u32 {
        compress(&[self.bytes])
    }

    /// Steps to the next nonce. The digest is right up to 11 digits; more may need a second block.
    pub(crate) fn increment(&mut self) {
        for digit in self.bytes[self.salt_length..][..self.digits].iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.lengthen(b'1');
    }

    /// Puts `first` before the digits, which are all 0 here.
    fn lengthen(&mut self, first: u8) {
        let end = self.salt_length + self.digits + 1;
        self.digits += 1;
        // The digits behind are zeros, so writing one more zero at the end moves them along.
        self.bytes[end - 1] = b'0';
        self.bytes[self.salt_length] = first;
        self.bytes[end] = 0x80;
        self.bytes[LENGTH_FIELD..].copy_from_slice(&(8 * end as u64).to_be_bytes());
    }
}

/// The 8 lower-case hex digits of a word as ASCII, the highest digit in the highest byte.
pub(crate) fn hex(word: u32) -> u64 {
    // Spread the eight nibbles over eight bytes, halving the step each time.
    let mut nibbles = u64::from(word);
    nibbles = (nibbles | (nibbles << 16)) & 0x0000_ffff_0000_ffff;
    nibbles = (nibbles | (nibbles << 8)) & 0x00ff_00ff_00ff_00ff;
    nibbles = (nibbles | (nibbles << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    // Adding 6 carries into the fifth bit for 10 and above; those bytes need the gap between '9' and 'a' as well.
    let letters = ((nibbles + 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101;
    nibbles + ASCII_ZEROS + letters * u64::from(b'a' - b'0' - 10)
}

/// The decimal digits of a number below 10⁸, the first in the lowest byte and zero bytes behind, and their number.
fn decimal(number: u32) -> (u64, usize) {
    let ones = ones(number);
    // Shift leading zeros out, but keep the last digit of 0 itself.
    let leading = (ones | (1 << 56)).trailing_zeros() & !7;
    ((ones + ASCII_ZEROS) >> leading, 8 - (leading / 8) as usize)
}

/// The 8 decimal digits of a number below 10⁸ as a byte each, the first digit in the lowest byte.
fn ones(number: u32) -> u64 {
    // Split into two lanes of four digits, then four of two, then eight of one. The multiplications divide:
    // 10486 / 2²⁰ is 1/100 and 103 / 2¹⁰ is 1/10, exact for the sizes at hand.
    let fours = u64::from(number / 10_000) | (u64::from(number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let twos = ((fours - 100 * hundreds) << 16) | hundreds;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    ((twos - 10 * tens) << 8) | tens
}

/// Compresses whole padded blocks and returns the first word of the digest.
fn compress(blocks: &[[u8; BLOCK_LENGTH]]) -> u32 {
    let mut state = INITIAL_STATE;
    compress256(&mut state, blocks);
    state[0]
}

/// What turns a digit into its ASCII character, for eight digits at once.
const ASCII_ZEROS: u64 = 0x3030_3030_3030_3030;

/// The longest salt in hex digits. With 11 digits of nonce it fills a block up to the padding.
const SALT_LENGTH: usize = *Parameters::SALT_LENGTH.end() as usize;

/// 10⁸: a half of up to 8 digits is converted at a time.
const EIGHT_DIGITS: u64 = 100_000_000;

/// The bytes of a SHA-256 block.
pub(crate) const BLOCK_LENGTH: usize = 64;

/// Where the message's length in bits stands in the last block.
const LENGTH_FIELD: usize = 56;

/// The initial hash value of SHA-256 (FIPS 180-4, section 5.3.3).
pub(crate) const INITIAL_STATE: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_of_nonce_hashes_as_it_is_written() {
        use sha2::{Digest, Sha256};
        extern crate std;
        for salt_length in [1, 32, 39, 40, 44] {
            let salt = &"0123456789abcdef0123456789abcdef0123456789ab"[..salt_length];
            let block = Block::from_salt(salt).unwrap();
            for digits in 1..=19 {
                for nonce in [10_u64.pow(digits) - 1, 10_u64.pow(digits), 10_u64.pow(digits) + 7] {
                    let digest = Sha256::digest(std::format!("{salt}{nonce}"));
                    let expected = u32::from_be_bytes(*digest.first_chunk().unwrap());
                    assert_eq!(block.digest_word(nonce), expected, "{salt}{nonce}");
                    // Beside a block with other contents, in either place.
                    let other = Block::from_salt("f00d").unwrap();
                    let beside = other.digest_word(7);
                    assert_eq!(Block::digest_words([&block, &other], [nonce, 7]), [expected, beside]);
                    assert_eq!(Block::digest_words([&other, &block], [7, nonce]), [beside, expected]);
                }
            }
        }
    }

    #[test]
    fn counter_grows_by_a_digit_at_every_power_of_ten() {
        for salt_length in 1..=SALT_LENGTH {
            let salt = &"0123456789abcdef0123456789abcdef0123456789ab"[..salt_length];
            let block = Block::from_salt(salt).unwrap();
            let mut counter = block.counter();
            for digits in 1..=10 {
                counter.bytes[salt_length..][..digits].fill(b'9');
                assert_eq!(counter.digest_word(), block.digest_word(10_u64.pow(digits as u32) - 1));
                counter.increment();
                assert_eq!(counter.digest_word(), block.digest_word(10_u64.pow(digits as u32)));
            }
        }
    }
}
