//! What is known of visitors' addresses, while the server runs.
//!
//! [`portcullis_ipdata`] knows what stands in files, at once. This room adds whatever takes time: HTTP providers, the
//! proof of crawlers by name server, and files that change or are fetched while the server runs. Whoever is asked is
//! asked in the background and the answer kept, so the budget bounds what one visitor may wait, and the next visitor
//! from there finds the answer ready. Who does not answer counts as knowing nothing.
//!
//! No address is written to the log.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_engine::{AddressLookup, Clock};
use portcullis_ipdata::{AddressFacts, Lookup, is_public};
use tokio::time::timeout;

use crawlers::Crawlers;
use providers::Providers;

pub(crate) use lists::{Fetched, ListSource, fetch_all};
pub(crate) use name_server::{NameServer, SystemNameServer};
pub(crate) use settings::AddressSettings;

mod answers;
mod crawlers;
mod expiring;
mod lists;
mod name_server;
mod providers;
mod settings;
mod upkeep;

/// Everything that knows something about addresses.
pub(crate) struct Addresses {
    lookup: Lookup,
    providers: Providers,
    crawlers: Option<Crawlers>,
    settings: AddressSettings,
    folder: PathBuf,
    /// Why the folder could not be read when it was last tried: told once.
    folder_problem: Mutex<Option<String>>,
    clock: Arc<dyn Clock>,
}

impl Addresses {
    /// Reads the files in `folder`, which may not exist, and says in the log what leaves this machine.
    pub(crate) fn open(settings: AddressSettings, folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self::with_name_server(settings, folder, clock, Arc::new(SystemNameServer))
    }

    /// As [`Addresses::open`], with a name server of the caller's.
    fn with_name_server(
        settings: AddressSettings,
        folder: PathBuf,
        clock: Arc<dyn Clock>,
        name_server: Arc<dyn NameServer>,
    ) -> Self {
        let addresses = Self {
            lookup: Lookup::built_in(),
            providers: Providers::new(&settings, clock.clone()),
            crawlers: settings.crawlers.then(|| Crawlers::new(name_server, clock.clone())),
            settings,
            folder,
            folder_problem: Mutex::default(),
            clock,
        };
        for provider in &addresses.settings.providers {
            tracing::warn!(
                provider = provider.provider.name(),
                "addresses.providers is set: visitors' addresses are sent to a third party"
            );
        }
        addresses.reload();
        addresses
    }

    /// The crawler that the visitor claims to be and proves to be by name server. Waits for the name server; bounded
    /// by whoever calls.
    async fn verify_bot(&self, address: IpAddr, user_agent: &str) -> Option<String> {
        if !is_public(address) {
            return None;
        }
        self.crawlers.as_ref()?.verify(address, user_agent).await
    }
}

#[async_trait]
impl AddressLookup for Addresses {
    fn look_up(&self, address: IpAddr, user_agent: &str) -> AddressFacts {
        let mut facts = self.lookup.look_up_with(address, self.providers.known(address));
        if is_public(address) {
            let proved = || self.crawlers.as_ref()?.known(address, user_agent);
            facts.good_bot = facts.good_bot.or_else(proved);
        }
        facts
    }

    async fn ask(&self, address: IpAddr, user_agent: &str) -> AddressFacts {
        if !is_public(address) {
            return self.look_up(address, user_agent);
        }
        let budget = Duration::from_millis(self.settings.budget_ms);
        let asked = async { tokio::join!(self.providers.ask(address), self.verify_bot(address, user_agent)) };
        // Also where time ran out: one of the two may have answered, and what it said is known by now.
        let _ = timeout(budget, asked).await;
        self.look_up(address, user_agent)
    }
}

#[cfg(test)]
mod tests;
