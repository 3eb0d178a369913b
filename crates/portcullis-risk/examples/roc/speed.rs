//! How long a judgement takes.

use std::hint::black_box;
use std::time::Instant;

use portcullis_risk::{Profile, Replays, Signals, assess};

use crate::chance::Chance;
use crate::human;
use crate::visit::ordinary;

/// Medians, in microseconds.
pub(crate) struct Speed {
    pub(crate) portcullis: f64,
    pub(crate) astracaph: f64,
    pub(crate) longest: f64,
    pub(crate) replay: f64,
}

/// Measures in pairs: each round runs every subject once, so that a slow moment of the machine meets all alike.
pub(crate) fn measure() -> Speed {
    let visits: Vec<Signals> =
        (0..VISITS).map(|index| ordinary(human::visit(&mut Chance::new(3, "speed", index)), false)).collect();
    let mut longest = visits[0].clone();
    let whole: Vec<_> =
        visits.iter().flat_map(|visit| &visit.motion).copied().take(Signals::POINTS_MAX).collect();
    longest.motion = whole;
    longest.motion.iter_mut().enumerate().for_each(|(index, point)| point.t = 16.7 * index as f64);
    let mut memory = Replays::new([7; 32]);
    for index in 0..Replays::CAPACITY {
        memory.seen(&human::visit(&mut Chance::new(4, "speed", index)));
    }
    let mut rounds: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        let start = round * SUBJECTS % VISITS;
        let visits = &visits[start..start + SUBJECTS];
        rounds[0].push(timed(|| {
            visits.iter().for_each(|visit| _ = black_box(assess(visit, Profile::Portcullis)))
        }));
        rounds[1]
            .push(timed(|| visits.iter().for_each(|visit| _ = black_box(assess(visit, Profile::Astracaph)))));
        rounds[2].push(timed(|| {
            (0..SUBJECTS).for_each(|_| _ = black_box(assess(black_box(&longest), Profile::Portcullis)));
        }));
        rounds[3].push(timed(|| visits.iter().for_each(|visit| _ = black_box(memory.seen(&visit.motion)))));
    }
    let [portcullis, astracaph, longest, replay] = rounds.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    Speed { portcullis, astracaph, longest, replay }
}

#[expect(clippy::disallowed_methods, reason = "this measures time")]
fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64() * 1e6 / SUBJECTS as f64
}

/// Few enough that a round mostly ends before a busy machine takes the processor away.
const SUBJECTS: usize = 16;
const ROUNDS: usize = 2001;
/// Visits that the rounds are cut from.
const VISITS: usize = 400;
