//! What takes long is computed aside, so that nobody else's answer waits for it: pictures, and slow ciphers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_engine::{Drawing, Picture, Site};
use portcullis_protocol::crafy::{Opened, SealedError, SealedV2, SlowOpening, SlowPlace};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Draws as many pictures at a time as there are processors, and each once: a page fetches its parts one by one.
pub(super) struct Easel {
    places: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    wait_max: Duration,
    /// The newest pictures, oldest first; at most [`KEPT_MAX`].
    kept: Mutex<VecDeque<(Drawing, Slot)>>,
}

/// Where a picture will be once somebody has drawn it.
type Slot = Arc<OnceCell<Arc<Picture>>>;

impl Easel {
    pub(super) fn new() -> Self {
        Self::with(available_parallelism().map_or(1, usize::from), WAIT_MAX)
    }

    /// Draws `at_once` pictures at a time, and lets nobody wait for its turn longer than `wait_max`.
    pub(super) fn with(at_once: usize, wait_max: Duration) -> Self {
        let places = Arc::new(Semaphore::new(at_once));
        Self { places, slow: Arc::new(Semaphore::new(1)), wait_max, kept: Mutex::default() }
    }

    /// Draws a picture, unless that was done a moment ago. `None` where so many others wait that it would come too
    /// late.
    pub(super) async fn draw(&self, drawing: Drawing) -> Option<Arc<Picture>> {
        let slot = self.slot(&drawing);
        let drawn = slot.get_or_try_init(|| self.drawn(drawing)).await;
        drawn.ok().cloned()
    }

    fn slot(&self, drawing: &Drawing) -> Slot {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, slot)) = kept.iter().rev().find(|(known, _)| known == drawing) {
            return slot.clone();
        }
        if kept.len() == KEPT_MAX {
            kept.pop_front();
        }
        let slot = Slot::default();
        kept.push_back((drawing.clone(), slot.clone()));
        slot
    }

    async fn drawn(&self, drawing: Drawing) -> Result<Arc<Picture>, TooBusy> {
        let place = timeout(self.wait_max, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_elapsed| TooBusy)?.map_err(|_closed| TooBusy)?;
        let drawn = spawn_blocking(move || {
            let picture = drawing.draw();
            drop(place);
            Arc::new(picture)
        });
        drawn.await.map_err(|_panicked| TooBusy)
    }
}

/// A picture that comes too late.
struct TooBusy;

impl SlowOpening for Easel {
    fn take(&self) -> Option<Box<dyn SlowPlace>> {
        let place = self.slow.clone().try_acquire_owned().ok()?;
        Some(Box::new(Aside(place)))
    }
}

/// The one place for slow ciphers, taken.
struct Aside(OwnedSemaphorePermit);

#[async_trait]
impl SlowPlace for Aside {
    async fn open(self: Box<Self>, sealed: SealedV2, site: &Site) -> Option<Result<Opened, SealedError>> {
        let Self(place) = *self;
        let secret = site.secret().clone();
        let opened = spawn_blocking(move || {
            let opened = sealed.open_slowly(&secret);
            drop(place);
            opened
        });
        opened.await.ok()
    }
}

/// How long a picture may wait for its turn.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Pictures that are kept, of some 35 KB each: those whose other part is about to be fetched.
const KEPT_MAX: usize = 64;
