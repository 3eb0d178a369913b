//! The generated visits of the ROC, in small numbers and with bounds a little below the published figures, so that a
//! change of code or weights that spoils them fails here.

use portcullis_risk::{CHALLENGE_FROM, DENY_FROM, Point};

use crate::chance::Chance;
use crate::visit::judge;
use crate::{bots, human};

/// The share of visits that are challenged.
fn challenged(name: &str, visit: Visit) -> f64 {
    let scores = (0..VISITS).map(|index| judge(visit(&mut Chance::new(99, name, index)), false).score);
    scores.filter(|&score| score >= CHALLENGE_FROM).count() as f64 / VISITS as f64
}

#[test]
fn hands_pass() {
    let share = challenged("hands", human::visit);
    assert!(share <= 0.035, "{share}");
}

#[test]
fn hands_pass_whose_path_begins_amid_a_movement() {
    // The newest 49 points are all that our loader sends.
    let share = challenged("hands, our loader", human::visit_of_ours);
    assert!(share <= 0.055, "{share}");
}

#[test]
fn programs_are_challenged() {
    let generators: [(&str, Visit); 4] = [
        ("linear", bots::linear),
        ("Bézier", bots::bezier),
        ("jittered Bézier", bots::jittered_bezier),
        ("Playwright-like", bots::playwright_like),
    ];
    for (name, visit) in generators {
        let share = challenged(name, visit);
        assert!(share >= 0.92, "{name}: {share}");
    }
}

#[test]
fn recorded_playwright_visits_are_challenged_and_none_is_refused() {
    let recorded: Vec<Vec<f64>> =
        serde_json::from_str(include_str!("../../examples/roc/playwright.json")).unwrap();
    for visit in &recorded {
        let path = visit.chunks_exact(3).map(|values| Point { x: values[0], y: values[1], t: values[2] });
        let judged = judge(path.collect(), false);
        assert!((CHALLENGE_FROM..DENY_FROM).contains(&judged.score), "{judged:?}");
    }
}

#[test]
fn a_path_alone_refuses_nobody() {
    // Every fault at once: straight, even, dense, on a grid, fast.
    let path = (0..256).map(|index| Point { x: f64::from(index) * 90.0, y: 3.0, t: f64::from(index) * 5.0 });
    let judged = judge(path.collect(), false);
    assert!(judged.reasons.len() > 4 && judged.score < DENY_FROM, "{judged:?}");
}

/// A generator.
type Visit = fn(&mut Chance) -> Vec<Point>;

const VISITS: usize = 500;
