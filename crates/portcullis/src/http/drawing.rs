//! What takes long is computed aside, so that nobody else's answer waits for it: pictures, and slow ciphers.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_engine::{Drawing, Site};
use portcullis_protocol::crafy::{Opened, SealedError, SealedV2, SlowOpening};
use tokio::sync::{Semaphore, TryAcquireError};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Draws as many pictures at a time as there are processors.
pub(super) struct Easel {
    places: Arc<Semaphore>,
    slow: Arc<Semaphore>,
}

impl Easel {
    pub(super) fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new(processors)), slow: Arc::new(Semaphore::new(1)) }
    }

    /// Draws a picture. `None` where so many others wait that it would come too late.
    pub(super) async fn draw(&self, drawing: Drawing) -> Option<(&'static str, Vec<u8>)> {
        let place = timeout(WAIT_MAX, self.places.clone().acquire_owned()).await.ok()?.ok()?;
        let drawn = spawn_blocking(move || {
            let picture = drawing.draw();
            drop(place);
            picture
        });
        drawn.await.ok()
    }
}

#[async_trait]
impl SlowOpening for Easel {
    async fn open(&self, sealed: SealedV2, site: &Site) -> Option<Result<Opened, SealedError>> {
        let place = match self.slow.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return None,
        };
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
