//! The sites and sealing keys, held in memory.
//!
//! Every request needs a site, and an unknown key must cost nothing: so the whole directory is a snapshot that
//! is swapped when the store's revision changes, whoever changed it. A look-up never waits and never writes.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use portcullis_store::{KeyRecord, SigningKeys, SiteRecord, StoreError, Stores};
use zeroize::Zeroize;

use crate::claims::Claims;
use crate::entropy::random;
use crate::envelope::KeyRing;
use crate::vault::Vault;
use crate::{Entropy, Site, SiteDefaults, SiteId, UnixMs};

#[derive(Default)]
pub(crate) struct Snapshot {
    pub(crate) revision: Option<u64>,
    pub(crate) by_key: HashMap<String, Arc<Site>>,
    pub(crate) by_secret: HashMap<[u8; 32], Arc<Site>>,
    pub(crate) by_id: HashMap<SiteId, Arc<Site>>,
    pub(crate) by_public_token: HashMap<String, Arc<Site>>,
    pub(crate) oldest_first: Vec<Arc<Site>>,
    pub(crate) keys: KeyRing,
    pub(crate) claims: Claims,
    /// What each site was opened from: opening one anew costs more than everything else here.
    opened: HashMap<SiteId, (SiteRecord, Arc<Site>)>,
}

pub(crate) struct Directory {
    snapshot: Arc<ArcSwap<Snapshot>>,
    defaults: SiteDefaults,
}

impl Directory {
    pub(crate) fn new(defaults: SiteDefaults) -> Self {
        Self { snapshot: Arc::default(), defaults }
    }

    pub(crate) fn shared(&self) -> Arc<ArcSwap<Snapshot>> {
        self.snapshot.clone()
    }

    pub(crate) fn snapshot(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.snapshot.load()
    }

    /// Reads the store again if it has changed since. Answers whether it had.
    ///
    /// A site that cannot be opened is left out and named in the log: one damaged row must not close every site.
    pub(crate) async fn refresh(&self, stores: &Stores, vault: &Vault) -> Result<bool, StoreError> {
        let mut changed = false;
        loop {
            let before = self.snapshot.load_full();
            // The revision is read first: a change that comes in between is then read twice, never missed.
            let revision = stores.sites.revision().await?;
            if before.revision == Some(revision) {
                return Ok(changed);
            }
            changed = true;
            let snapshot = self.read(stores, vault, &before, revision).await?;
            // Another call may have been faster, with what is newer than this.
            if Arc::ptr_eq(&self.snapshot.compare_and_swap(&before, Arc::new(snapshot)), &before) {
                return Ok(changed);
            }
        }
    }

    async fn read(
        &self,
        stores: &Stores,
        vault: &Vault,
        before: &Snapshot,
        revision: u64,
    ) -> Result<Snapshot, StoreError> {
        let mut snapshot = Snapshot { revision: Some(revision), ..Snapshot::default() };
        for record in stores.signing_keys.all().await? {
            match open_key(vault, &record) {
                Some(key) => snapshot.keys.insert(record.id, &key),
                None => tracing::error!(
                    key_id = record.id,
                    "sealing key left out: it was sealed under another master key"
                ),
            }
        }
        for record in stores.sites.all().await? {
            let known = before.opened.get(&record.id).filter(|(earlier, _)| *earlier == record);
            let opened = match known {
                Some((_, site)) => Ok(site.clone()),
                None => Site::open(&record, vault, &self.defaults).map(Arc::new),
            };
            match opened {
                Ok(site) => {
                    snapshot.by_key.insert(record.site_key.clone(), site.clone());
                    snapshot.by_id.insert(site.id, site.clone());
                    for public_token in [Some(&site.public_token), site.earlier_public_token.as_ref()] {
                        snapshot
                            .by_public_token
                            .extend(public_token.map(|token| (token.clone(), site.clone())));
                    }
                    snapshot.by_secret.insert(record.secret_index, site.clone());
                    snapshot.claims.add(&site);
                    snapshot.oldest_first.push(site.clone());
                    snapshot.opened.insert(record.id, (record, site));
                }
                Err(problem) => tracing::error!(site_key = record.site_key, problem, "site left out"),
            }
        }
        Ok(snapshot)
    }
}

/// Makes the first sealing key where there is none, and proves that the master key is the right one.
pub(crate) async fn prepare_keys(
    keys: &dyn SigningKeys,
    vault: &Vault,
    entropy: &dyn Entropy,
    now: UnixMs,
) -> Result<(), StartError> {
    let records = keys.all().await?;
    let Some(newest) = records.last() else {
        add_key(keys, vault, entropy, 1, now).await?;
        // Another process may have been first; what stands in the store counts.
        let records = keys.all().await?;
        return if records.iter().all(|record| open_key(vault, record).is_some()) {
            Ok(())
        } else {
            Err(StartError::MasterKey)
        };
    };
    if open_key(vault, newest).is_some() { Ok(()) } else { Err(StartError::MasterKey) }
}

/// Adds a sealing key under `id`, unless the id is taken.
pub(crate) async fn add_key(
    keys: &dyn SigningKeys,
    vault: &Vault,
    entropy: &dyn Entropy,
    id: u32,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let mut key = random::<32>(entropy);
    let record =
        KeyRecord { id, sealed: vault.seal(entropy, &id.to_be_bytes(), SEALING_KEY, &key), created_at: now };
    key.zeroize();
    keys.add(&record).await
}

fn open_key(vault: &Vault, record: &KeyRecord) -> Option<[u8; 32]> {
    vault.open(&record.id.to_be_bytes(), SEALING_KEY, &record.sealed)?.as_slice().try_into().ok()
}

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What is in the store was sealed under another master key.
    #[error("the master key is not the one that this data was sealed under")]
    MasterKey,
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const SEALING_KEY: &str = "sealing key";
