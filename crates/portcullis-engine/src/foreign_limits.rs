//! How often what is dear to write in another protocol is written: a challenge whose key takes time and memory.

use portcullis_store::{LimitKey, Quota, StoreError, UnixMs};

use crate::limits::{Counted, RateLimited, VisitorLimits, refuse_beyond};
use crate::{SiteId, Visitor};

impl VisitorLimits<'_> {
    /// Counts a challenge that is dear to write, against its visitor on all sites together and then against the site.
    /// The site's count holds for visitors behind a shared address too: theirs is the only one there is.
    pub(crate) async fn dear_challenge(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        if !self.settings.enabled {
            return Ok(Ok(()));
        }
        let key = visitor.limit_key(Counted::DearChallenges, None);
        if let Err(refused) = self.count(key, visitor, DEAR_CHALLENGE_QUOTA, now).await? {
            return Ok(Err(refused));
        }
        let level = self.store.hit(&site_key(site), SITE_QUOTA, now).await?;
        Ok(refuse_beyond(SITE_QUOTA, level))
    }
}

fn site_key(site: SiteId) -> LimitKey {
    let mut key = [0; 32];
    key[0] = Counted::DearChallengesOfSite as u8;
    key[1..17].copy_from_slice(&site.0);
    LimitKey(key)
}

/// Challenges that are dear to write: each may take some hundredths of a second.
const DEAR_CHALLENGE_QUOTA: Quota = Quota { per_minute: 60, burst: 30, ceiling: 30 };

/// The same for all visitors of a site: some tenths of a processor.
const SITE_QUOTA: Quota = Quota { per_minute: 600, burst: 300, ceiling: 300 };
