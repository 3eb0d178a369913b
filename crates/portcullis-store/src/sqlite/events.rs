//! Counts in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, named_params, params};

use super::error::Fault;
use super::readers::Readers;
use super::values::{read, unsigned};
use super::writer::Writer;
use crate::{Count, Events, SiteId, StoreError};

/// The table `events`.
pub(super) struct CountTable {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: Arc<Readers>,
}

#[async_trait]
impl Events for CountTable {
    async fn add(&self, counts: &[Count]) -> Result<(), StoreError> {
        let counts = counts.to_vec();
        self.writer
            .whole(move |connection| {
                let mut statement = connection.prepare_cached(ADD)?;
                let cap = |number: u64| i64::try_from(number.min(Count::NUMBER_MAX)).unwrap_or(i64::MAX);
                for count in &counts {
                    let number = cap(count.number);
                    statement.execute(params![
                        count.site.0,
                        count.minute,
                        count.event,
                        number,
                        cap(u64::MAX)
                    ])?;
                }
                Ok(())
            })
            .await
    }

    async fn sums(&self, site: Option<SiteId>, from: u32, to: u32) -> Result<Vec<Count>, StoreError> {
        self.readers.read(move |connection| sums(connection, site, from, to)).await
    }

    async fn purge(&self, minute: u32) -> Result<u64, StoreError> {
        // In steps for the sake of spends, as in the ledger.
        let mut removed = 0;
        loop {
            let gone = self
                .writer
                .once(move |transaction| Ok(transaction.prepare_cached(PURGE)?.execute([minute])?))
                .await?;
            removed += u64::try_from(gone).unwrap_or(u64::MAX);
            if gone < PURGE_STEP {
                return Ok(removed);
            }
        }
    }
}

fn sums(connection: &Connection, site: Option<SiteId>, from: u32, to: u32) -> Result<Vec<Count>, Fault> {
    let mut statement = connection.prepare_cached(if site.is_some() { SUMS_OF_ONE } else { SUMS_OF_ALL })?;
    let site = site.unwrap_or(SiteId([0; 16]));
    let mut rows = statement.query(named_params! { ":site": site.0, ":from": from, ":to": to })?;
    let mut sums = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, number) = (read(row, 0, "events")?, unsigned(row, 1, "events")?);
        sums.push(Count { site, minute: from, event, number });
    }
    Ok(sums)
}

const ADD: &str = "INSERT INTO events (site, minute, event, number) VALUES (?1, ?2, ?3, ?4) \
     ON CONFLICT DO UPDATE SET number = min(number + excluded.number, ?5)";
const SUMS_OF_ONE: &str = "SELECT event, sum(number) FROM events \
     WHERE site = :site AND minute >= :from AND minute < :to GROUP BY event ORDER BY event";
// The site is named here too, so that both statements take the same parameters.
const SUMS_OF_ALL: &str = "SELECT event, sum(number) FROM events \
     WHERE :site IS NOT NULL AND minute >= :from AND minute < :to GROUP BY event ORDER BY event";
const PURGE: &str = "DELETE FROM events WHERE (site, minute, event) IN \
     (SELECT site, minute, event FROM events WHERE minute < ?1 LIMIT 256)";
/// Rows that one step of a purge removes, as the statement says.
const PURGE_STEP: usize = 256;
