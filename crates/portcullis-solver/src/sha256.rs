//! SHA-256 (FIPS 180-4) over any number of lanes, cut into the steps that the kernels share out between nonces.

use core::num::Wrapping;

use crate::lanes::Lanes;

/// Adds one block to a hash: the whole compression function.
#[inline(always)]
pub(crate) fn compress<V: Lanes>(hash: [V; 8], block: &[V; 16]) -> [V; 8] {
    let mut state = hash;
    let mut words = *block;
    for start in [0, 16, 32, 48] {
        macro_rules! sixteen {
            ($($t:literal)*) => {
                $(round(&mut state, $t, V::splat(ROUND[start + $t]) + words[$t]);)*
                if start == 48 {
                    break;
                }
                // The words for the next sixteen rounds.
                $(words[$t] = words[$t]
                    + small_sigma0(words[($t + 1) % 16])
                    + words[($t + 9) % 16]
                    + small_sigma1(words[($t + 14) % 16]);)*
            };
        }
        sixteen!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    }
    for (word, before) in state.iter_mut().zip(hash) {
        *word = *word + before;
    }
    state
}

/// As [`compress`] in a single lane, in a few hundred bytes of code: for blocks hashed once per thousands of nonces.
#[inline(never)]
pub(crate) fn compress_one(hash: [Wrapping<u32>; 8], block: &[Wrapping<u32>; 16]) -> [Wrapping<u32>; 8] {
    let mut words = [Wrapping(0); 64];
    words[..16].copy_from_slice(block);
    let mut state = hash;
    for t in 0..64 {
        if t >= 16 {
            words[t] = schedule_word(&words, t);
        }
        round(&mut state, t, Wrapping(ROUND[t]) + words[t]);
    }
    for (word, before) in state.iter_mut().zip(hash) {
        *word += before;
    }
    state
}

/// Schedule word `t`, 16 to 63, from those before it.
#[inline(always)]
pub(crate) fn schedule_word(words: &[Wrapping<u32>; 64], t: usize) -> Wrapping<u32> {
    words[t - 16] + small_sigma0(words[t - 15]) + words[t - 7] + small_sigma1(words[t - 2])
}

/// One round. `word` is the round's constant plus its schedule word.
///
/// The eight variables do not move from round to round, their names do: in round `t`, variable number `n` (a is 0, h
/// is 7) is `state[(n - t) mod 8]`.
#[inline(always)]
pub(crate) fn round<V: Lanes>(state: &mut [V; 8], t: usize, word: V) {
    let at = |n: usize| (n + 64 - t) % 8;
    let (a, b, c) = (state[at(0)], state[at(1)], state[at(2)]);
    let (e, f, g, h) = (state[at(4)], state[at(5)], state[at(6)], state[at(7)]);
    let sum1 = e.rotate_right::<6>() ^ e.rotate_right::<11>() ^ e.rotate_right::<25>();
    let sum0 = a.rotate_right::<2>() ^ a.rotate_right::<13>() ^ a.rotate_right::<22>();
    let choice = e.select(f, g);
    // The next round's `b ^ c` is this round's `a ^ b`, so the compiler computes it once.
    let majority = b ^ ((a ^ b) & (b ^ c));
    let first = h + word + choice + sum1;
    state[at(3)] = state[at(3)] + first;
    state[at(7)] = first + (sum0 + majority);
}

/// The first mixing function of the message schedule.
#[inline(always)]
pub(crate) fn small_sigma0<V: Lanes>(word: V) -> V {
    word.rotate_right::<7>() ^ word.rotate_right::<18>() ^ word.shift_right::<3>()
}

/// The second mixing function of the message schedule.
#[inline(always)]
pub(crate) fn small_sigma1<V: Lanes>(word: V) -> V {
    word.rotate_right::<17>() ^ word.rotate_right::<19>() ^ word.shift_right::<10>()
}

/// The hash of nothing yet.
#[rustfmt::skip]
pub(crate) const INITIAL: [u32; 8] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

/// The constant of each round.
#[rustfmt::skip]
pub(crate) const ROUND: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];
