//! Finished flows in memory.

use async_trait::async_trait;

use super::rows::{Kept, Rows};
use super::{Sharded, lock};
use crate::flows::{self, Finished};
use crate::hot::check_verdict;
use crate::{Consumed, FlowId, Flows, StoreError, UnixMs};

/// Flows in shards.
#[derive(Default)]
pub(super) struct FinishedFlows {
    shards: Sharded<Rows<FlowId, Finished>>,
}

#[async_trait]
impl Flows for FinishedFlows {
    async fn finish(
        &self,
        flow: FlowId,
        verdict: &[u8],
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        check_verdict(verdict)?;
        let mut shard = lock(self.shards.of(&flow))?;
        let finished = flows::finish(shard.get(&flow), verdict, keep_until, shard.horizon(), now);
        finished.map_or(Ok(false), |row| shard.write(flow, row, now).map(|()| true))
    }

    async fn consume(&self, flow: FlowId, now: UnixMs) -> Result<Consumed, StoreError> {
        let mut shard = lock(self.shards.of(&flow))?;
        let (consumed, changed) = flows::consume(shard.get(&flow).cloned(), now);
        if let Some(row) = changed {
            shard.write(flow, row, now)?;
        }
        Ok(consumed)
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.shards.purge(most, now)
    }
}

impl Kept for Finished {
    fn keep_until(&self) -> UnixMs {
        self.keep_until
    }
}
