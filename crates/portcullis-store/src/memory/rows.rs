//! Rows that must be kept for a time, and may be forgotten afterwards.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use super::{Sharded, lock};
use crate::{StoreError, UnixMs};

/// A row that says how long it must be kept.
pub(super) trait Kept {
    /// Until when it must be remembered.
    fn keep_until(&self) -> UnixMs;
}

/// What names a row.
pub(super) trait Key: Copy + Ord + Hash {}

impl<K: Copy + Ord + Hash> Key for K {}

/// Rows by what they tell of, and the order in which they may go.
pub(super) struct Rows<K, R> {
    rows: HashMap<K, R>,
    /// The same rows in the order in which they may be forgotten.
    by_keep_until: BTreeSet<(UnixMs, K)>,
    horizon: UnixMs,
}

impl<K: Key, R: Kept> Rows<K, R> {
    pub(super) fn get(&self, key: &K) -> Option<&R> {
        self.rows.get(key)
    }

    /// The latest `keep_until` that was ever purged; see [`crate::ledger`].
    pub(super) fn horizon(&self) -> UnixMs {
        self.horizon
    }

    pub(super) fn write(&mut self, key: K, row: R, now: UnixMs) -> Result<(), StoreError> {
        if self.rows.len() >= ROWS_MAX && !self.rows.contains_key(&key) && self.purge(PURGE_STEP, now) == 0 {
            // A row that must be kept cannot make room: forgetting it would let what it stands for happen again.
            return Err(StoreError::Unavailable("the memory for rows is full".into()));
        }
        let keep_until = row.keep_until();
        let before = self.rows.insert(key, row).map(|row| row.keep_until());
        if before != Some(keep_until) {
            if let Some(before) = before {
                self.by_keep_until.remove(&(before, key));
            }
            self.by_keep_until.insert((keep_until, key));
        }
        Ok(())
    }

    fn purge(&mut self, most: u64, now: UnixMs) -> u64 {
        let mut removed = 0;
        while removed < most {
            let Some(&(keep_until, key)) = self.by_keep_until.first().filter(|(until, _)| *until <= now)
            else {
                break;
            };
            self.by_keep_until.remove(&(keep_until, key));
            self.rows.remove(&key);
            self.horizon = self.horizon.max(keep_until);
            removed += 1;
        }
        removed
    }
}

impl<K, R> Default for Rows<K, R> {
    fn default() -> Self {
        Self { rows: HashMap::new(), by_keep_until: BTreeSet::new(), horizon: UnixMs(0) }
    }
}

impl<K: Key, R: Kept> Sharded<Rows<K, R>> {
    /// Removes rows whose time has come, at most `most` in all shards together. Answers how many.
    pub(super) fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        let mut left = u64::from(most);
        for shard in &self.shards {
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

/// Rows that one of the 64 shards holds: about four million in all.
const ROWS_MAX: usize = 65_536;
/// Rows that a purge removes before it lets go of the lock.
const PURGE_STEP: u64 = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChallengeId;

    impl Kept for UnixMs {
        fn keep_until(&self) -> UnixMs {
            *self
        }
    }

    #[test]
    fn a_full_shard_forgets_only_what_it_may() {
        let mut shard = Rows::default();
        let challenge = |number: usize| ChallengeId::new(UnixMs(number as u64), [0; 16]);
        for number in 0..ROWS_MAX {
            let keep_until = UnixMs(if number == 7 { 100 } else { 1_000 });
            shard.write(challenge(number), keep_until, UnixMs(1)).unwrap();
        }
        let refused = shard.write(challenge(ROWS_MAX), UnixMs(1_000), UnixMs(99));
        assert!(matches!(refused, Err(StoreError::Unavailable(_))));
        shard.write(challenge(8), UnixMs(2_000), UnixMs(99)).unwrap();
        shard.write(challenge(ROWS_MAX), UnixMs(1_000), UnixMs(100)).unwrap();
        assert!(!shard.rows.contains_key(&challenge(7)));
        assert_eq!(shard.rows.len(), ROWS_MAX);
    }
}
