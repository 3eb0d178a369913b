//! Sites that their owners registered themselves, at a door that allows it.
//!
//! Nobody proved anything, so such a site is no more than a pair of keys: it has no origin to itself (unless it is
//! [proved](crate::proof) later), and it lapses when it was not used for a while. Their number is bounded, so that
//! registering cannot fill the disk, and so is what one round of tidying changes, so that thousands of them hold up
//! nobody.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portcullis_store::{SiteId, SiteRecord, StoreError, UnixMs};

use crate::entropy::random;
use crate::secret::hex;
use crate::settings::Keeping;
use crate::sites::{read, text};
use crate::{
    Engine, NewSite, Origin, OriginPattern, SecretKey, Site, SiteChange, SiteError, SiteSettings, Visitor,
};

/// Why a site is not registered or given up.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// There are as many as there may be.
    #[error("there are too many registered sites")]
    Full,
    /// Too many registrations from this address.
    #[error("too many requests from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// No site has this secret, or it is one that the operator made.
    #[error("no registered site has this secret key")]
    UnknownSecret,
    /// The origin is not this site's.
    #[error("this origin is not the site's")]
    OtherOrigin,
    /// The origin is an address, or a name of the visitor's own machine: nobody can prove it.
    #[error("this origin has no domain that could name a site")]
    NoDomain,
    /// Nothing could be read where the domain names its sites.
    #[error("the domain's file was not read")]
    NotRead,
    /// What was read names another site, or none.
    #[error("the domain's file does not name this site")]
    NotNamed,
    /// Too many domains are being asked at this moment.
    #[error("too many domains are being asked just now")]
    Busy,
    /// The site could not be kept.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

/// What is known of use since the last round of tidying.
#[derive(Default)]
pub(crate) struct Used(Mutex<Usage>);

#[derive(Default)]
struct Usage {
    sites: HashSet<SiteId>,
    /// When the first round was: use before it is known only from what was written down.
    awake_since: Option<UnixMs>,
}

impl Used {
    fn lock(&self) -> MutexGuard<'_, Usage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Registers a site for one origin.
    pub async fn register(
        &self,
        visitor: &Visitor,
        origin: &Origin,
        name: Option<&str>,
    ) -> Result<Arc<Site>, RegistrationError> {
        let now = self.clock.now();
        if let Err(refused) = self.visitor_limits().registration(visitor, now).await? {
            return Err(RegistrationError::RateLimited { retry_after_ms: refused.retry_after_ms });
        }
        self.make_room(now).await?;
        let key = |prefix: &str| format!("{prefix}{}", hex(&random::<24>(&*self.entropy)));
        let secret: SecretKey = key("sk_live_").parse().map_err(|_| RegistrationError::UnknownSecret)?;
        let name: String =
            name.unwrap_or(origin.host()).chars().filter(|c| !c.is_control()).take(100).collect();
        let new = NewSite {
            name: if name.is_empty() { origin.host().chars().take(100).collect() } else { name },
            site_key: Some(key("pk_live_")),
            secret: Some(secret),
            settings: SiteSettings {
                origins: vec![OriginPattern::Exact(origin.clone())],
                keeping: Keeping::Registered { last_used_ms: now.0, proved: false },
                ..SiteSettings::default()
            },
        };
        Ok(self.add_site(new).await?)
    }

    /// Gives up one origin of the registered site with this secret, and the site with its last one. Answers its
    /// site key.
    pub async fn unregister(
        &self,
        visitor: &Visitor,
        origin: &Origin,
        secret: &str,
    ) -> Result<String, RegistrationError> {
        let now = self.clock.now();
        if let Err(refused) = self.visitor_limits().unregistration(visitor, now).await? {
            return Err(RegistrationError::RateLimited { retry_after_ms: refused.retry_after_ms });
        }
        let site = self.registered(origin, secret)?;
        let own = OriginPattern::Exact(origin.clone());
        let mut settings = site.settings.clone();
        settings.origins.retain(|pattern| *pattern != own);
        let outcome = if settings.origins.is_empty() {
            self.remove_site(&site.site_key).await
        } else {
            let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
            self.change_site(&site.site_key, change).await.map(drop)
        };
        match outcome {
            Ok(()) => Ok(site.site_key.clone()),
            // Another call was faster.
            Err(SiteError::Unknown(_)) => Err(RegistrationError::UnknownSecret),
            Err(error) => Err(error.into()),
        }
    }

    /// The registered site with this secret, whose origin this is.
    pub(crate) fn registered(&self, origin: &Origin, secret: &str) -> Result<Arc<Site>, RegistrationError> {
        let index = self.vault.index(secret);
        let site = self.directory.snapshot().by_secret.get(&index).cloned();
        let site = site
            .filter(|site| site.is_registered() && site.secret.is(secret))
            .ok_or(RegistrationError::UnknownSecret)?;
        let is_own = site.settings.origins.contains(&OriginPattern::Exact(origin.clone()));
        if is_own { Ok(site) } else { Err(RegistrationError::OtherOrigin) }
    }

