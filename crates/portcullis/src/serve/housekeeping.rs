//! What the server does besides answering: taking over changes and tidying up.

use std::sync::Arc;
use std::time::Duration;

use portcullis_engine::{Engine, StoreError};
use tokio::time::{MissedTickBehavior, interval};

/// Keeps house until it is aborted.
pub(super) async fn run(engine: Arc<Engine>) {
    let mut ticks = interval(REFRESH_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health = Health::default();
    for tick in 0_u64.. {
        ticks.tick().await;
        let mut outcome = engine.refresh().await.map(|changed| {
            if changed {
                tracing::info!(sites = engine.sites().len(), "sites or keys changed");
            }
        });
        if outcome.is_ok() && tick % TIDY_EVERY == 0 {
            outcome = engine.tidy().await;
        }
        health.note(outcome);
    }
}

/// Tells of a failure once, and once of its end: a line per second would bury everything else.
#[derive(Default)]
struct Health {
    failing: Option<String>,
}

impl Health {
    fn note(&mut self, outcome: Result<(), StoreError>) {
        match outcome.map_err(|error| error.to_string()) {
            Err(error) if self.failing.as_ref() != Some(&error) => {
                tracing::error!(error, "housekeeping failed");
                self.failing = Some(error);
            }
            Ok(()) if self.failing.take().is_some() => tracing::info!("housekeeping works again"),
            _ => {}
        }
    }
}

/// A change by another process is taken over within this time.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// In refreshes: counts are written and old rows removed this often.
const TIDY_EVERY: u64 = 2;
