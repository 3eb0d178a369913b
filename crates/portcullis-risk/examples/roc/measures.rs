//! How each generator's measures are spread: what bounds are chosen on.

use portcullis_risk::{CHALLENGE_FROM, Measures, measure};

use crate::visit::judge;
use crate::{Generator, VISITS};

/// Prints quantiles of every measure, and how often each reason was given.
pub(crate) fn print(generators: &[Generator]) {
    for generator in generators {
        let measured: Vec<Measures> = generator.paths.iter().map(|path| measure(path)).collect();
        println!("\n{}", generator.name);
        for (name, read) in MEASURES {
            let mut values: Vec<f64> = measured.iter().filter_map(read).collect();
            values.sort_by(f64::total_cmp);
            let quantile = |share: f64| values.get(((values.len().max(1) - 1) as f64 * share) as usize);
            print!("  {name:<20}");
            for share in [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] {
                print!("{:>9.2}", quantile(share).copied().unwrap_or(f64::NAN));
            }
            println!("  ({} of {})", values.len(), measured.len());
        }
        reasons(generator);
    }
}

fn reasons(generator: &Generator) {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    let mut challenged = 0;
    for path in &generator.paths {
        let judged = judge(path.clone(), false);
        challenged += usize::from(judged.score >= CHALLENGE_FROM);
        for reason in judged.reasons.iter().filter(|reason| reason.weight.abs() > 0.02) {
            *counts.entry(reason.code).or_default() += 1;
        }
    }
    let share = |count: usize| 100.0 * count as f64 / generator.paths.len().min(VISITS) as f64;
    println!("  challenged {:.1} %", share(challenged));
    for (code, count) in counts {
        println!("  {code:<20}{:>9.1} %", share(count));
    }
}

type Read = fn(&Measures) -> Option<f64>;

const MEASURES: [(&str, Read); 15] = [
    ("points", |measures| Some(measures.points as f64)),
    ("strokes", |measures| Some(measures.strokes as f64)),
    ("speed", |measures| Some(measures.speed)),
    ("speed variation", |measures| measures.speed_variation),
    ("straightness", |measures| measures.straightness),
    ("curve residual", |measures| measures.curve_residual),
    ("outline residual", |measures| measures.outline_residual),
    ("tremble", |measures| Some(measures.tremble)),
    ("sharp corners", |measures| Some(measures.sharp_corners as f64)),
    ("abruptness", |measures| measures.abruptness),
    ("asymmetry", |measures| measures.asymmetry),
    ("peaks", |measures| measures.peaks),
    ("interval", |measures| measures.interval),
    ("regularity", |measures| measures.interval_regularity),
    ("jumps", |measures| Some(measures.jumps)),
];
