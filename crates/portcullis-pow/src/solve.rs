//! The reference solver: one thread, smallest nonce first.
//!
//! It is the yardstick for the browser's solver and serves clients without a browser. It counts in the hash block
//! itself, so a nonce costs one compression and usually one changed byte.

use crate::puzzle::{Puzzle, Target};

/// Finds the smallest solution of a puzzle.
///
/// The search ends after 64 times the expected number of tries, `64 · 16^difficulty`, but not later than nonce
/// 10¹¹, from where salt and nonce may no longer fit one hash block. `None` is then the answer. Up to difficulty 7
/// the odds of that are e⁻⁶⁴, less than 1 in 10²⁷. At difficulty 8 the limit of 10¹¹ is 23 times the expected
/// number, and the odds are 1 in 10¹⁰; such a puzzle takes minutes where difficulty 4 takes milliseconds.
#[must_use]
pub fn solve(puzzle: &Puzzle) -> Option<u64> {
    let target = puzzle.target();
    let mut counter = puzzle.block().counter();
    for nonce in 0..limit(target) {
        if target.matches_word(counter.digest_word()) {
            return Some(nonce);
        }
        counter.increment();
    }
    None
}

/// How many nonces are tried, from 0.
fn limit(target: Target) -> u64 {
    let expected = 1_u64 << (4 * target.difficulty());
    (64 * expected).min(NONCES)
}

/// The number of nonces with at most 11 digits.
const NONCES: u64 = 100_000_000_000;
