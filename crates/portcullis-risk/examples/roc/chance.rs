//! Chance by seed: the same seed gives the same visits, on any machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of chances.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of `seed` for visit `visit` of a generator called `name`.
    pub(crate) fn new(seed: u64, name: &str, visit: usize) -> Self {
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut chance = ChaCha8Rng::seed_from_u64(seed ^ name);
        chance.set_stream(visit as u64);
        Self(chance)
    }

    /// Evenly, 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly between two bounds.
    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.share()
    }

    /// A whole number of at least `from` and below `to`.
    pub(crate) fn count(&mut self, from: usize, to: usize) -> usize {
        from + (self.share() * (to - from) as f64) as usize
    }

    /// True with probability `share`.
    pub(crate) fn is(&mut self, share: f64) -> bool {
        self.share() < share
    }

    /// One of several.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.count(0, choices.len())]
    }

    /// Normally distributed (Box and Muller).
    pub(crate) fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        mean + deviation * radius * (std::f64::consts::TAU * self.share()).cos()
    }
}
