//! What passes as a solved challenge and what does not.

use portcullis_pow::{Parameters, Puzzle, Unsolved, salted, seeded, solve, verify};
use proptest::prelude::*;

#[test]
fn an_answer_of_the_wrong_length_is_refused_before_any_puzzle_is_made() {
    let parameters = Parameters::new(3, 16, 1).unwrap();
    let solutions = solved(seeded("token", parameters));
    for length in [0, 1, 2, 4, 100] {
        let mut answer = solutions.clone();
        answer.resize(length, 0);
        let untouched = seeded("token", parameters).inspect(|_| panic!("a puzzle was derived"));
        assert_eq!(unsolved(untouched, &answer), Unsolved::Count { expected: 3, found: length });
    }
}

#[test]
fn a_challenge_without_puzzles_proves_nothing() {
    let error = unsolved(std::iter::empty(), &[]);
    assert_eq!(error, Unsolved::Count { expected: 0, found: 0 });
    assert_eq!(error.to_string(), "there are no puzzles to solve");
}

#[test]
fn an_iterator_that_runs_dry_does_not_pass() {
    struct Boastful(std::vec::IntoIter<Puzzle>);
    impl Iterator for Boastful {
        type Item = Puzzle;

        fn next(&mut self) -> Option<Puzzle> {
            self.0.next()
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            (3, Some(3))
        }
    }
    impl ExactSizeIterator for Boastful {}

    let puzzles: Vec<Puzzle> = salted(&[1; 32], Parameters::new(2, 16, 1).unwrap()).collect();
    let mut answer = solved(puzzles.iter().copied());
    answer.push(0);
    assert_eq!(unsolved(Boastful(puzzles.into_iter()), &answer), Unsolved::Count { expected: 2, found: 3 });
}

#[test]
fn nothing_is_derived_behind_the_pair_with_the_first_wrong_solution() {
    let parameters = Parameters::new(10, 32, 2).unwrap();
    let mut answer = solved(salted(&[2; 32], parameters));
    answer[4] = wrong(&salted(&[2; 32], parameters).nth(4).unwrap(), answer[4]);
    let mut derived = 0;
    let puzzles = salted(&[2; 32], parameters).inspect(|_| derived += 1);
    let error = unsolved(puzzles, &answer);
    assert_eq!(error, Unsolved::Wrong { index: 4 });
    assert_eq!(error.to_string(), "the solution at index 4 is wrong");
    assert_eq!(derived, 6);
}

#[test]
fn the_solutions_of_one_challenge_do_not_solve_another() {
    let parameters = Parameters::new(8, 32, 3).unwrap();
    let answer = solved(salted(&[3; 32], parameters));
    assert!(verify(salted(&[4; 32], parameters), &answer).is_err());
    assert!(verify(seeded("token", parameters), &answer).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_solver_finds_is_accepted(
        key: [u8; 32],
        token: String,
        count in 1_u32..=12,
        salt_length in 1_u32..=44,
        difficulty in 1_u32..=3,
    ) {
        let parameters = Parameters::new(count, salt_length, difficulty).unwrap();
        prop_assert!(verify(salted(&key, parameters), &solved(salted(&key, parameters))).is_ok());
        prop_assert!(verify(seeded(&token, parameters), &solved(seeded(&token, parameters))).is_ok());
    }

    #[test]
    fn a_changed_solution_is_found_at_its_place(
        key: [u8; 32],
        count in 1_u32..=12,
        difficulty in 1_u32..=3,
        place: prop::sample::Index,
        replacement: u64,
    ) {
        let parameters = Parameters::new(count, 32, difficulty).unwrap();
        let mut answer = solved(salted(&key, parameters));
        let index = place.index(answer.len());
        let puzzle = salted(&key, parameters).nth(index).unwrap();
        answer[index] = wrong(&puzzle, replacement);
        prop_assert_eq!(unsolved(salted(&key, parameters), &answer), Unsolved::Wrong { index });
    }

    #[test]
    fn a_solution_need_not_be_the_smallest(key: [u8; 32], start in any::<u64>().prop_map(|start| start >> 1)) {
        let parameters = Parameters::new(2, 44, 1).unwrap();
        let answer: Vec<u64> = salted(&key, parameters)
            .map(|puzzle| (start..).find(|&nonce| puzzle.is_solved_by(nonce)).unwrap())
            .collect();
        prop_assert!(verify(salted(&key, parameters), &answer).is_ok());
    }

    #[test]
    fn any_answer_is_judged_without_a_panic(key: [u8; 32], answer in prop::collection::vec(any::<u64>(), 0..600)) {
        // At difficulty 8 a random answer is right once in four thousand million tries.
        let parameters = Parameters::new(500, 44, 8).unwrap();
        let expected = match answer.len() {
            500 => Unsolved::Wrong { index: 0 },
            found => Unsolved::Count { expected: 500, found },
        };
        prop_assert_eq!(unsolved(salted(&key, parameters), &answer), expected);
    }
}

fn solved(puzzles: impl Iterator<Item = Puzzle>) -> Vec<u64> {
    puzzles.map(|puzzle| solve(&puzzle).expect("a solution below the limit")).collect()
}

/// A number from `start` on that does not solve the puzzle.
fn wrong(puzzle: &Puzzle, start: u64) -> u64 {
    let mut nonce = start;
    while puzzle.is_solved_by(nonce) {
        nonce = nonce.wrapping_add(1);
    }
    nonce
}

fn unsolved(puzzles: impl ExactSizeIterator<Item = Puzzle>, answer: &[u64]) -> Unsolved {
    verify(puzzles, answer).expect_err("the answer is wrong")
}
