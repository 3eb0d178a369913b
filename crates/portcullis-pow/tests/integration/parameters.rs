//! The bounds of a challenge.

use portcullis_pow::{ParameterError, Parameters};
use proptest::prelude::*;

#[test]
fn the_bounds_are_those_of_the_manual() {
    assert_eq!(
        (Parameters::COUNT, Parameters::SALT_LENGTH, Parameters::DIFFICULTY),
        (1..=500, 1..=44, 1..=8)
    );
}

#[test]
fn the_first_number_out_of_range_is_named() {
    let cases = [
        ((0, 32, 4), ParameterError::Count { found: 0 }, "count must be 1 to 500, found 0"),
        ((501, 0, 0), ParameterError::Count { found: 501 }, "count must be 1 to 500, found 501"),
        ((50, 0, 4), ParameterError::SaltLength { found: 0 }, "salt length must be 1 to 44, found 0"),
        ((50, 45, 9), ParameterError::SaltLength { found: 45 }, "salt length must be 1 to 44, found 45"),
        ((50, 32, 0), ParameterError::Difficulty { found: 0 }, "difficulty must be 1 to 8, found 0"),
        ((50, 32, 9), ParameterError::Difficulty { found: 9 }, "difficulty must be 1 to 8, found 9"),
        // Would pass if the number were narrowed before the check.
        ((65_536 + 1, 32, 4), ParameterError::Count { found: 65_537 }, "count must be 1 to 500, found 65537"),
        (
            (50, 256 + 32, 4),
            ParameterError::SaltLength { found: 288 },
            "salt length must be 1 to 44, found 288",
        ),
    ];
    for ((count, salt_length, difficulty), error, text) in cases {
        assert_eq!(Parameters::new(count, salt_length, difficulty), Err(error));
        assert_eq!(error.to_string(), text);
    }
}

proptest! {
    #[test]
    fn numbers_in_range_come_back(count in 1_u32..=500, salt_length in 1_u32..=44, difficulty in 1_u32..=8) {
        let parameters = Parameters::new(count, salt_length, difficulty).unwrap();
        prop_assert_eq!(u32::from(parameters.count()), count);
        prop_assert_eq!(u32::from(parameters.salt_length()), salt_length);
        prop_assert_eq!(u32::from(parameters.difficulty()), difficulty);
    }

    #[test]
    fn any_numbers_are_judged_without_a_panic(count: u32, salt_length: u32, difficulty: u32) {
        let in_range = (1..=500).contains(&count)
            && (1..=44).contains(&salt_length)
            && (1..=8).contains(&difficulty);
        prop_assert_eq!(Parameters::new(count, salt_length, difficulty).is_ok(), in_range);
    }
}
