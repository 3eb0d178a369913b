//! What can be set for a site, and what holds where nothing was set.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use portcullis_risk::{Policy, PolicyChoices, Profile as RiskProfile};

use crate::{AltchaWork, OriginPattern, Parameters, Plan, TurnstileKeys};

/// What holds for every site that says nothing else. Comes from the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteDefaults {
    /// The form in which puzzles are sent.
    pub cap_challenge: ChallengeForm,
    /// Leading hex digits that must match, 1 to 8. One more is sixteen times the work.
    pub difficulty: u32,
    /// Puzzles per challenge, 1 to 500.
    pub count: u32,
    /// Length of each salt in hex digits, 1 to 44.
    pub salt_size: u32,
    /// Seconds that a challenge may take to solve, 10 to 7200.
    pub challenge_ttl: u64,
    /// Seconds that a token may wait for its verification, 1 to 86399.
    pub token_ttl: u64,
}

impl Default for SiteDefaults {
    /// Cap's own numbers, so that a site that moves here asks its visitors for the same work as before.
    fn default() -> Self {
        Self {
            cap_challenge: ChallengeForm::Salted,
            difficulty: 4,
            count: 50,
            salt_size: 32,
            challenge_ttl: 600,
            token_ttl: 1200,
        }
    }
}

impl SiteDefaults {
    /// Every number that is out of its range.
    #[must_use]
    pub fn problems(&self) -> Vec<SettingError> {
        let settings = SiteSettings {
            difficulty: Some(self.difficulty),
            count: Some(self.count),
            salt_size: Some(self.salt_size),
            challenge_ttl: Some(self.challenge_ttl),
            token_ttl: Some(self.token_ttl),
            ..SiteSettings::default()
        };
        settings.problems()
    }
}

/// What was set for one site. Absent numbers follow the [`SiteDefaults`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SiteSettings {
    /// The site's own origins; at most [`SiteSettings::ORIGINS_MAX`].
    pub origins: Vec<OriginPattern>,
    /// Whether pages served by the visitor's own machine may use the site, whatever the port.
    pub allow_localhost: bool,
    /// Whether requests without an `Origin` header are refused.
    pub browsers_only: bool,
    /// The form in which puzzles are sent.
    pub cap_challenge: Option<ChallengeForm>,
    /// Whose statuses and tokens the Cap door imitates for this site.
    pub cap_profile: Profile,
    /// See [`SiteDefaults::difficulty`].
    pub difficulty: Option<u32>,
    /// See [`SiteDefaults::count`].
    pub count: Option<u32>,
    /// See [`SiteDefaults::salt_size`].
    pub salt_size: Option<u32>,
    /// See [`SiteDefaults::challenge_ttl`].
    pub challenge_ttl: Option<u64>,
    /// See [`SiteDefaults::token_ttl`].
    pub token_ttl: Option<u64>,
    /// What the ALTCHA door asks of browsers.
    pub altcha: AltchaWork,
    /// How much the site may ask.
    pub plan: Plan,
    /// How often the plan was changed. The public token follows from it.
    pub plan_changes: u32,
    /// When it was changed last, in milliseconds since the Unix epoch.
    pub plan_changed_ms: u64,
    /// Which ciphers of earlier SDKs are taken at the Crafy door, beside the present one.
    pub old_ciphers: OldCiphers,
    /// Whose weights judge this site's visitors; absent for each door's own.
    pub risk_profile: Option<RiskProfile>,
    /// What was chosen of what is asked of a visitor at which score; absent where nothing was.
    pub policy: Option<PolicyChoices>,
    /// Keys at Turnstile, for a second opinion; absent where none is asked. Whoever gives settings leaves them as they
    /// are: they change by [`SiteChange::turnstile`](crate::SiteChange::turnstile) alone, which seals the secret.
    pub turnstile: Option<TurnstileKeys>,
    /// Who keeps the site.
    pub keeping: Keeping,
}

/// Ciphers of earlier Crafy SDKs. Both have faults that the present one has not, so a site turns them on by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OldCiphers {
    /// AES-CBC, whose check leaves out the first block: a visitor can alter what stands there.
    pub v1: bool,
    /// A key stretched anew for every flow: 64 MiB and a tenth of a second each.
    pub v2: bool,
}

