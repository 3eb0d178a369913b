//! Plans: how much a site may ask of this server.
//!
//! Everybody is on [`Plan::Unlimited`] until an operator says otherwise. The others are those that the Crafy protocol
//! names, with its numbers, for whoever serves sites that pay by size.

use std::fmt;
use std::str::FromStr;

use portcullis_store::{LimitKey, Quota, QuotaId, SiteId, UnixMs};
use serde::{Deserialize, Serialize};

use crate::limits::Counted;

/// How much a site may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    /// No quota.
    #[default]
    Unlimited,
    /// 8 calls a minute, 2 a second, 10,000 challenges a month.
    Starter,
    /// 150 calls a minute, 20 a second, 100,000 challenges a month.
    Growth,
    /// 500 calls a minute, 50 a second, 500,000 challenges a month.
    Scale,
}

/// The numbers of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLimits {
    /// Calls of the backend per minute.
    pub per_minute: u32,
    /// Calls of the backend per second.
    pub per_second: u32,
    /// Challenges shown per calendar month, by UTC.
    pub per_month: u32,
}

impl Plan {
    /// Every plan, smallest first, the unlimited one last.
    pub const ALL: [Self; 4] = [Self::Starter, Self::Growth, Self::Scale, Self::Unlimited];

    /// The plan's name, as settings and answers write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "Unlimited",
            Self::Starter => "Starter",
            Self::Growth => "Growth",
            Self::Scale => "Scale",
        }
    }

    /// Its numbers; absent where nothing is counted.
    #[must_use]
    pub const fn limits(self) -> Option<PlanLimits> {
        let (per_minute, per_second, per_month) = match self {
            Self::Unlimited => return None,
            Self::Starter => (8, 2, 10_000),
            Self::Growth => (150, 20, 100_000),
            Self::Scale => (500, 50, 500_000),
        };
        Some(PlanLimits { per_minute, per_second, per_month })
    }
}

impl PlanLimits {
    /// The two buckets that a call of the backend goes into: of the minute and of the second.
    pub(crate) fn buckets(self, site: SiteId) -> [(LimitKey, Quota); 2] {
        let bucket = |purpose: Counted, per_minute, burst| {
            let mut key = [0; 32];
            key[0] = purpose as u8;
            key[1..17].copy_from_slice(&site.0);
            (LimitKey(key), Quota { per_minute, burst, ceiling: burst })
        };
        [
            bucket(Counted::CallsOfTheMinute, self.per_minute, self.per_minute),
            bucket(Counted::CallsOfTheSecond, self.per_second * 60, self.per_second),
        ]
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(text: &str) -> Result<Self, UnknownPlan> {
        let plan = Self::ALL.into_iter().find(|plan| plan.name().eq_ignore_ascii_case(text));
        plan.ok_or_else(|| UnknownPlan(text.chars().take(40).collect()))
    }
}

/// No plan has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no plan named {0:?}; the plans are Unlimited, Starter, Growth and Scale")]
pub struct UnknownPlan(String);

/// The calendar month that `now` lies in: the quota that counts a site's challenges of it, and until when that is
/// kept, which is the same moment all month long.
pub(crate) fn month(site: SiteId, now: UnixMs) -> (QuotaId, UnixMs) {
    let moment = i64::try_from(now.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let date = moment.unwrap_or(jiff::Timestamp::MAX).to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut id = [0; 24];
    id[..16].copy_from_slice(&site.0);
    id[16..19].copy_from_slice(b"mon");
    id[19..21].copy_from_slice(&date.year().to_be_bytes());
    id[21] = date.month().to_be_bytes()[0];
    let gone = u64::from(date.day().unsigned_abs() - 1);
    let began = UnixMs((now.0 / DAY_MS).saturating_sub(gone) * DAY_MS);
    (QuotaId(id), began.plus(KEEP_MS))
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// From the first of a month on: a day longer than the longest.
const KEEP_MS: u64 = 32 * DAY_MS;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UnixMs {
        UnixMs(text.parse::<jiff::Timestamp>().unwrap().as_millisecond().unsigned_abs())
    }

    #[test]
    fn a_month_is_one_quota_and_the_next_another() {
        let of = |text| month(SiteId([1; 16]), at(text));
        assert_eq!(of("2028-02-01T00:00:00Z"), of("2028-02-29T23:59:59.999Z"));
        assert_ne!(of("2028-02-29T23:59:59.999Z").0, of("2028-03-01T00:00:00Z").0);
        assert_ne!(of("2027-02-01T00:00:00Z").0, of("2028-02-01T00:00:00Z").0);
        assert_eq!(of("2027-12-31T12:00:00Z").1, at("2028-01-02T00:00:00Z"));
        assert_ne!(month(SiteId([2; 16]), at("2028-02-01T00:00:00Z")).0, of("2028-02-01T00:00:00Z").0);
    }

    #[test]
    fn plans_read_back_whatever_their_case() {
        for plan in Plan::ALL {
            assert_eq!(plan.name().to_lowercase().parse(), Ok(plan));
        }
        assert!("Gold".parse::<Plan>().is_err());
    }
}
