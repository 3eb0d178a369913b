//! One question to Cloudflare's siteverify, and what its answer means.

use std::time::Duration;

use portcullis_engine::Opinion;
use serde::Deserialize;
use ureq::Agent;

use crate::base_url::BaseUrl;

/// Where tokens are verified.
pub(super) struct Siteverify {
    agent: Agent,
    url: String,
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// An opinion.
    Opinion(Opinion),
    /// The site's secret is not known there.
    WrongSecret,
    /// Nothing that reads, in time.
    Nothing,
    /// Too many questions for now.
    Exhausted,
}

/// The answer, as far as it is read.
#[derive(Deserialize)]
struct Answer {
    success: bool,
    #[serde(default, rename = "error-codes")]
    error_codes: Vec<String>,
}

impl Siteverify {
    pub(super) fn new(url: &BaseUrl, budget: Duration) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(budget))
            .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Self { agent, url: url.to_string() }
    }

    /// Asks and waits for the answer.
    pub(super) fn ask(&self, body: &str) -> Heard {
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let Ok(mut response) = request.send(body) else { return Heard::Nothing };
        match response.status().as_u16() {
            429 => return Heard::Exhausted,
            // A refusal is written as JSON whatever its status.
            200..=499 => {}
            _ => return Heard::Nothing,
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        body.ok().map_or(Heard::Nothing, |body| read(&body))
    }
}

fn read(body: &[u8]) -> Heard {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return Heard::Nothing };
    if answer.success {
        return Heard::Opinion(Opinion::Passed);
    }
    let codes: Vec<&str> = answer.error_codes.iter().map(String::as_str).collect();
    let has = |code| codes.contains(&code);
    if has("invalid-input-secret") || has("missing-input-secret") {
        Heard::WrongSecret
    } else if has("invalid-input-response") || has("missing-input-response") {
        Heard::Opinion(Opinion::Failed)
    } else if has("internal-error") {
        Heard::Nothing
    } else if codes == ["timeout-or-duplicate"] {
        Heard::Opinion(Opinion::Stale)
    } else {
        // Among them a bad request: ours to mend, and nothing against the visitor.
        Heard::Opinion(Opinion::Unknown)
    }
}

/// The longest answer that is read, in bytes. One takes some hundred.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_code_has_its_meaning() {
        let refused =
            |codes: &str| read(format!(r#"{{"success":false,"error-codes":[{codes}]}}"#).as_bytes());
        let passed = br#"{"success":true,"challenge_ts":"2026-11-20T12:34:56.789Z","hostname":"a.example","error-codes":[],"action":"","cdata":""}"#;
        assert_eq!(read(passed), Heard::Opinion(Opinion::Passed));
        for (codes, heard) in [
            (r#""missing-input-secret""#, Heard::WrongSecret),
            (r#""invalid-input-secret","invalid-input-response""#, Heard::WrongSecret),
            (r#""missing-input-response""#, Heard::Opinion(Opinion::Failed)),
            (r#""invalid-input-response""#, Heard::Opinion(Opinion::Failed)),
            (r#""timeout-or-duplicate","invalid-input-response""#, Heard::Opinion(Opinion::Failed)),
            (r#""timeout-or-duplicate""#, Heard::Opinion(Opinion::Stale)),
            (r#""bad-request""#, Heard::Opinion(Opinion::Unknown)),
            (r#""internal-error""#, Heard::Nothing),
            ("", Heard::Opinion(Opinion::Unknown)),
            (r#""code-of-tomorrow""#, Heard::Opinion(Opinion::Unknown)),
        ] {
            assert_eq!(refused(codes), heard, "{codes}");
        }
        for junk in ["", "<html>", "[]", "{}", r#"{"success":"true"}"#, "null"] {
            assert_eq!(read(junk.as_bytes()), Heard::Nothing, "{junk}");
        }
    }
}