/// Who keeps a site, and with it what the site may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeping {
    /// The operator. The origins that it lists are its own.
    #[default]
    Operator,
    /// Everybody: the one site that serves pages of any origin without a key.
    Open,
    /// Whoever registered it, as long as it is used.
    Registered {
        /// When it was used last, to the hour: milliseconds since the Unix epoch.
        last_used_ms: u64,
        /// Whether the domain named the site, in a file of its own.
        #[serde(default)]
        proved: bool,
    },
}

impl SiteSettings {
    /// The most origins that one site lists.
    pub const ORIGINS_MAX: usize = 100;

    /// Every setting that is out of its range.
    #[must_use]
    pub fn problems(&self) -> Vec<SettingError> {
        let mut problems = Vec::new();
        let mut within = |name, found: Option<u64>, least, most| {
            if let Some(found) = found.filter(|found| !(least..=most).contains(found)) {
                problems.push(SettingError::Range { name, found, least, most });
            }
        };
        within("difficulty", self.difficulty.map(u64::from), 1, 8);
        within("count", self.count.map(u64::from), 1, 500);
        within("salt-size", self.salt_size.map(u64::from), 1, 44);
        within("challenge-ttl", self.challenge_ttl, 10, 7200);
        within("token-ttl", self.token_ttl, 1, 86_399);
        within("number of origins", Some(self.origins.len() as u64), 0, Self::ORIGINS_MAX as u64);
        if self.cap_profile == Profile::CapjsServer && self.cap_challenge == Some(ChallengeForm::Salted) {
            problems.push(SettingError::SaltedCapjsServer);
        }
        if let Some(policy) = &self.policy {
            problems.extend(policy.problems().into_iter().map(SettingError::Policy));
        }
        problems
    }

    /// A door's own policy with what was chosen for this site.
    pub(crate) fn policy_over(&self, ordinary: Policy) -> Policy {
        match &self.policy {
            Some(choices) => choices.over(ordinary),
            None => ordinary,
        }
    }

    /// Whether the site serves pages of any origin.
    pub(crate) fn is_open(&self) -> bool {
        self.keeping == Keeping::Open
    }

    /// Whether the operator made the site.
    pub(crate) fn is_operators(&self) -> bool {
        self.keeping == Keeping::Operator
    }

    /// Whether whoever registered the site proved whose domain it is for.
    pub(crate) fn is_proved(&self) -> bool {
        matches!(self.keeping, Keeping::Registered { proved: true, .. })
    }

    /// The numbers that hold for this site. The `capjs-server` profile brings that package's own.
    pub(crate) fn resolve(&self, defaults: &SiteDefaults) -> Result<Resolved, SettingError> {
        if let Some(problem) = self.problems().into_iter().next() {
            return Err(problem);
        }
        let capjs = self.cap_profile == Profile::CapjsServer;
        let form =
            if capjs { ChallengeForm::Seeded } else { self.cap_challenge.unwrap_or(defaults.cap_challenge) };
        let seconds =
            |own: Option<u64>, capjs_own, default| own.unwrap_or(if capjs { capjs_own } else { default });
        let parameters = Parameters::new(
            self.count.unwrap_or(defaults.count),
            self.salt_size.unwrap_or(defaults.salt_size),
            self.difficulty.unwrap_or(defaults.difficulty),
        );
        Ok(Resolved {
            form,
            parameters: parameters.map_err(|problem| SettingError::Puzzle(problem.to_string()))?,
            challenge_ttl_ms: seconds(self.challenge_ttl, 600, defaults.challenge_ttl) * 1000,
            token_ttl_ms: seconds(self.token_ttl, 300, defaults.token_ttl) * 1000,
        })
    }
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            allow_localhost: true,
            browsers_only: false,
            cap_challenge: None,
            cap_profile: Profile::Standalone,
            difficulty: None,
            count: None,
            salt_size: None,
            challenge_ttl: None,
            token_ttl: None,
            altcha: AltchaWork::default(),
            plan: Plan::Unlimited,
            plan_changes: 0,
            plan_changed_ms: 0,
            old_ciphers: OldCiphers::default(),
            risk_profile: None,
            policy: None,
            turnstile: None,
            keeping: Keeping::Operator,
        }
    }
}

