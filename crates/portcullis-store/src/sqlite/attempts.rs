//! Attempt budgets in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, named_params, params};

use super::error::Fault;
use super::values::{from_moment, moment, read, unsigned};
use super::writer::Writer;
use crate::attempts::{self, Budget};
use crate::{Attempt, Attempts, ChallengeId, StoreError, UnixMs};

/// The table `attempts`.
pub(super) struct AttemptTable {
    pub(super) writer: Arc<Writer>,
}

#[async_trait]
impl Attempts for AttemptTable {
    async fn begin(&self, id: ChallengeId, keep_until: UnixMs, now: UnixMs) -> Result<UnixMs, StoreError> {
        self.writer
            .once(move |transaction| {
                let (row, horizon) = look_up(transaction, id)?;
                let (began_at, changed) = attempts::begin(row.as_ref(), keep_until, horizon, now);
                write(transaction, id, changed.as_ref())?;
                Ok(began_at)
            })
            .await
    }

    async fn attempt(
        &self,
        id: ChallengeId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<Attempt>, StoreError> {
        self.writer
            .once(move |transaction| {
                let (row, horizon) = look_up(transaction, id)?;
                let (granted, changed) = attempts::attempt(row.as_ref(), most, keep_until, horizon, now);
                write(transaction, id, changed.as_ref())?;
                Ok(granted)
            })
            .await
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        // In steps for the sake of spends, as in the ledger.
        let mut removed = 0;
        while removed < u64::from(most) {
            let step = PURGE_STEP.min(u64::from(most) - removed);
            let gone = self.writer.whole(move |connection| purge(connection, step, now)).await?;
            removed += gone;
            if gone < step {
                break;
            }
        }
        Ok(removed)
    }
}

/// The row of a step, and the horizon where there is no row and so it matters.
fn look_up(connection: &Connection, id: ChallengeId) -> Result<(Option<Budget>, UnixMs), Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok((None, horizon(connection)?)) };
    let began: Option<i64> = read(row, 0, "attempts")?;
    let began_at = began.map(|_| unsigned(row, 0, "attempts").map(UnixMs)).transpose()?;
    let made = read(row, 1, "attempts")?;
    Ok((Some(Budget { began_at, made, keep_until: moment(row, 2, "attempts")? }), UnixMs(0)))
}

/// The latest `keep_until` that was ever purged.
fn horizon(connection: &Connection) -> Result<UnixMs, Fault> {
    let mut statement =
        connection.prepare_cached("SELECT purged_until FROM attempts_horizon WHERE one = 1")?;
    let mut rows = statement.query([])?;
    let row = rows.next()?.ok_or(Fault::Unreadable { what: "attempts_horizon", detail: "no row".into() })?;
    moment(row, 0, "attempts_horizon")
}

fn write(connection: &Connection, id: ChallengeId, after: Option<&Budget>) -> Result<(), Fault> {
    let Some(after) = after else { return Ok(()) };
    let values = params![id.0, after.began_at.map(from_moment), after.made, from_moment(after.keep_until)];
    connection.prepare_cached(WRITE)?.execute(values)?;
    Ok(())
}

/// Removes up to `most` rows whose time has passed, and moves the horizon behind them.
fn purge(connection: &Connection, most: u64, now: UnixMs) -> Result<u64, Fault> {
    let mut statement = connection.prepare_cached(PURGE)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = statement.query(named_params! { ":now": from_moment(now), ":most": most })?;
    let (mut removed, mut horizon) = (0, UnixMs(0));
    while let Some(row) = rows.next()? {
        removed += 1;
        horizon = horizon.max(moment(row, 0, "attempts")?);
    }
    if removed > 0 {
        connection.prepare_cached(MOVE_HORIZON)?.execute([from_moment(horizon)])?;
    }
    Ok(removed)
}

const LOOK_UP: &str = "SELECT began_at, made, keep_until FROM attempts WHERE challenge = ?1";
const WRITE: &str = "INSERT INTO attempts (challenge, began_at, made, keep_until) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT DO UPDATE SET began_at = excluded.began_at, made = excluded.made, \
     keep_until = excluded.keep_until";
const PURGE: &str = "DELETE FROM attempts WHERE challenge IN (SELECT challenge FROM attempts \
     WHERE keep_until <= :now ORDER BY keep_until LIMIT :most) RETURNING keep_until";
const MOVE_HORIZON: &str = "UPDATE attempts_horizon SET purged_until = max(purged_until, ?1)";
/// Rows that one step of a purge removes.
const PURGE_STEP: u64 = 128;
