//! Quotas in Redis: one hash per quota.

use std::sync::Arc;

use async_trait::async_trait;

use super::script::{Scripts, moment, unreadable};
use crate::{QuotaId, Quotas, StoreError, UnixMs};

/// Rows under keys of kind `q`.
pub(super) struct CountedQuotas {
    pub(super) scripts: Arc<Scripts>,
}

#[async_trait]
impl Quotas for CountedQuotas {
    async fn count(
        &self,
        id: QuotaId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<u32>, StoreError> {
        let arguments: [&str; 3] = [&moment(now), &moment(keep_until), &most.to_string()];
        let answer = self.scripts.run(COUNT, 'q', &id.0, &arguments).await?;
        match answer.text(0)? {
            "granted" => Ok(Some(answer.number(1)?.try_into().map_err(|_| unreadable(1))?)),
            "no" => Ok(None),
            _ => Err(unreadable(0)),
        }
    }

    async fn purge(&self, _most: u32, _now: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

const COUNT: &str = include_str!("count.lua");
