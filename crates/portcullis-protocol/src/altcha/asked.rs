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
    /// What a site asks of a visitor whose work is doubled so often, or halved where `doublings` is below zero; `None`
    /// where its door is closed. Beyond what a browser can do in the time that the widget gives it the work does not
    /// grow, and below what an answer takes on its way it does not shrink.
    pub(super) fn of(site: AltchaWork, doublings: i8) -> Option<Self> {
        let prefix = |algorithm, key_length, cost: u32, digits: i8| {
            let doublings = doublings.clamp(HALVINGS_MAX, PREFIX_DOUBLINGS_MAX);
            // Four doublings are one digit, so that a key never costs more than eight times the ordinary.
            let digits = digits + doublings.div_euclid(4);
            let search = Search::Prefix { digits: digits.unsigned_abs() };
            Work::new(algorithm, cost << doublings.rem_euclid(4), key_length, search)
        };
        let counter = |algorithm, cost| {
            // A wider range costs whoever draws from it nothing. There is no narrower one.
            let doublings = doublings.clamp(0, COUNTER_DOUBLINGS_MAX);
            Work::new(
                algorithm,
                cost,
                32,
                Search::Counter { least: 100 << doublings, most: 200 << doublings },
            )
        };
        let work = match site {
            AltchaWork::Off => return None,
            AltchaWork::V1 => {
                let doublings = doublings.clamp(HALVINGS_MAX, V1_DOUBLINGS_MAX);
                return Some(Self::V1(3125 << (doublings - HALVINGS_MAX)));
            }
            AltchaWork::Pbkdf2 => prefix(Algorithm::Pbkdf2(Hash::Sha256), 32, 2000, 2),
            AltchaWork::Sha256 => prefix(Algorithm::Sha(Hash::Sha256), 32, 8, 3),
            AltchaWork::Argon2id => counter(Algorithm::Argon2id(Memory { memory: 16 * 1024, lanes: 1 }), 1),
            AltchaWork::Scrypt => counter(Algorithm::Scrypt(Memory { memory: 8, lanes: 1 }), 16 * 1024),
        };
        // Invariant: a test makes all there are.
        #[expect(clippy::expect_used, reason = "constants, all of which a test makes")]
        Some(Self::V2(work.expect("work within its bounds")))
    }

    /// Whether a challenge is dear to write.
    pub(super) fn is_dear(site: AltchaWork) -> bool {
        match site {
            AltchaWork::Pbkdf2 | AltchaWork::Sha256 | AltchaWork::V1 | AltchaWork::Off => false,
            AltchaWork::Argon2id | AltchaWork::Scrypt => true,
        }
    }
}

/// A digit less, or a sixteenth of the numbers.
const HALVINGS_MAX: i8 = -4;
/// 16,000 iterations and 4,096 tries.
const PREFIX_DOUBLINGS_MAX: i8 = 7;
/// 1,600 keys of 16 MiB.
const COUNTER_DOUBLINGS_MAX: i8 = 3;
/// A number up to 12.8 million.
const V1_DOUBLINGS_MAX: i8 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn work(site: AltchaWork, doublings: i8) -> Option<f64> {
        Some(match Asked::of(site, doublings)? {
            Asked::V1(number_max) => f64::from(number_max) / 2.0,
            Asked::V2(work) => work.rounds(),
        })
    }

    #[test]
    fn all_that_is_asked_is_within_what_browsers_can_do_and_never_less_for_more_doublings() {
        for site in AltchaWork::ALL.into_iter().filter(|site| *site != AltchaWork::Off) {
            let mut before = work(site, i8::MIN).unwrap();
            for doublings in i8::MIN..=i8::MAX {
                let after = work(site, doublings).unwrap();
                let factor = after / before;
                assert!(
                    (0.99..=1.01).contains(&factor) || (1.98..=2.02).contains(&factor),
                    "{site} {doublings}"
                );
                before = after;
            }
        }
        assert_eq!(work(AltchaWork::Off, 0), None);
    }

    #[test]
    fn a_site_may_ask_for_a_sixteenth_and_for_as_much_as_browsers_can_do() {
        for (site, least, ordinary, most) in [
            (AltchaWork::Pbkdf2, 16.0 * 2000.0, 256.0 * 2000.0, 4096.0 * 16_000.0),
            (AltchaWork::Sha256, 256.0 * 8.0, 4096.0 * 8.0, 65_536.0 * 64.0),
            (AltchaWork::V1, 1562.5, 25_000.0, 6_400_000.0),
            (AltchaWork::Argon2id, 150.0, 150.0, 1200.0),
        ] {
            let found = [-4, 0, 12].map(|doublings| work(site, doublings).unwrap());
            assert_eq!(found, [least, ordinary, most], "{site}");
        }
    }
}
