//! `portcullis solve`: a visitor without a browser.

use clap::Args;
use portcullis_engine::{Clock, SystemClock};
use serde::Serialize;

use super::{Answer, pretty};
use crate::base_url::BaseUrl;
use crate::client::{Client, Refused, solve_all};
use crate::failure::Failure;

/// Which challenge to solve.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The server's address, such as https://captcha.example.com
    base_url: BaseUrl,
    /// The site
    site_key: String,
    /// The Origin header to send; without it, none is sent
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    success: bool,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Token {
        token: String,
        /// As the server wrote it: milliseconds since the epoch, or RFC 3339.
        expires: serde_json::Value,
        /// How many puzzles were solved.
        puzzles: usize,
        /// How long that took.
        solve_ms: u64,
    },
    Refused {
        status: u16,
        error: String,
        reason: Option<String>,
    },
}

/// Fetches, solves and redeems.
pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let client = Client::new(arguments.base_url.clone(), arguments.origin.clone());
    let outcome = match attempt(&client, &arguments.site_key)? {
        Ok(outcome) => outcome,
        Err(Refused { status, error, reason }) => Outcome::Refused { status, error, reason },
    };
    match outcome {
        _ if arguments.json => {
            let success = matches!(outcome, Outcome::Token { .. });
            Ok(Answer { text: pretty(&Report { success, outcome }), is_success: success })
        }
        Outcome::Token { token, .. } => Ok(Answer::success(token)),
        Outcome::Refused { status, error, reason } => Err(Failure::new(
            format!("the server refused ({status}): {error}"),
            format!("its reason is {}", reason.as_deref().unwrap_or("not given")),
        )),
    }
}

fn attempt(client: &Client, site_key: &str) -> Result<Result<Outcome, Refused>, Failure> {
    let challenge = match client.challenge(site_key)? {
        Ok(challenge) => challenge,
        Err(refused) => return Ok(Err(refused)),
    };
    let puzzles = challenge.puzzles()?;
    let start = SystemClock.now();
    let solutions = solve_all(&puzzles)?;
    let solve_ms = SystemClock.now().since(start);
    let redeemed = client.redeem(site_key, &challenge.token, &solutions)?;
    Ok(redeemed.map(|redeemed| Outcome::Token {
        token: redeemed.token,
        expires: redeemed.expires,
        puzzles: puzzles.len(),
        solve_ms,
    }))
}
