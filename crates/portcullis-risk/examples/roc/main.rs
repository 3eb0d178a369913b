//! How well paths alone tell hands from programs: generated visits, judged by the `portcullis` profile.
//!
//! ```text
//! cargo run --release -p portcullis-risk --example roc             # judge, print, write docs/risk-roc.md
//! cargo run --release -p portcullis-risk --example roc -- measures # how each generator's measures are spread
//! ```
//!
//! Weights were chosen on visits of the seed [`CHOSEN_ON`]; what is published is judged on those of [`JUDGED_ON`].
//! `holdout.rs` was written after the weights were fixed, and nothing was changed for it.

#![expect(clippy::print_stdout, reason = "a command line speaks to a terminal")]

mod bots;
mod browser;
mod chance;
mod holdout;
mod human;
mod measures;
mod replays;
mod report;
mod speed;
mod visit;

use chance::Chance;
use portcullis_risk::Point;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let measures = std::env::args().nth(1).is_some_and(|argument| argument == "measures");
    if measures {
        measures::print(&generators(CHOSEN_ON)?);
        return Ok(());
    }
    let report = report::Report::of(&generators(JUDGED_ON)?, &replays::replay(JUDGED_ON), &speed::measure());
    print!("{}", report.text());
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/risk-roc.md"), report.page())?;
    Ok(())
}

/// Visits of one kind.
pub(crate) struct Generator {
    /// What it is called in the report.
    pub(crate) name: &'static str,
    /// Whose visits these are.
    pub(crate) maker: Maker,
    /// The path of each visit.
    pub(crate) paths: Vec<Vec<Point>>,
}

/// Who makes visits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// A model of a hand.
    Human,
    /// A program.
    Bot,
}

fn generators(seed: u64) -> Result<Vec<Generator>, serde_json::Error> {
    let make = |name, maker, visit: fn(&mut Chance) -> Vec<Point>| Generator {
        name,
        maker,
        paths: (0..VISITS).map(|index| visit(&mut Chance::new(seed, name, index))).collect(),
    };
    let recorded: Vec<Vec<f64>> = serde_json::from_str(include_str!("playwright.json"))?;
    let point = |values: &[f64]| Point { x: values[0], y: values[1], t: values[2] };
    Ok(vec![
        make("human-like", Maker::Human, human::visit),
        make("human-like, our loader", Maker::Human, human::visit_of_ours),
        make("linear", Maker::Bot, bots::linear),
        make("Bézier", Maker::Bot, bots::bezier),
        make("jittered Bézier", Maker::Bot, bots::jittered_bezier),
        make("Playwright-like, posted", Maker::Bot, bots::playwright_like),
        Generator {
            name: "Chromium driven by Playwright",
            maker: Maker::Bot,
            paths: recorded.iter().map(|visit| visit.chunks_exact(3).map(point).collect()).collect(),
        },
        make("held out: WindMouse", Maker::Bot, holdout::windmouse),
    ])
}

/// Visits of each generator.
const VISITS: usize = 4000;
/// The seed of the visits that weights were chosen on.
const CHOSEN_ON: u64 = 1;
/// The seed of the visits that are reported.
const JUDGED_ON: u64 = 90_417;
