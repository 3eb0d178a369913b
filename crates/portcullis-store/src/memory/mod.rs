//! Everything in the memory of one process: for tests, demonstrations and measuring what a disk costs.
//!
//! Nothing here survives the process, so a token that was spent could be spent again after a restart. Only
//! [`Limits`](crate::Limits) are kept here on purpose by other adapters too; see [`limits`].

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::{StoreError, Stores};

mod attempts;
mod cold;
mod flows;
pub(crate) mod limits;
mod quotas;
mod rows;
mod tokens;

/// Opens an empty set of stores. Their clones share what they keep.
#[must_use]
pub fn open() -> Stores {
    let setup = Arc::new(cold::Setup::default());
    Stores {
        tokens: Arc::new(tokens::Ledger::default()),
        attempts: Arc::new(attempts::Budgets::default()),
        flows: Arc::new(flows::FinishedFlows::default()),
        quotas: Arc::new(quotas::CountedQuotas::default()),
        limits: Arc::new(limits::Buckets::default()),
        sites: setup.clone(),
        signing_keys: setup.clone(),
        events: Arc::new(cold::Counts::default()),
        models: setup,
    }
}

/// A map cut into parts, each under a lock of its own, so that two cores seldom wait for each other.
///
/// The locks are std's: they are held for well under a microsecond and never across an await, where an async
/// lock would cost more than the work it guards.
struct Sharded<T> {
    /// Keyed at random: a visitor who chooses keys cannot gather them in one shard.
    hasher: RandomState,
    shards: Box<[Mutex<T>]>,
}

impl<T: Default> Default for Sharded<T> {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { hasher: RandomState::new(), shards }
    }
}

impl<T> Sharded<T> {
    fn of(&self, key: &impl Hash) -> &Mutex<T> {
        let hash = usize::try_from(self.hasher.hash_one(key) % SHARDS).unwrap_or(0);
        &self.shards[hash]
    }
}

/// Locks, or answers that the content cannot be trusted since its last holder panicked half-way.
fn lock<T>(mutex: &Mutex<T>) -> Result<MutexGuard<'_, T>, StoreError> {
    mutex.lock().map_err(|_| StoreError::Unavailable("an earlier call failed half-way".into()))
}

const SHARDS: u64 = 64;

#[cfg(test)]
mod tests {
    crate::stamp_contract!({
        let stores = crate::memory::open();
        (stores, ())
    });
}
