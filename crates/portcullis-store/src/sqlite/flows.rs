//! Finished flows in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::forgetting::{Forgetting, forgetting};
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
        FORGETTING.purge(&self.writer, most, now).await
    }
}

/// The row of a flow, and the horizon where there is no row and so it matters.
fn look_up(connection: &Connection, flow: FlowId) -> Result<(Option<Finished>, UnixMs), Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([flow.0])?;
    let Some(row) = rows.next()? else { return Ok((None, FORGETTING.horizon(connection)?)) };
    let row = Finished { verdict: read(row, 0, "flows")?, keep_until: moment(row, 1, "flows")? };
    Ok((Some(row), UnixMs(0)))
}

const LOOK_UP: &str = "SELECT verdict, keep_until FROM flows WHERE flow = ?1";
const INSERT: &str = "INSERT INTO flows (flow, verdict, keep_until) VALUES (?1, ?2, ?3)";
const UPDATE: &str = "UPDATE flows SET verdict = ?2 WHERE flow = ?1";
static FORGETTING: Forgetting = forgetting!("flows", "rowid");
