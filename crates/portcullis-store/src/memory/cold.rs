//! Sites, signing keys, models and counts in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;

use super::lock;
use crate::cold::check_model;
use crate::{
    Count, Duplicate, Events, KeyRecord, Models, SigningKeys, SiteId, SiteRecord, Sites, StoreError,
};

/// What an operator set up. One lock for sites, keys and their common revision: they change a few times a day.
#[derive(Default)]
pub(super) struct Setup {
    content: Mutex<Content>,
}

#[derive(Default)]
struct Content {
    revision: u64,
    sites: Vec<SiteRecord>,
    signing_keys: BTreeMap<u32, KeyRecord>,
    models: BTreeMap<SiteId, Vec<u8>>,
}

impl Content {
    fn is_taken(&self, site: &SiteRecord) -> bool {
        let same =
            |other: &SiteRecord| other.site_key == site.site_key || other.secret_index == site.secret_index;
        self.sites.iter().any(|other| other.id != site.id && same(other))
    }
}

#[async_trait]
impl Sites for Setup {
    async fn revision(&self) -> Result<u64, StoreError> {
        Ok(lock(&self.content)?.revision)
    }

    async fn all(&self) -> Result<Vec<SiteRecord>, StoreError> {
        let mut sites = lock(&self.content)?.sites.clone();
        sites.sort_by_key(|site| (site.created_at, site.id));
        Ok(sites)
    }

    async fn add(&self, site: &SiteRecord) -> Result<Result<(), Duplicate>, StoreError> {
        let mut content = lock(&self.content)?;
        if content.is_taken(site) || content.sites.iter().any(|other| other.id == site.id) {
            return Ok(Err(Duplicate));
        }
        content.sites.push(site.clone());
        content.revision += 1;
        Ok(Ok(()))
    }

    async fn update(
        &self,
        before: &SiteRecord,
        after: &SiteRecord,
    ) -> Result<Result<bool, Duplicate>, StoreError> {
        let mut content = lock(&self.content)?;
        let taken = content.is_taken(after);
        let is_as_before = |kept: &SiteRecord| {
            (&kept.name, kept.secret_index, &kept.settings)
                == (&before.name, before.secret_index, &before.settings)
        };
        let found = content.sites.iter_mut().find(|kept| kept.id == before.id && is_as_before(kept));
        let Some(kept) = found else { return Ok(Ok(false)) };
        if taken {
            return Ok(Err(Duplicate));
        }
        kept.clone_from(after);
        content.revision += 1;
        Ok(Ok(true))
    }

    async fn remove(&self, id: SiteId) -> Result<bool, StoreError> {
        let mut content = lock(&self.content)?;
        let Some(place) = content.sites.iter().position(|site| site.id == id) else {
            return Ok(false);
        };
        content.sites.remove(place);
        content.models.remove(&id);
        content.revision += 1;
        Ok(true)
    }
}

#[async_trait]
impl SigningKeys for Setup {
    async fn all(&self) -> Result<Vec<KeyRecord>, StoreError> {
        Ok(lock(&self.content)?.signing_keys.values().cloned().collect())
    }

    async fn add(&self, key: &KeyRecord) -> Result<bool, StoreError> {
        let mut content = lock(&self.content)?;
        if content.signing_keys.contains_key(&key.id) {
            return Ok(false);
        }
        content.signing_keys.insert(key.id, key.clone());
        content.revision += 1;
        Ok(true)
    }

    async fn remove(&self, id: u32) -> Result<bool, StoreError> {
        let mut content = lock(&self.content)?;
        let removed = content.signing_keys.remove(&id).is_some();
        content.revision += u64::from(removed);
        Ok(removed)
    }
}

#[async_trait]
impl Models for Setup {
    async fn load(&self, site: SiteId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(lock(&self.content)?.models.get(&site).cloned())
    }

    async fn save(&self, site: SiteId, model: &[u8]) -> Result<(), StoreError> {
        check_model(model)?;
        let mut content = lock(&self.content)?;
        if content.sites.iter().any(|kept| kept.id == site) {
            content.models.insert(site, model.to_vec());
        }
        Ok(())
    }

    async fn remove(&self, site: SiteId) -> Result<bool, StoreError> {
        Ok(lock(&self.content)?.models.remove(&site).is_some())
    }
}

/// Counts by minute first, so that the oldest are the first to go.
#[derive(Default)]
pub(super) struct Counts {
    numbers: Mutex<BTreeMap<(u32, SiteId, String), u64>>,
}

#[async_trait]
impl Events for Counts {
    async fn add(&self, counts: &[Count]) -> Result<(), StoreError> {
        let mut numbers = lock(&self.numbers)?;
        for count in counts {
            let number = numbers.entry((count.minute, count.site, count.event.clone())).or_default();
            *number = number.saturating_add(count.number).min(Count::NUMBER_MAX);
        }
        while numbers.len() > COUNTS_MAX {
            numbers.pop_first();
        }
        Ok(())
    }

    async fn sums(&self, site: Option<SiteId>, from: u32, to: u32) -> Result<Vec<Count>, StoreError> {
        let numbers = lock(&self.numbers)?;
        let mut sums = BTreeMap::<&str, u64>::new();
        let first = (from, SiteId([0; 16]), String::new());
        for ((_, of, event), number) in numbers.range(first..).take_while(|((minute, ..), _)| *minute < to) {
            if site.is_none_or(|site| site == *of) {
                let sum = sums.entry(event).or_default();
                *sum = sum.saturating_add(*number);
            }
        }
        let count = |(event, number): (&str, u64)| Count {
            site: site.unwrap_or(SiteId([0; 16])),
            minute: from,
            event: event.to_owned(),
            number,
        };
        Ok(sums.into_iter().map(count).collect())
    }

    async fn purge(&self, minute: u32) -> Result<u64, StoreError> {
        let mut numbers = lock(&self.numbers)?;
        let kept = numbers.split_off(&(minute, SiteId([0; 16]), String::new()));
        let removed = std::mem::replace(&mut *numbers, kept).len();
        Ok(removed.try_into().unwrap_or(u64::MAX))
    }
}

/// Rows that are held at most; the oldest minutes go first.
const COUNTS_MAX: usize = 262_144;
