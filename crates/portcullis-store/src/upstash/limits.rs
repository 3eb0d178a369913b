//! Quotas in Redis: one hash per bucket.
//!
//! Doubles tell nanoseconds apart up to 104 days. A bucket that takes longer to drain is rounded by less than a
//! millisecond per hit.

use std::sync::Arc;

use async_trait::async_trait;

use super::script::{Scripts, moment, unreadable};
use crate::bucket::{self, Bucket};
use crate::{Level, LimitKey, Limits, Quota, StoreError, UnixMs};

/// Buckets under keys of kind `l`.
pub(super) struct Buckets {
    pub(super) scripts: Arc<Scripts>,
}

#[async_trait]
impl Limits for Buckets {
    async fn hit(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError> {
        self.level_after(key, quota, now, true).await
    }

    async fn level(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError> {
        self.level_after(key, quota, now, false).await
    }
}

impl Buckets {
    async fn level_after(
        &self,
        key: &LimitKey,
        quota: Quota,
        now: UnixMs,
        hit: bool,
    ) -> Result<Level, StoreError> {
        let arguments: [&str; 5] = [
            &moment(now),
            &bucket::hit_ns(quota).to_string(),
            &bucket::full_ns(quota).to_string(),
            &bucket::STRAGGLER_MS.to_string(),
            if hit { "1" } else { "0" },
        ];
        let answer = self.scripts.run(BUCKET, 'l', &key.0, &arguments).await?;
        // As a double, the fullest bucket is a little fuller than 64 bits tell.
        let backlog_ns: f64 = answer.text(1)?.parse().map_err(|_| unreadable(1))?;
        let level = Bucket::standing(backlog_ns as u64, now).read(quota);
        let refused = answer.text(0)? == "full";
        Ok(if refused { Level { hits: quota.ceiling.saturating_add(1), ..level } } else { level })
    }
}

const BUCKET: &str = include_str!("bucket.lua");
