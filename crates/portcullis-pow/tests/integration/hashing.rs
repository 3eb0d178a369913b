//! The hash rule, against a general hasher and digests from elsewhere.

use portcullis_pow::{Puzzle, PuzzleError, Target, solve};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

#[test]
fn digests_made_with_python_are_met() {
    // hashlib.sha256((salt + str(nonce)).encode()).hexdigest()[:8]
    // The lengths are either side of 55 bytes, where a second block begins, and of 8 digits of nonce.
    let f44 = "f".repeat(44);
    let cases = [
        ("abc", 0, "56abfbd7"),
        ("0767c83f326ab6eff25bf2340fbbb37a", 37_735, "d9d62038"),
        ("a", 99_999_999, "550bc4fe"),
        ("a", 100_000_000, "7529f18d"),
        (&f44, 99_999_999_999, "09f69e86"),
        (&f44, 100_000_000_000, "7435fb8a"),
        (&f44, u64::MAX, "ace028b6"),
        (&f44[..35], u64::MAX, "79bd8653"),
        (&f44[..36], u64::MAX, "07fd2726"),
    ];
    for (salt, nonce, digest) in cases {
        let puzzle = Puzzle::new(salt, digest.parse().unwrap()).unwrap();
        assert!(puzzle.is_solved_by(nonce), "{salt} {nonce}");
        assert!(!puzzle.is_solved_by(nonce ^ 1), "{salt} {nonce}");
    }
}

#[test]
fn a_target_is_a_prefix_of_hex_digits() {
    // SHA-256 of "abc", FIPS 180-4.
    let digest = [
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0,
        0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
    ];
    for text in ["b", "ba", "ba7", "ba78", "ba781", "ba7816", "ba7816b", "ba7816bf"] {
        let target: Target = text.parse().unwrap();
        assert!(target.matches(&digest), "{text}");
        assert_eq!(target.to_string(), text);
        assert_eq!(usize::from(target.difficulty()), text.len());
    }
    for text in
        ["a", "bb", "ba8", "ba79", "ba782", "ba7817", "ba7816a", "ba7816be", "3a7816bf", "0", "00000000"]
    {
        assert!(!text.parse::<Target>().unwrap().matches(&digest), "{text}");
    }
}

#[test]
fn a_target_keeps_its_leading_zeros() {
    let target: Target = "00f".parse().unwrap();
    assert_eq!(target.to_string(), "00f");
    assert_ne!(target, "0f".parse().unwrap());
    assert!(!target.matches(&[0; 32]));
}

#[test]
fn malformed_puzzles_are_refused() {
    for text in ["", "0123456789", "012345678", "G", "A", "+1", "-1", " 1", "0x1", "é", "ff\0"] {
        assert_eq!(text.parse::<Target>(), Err(PuzzleError::Target), "{text:?}");
    }
    let target = "0".parse().unwrap();
    for salt in ["", "A", "g", "é", "0 ", "+1", "\0", &"0".repeat(45)] {
        assert_eq!(Puzzle::new(salt, target), Err(PuzzleError::Salt), "{salt:?}");
    }
    assert_eq!(PuzzleError::Salt.to_string(), "a salt must be 1 to 44 lower-case hex digits");
    assert_eq!(PuzzleError::Target.to_string(), "a target must be 1 to 8 lower-case hex digits");
}

proptest! {
    #[test]
    fn any_nonce_hashes_as_with_a_general_hasher(
        salt in "[0-9a-f]{1,44}",
        // Shifting makes every number of digits equally common.
        nonce in (any::<u64>(), 0..64_u32).prop_map(|(bits, shift)| bits >> shift),
        difficulty in 1..=8_usize,
    ) {
        let digest = plain_digest(&salt, nonce);
        let target: Target = digest[..difficulty].parse().unwrap();
        let puzzle = Puzzle::new(&salt, target).unwrap();
        prop_assert_eq!(puzzle.salt(), &salt);
        prop_assert!(puzzle.is_solved_by(nonce));
    }

    #[test]
    fn a_target_off_by_its_last_digit_is_not_met(salt in "[0-9a-f]{1,44}", nonce: u64, difficulty in 1..=8_usize) {
        let mut digits = plain_digest(&salt, nonce)[..difficulty].to_owned();
        let last = digits.pop().unwrap();
        digits.push(if last == '0' { '1' } else { '0' });
        prop_assert!(!Puzzle::new(&salt, digits.parse().unwrap()).unwrap().is_solved_by(nonce));
    }

    #[test]
    fn the_solver_finds_the_smallest_nonce(salt in "[0-9a-f]{1,44}", digits in "[0-9a-f]{1,3}") {
        let puzzle = Puzzle::new(&salt, digits.parse().unwrap()).unwrap();
        let smallest = (0..).find(|&nonce| plain_digest(&salt, nonce).starts_with(&digits));
        prop_assert_eq!(solve(&puzzle), smallest);
    }

    #[test]
    fn any_text_is_judged_without_a_panic(salt: String, digits: String) {
        if let Ok(target) = digits.parse::<Target>() {
            prop_assert_eq!(target.to_string(), digits);
        }
        if let Ok(puzzle) = Puzzle::new(&salt, "0".parse().unwrap()) {
            prop_assert_eq!(puzzle.salt(), salt);
        }
    }
}

fn plain_digest(salt: &str, nonce: u64) -> String {
    Sha256::digest(format!("{salt}{nonce}")).iter().map(|byte| format!("{byte:02x}")).collect()
}
