//! The flags that say what a site asks of its visitors at which risk.

use clap::Args;
use portcullis_engine::SiteSettings;
use portcullis_engine::risk::{Band, PolicyChoices, Profile};

/// What a site asks of visitors. What is not given stays as it was.
#[derive(Args, Debug)]
pub(super) struct PolicyFlags {
    /// Whose weights judge visitors: portcullis or astracaph; each door's own unless given
    #[arg(long, value_name = "PROFILE")]
    risk_profile: Option<Profile>,
    /// The score from which a visitor has to act, 0 to 1
    #[arg(long, value_name = "SCORE")]
    challenge_at: Option<f64>,
    /// The score from which a visitor is refused, 0 to 1
    #[arg(long, value_name = "SCORE")]
    deny_at: Option<f64>,
    /// Ask every visitor for work, however low the score
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    work_floor: Option<bool>,
    /// Only count what the policy would ask, and ask nothing
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    shadow: Option<bool>,
    /// Steps of the site's own as JSON: [{"from":0.3,"friction":{"kind":"checkbox"}}, …]; [] for none
    #[arg(long, value_name = "JSON", value_parser = steps)]
    steps: Option<Steps>,
    /// Forget what was chosen earlier: thresholds, floor, shadow and steps
    #[arg(long)]
    default_policy: bool,
}

/// A list of bands, as one value.
#[derive(Clone, Debug)]
struct Steps(Vec<Band>);

impl PolicyFlags {
    /// Puts what was given into `settings`. What was not follows each door's own policy.
    pub(super) fn apply(&self, settings: &mut SiteSettings) {
        settings.risk_profile = self.risk_profile.or(settings.risk_profile);
        let before = settings.policy.take().filter(|_| !self.default_policy).unwrap_or_default();
        let choices = PolicyChoices {
            challenge_at: self.challenge_at.or(before.challenge_at),
            deny_at: self.deny_at.or(before.deny_at),
            work_floor: self.work_floor.or(before.work_floor),
            shadow: self.shadow.unwrap_or(before.shadow),
            steps: self.steps.clone().map(|Steps(steps)| steps).or(before.steps),
        };
        settings.policy = Some(choices).filter(|choices| *choices != PolicyChoices::default());
    }
}

fn steps(text: &str) -> Result<Steps, String> {
    serde_json::from_str(text).map(Steps).map_err(|problem| problem.to_string())
}
