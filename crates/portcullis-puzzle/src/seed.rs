//! Randomness out of the seed: one stream for each purpose, and a faster one for grain.
//!
//! Whatever an answer depends on comes from ChaCha20 keyed by the seed, so that no amount of pictures tells the next
//! one. Grain is drawn by the hundred thousand; it comes from a generator whose whole state could be read off a
//! picture, and is seeded from a purpose of its own for that reason.

use std::fmt;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};

/// The 32 secret bytes that a puzzle is made from. Whoever knows them knows the answer; they are never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seed(…)")
    }
}

/// Random decisions of one purpose.
pub(crate) struct Stream {
    cipher: ChaCha20,
    block: [u8; 64],
    used: usize,
}

impl Stream {
    /// The stream of `seed` for `purpose`, which is at most 12 bytes long.
    pub(crate) fn new(seed: &Seed, purpose: &[u8]) -> Self {
        let mut nonce = [0; 12];
        for (to, from) in nonce.iter_mut().zip(purpose) {
            *to = *from;
        }
        Self { cipher: ChaCha20::new(&seed.0.into(), &nonce.into()), block: [0; 64], used: 64 }
    }

    /// 32 random bits.
    pub(crate) fn bits(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = [0; 64];
            self.cipher.apply_keystream(&mut self.block);
            self.used = 0;
        }
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.block[self.used..self.used + 4]);
        self.used += 4;
        u32::from_le_bytes(bytes)
    }

    /// From 0 up to but not including 1.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.bits() >> 8) as f32 / 16_777_216.0
    }

    /// From `low` to `high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// `size` or `-size`.
    pub(crate) fn sign(&mut self, size: f32) -> f32 {
        if self.bits() & 1 == 0 { size } else { -size }
    }

    /// Below `count`, which is not zero. The bias of at most `count` / 2^32 is no help to anybody.
    pub(crate) fn below(&mut self, count: u32) -> u32 {
        ((u64::from(self.bits()) * u64::from(count)) >> 32) as u32
    }

    /// Puts `items` into a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }

    /// A generator of grain, seeded from here.
    pub(crate) fn grain(&mut self) -> Grain {
        Grain(u64::from(self.bits()) << 32 | u64::from(self.bits()))
    }
}

/// Fast randomness that decides nothing: Steele, Lea and Flood's SplitMix64 (OOPSLA 2014).
pub(crate) struct Grain(u64);

impl Grain {
    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_silent() {
        assert_eq!(format!("{:?}", Seed([7; 32])), "Seed(…)");
    }

    #[test]
    fn purposes_have_streams_of_their_own() {
        let seed = Seed([1; 32]);
        let draw = |purpose: &[u8]| {
            let mut stream = Stream::new(&seed, purpose);
            [(); 20].map(|()| stream.bits())
        };
        assert_eq!(draw(b"one"), draw(b"one"));
        assert_ne!(draw(b"one"), draw(b"two"));
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut items: Vec<u8> = (0..20).collect();
        Stream::new(&Seed([2; 32]), b"shuffle").shuffle(&mut items);
        assert_ne!(items, (0..20).collect::<Vec<u8>>());
        items.sort_unstable();
        assert_eq!(items, (0..20).collect::<Vec<u8>>());
    }
}
