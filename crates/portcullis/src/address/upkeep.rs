//! Keeping the files' content in memory current, and the files themselves.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use portcullis_engine::UnixMs;
use portcullis_ipdata::Report;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::{Addresses, ListSource, fetch_all};

impl Addresses {
    /// Takes over changed files and fetches lists that are due, until it is aborted.
    pub(crate) async fn keep_current(self: Arc<Self>) {
        tokio::join!(self.clone().watch(), self.refresh());
    }

    /// Takes over what changed in the folder, and logs it.
    pub(super) fn reload(&self) -> Report {
        let report = self.lookup.load(&self.folder);
        let earlier = {
            let mut last = self.folder_problem.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *last, report.problem.clone())
        };
        if let Some(problem) = report.problem.as_ref().filter(|problem| earlier.as_ref() != Some(problem)) {
            tracing::warn!(problem, "the folder of address data cannot be read; what was loaded stays");
        }
        for (file, problem) in report
            .files
            .iter()
            .filter(|file| file.changed)
            .filter_map(|file| file.problem.as_ref().map(|problem| (&file.file, problem)))
        {
            tracing::warn!(file, %problem, "a file of address data cannot be used; its last good version stays, if there is one");
        }
        if report.changed {
            let entries: usize = report.files.iter().map(|file| file.entries).sum();
            tracing::info!(files = report.files.len(), entries, "address data loaded");
        }
        report
    }

    async fn watch(self: Arc<Self>) {
        let mut ticks = interval(Duration::from_secs(self.settings.reload_secs));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let addresses = self.clone();
            // It ends otherwise only if it panics, which the log has told.
            let _ = spawn_blocking(move || addresses.reload()).await;
        }
    }

    async fn refresh(self: Arc<Self>) {
        if self.settings.lists.is_empty() {
            return;
        }
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut attempts = Attempts::default();
        loop {
            ticks.tick().await;
            let due = attempts.due(&self);
            let (addresses, before) = (self.clone(), attempts);
            let fetched = spawn_blocking(move || before.fetch(&addresses, due)).await;
            attempts = fetched.unwrap_or_default();
        }
    }
}

/// When each list was last asked for, and why it did not come.
#[derive(Debug, Default)]
struct Attempts(HashMap<String, (UnixMs, Option<String>)>);

impl Attempts {
    /// Lists that are missing or too old, and were not asked for a moment ago.
    fn due(&self, addresses: &Addresses) -> Vec<ListSource> {
        let now = addresses.clock.now();
        let is_due = |source: &ListSource| {
            let rests = self.0.get(&source.file).is_some_and(|(last, _)| now < last.plus(REST_MS));
            let written = fs::metadata(addresses.folder.join(&source.file)).and_then(|file| file.modified());
            let written = written.ok().and_then(|written| written.duration_since(UNIX_EPOCH).ok());
            let is_old = written.is_none_or(|written| {
                let written = UnixMs(u64::try_from(written.as_millis()).unwrap_or(u64::MAX));
                written.plus(addresses.settings.lists_refresh_secs * 1000) <= now
            });
            is_old && !rests
        };
        addresses.settings.list_sources().into_iter().filter(is_due).collect()
    }

    fn fetch(mut self, addresses: &Addresses, due: Vec<ListSource>) -> Self {
        if due.is_empty() {
            return self;
        }
        // Where it cannot be made, every list says that it was not written.
        let _ = fs::create_dir_all(&addresses.folder);
        for fetched in fetch_all(due, &addresses.folder) {
            let file = fetched.source.file;
            let problem = fetched.outcome.err().map(|error| error.to_string());
            let earlier = self.0.get(&file).and_then(|(_, problem)| problem.clone());
            match &problem {
                Some(problem) if earlier.as_ref() != Some(problem) => {
                    tracing::warn!(
                        file,
                        problem,
                        "a list of addresses was not fetched; the last good one stays"
                    );
                }
                Some(_) => {}
                None => tracing::info!(file, "a list of addresses was fetched"),
            }
            self.0.insert(file, (addresses.clock.now(), problem));
        }
        addresses.reload();
        self
    }
}

/// How often it is seen whether a list is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A list that did not come is asked for again after this time, in milliseconds.
const REST_MS: u64 = 10 * 60_000;
