//! The flags that say what a site asks of its visitors at which risk.

use clap::Args;
use portcullis_engine::SiteSettings;
use portcullis_engine::risk::{Band, Policy, Profile};

/// What a site asks of visitors. What is not given stays, or is the default.
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
}

/// A list of bands, as one value.
#[derive(Clone, Debug)]
struct Steps(Vec<Band>);

impl PolicyFlags {
    /// Puts what was given into `settings`. A site whose policy was never touched keeps following each door's own.
    pub(super) fn apply(&self, settings: &mut SiteSettings) {
        settings.risk_profile = self.risk_profile.or(settings.risk_profile);
        let is_given = self.challenge_at.is_some()
            || self.deny_at.is_some()
            || self.work_floor.is_some()
            || self.shadow.is_some()
            || self.steps.is_some();
        if !is_given {
            return;
        }
        let ordinary = || Policy { work_floor: false, ..Policy::default() };
        let policy = settings.policy.get_or_insert_with(ordinary);
        policy.challenge_at = self.challenge_at.unwrap_or(policy.challenge_at);
        policy.deny_at = self.deny_at.unwrap_or(policy.deny_at);
        policy.work_floor = self.work_floor.unwrap_or(policy.work_floor);
        policy.shadow = self.shadow.unwrap_or(policy.shadow);
        if let Some(Steps(steps)) = &self.steps {
            policy.steps.clone_from(steps);
        }
    }
}

fn steps(text: &str) -> Result<Steps, String> {
    serde_json::from_str(text).map(Steps).map_err(|problem| problem.to_string())
}
