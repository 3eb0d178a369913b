//! How often one visitor may ask, and what asking more often costs.
//!
//! Within the quota nothing changes. Beyond it the work doubles with every further burst: honest visitors behind
//! a busy address still pass, and a flood pays. Only far beyond it is an answer refused.

use portcullis_store::{Level, LimitKey, Limits, Quota, StoreError, UnixMs};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Origin, Parameters, SiteId, Visitor};

/// The quotas of one visitor. Comes from the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    /// Whether visitors are limited at all.
    pub enabled: bool,
    /// Challenges per minute and site that cost the ordinary work, 1 to 1000000.
    pub challenges_per_minute: u32,
    /// How many of them may come at once, 1 to 1000000.
    pub challenge_burst: u32,
    /// At how many times the quota challenges are refused, 2 to 1000.
    pub refuse_at: u32,
    /// Wrong secrets per minute at siteverify, 1 to 1000000; half of that may come at once.
    pub wrong_secrets_per_minute: u32,
    /// Wishes for a pass per five minutes and visitor, 1 to 1000000; all of them may come at once.
    pub passes_per_five_minutes: u32,
    /// Passes refused at verification per five minutes and caller, 1 to 1000000.
    pub refused_passes_per_five_minutes: u32,
    /// Wishes for a pass per minute that one origin may make of the open site at the ordinary work, 1 to 1000000.
    pub origin_passes_per_minute: u32,
    /// Sites that one visitor may register per hour, 1 to 1000. A third more may be given up.
    pub registrations_per_hour: u32,
    /// Sites that their owners registered and there may be at a time, 1 to 100000; as many again that are proved.
    pub registered_sites: u32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            challenges_per_minute: 120,
            challenge_burst: 60,
            refuse_at: 20,
            wrong_secrets_per_minute: 120,
            passes_per_five_minutes: 45,
            refused_passes_per_five_minutes: 120,
            origin_passes_per_minute: 600,
            registrations_per_hour: 12,
            registered_sites: 10_000,
        }
    }
}

impl LimitSettings {
    /// Every number that is out of its range.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        [
            ("challenges_per_minute", self.challenges_per_minute, 1, 1_000_000),
            ("challenge_burst", self.challenge_burst, 1, 1_000_000),
            ("refuse_at", self.refuse_at, 2, 1000),
            ("wrong_secrets_per_minute", self.wrong_secrets_per_minute, 1, 1_000_000),
            ("passes_per_five_minutes", self.passes_per_five_minutes, 1, 1_000_000),
            ("refused_passes_per_five_minutes", self.refused_passes_per_five_minutes, 1, 1_000_000),
            ("origin_passes_per_minute", self.origin_passes_per_minute, 1, 1_000_000),
            ("registrations_per_hour", self.registrations_per_hour, 1, 1000),
            ("registered_sites", self.registered_sites, 1, 100_000),
        ]
        .into_iter()
        .filter(|(_, found, least, most)| !(least..=most).contains(&found))
        .map(|(name, found, least, most)| format!("{name} is {found}; it goes from {least} to {most}"))
        .collect()
    }

    fn soft(&self) -> Quota {
        let burst = self.challenge_burst;
        Quota {
            per_minute: self.challenges_per_minute,
            burst,
            ceiling: burst.saturating_mul(1 + u32::from(DOUBLINGS_MAX)),
        }
    }

    fn hard(&self) -> Quota {
        let burst = self.challenge_burst.saturating_mul(self.refuse_at);
        Quota { per_minute: self.challenges_per_minute.saturating_mul(self.refuse_at), burst, ceiling: burst }
    }

    fn origins(&self) -> Quota {
        let burst = (self.origin_passes_per_minute / 2).max(1);
        Quota {
            per_minute: self.origin_passes_per_minute,
            burst,
            ceiling: burst.saturating_mul(1 + u32::from(DOUBLINGS_MAX)),
        }
    }

    fn secrets(&self) -> Quota {
        let burst = (self.wrong_secrets_per_minute / 2).max(1);
        Quota { per_minute: self.wrong_secrets_per_minute, burst, ceiling: burst }
    }
}

/// Too many requests; see `retry_after_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateLimited {
    /// Milliseconds after which the next one has a chance.
    pub(crate) retry_after_ms: u64,
}

