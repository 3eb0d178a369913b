//! The fast kernel: one block, of which only word 11 changes.
//!
//! With the usual salt of 32 hex digits and a nonce of 16, word 11 holds the last four digits. It also lies within the
//! nonce for every salt of up to 44 bytes (and 32 or more). What changes late in the block changes little:
//!
//! - rounds 0 to 10 are the same for all nonces of a batch, and round 11 shrinks to two additions;
//! - of the 48 schedule words that SHA-256 derives from the block, some do not depend on word 11 at all, and those up
//!   to number 39 depend on it in fewer than four terms. What is fixed is summed up beforehand, in one lane;
//! - only the first word of the hash is compared, so the last rounds compute nothing else.
//!
//! Which terms change follows from the schedule's recurrence; [`CHANGES`] works it out at compile time.

use core::num::Wrapping;

use crate::lanes::Lanes;
use crate::layout::Layout;
use crate::search::Batch;
use crate::sha256::{self, round, small_sigma0, small_sigma1, ROUND};

/// A block of which only word 11 is still open, with all that does not depend on it computed.
pub(crate) struct LateWord<V> {
    /// The state after round 11, as if the open word were 0. Adding the word to `a` and `e` makes up for it.
    state: [V; 8],
    /// Each round's constant, with the schedule word already added where that is fixed.
    rounds: [V; 64],
    /// The sum of the fixed terms of each schedule word that changes.
    fixed: [V; 64],
}

impl<V: Lanes> LateWord<V> {
    /// Takes the message as the layout now has it. It must be one whose swept word is [`SWEPT`].
    #[inline(never)]
    pub(crate) fn new(layout: &Layout) -> Self {
        let ([mut block, _], _) = layout.blocks();
        block[SWEPT] = Wrapping(0);

        // Words that change stay 0 here. So do both sigmas of 0, and each sum below is just its fixed terms.
        let mut words = [Wrapping(0); 64];
        let mut fixed = [V::splat(0); 64];
        words[..16].copy_from_slice(&block);
        for t in 16..64 {
            let sum = sha256::schedule_word(&words, t);
            if CHANGES[t] {
                fixed[t] = V::splat(sum.0);
            } else {
                words[t] = sum;
            }
        }

        let mut state = layout.midstate;
        for t in 0..=SWEPT {
            round(&mut state, t, Wrapping(ROUND[t]) + words[t]);
        }
        let mut rounds = [V::splat(0); 64];
        for t in SWEPT + 1..64 {
            rounds[t] = V::splat(ROUND[t].wrapping_add(words[t].0));
        }
        // The hash's first word is `a` of the last round plus the midstate's; the sum may as well start with it.
        rounds[63] = rounds[63] + V::splat(layout.midstate[0].0);
        Self { state: state.map(|word| V::splat(word.0)), rounds, fixed }
    }

    /// Schedule word `t`, of which some terms change. Constant `t` leaves additions of only those.
    #[inline(always)]
    fn schedule_word(&self, t: usize, words: &[V; 64]) -> V {
        let all_change = CHANGES[t - 16] && CHANGES[t - 15] && CHANGES[t - 7] && CHANGES[t - 2];
        let mut sum = if all_change { V::splat(0) } else { self.fixed[t] };
        if CHANGES[t - 16] {
            sum = sum + words[t - 16];
        }
        if CHANGES[t - 15] {
            sum = sum + small_sigma0(words[t - 15]);
        }
        if CHANGES[t - 7] {
            sum = sum + words[t - 7];
        }
        if CHANGES[t - 2] {
            sum = sum + small_sigma1(words[t - 2]);
        }
        sum
    }
}

impl<V: Lanes> Batch<V> for LateWord<V> {
    #[inline(always)]
    fn first_word(&self, digits: V) -> V {
        let mut words = [digits; 64];
        let mut state = self.state;
        let after = |n: usize| (n + 64 - (SWEPT + 1)) % 8;
        state[after(0)] = state[after(0)] + digits;
        state[after(4)] = state[after(4)] + digits;
        macro_rules! rounds {
            ($($t:literal)*) => {$(
                if $t >= 16 && CHANGES[$t] {
                    words[$t] = self.schedule_word($t, &words);
                    round(&mut state, $t, self.rounds[$t] + words[$t]);
                } else {
                    round(&mut state, $t, self.rounds[$t]);
                }
            )*};
        }
        rounds!(12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37);
        rounds!(38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63);
        // After 64 rounds the names are back where they began.
        state[0]
    }
}

/// The word of the block that changes.
pub(crate) const SWEPT: usize = 11;

/// Whether each schedule word depends on the open one.
const CHANGES: [bool; 64] = {
    let mut changes = [false; 64];
    changes[SWEPT] = true;
    let mut t = 16;
    while t < 64 {
        changes[t] = changes[t - 2] || changes[t - 7] || changes[t - 15] || changes[t - 16];
        t += 1;
    }
    changes
};
