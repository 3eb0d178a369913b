//! Keys that take long, derived aside, so that nobody else's answer waits for them.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_protocol::altcha::Deriving;
use portcullis_protocol::altcha::v2::{Derivation, DerivedKey};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Derives one key fewer at a time than there are processors, so that one is left for answers; and as many that take
/// memory, apart from the others, which take a hundredth of their time.
pub(super) struct Derivations {
    quick: Arc<Semaphore>,
    in_memory: Arc<Semaphore>,
    wait_max: Duration,
}

impl Derivations {
    pub(super) fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self::with(processors.saturating_sub(1).max(1), WAIT_MAX)
    }

    /// Derives `at_once` keys of a kind at a time, and lets none wait for its turn longer than `wait_max`.
    pub(super) fn with(at_once: usize, wait_max: Duration) -> Self {
        let places = || Arc::new(Semaphore::new(at_once));
        Self { quick: places(), in_memory: places(), wait_max }
    }
}

#[async_trait]
impl Deriving for Derivations {
    async fn derive(&self, derivation: Derivation) -> Option<DerivedKey> {
        let places = if derivation.takes_memory() { &self.in_memory } else { &self.quick };
        let place = timeout(self.wait_max, places.clone().acquire_owned()).await.ok()?.ok()?;
        let derived = spawn_blocking(move || {
            let key = derivation.derive();
            drop(place);
            key
        });
        derived.await.ok()
    }
}

/// How long a key may wait for its turn: a visitor waits as well.
const WAIT_MAX: Duration = Duration::from_secs(2);
