//! The embedded default: one SQLite file, and no other service to run.
//!
//! # How it is fast and still durable
//!
//! SQLite lets one connection write at a time, and its price is per transaction, not per row. So one thread owns
//! the only writing connection, gathers what has queued up into one transaction, commits it, and only then
//! answers ([`writer`]). Reads of the cold side have connections of their own and wait for nobody ([`readers`]).
//!
//! # What "durable" means here
//!
//! See [`Durability`]. With either, nothing that was answered is lost when the process dies at any moment.
//!
//! # Other processes
//!
//! The command line works on the same file while a server runs on it. Both may write; SQLite's lock decides who
//! is first, and the `revision` tells the server that sites or keys have changed. Only
//! [`Limits`](crate::Limits) are not shared: they are kept in memory, for the reasons given there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

pub use error::DatabaseError;

use crate::memory::limits::Buckets;
use crate::{StoreError, Stores};
use readers::Readers;
use writer::Writer;

mod attempts;
mod error;
mod events;
mod file;
mod flows;
mod forgetting;
mod models;
mod queue;
mod quotas;
mod readers;
mod schema;
mod signing_keys;
mod sites;
mod tokens;
mod values;
mod writer;

/// An open database file. Closes when dropped; its stores answer
/// [`Unavailable`](StoreError::Unavailable) from then on.
pub struct Database {
    path: PathBuf,
    writer: Arc<Writer>,
    readers: Arc<Readers>,
    limits: Arc<Buckets>,
    thread: Option<JoinHandle<Result<(), StoreError>>>,
}

/// What an answer of the hot side outlives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process, also by `kill -9`. Should the machine lose power, the last moments before it
    /// may be lost: a token spent in them could be spent again until it expires.
    #[default]
    ProcessDeath,
    /// A loss of power as well, at the price of waiting for the disk at every commit.
    PowerLoss,
}

impl Database {
    /// Opens the file, makes it where there is none, and brings its schema up to date. The folder must exist.
    ///
    /// # Errors
    ///
    /// Each [`DatabaseError`] reads as one line that an operator can act on.
    pub fn open(path: &Path, durability: Durability) -> Result<Self, DatabaseError> {
        let mut connection = file::open(path, durability)?;
        schema::bring_up_to_date(&mut connection).map_err(|error| error.at(path))?;
        let writer = Arc::new(Writer::default());
        let serving = writer.clone();
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || serving.serve(connection))
            .map_err(|error| DatabaseError::Other { path: path.into(), detail: error.to_string() })?;
        Ok(Self {
            path: path.into(),
            writer,
            readers: Arc::new(Readers::new(path)),
            limits: Arc::default(),
            thread: Some(thread),
        })
    }

    /// The stores in this file. They must be used on a tokio runtime with its timer enabled. Every call answers
    /// with the same stores.
    #[must_use]
    pub fn stores(&self) -> Stores {
        let (writer, readers) = (self.writer.clone(), self.readers.clone());
        Stores {
            tokens: Arc::new(tokens::Ledger { writer: writer.clone() }),
            attempts: Arc::new(attempts::AttemptTable { writer: writer.clone() }),
            flows: Arc::new(flows::FlowTable { writer: writer.clone() }),
            quotas: Arc::new(quotas::QuotaTable { writer: writer.clone() }),
            limits: self.limits.clone(),
            sites: Arc::new(sites::SiteTable { writer: writer.clone(), readers: readers.clone() }),
            signing_keys: Arc::new(signing_keys::KeyTable {
                writer: writer.clone(),
                readers: readers.clone(),
            }),
            events: Arc::new(events::CountTable { writer: writer.clone(), readers: readers.clone() }),
            models: Arc::new(models::ModelTable { writer, readers }),
        }
    }

    /// Writes a copy of everything, as it stands now, to a file that does not exist yet. Blocks; a server goes on
    /// serving meanwhile.
    ///
    /// A ledger that was restored from a backup does not know of tokens spent since, until they expire.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::BackupExists`] where there is a file already, and the like of [`Database::open`]. A copy
    /// that failed half-way is removed.
    pub fn backup(&self, to: &Path) -> Result<(), DatabaseError> {
        file::copy(&self.path, to)
    }

    /// Closes the file: what was queued is done and answered, and the write-ahead log is folded in.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] where the log could not be folded in. Nothing is lost by that: the next
    /// opening reads it.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.shut()
    }

    fn shut(&mut self) -> Result<(), StoreError> {
        self.readers.close();
        self.writer.close();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(closed)) => closed,
            Some(Err(_)) => Err(StoreError::Unavailable("the writer failed".into())),
            None => Ok(()),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Whoever wants to know how closing went has called `close`.
        let _ = self.shut();
    }
}

#[cfg(test)]
mod tests;
