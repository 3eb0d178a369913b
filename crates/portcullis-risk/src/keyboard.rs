//! What was done on the page: counts and times, and the neutral path of those who use no mouse.
//!
//! Keyboards, screen readers, switches and touch screens leave no path of a pointer, and a form may be judged before
//! anybody touched anything. So nothing here asks for acts: only acts that contradict each other, or come at a pace
//! that hands do not have, are held against a visit.

use crate::score::{Findings, ramp};
use crate::trajectory::FAR;
use crate::weights::Code;
use crate::{Behavior, Point, Signals};

/// Notes acts that cannot have been.
pub(crate) fn find(signals: &Signals, findings: &mut Findings) {
    let motion = &signals.motion;
    let is_sane = |point: &Point| point.x.abs() < FAR && point.y.abs() < FAR && point.t.abs() < WILD;
    let wild_path = !motion.iter().take(Signals::POINTS_MAX).all(is_sane);
    findings.note(Code::ImpossibleValues, wild_path);
    let Some(behavior) = signals.behavior else { return };
    let possible = values(&behavior).all(|value| (0.0..WILD).contains(&value));
    findings.note(Code::ImpossibleValues, wild_path || !possible);
    if !possible {
        return;
    }
    let span = match motion.as_slice() {
        [first, .., last] => last.t - first.t,
        _ => 0.0,
    };
    findings.note(
        Code::BehaviorContradicts,
        motion.len() as f64 > behavior.pointer_moves || span > behavior.dwell_ms + CLOCK_SLACK_MS,
    );
    let seconds = behavior.dwell_ms.max(100.0) / 1000.0;
    findings.grade(Code::FastKeys, ramp(behavior.key_presses / seconds, 20.0, 40.0));
    if let (Some(interval), Some(deviation)) = (behavior.key_interval_ms, behavior.key_interval_deviation_ms)
        && behavior.key_presses >= 8.0
        // A key that is held down repeats evenly, about every 30 ms.
        && interval > 45.0
    {
        findings.grade(Code::EvenKeys, ramp(deviation / interval, 0.12, 0.05));
    }
}

fn values(behavior: &Behavior) -> impl Iterator<Item = f64> {
    let sent = [
        behavior.dwell_ms,
        behavior.key_presses,
        behavior.pointer_moves,
        behavior.focus_changes,
        behavior.click_count,
    ];
    let maybe = [
        behavior.submit_latency_ms,
        behavior.touches,
        behavior.key_interval_ms,
        behavior.key_interval_deviation_ms,
    ];
    sent.into_iter().chain(maybe.into_iter().flatten())
}

/// No visit and no typist reaches this: a billion milliseconds or keys.
const WILD: f64 = 1e9;
/// Clocks of one page, rounded and read in two places, differ by this much at most.
const CLOCK_SLACK_MS: f64 = 250.0;
