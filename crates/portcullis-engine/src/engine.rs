//! The engine: its parts, and what it does besides its three verbs.

use std::sync::Arc;

use hmac::Hmac;
use portcullis_store::{StoreError, Stores};
use sha2::Sha256;

use crate::assess::Watch;
use crate::directory::{Directory, add_key, prepare_keys};
use crate::entropy::random;
use crate::format::Sealed;
use crate::limits::VisitorLimits;
use crate::registration::Used;
use crate::tally::{Tally, minute};
use crate::vault::{Vault, derive, keyed};
use crate::{
    AddressLookup, Clock, Entropy, Event, LimitSettings, MasterKey, PassFormat, Profile, SecondOpinion, Site,
    SiteDefaults, SiteId, StartError, Statistics, TokenFormat, UnixMs,
};

/// What an engine is made of.
pub struct EngineParts {
    /// Where things are kept.
    pub stores: Stores,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// What secrets are sealed under.
    pub master_key: MasterKey,
    /// What holds for sites that say nothing else.
    pub defaults: SiteDefaults,
    /// How often one visitor may ask.
    pub limits: LimitSettings,
    /// The site key of the site that answers where a path names none; absent for the oldest site.
    pub default_site: Option<String>,
    /// How sites with the `capjs-server` profile write challenges and tokens.
    pub capjs_server: Box<dyn TokenFormat>,
    /// How passes are written.
    pub passes: Box<dyn PassFormat>,
    /// What is known of addresses.
    pub addresses: Arc<dyn AddressLookup>,
    /// Who else is asked about visitors of sites that want it.
    pub second_opinion: Arc<dyn SecondOpinion>,
}

/// The rules, ready to judge. One per process, shared by every request.
pub struct Engine {
    pub(crate) stores: Stores,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) vault: Vault,
    pub(crate) directory: Directory,
    pub(crate) tally: Tally,
    pub(crate) idempotency: Hmac<Sha256>,
    limits: LimitSettings,
    default_site: Option<String>,
    sealed: Sealed,
    capjs_server: Box<dyn TokenFormat>,
    pub(crate) passes: Box<dyn PassFormat>,
    pub(crate) addresses: Arc<dyn AddressLookup>,
    pub(crate) second_opinion: Arc<dyn SecondOpinion>,
    pub(crate) watch: Watch,
    pub(crate) used: Used,
}

impl Engine {
    /// Starts the engine: makes the first sealing key where there is none, and reads the sites.
    pub async fn start(parts: EngineParts) -> Result<Self, StartError> {
        let vault = Vault::new(&parts.master_key);
        prepare_keys(&*parts.stores.signing_keys, &vault, &*parts.entropy, parts.clock.now()).await?;
        let directory = Directory::new(parts.defaults);
        directory.refresh(&parts.stores, &vault).await?;
        let watch = Watch::new(
            *derive(parts.master_key.bytes(), b"portcullis traces v1"),
            u64::from_be_bytes(random(&*parts.entropy)),
        );
        for site in &directory.snapshot().oldest_first {
            watch.recall(site.id, &*parts.stores.models, parts.clock.now()).await?;
        }
        Ok(Self {
            sealed: Sealed::new(directory.shared()),
            idempotency: keyed(&derive(parts.master_key.bytes(), b"portcullis idempotency v1")),
            stores: parts.stores,
            clock: parts.clock,
            entropy: parts.entropy,
            vault,
            directory,
            tally: Tally::default(),
            limits: parts.limits,
            default_site: parts.default_site,
            capjs_server: parts.capjs_server,
            passes: parts.passes,
            addresses: parts.addresses,
            second_opinion: parts.second_opinion,
            watch,
            used: Used::default(),
        })
    }

    /// The site with this key.
    #[must_use]
    pub fn site(&self, site_key: &str) -> Option<Arc<Site>> {
        self.directory.snapshot().by_key.get(site_key).cloned()
    }

    /// The site with this key or, where no key is named, the default site: the one in the configuration, else
    /// the oldest that lists an origin (the demo lists none), else the oldest.
    #[must_use]
    pub fn site_or_default(&self, site_key: Option<&str>) -> Option<Arc<Site>> {
        match site_key.or(self.default_site.as_deref()) {
            Some(site_key) => self.site(site_key),
            None => {
                let snapshot = self.directory.snapshot();
                let mut sites = snapshot.oldest_first.iter();
                let listed = sites.clone().find(|site| !site.settings.origins.is_empty());
                listed.or(sites.next()).cloned()
            }
        }
    }