/// What is counted, each apart from the others. The numbers are in stores: a number is never used again for
/// something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Counted {
    /// Challenges, for the price of the next one.
    Challenges = 1,
    /// Challenges, up to where there are no more.
    ChallengesAtMost = 2,
    WrongSecrets = 3,
    Junk = 4,
    Passes = 5,
    PassesOfOrigin = 6,
    RefusedPasses = 7,
    Registrations = 8,
    Unregistrations = 9,
    CallsOfTheMinute = 10,
    CallsOfTheSecond = 11,
    Pictures = 12,
    Drawings = 13,
    LogIns = 14,
    LogInsOfTheSecond = 15,
    SameLogIns = 16,
    SlowOpenings = 17,
    Proofs = 32,
    // 40 was work of another protocol that was not done.
    /// Challenges that are dear to write.
    DearChallenges = 41,
    DearChallengesOfSite = 42,
}

/// The limits as the verbs apply them.
pub(crate) struct VisitorLimits<'a> {
    pub(crate) settings: &'a LimitSettings,
    pub(crate) store: &'a dyn Limits,
}

impl VisitorLimits<'_> {
    /// Counts a wish for a challenge. Answers how often the work is doubled.
    pub(crate) async fn challenge(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<u8, RateLimited>, StoreError> {
        if self.stand_down(visitor) {
            return Ok(Ok(0));
        }
        let hard = self.settings.hard();
        if let Err(refused) = refuse_beyond(
            hard,
            self.store.hit(&visitor.limit_key(Counted::ChallengesAtMost, Some(site)), hard, now).await?,
        ) {
            return Ok(Err(refused));
        }
        let soft = self.settings.soft();
        let level = self.store.hit(&visitor.limit_key(Counted::Challenges, Some(site)), soft, now).await?;
        Ok(Ok(doublings(level, soft)))
    }

    /// Counts a redeem that continues no valid challenge: of what we never issued, or of what was redeemed before.
    /// Apart from the challenges, so that one visitor's junk does not refuse them to others behind its address.
    pub(crate) async fn junk(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count(visitor.limit_key(Counted::Junk, Some(site)), visitor, self.settings.hard(), now).await
    }

    /// Counts a wrong secret. Beyond the quota the caller is told to wait.
    pub(crate) async fn wrong_secret(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count(visitor.limit_key(Counted::WrongSecrets, None), visitor, self.settings.secrets(), now)
            .await
    }

    /// Counts a wish for a pass. Answers how many of this visitor's have not faded yet.
    pub(crate) async fn assessment(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<u32, RateLimited>, StoreError> {
        if self.stand_down(visitor) {
            return Ok(Ok(0));
        }
        let quota = spread(self.settings.passes_per_five_minutes, 5);
        let level = self.store.hit(&visitor.limit_key(Counted::Passes, None), quota, now).await?;
        Ok(refuse_beyond(quota, level).map(|()| level.hits))
    }

    /// Counts a wish for a pass on a page of this origin. Answers how often its work is doubled: nothing is refused,
    /// or whoever names an origin that is not its own could close it.
    pub(crate) async fn origin(&self, site: SiteId, origin: &Origin, now: UnixMs) -> Result<u8, StoreError> {
        if !self.settings.enabled {
            return Ok(0);
        }
        let quota = self.settings.origins();
        let mut key = [0; 32];
        key[0] = Counted::PassesOfOrigin as u8;
        key[1..8].copy_from_slice(&site.0[..7]);
        key[8..].copy_from_slice(&Sha256::digest(origin.as_str())[..24]);
        let level = self.store.hit(&LimitKey(key), quota, now).await?;
        Ok(doublings(level, quota).min(ORIGIN_DOUBLINGS_MAX))
    }

    /// Counts a pass that was not accepted.
    pub(crate) async fn refused_pass(
        &self,
        caller: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        let quota = spread(self.settings.refused_passes_per_five_minutes, 5);
        self.count(caller.limit_key(Counted::RefusedPasses, None), caller, quota, now).await
    }

    /// Counts the registration of a site.
    pub(crate) async fn registration(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count_hourly(Counted::Registrations, visitor, self.settings.registrations_per_hour, now).await
    }

    /// Counts a look at the file that proves a domain.
    pub(crate) async fn proof(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count_hourly(Counted::Proofs, visitor, self.settings.registrations_per_hour, now).await
    }

    /// Counts the end of a site. Apart from the registrations, and a third more of them, as the protocol has it:
    /// whoever registered too much must be able to take it back.
    pub(crate) async fn unregistration(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        let number = self.settings.registrations_per_hour;
        self.count_hourly(Counted::Unregistrations, visitor, number + number / 3, now).await
    }

    /// Counts a picture that a visitor is to be shown.
    pub(crate) async fn picture(
        &self,
        visitor: &Visitor,
        site: SiteId,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count(visitor.limit_key(Counted::Pictures, Some(site)), visitor, PICTURE_QUOTA, now).await
    }

    /// Counts a text that takes long to open.
    pub(crate) async fn slow_opening(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count(visitor.limit_key(Counted::SlowOpenings, None), visitor, SLOW_OPENING_QUOTA, now).await
    }

    /// Counts the drawing of a picture, or of a part of one, for a visitor.
    pub(crate) async fn drawing(
        &self,
        visitor: &Visitor,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        self.count(visitor.limit_key(Counted::Drawings, None), visitor, DRAWING_QUOTA, now).await
    }

    /// Counts what may be done `number` times an hour. Buckets drain whole hits a minute, so what is rarer than that
    /// counts as several hits. They are not taken in one step: of two at once, one may count for less.
    async fn count_hourly(
        &self,
        purpose: Counted,
        visitor: &Visitor,
        number: u32,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        if self.stand_down(visitor) {
            return Ok(Ok(()));
        }
        let hits = 60_u32.div_ceil(number);
        let quota = spread(number * hits, 60);
        let key = visitor.limit_key(purpose, None);
        let level = self.store.level(&key, quota, now).await?;
        let beyond = (level.hits + hits).saturating_sub(quota.burst);
        if beyond > 0 {
            let retry_after_ms = (u64::from(beyond) * 60_000).div_ceil(quota.per_minute.into());
            return Ok(Err(RateLimited { retry_after_ms }));
        }
        for _ in 0..hits {
            self.store.hit(&key, quota, now).await?;
        }
        Ok(Ok(()))
    }

    /// Counts a hit against a quota beyond which it is refused.
    pub(crate) async fn count(
        &self,
        key: LimitKey,
        visitor: &Visitor,
        quota: Quota,
        now: UnixMs,
    ) -> Result<Result<(), RateLimited>, StoreError> {
        if self.stand_down(visitor) {
            return Ok(Ok(()));
        }
        Ok(refuse_beyond(quota, self.store.hit(&key, quota, now).await?))
    }

    pub(crate) fn stand_down(&self, visitor: &Visitor) -> bool {
        !self.settings.enabled || visitor.shared_address
    }
}

/// `parameters` with the work doubled `doublings` times: first more puzzles, then another digit, which stands
/// for four doublings.
pub(crate) fn harder(parameters: Parameters, doublings: u8) -> Parameters {
    let difficulty = (u32::from(parameters.difficulty()) + u32::from(doublings / 4)).min(8);
    let count = (u32::from(parameters.count()) << (doublings % 4)).min(500);
    Parameters::new(count, parameters.salt_length().into(), difficulty).unwrap_or(parameters)
}

/// How often the work is doubled at this level: once for each further burst.
fn doublings(level: Level, quota: Quota) -> u8 {
    let beyond = level.hits.saturating_sub(quota.burst).div_ceil(quota.burst);
    u8::try_from(beyond).unwrap_or(DOUBLINGS_MAX).min(DOUBLINGS_MAX)
}

/// `number` per so many minutes, all of which may come at once.
fn spread(number: u32, minutes: u32) -> Quota {
    Quota { per_minute: number.div_ceil(minutes), burst: number, ceiling: number }
}

pub(crate) fn refuse_beyond(quota: Quota, level: Level) -> Result<(), RateLimited> {
    if level.hits > quota.burst {
        Err(RateLimited { retry_after_ms: level.retry_after_ms.max(1) })
    } else {
        Ok(())
    }
}

/// 2^8 times the ordinary work is where doubling ends.
pub(crate) const DOUBLINGS_MAX: u8 = 8;

/// And where it ends for what strangers did: as for a site's traffic, sixteen times is a wait and no locked door.
const ORIGIN_DOUBLINGS_MAX: u8 = 4;

/// Pictures that one visitor is shown on one site: 30 at once, one a minute in the long run. Beyond them there is
/// work.
const PICTURE_QUOTA: Quota = Quota { per_minute: 1, burst: 30, ceiling: 30 };

/// Drawings for one visitor: each is some milliseconds of computing.
const DRAWING_QUOTA: Quota = Quota { per_minute: 60, burst: 60, ceiling: 60 };

/// Texts whose opening takes a tenth of a second and 64 MiB.
const SLOW_OPENING_QUOTA: Quota = Quota { per_minute: 1, burst: 1, ceiling: 1 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_doublings_are_one_digit() {
        let base = Parameters::new(50, 32, 4).unwrap();
        let work = |doublings| {
            let harder = harder(base, doublings);
            u64::from(harder.count()) << (4 * harder.difficulty())
        };
        for doublings in 0..=8 {
            assert_eq!(work(doublings), work(0) << doublings);
        }
        assert_eq!(harder(Parameters::new(500, 32, 8).unwrap(), 8).count(), 500);
    }
}
