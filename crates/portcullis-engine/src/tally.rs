//! Counts of what happened, for the operator.
//!
//! Counted in memory and written to the store every few seconds, so that counting costs a request nothing to
//! speak of. A crash loses those seconds of counts, and nothing else. Only known sites and known codes are
//! counted, so junk makes no rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use portcullis_store::{Count, Events, SiteId, StoreError, UnixMs};
use serde::Serialize;

/// What can happen on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// A challenge was issued.
    Challenge,
    /// A challenge was refused.
    ChallengeRefused,
    /// A challenge was redeemed for a token.
    Redeem,
    /// Solutions were not accepted.
    RedeemFailed,
    /// A token was verified.
    Verify,
    /// A token was not accepted.
    VerifyFailed,
    /// What the policy would have asked of a visitor, had it been enforced.
    Shadow,
    /// Somebody else was to be asked about a visitor.
    SecondOpinion,
}

impl Event {
    /// The event's stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::ChallengeRefused => "challenge_refused",
            Self::Redeem => "redeem",
            Self::RedeemFailed => "redeem_failed",
            Self::Verify => "verify",
            Self::VerifyFailed => "verify_failed",
            Self::Shadow => "shadow",
            Self::SecondOpinion => "second_opinion",
        }
    }
}

/// What happened on a site in a span of time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Challenges issued.
    pub challenges: u64,
    /// Challenges redeemed for a token.
    pub redeemed: u64,
    /// Tokens verified.
    pub verified: u64,
    /// Refusals and failures by `event:reason`, such as `redeem_failed:expired`.
    pub failures: BTreeMap<String, u64>,
}

#[derive(Default)]
pub(crate) struct Tally {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    pending: HashMap<(SiteId, Event, &'static str), u64>,
    totals: BTreeMap<(Event, &'static str), u64>,
    wrong_secrets: u64,
}

impl Tally {
    pub(crate) fn count(&self, site: SiteId, event: Event, reason: &'static str) {
        let mut state = self.lock();
        *state.pending.entry((site, event, reason)).or_default() += 1;
        *state.totals.entry((event, reason)).or_default() += 1;
    }

    pub(crate) fn wrong_secret(&self) {
        self.lock().wrong_secrets += 1;
    }

    /// Every event and reason since the start, and the wrong secrets.
    pub(crate) fn totals(&self) -> (Vec<(Event, &'static str, u64)>, u64) {
        let state = self.lock();
        (
            state.totals.iter().map(|((event, reason), number)| (*event, *reason, *number)).collect(),
            state.wrong_secrets,
        )
    }

    /// Writes what was counted since the last call. What could not be written is kept for the next.
    pub(crate) async fn flush(&self, events: &dyn Events, now: UnixMs) -> Result<(), StoreError> {
        let pending = std::mem::take(&mut self.lock().pending);
        if pending.is_empty() {
            return Ok(());
        }
        let counts: Vec<Count> = pending
            .iter()
            .map(|((site, event, reason), number)| Count {
                site: *site,
                minute: minute(now),
                event: code(*event, reason),
                number: *number,
            })
            .collect();
        let written = events.add(&counts).await;
        if written.is_err() {
            let mut state = self.lock();
            for (key, number) in pending {
                *state.pending.entry(key).or_default() += number;
            }
        }
        written
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Held for a few additions only, and counts are worth keeping even if one of them panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Statistics {
    pub(crate) async fn read(
        events: &dyn Events,
        site: Option<SiteId>,
        from: UnixMs,
        now: UnixMs,
    ) -> Result<Self, StoreError> {
        let mut statistics = Self::default();
        for count in events.sums(site, minute(from), minute(now) + 1).await? {
            match count.event.as_str() {
                "challenge" => statistics.challenges += count.number,
                "redeem" => statistics.redeemed += count.number,
                "verify" => statistics.verified += count.number,
                // No failure, and counted for the operator's metrics alone.
                "second_opinion:passed" => {}
                _ => *statistics.failures.entry(count.event).or_default() += count.number,
            }
        }
        Ok(statistics)
    }
}

/// Minutes since the Unix epoch.
pub(crate) fn minute(now: UnixMs) -> u32 {
    u32::try_from(now.0 / 60_000).unwrap_or(u32::MAX - 1)
}

fn code(event: Event, reason: &str) -> String {
    if reason.is_empty() { event.code().to_owned() } else { format!("{}:{reason}", event.code()) }
}
