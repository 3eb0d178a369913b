//! What checking a challenge of 50 puzzles costs, function only: salt of 32 digits, difficulty 4.
//!
//! Derivation and verification are timed apart and together, next to the plain way with a general hasher over the
//! same puzzles. Run it with `cargo bench -p portcullis-pow`.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use portcullis_pow::{Parameters, Puzzle, salted, seeded, solve, verify};
use sha2::{Digest, Sha256};

fn main() {
    let parameters = Parameters::new(50, 32, 4).expect("the usual parameters");
    let mut criterion = Criterion::default().configure_from_args();
    let key = [7; 32];

    let seeded_solutions = solutions(seeded(TOKEN, parameters));
    let salted_solutions = solutions(salted(&key, parameters));
    let salted_puzzles: Vec<Puzzle> = salted(&key, parameters).collect();

    let mut group = criterion.benchmark_group("fifty puzzles");
    group.bench_function("seeded: derive and verify", |bencher| {
        bencher.iter(|| verify(seeded(black_box(TOKEN), parameters), black_box(&seeded_solutions)));
    });
    group.bench_function("salted: derive and verify", |bencher| {
        bencher.iter(|| verify(salted(black_box(&key), parameters), black_box(&salted_solutions)));
    });
    group.bench_function("seeded: derive", |bencher| {
        bencher.iter(|| seeded(black_box(TOKEN), parameters).for_each(|puzzle| _ = black_box(puzzle)));
    });
    group.bench_function("salted: derive", |bencher| {
        bencher.iter(|| salted(black_box(&key), parameters).for_each(|puzzle| _ = black_box(puzzle)));
    });
    group.bench_function("verify only", |bencher| {
        bencher.iter(|| {
            let solved = |(puzzle, &nonce): (&Puzzle, &u64)| puzzle.is_solved_by(nonce);
            black_box(&salted_puzzles).iter().zip(black_box(&salted_solutions)).all(solved)
        });
    });
    group.bench_function("verify only, general hasher", |bencher| {
        bencher.iter(|| {
            let solved = |(puzzle, &nonce): (&Puzzle, &u64)| is_solved_plainly(puzzle, nonce);
            black_box(&salted_puzzles).iter().zip(black_box(&salted_solutions)).all(solved)
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("solver");
    group.throughput(Throughput::Elements(salted_solutions.iter().map(|nonce| nonce + 1).sum()));
    group.bench_function("fifty puzzles", |bencher| bencher.iter(|| solutions(salted(&key, parameters))));
    group.finish();
    criterion.final_summary();
}

fn solutions(puzzles: impl Iterator<Item = Puzzle>) -> Vec<u64> {
    puzzles.map(|puzzle| solve(&puzzle).expect("a solution below the limit")).collect()
}

/// The rule without shortcuts: format the number, feed a hasher, compare.
fn is_solved_plainly(puzzle: &Puzzle, nonce: u64) -> bool {
    let digest = Sha256::new().chain_update(puzzle.salt()).chain_update(nonce.to_string()).finalize();
    puzzle.target().matches(&digest.into())
}

/// As long as a challenge token that the Python package makes with its defaults.
const TOKEN: &str = "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:50:32:4:\
                     d989a7e044b591546faf6d7509fe22a7020ea0f13f3f2ca110c9f7fcf4c98cf3";
