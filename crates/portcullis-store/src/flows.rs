//! The rule of flows: what one row, and a wish to change it, add up to.
//!
//! Pure and shared by adapters, like the rule of the [ledger](crate::ledger), and with the same horizon: what need
//! not be remembered beyond it may have been forgotten already, so an absent row is then no proof of a flow that
//! nobody finished.

use crate::{Consumed, UnixMs};

/// One flow that was finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// What is still to be fetched; absent once it was.
    pub(crate) verdict: Option<Vec<u8>>,
    /// Until when the row must be remembered.
    pub(crate) keep_until: UnixMs,
}

/// Judges a finish. Answers with the row to write where the flow is finished by it.
pub(crate) fn finish(
    row: Option<&Finished>,
    verdict: &[u8],
    keep_until: UnixMs,
    horizon: UnixMs,
    now: UnixMs,
) -> Option<Finished> {
    // A row whose time has passed still counts: by a clock that is set back its time has not passed.
    let is_new = row.is_none() && keep_until > now.max(horizon);
    is_new.then(|| Finished { verdict: Some(verdict.to_vec()), keep_until })
}

/// Judges a fetching. Answers with the row to write where the verdict is handed out.
pub(crate) fn consume(row: Option<Finished>, now: UnixMs) -> (Consumed, Option<Finished>) {
    match row {
        Some(Finished { verdict, keep_until }) if now < keep_until => match verdict {
            Some(verdict) => (Consumed::Now(verdict), Some(Finished { verdict: None, keep_until })),
            None => (Consumed::Already, None),
        },
        _ => (Consumed::Unknown, None),
    }
}
