//! The rule of quotas: what one row, and one more use, add up to.
//!
//! Pure and shared by adapters, like the rule of the [ledger](crate::ledger), but without its horizon. A token that
//! is good again is a hole; a quota that starts over is a gift. To refuse whatever may have been forgotten would, for
//! rows that are kept for a month, lock sites out for as long.

use crate::UnixMs;

/// How often a quota was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// Uses so far; 1 and up.
    pub(crate) uses: u32,
    /// Until when the row must be remembered.
    pub(crate) keep_until: UnixMs,
}

/// Judges a use. Answers with the row to write where it is granted.
pub(crate) fn count(row: Option<&Counted>, most: u32, keep_until: UnixMs, now: UnixMs) -> Option<Counted> {
    // A row whose time has passed is as good as purged, so it does not matter whether a purge came by.
    let kept = row.filter(|row| row.keep_until > now);
    let before = kept.map_or(0, |row| row.uses);
    let keep_until = kept.map_or(keep_until, |row| row.keep_until.max(keep_until));
    // Below `most`, so one more still fits.
    (before < most).then(|| Counted { uses: before + 1, keep_until })
}
