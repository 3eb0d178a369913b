//! Finding something out in the background, once for all who want to know.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portcullis_engine::{Clock, UnixMs};
use tokio::sync::watch;

use super::expiring::Expiring;

/// Answers by question: those that are known, and those that are under way.
pub(super) struct Answers<K: Eq + Hash + Clone, V> {
    state: Arc<Mutex<State<K, V>>>,
    clock: Arc<dyn Clock>,
    under_way_max: usize,
}

struct State<K, V> {
    known: Expiring<K, V>,
    /// Whoever waits is woken when the sender is dropped.
    under_way: HashMap<K, watch::Receiver<()>>,
}

/// An answer and for how long it holds, in milliseconds.
pub(super) struct Answer<V> {
    /// The answer.
    pub(super) value: V,
    /// For how long it holds.
    pub(super) keep_ms: u64,
}

impl<K, V> Answers<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Keeps at most `most` answers; at most `under_way_max` questions are under way, further ones are not asked.
    pub(super) fn new(most: usize, under_way_max: usize, clock: Arc<dyn Clock>) -> Self {
        let state = State { known: Expiring::new(most), under_way: HashMap::new() };
        Self { state: Arc::new(Mutex::new(state)), clock, under_way_max }
    }

    /// The answer, if it is known already.
    pub(super) fn known(&self, key: &K) -> Option<V> {
        lock(&self.state).known.find(key, self.clock.now()).cloned()
    }

    /// The answer, once it is found. The work goes on when nobody waits any more, so that it is not in vain.
    /// `None` where it finds no answer, or too many questions are under way.
    pub(super) async fn find<F>(&self, key: K, work: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = Option<Answer<V>>> + Send + 'static,
    {
        let mut waiting = {
            let mut state = lock(&self.state);
            if let Some(value) = state.known.find(&key, self.clock.now()) {
                return Some(value.clone());
            }
            match state.under_way.get(&key) {
                Some(waiting) => waiting.clone(),
                None if state.under_way.len() >= self.under_way_max => return None,
                None => {
                    let (done, waiting) = watch::channel(());
                    state.under_way.insert(key.clone(), waiting.clone());
                    self.start(key.clone(), done, work());
                    waiting
                }
            }
        };
        // It ends with the sender.
        while waiting.changed().await.is_ok() {}
        self.known(&key)
    }

    fn start<F>(&self, key: K, done: watch::Sender<()>, work: F)
    where
        F: Future<Output = Option<Answer<V>>> + Send + 'static,
    {
        let clock = self.clock.clone();
        let question = UnderWay { key: Some(key), state: self.state.clone(), _done: done };
        tokio::spawn(async move {
            let answer = work.await;
            question.finish(answer, clock.now());
        });
    }
}

/// A question under way. It is given up even if the work panics, or the key would be waited for until the end.
struct UnderWay<K: Eq + Hash, V> {
    key: Option<K>,
    state: Arc<Mutex<State<K, V>>>,
    _done: watch::Sender<()>,
}

impl<K: Eq + Hash + Clone, V> UnderWay<K, V> {
    fn finish(mut self, answer: Option<Answer<V>>, now: UnixMs) {
        let mut state = lock(&self.state);
        if let Some(key) = self.key.take() {
            state.under_way.remove(&key);
            if let Some(Answer { value, keep_ms }) = answer {
                state.known.insert(key, value, now.plus(keep_ms));
            }
        }
    }
}

impl<K: Eq + Hash, V> Drop for UnderWay<K, V> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            lock(&self.state).under_way.remove(&key);
        }
    }
}

fn lock<K, V>(state: &Mutex<State<K, V>>) -> MutexGuard<'_, State<K, V>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_engine::ManualClock;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Semaphore;

    fn answers(under_way_max: usize) -> (Arc<Answers<u8, u8>>, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(UnixMs(1_000)));
        (Arc::new(Answers::new(10, under_way_max, clock.clone())), clock)
    }

    #[tokio::test]
    async fn a_hundred_who_ask_at_once_cost_one_question() {
        let (answers, clock) = answers(1);
        let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let ask = || {
            let (answers, asked, gate) = (answers.clone(), asked.clone(), gate.clone());
            tokio::spawn(async move {
                let work = || async move {
                    asked.fetch_add(1, Ordering::SeqCst);
                    let _ = gate.acquire().await;
                    Some(Answer { value: 7, keep_ms: 50 })
                };
                answers.find(1, work).await
            })
        };
        let waiting: Vec<_> = (0..100).map(|_| ask()).collect();
        tokio::task::yield_now().await;
        gate.add_permits(100);
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Some(7));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        clock.advance(50);
        assert_eq!(answers.known(&1), None);
        assert_eq!(ask().await.unwrap(), Some(7));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn whoever_stops_waiting_does_not_stop_the_work() {
        let (answers, _) = answers(1);
        let gate = Arc::new(Semaphore::new(0));
        let inner = gate.clone();
        let work = move || async move {
            let _ = inner.acquire().await;
            Some(Answer { value: 7, keep_ms: 50 })
        };
        tokio::select! {
            biased;
            _ = answers.find(1, work) => panic!("the work is not done"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(answers.find(2, || async { None }).await, None, "one question at a time");
        gate.add_permits(1);
        assert_eq!(answers.find(1, || async { unreachable!() }).await, Some(7));
    }

    #[tokio::test]
    async fn work_that_finds_nothing_or_panics_leaves_nothing_behind() {
        let (answers, _) = answers(1);
        assert_eq!(answers.find(1, || async { None }).await, None);
        assert_eq!(answers.find(1, || async { panic!("a bug") }).await, None);
        assert_eq!(answers.find(1, || async { Some(Answer { value: 3, keep_ms: 1 }) }).await, Some(3));
    }
}
