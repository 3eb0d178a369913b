//! Latencies, and what is said of them.

use std::time::Duration;

use serde_json::{Value, json};

/// Latencies in the order in which they came.
#[derive(Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// Adds one.
    pub fn push(&mut self, latency: Duration) {
        self.0.push(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds those of another task.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// Median, 99th percentile and maximum in microseconds.
    pub fn summary(&mut self) -> Value {
        self.0.sort_unstable();
        let at = |share: f64| {
            let index = (self.0.len() as f64 * share) as usize;
            self.0.get(index.min(self.0.len().saturating_sub(1))).map_or(0.0, |nanos| *nanos as f64 / 1000.0)
        };
        json!({ "number": self.0.len(), "p50_us": at(0.5), "p99_us": at(0.99), "max_us": at(1.0) })
    }
}
