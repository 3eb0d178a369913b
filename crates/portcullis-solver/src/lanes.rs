//! 32-bit arithmetic on one or several independent lanes.
//!
//! SHA-256 is written once, over [`Lanes`]. Each lane tries another nonce. WebAssembly with `simd128` has four
//! lanes; elsewhere a single lane is the fastest, and tests also run four portable ones.

use core::num::Wrapping;
use core::ops::{Add, BitAnd, BitXor};

/// The widest lanes of this build.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) type Widest = Simd;

/// The widest lanes of this build.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(crate) type Widest = Wrapping<u32>;

/// A fixed number of `u32`s worked on at once. Addition wraps.
pub(crate) trait Lanes:
    Copy + Add<Output = Self> + BitAnd<Output = Self> + BitXor<Output = Self>
{
    /// How many lanes there are: a divisor of 100, since a sweep covers two decimal digits.
    const WIDTH: usize;

    /// The same value in every lane.
    fn splat(value: u32) -> Self;

    /// The value of `lane` for each lane, counted from 0.
    fn from_fn(lane: impl Fn(usize) -> u32) -> Self;

    /// Each lane rotated to the right by `BITS`, 1 to 31.
    fn rotate_right<const BITS: u32>(self) -> Self;

    /// Each lane shifted to the right by `BITS`, 1 to 31.
    fn shift_right<const BITS: u32>(self) -> Self;

    /// Bit by bit: `ones` where `self` has a 1, `zeros` where it has a 0.
    fn select(self, ones: Self, zeros: Self) -> Self;

    /// The first lane that is the same in `self` and `other`.
    fn first_equal(self, other: Self) -> Option<usize>;
}

impl Lanes for Wrapping<u32> {
    const WIDTH: usize = 1;

    #[inline(always)]
    fn splat(value: u32) -> Self {
        Wrapping(value)
    }

    #[inline(always)]
    fn from_fn(lane: impl Fn(usize) -> u32) -> Self {
        Wrapping(lane(0))
    }

    #[inline(always)]
    fn rotate_right<const BITS: u32>(self) -> Self {
        Wrapping(self.0.rotate_right(BITS))
    }

    #[inline(always)]
    fn shift_right<const BITS: u32>(self) -> Self {
        Wrapping(self.0 >> BITS)
    }

    #[inline(always)]
    fn select(self, ones: Self, zeros: Self) -> Self {
        zeros ^ (self & (ones ^ zeros))
    }

    #[inline(always)]
    fn first_equal(self, other: Self) -> Option<usize> {
        (self == other).then_some(0)
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use self::simd::Simd;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{
        i32x4_bitmask, i32x4_eq, u32x4, u32x4_add, u32x4_shl, u32x4_shr, u32x4_splat, v128, v128_and,
        v128_any_true, v128_bitselect, v128_or, v128_xor,
    };
    use core::ops::{Add, BitAnd, BitXor};

    use super::Lanes;

    /// Four lanes in one `v128`.
    #[derive(Clone, Copy)]
    pub(crate) struct Simd(v128);

    impl Lanes for Simd {
        const WIDTH: usize = 4;

        #[inline(always)]
        fn splat(value: u32) -> Self {
            Self(u32x4_splat(value))
        }

        #[inline(always)]
        fn from_fn(lane: impl Fn(usize) -> u32) -> Self {
            Self(u32x4(lane(0), lane(1), lane(2), lane(3)))
        }

        #[inline(always)]
        fn rotate_right<const BITS: u32>(self) -> Self {
            Self(v128_or(u32x4_shr(self.0, BITS), u32x4_shl(self.0, 32 - BITS)))
        }

        #[inline(always)]
        fn shift_right<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }

        #[inline(always)]
        fn select(self, ones: Self, zeros: Self) -> Self {
            Self(v128_bitselect(ones.0, zeros.0, self.0))
        }

        #[inline(always)]
        fn first_equal(self, other: Self) -> Option<usize> {
            let equal = i32x4_eq(self.0, other.0);
            v128_any_true(equal).then(|| i32x4_bitmask(equal).trailing_zeros() as usize)
        }
    }

    impl Add for Simd {
        type Output = Self;

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(u32x4_add(self.0, other.0))
        }
    }

    impl BitAnd for Simd {
        type Output = Self;

        #[inline(always)]
        fn bitand(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }
    }

    impl BitXor for Simd {
        type Output = Self;

        #[inline(always)]
        fn bitxor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }
    }
}

#[cfg(test)]
pub(crate) mod portable {
    use core::array;
    use core::ops::{Add, BitAnd, BitXor};

    use super::Lanes;

    /// Four lanes without SIMD, so that native tests exercise all that is particular to several lanes.
    #[derive(Clone, Copy)]
    pub(crate) struct Quad([u32; 4]);

    impl Quad {
        fn zip(self, other: Self, each: impl Fn(u32, u32) -> u32) -> Self {
            Self(array::from_fn(|lane| each(self.0[lane], other.0[lane])))
        }
    }

    impl Lanes for Quad {
        const WIDTH: usize = 4;

        fn splat(value: u32) -> Self {
            Self([value; 4])
        }

        fn from_fn(lane: impl Fn(usize) -> u32) -> Self {
            Self(array::from_fn(lane))
        }

        fn rotate_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|lane| lane.rotate_right(BITS)))
        }

        fn shift_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|lane| lane >> BITS))
        }

        fn select(self, ones: Self, zeros: Self) -> Self {
            self.zip(ones, |mask, one| mask & one)
                .zip(self.zip(zeros, |mask, zero| !mask & zero), |a, b| a | b)
        }

        fn first_equal(self, other: Self) -> Option<usize> {
            (0..4).find(|&lane| self.0[lane] == other.0[lane])
        }
    }

    impl Add for Quad {
        type Output = Self;

        fn add(self, other: Self) -> Self {
            self.zip(other, u32::wrapping_add)
        }
    }

    impl BitAnd for Quad {
        type Output = Self;

        fn bitand(self, other: Self) -> Self {
            self.zip(other, |a, b| a & b)
        }
    }

    impl BitXor for Quad {
        type Output = Self;

        fn bitxor(self, other: Self) -> Self {
            self.zip(other, |a, b| a ^ b)
        }
    }
}
