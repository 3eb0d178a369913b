//! `portcullis check-site`: whether a page has left another captcha behind.

use std::io::Read;
use std::time::Duration;

use clap::Args;
use ureq::Agent;
use ureq::http::header::CONTENT_SECURITY_POLICY;

use super::{Answer, pretty};
use crate::base_url::BaseUrl;
use crate::failure::Failure;
use crate::http_client;
use crate::site_check::{Address, Fetched, check};

/// Which page to look at.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The page's address, such as https://shop.example/sign-up
    url: Address,
    /// This server's address, as the page's visitors reach it, such as https://captcha.example.com
    #[arg(long, value_name = "URL")]
    portcullis: BaseUrl,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Fetches the page and its scripts, and fails where something is left to do.
pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let agent = http_client::rules(ANSWER_WITHIN).max_redirects(REDIRECTS_MOST).build().new_agent();
    let fetch = |address: &Address| fetch(&agent, address);
    let page = fetch(&arguments.url).map_err(|why| {
        Failure::new(
            format!("{} was not read: {why}", arguments.url),
            "check the address, and that it needs no log-in",
        )
    })?;
    let ours = arguments.portcullis.at("/").parse().map_err(Failure::usage)?;
    let report = check(&page, &ours, &fetch);
    let text = if arguments.json { pretty(&report) } else { report.text() };
    Ok(Answer { text, is_success: report.is_good() })
}

fn fetch(agent: &Agent, address: &Address) -> Result<Fetched, String> {
    let mut response = agent.get(address.to_string()).call().map_err(|problem| problem.to_string())?;
    if !response.status().is_success() {
        return Err(format!("the status is {}", response.status().as_u16()));
    }
    let policies = response.headers().get_all(CONTENT_SECURITY_POLICY);
    let policies = policies.iter().filter_map(|value| value.to_str().ok()).map(str::to_owned).collect();
    let found = ureq::ResponseExt::get_uri(&response).to_string().parse().unwrap_or_else(|_| address.clone());
    let mut bytes = Vec::new();
    // One byte more than is kept tells whether there is more.
    let mut body = response.body_mut().as_reader().take(BYTES_MAX as u64 + 1);
    body.read_to_end(&mut bytes).map_err(|problem| problem.to_string())?;
    let is_cut = bytes.len() > BYTES_MAX;
    bytes.truncate(BYTES_MAX);
    Ok(Fetched { address: found, text: String::from_utf8_lossy(&bytes).into_owned(), is_cut, policies })
}

/// How long a page or a script may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
const REDIRECTS_MOST: u32 = 5;
/// What is read of a page or a script, in bytes: more than any of them has that people wait for.
const BYTES_MAX: usize = 8 * 1024 * 1024;
