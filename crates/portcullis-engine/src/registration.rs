//! Sites that their owners registered themselves, at a door that allows it.
//!
//! Nobody proved anything, so such a site is no more than a pair of keys: it has no origin to itself, and it lapses
//! when it was not used for a while. Their number is bounded, so that registering cannot fill the disk.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use portcullis_store::{SiteId, StoreError, UnixMs};

use crate::entropy::random;
use crate::secret::hex;
use crate::settings::Keeping;
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
    /// The site could not be kept.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

/// Sites that were used since the last look.
#[derive(Default)]
pub(crate) struct Used(Mutex<HashSet<SiteId>>);

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
        let registered =
            self.directory.snapshot().oldest_first.iter().filter(|site| site.is_registered()).count();
        if registered >= REGISTERED_MAX {
            return Err(RegistrationError::Full);
        }
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
                keeping: Keeping::Registered { last_used_ms: now.0 },
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
        let index = self.vault.index(secret);
        let site =
            self.directory.snapshot().by_secret.get(&index).filter(|site| site.secret.is(secret)).cloned();
        let site = site.filter(|site| site.is_registered()).ok_or(RegistrationError::UnknownSecret)?;
        let own = OriginPattern::Exact(origin.clone());
        if !site.settings.origins.contains(&own) {
            return Err(RegistrationError::OtherOrigin);
        }
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

    /// Notes that a site is in use.
    pub(crate) fn note_use(&self, site: &Site, now: UnixMs) {
        if let Keeping::Registered { last_used_ms } = site.settings.keeping
            && now.since(UnixMs(last_used_ms)) > STEP_MS
        {
            self.used.0.lock().unwrap_or_else(PoisonError::into_inner).insert(site.id);
        }
    }

    /// Writes down which registered sites are in use, and removes those that nobody used for a week.
    pub(crate) async fn tidy_registered(&self, now: UnixMs) -> Result<(), StoreError> {
        let used = std::mem::take(&mut *self.used.0.lock().unwrap_or_else(PoisonError::into_inner));
        let sites = self.sites();
        for site in sites.iter().filter(|site| site.is_registered()) {
            let Keeping::Registered { last_used_ms } = site.settings.keeping else { continue };
            let outcome = if used.contains(&site.id) {
                let keeping = Keeping::Registered { last_used_ms: now.0 };
                let settings = Some(SiteSettings { keeping, ..site.settings.clone() });
                let change = SiteChange { settings, ..SiteChange::default() };
                self.change_site(&site.site_key, change).await.map(drop)
            } else if now.since(UnixMs(last_used_ms)) > LAPSE_MS + STEP_MS {
                tracing::info!(site_key = site.site_key, "registered site lapsed");
                self.remove_site(&site.site_key).await
            } else {
                continue;
            };
            match outcome {
                Ok(()) | Err(SiteError::Unknown(_)) => {}
                Err(SiteError::Store(error)) => return Err(error),
                Err(error) => tracing::warn!(site_key = site.site_key, %error, "registered site not updated"),
            }
        }
        Ok(())
    }
}

/// The most registered sites there are at a time.
const REGISTERED_MAX: usize = 10_000;

/// The finest step in which use is written down.
const STEP_MS: u64 = 60 * 60 * 1000;

/// How long a registered site may lie unused.
const LAPSE_MS: u64 = 7 * 24 * STEP_MS;
