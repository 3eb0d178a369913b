//! The rule of attempt budgets: what one row, and a wish to change it, add up to.
//!
//! Pure and shared by adapters, like the rule of the [ledger](crate::ledger), and with the same horizon: what need
//! not be remembered beyond it may have been forgotten already, so an absent row is then no proof of a full budget.

use crate::{Attempt, UnixMs};

/// One step and what was made of its budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// When the step began, if it did.
    pub(crate) began_at: Option<UnixMs>,
    /// Attempts so far.
    pub(crate) made: u32,
    /// Until when the row must be remembered.
    pub(crate) keep_until: UnixMs,
}

/// Judges a beginning. Answers with the row to write where something changes.
pub(crate) fn begin(
    row: Option<&Budget>,
    keep_until: UnixMs,
    horizon: UnixMs,
    now: UnixMs,
) -> (UnixMs, Option<Budget>) {
    if let Some(began_at) = row.and_then(|row| row.began_at) {
        return (began_at, None);
    }
    // What may be forgotten at once is not worth a row: no attempt will be granted for it.
    if !is_open(row, keep_until, horizon, now) {
        return (now, None);
    }
    let before = row.cloned().unwrap_or_else(|| new(keep_until));
    let keep_until = before.keep_until.max(keep_until);
    (now, Some(Budget { began_at: Some(now), keep_until, ..before }))
}

/// Judges an attempt. Answers with the row to write where one is granted.
pub(crate) fn attempt(
    row: Option<&Budget>,
    most: u32,
    keep_until: UnixMs,
    horizon: UnixMs,
    now: UnixMs,
) -> (Option<Attempt>, Option<Budget>) {
    let before = row.cloned().unwrap_or_else(|| new(keep_until));
    if !is_open(row, keep_until, horizon, now) || before.made >= most {
        return (None, None);
    }
    // Below `most`, so one more still fits.
    let number = before.made + 1;
    let granted = Attempt { began_at: before.began_at, number };
    let keep_until = before.keep_until.max(keep_until);
    (Some(granted), Some(Budget { made: number, keep_until, ..before }))
}

/// Whether an attempt may still be granted: its time has not come, and it cannot have been forgotten.
fn is_open(row: Option<&Budget>, keep_until: UnixMs, horizon: UnixMs, now: UnixMs) -> bool {
    keep_until > now && (row.is_some() || keep_until > horizon)
}

fn new(keep_until: UnixMs) -> Budget {
    Budget { began_at: None, made: 0, keep_until }
}
