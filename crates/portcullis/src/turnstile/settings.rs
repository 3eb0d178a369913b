//! `[turnstile]`: how Cloudflare is asked for a second opinion.

use serde::{Deserialize, Serialize};

use crate::base_url::BaseUrl;

/// `[turnstile]`: how Cloudflare is asked for a second opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TurnstileSettings {
    /// Where tokens are verified.
    pub(crate) siteverify_url: BaseUrl,
    /// Where Cloudflare's API begins, which manages widgets.
    pub(crate) api_url: BaseUrl,
    /// How long a visitor may wait for an opinion, 100 to 5000 milliseconds.
    pub(crate) timeout_ms: u64,
}

impl TurnstileSettings {
    /// What is out of range: the setting's name and what is allowed.
    pub(crate) fn problems(&self) -> Vec<(&'static str, &'static str)> {
        const SECURE: &str = "a secret travels with every request, so it begins with https://";
        let checks = [
            (self.siteverify_url.keeps_secrets(), "siteverify_url", SECURE),
            (self.api_url.keeps_secrets(), "api_url", SECURE),
            ((100..=5000).contains(&self.timeout_ms), "timeout_ms", "it goes from 100 to 5000"),
        ];
        checks.into_iter().filter(|(holds, ..)| !holds).map(|(_, name, range)| (name, range)).collect()
    }
}

impl Default for TurnstileSettings {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a test reads both")]
        let url = |text: &str| text.parse().expect("Cloudflare's addresses are URLs");
        Self {
            siteverify_url: url("https://challenges.cloudflare.com/turnstile/v0/siteverify"),
            api_url: url("https://api.cloudflare.com/client/v4"),
            timeout_ms: 2000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_times_out_of_bounds_are_named() {
        assert_eq!(TurnstileSettings::default().problems(), []);
        let wrong = TurnstileSettings {
            siteverify_url: "http://proxy.example/siteverify".parse().unwrap(),
            api_url: "http://127.0.0.1:9/v4".parse().unwrap(),
            timeout_ms: 5001,
        };
        let names: Vec<_> = wrong.problems().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["siteverify_url", "timeout_ms"]);
    }
}
