//! Crawlers that prove whose they are, by forward-confirmed reverse DNS.

use std::net::IpAddr;
use std::sync::Arc;

use portcullis_engine::Clock;
use portcullis_ipdata::Crawler;

use super::NameServer;
use super::answers::{Answer, Answers};

/// Asks the name server about visitors that claim to be crawlers.
pub(super) struct Crawlers {
    name_server: Arc<dyn NameServer>,
    answers: Answers<(IpAddr, &'static str), bool>,
}

impl Crawlers {
    /// Nobody is asked yet.
    pub(super) fn new(name_server: Arc<dyn NameServer>, clock: Arc<dyn Clock>) -> Self {
        Self { name_server, answers: Answers::new(ANSWERS_MAX, UNDER_WAY_MAX, clock) }
    }

    /// The crawler that the visitor claims to be, if it is known already that it is.
    pub(super) fn known(&self, address: IpAddr, user_agent: &str) -> Option<String> {
        let crawler = Crawler::claimed(user_agent)?;
        let is_proved = self.answers.known(&(address.to_canonical(), crawler.name))?;
        is_proved.then(|| crawler.name.to_owned())
    }

    /// The crawler that the visitor claims to be, if the name server confirms it.
    pub(super) async fn verify(&self, address: IpAddr, user_agent: &str) -> Option<String> {
        let crawler = Crawler::claimed(user_agent)?;
        let address = address.to_canonical();
        let name_server = self.name_server.clone();
        let work = || async move {
            let proof = tokio::task::spawn_blocking(move || is_proved(&*name_server, crawler, address));
            let value = proof.await.ok()?;
            Some(Answer { value, keep_ms: if value { KEEP_MS } else { KEEP_NO_MS } })
        };
        let is_proved = self.answers.find((address, crawler.name), work).await?;
        is_proved.then(|| crawler.name.to_owned())
    }
}

/// The address has a name in the crawler's domain, and that name has the address.
fn is_proved(name_server: &dyn NameServer, crawler: &Crawler, address: IpAddr) -> bool {
    let Ok(name) = name_server.name(address) else { return false };
    crawler.owns(&name)
        && name_server
            .addresses(&name)
            .is_ok_and(|addresses| addresses.iter().any(|found| found.to_canonical() == address))
}

/// Answers that are kept.
const ANSWERS_MAX: usize = 16_384;
/// Addresses that are asked about at the same time, a thread each.
const UNDER_WAY_MAX: usize = 16;
/// For how long a proof holds: a day.
const KEEP_MS: u64 = 24 * 3_600_000;
/// For how long it holds that there is none. Short, as the name server itself may have failed.
const KEEP_NO_MS: u64 = 10 * 60_000;
