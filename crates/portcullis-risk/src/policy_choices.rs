//! What an operator chose of a site's policy.
//!
//! Each door has an ordinary policy of its own: one has a ladder of puzzles to climb, another a single step. So what
//! is kept of a site is not a whole policy but the choices that were made, and each door lays them over its own. A
//! choice that is taken back leaves no trace.

use serde::{Deserialize, Serialize};

use crate::{Band, Friction, Policy};

/// Choices to be laid over a door's ordinary policy. What is absent was not chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyChoices {
    /// See [`Policy::challenge_at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_at: Option<f64>,
    /// See [`Policy::deny_at`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny_at: Option<f64>,
    /// See [`Policy::work_floor`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_floor: Option<bool>,
    /// See [`Policy::shadow`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// See [`Policy::steps`]. An empty list is a choice too: no steps, thresholds alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Band>>,
}

impl PolicyChoices {
    /// `ordinary`, with what was chosen. Where no steps were, those of `ordinary` move with the thresholds: the first
    /// of them begins where a visitor has to act, and none is left from where it is denied.
    #[must_use]
    pub fn over(&self, ordinary: Policy) -> Policy {
        let steps = self.steps.clone().unwrap_or_else(|| self.moved(ordinary.steps));
        Policy {
            challenge_at: self.challenge_at.unwrap_or(ordinary.challenge_at),
            deny_at: self.deny_at.unwrap_or(ordinary.deny_at),
            work_floor: self.work_floor.unwrap_or(ordinary.work_floor),
            shadow: self.shadow || ordinary.shadow,
            steps,
        }
    }

    /// Everything that is wrong with the choices, as sentences for an operator; empty where they are sound.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        self.over(Policy::default()).problems()
    }

    fn moved(&self, mut steps: Vec<Band>) -> Vec<Band> {
        let Some(lowest) = steps.first().copied() else { return steps };
        if let Some(from) = self.challenge_at {
            let first = steps.iter().take_while(|band| band.from <= from).last().unwrap_or(&lowest).friction;
            steps.retain(|band| band.from > from && band.friction != first);
            steps.insert(0, Band { from, friction: first });
        }
        if let Some(from) = self.deny_at {
            steps.retain(|band| band.from < from && band.friction != Friction::Deny);
            steps.push(Band { from, friction: Friction::Deny });
        }
        steps
    }
}

impl From<Policy> for PolicyChoices {
    /// A whole policy, chosen.
    fn from(policy: Policy) -> Self {
        let Policy { challenge_at, deny_at, work_floor, shadow, steps } = policy;
        Self {
            challenge_at: Some(challenge_at),
            deny_at: Some(deny_at),
            work_floor: Some(work_floor),
            shadow,
            steps: Some(steps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Friction::{Checkbox, Connect, Deny, Slider};
    use crate::decide;

    fn ladder() -> Policy {
        let steps = [(0.38, Checkbox), (0.50, Slider), (0.65, Connect), (0.90, Deny)];
        Policy { steps: steps.map(|(from, friction)| Band { from, friction }).to_vec(), ..Policy::default() }
    }

    /// What a ladder asks at these scores.
    fn asks<const N: usize>(choices: &PolicyChoices, scores: [f64; N]) -> [Friction; N] {
        let policy = choices.over(ladder());
        assert_eq!(policy.problems(), [""; 0]);
        scores.map(|score| decide(&policy, score, false, 0))
    }

    #[test]
    fn nothing_chosen_is_the_ordinary_policy() {
        assert_eq!(PolicyChoices::default().over(ladder()), ladder());
        let shadow = PolicyChoices { shadow: true, ..PolicyChoices::default() };
        assert_eq!(shadow.over(ladder()), Policy { shadow: true, ..ladder() });
        assert_eq!(serde_json::to_string(&PolicyChoices::default()).unwrap(), "{}");
    }

    #[test]
    fn the_ladder_moves_with_the_thresholds() {
        let choices =
            |challenge_at, deny_at| PolicyChoices { challenge_at, deny_at, ..PolicyChoices::default() };
        assert_eq!(
            asks(&choices(Some(0.28), None), [0.28, 0.45, 0.7, 0.9]),
            [Checkbox, Checkbox, Connect, Deny]
        );
        assert_eq!(asks(&choices(Some(0.55), None), [0.55, 0.64, 0.7]), [Slider, Slider, Connect]);
        assert!(matches!(asks(&choices(Some(0.55), None), [0.54]), [Friction::ProofOfWork { .. }]));
        assert_eq!(asks(&choices(None, Some(0.6)), [0.4, 0.59, 0.6]), [Checkbox, Slider, Deny]);
        assert_eq!(asks(&choices(None, Some(0.95)), [0.9, 0.95]), [Connect, Deny]);
        assert_eq!(asks(&choices(Some(0.6), Some(0.6)), [0.6, 0.7]), [Deny, Deny]);
    }

    #[test]
    fn steps_that_were_chosen_stand_as_they_are() {
        let steps = Some(vec![Band { from: 0.2, friction: Slider }]);
        let own = PolicyChoices { steps, challenge_at: Some(0.1), ..PolicyChoices::default() };
        assert_eq!(asks(&own, [0.1, 0.2, 0.9]), [Checkbox, Slider, Slider]);
        let none = PolicyChoices { steps: Some(Vec::new()), ..PolicyChoices::default() };
        assert_eq!(asks(&none, [0.5, 0.7]), [Checkbox, Deny]);
        assert_eq!(PolicyChoices::from(ladder()).over(Policy::default()), ladder());
    }

    #[test]
    fn problems_are_told_of_what_would_hold() {
        let wrong = PolicyChoices { challenge_at: Some(0.8), ..PolicyChoices::default() };
        assert!(wrong.problems()[0].contains("challenge_at (0.8)"));
        assert_eq!(PolicyChoices { deny_at: Some(0.9), ..wrong }.problems(), [""; 0]);
    }
}
