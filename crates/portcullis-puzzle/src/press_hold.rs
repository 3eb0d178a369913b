//! Press and hold. No picture: how long a button is to be held, and whether it was.

use crate::seed::Stream;
use crate::{Grade, Seed};

/// A button to hold down for a while that differs from challenge to challenge.
#[derive(Clone, Copy, Debug)]
pub struct PressHold {
    hold_ms: u32,
}

impl PressHold {
    /// The challenge of `seed`.
    #[must_use]
    pub fn new(seed: &Seed) -> Self {
        let mut stream = Stream::new(seed, b"press-hold");
        Self { hold_ms: SHORTEST_MS + stream.below(LONGEST_MS - SHORTEST_MS + 1) }
    }

    /// How long the button is to be held, in milliseconds: 900 to 1,900.
    #[must_use]
    pub fn hold_ms(&self) -> u32 {
        self.hold_ms
    }

    /// Judges how long it was held, by the server's clock. Longer is no mistake: hands that let go slowly pass too,
    /// and so do those that rest after a first try. No guess is needed, for the page is told the time; what is won is
    /// the waiting.
    #[must_use]
    pub fn grade(&self, held_ms: u64) -> Grade {
        Grade::of(held_ms >= u64::from(self.hold_ms))
    }
}

const SHORTEST_MS: u32 = 900;
const LONGEST_MS: u32 = 1_900;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_long_enough_is_right() {
        for number in 0..100 {
            let puzzle = PressHold::new(&Seed([number; 32]));
            let hold = u64::from(puzzle.hold_ms());
            assert!((900..=1900).contains(&hold), "{hold}");
            assert_eq!(puzzle.grade(0), Grade::Wrong);
            assert_eq!(puzzle.grade(hold - 1), Grade::Wrong);
            assert_eq!(puzzle.grade(hold), Grade::Right);
            assert_eq!(puzzle.grade(hold + 5_000), Grade::Right);
            assert_eq!(puzzle.grade(u64::MAX), Grade::Right);
        }
    }

    #[test]
    fn challenges_differ() {
        let times: std::collections::BTreeSet<u32> =
            (0..100).map(|number| PressHold::new(&Seed([number; 32])).hold_ms()).collect();
        assert!(times.len() > 80, "{}", times.len());
    }
}
