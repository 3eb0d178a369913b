//! The ledger in memory.

use async_trait::async_trait;

use super::rows::{Kept, Rows};
use super::{Sharded, lock};
use crate::ledger::{self, Row};
use crate::{ChallengeId, Redeemed, Redemption, Spending, Spent, StoreError, Tokens, UnixMs};

/// Rows by challenge, in shards.
#[derive(Default)]
pub(super) struct Ledger {
    shards: Sharded<Rows<ChallengeId, Row>>,
}

#[async_trait]
impl Tokens for Ledger {
    async fn redeem(&self, redemption: &Redemption, now: UnixMs) -> Result<Redeemed, StoreError> {
        let mut shard = lock(self.shards.of(&redemption.challenge))?;
        let row = shard.get(&redemption.challenge);
        let (redeemed, changed) = ledger::redeem(row, redemption, shard.horizon(), now);
        if let Some(row) = changed {
            shard.write(redemption.challenge, row, now)?;
        }
        Ok(redeemed)
    }

    async fn spend(&self, spending: &Spending, now: UnixMs) -> Result<Spent, StoreError> {
        spending.check()?;
        let mut shard = lock(self.shards.of(&spending.challenge))?;
        let row = shard.get(&spending.challenge);
        let (spent, changed) = ledger::spend(row, spending, shard.horizon(), now);
        if let Some(row) = changed {
            shard.write(spending.challenge, row, now)?;
        }
        Ok(spent)
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.shards.purge(most, now)
    }
}

impl Kept for Row {
    fn keep_until(&self) -> UnixMs {
        self.keep_until
    }
}
