//! How often a backend may log in.

use portcullis_store::{LimitKey, Quota, StoreError, UnixMs};

use crate::Visitor;
use crate::limits::{RateLimited, VisitorLimits};

impl VisitorLimits<'_> {
    /// Counts a backend's log-in: 10 a minute and 2 a second, as the protocol says.
    pub(crate) async fn log_in(
        &self,
        caller: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        for (purpose, quota) in [(LOG_INS, LOG_IN_QUOTA), (LOG_IN_BURSTS, LOG_IN_BURST)] {
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
        key[0] = SAME_LOG_INS;
        let own = caller.limit_key(SAME_LOG_INS, None).0;
        key[1..].iter_mut().zip(&own[1..]).for_each(|(byte, own)| *byte ^= own);
        let level = self.store.hit(&LimitKey(key), SAME_LOG_IN, now).await?;
        if level.hits > SAME_LOG_IN.burst { Ok(Ok(())) } else { self.log_in(caller, now).await }
    }
}

const LOG_INS: u8 = 14;
const LOG_IN_BURSTS: u8 = 15;
const SAME_LOG_INS: u8 = 16;

const LOG_IN_QUOTA: Quota = Quota { per_minute: 10, burst: 10, ceiling: 10 };
const LOG_IN_BURST: Quota = Quota { per_minute: 120, burst: 2, ceiling: 2 };

/// The same wrong keys within six seconds are one log-in.
const SAME_LOG_IN: Quota = Quota { per_minute: 10, burst: 1, ceiling: 1 };
