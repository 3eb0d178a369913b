//! `portcullis healthcheck`: for containers, which have no other program to ask with.

use super::setup::local_url;
use super::{Answer, GlobalFlags, Setup};
use crate::base_url::BaseUrl;
use crate::client::Client;
use crate::failure::Failure;

/// Asks the server whether it is ready.
pub(super) fn run(base_url: Option<BaseUrl>, flags: &GlobalFlags) -> Result<Answer, Failure> {
    let base_url = match base_url {
        Some(base_url) => base_url,
        None => local_url(Setup::for_command(flags)?.config.server.listen),
    };
    let status = Client::new(base_url, None).ready()?;
    if status == 200 {
        return Ok(Answer::success("ready"));
    }
    Ok(Answer { text: format!("not ready: {status}"), is_success: false })
}
