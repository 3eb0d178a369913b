//! Answers that are kept for a while, in bounded memory.
//!
//! Two generations instead of a list of least recent use: what is found in the old one moves to the young one, and
//! when the young one is full, the old one goes as a whole. A flood of addresses pushes out what nobody asks for.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem;

use portcullis_engine::UnixMs;

/// Values by key, each until its time.
#[derive(Debug)]
pub(super) struct Expiring<K, V> {
    young: HashMap<K, (UnixMs, V)>,
    old: HashMap<K, (UnixMs, V)>,
    generation_max: usize,
}

impl<K: Eq + Hash + Clone, V> Expiring<K, V> {
    /// Keeps at most `most` values.
    pub(super) fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), generation_max: (most / 2).max(1) }
    }

    /// The value, if its time has not come.
    pub(super) fn find(&mut self, key: &K, now: UnixMs) -> Option<&V> {
        if let Some((until, value)) = self.old.remove(key)
            && !self.young.contains_key(key)
        {
            self.insert(key.clone(), value, until);
        }
        self.young.get(key).filter(|(until, _)| now < *until).map(|(_, value)| value)
    }

    /// Keeps a value until `until`.
    pub(super) fn insert(&mut self, key: K, value: V, until: UnixMs) {
        if self.young.len() >= self.generation_max && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, (until, value));
    }

    /// How many values are held, also those whose time has come.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_lasts_until_its_time() {
        let mut values = Expiring::new(10);
        values.insert("a", 1, UnixMs(100));
        assert_eq!(values.find(&"a", UnixMs(99)), Some(&1));
        assert_eq!(values.find(&"a", UnixMs(100)), None);
        values.insert("a", 2, UnixMs(200));
        assert_eq!(values.find(&"a", UnixMs(100)), Some(&2));
        assert_eq!(values.find(&"b", UnixMs(0)), None);
    }

    #[test]
    fn memory_is_bounded_and_what_is_asked_for_stays() {
        let mut values = Expiring::new(100);
        values.insert(0, "kept", UnixMs(u64::MAX));
        for key in 1..10_000 {
            values.insert(key, "passing", UnixMs(u64::MAX));
            assert_eq!(values.find(&0, UnixMs(0)), Some(&"kept"), "{key}");
            assert!(values.len() <= 100);
        }
        assert_eq!(values.find(&1, UnixMs(0)), None);
        assert_eq!(values.find(&9_999, UnixMs(0)), Some(&"passing"));
    }
}
