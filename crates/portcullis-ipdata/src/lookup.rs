//! Looking an address up, in memory.
//!
//! What is loaded stands in one snapshot that readers take without a lock, so a reload never makes a visitor wait.

use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use portcullis_risk::{AddressClass, AddressFacts, AddressSource};

use crate::atlas::Atlas;
use crate::built_in::{self, BuiltIn};
use crate::finding::Gathering;
use crate::folder::{Folder, Report};
use crate::maxmind::Database;
use crate::{Crawler, Finding, ListKind, RangeList, is_local};

/// Everything that is known without asking anybody. A clone is another handle on the same.
#[derive(Clone, Debug)]
pub struct Lookup(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    built_in: BuiltIn,
    loaded: ArcSwap<Loaded>,
    /// What the next load compares with. Only loads wait for each other.
    folder: Mutex<Folder>,
}

/// The files of one moment.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The lists, laid over each other.
    pub(crate) atlas: Atlas,
    /// In order of kind, so that the operator's own word comes first.
    pub(crate) lists: Vec<Arc<List>>,
    /// In order of name.
    pub(crate) databases: Vec<Arc<Database>>,
}

/// A range list and what it is about.
#[derive(Debug)]
pub(crate) struct List {
    /// What it is called among sources.
    pub(crate) name: String,
    /// What its addresses have in common.
    pub(crate) kind: ListKind,
    /// What the name of its file adds to the kind.
    pub(crate) detail: Option<String>,
    /// What is on it.
    pub(crate) content: RangeList,
}

impl Lookup {
    /// What is known with no files at all: local networks and well-known data centres.
    #[must_use]
    pub fn built_in() -> Self {
        let (built_in, loaded, folder) = (BuiltIn::new(), ArcSwap::default(), Mutex::default());
        Self(Arc::new(Inner { built_in, loaded, folder }))
    }

    /// What is known of `address`. Never waits; a microsecond or two. IPv4 addresses may be written as IPv6 ones.
    #[must_use]
    pub fn look_up(&self, address: IpAddr) -> AddressFacts {
        self.look_up_with(address, [])
    }

    /// As [`Lookup::look_up`], together with what others said. They may name an autonomous system that a list knows.
    #[must_use]
    pub fn look_up_with(&self, address: IpAddr, findings: impl IntoIterator<Item = Finding>) -> AddressFacts {
        let address = address.to_canonical();
        if is_local(address) {
            return local();
        }
        let loaded = self.0.loaded.load();
        let mut gathering = Gathering::default();
        for finding in loaded.databases.iter().filter_map(|database| database.find(address)).chain(findings) {
            gathering.add(finding);
        }
        let asn = gathering.asn();
        let naming = loaded.atlas.lists(address, asn);
        let mut is_corrected = false;
        for (_, list) in loaded.lists.iter().enumerate().filter(|(place, _)| naming >> place & 1 == 1) {
            is_corrected |= list.kind == ListKind::Residential;
            if !(is_corrected && list.kind == ListKind::Datacenter) {
                gathering.add(list.finding());
            }
        }
        if !is_corrected && let Some(finding) = self.0.built_in.find(address, asn) {
            gathering.add(finding);
        }
        gathering.finish(is_corrected)
    }

    /// Takes over what changed in `folder`: every `*.mmdb` and every range list named after a [`ListKind`]. Files that
    /// did not change since the last load are not read again, so this may be called every few seconds. A file that
    /// cannot be read keeps the last good version of itself. Reads files: not for a thread that answers visitors.
    pub fn load(&self, folder: &Path) -> Report {
        let mut state = self.0.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let report = state.load(folder);
        if report.changed {
            self.0.loaded.store(Arc::new(state.loaded()));
        }
        report
    }
}

impl List {
    fn finding(&self) -> Finding {
        let source = AddressSource {
            source: self.name.clone(),
            org: None,
            asn: None,
            kind: Some(self.kind.name().to_owned()),
            flags: self.kind.flags(),
        };
        Finding { source, class: self.kind.class(), country: None, good_bot: self.good_bot() }
    }

    /// The crawler whose addresses the list holds: `good-bots-bingbot.txt` are Bingbot's.
    fn good_bot(&self) -> Option<String> {
        let detail = match (self.kind, self.detail.as_deref()) {
            (ListKind::GoodBots, Some(detail)) => detail,
            (ListKind::GoodBots, None) => ListKind::GoodBots.name(),
            _ => return None,
        };
        Some(Crawler::named(detail).map_or_else(|| detail.to_owned(), |crawler| crawler.name.to_owned()))
    }
}

fn local() -> AddressFacts {
    let source = AddressSource {
        source: built_in::SOURCE.to_owned(),
        kind: Some("local".to_owned()),
        ..AddressSource::default()
    };
    AddressFacts { class: AddressClass::Local, sources: vec![source], ..AddressFacts::default() }
}
