//! Connections for reading the cold side.
//!
//! Such reads are rare (a look at the revision every second or two, a status page now and then) but may take
//! long, so they run on tokio's blocking threads, each with a connection that is kept for the next one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::error::Fault;
use super::file;
use crate::StoreError;

/// A few reading connections, opened when first needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.into(), idle: Mutex::default(), permits: Arc::new(Semaphore::new(READERS_MAX)) }
    }

    /// Reads with a connection of its own, waiting a bounded time for one.
    pub(super) async fn read<T, W>(self: &Arc<Self>, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let unavailable = |detail: &str| StoreError::Unavailable(detail.into());
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| unavailable("too many reads are waiting"))?
            .map_err(|_| unavailable("the database is closed"))?;
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = readers.connection()?;
            let read = work(&connection)?;
            readers.keep(connection);
            Ok::<T, Fault>(read)
        });
        // A read that panicked took only its own connection with it.
        Ok(reading.await.map_err(|_| unavailable("the read failed"))??)
    }

    /// Closes what is idle and refuses further reads. A read that is under way finishes.
    pub(super) fn close(&self) {
        self.permits.close();
        self.idle().clear();
    }

    fn connection(&self) -> Result<Connection, Fault> {
        let idle = self.idle().pop();
        idle.map_or_else(|| file::open_reader(&self.path), Ok)
    }

    fn keep(&self, connection: Connection) {
        if !self.permits.is_closed() {
            self.idle().push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        // A push or a pop is never half-way when its thread panics.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads at once, and so connections.
const READERS_MAX: usize = 4;
/// How long a read waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
