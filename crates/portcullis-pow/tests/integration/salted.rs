//! Salted puzzles, against another implementation of ChaCha20.

use portcullis_pow::{Parameters, Puzzle, salted};
use proptest::prelude::*;

#[test]
fn puzzles_follow_the_layout_over_another_cipher() {
    // Made with Python's `cryptography` 48, key = bytes(range(32)):
    //   n = -(-s // 8)
    //   cipher = Cipher(algorithms.ChaCha20(key, bytes(16)), None).encryptor()
    //   words = cipher.update(bytes(4 * (n + 1) * (i + 1)))[-4 * (n + 1):].hex()
    //   salt, target = words[:s], words[8 * n:][:d]
    let key = core::array::from_fn(|index| index as u8);
    let cases = [
        (0, 44, 8, "39fd2b7dd9c5196a8dbd0377b8dc4a498a35d86fbcde", "b2cc7d4c"),
        (1, 44, 8, "d8ea24922b23cce7a26023ab3f0eef693ac87f642582", "b1f7a32d"),
        (0, 7, 5, "39fd2b7", "d9c51"),
        (2, 7, 5, "8a35d86", "bcde6"),
        (499, 33, 3, "3f174dd5effd67042b43366cecf12690e", "73d"),
        (50, 32, 4, "0099419bc83f59c6a34ea269be33dc30", "279b"),
        (51, 32, 4, "138faf74361a3bd15642d58b0b10da5b", "ce9c"),
        (499, 44, 8, "6cf0e1a962b76c278dc9a55177f3d6360c8ca4cd38f2", "0e9e063f"),
        (499, 1, 1, "4", "0"),
    ];
    for (index, salt_length, difficulty, salt, target) in cases {
        let parameters = Parameters::new(500, salt_length, difficulty).unwrap();
        let puzzle = salted(&key, parameters).nth(index).unwrap();
        assert_eq!((puzzle.salt(), puzzle.target().to_string().as_str()), (salt, target), "puzzle {index}");
    }
}

#[test]
fn a_zero_key_gives_the_keystream_of_the_rfc() {
    // RFC 8439, appendix A.1, test vector 1.
    let expected = [
        ("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08d", "a836efcc"),
        ("8b770dc7da41597c5157488d7724e03fb8d84a376a43", "1518a11c"),
    ];
    let puzzles = salted(&[0; 32], Parameters::new(2, 44, 8).unwrap());
    for (puzzle, (salt, target)) in puzzles.zip(expected) {
        assert_eq!(puzzle.salt(), salt);
        assert_eq!(puzzle.target().to_string(), target);
    }
}

#[test]
fn neither_the_key_nor_the_stream_is_printed() {
    let mut puzzles = salted(&[0xa5; 32], Parameters::new(2, 32, 4).unwrap());
    puzzles.next();
    let parameters = "Parameters { count: 2, salt_length: 32, difficulty: 4 }";
    assert_eq!(format!("{puzzles:?}"), format!("Salted {{ index: 1, parameters: {parameters}, .. }}"));
}

proptest! {
    // A challenge is read in pieces; where a piece ends depends on how many puzzles are left.
    #[test]
    fn fewer_puzzles_are_the_first_of_more(
        key: [u8; 32],
        count in 1_u32..=500,
        salt_length in 1_u32..=44,
        difficulty in 1_u32..=8,
        skipped in 0..500_usize,
    ) {
        let all = salted(&key, Parameters::new(500, salt_length, difficulty).unwrap());
        let some = salted(&key, Parameters::new(count, salt_length, difficulty).unwrap());
        prop_assert_eq!((all.len(), some.len()), (500, count as usize));
        prop_assert!(all.take(count as usize).eq(some.clone()));

        let mut rest = some.clone();
        let mut left = count as usize;
        for _ in 0..skipped {
            left -= usize::from(rest.next().is_some());
            prop_assert_eq!(rest.len(), left);
        }
        let expected: Vec<Puzzle> = some.skip(skipped).collect();
        prop_assert_eq!(rest.clone().collect::<Vec<_>>(), expected.clone());
        prop_assert_eq!(rest.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn another_key_gives_other_salts(key: [u8; 32], byte in 0..32_usize, bit in 0..8_u32) {
        let parameters = Parameters::new(3, 44, 1).unwrap();
        let mut other = key;
        other[byte] ^= 1 << bit;
        for (one, another) in salted(&key, parameters).zip(salted(&other, parameters)) {
            prop_assert_ne!(one.salt(), another.salt());
        }
    }
}
