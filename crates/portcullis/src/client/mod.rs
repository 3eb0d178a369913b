//! The other side of the protocol: a visitor and a site's backend, over HTTP.
//!
//! It speaks Cap's protocol as any server of it does, and takes nothing for granted that a server sends: answers
//! are bounded, puzzles are checked before they are solved.

use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use crate::base_url::BaseUrl;
use crate::failure::Failure;
use crate::http_client;

pub(crate) use challenge::Challenge;
pub(crate) use solving::solve_all;

mod challenge;
mod solving;

/// A connection to one server.
pub(crate) struct Client {
    agent: Agent,
    base_url: BaseUrl,
    origin: Option<String>,
}

/// A token, as the server sent it.
#[derive(Debug, Deserialize)]
pub(crate) struct Redeemed {
    /// The token.
    pub(crate) token: String,
    /// Until when it may be verified, in the server's notation.
    #[serde(default)]
    pub(crate) expires: Value,
}

/// The server said no.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Its words.
    pub(crate) error: String,
    /// Its code for machines, where it has one.
    pub(crate) reason: Option<String>,
}

impl Client {
    /// A client of the server at `base_url` that sends `origin`, if any, as browsers do.
    pub(crate) fn new(base_url: BaseUrl, origin: Option<String>) -> Self {
        let agent = http_client::agent(ANSWER_WITHIN);
        Self { agent, base_url, origin }
    }

    /// Asks for a challenge.
    pub(crate) fn challenge(&self, site_key: &str) -> Result<Result<Challenge, Refused>, Failure> {
        decide(self.post(&format!("/cap/{}/challenge", segment(site_key)), &json!({}))?, "challenge")
    }

    /// Redeems a solved challenge.
    pub(crate) fn redeem(
        &self,
        site_key: &str,
        token: &str,
        solutions: &[u64],
    ) -> Result<Result<Redeemed, Refused>, Failure> {
        let body = json!({ "token": token, "solutions": solutions });
        decide(self.post(&format!("/cap/{}/redeem", segment(site_key)), &body)?, "token")
    }

    /// Verifies a token. Answers the verdict as it is.
    pub(crate) fn siteverify(&self, secret: &str, token: &str) -> Result<Value, Failure> {
        let body = json!({ "secret": secret, "response": token });
        let (status, answer) = self.post("/siteverify", &body)?;
        if answer.get("success").is_some_and(Value::is_boolean) {
            return Ok(answer);
        }
        Err(Failure::new(format!("the server answered {status} without a verdict"), "check the address"))
    }

    /// The status of the server's own opinion on whether it is ready.
    pub(crate) fn ready(&self) -> Result<u16, Failure> {
        let url = self.base_url.at("/readyz");
        let answer = self.agent.get(&url).call();
        Ok(answer.map_err(|error| unreachable(&url, &error))?.status().as_u16())
    }

    fn post(&self, path: &str, body: &Value) -> Result<(u16, Value), Failure> {
        let url = self.base_url.at(path);
        let mut request = self.agent.post(&url).header("content-type", "application/json");
        if let Some(origin) = &self.origin {
            request = request.header("origin", origin);
        }
        let answer = request.send(body.to_string()).map_err(|error| unreachable(&url, &error))?;
        read(answer, &url)
    }
}

fn read(mut answer: Response<Body>, url: &str) -> Result<(u16, Value), Failure> {
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
    let text = text.map_err(|error| unreachable(url, &error))?;
    let json = serde_json::from_str(&text);
    let json = json.map_err(|_| {
        Failure::new(format!("{url} answered {status} and no JSON"), "check that a Portcullis is there")
    })?;
    Ok((status, json))
}

/// A refusal, or what was asked for: it has a field named `expected`.
fn decide<T: DeserializeOwned>(
    (status, answer): (u16, Value),
    expected: &str,
) -> Result<Result<T, Refused>, Failure> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    if answer.get("success") == Some(&Value::Bool(false)) || answer.get(expected).is_none() {
        let error = text("error").unwrap_or_else(|| "no reason given".to_owned());
        return Ok(Err(Refused { status, error, reason: text("reason") }));
    }
    let parsed = serde_json::from_value(answer);
    parsed.map(Ok).map_err(|error| {
        Failure::new(format!("the server's answer is not Cap's: {error}"), "check that a Portcullis is there")
    })
}

/// A segment of a path. Site keys are made of other characters, but this one comes from a command line.
fn segment(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn unreachable(url: &str, error: &ureq::Error) -> Failure {
    Failure::new(format!("cannot ask {url}: {error}"), "check the address and that the server runs")
}

/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The longest answer that is read, in bytes. 500 puzzles with the longest salts take 35 KiB.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_an_answer_of_another_kind() {
        let refused = decide::<Redeemed>((403, json!({ "error": "Blocked", "reason": "origin" })), "token");
        let expected =
            Refused { status: 403, error: "Blocked".to_owned(), reason: Some("origin".to_owned()) };
        assert_eq!(refused.unwrap().unwrap_err(), expected);
        assert!(decide::<Redeemed>((200, json!({ "token": 5 })), "token").is_err());
        let redeemed = decide::<Redeemed>((200, json!({ "success": true, "token": "t" })), "token");
        assert_eq!(redeemed.unwrap().unwrap().token, "t");
    }

    #[test]
    fn site_keys_do_not_leave_their_segment() {
        assert_eq!(segment("pk_0f"), "pk_0f");
        assert_eq!(segment("../a?b#c é"), "..%2Fa%3Fb%23c%20%C3%A9");
    }
}
