//! Attempt budgets in memory.

use async_trait::async_trait;

use super::rows::{Kept, Rows};
use super::{Sharded, lock};
use crate::attempts::{self, Budget};
use crate::{Attempt, Attempts, ChallengeId, StoreError, UnixMs};

/// Budgets by challenge, in shards.
#[derive(Default)]
pub(super) struct Budgets {
    shards: Sharded<Rows<ChallengeId, Budget>>,
}

#[async_trait]
impl Attempts for Budgets {
    async fn begin(&self, id: ChallengeId, keep_until: UnixMs, now: UnixMs) -> Result<UnixMs, StoreError> {
        let mut shard = lock(self.shards.of(&id))?;
        let (began_at, changed) = attempts::begin(shard.get(&id), keep_until, shard.horizon(), now);
        if let Some(row) = changed {
            shard.write(id, row, now)?;
        }
        Ok(began_at)
    }

    async fn attempt(
        &self,
        id: ChallengeId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<Attempt>, StoreError> {
        let mut shard = lock(self.shards.of(&id))?;
        let (granted, changed) = attempts::attempt(shard.get(&id), most, keep_until, shard.horizon(), now);
        if let Some(row) = changed {
            shard.write(id, row, now)?;
        }
        Ok(granted)
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.shards.purge(most, now)
    }
}

impl Kept for Budget {
    fn keep_until(&self) -> UnixMs {
        self.keep_until
    }
}
