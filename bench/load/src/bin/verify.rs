//! The checking of 50 solutions as a function, for `bench/run` to set beside the rivals' in the same run.
//!
//! `verify solve TOKEN` prints the solutions of the seeded challenge of 50 puzzles, salt 32, difficulty 4;
//! `verify time TOKEN` prints nanoseconds per check, seeded and salted, the median of many batches.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, bail};
use portcullis_pow::{Parameters, Puzzle, salted, seeded, solve, verify};
use serde_json::json;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let parameters = Parameters::new(50, 32, 4)?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "solve", token] => println!("{}", json!(solutions(seeded(token, parameters))?)),
        [_, "time", token] => {
            let key = [7; 32];
            let (from_token, from_key) =
                (solutions(seeded(token, parameters))?, solutions(salted(&key, parameters))?);
            let seeded =
                time(|| verify(seeded(black_box(token), parameters), black_box(&from_token)).is_ok());
            let salted = time(|| verify(salted(black_box(&key), parameters), black_box(&from_key)).is_ok());
            println!("{}", json!({ "seeded_ns": seeded, "salted_ns": salted }));
        }
        _ => bail!("verify solve TOKEN | verify time TOKEN"),
    }
    Ok(())
}

fn solutions(puzzles: impl Iterator<Item = Puzzle>) -> anyhow::Result<Vec<u64>> {
    puzzles.map(|puzzle| solve(&puzzle).context("a puzzle without a solution")).collect()
}

fn time(check: impl Fn() -> bool) -> f64 {
    let batch = 1000;
    let mut batches: Vec<f64> = (0..100)
        .map(|_| {
            let start = Instant::now();
            assert!((0..batch).all(|_| check()));
            start.elapsed().as_nanos() as f64 / f64::from(batch)
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    batches[batches.len() / 2]
}
