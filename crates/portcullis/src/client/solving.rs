//! Solving with every core.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use portcullis_pow::{Puzzle, solve};

use crate::failure::Failure;

/// Solves the puzzles. The solutions are in their order.
pub(crate) fn solve_all(puzzles: &[Puzzle]) -> Result<Vec<u64>, Failure> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(puzzles.len());
    let next = AtomicUsize::new(0);
    // Puzzles differ in luck, so each thread takes the next one when it has done with its last.
    let work = || {
        let mut found = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(puzzle) = puzzles.get(index) else { return found };
            found.push((index, solve(puzzle)));
        }
    };
    let found = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        // A solver that panicked has left its puzzles unsolved, which is told below.
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect::<Vec<_>>()
    });
    let mut solutions = vec![None; puzzles.len()];
    for (index, solution) in found {
        solutions[index] = solution;
    }
    let all = solutions.into_iter().collect::<Option<Vec<_>>>();
    all.ok_or_else(|| Failure::new("a puzzle has no solution within reach", "ask for another challenge"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_pow::{Parameters, seeded};

    #[test]
    fn solutions_are_in_the_order_of_their_puzzles() {
        let puzzles: Vec<_> = seeded("token", Parameters::new(40, 16, 2).unwrap()).collect();
        let solutions = solve_all(&puzzles).unwrap();
        assert_eq!(solutions.len(), 40);
        assert!(puzzles.iter().zip(&solutions).all(|(puzzle, solution)| puzzle.is_solved_by(*solution)));
    }
}
