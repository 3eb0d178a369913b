//! Findings added up: a score with its reasons.
//!
//! A score is the profile's base plus what each finding weighs, each group of findings held to its cap, so that
//! several names for one fault do not add up to a verdict. Nothing is multiplied and nothing is hidden: the base and
//! the weights of the reasons are the score.

use serde::Serialize;

use crate::agent::Agent;
use crate::weights::{Code, Weights};
use crate::{Profile, Signals, address_risk, headers, history, keyboard, published, system, trajectory};

/// Judges a visit: the same signals give the same score. Any values are taken, NaN and infinities too.
#[must_use]
pub fn assess(signals: &Signals, profile: Profile) -> Assessment {
    let mut findings = Findings::default();
    match profile {
        Profile::Astracaph => published::find(signals, &mut findings),
        Profile::Portcullis => {
            let (agent, shown) = Agent::of(signals);
            headers::find(signals, agent, shown, &mut findings);
            system::find(signals, shown, &mut findings);
            trajectory::find(&signals.motion, &mut findings);
            keyboard::find(signals, &mut findings);
            address_risk::find(signals, &mut findings);
            history::find(signals, &mut findings);
        }
    }
    findings.weigh(Weights::of(profile))
}

/// A score and what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// 0 (nothing speaks against the visit) to 1, in hundredths.
    pub score: f64,
    /// What was found, in a fixed order.
    pub reasons: Vec<Reason>,
}

/// One finding.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// A stable name in kebab-case.
    pub code: &'static str,
    /// A sentence for people.
    pub text: &'static str,
    /// What it added to the score; below 0 where it lowered it.
    pub weight: f64,
}

/// From this score on a visible step or more work is asked for.
pub const CHALLENGE_FROM: f64 = 0.38;
/// From this score on a visit is refused.
pub const DENY_FROM: f64 = 0.70;

/// What was found, each with how strongly: 0 is not at all, 1 as strongly as its weight says.
#[derive(Debug)]
pub(crate) struct Findings([f64; Code::COUNT]);

impl Findings {
    /// Notes `code` when `found`.
    pub(crate) fn note(&mut self, code: Code, found: bool) {
        if found {
            self.0[code as usize] = 1.0;
        }
    }

    /// Notes `code` as strongly as `strength` says; what is no number is nothing.
    pub(crate) fn grade(&mut self, code: Code, strength: f64) {
        self.0[code as usize] = if strength.is_nan() { 0.0 } else { strength.clamp(0.0, 2.0) };
    }

    /// Whether `code` was noted.
    #[cfg(test)]
    pub(crate) fn has(&self, code: Code) -> bool {
        self.0[code as usize] > 0.0
    }

    fn weigh(&self, weights: &Weights) -> Assessment {
        let found = || {
            weights.entries.iter().zip(self.0).filter_map(|(entry, strength)| {
                entry.filter(|_| strength > 0.0).map(|entry| (entry, entry.weight * strength))
            })
        };
        let mut sums = [0.0_f64; GROUPS];
        for (entry, weight) in found() {
            sums[entry.group] += weight;
        }
        let share = |group: usize| match (sums[group], weights.caps[group]) {
            (sum, cap) if sum > cap => cap / sum,
            _ => 1.0,
        };
        let reasons: Vec<Reason> = found()
            .map(|(entry, weight)| Reason {
                code: entry.code,
                text: entry.text,
                weight: round(weight * share(entry.group), 10_000.0),
            })
            .filter(|reason| reason.weight != 0.0)
            .collect();
        let total = weights.base + reasons.iter().map(|reason| reason.weight).sum::<f64>();
        Assessment { score: round(total, 100.0).clamp(0.0, 1.0), reasons }
    }
}

impl Default for Findings {
    fn default() -> Self {
        Self([0.0; Code::COUNT])
    }
}

/// 0 up to `from`, 1 from `to` on, and a straight line between. `from > to` falls instead of rising.
pub(crate) fn ramp(value: f64, from: f64, to: f64) -> f64 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// The most groups that a data file may have.
pub(crate) const GROUPS: usize = 9;
