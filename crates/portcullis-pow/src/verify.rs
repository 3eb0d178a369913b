//! Checking the solutions of a challenge.
//!
//! Puzzles are derived and hashed two at a time, because two hashes side by side take hardly longer than one, and
//! the first wrong solution ends the work: a made-up answer costs the server one such pair. The result is a value that only this module can make: a caller that needs it cannot forget
//! to check.

use core::error::Error;
use core::fmt;

use crate::puzzle::Puzzle;

/// Checks that there is one solution for each puzzle, in the same order, and that each is right.
///
/// # Errors
///
/// [`Unsolved`] says what was wrong first. No hash is taken when the counts differ.
pub fn verify(
    mut puzzles: impl ExactSizeIterator<Item = Puzzle>,
    solutions: &[u64],
) -> Result<Solved, Unsolved> {
    let expected = puzzles.len();
    let found = solutions.len();
    // An empty challenge would be solved by an empty answer, so it proves nothing.
    if expected != found || expected == 0 {
        return Err(Unsolved::Count { expected, found });
    }
    // An iterator may be wrong about its length. One that runs dry must not pass.
    let mut puzzle = |index| puzzles.next().ok_or(Unsolved::Count { expected: index, found });
    let (pairs, rest) = solutions.as_chunks::<2>();
    for (place, &pair) in pairs.iter().enumerate() {
        let index = 2 * place;
        let (first, second) = (puzzle(index)?, puzzle(index + 1)?);
        match Puzzle::are_solved_by([&first, &second], pair) {
            [true, true] => {}
            [true, false] => return Err(Unsolved::Wrong { index: index + 1 }),
            [false, _] => return Err(Unsolved::Wrong { index }),
        }
    }
    if let [solution] = *rest {
        let index = solutions.len() - 1;
        if !puzzle(index)?.is_solved_by(solution) {
            return Err(Unsolved::Wrong { index });
        }
    }
    Ok(Solved(()))
}

/// Proof that every puzzle of a challenge was solved. Only [`verify()`] makes it.
#[derive(Debug)]
#[must_use = "a challenge was solved; say so in the verdict"]
pub struct Solved(());

/// Why a challenge is not solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsolved {
    /// There are not as many solutions as puzzles, or there are no puzzles at all.
    Count {
        /// The number of puzzles.
        expected: usize,
        /// The number of solutions.
        found: usize,
    },
    /// A solution does not solve its puzzle. Those before it are right; those behind it do not count.
    Wrong {
        /// The place of the solution, counted from 0.
        index: usize,
    },
}

impl fmt::Display for Unsolved {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { expected: 0, .. } => formatter.write_str("there are no puzzles to solve"),
            Self::Count { expected, found } => {
                write!(formatter, "expected {expected} solutions, found {found}")
            }
            Self::Wrong { index } => write!(formatter, "the solution at index {index} is wrong"),
        }
    }
}

impl Error for Unsolved {}