    /// The present moment by the engine's clock, for what a door dates itself.
    #[must_use]
    pub fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Where randomness comes from, for formats that need some.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// Every site, oldest first.
    #[must_use]
    pub fn sites(&self) -> Vec<Arc<Site>> {
        self.directory.snapshot().oldest_first.clone()
    }

    /// Takes over what another process changed. To be called about once a second. Answers whether anything was.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        self.directory.refresh(&self.stores, &self.vault).await
    }

    /// Writes counts to the store and removes what nobody may ask for any more. To be called every few seconds.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.tally.flush(&*self.stores.events, now).await?;
        let is_done = |removed: u64| removed < u64::from(PURGE_MOST);
        for _ in 0..PURGE_STEPS {
            let tokens = is_done(self.stores.tokens.purge(PURGE_MOST, now).await?);
            let attempts = is_done(self.stores.attempts.purge(PURGE_MOST, now).await?);
            let flows = is_done(self.stores.flows.purge(PURGE_MOST, now).await?);
            if tokens && attempts && flows {
                break;
            }
        }
        self.stores.quotas.purge(PURGE_MOST, now).await?;
        self.watch.save_now_and_then(&*self.stores.models, now).await?;
        self.tidy_registered(now).await?;
        self.stores.events.purge(minute(now).saturating_sub(COUNTS_KEPT_MINUTES)).await?;
        Ok(())
    }

    /// Writes down what [`Engine::tidy`] writes only now and then. To be called last.
    pub async fn finish(&self) -> Result<(), StoreError> {
        self.tidy().await?;
        self.watch.save(&*self.stores.models).await
    }

    /// Whether the stores answer. The hot one is asked to do what it does anyway, on the way that spends take.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.stores.tokens.purge(1, self.clock.now()).await?;
        self.stores.sites.revision().await.map(drop)
    }

    /// What happened on one site, or on all, in the last `minutes`, as far as it is in the store.
    pub async fn statistics(&self, site: Option<SiteId>, minutes: u32) -> Result<Statistics, StoreError> {
        let now = self.clock.now();
        let from = UnixMs(now.0.saturating_sub(u64::from(minutes) * 60_000));
        Statistics::read(&*self.stores.events, site, from, now).await
    }

    /// Every event and reason counted since the start, and the number of wrong secrets.
    #[must_use]
    pub fn totals(&self) -> (Vec<(Event, &'static str, u64)>, u64) {
        self.tally.totals()
    }

    /// Adds a sealing key. New challenges and tokens are sealed under it; what the earlier keys sealed is still
    /// accepted until they are removed. Answers the new key's id.
    pub async fn rotate_sealing_key(&self) -> Result<u32, StoreError> {
        let records = self.stores.signing_keys.all().await?;
        let mut id = records.last().map_or(0, |record| record.id);
        loop {
            id = id.saturating_add(1);
            if add_key(&*self.stores.signing_keys, &self.vault, &*self.entropy, id, self.clock.now()).await? {
                self.refresh().await?;
                return Ok(id);
            }
        }
    }

    /// Removes the sealing keys that a newer one replaced more than `milliseconds` ago. Answers their ids.
    pub async fn retire_sealing_keys(&self, milliseconds: u64) -> Result<Vec<u32>, StoreError> {
        let now = self.clock.now();
        let records = self.stores.signing_keys.all().await?;
        let mut retired = Vec::new();
        for pair in records.windows(2) {
            if now.since(pair[1].created_at) > milliseconds
                && self.stores.signing_keys.remove(pair[0].id).await?
            {
                retired.push(pair[0].id);
            }
        }
        self.refresh().await?;
        Ok(retired)
    }

    /// Authenticates what a backend is given to show again, under the sealing key with this id or (absent) the
    /// newest. Answers the key's id with it; `None` where there is no such key any more.
    #[must_use]
    pub fn bearer_mac(&self, key_id: Option<u32>, message: &[u8]) -> Option<(u32, [u8; 32])> {
        self.directory.snapshot().keys.bearer_mac(key_id, message)
    }

    pub(crate) fn visitor_limits(&self) -> VisitorLimits<'_> {
        VisitorLimits { settings: &self.limits, store: &*self.stores.limits }
    }

    pub(crate) fn format(&self, site: &Site) -> &dyn TokenFormat {
        match site.profile() {
            Profile::Standalone => &self.sealed,
            Profile::CapjsServer => &*self.capjs_server,
        }
    }
}

/// Rows that are removed in one step, so that no spend waits for long.
const PURGE_MOST: u32 = 2000;

/// Steps of one [`Engine::tidy`]: together more rows than a busy server writes in the seconds between two.
const PURGE_STEPS: u32 = 50;

/// Counts are shown for a day; two are kept.
const COUNTS_KEPT_MINUTES: u32 = 2 * 24 * 60;
