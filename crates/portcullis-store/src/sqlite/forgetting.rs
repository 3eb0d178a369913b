//! Rows that are forgotten once their time has passed, and how far that went.
//!
//! Each table of the hot side has a column `keep_until` with an index, and beside it a table of one row: the
//! horizon, of which [`crate::ledger`] tells why it is needed. Quotas have none, and [`crate::quotas`] tells why.

use rusqlite::{Connection, named_params};

use super::error::Fault;
use super::values::{from_moment, moment};
use super::writer::Writer;
use crate::{StoreError, UnixMs};

/// The statements that forget rows of one table; made by `forgetting!`.
pub(super) struct Forgetting {
    /// The table.
    pub(super) table: &'static str,
    /// Removes rows, and answers with the `keep_until` of each.
    pub(super) remove: &'static str,
    /// How far that went, where it matters.
    pub(super) horizon: Option<Horizon>,
}

/// The statements of one table's horizon.
pub(super) struct Horizon {
    /// The table of the horizon.
    pub(super) table: &'static str,
    /// Reads it.
    pub(super) read: &'static str,
    /// Moves it on.
    pub(super) advance: &'static str,
}

/// The statements for a table with this primary key.
macro_rules! forgetting {
    ($table:literal, $key:literal) => {
        $crate::sqlite::forgetting::Forgetting {
            horizon: Some($crate::sqlite::forgetting::Horizon {
                table: concat!($table, "_horizon"),
                read: concat!("SELECT purged_until FROM ", $table, "_horizon WHERE one = 1"),
                advance: concat!("UPDATE ", $table, "_horizon SET purged_until = max(purged_until, ?1)"),
            }),
            ..$crate::sqlite::forgetting::forgetting!($table, $key, no horizon)
        }
    };
    ($table:literal, $key:literal, no horizon) => {
        $crate::sqlite::forgetting::Forgetting {
            table: $table,
            horizon: None,
            remove: concat!(
                "DELETE FROM ",
                $table,
                " WHERE ",
                $key,
                " IN (SELECT ",
                $key,
                " FROM ",
                $table,
                " WHERE keep_until <= :now ORDER BY keep_until LIMIT :most) RETURNING keep_until"
            ),
        }
    };
}
pub(super) use forgetting;

impl Forgetting {
    /// The latest `keep_until` that was ever purged; the epoch where nobody needs to know.
    pub(super) fn horizon(&self, connection: &Connection) -> Result<UnixMs, Fault> {
        let Some(Horizon { table: what, read, .. }) = self.horizon else { return Ok(UnixMs(0)) };
        let mut statement = connection.prepare_cached(read)?;
        let mut rows = statement.query([])?;
        let row = rows.next()?.ok_or(Fault::Unreadable { what, detail: "no row".into() })?;
        moment(row, 0, what)
    }

    /// Removes up to `most` rows whose time has passed. Answers how many.
    pub(super) async fn purge(
        &'static self,
        writer: &Writer,
        most: u32,
        now: UnixMs,
    ) -> Result<u64, StoreError> {
        // Each step queues up anew, so spends that arrive meanwhile come in between.
        let mut removed = 0;
        while removed < u64::from(most) {
            let step = PURGE_STEP.min(u64::from(most) - removed);
            let gone = writer.whole(move |connection| self.remove(connection, step, now)).await?;
            removed += gone;
            if gone < step {
                break;
            }
        }
        Ok(removed)
    }

    /// Removes one step's rows, and moves the horizon behind them.
    fn remove(&self, connection: &Connection, most: u64, now: UnixMs) -> Result<u64, Fault> {
        let mut statement = connection.prepare_cached(self.remove)?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut rows = statement.query(named_params! { ":now": from_moment(now), ":most": most })?;
        let (mut removed, mut horizon) = (0, UnixMs(0));
        while let Some(row) = rows.next()? {
            removed += 1;
            horizon = horizon.max(moment(row, 0, self.table)?);
        }
        if let Some(Horizon { advance, .. }) = self.horizon.as_ref().filter(|_| removed > 0) {
            connection.prepare_cached(advance)?.execute([from_moment(horizon)])?;
        }
        Ok(removed)
    }
}

/// Rows that one step of a purge removes: under a millisecond, so that a spend behind it hardly notices.
const PURGE_STEP: u64 = 128;
