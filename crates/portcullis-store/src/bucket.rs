//! One leaky bucket: the arithmetic of [`Limits`](crate::Limits), without the keeping.
//!
//! GCRA is usually told with a "theoretical arrival time". The same rule is told here as the time that the
//! bucket still needs to drain, because that stays true when the clock is set back: nobody is then locked out
//! for as long as the clock was ahead, and nothing is forgotten either.

use crate::{Level, Quota, UnixMs};

/// How full one bucket was when it was last looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bucket {
    /// Nanoseconds until it is empty. Nanoseconds, so that no quota is so fast that a hit takes no time.
    backlog_ns: u64,
    /// The moment for which `backlog_ns` holds.
    seen: UnixMs,
}

impl Bucket {
    /// A bucket that an adapter drained and filled itself, as it stands at `seen`.
    pub(crate) fn standing(backlog_ns: u64, seen: UnixMs) -> Self {
        Self { backlog_ns, seen }
    }

    /// Adds one hit if it fits under the ceiling; see [`Limits::hit`](crate::Limits::hit).
    pub(crate) fn hit(&mut self, quota: Quota, now: UnixMs) -> Level {
        *self = self.drained(quota, now);
        let lifted = self.backlog_ns.saturating_add(hit_ns(quota));
        if lifted > full_ns(quota) {
            return Level { hits: quota.ceiling.saturating_add(1), ..self.read(quota) };
        }
        self.backlog_ns = lifted;
        self.read(quota)
    }

    /// The level at `now`, with nothing added.
    pub(crate) fn level(&self, quota: Quota, now: UnixMs) -> Level {
        self.drained(quota, now).read(quota)
    }

    /// Nanoseconds that the bucket still needs at `now`; 0 where it may be forgotten.
    pub(crate) fn backlog_ns(&self, now: UnixMs) -> u64 {
        self.backlog_ns.saturating_sub(now.since(self.seen).saturating_mul(NANOSECONDS_PER_MS))
    }

    /// The bucket as it stands at `now`. A quota that was lowered meanwhile lowers an overfull bucket with it.
    fn drained(&self, quota: Quota, now: UnixMs) -> Self {
        let backlog_ns = self.backlog_ns(now).min(full_ns(quota));
        // Requests reach the store out of order. If a straggler set `seen` back, the next hit would drain the
        // same stretch twice, and dawdling on purpose would be a way around every limit. A larger step is the
        // clock's own, and the bucket goes on draining from there.
        let straggler = now < self.seen && self.seen.since(now) <= STRAGGLER_MS;
        Self { backlog_ns, seen: if straggler { self.seen } else { now } }
    }

    /// The level that the backlog amounts to.
    pub(crate) fn read(&self, quota: Quota) -> Level {
        let hit = hit_ns(quota);
        let hits = u32::try_from(self.backlog_ns.div_ceil(hit)).unwrap_or(u32::MAX);
        let within = u64::from(quota.burst.max(1)).saturating_mul(hit);
        let wait_ns = self.backlog_ns.saturating_add(hit).saturating_sub(within);
        Level { hits, retry_after_ms: wait_ns.div_ceil(NANOSECONDS_PER_MS) }
    }
}

/// How long one hit takes to drain.
pub(crate) fn hit_ns(quota: Quota) -> u64 {
    NANOSECONDS_PER_MINUTE / u64::from(quota.per_minute.max(1))
}

/// How long a bucket takes to drain that is full to the ceiling.
pub(crate) fn full_ns(quota: Quota) -> u64 {
    u64::from(quota.ceiling).saturating_mul(hit_ns(quota))
}

/// How late a request may reach the store, in milliseconds, and still be taken for a straggler.
pub(crate) const STRAGGLER_MS: u64 = 60_000;
const NANOSECONDS_PER_MS: u64 = 1_000_000;
const NANOSECONDS_PER_MINUTE: u64 = 60_000_000_000;
