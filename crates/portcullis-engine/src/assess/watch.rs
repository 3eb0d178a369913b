//! What the server remembers of traffic: each site's pace and habits, and the traces that were shown lately.
//!
//! All of it is bounded and none of it is needed to be right: what is forgotten costs a little accuracy. Habits are
//! written to the store now and then, so that a restart does not begin from nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use portcullis_risk::{Anomaly, Features, Point, Pressure, Replays, Signals};
use portcullis_store::{Models, SiteId, StoreError, UnixMs};

/// What is remembered of traffic.
pub(crate) struct Watch {
    state: Mutex<State>,
    seed: u64,
}

struct State {
    saved_at: UnixMs,
    sites: HashMap<SiteId, Habits>,
    replays: Replays,
}

#[derive(Default)]
struct Habits {
    pressure: Pressure,
    /// Absent until the store was asked for what an earlier run learnt.
    anomaly: Option<Anomaly>,
    changed: bool,
    last_seen: UnixMs,
}

impl Watch {
    /// `key` hides traces, `seed` makes the models' random cuts hard to foresee.
    pub(crate) fn new(key: [u8; 32], seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                saved_at: UnixMs(0),
                sites: HashMap::new(),
                replays: Replays::new(key),
            }),
            seed,
        }
    }

    /// Notes one visit: fills in whether its trace was seen before and how unusual it is, and answers how often the
    /// site's traffic doubles the work.
    pub(crate) fn visit(&self, site: SiteId, signals: &mut Signals, now: UnixMs) -> u8 {
        // Whatever can be worked out beforehand is: everybody waits for this lock.
        let features = signals.fingerprint.is_some().then(|| Features::of(signals));
        let mut state = self.lock();
        signals.replayed = state.replays.seen(&signals.motion);
        let seed = self.seed;
        let habits = state.habits(site, now);
        if let Some(features) = features {
            let anomaly = habits.anomaly.get_or_insert_with(|| Anomaly::new(seed));
            signals.anomaly = anomaly.score(&features);
            anomaly.learn(&features);
            habits.changed = true;
        }
        habits.pressure.hit(now.0)
    }

    /// Notes a path that was drawn while a step was taken. Answers whether it was seen before.
    pub(crate) fn path(&self, motion: &[Point]) -> bool {
        self.lock().replays.seen(motion)
    }

    /// How often the site's traffic doubles the work, with nothing added.
    pub(crate) fn pressure(&self, site: SiteId, now: UnixMs) -> u8 {
        self.lock().sites.get(&site).map_or(0, |habits| habits.pressure.level(now.0))
    }

    /// Takes over what an earlier run learnt of this site, unless this one has begun to learn already.
    pub(crate) async fn recall(
        &self,
        site: SiteId,
        models: &dyn Models,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let Some(anomaly) = models.load(site).await?.and_then(|bytes| Anomaly::from_bytes(&bytes)) else {
            return Ok(());
        };
        let mut state = self.lock();
        state.habits(site, now).anomaly.get_or_insert(anomaly);
        Ok(())
    }

    /// [`Watch::save`], but once a minute at most: a model is some 26 kB.
    pub(crate) async fn save_now_and_then(&self, models: &dyn Models, now: UnixMs) -> Result<(), StoreError> {
        {
            let mut state = self.lock();
            if now.since(state.saved_at) < SAVE_EVERY_MS {
                return Ok(());
            }
            state.saved_at = now;
        }
        self.save(models).await
    }

    /// Writes what was learnt since the last call.
    pub(crate) async fn save(&self, models: &dyn Models) -> Result<(), StoreError> {
        let changed: Vec<(SiteId, Vec<u8>)> = {
            let mut state = self.lock();
            let habits = state.sites.iter_mut().filter_map(|(site, habits)| {
                let changed = std::mem::take(&mut habits.changed);
                Some((*site, habits.anomaly.as_ref().filter(|_| changed)?.to_bytes()))
            });
            habits.collect()
        };
        for (site, model) in changed {
            models.save(site, &model).await?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here is worth refusing a visitor for.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn habits(&mut self, site: SiteId, now: UnixMs) -> &mut Habits {
        if self.sites.len() >= SITES_MAX
            && !self.sites.contains_key(&site)
            && let Some(idle) =
                self.sites.iter().min_by_key(|(_, habits)| habits.last_seen).map(|(id, _)| *id)
        {
            self.sites.remove(&idle);
        }
        let habits = self.sites.entry(site).or_default();
        habits.last_seen = now;
        habits
    }
}

/// How often habits are written down.
const SAVE_EVERY_MS: u64 = 60_000;

/// The most sites whose habits are held in memory at a time: about 64 KiB each.
const SITES_MAX: usize = 1000;
