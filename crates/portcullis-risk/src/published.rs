//! The findings of the `astracaph` profile, with the published bounds.
//!
//! One published weight is left out on purpose: a confirmed visible step took 0.14 off a score, and since a bot can
//! click, a step must not buy a better score. Where no script ran (no fingerprint, no behaviour), what a script
//! would have said is not held against the visit.

use crate::address_risk::{self, address_risk};
use crate::score::Findings;
use crate::weights::Code;
use crate::{AddressClass, Behavior, Fingerprint, Point, Signals};

/// Notes what the published rules look at.
pub(crate) fn find(signals: &Signals, findings: &mut Findings) {
    if let Some(fingerprint) = &signals.fingerprint {
        find_in_fingerprint(fingerprint, findings);
    } else {
        findings.note(Code::BotUserAgent, is_bot(&signals.client.user_agent));
    }
    if signals.fingerprint.is_some() || signals.behavior.is_some() {
        find_in_motion(&signals.motion, findings);
    }
    if let Some(behavior) = &signals.behavior {
        find_in_behavior(behavior, findings);
    }
    address_risk::find(signals, findings);
    let judged = address_risk(&signals.address);
    if judged.classification == AddressClass::Residential {
        // Published twice: once within the address's risk, which stops at 0, and once beside it.
        findings.grade(Code::AddressResidential, if judged.risk > 0.0 { 2.0 } else { 1.0 });
    }
}

fn find_in_fingerprint(fingerprint: &Fingerprint, findings: &mut Findings) {
    let screen = fingerprint.screen;
    let positive = |value: f64| value > 0.0;
    findings.note(Code::Webdriver, fingerprint.webdriver);
    findings.note(Code::BotUserAgent, is_bot(&fingerprint.user_agent));
    findings.note(Code::NoCanvas, fingerprint.canvas.is_empty());
    findings
        .note(Code::NoWebgl, fingerprint.webgl_vendor.is_empty() || fingerprint.webgl_renderer.is_empty());
    findings
        .note(Code::BadScreen, ![screen.width, screen.height, screen.pixel_ratio].into_iter().all(positive));
}

fn find_in_motion(motion: &[Point], findings: &mut Findings) {
    let motion = &motion[..motion.len().min(Signals::POINTS_MAX)];
    let paces = Paces::of(motion);
    findings.note(Code::FewMotionPoints, motion.len() < 5);
    findings.note(Code::EvenSpeed, motion.len() >= 6 && paces.deviation < 0.015);
    findings.note(Code::FewDirectionChanges, motion.len() >= 8 && paces.turns <= 1);
    findings.note(Code::FastPointer, paces.mean > 3.8);
}

fn find_in_behavior(behavior: &Behavior, findings: &mut Findings) {
    findings.note(Code::ShortDwell, behavior.dwell_ms < 450.0);
    findings.note(Code::NoPointerMoves, behavior.pointer_moves == 0.0);
    findings.note(Code::ManyFocusChanges, behavior.focus_changes > 7.0);
    findings.note(Code::FastKeys, behavior.key_presses > 18.0 && behavior.dwell_ms < 1000.0);
}

/// What the published rules measure of a path.
#[derive(Debug, Default)]
struct Paces {
    /// Pixels per millisecond, mean over the steps.
    mean: f64,
    /// The standard deviation of the same: what is published as jitter.
    deviation: f64,
    /// Steps that turn by more than 0.55 radians from the one before.
    turns: usize,
}

impl Paces {
    fn of(motion: &[Point]) -> Self {
        let steps = motion.len().saturating_sub(1);
        if steps == 0 {
            return Self::default();
        }
        let pairs = || motion.windows(2).map(|pair| (pair[1].x - pair[0].x, pair[1].y - pair[0].y, pair));
        let speeds = || pairs().map(|(x, y, pair)| x.hypot(y) / (pair[1].t - pair[0].t).max(1.0));
        let mean = speeds().sum::<f64>() / steps as f64;
        let deviation = (speeds().map(|speed| (speed - mean).powi(2)).sum::<f64>() / steps as f64).sqrt();
        let mut turns = 0;
        let mut before = None;
        for (x, y, _) in pairs() {
            // Not folded into half a turn, as published: a path to the left crosses the cut often.
            let heading = y.atan2(x);
            turns += usize::from(before.is_some_and(|before: f64| (heading - before).abs() > 0.55));
            before = Some(heading);
        }
        Self { mean, deviation, turns }
    }
}

fn is_bot(user_agent: &str) -> bool {
    let bytes = user_agent.as_bytes();
    ["bot", "spider", "crawler", "curl", "python"].into_iter().any(|word| {
        bytes
            .windows(word.len())
            .take(Signals::TEXT_MAX)
            .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    })
}