/// The numbers that hold for a site, within their ranges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resolved {
    pub(crate) form: ChallengeForm,
    pub(crate) parameters: Parameters,
    pub(crate) challenge_ttl_ms: u64,
    pub(crate) token_ttl_ms: u64,
}

/// The form in which puzzles are sent to a widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChallengeForm {
    /// `[[salt, target], …]`: every puzzle is written out; there are as many as there are tokens.
    Salted,
    /// `{c, s, d}`: puzzles follow from a 32-bit hash of the token, so all of them can be computed beforehand.
    /// For clients that read nothing else.
    Seeded,
}

impl FromStr for ChallengeForm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "salted" => Ok(Self::Salted),
            "seeded" => Ok(Self::Seeded),
            _ => Err("the challenge form is salted or seeded"),
        }
    }
}

impl fmt::Display for ChallengeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Salted => "salted",
            Self::Seeded => "seeded",
        })
    }
}

/// Whose statuses and tokens the Cap door imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Cap Standalone: 4xx statuses, tokens of ours.
    Standalone,
    /// The Python package `capjs-server`: failed redeems are 200, tokens are signed with the site's secret and
    /// readable by the package.
    CapjsServer,
}

impl FromStr for Profile {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "standalone" => Ok(Self::Standalone),
            "capjs-server" => Ok(Self::CapjsServer),
            _ => Err("the Cap profile is standalone or capjs-server"),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standalone => "standalone",
            Self::CapjsServer => "capjs-server",
        })
    }
}

/// Why a setting cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// A number outside its range.
    #[error("{name} is {found}; it goes from {least} to {most}")]
    Range {
        /// The setting.
        name: &'static str,
        /// What it was set to.
        found: u64,
        /// The least it may be.
        least: u64,
        /// The most it may be.
        most: u64,
    },
    /// The puzzle numbers do not go together.
    #[error("{0}")]
    Puzzle(String),
    /// The Python package reads seeded challenges only.
    #[error(
        "the capjs-server profile sends seeded challenges; leave the challenge form unset or choose seeded"
    )]
    SaltedCapjsServer,
    /// The policy contradicts itself.
    #[error("{0}")]
    Policy(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_caps_own() {
        let resolved = SiteSettings::default().resolve(&SiteDefaults::default()).unwrap();
        assert_eq!(resolved.form, ChallengeForm::Salted);
        assert_eq!(
            (
                resolved.parameters.count(),
                resolved.parameters.salt_length(),
                resolved.parameters.difficulty()
            ),
            (50, 32, 4)
        );
        assert_eq!((resolved.challenge_ttl_ms, resolved.token_ttl_ms), (600_000, 1_200_000));
    }

    #[test]
    fn the_python_profile_brings_its_own_numbers_unless_they_are_set() {
        let defaults = SiteDefaults { challenge_ttl: 900, token_ttl: 7200, ..SiteDefaults::default() };
        let capjs = SiteSettings { cap_profile: Profile::CapjsServer, ..SiteSettings::default() };
        let resolved = capjs.resolve(&defaults).unwrap();
        assert_eq!(
            (resolved.form, resolved.challenge_ttl_ms, resolved.token_ttl_ms),
            (ChallengeForm::Seeded, 600_000, 300_000)
        );
        let set = SiteSettings { token_ttl: Some(1800), ..capjs };
        assert_eq!(set.resolve(&defaults).unwrap().token_ttl_ms, 1_800_000);
    }

    #[test]
    fn every_problem_is_named() {
        let settings = SiteSettings {
            difficulty: Some(9),
            count: Some(0),
            salt_size: Some(45),
            challenge_ttl: Some(9),
            token_ttl: Some(86_400),
            cap_profile: Profile::CapjsServer,
            cap_challenge: Some(ChallengeForm::Salted),
            ..SiteSettings::default()
        };
        assert_eq!(settings.problems().len(), 6);
        assert_eq!(settings.problems()[0].to_string(), "difficulty is 9; it goes from 1 to 8");
    }

    #[test]
    fn settings_of_a_later_version_are_read_and_kept_settings_read_back() {
        let settings: SiteSettings = serde_json::from_str(r#"{"difficulty":5,"from_the_future":1}"#).unwrap();
        assert_eq!(settings.difficulty, Some(5));
        assert!(settings.allow_localhost);
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<SiteSettings>(&text).unwrap(), settings);
    }
}
