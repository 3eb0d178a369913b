//! What quotas promise.

use tokio::task::JoinSet;

use super::NOON;
use crate::{Level, LimitKey, Quota, Stores, UnixMs};

/// One hit per second drains.
const QUOTA: Quota = Quota { per_minute: 60, burst: 10, ceiling: 40 };
const KEY: LimitKey = LimitKey([1; 32]);

/// Each hit lifts the level by one, and each second lowers it by one, down to nothing.
pub async fn hits_add_up_and_drain(stores: &Stores) {
    for hits in 1..=20 {
        assert_eq!(hit(stores, QUOTA, NOON).await.hits, hits);
    }
    assert_eq!(level(stores, QUOTA, NOON.plus(5_000)).await.hits, 15);
    assert_eq!(hit(stores, QUOTA, NOON.plus(5_000)).await.hits, 16);
    assert_eq!(level(stores, QUOTA, NOON.plus(21_000)).await.hits, 0);
    assert_eq!(hit(stores, QUOTA, NOON.plus(3_600_000)).await.hits, 1);
}

/// A hit counts until it has drained whole.
pub async fn levels_round_up(stores: &Stores) {
    hit(stores, QUOTA, NOON).await;
    assert_eq!(level(stores, QUOTA, NOON.plus(999)).await.hits, 1);
    assert_eq!(level(stores, QUOTA, NOON.plus(1_000)).await.hits, 0);
    // Seven a minute do not divide it evenly.
    let uneven = Quota { per_minute: 7, burst: 10, ceiling: 40 };
    let key = LimitKey([2; 32]);
    for hits in 1..=40 {
        assert_eq!(stores.limits.hit(&key, uneven, NOON).await.expect("answers").hits, hits);
    }
    assert_eq!(stores.limits.level(&key, uneven, NOON.plus(60_000)).await.expect("answers").hits, 33);
}

/// What does not fit under the ceiling is refused and not added, so recovery comes as soon as without it.
pub async fn the_ceiling_is_never_exceeded_and_a_flood_leaves_no_debt(stores: &Stores) {
    for _ in 0..40 {
        hit(stores, QUOTA, NOON).await;
    }
    for _ in 0..1_000 {
        assert_eq!(hit(stores, QUOTA, NOON).await.hits, 41);
    }
    assert_eq!(level(stores, QUOTA, NOON).await.hits, 40);
    assert_eq!(hit(stores, QUOTA, NOON.plus(999)).await.hits, 41);
    assert_eq!(hit(stores, QUOTA, NOON.plus(1_000)).await.hits, 40);
}

/// `retry_after_ms` is exact: a hit at that moment is within the burst, and one a millisecond sooner is not.
pub async fn retry_after_is_when_a_hit_is_within_the_burst(stores: &Stores) {
    for hits in 1..10 {
        assert_eq!(hit(stores, QUOTA, NOON).await, Level { hits, retry_after_ms: 0 });
    }
    assert_eq!(hit(stores, QUOTA, NOON).await, Level { hits: 10, retry_after_ms: 1_000 });
    assert_eq!(hit(stores, QUOTA, NOON).await, Level { hits: 11, retry_after_ms: 2_000 });
    assert_eq!(level(stores, QUOTA, NOON.plus(1_999)).await.retry_after_ms, 1);
    assert_eq!(hit(stores, QUOTA, NOON.plus(2_000)).await.hits, 10);
    for _ in 0..40 {
        hit(stores, QUOTA, NOON.plus(2_000)).await;
    }
    assert_eq!(hit(stores, QUOTA, NOON.plus(2_000)).await, Level { hits: 41, retry_after_ms: 31_000 });
}

/// A key sees nothing of another's hits, though they differ in one bit.
pub async fn keys_are_independent(stores: &Stores) {
    for bit in 0..=255_u8 {
        let mut key = [0; 32];
        key[usize::from(bit / 8)] = 1 << (bit % 8);
        assert_eq!(stores.limits.hit(&LimitKey(key), QUOTA, NOON).await.expect("answers").hits, 1);
    }
    assert_eq!(hit(stores, QUOTA, NOON).await.hits, 1);
}

