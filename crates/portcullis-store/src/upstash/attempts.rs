//! Attempt budgets in Redis: one hash per step.

use std::sync::Arc;

use async_trait::async_trait;

use super::script::{Scripts, moment, unreadable};
use crate::{Attempt, Attempts, ChallengeId, StoreError, UnixMs};

/// Rows under keys of kind `a`.
pub(super) struct Budgets {
    pub(super) scripts: Arc<Scripts>,
}

#[async_trait]
impl Attempts for Budgets {
    async fn begin(&self, id: ChallengeId, keep_until: UnixMs, now: UnixMs) -> Result<UnixMs, StoreError> {
        let arguments: [&str; 2] = [&moment(now), &moment(keep_until)];
        let answer = self.scripts.run(BEGIN, 'a', &id.0, &arguments).await?;
        answer.number(0).map(UnixMs)
    }

    async fn attempt(
        &self,
        id: ChallengeId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<Attempt>, StoreError> {
        let arguments: [&str; 3] = [&moment(now), &moment(keep_until), &most.to_string()];
        let answer = self.scripts.run(ATTEMPT, 'a', &id.0, &arguments).await?;
        if answer.is_nil() {
            return Ok(None);
        }
        let number = answer.number(0)?.try_into().map_err(|_| unreadable(0))?;
        let began_at = if answer.text(1)?.is_empty() { None } else { Some(UnixMs(answer.number(1)?)) };
        Ok(Some(Attempt { began_at, number }))
    }

    async fn purge(&self, _most: u32, _now: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

const BEGIN: &str = include_str!("begin.lua");
const ATTEMPT: &str = include_str!("attempt.lua");
