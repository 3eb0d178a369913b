//! Quotas in memory.

use async_trait::async_trait;

use super::rows::{Kept, Rows};
use super::{Sharded, lock};
use crate::quotas::{self, Counted};
use crate::{QuotaId, Quotas, StoreError, UnixMs};

/// Quotas in shards.
#[derive(Default)]
pub(super) struct CountedQuotas {
    shards: Sharded<Rows<QuotaId, Counted>>,
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
        let mut shard = lock(self.shards.of(&id))?;
        let Some(row) = quotas::count(shard.get(&id), most, keep_until, now) else { return Ok(None) };
        let uses = row.uses;
        shard.write(id, row, now)?;
        Ok(Some(uses))
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.shards.purge(most, now)
    }
}

impl Kept for Counted {
    fn keep_until(&self) -> UnixMs {
        self.keep_until
    }
}
