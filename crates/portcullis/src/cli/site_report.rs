//! A site as the command line shows it.

use std::fmt::Write;

use portcullis_engine::{AltchaWork, ChallengeForm, OldCiphers, Plan, Profile, Site, SiteDefaults, risk};
use serde::Serialize;

/// Everything about a site, with the numbers that hold for it. The names are an interface.
#[derive(Serialize)]
pub(super) struct SiteReport {
    site_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<String>,
    signing_public_key: String,
    name: String,
    origins: Vec<String>,
    allow_localhost: bool,
    browsers_only: bool,
    cap_challenge: ChallengeForm,
    cap_profile: Profile,
    difficulty: u32,
    count: u32,
    salt_size: u32,
    /// In seconds.
    challenge_ttl: u64,
    /// In seconds.
    token_ttl: u64,
    altcha: AltchaWork,
    /// Absent where each door's own holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_profile: Option<risk::Profile>,
    /// What was chosen of it; absent where each door's own holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<risk::PolicyChoices>,
    plan: Plan,
    public_token: String,
    /// Of earlier Crafy SDKs, which the site takes beside the present one; absent where it takes none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    old_ciphers: Vec<&'static str>,
    /// Absent where Turnstile is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    turnstile_site_key: Option<String>,
    /// RFC 3339, UTC.
    created_at: String,
}

impl SiteReport {
    /// A report without the secret.
    pub(super) fn public(site: &Site, defaults: &SiteDefaults) -> Self {
        let settings = site.settings();
        let form = match settings.cap_profile {
            Profile::CapjsServer => ChallengeForm::Seeded,
            Profile::Standalone => settings.cap_challenge.unwrap_or(defaults.cap_challenge),
        };
        let created_at = i64::try_from(site.created_at().0).unwrap_or(i64::MAX);
        Self {
            site_key: site.site_key().to_owned(),
            secret_key: None,
            signing_public_key: site.signing_public_key(),
            name: site.name().to_owned(),
            origins: settings.origins.iter().map(ToString::to_string).collect(),
            allow_localhost: settings.allow_localhost,
            browsers_only: settings.browsers_only,
            cap_challenge: form,
            cap_profile: settings.cap_profile,
            difficulty: settings.difficulty.unwrap_or(defaults.difficulty),
            count: settings.count.unwrap_or(defaults.count),
            salt_size: settings.salt_size.unwrap_or(defaults.salt_size),
            challenge_ttl: site.challenge_ttl_ms() / 1000,
            token_ttl: site.token_ttl_ms() / 1000,
            altcha: settings.altcha,
            risk_profile: settings.risk_profile,
            policy: settings.policy.clone(),
            plan: settings.plan,
            public_token: site.public_token().to_owned(),
            old_ciphers: names(settings.old_ciphers),
            turnstile_site_key: site.turnstile_site_key().map(str::to_owned),
            created_at: jiff::Timestamp::from_millisecond(created_at)
                .map(|created_at| created_at.to_string())
                .unwrap_or_default(),
        }
    }

    /// A report with the secret.
    pub(super) fn with_secret(site: &Site, defaults: &SiteDefaults) -> Self {
        Self { secret_key: Some(site.secret().expose().to_owned()), ..Self::public(site, defaults) }
    }

    /// The report for people.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.name);
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {name:<20}{value}");
        };
        line("site key", &self.site_key);
        if let Some(secret) = &self.secret_key {
            line("secret key", secret);
        }
        line("signing public key", &self.signing_public_key);
        line("origins", &self.origins());
        line("browsers only", &if self.browsers_only { "yes" } else { "no" });
        line("challenges", &format!("{} ({})", self.cap_challenge, self.cap_profile));
        line(
            "work",
            &format!("{} puzzles, difficulty {}, salt {}", self.count, self.difficulty, self.salt_size),
        );
        line("altcha", &self.altcha);
        line("times", &format!("challenge {} s, token {} s", self.challenge_ttl, self.token_ttl));
        if let Some(policy) = &self.policy {
            line("policy", &chosen(policy));
        }
        line("plan", &self.plan);
        line("public token", &self.public_token);
        if !self.old_ciphers.is_empty() {
            line("old ciphers", &self.old_ciphers.join(", "));
        }
        if let Some(site_key) = &self.turnstile_site_key {
            line("turnstile site key", site_key);
        }
        line("added", &self.created_at);
        text
    }

    /// One line of a list.
    pub(super) fn row(&self) -> String {
        format!("{}  {}  {}\n", self.site_key, self.name, self.origins())
    }

    fn origins(&self) -> String {
        let localhost = self.allow_localhost.then(|| "localhost".to_owned());
        let all = self.origins.iter().cloned().chain(localhost).collect::<Vec<_>>();
        if all.is_empty() { "none".to_owned() } else { all.join(", ") }
    }
}

fn names(ciphers: OldCiphers) -> Vec<&'static str> {
    let OldCiphers { v1, v2 } = ciphers;
    [("v1", v1), ("v2", v2)].into_iter().filter(|(_, taken)| *taken).map(|(name, _)| name).collect()
}

/// What was chosen of a policy.
fn chosen(policy: &risk::PolicyChoices) -> String {
    let risk::PolicyChoices { challenge_at, deny_at, work_floor, shadow, steps } = policy;
    let chosen = [
        challenge_at.map(|from| format!("act from {from}")),
        deny_at.map(|from| format!("refused from {from}")),
        work_floor.map(|floor| if floor { "work for all" } else { "no work for low scores" }.to_owned()),
        steps.as_deref().map(steps_text),
        shadow.then(|| "tried only".to_owned()),
    ];
    chosen.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// What is asked from which score on.
fn steps_text(bands: &[risk::Band]) -> String {
    let step = |band: &risk::Band| match band.friction {
        risk::Friction::ProofOfWork { doublings } => {
            format!("work doubled {doublings} times from {}", band.from)
        }
        other => format!("{} from {}", other.code(), band.from),
    };
    if bands.is_empty() {
        return "no steps".to_owned();
    }
    format!("steps: {}", bands.iter().map(step).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_as_what_was_chosen_of_it() {
        let steps = r#"{"challenge_at":0.3,"shadow":true,"steps":[
            {"from":0.3,"friction":{"kind":"proof-of-work","doublings":2}},
            {"from":0.5,"friction":{"kind":"press-and-hold"}}]}"#;
        let policy = serde_json::from_str(steps).unwrap();
        let told = "act from 0.3; steps: work doubled 2 times from 0.3, press-and-hold from 0.5; tried only";
        assert_eq!(chosen(&policy), told);
        let policy = serde_json::from_str(r#"{"work_floor":true,"steps":[]}"#).unwrap();
        assert_eq!(chosen(&policy), "work for all; no steps");
    }

    #[test]
    fn old_ciphers_are_named() {
        assert_eq!(names(OldCiphers { v1: true, v2: true }), ["v1", "v2"]);
        assert_eq!(names(OldCiphers { v1: false, v2: true }), ["v2"]);
        assert_eq!(names(OldCiphers::default()), [""; 0]);
    }
}
