//! Replayed paths: a memory that is full of human-like paths, and is shown them again.

use portcullis_risk::{Point, Replays};

use crate::chance::Chance;
use crate::visit::judge;
use crate::{VISITS, bots, human};

/// What became of replayed paths.
pub(crate) struct Judged {
    /// Scores of replayed visits.
    pub(crate) scores: Vec<f64>,
    /// The share of fresh human-like paths that were taken for a replay.
    pub(crate) mistaken: f64,
    /// The same, for hands that all go from one corner of a page to one button.
    pub(crate) mistaken_to_one_button: f64,
}

/// Judges replays of the human-like generator.
pub(crate) fn replay(seed: u64) -> Judged {
    let recorded = paths(seed, "recorded", human::visit);
    let mut scores = Vec::with_capacity(VISITS);
    while scores.len() < VISITS {
        let mut memory = full(&recorded);
        // Each replay pushes the oldest path out, so a batch replays what is still there.
        for _ in 0..BATCH {
            let mut chance = Chance::new(seed, "replay", scores.len());
            let source = &recorded[chance.count(BATCH, recorded.len())];
            let path = bots::replay(&mut chance, source);
            let seen = memory.seen(&path);
            scores.push(judge(path, seen).score);
        }
    }
    Judged {
        scores,
        mistaken: mistaken(&recorded, &paths(seed, "fresh", human::visit)),
        mistaken_to_one_button: mistaken(
            &paths(seed, "button", human::to_one_button),
            &paths(seed, "another button", human::to_one_button),
        ),
    }
}

/// The share of `fresh` paths that a memory of `recorded` ones takes for replays.
fn mistaken(recorded: &[Vec<Point>], fresh: &[Vec<Point>]) -> f64 {
    let mut memory = full(recorded);
    fresh.iter().filter(|path| memory.seen(path)).count() as f64 / fresh.len() as f64
}

fn full(recorded: &[Vec<Point>]) -> Replays {
    let mut memory = Replays::new([7; 32]);
    for path in recorded {
        memory.seen(path);
    }
    memory
}

fn paths(seed: u64, name: &str, visit: fn(&mut Chance) -> Vec<Point>) -> Vec<Vec<Point>> {
    (0..Replays::CAPACITY).map(|index| visit(&mut Chance::new(seed, name, index))).collect()
}

/// Replays between two refills of the memory.
const BATCH: usize = 500;
