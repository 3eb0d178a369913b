//! Two hashes at once with the SHA instructions of x86-64.
//!
//! A round of SHA-256 waits for the round before it, so one hash leaves the processor's SHA unit idle half of the
//! time. The solutions of a challenge are independent, so two are hashed side by side. On a Zen 4 core this took
//! the checking of 50 solutions from 3.3 µs to 2.6 µs, derivation included (`bench/run verify`, runs in turn). No
//! crate offers it; `sha2` hashes one message after another.
//!
//! The instructions and their operands follow Intel's "SHA Extensions" (Gulley et al., 2013): the state is kept in
//! the order ABEF and CDGH, and a step does four rounds.

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_set_epi64x,
    _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8, _mm_shuffle_epi32,
};

use crate::block::{BLOCK_LENGTH, INITIAL_STATE};

cpufeatures::new!(sha_instructions, "sha", "sse2", "ssse3", "sse4.1");

/// The first word of each digest of two padded blocks. `None` when this processor has no SHA instructions.
#[inline]
#[expect(unsafe_code, reason = "calls a function for processors with the instructions just found")]
pub(crate) fn first_words(blocks: &[[u8; BLOCK_LENGTH]; 2]) -> Option<[u32; 2]> {
    sha_instructions::get().then(|| {
        // SAFETY: the function asks only that the processor has the features that `sha_instructions` looked for.
        unsafe { compress(blocks) }
    })
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn compress(blocks: &[[u8; BLOCK_LENGTH]; 2]) -> [u32; 2] {
    let mut lanes = [Lane::new(&blocks[0]), Lane::new(&blocks[1])];
    let [first, second, third, last] = ROUND_CONSTANTS;
    for quarter in [first, second, third] {
        sixteen_rounds::<true>(&mut lanes, quarter);
    }
    sixteen_rounds::<false>(&mut lanes, last);
    lanes.map(|lane| lane.first_word())
}

/// Sixteen rounds of each lane in turn, after which the words are in their old places. The last sixteen need no
/// `MORE` words of the schedule.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sixteen_rounds<const MORE: bool>(lanes: &mut [Lane; 2], constants: [[u32; 4]; 4]) {
    lanes.iter_mut().for_each(|lane| lane.step::<0, MORE>(constants[0]));
    lanes.iter_mut().for_each(|lane| lane.step::<1, MORE>(constants[1]));
    lanes.iter_mut().for_each(|lane| lane.step::<2, MORE>(constants[2]));
    lanes.iter_mut().for_each(|lane| lane.step::<3, MORE>(constants[3]));
}

/// The state of one hash.
struct Lane {
    abef: __m128i,
    cdgh: __m128i,
    /// The sixteen words of the message schedule that the next rounds need, the next four in front.
    words: [__m128i; 4],
}

impl Lane {
    #[inline]
    #[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
    fn new(block: &[u8; BLOCK_LENGTH]) -> Self {
        let (halves, _) = block.as_chunks::<8>();
        let half = |index: usize| i64::from_le_bytes(halves[index]);
        let reversal = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
        let load =
            |index: usize| _mm_shuffle_epi8(_mm_set_epi64x(half(2 * index + 1), half(2 * index)), reversal);
        let [a, b, c, d, e, f, g, h] = INITIAL_STATE.map(u32::cast_signed);
        Self {
            abef: _mm_set_epi32(a, b, e, f),
            cdgh: _mm_set_epi32(c, d, g, h),
            words: [load(0), load(1), load(2), load(3)],
        }
    }

    /// Four rounds with the words at `PLACE`, and the words of the schedule that come there when there are `MORE`.
    #[inline]
    #[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
    fn step<const PLACE: usize, const MORE: bool>(&mut self, constants: [u32; 4]) {
        let [used, second, third, fourth] = [0, 1, 2, 3].map(|ahead| self.words[(PLACE + ahead) % 4]);
        let [k0, k1, k2, k3] = constants.map(u32::cast_signed);
        let sum = _mm_add_epi32(used, _mm_set_epi32(k3, k2, k1, k0));
        self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, sum);
        self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, _mm_shuffle_epi32(sum, 0b1110));
        if MORE {
            let shifted = _mm_alignr_epi8(fourth, third, 4);
            self.words[PLACE] =
                _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(used, second), shifted), fourth);
        }
    }

    #[inline]
    #[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
    fn first_word(&self) -> u32 {
        _mm_extract_epi32(self.abef, 3).cast_unsigned().wrapping_add(INITIAL_STATE[0])
    }
}

/// The round constants of SHA-256 (FIPS 180-4, section 4.2.2), four to a step and sixteen to a quarter.
const ROUND_CONSTANTS: [[[u32; 4]; 4]; 4] = [
    [
        [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5],
        [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
        [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3],
        [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
    ],
    [
        [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc],
        [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
        [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7],
        [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    ],
    [
        [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13],
        [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
        [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3],
        [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    ],
    [
        [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5],
        [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
        [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208],
        [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
    ],
];
