//! How often a backend may log in.

use portcullis_store::{LimitKey, Quota, StoreError, UnixMs};

use crate::Visitor;
use crate::limits::{Counted, RateLimited, VisitorLimits};

impl VisitorLimits<'_> {
    /// Counts a backend's log-in: 10 a minute and 2 a second, as the protocol says.
    pub(crate) async fn log_in(
        &self,
        caller: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        for (purpose, quota) in LOG_INS {
            if let Err(refused) = self.count(caller.limit_key(purpose, None), caller, quota, now).await? {
                return Ok(Err(refused));
            }
        }
        Ok(Ok(()))
    }

    /// Counts a log-in with wrong keys; `keys` is a digest of them. What was counted some seconds ago is not counted
    /// again.
    pub(crate) async fn wrong_log_in(
        &self,
        caller: &Visitor,
        keys: [u8; 32],
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        if self.stand_down(caller) {
            return Ok(Ok(()));
        }
        let mut key = keys;
        key[0] = Counted::SameLogIns as u8;
        let own = caller.limit_key(Counted::SameLogIns, None).0;
        key[1..].iter_mut().zip(&own[1..]).for_each(|(byte, own)| *byte ^= own);
        let level = self.store.hit(&LimitKey(key), SAME_LOG_IN, now).await?;
        if level.hits <= SAME_LOG_IN.burst {
            return self.log_in(caller, now).await;
        }
        for (purpose, quota) in LOG_INS {
            let level = self.store.level(&caller.limit_key(purpose, None), quota, now).await?;
            if level.hits >= quota.burst {
                // Whoever may not log in is not told whether these keys are right either.
                let retry_after_ms = (60_000 / u64::from(quota.per_minute)).max(1);
                return Ok(Err(RateLimited { retry_after_ms }));
            }
        }
        Ok(Ok(()))
    }
}

const LOG_INS: [(Counted, Quota); 2] = [
    (Counted::LogIns, Quota { per_minute: 10, burst: 10, ceiling: 10 }),
    (Counted::LogInsOfTheSecond, Quota { per_minute: 120, burst: 2, ceiling: 2 }),
];

/// The same wrong keys within six seconds are one log-in.
const SAME_LOG_IN: Quota = Quota { per_minute: 10, burst: 1, ceiling: 1 };
