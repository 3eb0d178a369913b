//! Finished flows in Redis: one hash per flow.

use std::sync::Arc;

use async_trait::async_trait;

use super::script::{Scripts, hex, moment, unreadable};
use crate::hot::check_verdict;
use crate::{Consumed, FlowId, Flows, StoreError, UnixMs};

/// Rows under keys of kind `f`.
pub(super) struct FinishedFlows {
    pub(super) scripts: Arc<Scripts>,
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
        let arguments: [&str; 3] = [&moment(now), &moment(keep_until), &hex(verdict)];
        let answer = self.scripts.run(FINISH, 'f', &flow.0, &arguments).await?;
        match answer.text(0)? {
            "finished" => Ok(true),
            "no" => Ok(false),
            _ => Err(unreadable(0)),
        }
    }

    async fn consume(&self, flow: FlowId, now: UnixMs) -> Result<Consumed, StoreError> {
        let answer = self.scripts.run(CONSUME, 'f', &flow.0, &[&moment(now)]).await?;
        Ok(match answer.text(0)? {
            "now" => Consumed::Now(answer.bytes(1)?),
            "already" => Consumed::Already,
            "unknown" => Consumed::Unknown,
            _ => return Err(unreadable(0)),
        })
    }

    async fn purge(&self, _most: u32, _now: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

const FINISH: &str = include_str!("finish.lua");
const CONSUME: &str = include_str!("consume.lua");
