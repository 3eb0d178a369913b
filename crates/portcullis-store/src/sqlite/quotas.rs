//! Quotas in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::forgetting::{Forgetting, forgetting};
use super::values::{from_moment, moment, read};
use super::writer::Writer;
use crate::quotas::{self, Counted};
use crate::{QuotaId, Quotas, StoreError, UnixMs};

/// The table `quotas`.
pub(super) struct QuotaTable {
    pub(super) writer: Arc<Writer>,
}

#[async_trait]
impl Quotas for QuotaTable {
    async fn count(
        &self,
        id: QuotaId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<u32>, StoreError> {
        self.writer
            .once(move |transaction| {
                let row = look_up(transaction, id)?;
                let Some(after) = quotas::count(row.as_ref(), most, keep_until, now) else { return Ok(None) };
                write(transaction, id, row.as_ref(), &after)?;
                Ok(Some(after.uses))
            })
            .await
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        FORGETTING.purge(&self.writer, most, now).await
    }
}

fn look_up(connection: &Connection, id: QuotaId) -> Result<Option<Counted>, Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(Counted { uses: read(row, 0, "quotas")?, keep_until: moment(row, 1, "quotas")? }))
}

fn write(
    connection: &Connection,
    id: QuotaId,
    before: Option<&Counted>,
    after: &Counted,
) -> Result<(), Fault> {
    // Naming a column rewrites its index, whether it changes or not.
    if before.is_some_and(|before| before.keep_until == after.keep_until) {
        connection.prepare_cached(UPDATE)?.execute(params![id.0, after.uses])?;
    } else {
        let values = params![id.0, after.uses, from_moment(after.keep_until)];
        connection.prepare_cached(WRITE)?.execute(values)?;
    }
    Ok(())
}

const LOOK_UP: &str = "SELECT uses, keep_until FROM quotas WHERE quota = ?1";
const UPDATE: &str = "UPDATE quotas SET uses = ?2 WHERE quota = ?1";
const WRITE: &str = "INSERT INTO quotas (quota, uses, keep_until) VALUES (?1, ?2, ?3) \
     ON CONFLICT DO UPDATE SET uses = excluded.uses, keep_until = excluded.keep_until";
static FORGETTING: Forgetting = forgetting!("quotas", "quota", no horizon);
