//! How often one visitor may have what is dear in another protocol: a challenge to be written, or work to be checked.

use portcullis_store::{Level, Quota, StoreError, UnixMs};

use crate::limits::{Counted, RateLimited, VisitorLimits, refuse_beyond};
use crate::{SiteId, Visitor};

impl VisitorLimits<'_> {
    /// Whether work of a visitor's may still be checked that is dear to check, after what was not done before.
    pub(crate) async fn work_checkable(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        if self.stand_down(visitor) {
            return Ok(Ok(()));
        }
        let key = visitor.limit_key(Counted::WorkNotDone, Some(site));
        let level = self.store.level(&key, WORK_NOT_DONE_QUOTA, now).await?;
        // One more has to fit.
        let next = Level { hits: level.hits + 1, ..level };
        Ok(refuse_beyond(WORK_NOT_DONE_QUOTA, next))
    }

    /// Counts a challenge that is dear to write.
    pub(crate) async fn dear_challenge(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        let key = visitor.limit_key(Counted::DearChallenges, Some(site));
        self.count(key, visitor, DEAR_CHALLENGE_QUOTA, now).await
    }

    /// Counts work that was said to be done and was not.
    pub(crate) async fn work_not_done(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        let key = visitor.limit_key(Counted::WorkNotDone, Some(site));
        self.count(key, visitor, WORK_NOT_DONE_QUOTA, now).await
    }
}

/// Challenges that are dear to write: each may take some hundredths of a second.
const DEAR_CHALLENGE_QUOTA: Quota = Quota { per_minute: 60, burst: 30, ceiling: 30 };

/// Work that was not done: checking it may take a millisecond or two, and browsers hand in none.
const WORK_NOT_DONE_QUOTA: Quota = Quota { per_minute: 60, burst: 30, ceiling: 30 };
