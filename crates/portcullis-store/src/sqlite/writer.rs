//! The one thread that writes.
//!
//! It takes what has queued up, does it all in one transaction, commits, and answers. An answer thus always
//! comes after the commit that made it true. What arrives while a batch is being done joins it, up to
//! [`BATCH_MAX`], so a commit is shared by as many as there are, and a lone write waits for nobody.
//!
//! A job that fails leaves the rest of its batch alone. SQLite undoes a statement that fails, so a job that
//! writes with a single statement ([`Writer::once`]) needs nothing more; one that writes with several
//! ([`Writer::whole`]) is wrapped in a savepoint, which those on the hot path do without.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::error::Fault;
use super::queue::Queue;
use crate::StoreError;

/// The way to the writing thread.
pub(super) struct Writer {
    queue: Queue<Box<dyn Job>>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { queue: Queue::new(QUEUE_MAX) }
    }
}

impl Writer {
    /// Has work done that writes with at most one statement. Answers once it is durable.
    ///
    /// Where the caller gives up waiting before the work has begun, it is not done.
    pub(super) async fn once<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work { work: Some(work), outcome: None, reply });
        self.queue
            .push(job, QUEUE_PATIENCE)
            .await
            .map_err(|refused| StoreError::Unavailable(refused.to_string()))?;
        match tokio::time::timeout(ANSWER_PATIENCE, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(StoreError::Unavailable("the writer ended before it was done".into())),
            Err(_) => Err(StoreError::Unavailable("the disk did not answer in time".into())),
        }
    }

    /// Has work done that writes with several statements: all of them or none.
    pub(super) async fn whole<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.once(|transaction| {
            // Dropped on an error, it takes back what the work has written so far.
            let savepoint = transaction.savepoint()?;
            let outcome = work(&savepoint)?;
            savepoint.commit()?;
            Ok(outcome)
        })
        .await
    }

    /// How many jobs wait for the thread.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Takes no more work. What was taken is still done and answered.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    /// Does the work of a database's life on the calling thread.
    pub(super) fn serve(&self, mut connection: Connection) -> Result<(), StoreError> {
        let _end = ClosedAtEnd(self);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while self.queue.take(BATCH_MAX, &mut batch) {
            let committed =
                self.commit(&mut connection, &mut batch).map_err(|fault| StoreError::from(fault).to_string());
            for job in batch.drain(..) {
                job.answer(committed.as_ref().map(|&()| ()).map_err(String::as_str));
            }
        }
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(Fault::from)?;
        connection.close().map_err(|(_, error)| Fault::from(error))?;
        Ok(())
    }

    /// Does a batch, and what arrives meanwhile, in one transaction. On an error none of it is done.
    fn commit(&self, connection: &mut Connection, batch: &mut Vec<Box<dyn Job>>) -> Result<(), Fault> {
        // Immediate: a transaction that began by reading could be refused when it goes on to write.
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = 0;
        while done < batch.len() {
            for job in &mut batch[done..] {
                job.run(&mut transaction);
                if transaction.is_autocommit() {
                    // A full disk and its like end the transaction itself, and take the earlier jobs with it.
                    return Err(Fault::Undone);
                }
            }
            done = batch.len();
            self.queue.take_waiting(BATCH_MAX - done, batch);
        }
        transaction.commit()?;
        Ok(())
    }
}

/// One piece of work on its way to the thread and back.
trait Job: Send {
    /// Does the work inside the transaction, and keeps the outcome.
    fn run(&mut self, transaction: &mut Transaction<'_>);

    /// Hands the outcome to whoever waits, or tells that it was not committed, and why.
    fn answer(self: Box<Self>, committed: Result<(), &str>);
}

struct Work<W, T> {
    work: Option<W>,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Job for Work<W, T>
where
    T: Send,
    W: FnOnce(&mut Transaction<'_>) -> Result<T, Fault> + Send,
{
    fn run(&mut self, transaction: &mut Transaction<'_>) {
        // Whoever gave up was told "unavailable", and may try again: better that nothing was spent.
        let Some(work) = self.work.take().filter(|_| !self.reply.is_closed()) else { return };
        // A bug in one job must not end the thread that all others need. What it wrote is undone: a savepoint
        // rolls back as it unwinds, and a single statement is either done or not.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(transaction)));
        self.outcome = Some(match outcome {
            Ok(outcome) => outcome.map_err(StoreError::from),
            Err(_) => Err(StoreError::Unavailable("the write failed".into())),
        });
    }

    fn answer(self: Box<Self>, committed: Result<(), &str>) {
        let unavailable = |detail: &str| Err(StoreError::Unavailable(detail.into()));
        let outcome = match (committed, self.outcome) {
            (Err(detail), _) => unavailable(detail),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => unavailable("the write was given up"),
        };
        // Nobody to tell is no failure: a caller may stop waiting.
        let _ = self.reply.send(outcome);
    }
}

/// Refuses all further work when the thread ends, whatever ended it, so that nobody waits for an answer in vain.
struct ClosedAtEnd<'a>(&'a Writer);

impl Drop for ClosedAtEnd<'_> {
    fn drop(&mut self) {
        self.0.close();
        let mut rest = Vec::new();
        self.0.queue.take_waiting(usize::MAX, &mut rest);
    }
}

/// Jobs that share one commit.
const BATCH_MAX: usize = 256;
/// Jobs that may wait. A tenth of a second of work, so whoever waits longer than that for a place never gets one.
const QUEUE_MAX: usize = 8_192;
/// How long a caller waits for a place in the queue.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);
/// How long a caller waits for its answer: longer than another process may hold the file.
const ANSWER_PATIENCE: Duration = Duration::from_secs(10);
