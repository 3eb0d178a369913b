//! How long puzzles take to draw at two device pixels for each CSS pixel, and how large they are.
//!
//! `cargo bench -p portcullis-puzzle` prints, for each kind, challenges per second on one core, the median and the
//! 99th of a hundred in milliseconds, and bytes. A plain program and no statistics; on a busy machine its times say
//! how busy.

#![expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::hint::black_box;
use std::time::Instant;

use portcullis_puzzle::{Connect, Density, Seed, Slider, Theme};

fn main() {
    let slider = |seed: &Seed| {
        let picture = Slider::new(seed).draw(Theme::Light, Density::Two);
        picture.board.len() + picture.piece.len()
    };
    let connect = |seed: &Seed| Connect::new(seed).draw(Theme::Light, Density::Two).len();
    measure("slider, board and piece", slider);
    measure("connect", connect);
}

fn measure(name: &str, draw: impl Fn(&Seed) -> usize) {
    let mut rounds: Vec<(f64, usize)> = (0..ROUNDS)
        .map(|number| {
            let mut bytes = [9; 32];
            bytes[..4].copy_from_slice(&number.to_le_bytes());
            let start = Instant::now();
            let size = black_box(draw(black_box(&Seed(bytes))));
            (start.elapsed().as_secs_f64() * 1_000.0, size)
        })
        .collect();
    let rate = f64::from(ROUNDS) * 1_000.0 / rounds.iter().map(|round| round.0).sum::<f64>();
    let largest = rounds.iter().map(|round| round.1).max().unwrap_or_default();
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let at = |share: f64| rounds[(f64::from(ROUNDS - 1) * share) as usize].0;
    println!(
        "{name:<24} {rate:>6.0}/s   median {:.2} ms, p99 {:.2} ms   at most {:.1} KB",
        at(0.5),
        at(0.99),
        largest as f64 / 1_000.0
    );
}

const ROUNDS: u32 = 1_000;
