//! From a score to what is asked of a visitor.
//!
//! A site has two thresholds. Below the first, work is asked that grows with the score; between them the visitor has
//! to act; from the second on it is denied. Whoever wants other steps names them as bands. What is asked is a price,
//! never a proof: see the crate's preface.

use serde::{Deserialize, Serialize};

/// What a site asks at which score. Scores and thresholds run from 0 (no risk) to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// From this score on a visitor has to act; 0.38 unless set.
    pub challenge_at: f64,
    /// From this score on a visitor is denied; 0.70 unless set.
    pub deny_at: f64,
    /// Whether everybody is asked for work, however low the score. Otherwise a low score passes.
    pub work_floor: bool,
    /// Whether the policy is only tried: what it would have asked is counted, and not asked. [`decide`] tells what
    /// the policy says either way; who asks heeds this.
    pub shadow: bool,
    /// Steps of the site's own, lowest first; at most [`Policy::STEPS_MAX`]. Where there are any, the highest one
    /// at or below the score decides, and the thresholds decide only below the lowest.
    pub steps: Vec<Band>,
}

/// What is asked from a score on, up to the next band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The lowest score of the band.
    pub from: f64,
    /// What is asked.
    pub friction: Friction,
}

/// What is asked of a visitor, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Friction {
    /// Nothing.
    Pass,
    /// Work, and nothing that a visitor notices but the wait.
    ProofOfWork {
        /// How often the site's ordinary work is doubled; at most [`Friction::DOUBLINGS_MAX`].
        doublings: u8,
    },
    /// A box to tick.
    Checkbox,
    /// A button to hold for a while.
    PressAndHold,
    /// A piece of a picture to put in its place.
    Slider,
    /// Places in a picture to connect.
    Connect,
    /// Nothing helps.
    Deny,
}

/// Answers what the policy asks at this score. A score that is not a number counts as the least that must act.
///
/// `non_residential` is whether the address belongs to a data centre, a proxy or the like. `pressure` is how often the
/// site's traffic doubles the work; see [`Pressure`](crate::Pressure).
#[must_use]
pub fn decide(policy: &Policy, score: f64, non_residential: bool, pressure: u8) -> Friction {
    let score = if score.is_nan() { policy.challenge_at } else { score };
    let band = policy.steps.iter().take_while(|band| band.from <= score).last();
    if let Some(band) = band {
        return band.friction.under(pressure);
    }
    if score >= policy.deny_at {
        Friction::Deny
    } else if score >= policy.challenge_at {
        if non_residential { Friction::PressAndHold } else { Friction::Checkbox }
    } else if policy.work_floor {
        Friction::ProofOfWork { doublings: floor_doublings(score / policy.challenge_at) }.under(pressure)
    } else {
        Friction::Pass
    }
}

impl Policy {
    /// The most bands of a site's own.
    pub const STEPS_MAX: usize = 16;

    /// Everything that is wrong with the policy, as sentences for an operator; empty where it is sound.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, score) in [("challenge_at", self.challenge_at), ("deny_at", self.deny_at)] {
            if !is_score(score) {
                problems.push(format!("policy.{name} is {score}; it must be a number from 0 to 1"));
            }
        }
        if self.challenge_at > self.deny_at {
            problems.push(format!(
                "policy.challenge_at ({}) must not be above policy.deny_at ({})",
                self.challenge_at, self.deny_at
            ));
        }
        if self.steps.len() > Self::STEPS_MAX {
            let most = Self::STEPS_MAX;
            problems
                .push(format!("policy.steps has {} bands; at most {most} are possible", self.steps.len()));
        }
        for (place, band) in self.steps.iter().enumerate().take(Self::STEPS_MAX) {
            problems.extend(band.problem().map(|problem| format!("policy.steps[{place}]{problem}")));
        }
        let rising = self.steps.windows(2).all(|pair| pair[0].from < pair[1].from);
        if !rising {
            problems.push("policy.steps must rise: each `from` above the one before".into());
        }
        problems
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            challenge_at: CHALLENGE_AT,
            deny_at: DENY_AT,
            work_floor: true,
            shadow: false,
            steps: Vec::new(),
        }
    }
}

impl Band {
    fn problem(&self) -> Option<String> {
        match self.friction {
            _ if !is_score(self.from) => {
                Some(format!(".from is {}; it must be a number from 0 to 1", self.from))
            }
            Friction::ProofOfWork { doublings } if doublings > Friction::DOUBLINGS_MAX => Some(format!(
                " asks for {doublings} doublings; at most {} are possible",
                Friction::DOUBLINGS_MAX
            )),
            _ => None,
        }
    }
}

impl Friction {
    /// The most that work is doubled, for whatever reason: the same bound as a busy visitor's.
    pub const DOUBLINGS_MAX: u8 = 8;

    /// A stable name for answers, settings and counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::ProofOfWork { .. } => "proof-of-work",
            Self::Checkbox => "checkbox",
            Self::PressAndHold => "press-and-hold",
            Self::Slider => "slider",
            Self::Connect => "connect",
            Self::Deny => "deny",
        }
    }

    /// The same with more work, where work is what is asked.
    fn under(self, pressure: u8) -> Self {
        match self {
            Self::ProofOfWork { doublings } => {
                Self::ProofOfWork { doublings: doublings.saturating_add(pressure).min(Self::DOUBLINGS_MAX) }
            }
            other => other,
        }
    }
}

/// How often the work of the floor is doubled, by how near the score is to the threshold: never in the lower half,
/// twice in the highest quarter. A visitor of whom nothing bad is known scores 0.18 by the published weights, and
/// should not wait longer for it.
fn floor_doublings(share: f64) -> u8 {
    if share < 0.5 {
        0
    } else if share < 0.75 {
        1
    } else {
        2
    }
}

