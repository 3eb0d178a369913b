//! What the visitor did here lately, and how unusual the visit is: the signals that no visitor can claim.

use crate::Signals;
use crate::score::{Findings, ramp};
use crate::weights::Code;

/// Notes what the server itself has seen.
pub(crate) fn find(signals: &Signals, findings: &mut Findings) {
    findings.note(Code::ReplayedPath, signals.replayed);
    findings.grade(Code::ManyChallenges, ramp(f64::from(signals.history.challenges), 5.0, 30.0));
    findings.grade(Code::WorkDoubled, f64::from(signals.history.doublings.min(8)) / 8.0);
    if let Some(anomaly) = signals.anomaly {
        findings.grade(Code::UnusualVisit, ramp(f64::from(anomaly), ORDINARY, 1.0));
    }
}

/// Up to here a visit is as unusual as visits are.
const ORDINARY: f64 = 0.6;
