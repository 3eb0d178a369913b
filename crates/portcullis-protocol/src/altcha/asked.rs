//! How much work is asked of whom.
//!
//! All of these take an ordinary telephone a second or two when nothing speaks against its owner. What is doubled is
//! the tries, not what one try costs a server, except in between.

use portcullis_engine::AltchaWork;

use super::Hash;
use super::v2::{Algorithm, Memory, Search, Work};

/// What a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Version 1: the largest number that may be hidden.
    V1(u32),
    /// Version 2.
    V2(Work),
}

impl Asked {
    /// What a site asks of a visitor whose work is doubled so often. Beyond what a browser can do in the time that the
    /// widget gives it the work does not grow.
    pub(super) fn of(site: AltchaWork, doublings: u8) -> Self {
        let prefix = |algorithm, key_length, cost: u32, digits: u8| {
            let doublings = doublings.min(PREFIX_DOUBLINGS_MAX);
            // Four doublings are one digit, so that a key never costs more than eight times the ordinary.
            let search = Search::Prefix { digits: digits + doublings / 4 };
            Work::new(algorithm, cost << (doublings % 4), key_length, search)
        };
        let counter = |algorithm, cost| {
            // A wider range costs whoever draws from it nothing.
            let doublings = doublings.min(COUNTER_DOUBLINGS_MAX);
            Work::new(
                algorithm,
                cost,
                32,
                Search::Counter { least: 100 << doublings, most: 200 << doublings },
            )
        };
        let work = match site {
            AltchaWork::V1 => return Self::V1(50_000 << doublings.min(V1_DOUBLINGS_MAX)),
            AltchaWork::Pbkdf2 => prefix(Algorithm::Pbkdf2(Hash::Sha256), 32, 2000, 2),
            AltchaWork::Sha256 => prefix(Algorithm::Sha(Hash::Sha256), 32, 8, 3),
            AltchaWork::Argon2id => counter(Algorithm::Argon2id(Memory { memory: 16 * 1024, lanes: 1 }), 1),
            AltchaWork::Scrypt => counter(Algorithm::Scrypt(Memory { memory: 8, lanes: 1 }), 16 * 1024),
        };
        // Invariant: a test makes all there are.
        #[expect(clippy::expect_used, reason = "constants, all of which a test makes")]
        Self::V2(work.expect("work within its bounds"))
    }

    /// Whether a challenge is dear to write.
    pub(super) fn is_dear(site: AltchaWork) -> bool {
        match site {
            AltchaWork::Pbkdf2 | AltchaWork::Sha256 | AltchaWork::V1 => false,
            AltchaWork::Argon2id | AltchaWork::Scrypt => true,
        }
    }
}

/// 16,000 iterations and 4,096 tries.
const PREFIX_DOUBLINGS_MAX: u8 = 7;
/// 1,600 keys of 16 MiB.
const COUNTER_DOUBLINGS_MAX: u8 = 3;
/// A number up to 12.8 million.
const V1_DOUBLINGS_MAX: u8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_asked_is_within_what_browsers_can_do_and_never_less_for_more_doublings() {
        for site in AltchaWork::ALL {
            let mut before = 0.0;
            for doublings in 0..=u8::MAX {
                let work = match Asked::of(site, doublings) {
                    Asked::V1(number_max) => f64::from(number_max) / 2.0,
                    Asked::V2(work) => work.rounds(),
                };
                let factor = if doublings == 0 { 2.0 } else { work / before };
                assert!(
                    (0.99..=1.01).contains(&factor) || (1.98..=2.02).contains(&factor),
                    "{site} {doublings}"
                );
                before = work;
            }
        }
    }
}
