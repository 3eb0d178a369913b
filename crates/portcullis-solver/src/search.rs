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