fn is_score(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

const CHALLENGE_AT: f64 = 0.38;
const DENY_AT: f64 = 0.70;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_stretch_of_the_score_has_its_friction() {
        let policy = Policy::default();
        for (score, non_residential, expected) in [
            (0.0, false, Friction::ProofOfWork { doublings: 0 }),
            (0.12, true, Friction::ProofOfWork { doublings: 0 }),
            (0.18, false, Friction::ProofOfWork { doublings: 0 }),
            (0.20, false, Friction::ProofOfWork { doublings: 1 }),
            (0.37, false, Friction::ProofOfWork { doublings: 2 }),
            (0.38, false, Friction::Checkbox),
            (0.38, true, Friction::PressAndHold),
            (0.699, false, Friction::Checkbox),
            (0.70, false, Friction::Deny),
            (1.0, true, Friction::Deny),
        ] {
            assert_eq!(decide(&policy, score, non_residential, 0), expected, "at {score}");
        }
    }

    #[test]
    fn without_a_floor_a_low_score_passes() {
        let policy = Policy { work_floor: false, ..Policy::default() };
        assert_eq!(decide(&policy, 0.37, true, 4), Friction::Pass);
        assert_eq!(decide(&policy, 0.38, false, 4), Friction::Checkbox);
    }

    #[test]
    fn pressure_adds_work_up_to_a_bound() {
        let policy = Policy::default();
        assert_eq!(decide(&policy, 0.2, false, 4), Friction::ProofOfWork { doublings: 5 });
        assert_eq!(decide(&policy, 0.2, false, u8::MAX), Friction::ProofOfWork { doublings: 8 });
    }

    #[test]
    fn bands_override_the_thresholds() {
        let steps = vec![
            Band { from: 0.2, friction: Friction::ProofOfWork { doublings: 3 } },
            Band { from: 0.4, friction: Friction::Slider },
            Band { from: 0.6, friction: Friction::Connect },
        ];
        let policy = Policy { steps, work_floor: false, ..Policy::default() };
        assert_eq!(policy.problems(), [""; 0]);
        assert_eq!(decide(&policy, 0.1, false, 0), Friction::Pass);
        assert_eq!(decide(&policy, 0.2, false, 1), Friction::ProofOfWork { doublings: 4 });
        assert_eq!(decide(&policy, 0.4, true, 0), Friction::Slider);
        assert_eq!(decide(&policy, 1.0, true, 0), Friction::Connect);
    }

    #[test]
    fn what_is_no_number_neither_passes_nor_is_denied() {
        assert_eq!(decide(&Policy::default(), f64::NAN, false, 0), Friction::Checkbox);
        assert_eq!(decide(&Policy::default(), f64::INFINITY, false, 0), Friction::Deny);
        let nothing = Policy { challenge_at: 0.0, deny_at: 0.0, ..Policy::default() };
        assert_eq!(decide(&nothing, 0.0, false, 0), Friction::Deny);
    }

    #[test]
    fn every_problem_is_told() {
        assert_eq!(Policy::default().problems(), [""; 0]);
        let band = |from, friction| Band { from, friction };
        let policy = Policy {
            challenge_at: 1.5,
            deny_at: f64::NAN,
            steps: vec![
                band(0.5, Friction::ProofOfWork { doublings: 9 }),
                band(0.5, Friction::Deny),
                band(-0.1, Friction::Pass),
            ],
            ..Policy::default()
        };
        let told = policy.problems().join("\n");
        for part in
            ["challenge_at is 1.5", "deny_at is NaN", "steps[0]", "9 doublings", "steps[2].from", "rise"]
        {
            assert!(told.contains(part), "{part} is missing in {told}");
        }
        let crossed = Policy { challenge_at: 0.8, ..Policy::default() };
        assert_eq!(crossed.problems().len(), 1);
        let many = Policy { steps: vec![band(0.5, Friction::Pass); 17], ..Policy::default() };
        assert!(many.problems()[0].contains("17 bands"));
    }

    #[test]
    fn settings_read_as_an_operator_writes_them() {
        let written = r#"{"deny_at":0.9,"steps":[{"from":0.3,"friction":{"kind":"proof-of-work","doublings":2}},
            {"from":0.5,"friction":{"kind":"press-and-hold"}}]}"#;
        let policy: Policy = serde_json::from_str(written).unwrap();
        assert_eq!(policy.challenge_at, 0.38);
        assert_eq!(policy.steps[1].friction, Friction::PressAndHold);
        let again: Policy = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(again, policy);
        assert!(serde_json::from_str::<Policy>(r#"{"denyat":1}"#).is_err());
    }

    proptest! {
        #[test]
        fn a_higher_score_never_asks_for_less(low in 0.0..1.0_f64, high in 0.0..1.0_f64, floor: bool, home: bool) {
            let (low, high) = (low.min(high), low.max(high));
            let policy = Policy { work_floor: floor, ..Policy::default() };
            prop_assert!(rank(decide(&policy, low, home, 1)) <= rank(decide(&policy, high, home, 1)));
        }
    }

    fn rank(friction: Friction) -> u32 {
        match friction {
            Friction::Pass => 0,
            Friction::ProofOfWork { doublings } => 1 + u32::from(doublings),
            Friction::Checkbox => 100,
            Friction::PressAndHold => 101,
            Friction::Slider => 102,
            Friction::Connect => 103,
            Friction::Deny => 104,
        }
    }
}
