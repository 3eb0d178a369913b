//! A bounded queue from many async tasks to one thread.
//!
//! A channel would do the same item by item. This one hands over everything that waits under one lock, which is
//! what a group commit wants, and wakes the thread only when it sleeps: waking costs more than the work.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, TryAcquireError};

/// The queue. Items come out in the order in which they went in.
pub(super) struct Queue<T> {
    /// A std lock, since it is held for nanoseconds and shared with a thread that is not async.
    state: Mutex<State<T>>,
    arrived: Condvar,
    /// One permit per free place.
    room: Semaphore,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
    asleep: bool,
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("too many writes are waiting")]
    Full,
    #[error("the database is closed")]
    Closed,
}

impl<T> Queue<T> {
    pub(super) fn new(places: usize) -> Self {
        Self {
            state: Mutex::new(State { waiting: VecDeque::new(), closed: false, asleep: false }),
            arrived: Condvar::new(),
            room: Semaphore::new(places),
        }
    }

    /// Appends an item, waiting at most `patience` for a free place.
    pub(super) async fn push(&self, item: T, patience: Duration) -> Result<(), Refused> {
        let permit = match self.room.try_acquire() {
            Ok(permit) => permit,
            Err(TryAcquireError::Closed) => return Err(Refused::Closed),
            Err(TryAcquireError::NoPermits) => tokio::time::timeout(patience, self.room.acquire())
                .await
                .map_err(|_| Refused::Full)?
                .map_err(|_| Refused::Closed)?,
        };
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed);
        }
        // `take` gives it back, together with those of all other items it takes.
        permit.forget();
        state.waiting.push_back(item);
        if std::mem::take(&mut state.asleep) {
            drop(state);
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// How many items wait.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Moves up to `most` items into `taken`, waiting for a first one. `false` once the queue is closed and empty.
    pub(super) fn take(&self, most: usize, taken: &mut Vec<T>) -> bool {
        let mut state = self.lock();
        while state.waiting.is_empty() {
            if state.closed {
                return false;
            }
            state.asleep = true;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.hand_over(state, most, taken);
        true
    }

    /// Moves up to `most` items into `taken` without waiting. Answers how many.
    pub(super) fn take_waiting(&self, most: usize, taken: &mut Vec<T>) -> usize {
        self.hand_over(self.lock(), most, taken)
    }

    /// Takes no more items. Those that wait can still be taken.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.room.close();
        self.arrived.notify_all();
    }

    fn hand_over(&self, mut state: MutexGuard<'_, State<T>>, most: usize, taken: &mut Vec<T>) -> usize {
        let number = most.min(state.waiting.len());
        taken.extend(state.waiting.drain(..number));
        drop(state);
        self.room.add_permits(number);
        number
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that is done under the lock can panic half-way, so a poisoned state is still a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn hands_over_in_order_and_refuses_when_full_or_closed() {
        let queue = Queue::new(3);
        for item in 0..3 {
            queue.push(item, PATIENCE).await.unwrap();
        }
        assert_eq!(queue.push(3, PATIENCE).await, Err(Refused::Full));
        let mut taken = Vec::new();
        assert!(queue.take(2, &mut taken));
        assert_eq!(taken, [0, 1]);
        queue.push(4, PATIENCE).await.unwrap();
        queue.close();
        assert_eq!(queue.push(5, PATIENCE).await, Err(Refused::Closed));
        assert!(queue.take(9, &mut taken));
        assert_eq!(taken, [0, 1, 2, 4]);
        assert!(!queue.take(9, &mut taken));
        assert_eq!(queue.take_waiting(9, &mut taken), 0);
    }

    #[tokio::test]
    async fn whoever_waits_for_room_gets_it_or_learns_of_the_end() {
        let queue = std::sync::Arc::new(Queue::new(1));
        queue.push(0, PATIENCE).await.unwrap();
        let patient = |item| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.push(item, Duration::from_secs(600)).await })
        };
        let second = patient(1);
        tokio::task::yield_now().await;
        assert_eq!(queue.take_waiting(9, &mut Vec::new()), 1);
        assert_eq!(second.await.unwrap(), Ok(()));
        let third = patient(2);
        tokio::task::yield_now().await;
        queue.close();
        assert_eq!(third.await.unwrap(), Err(Refused::Closed));
    }
}
