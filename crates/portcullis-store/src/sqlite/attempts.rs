//! Attempt budgets in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::forgetting::{Forgetting, forgetting};
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
        FORGETTING.purge(&self.writer, most, now).await
    }
}

/// The row of a step, and the horizon where there is no row and so it matters.
fn look_up(connection: &Connection, id: ChallengeId) -> Result<(Option<Budget>, UnixMs), Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok((None, FORGETTING.horizon(connection)?)) };
    let began: Option<i64> = read(row, 0, "attempts")?;
    let began_at = began.map(|_| unsigned(row, 0, "attempts").map(UnixMs)).transpose()?;
    let made = read(row, 1, "attempts")?;
    Ok((Some(Budget { began_at, made, keep_until: moment(row, 2, "attempts")? }), UnixMs(0)))
}

fn write(connection: &Connection, id: ChallengeId, after: Option<&Budget>) -> Result<(), Fault> {
    let Some(after) = after else { return Ok(()) };
    let values = params![id.0, after.began_at.map(from_moment), after.made, from_moment(after.keep_until)];
    connection.prepare_cached(WRITE)?.execute(values)?;
    Ok(())
}

const LOOK_UP: &str = "SELECT began_at, made, keep_until FROM attempts WHERE challenge = ?1";
const WRITE: &str = "INSERT INTO attempts (challenge, began_at, made, keep_until) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT DO UPDATE SET began_at = excluded.began_at, made = excluded.made, \
     keep_until = excluded.keep_until";
static FORGETTING: Forgetting = forgetting!("attempts", "challenge");
