//! The search itself: batches of 9000 nonces, swept a hundred at a time.

use crate::any_word::AnyWord;
use crate::lanes::Lanes;
use crate::late_word::{self, LateWord};
use crate::layout::{digits, Layout};
use crate::target::Target;

/// A message that is fixed except for the swept word.
pub(crate) trait Batch<V> {
    /// The first word of the hash, when the swept word holds `digits`.
    fn first_word(&self, digits: V) -> V;
}

/// The first nonce, in the layout's order, that solves the puzzle. `None` after [`MAX_TRIES`].
pub(crate) fn search<V: Lanes>(salt: &[u8], target: Target) -> Option<u64> {
    let sweep = Sweep::<V>::new(target);
    let mut batches_left = MAX_TRIES / TRIES_PER_BATCH;
    for width in Layout::widths(salt) {
        let mut layout = Layout::new(salt, width);
        for counter in layout.counters() {
            if batches_left == 0 {
                return None;
            }
            batches_left -= 1;
            layout.set_counter(counter);
            let found = if layout.swept == late_word::SWEPT && layout.blocks().1 == 1 {
                sweep.batch(&LateWord::new(&layout))
            } else {
                sweep.batch(&AnyWord::new(&layout))
            };
            if let Some(swept) = found {
                return Some(layout.nonce(swept));
            }
        }
    }
    None
}

/// What is compared with, and the digits to try, spread over lanes.
struct Sweep<V> {
    mask: V,
    bits: V,
    /// 0000 to 0099 as digits, in as few of these as the lanes need.
    low_digits: [V; 100],
}

impl<V: Lanes> Sweep<V> {
    fn new(target: Target) -> Self {
        let mut low_digits = [V::splat(0); 100];
        for (row, low) in low_digits.iter_mut().enumerate().take(100 / V::WIDTH) {
            *low = V::from_fn(|lane| digits((row * V::WIDTH + lane) as u32));
        }
        Self { mask: V::splat(target.mask), bits: V::splat(target.bits), low_digits }
    }

    /// The first value of the swept word, 1000 to 9999, that solves the puzzle.
    fn batch(&self, batch: &impl Batch<V>) -> Option<u32> {
        (10..100).find_map(|high| self.hundred(batch, high))
    }

    /// As [`batch`](Self::batch), but only the hundred values that begin with `high`.
    ///
    /// A function of its own because browsers replace slow code by optimised code only between calls: this one ends
    /// soon, so the fast code is in use as soon as it is there.
    #[inline(never)]
    fn hundred(&self, batch: &impl Batch<V>, high: u32) -> Option<u32> {
        // Digits of different places do not overlap, so two parts of a word can be added.
        let high_digits = V::splat((digits(high) - digits(0)) << 16);
        for (row, &low) in self.low_digits.iter().enumerate().take(100 / V::WIDTH) {
            let word = batch.first_word(high_digits + low);
            if let Some(lane) = (word & self.mask).first_equal(self.bits) {
                return Some(high * 100 + (row * V::WIDTH + lane) as u32);
            }
        }
        None
    }
}

/// How many values the swept word takes: four digits of which the first is not 0.
const TRIES_PER_BATCH: u64 = 9000;

/// After this many nonces the search gives up: 256 times what the greatest difficulty needs on average.
const MAX_TRIES: u64 = 1 << 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::portable::Quad;
    use core::num::Wrapping;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};

    /// The rule itself, from an independent SHA-256 and plain strings.
    fn solves(salt: &[u8], target: &str, nonce: u64) -> bool {
        let digest = Sha256::new().chain_update(salt).chain_update(nonce.to_string()).finalize();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.starts_with(&target.to_lowercase())
    }

    fn check(salt: &[u8], target: &str) {
        let parsed = Target::parse(target.as_bytes()).unwrap();
        let one = search::<Wrapping<u32>>(salt, parsed).unwrap();
        let four = search::<Quad>(salt, parsed).unwrap();
        assert!(solves(salt, target, one), "salt {salt:?}, target {target}, nonce {one}");
        assert_eq!(one, four, "lanes must not change which nonce is found");
        assert!(one < 1 << 53, "{one} is not exact in JavaScript");
    }

    #[test]
    fn every_salt_length_is_solved() {
        let salt: Vec<u8> = (0..300).map(|at| b"0123456789abcdef"[at * 7 % 16]).collect();
        for length in 1..=salt.len() {
            check(&salt[..length], ["7", "e3"][length % 2]);
        }
    }

    #[test]
    fn a_search_goes_on_beyond_its_first_batch() {
        // Four digits take some 65,000 tries, seven batches. The salts give the fast and the plain kernel.
        check(b"0767c83f326ab6eff25bf2340fbbb37a", "d9d6");
        check(b"6ddc10a516d02f61", "388e");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_salt_and_target_in_bounds_are_solved(
            salt in proptest::collection::vec(any::<u8>(), 1..=crate::MAX_SALT_BYTES),
            target in "[0-9a-fA-F]{1,2}",
        ) {
            check(&salt, &target);
        }

        #[test]
        fn both_kernels_hash_alike(salt in "[0-9a-f]{32,44}", counter in 0_u64..1 << 36, swept in 1000_u32..10_000) {
            let mut layout = Layout::new(salt.as_bytes(), Layout::widths(salt.as_bytes())[0]);
            layout.set_counter(counter);
            let word = Wrapping(digits(swept));
            prop_assert_eq!(layout.swept, late_word::SWEPT);
            prop_assert_eq!(
                LateWord::new(&layout).first_word(word),
                AnyWord::<Wrapping<u32>>::new(&layout).first_word(word)
            );
        }
    }
}
