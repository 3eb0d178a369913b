//! Quotas in memory.
//!
//! The embedded adapter keeps its limits here as well. It serves one process, so nobody else has to see them;
//! a quota need not survive a restart, since nothing is spent by it; and a hit costs a tenth of a microsecond
//! where a row on disk would cost a hundred times that, on the very path that a flood takes.
//!
//! Memory is bounded, since a flood chooses how many keys there are. Where a shard is full, a new key takes the
//! place of one whose bucket has drained, or else of the least full in a small sample. So a flood of new
//! addresses pushes out addresses that hit once, and those that hit often stay counted.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{Sharded, lock};
use crate::bucket::Bucket;
use crate::{Level, LimitKey, Limits, Quota, StoreError, UnixMs};

/// Buckets by key, in shards.
#[derive(Default)]
pub(crate) struct Buckets {
    shards: Sharded<Shard>,
}

#[async_trait]
impl Limits for Buckets {
    async fn hit(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError> {
        Ok(lock(self.shards.of(key))?.bucket(*key, now).hit(quota, now))
    }

    async fn level(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError> {
        let shard = lock(self.shards.of(key))?;
        let bucket = shard.places.get(key).map_or_else(Bucket::default, |place| shard.buckets[*place].1);
        Ok(bucket.level(quota, now))
    }
}

#[derive(Default)]
struct Shard {
    places: HashMap<LimitKey, usize>,
    buckets: Vec<(LimitKey, Bucket)>,
    /// Where the next sample begins. It goes round, so that every bucket is looked at in turn.
    hand: usize,
}

impl Shard {
    /// The bucket of a key: its own, or an empty one in a place that was free or was freed.
    fn bucket(&mut self, key: LimitKey, now: UnixMs) -> &mut Bucket {
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None => {
                let place = self.free_place(key, now);
                self.places.insert(key, place);
                place
            }
        };
        &mut self.buckets[place].1
    }

    fn free_place(&mut self, key: LimitKey, now: UnixMs) -> usize {
        if self.buckets.len() < KEYS_MAX {
            self.buckets.push((key, Bucket::default()));
            return self.buckets.len() - 1;
        }
        let place = self.least_full(now);
        let (former, _) = std::mem::replace(&mut self.buckets[place], (key, Bucket::default()));
        self.places.remove(&former);
        place
    }

    fn least_full(&mut self, now: UnixMs) -> usize {
        let mut least = (u64::MAX, self.hand);
        for _ in 0..SAMPLE {
            self.hand = (self.hand + 1) % self.buckets.len();
            let backlog_ns = self.buckets[self.hand].1.backlog_ns(now);
            least = least.min((backlog_ns, self.hand));
            if backlog_ns == 0 {
                break;
            }
        }
        least.1
    }
}

/// Keys that one of the 64 shards holds: 262,144 in all, about 40 MiB when full.
const KEYS_MAX: usize = 4_096;
/// How many buckets are looked at for one to give up.
const SAMPLE: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { per_minute: 60, burst: 10, ceiling: 100 };
    const NOON: UnixMs = UnixMs(1_800_000_000_000);

    fn key(number: u32) -> LimitKey {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        LimitKey(bytes)
    }

    #[tokio::test]
    async fn a_flood_of_keys_stays_bounded_and_spares_whoever_hits_often() {
        let buckets = Buckets::default();
        for _ in 0..50 {
            buckets.hit(&key(u32::MAX), QUOTA, NOON).await.unwrap();
        }
        for number in 0..600_000 {
            buckets.hit(&key(number), QUOTA, NOON).await.unwrap();
        }
        let kept: usize = buckets.shards.shards.iter().map(|shard| shard.lock().unwrap().buckets.len()).sum();
        let named: usize = buckets.shards.shards.iter().map(|shard| shard.lock().unwrap().places.len()).sum();
        assert_eq!(kept, named);
        assert!(kept <= 262_144, "{kept} keys are kept");
        assert_eq!(buckets.level(&key(u32::MAX), QUOTA, NOON).await.unwrap().hits, 50);
    }

    #[test]
    fn a_drained_bucket_goes_before_a_full_one() {
        let mut shard = Shard::default();
        for number in 0..KEYS_MAX as u32 {
            let hits_at = if number == 5 { NOON } else { NOON.plus(60_000) };
            shard.bucket(key(number), hits_at).hit(QUOTA, hits_at);
        }
        shard.bucket(key(u32::MAX), NOON.plus(60_001));
        assert!(!shard.places.contains_key(&key(5)));
        assert_eq!(shard.places.len(), KEYS_MAX);
    }
}
