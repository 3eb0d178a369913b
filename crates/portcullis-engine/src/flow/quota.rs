//! What a site's plan allows, and its backend's log-in.

use std::sync::Arc;

use portcullis_store::{StoreError, UnixMs};
use sha2::{Digest, Sha256};

use super::FlowError;
use crate::limits::RateLimited;
use crate::plan::month;
use crate::{Engine, PlanLimits, Site, Visitor};

/// Why a backend is not let in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// No site has these keys.
    #[error("no site has this public key and secret key")]
    WrongKeys,
    /// Too many log-ins from one address.
    #[error("too many log-ins from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl From<RateLimited> for LogInError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

impl Engine {
    /// Lets a site's backend in by its pair of keys. A burst of the same wrong keys counts once: the published SDK
    /// tries four times by itself.
    pub async fn log_in(
        &self,
        site_key: &str,
        secret: &str,
        caller: &Visitor,
    ) -> Result<Arc<Site>, LogInError> {
        let now = self.clock.now();
        let index = self.vault.index(secret);
        let found = self.directory.snapshot().by_secret.get(&index).cloned();
        let found = found.filter(|site| site.secret.is(secret) && site.site_key == site_key);
        match &found {
            Some(_) => self.visitor_limits().log_in(caller, now).await??,
            None => {
                self.tally.wrong_secret();
                let keys: [u8; 32] = Sha256::new()
                    .chain_update((site_key.len() as u64).to_be_bytes())
                    .chain_update(site_key)
                    .chain_update(index)
                    .finalize()
                    .into();
                self.visitor_limits().wrong_log_in(caller, keys, now).await??;
            }
        }
        found.ok_or(LogInError::WrongKeys)
    }

    /// Whether this visitor may send what takes long to open: once a minute.
    pub async fn may_open_slowly(&self, visitor: &Visitor) -> Result<bool, StoreError> {
        Ok(self.visitor_limits().slow_opening(visitor, self.clock.now()).await?.is_ok())
    }

    /// Counts a call of a site's backend against the limits that it logged in with.
    pub async fn count_call(&self, site: &Site, limits: PlanLimits) -> Result<(), LogInError> {
        let now = self.clock.now();
        for (key, quota) in limits.buckets(site.id) {
            let level = self.stores.limits.hit(&key, quota, now).await?;
            if level.hits > quota.burst {
                return Err(LogInError::RateLimited { retry_after_ms: level.retry_after_ms.max(1) });
            }
        }
        Ok(())
    }

    /// Counts a challenge of a site whose plan has a quota.
    pub(super) async fn count_challenge(&self, site: &Site, now: UnixMs) -> Result<(), FlowError> {
        let Some(limits) = site.settings.plan.limits() else { return Ok(()) };
        let (quota, keep_until) = month(site.id, now);
        let counted = self.stores.quotas.count(quota, limits.per_month, keep_until, now).await?;
        counted.map(drop).ok_or(FlowError::Quota)
    }
}
