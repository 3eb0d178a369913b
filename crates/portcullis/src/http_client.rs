//! Asking other servers over HTTP: the same rules for all of them.
//!
//! A status is an answer to be read, not an error. No redirect is followed, as what is sent may be a secret. Every
//! question ends, and says who asks.

use std::time::Duration;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// Asks under these rules. One question, connecting and reading the answer included, ends after `within`.
pub(crate) fn agent(within: Duration) -> Agent {
    rules(within).build().new_agent()
}

/// The rules of [`agent`], for whoever needs one more or another.
pub(crate) fn rules(within: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(within))
        .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")))
}