    /// Whether there are as many registered sites, proved or not, as there may be.
    pub(crate) fn is_full(&self, proved: bool) -> bool {
        let sites = self.sites();
        let alike = sites.iter().filter(|site| site.is_registered() && site.is_proved() == proved);
        alike.count() >= self.visitor_limits().settings.registered_sites as usize
    }

    /// Makes room for a registration where one site lies unused that would have lapsed had the server never stood
    /// still.
    async fn make_room(&self, now: UnixMs) -> Result<(), RegistrationError> {
        if !self.is_full(false) {
            return Ok(());
        }
        let sites = self.sites();
        let used = self.used.lock().sites.clone();
        let idle = sites.iter().filter(|site| !used.contains(&site.id));
        let idle = idle.filter_map(|site| match site.settings.keeping {
            Keeping::Registered { last_used_ms, proved: false } => Some((last_used_ms, site)),
            _ => None,
        });
        match idle.min_by_key(|(last_used_ms, _)| *last_used_ms) {
            Some((last_used_ms, site)) if now.since(UnixMs(last_used_ms)) > LAPSE_MS + STEP_MS => {
                Ok(self.remove_site(&site.site_key).await?)
            }
            _ => Err(RegistrationError::Full),
        }
    }

    /// Notes that a site is in use.
    pub(crate) fn note_use(&self, site: &Site, now: UnixMs) {
        if let Keeping::Registered { last_used_ms, .. } = site.settings.keeping
            && now.since(UnixMs(last_used_ms)) > STEP_MS
        {
            self.used.lock().sites.insert(site.id);
        }
    }

    /// Writes down which registered sites are in use, and removes those that nobody used for long. Some at a time:
    /// the rest is done in the next rounds.
    pub(crate) async fn tidy_registered(&self, now: UnixMs) -> Result<(), StoreError> {
        let (used, awake_since) = {
            let mut usage = self.used.lock();
            let awake_since = *usage.awake_since.get_or_insert(now);
            (std::mem::take(&mut usage.sites), awake_since)
        };
        let sites = self.sites();
        let is_used = |site: &&Arc<Site>| used.contains(&site.id);
        self.used.lock().sites.extend(sites.iter().filter(is_used).skip(ROUND_MAX).map(|site| site.id));
        let lapsed = sites.iter().filter(|site| !is_used(site) && has_lapsed(site, awake_since, now));
        let due: HashMap<SiteId, bool> =
            (sites.iter().filter(is_used).take(ROUND_MAX).map(|site| (site.id, true)))
                .chain(lapsed.take(ROUND_MAX).map(|site| (site.id, false)))
                .collect();
        if due.is_empty() {
            return Ok(());
        }
        for record in self.stores.sites.all().await? {
            match due.get(&record.id) {
                Some(true) => drop(self.keep(&record, |keeping| keeping.use_at(now)).await?),
                Some(false) => {
                    tracing::info!(site_key = record.site_key, "registered site lapsed");
                    self.stores.sites.remove(record.id).await?;
                }
                None => {}
            }
        }
        self.refresh().await.map(drop)
    }

    /// Writes down how a registered site is kept, and nothing else of it. `false` where it was changed meanwhile.
    pub(crate) async fn keep(
        &self,
        record: &SiteRecord,
        change: impl FnOnce(&mut Keeping),
    ) -> Result<bool, StoreError> {
        let mut settings = read(record)?;
        change(&mut settings.keeping);
        let after = SiteRecord { settings: text(&settings)?, ..record.clone() };
        Ok(self.stores.sites.update(record, &after).await?.unwrap_or(false))
    }
}

impl Keeping {
    fn use_at(&mut self, now: UnixMs) {
        if let Self::Registered { last_used_ms, .. } = self {
            *last_used_ms = now.0;
        }
    }
}

/// Whether nobody used a registered site for long. Time in which the server stood still does not count: nobody could
/// have used it.
fn has_lapsed(site: &Site, awake_since: UnixMs, now: UnixMs) -> bool {
    let Keeping::Registered { last_used_ms, proved } = site.settings.keeping else { return false };
    let unused_ms = now.since(UnixMs(last_used_ms).max(awake_since));
    unused_ms > STEP_MS + if proved { PROVED_LAPSE_MS } else { LAPSE_MS }
}

/// The most sites that are written down as used, and that lapse, in one round.
const ROUND_MAX: usize = 200;

/// The finest step in which use is written down.
const STEP_MS: u64 = 60 * 60 * 1000;

/// How long a registered site may lie unused.
const LAPSE_MS: u64 = 7 * 24 * STEP_MS;

/// How long a proved one may.
const PROVED_LAPSE_MS: u64 = 90 * 24 * STEP_MS;