/// Asking for a level changes nothing, also that of a key nobody ever hit.
pub async fn looking_adds_nothing(stores: &Stores) {
    assert_eq!(level(stores, QUOTA, NOON).await, Level { hits: 0, retry_after_ms: 0 });
    hit(stores, QUOTA, NOON).await;
    for _ in 0..100 {
        assert_eq!(level(stores, QUOTA, NOON).await.hits, 1);
    }
}

/// After the clock was set back by an hour, the level is what it was, and drains from there.
pub async fn a_clock_set_back_neither_locks_out_nor_forgets(stores: &Stores) {
    for _ in 0..20 {
        hit(stores, QUOTA, NOON.plus(3_600_000)).await;
    }
    assert_eq!(level(stores, QUOTA, NOON).await.hits, 20);
    assert_eq!(hit(stores, QUOTA, NOON).await.hits, 21);
    assert_eq!(hit(stores, QUOTA, NOON.plus(10_000)).await.hits, 12);
    assert_eq!(level(stores, QUOTA, NOON.plus(22_000)).await.hits, 0);
}

/// A request that reaches the store late does not let the same seconds drain twice.
pub async fn a_straggler_drains_nothing_twice(stores: &Stores) {
    for round in 0..20_u32 {
        assert_eq!(hit(stores, QUOTA, NOON.plus(30_000)).await.hits, 2 * round + 1);
        assert_eq!(hit(stores, QUOTA, NOON).await.hits, 2 * round + 2);
    }
}

/// A bucket that is fuller than a lowered ceiling counts as full to it, not as fuller.
pub async fn a_lower_quota_holds_at_once(stores: &Stores) {
    for _ in 0..40 {
        hit(stores, QUOTA, NOON).await;
    }
    let lower = Quota { per_minute: 60, burst: 2, ceiling: 4 };
    assert_eq!(level(stores, lower, NOON).await, Level { hits: 4, retry_after_ms: 3_000 });
    assert_eq!(hit(stores, lower, NOON).await.hits, 5);
    assert_eq!(hit(stores, lower, NOON.plus(1_000)).await.hits, 4);
}

/// Quotas and moments at the ends of their ranges neither overflow nor lock out.
pub async fn extreme_quotas_are_no_trouble(stores: &Stores) {
    for per_minute in [0, 1, u32::MAX] {
        for most in [0, 1, u32::MAX] {
            let quota = Quota { per_minute, burst: most, ceiling: most };
            for (number, now) in [UnixMs(0), UnixMs(u64::MAX), NOON, UnixMs(0)].into_iter().enumerate() {
                let key = LimitKey([number.to_le_bytes()[0]; 32]);
                let answer = stores.limits.hit(&key, quota, now).await.expect("answers");
                assert!(answer.hits <= most.saturating_add(1), "{quota:?} at {now} gives {answer:?}");
                let answer = stores.limits.level(&key, quota, now).await.expect("answers");
                assert!(answer.hits <= most, "{quota:?} at {now} gives {answer:?}");
            }
        }
    }
    let key = LimitKey([9; 32]);
    let fast = Quota { per_minute: u32::MAX, burst: u32::MAX, ceiling: u32::MAX };
    stores.limits.hit(&key, fast, NOON).await.expect("answers");
    assert_eq!(stores.limits.level(&key, fast, NOON).await.expect("answers").hits, 1);
    assert_eq!(stores.limits.level(&key, fast, NOON.plus(1)).await.expect("answers").hits, 0);
}

/// No hit of many at once is lost or counted twice.
pub async fn racing_hits_are_all_counted(stores: &Stores) {
    let quota = Quota { per_minute: 1, burst: 1, ceiling: 1_000 };
    let mut running = JoinSet::new();
    for _ in 0..8 {
        let limits = stores.limits.clone();
        running.spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..100 {
                seen.push(limits.hit(&KEY, quota, NOON).await.expect("answers").hits);
            }
            seen
        });
    }
    let mut seen = running.join_all().await.concat();
    seen.sort_unstable();
    assert_eq!(seen, (1..=800).collect::<Vec<u32>>());
}

async fn hit(stores: &Stores, quota: Quota, now: UnixMs) -> Level {
    stores.limits.hit(&KEY, quota, now).await.expect("a hit is answered")
}

async fn level(stores: &Stores, quota: Quota, now: UnixMs) -> Level {
    stores.limits.level(&KEY, quota, now).await.expect("a level is answered")
}
