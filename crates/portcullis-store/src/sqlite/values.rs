//! How our values stand in SQLite's columns.

use rusqlite::Row;
use rusqlite::types::FromSql;

use super::error::Fault;
use crate::UnixMs;

/// A moment as an integer column holds it. SQLite's integers are signed: a moment beyond the year 292 million is
/// kept as that year, which leaves the order of moments as it is.
pub(super) fn from_moment(moment: UnixMs) -> i64 {
    i64::try_from(moment.0).unwrap_or(i64::MAX)
}

/// Reads a moment.
pub(super) fn moment(row: &Row<'_>, column: usize, what: &'static str) -> Result<UnixMs, Fault> {
    unsigned(row, column, what).map(UnixMs)
}

/// Reads an integer that is never negative.
pub(super) fn unsigned(row: &Row<'_>, column: usize, what: &'static str) -> Result<u64, Fault> {
    let number: i64 = read(row, column, what)?;
    number.try_into().map_err(|_| Fault::Unreadable { what, detail: format!("column {column} is negative") })
}

/// Reads any value, and tells which table was unreadable without showing what was in it.
pub(super) fn read<T: FromSql>(row: &Row<'_>, column: usize, what: &'static str) -> Result<T, Fault> {
    row.get(column)
        .map_err(|_| Fault::Unreadable { what, detail: format!("column {column} has another form") })
}
