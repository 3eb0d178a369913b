//! One question to Cloudflare's siteverify, and what its answer means.

use std::time::Duration;

use portcullis_engine::{Opinion, OpinionQuestion};
use serde::Deserialize;
use ureq::http::Response;
use ureq::http::header::RETRY_AFTER;
use ureq::{Agent, Body};

use crate::base_url::BaseUrl;
use crate::http_client;

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
    /// Nothing in time, or that they are out of order. This alone is an outage: any other answer follows from what one
    /// visitor sent, who must not silence Cloudflare for everybody.
    Nothing,
    /// Too many questions for this long, in milliseconds.
    Exhausted(u64),
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
        let agent = http_client::agent(budget);
        Self { agent, url: url.to_string() }
    }

    /// Asks and waits for the answer.
    pub(super) fn ask(&self, body: &str) -> Heard {
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let Ok(mut response) = request.send(body) else { return Heard::Nothing };
        match response.status().as_u16() {
            429 => return Heard::Exhausted(pause_ms(&response)),
            // A refusal is written as JSON whatever its status.
            200..=499 => {}
            _ => return Heard::Nothing,
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        body.map_or(Heard::Nothing, |body| read(&body))
    }
}

/// For how long a 429 asks to be left alone, in seconds or not at all.
fn pause_ms(response: &Response<Body>) -> u64 {
    let given = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = given.and_then(|text| text.trim().parse().ok()).unwrap_or(PAUSE_SECONDS);
    seconds.clamp(1, PAUSE_SECONDS_MAX) * 1000
}

fn read(body: &[u8]) -> Heard {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return Heard::Opinion(Opinion::Unknown) };
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
    } else if codes == ["timeout-or-duplicate"] || has("bad-request") {
        // A question that cannot be read has a token in it that is none: as good as none.
        Heard::Opinion(Opinion::Stale)
    } else {
        Heard::Opinion(Opinion::Unknown)
    }
}

/// Whether `token` can be one: what Turnstile gives is of these characters, and no longer.
pub(super) fn is_token(token: &str) -> bool {
    (1..=OpinionQuestion::TOKEN_MAX).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// The longest answer that is read, in bytes. One takes some hundred.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;
/// The pause after a 429 that names none, in seconds.
const PAUSE_SECONDS: u64 = 60;
/// The longest pause after a 429, whatever it names, in seconds.
const PAUSE_SECONDS_MAX: u64 = 15 * 60;

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
            (r#""bad-request""#, Heard::Opinion(Opinion::Stale)),
            (r#""bad-request","internal-error""#, Heard::Nothing),
            (r#""internal-error""#, Heard::Nothing),
            ("", Heard::Opinion(Opinion::Unknown)),
            (r#""code-of-tomorrow""#, Heard::Opinion(Opinion::Unknown)),
        ] {
            assert_eq!(refused(codes), heard, "{codes}");
        }
        for junk in ["", "<html>", "[]", "{}", r#"{"success":"true"}"#, "null"] {
            assert_eq!(read(junk.as_bytes()), Heard::Opinion(Opinion::Unknown), "{junk}");
        }
    }

    #[test]
    fn a_429_is_heeded_for_as_long_as_it_says_within_reason() {
        let pause = |value: Option<&str>| {
            let answer = Response::builder().status(429);
            let answer = value.into_iter().fold(answer, |answer, value| answer.header(RETRY_AFTER, value));
            pause_ms(&answer.body(Body::builder().data("")).unwrap())
        };
        assert_eq!(pause(None), 60_000);
        assert_eq!(pause(Some("7")), 7000);
        assert_eq!(pause(Some("0")), 1000);
        assert_eq!(pause(Some("31536000")), 900_000);
        assert_eq!(pause(Some("Wed, 21 Oct 2015 07:28:00 GMT")), 60_000);
    }

    #[test]
    fn a_token_is_of_few_characters_and_not_long() {
        for token in ["XXXX.DUMMY.TOKEN.XXXX", "0.aZ9_-", &"x".repeat(2048)] {
            assert!(is_token(token), "{token}");
        }
        for token in ["", "a b", "a\"b", "a\n", "\u{0}", "é", "a/b", &"x".repeat(2049)] {
            assert!(!is_token(token), "{token:?}");
        }
    }
}
