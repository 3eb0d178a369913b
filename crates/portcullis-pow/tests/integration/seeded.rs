//! Seeded puzzles, against what Cap's own code gives.

use portcullis_pow::{Parameters, prng, seeded, solve, verify};
use proptest::prelude::*;
use serde::Deserialize;

#[test]
fn the_generator_agrees_with_the_vector_file() {
    let (beyond, plain): (Vec<_>, Vec<_>) =
        vectors().prng.into_iter().partition(|vector| vector.seed.chars().any(|letter| letter > '\u{ffff}'));
    assert_eq!((plain.len(), beyond.len()), (49, 7));
    for Stream { seed, length, hex } in plain {
        assert_eq!(stream(&seed, length), hex, "{seed:?} {length}");
    }
    // The file is Python's, which hashes code points. Beyond 16 bits the browser has two code units instead, and
    // it is the browser that solves. Both streams were made in Node by the rule, over points and over units.
    for Stream { seed, length, hex } in beyond {
        assert_eq!(seed, "😀1d");
        assert!("a7e45fb7ae479e7eec8667fa2f5fcf06".starts_with(&hex[..length.min(32)]));
        assert_eq!(stream(&seed, length.min(32)), "8e22226287aeedf5181c7f5d69050066"[..length.min(32)]);
    }
}

#[test]
fn the_generator_agrees_with_known_streams() {
    // Made with Cap's JavaScript; the last with the Python package.
    let long = "b4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e1";
    let cases = [
        ("hello", "eb492c6e1655ea8c"),
        ("", "4622a677"),
        ("a", "441aaeb8"),
        ("abc1", "a240feb00f42af1b0e9dab2bc4ea4c37"),
        ("abc1d", "e6e4"),
        (long, "528a311f8192b22b2d2081c09e0b76cc"),
        (&format!("{long}d"), "c5f96"),
        ("test", "9c7ca3730a4a283aa6e4bc1c1d83b14f"),
    ];
    for (seed, hex) in cases {
        assert_eq!(stream(seed, hex.len()), hex, "{seed:?}");
    }
    prng("nothing is asked for", &mut []);
}

#[test]
fn python_solutions_are_accepted_and_smallest() {
    let vectors = vectors();
    assert_eq!(vectors.challenge_tokens.cases.len(), 4);
    for Case { config, token, solutions } in vectors.challenge_tokens.cases {
        let parameters = Parameters::new(config.c, config.s, config.d).unwrap();
        assert!(verify(seeded(&token, parameters), &solutions).is_ok());
        let found: Vec<u64> = seeded(&token, parameters).filter_map(|puzzle| solve(&puzzle)).collect();
        assert_eq!(found, solutions);
    }
}

#[test]
fn known_puzzles_have_their_known_salts_targets_and_solutions() {
    let token = "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:2:32:5:\
                 d989a7e044b591546faf6d7509fe22a7020ea0f13f3f2ca110c9f7fcf4c98cf3";
    let expected = [
        ("0767c83f326ab6eff25bf2340fbbb37a", "d9d62", 37_735),
        ("6ddc10a516d02f6174bcd91f1c7694d0", "388e2", 1_524_344),
    ];
    assert_puzzles(token, Parameters::new(2, 32, 5).unwrap(), &expected);

    let token = "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:2:8:1:\
                 21bf1458d2c050539b8e83568bdd3736cd6cecbf082b3ab37811561eddba34ec";
    let expected = [("b392122d", "3", 35), ("941395fa", "3", 0)];
    assert_puzzles(token, Parameters::new(2, 8, 1).unwrap(), &expected);
}

proptest! {
    // Puzzle by puzzle from the rule as it is written, with whole seeds and nothing resumed.
    #[test]
    fn resuming_the_hash_changes_nothing(
        token: String,
        count in 1_u32..=500,
        salt_length in 1_u32..=44,
        difficulty in 1_u32..=8,
    ) {
        let parameters = Parameters::new(count, salt_length, difficulty).unwrap();
        let puzzles = seeded(&token, parameters);
        prop_assert_eq!(puzzles.len(), count as usize);
        let mut number = 0;
        for puzzle in puzzles {
            number += 1;
            prop_assert_eq!(puzzle.salt(), stream(&format!("{token}{number}"), salt_length as usize));
            let target = stream(&format!("{token}{number}d"), difficulty as usize);
            prop_assert_eq!(puzzle.target().to_string(), target);
        }
        prop_assert_eq!(number, count);
    }

    #[test]
    fn a_longer_stream_begins_with_a_shorter_one(seed: String, length in 0..100_usize) {
        let long = stream(&seed, 100);
        prop_assert!(long.starts_with(&stream(&seed, length)));
    }
}

fn assert_puzzles(token: &str, parameters: Parameters, expected: &[(&str, &str, u64)]) {
    let puzzles = seeded(token, parameters);
    assert_eq!(puzzles.len(), expected.len());
    for (puzzle, &(salt, target, solution)) in puzzles.zip(expected) {
        assert_eq!(puzzle.salt(), salt);
        assert_eq!(puzzle.target().to_string(), target);
        assert_eq!(solve(&puzzle), Some(solution));
    }
}

fn stream(seed: &str, length: usize) -> String {
    let mut out = vec![0; length];
    prng(seed, &mut out);
    String::from_utf8(out).expect("hex digits")
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors/capjs_server.json")).expect("the vector file")
}

#[derive(Deserialize)]
struct Vectors {
    prng: Vec<Stream>,
    challenge_tokens: ChallengeTokens,
}

#[derive(Deserialize)]
struct Stream {
    seed: String,
    length: usize,
    hex: String,
}

#[derive(Deserialize)]
struct ChallengeTokens {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    config: Config,
    token: String,
    solutions: Vec<u64>,
}

#[derive(Deserialize)]
struct Config {
    c: u32,
    s: u32,
    d: u32,
}
