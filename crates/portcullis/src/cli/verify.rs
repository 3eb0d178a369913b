//! `portcullis verify`: a site's backend in one line.

use clap::Args;

use super::{Answer, pretty, secret_argument};
use crate::base_url::BaseUrl;
use crate::client::Client;
use crate::failure::Failure;

/// Which token to verify.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The server's address, such as https://captcha.example.com
    base_url: BaseUrl,
    /// The site's secret key; - reads it from standard input
    secret: String,
    /// The token
    token: String,
    /// Print the server's answer, as it is
    #[arg(long)]
    json: bool,
}

/// Verifies, and fails where the token is refused.
pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let secret = secret_argument(&arguments.secret)?;
    let verdict = Client::new(arguments.base_url.clone(), None).siteverify(&secret, &arguments.token)?;
    let is_success = verdict.get("success").and_then(serde_json::Value::as_bool) == Some(true);
    let text = if arguments.json {
        pretty(&verdict)
    } else if is_success {
        let about =
            |name| verdict.get(name).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty());
        let hostname = about("hostname").map_or_else(String::new, |hostname| format!(" on {hostname}"));
        format!("accepted: solved{hostname} at {}", about("challenge_ts").unwrap_or("an unknown time"))
    } else {
        format!("refused: {}", codes(&verdict))
    };
    Ok(Answer { text, is_success })
}

fn codes(verdict: &serde_json::Value) -> String {
    let codes = verdict.get("error-codes").and_then(serde_json::Value::as_array);
    let codes = codes.into_iter().flatten().filter_map(serde_json::Value::as_str).collect::<Vec<_>>();
    if codes.is_empty() { "no reason given".to_owned() } else { codes.join(", ") }
}
