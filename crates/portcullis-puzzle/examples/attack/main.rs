//! Programs that break our own pictures, and how often they do.
//!
//! `cargo run --release -p portcullis-puzzle --example attack -- [COUNT [KIND]]` prints the tables of
//! `docs/manual/pictures.md`: for each solver the share of COUNT pictures (300 unless said) that it answers rightly,
//! and of flows, in which three pictures may be tried. Solvers get what a browser gets: layout and bytes. Those named
//! *knowing* are also told how this crate draws: its constants, and any number of its samples with their answers.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "it speaks to whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::time::Instant;

use portcullis_puzzle::{Connect, Density, Grade, Seed, Slider, Theme};

mod connect;
mod image;
mod slider;

use slider::View;

fn main() {
    let count: u32 = std::env::args().nth(1).map_or(300, |text| text.parse().unwrap());
    let kind = std::env::args().nth(2);
    println!("| puzzle | solver | per picture | per flow of three | ms |\n|---|---|---|---|---|");
    if kind.as_deref() != Some("connect") {
        sliders(count);
    }
    if kind.as_deref() != Some("slider") {
        connects(count);
    }
}

fn sliders(count: u32) {
    for (name, solver) in slider::SOLVERS {
        row("slider", name, count, |number| {
            let puzzle = Slider::new(&seed(1, number));
            let view = View::new(&puzzle.layout(), &puzzle.draw(theme(number), Density::Two));
            let start = Instant::now();
            let travel = solver(&view);
            (puzzle.grade(travel) == Grade::Right, start.elapsed().as_secs_f64())
        });
    }
    row("slider", "told where all holes are, picks the leftmost", count, |number| {
        let puzzle = Slider::new(&seed(1, number));
        let leftmost = puzzle.holes().iter().min_by(|one, other| one[0].total_cmp(&other[0])).unwrap();
        (*leftmost == puzzle.holes()[0], 0.0)
    });
    told_holes("compares rims", count, |view, _, holes| slider::best_rim(view, holes));
    told_holes("compares rims and their light", count, |view, _, holes| slider::best_lit_rim(view, holes));
    told_holes("compares rims and their light in both themes", count, slider::best_rim_of_both);
}

/// A solver that is told where the holes are, and gets the picture in one theme and in the other.
fn told_holes(name: &str, count: u32, solver: impl Fn(&View, &View, &[[f32; 2]]) -> [f32; 2]) {
    row("slider", &format!("knowing: told where all holes are, {name}"), count, |number| {
        let puzzle = Slider::new(&seed(1, number));
        let [one, other] = [number, number + 1]
            .map(|number| View::new(&puzzle.layout(), &puzzle.draw(theme(number), Density::Two)));
        let start = Instant::now();
        let best = solver(&one, &other, puzzle.holes());
        (best == puzzle.holes()[0], start.elapsed().as_secs_f64())
    });
}

fn connects(count: u32) {
    let trained = connect::Reader::trained((0..1_000).map(|number| seed(2, number)));
    let drawn = connect::Reader::from_font();
    for (name, reader) in [
        ("numerals of a plain font, dots by blobs, shapes by turning", &drawn),
        ("knowing: nearest of labelled samples", &trained),
    ] {
        row("connect", name, count, |number| {
            let puzzle = Connect::new(&seed(3, number));
            let picture = puzzle.draw(theme(number), Density::Two);
            let start = Instant::now();
            let pairs = reader.solve(&puzzle.layout(), &picture);
            (puzzle.grade(&pairs) == Grade::Right, start.elapsed().as_secs_f64())
        });
    }
}

fn row(puzzle: &str, name: &str, count: u32, attempt: impl Fn(u32) -> (bool, f64)) {
    let (mut broken, mut seconds) = (0, 0.0);
    for number in 0..count {
        let (right, took) = attempt(number);
        broken += u32::from(right);
        seconds += took;
    }
    let share = f64::from(broken) / f64::from(count);
    let flow = 1.0 - (1.0 - share).powi(3);
    let ms = seconds * 1_000.0 / f64::from(count);
    println!("| {puzzle} | {name} | {:.1} % | {:.1} % | {ms:.1} |", share * 100.0, flow * 100.0);
}

fn theme(number: u32) -> Theme {
    if number.is_multiple_of(2) { Theme::Light } else { Theme::Dark }
}

fn seed(purpose: u8, number: u32) -> Seed {
    let mut bytes = [purpose; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    Seed(bytes)
}
