//! Finished flows in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, named_params, params};

use super::error::Fault;
use super::values::{from_moment, moment, read};
use super::writer::Writer;
use crate::flows::{self, Finished};
use crate::hot::check_verdict;
use crate::{Consumed, FlowId, Flows, StoreError, UnixMs};

/// The table `flows`.
pub(super) struct FlowTable {
    pub(super) writer: Arc<Writer>,
}

#[async_trait]
impl Flows for FlowTable {
    async fn finish(
        &self,
        flow: FlowId,
        verdict: &[u8],
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        check_verdict(verdict)?;
        let verdict = verdict.to_vec();
        self.writer
            .once(move |transaction| {
                let (row, horizon) = look_up(transaction, flow)?;
                let finished = flows::finish(row.as_ref(), &verdict, keep_until, horizon, now);
                let Some(row) = finished else { return Ok(false) };
                let values = params![flow.0, row.verdict, from_moment(row.keep_until)];
                transaction.prepare_cached(INSERT)?.execute(values)?;
                Ok(true)
            })
            .await
    }

    async fn consume(&self, flow: FlowId, now: UnixMs) -> Result<Consumed, StoreError> {
        self.writer
            .once(move |transaction| {
                let (row, _) = look_up(transaction, flow)?;
                let (consumed, changed) = flows::consume(row, now);
                if let Some(row) = changed {
                    transaction.prepare_cached(UPDATE)?.execute(params![flow.0, row.verdict])?;
                }
                Ok(consumed)
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

/// The row of a flow, and the horizon where there is no row and so it matters.
fn look_up(connection: &Connection, flow: FlowId) -> Result<(Option<Finished>, UnixMs), Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([flow.0])?;
    let Some(row) = rows.next()? else { return Ok((None, horizon(connection)?)) };
    let row = Finished { verdict: read(row, 0, "flows")?, keep_until: moment(row, 1, "flows")? };
    Ok((Some(row), UnixMs(0)))
}

/// The latest `keep_until` that was ever purged.
fn horizon(connection: &Connection) -> Result<UnixMs, Fault> {
    let mut statement = connection.prepare_cached("SELECT purged_until FROM flows_horizon WHERE one = 1")?;
    let mut rows = statement.query([])?;
    let row = rows.next()?.ok_or(Fault::Unreadable { what: "flows_horizon", detail: "no row".into() })?;
    moment(row, 0, "flows_horizon")
}

/// Removes up to `most` rows whose time has passed, and moves the horizon behind them.
fn purge(connection: &Connection, most: u64, now: UnixMs) -> Result<u64, Fault> {
    let mut statement = connection.prepare_cached(PURGE)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = statement.query(named_params! { ":now": from_moment(now), ":most": most })?;
    let (mut removed, mut horizon) = (0, UnixMs(0));
    while let Some(row) = rows.next()? {
        removed += 1;
        horizon = horizon.max(moment(row, 0, "flows")?);
    }
    if removed > 0 {
        connection.prepare_cached(MOVE_HORIZON)?.execute([from_moment(horizon)])?;
    }
    Ok(removed)
}

const LOOK_UP: &str = "SELECT verdict, keep_until FROM flows WHERE flow = ?1";
const INSERT: &str = "INSERT INTO flows (flow, verdict, keep_until) VALUES (?1, ?2, ?3)";
const UPDATE: &str = "UPDATE flows SET verdict = ?2 WHERE flow = ?1";
const PURGE: &str = "DELETE FROM flows WHERE rowid IN (SELECT rowid FROM flows \
     WHERE keep_until <= :now ORDER BY keep_until LIMIT :most) RETURNING keep_until";
const MOVE_HORIZON: &str = "UPDATE flows_horizon SET purged_until = max(purged_until, ?1)";
/// Rows that one step of a purge removes.
const PURGE_STEP: u64 = 128;
