//! What the visitor did here lately, how unusual the visit is and what others say of it: the signals that no visitor
//! can claim.

use crate::score::{Findings, ramp};
use crate::weights::Code;
use crate::{Signals, Vouching};

/// Notes what the server itself has seen.
pub(crate) fn find(signals: &Signals, findings: &mut Findings) {
    findings.note(Code::ReplayedPath, signals.replayed);
    findings.grade(Code::ManyChallenges, ramp(f64::from(signals.history.challenges), 5.0, 30.0));
    findings.grade(Code::WorkDoubled, f64::from(signals.history.doublings.min(8)) / 8.0);
    if let Some(anomaly) = signals.anomaly {
        findings.grade(Code::UnusualVisit, ramp(f64::from(anomaly), ORDINARY, 1.0));
    }
    findings.note(Code::TurnstileFailed, signals.second_opinion == Vouching::Refused);
    findings.note(Code::TurnstileMissing, signals.second_opinion == Vouching::Missing);
}

/// Up to here a visit is as unusual as visits are.
const ORDINARY: f64 = 0.6;
