//! The ledger in memory.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::{Sharded, lock};
use crate::ledger::{self, Row};
use crate::{ChallengeId, Redeemed, Redemption, Spending, Spent, StoreError, Tokens, UnixMs};

/// Rows by challenge, in shards.
#[derive(Default)]
pub(super) struct Ledger {
    shards: Sharded<Shard>,
}

#[async_trait]
impl Tokens for Ledger {
    async fn redeem(&self, redemption: &Redemption, now: UnixMs) -> Result<Redeemed, StoreError> {
        let mut shard = lock(self.shards.of(&redemption.challenge))?;
        let row = shard.rows.get(&redemption.challenge);
        let (redeemed, changed) = ledger::redeem(row, redemption, shard.horizon, now);
        if let Some(row) = changed {
            shard.write(redemption.challenge, row, now)?;
        }
        Ok(redeemed)
    }

    async fn spend(&self, spending: &Spending, now: UnixMs) -> Result<Spent, StoreError> {
        spending.check()?;
        let mut shard = lock(self.shards.of(&spending.challenge))?;
        let row = shard.rows.get(&spending.challenge);
        let (spent, changed) = ledger::spend(row, spending, shard.horizon, now);
        if let Some(row) = changed {
            shard.write(spending.challenge, row, now)?;
        }
        Ok(spent)
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        let mut left = u64::from(most);
        for shard in &self.shards.shards {
            loop {
                // A lock at a time, so that a spend on the same shard waits for a few rows only.
                let step = left.min(PURGE_STEP);
                let removed = lock(shard)?.purge(step, now);
                left -= removed;
                if removed < step || left == 0 {
                    break;
                }
            }
        }
        Ok(u64::from(most) - left)
    }
}

#[derive(Default)]
struct Shard {
    rows: HashMap<ChallengeId, Row>,
    /// The same rows in the order in which they may be forgotten.
    by_keep_until: BTreeSet<(UnixMs, ChallengeId)>,
    horizon: UnixMs,
}

impl Shard {
    fn write(&mut self, challenge: ChallengeId, row: Row, now: UnixMs) -> Result<(), StoreError> {
        if self.rows.len() >= ROWS_MAX
            && !self.rows.contains_key(&challenge)
            && self.purge(PURGE_STEP, now) == 0
        {
            // A row that must be kept cannot make room: forgetting it would let its token be spent again.
            return Err(StoreError::Unavailable("the ledger in memory is full".into()));
        }
        let keep_until = row.keep_until;
        let before = self.rows.insert(challenge, row).map(|row| row.keep_until);
        if before != Some(keep_until) {
            if let Some(before) = before {
                self.by_keep_until.remove(&(before, challenge));
            }
            self.by_keep_until.insert((keep_until, challenge));
        }
        Ok(())
    }

    fn purge(&mut self, most: u64, now: UnixMs) -> u64 {
        let mut removed = 0;
        while removed < most {
            let Some(&(keep_until, challenge)) =
                self.by_keep_until.first().filter(|(until, _)| *until <= now)
            else {
                break;
            };
            self.by_keep_until.remove(&(keep_until, challenge));
            self.rows.remove(&challenge);
            self.horizon = self.horizon.max(keep_until);
            removed += 1;
        }
        removed
    }
}

/// Rows that one of the 64 shards holds: about four million in all.
const ROWS_MAX: usize = 65_536;
/// Rows that a purge removes before it lets go of the lock.
const PURGE_STEP: u64 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_shard_forgets_only_what_it_may() {
        let mut shard = Shard::default();
        let row = |keep_until| Row { ordinal: 0, token_expires_at: UnixMs(0), keep_until, spent: None };
        let challenge = |number: usize| ChallengeId::new(UnixMs(number as u64), [0; 16]);
        for number in 0..ROWS_MAX {
            let keep_until = UnixMs(if number == 7 { 100 } else { 1_000 });
            shard.write(challenge(number), row(keep_until), UnixMs(1)).unwrap();
        }
        let refused = shard.write(challenge(ROWS_MAX), row(UnixMs(1_000)), UnixMs(99));
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
        shard.write(challenge(8), row(UnixMs(2_000)), UnixMs(99)).unwrap();
        shard.write(challenge(ROWS_MAX), row(UnixMs(1_000)), UnixMs(100)).unwrap();
        assert!(!shard.rows.contains_key(&challenge(7)));
        assert_eq!(shard.rows.len(), ROWS_MAX);
    }
}
