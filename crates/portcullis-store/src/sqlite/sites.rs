//! Sites in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, ToSql, params};

use super::error::Fault;
use super::models;
use super::readers::Readers;
use super::values::{from_moment, moment, read, unsigned};
use super::writer::Writer;
use crate::{Duplicate, SiteId, SiteRecord, Sites, StoreError};

/// The tables `sites` and `revision`.
pub(super) struct SiteTable {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: Arc<Readers>,
}

#[async_trait]
impl Sites for SiteTable {
    async fn revision(&self) -> Result<u64, StoreError> {
        self.readers
            .read(|connection| {
                let mut statement = connection.prepare_cached("SELECT number FROM revision")?;
                let mut rows = statement.query([])?;
                let row =
                    rows.next()?.ok_or(Fault::Unreadable { what: "revision", detail: "no row".into() })?;
                unsigned(row, 0, "revision")
            })
            .await
    }

    async fn all(&self) -> Result<Vec<SiteRecord>, StoreError> {
        self.readers
            .read(|connection| {
                let mut statement = connection.prepare_cached(ALL)?;
                let mut rows = statement.query([])?;
                let mut sites = Vec::new();
                while let Some(row) = rows.next()? {
                    sites.push(site(row)?);
                }
                Ok(sites)
            })
            .await
    }

    async fn add(&self, site: &SiteRecord) -> Result<Result<(), Duplicate>, StoreError> {
        let site = site.clone();
        self.writer.whole(move |connection| Ok(put(connection, ADD, &site, &[])?.map(|_| ()))).await
    }

    async fn update(
        &self,
        before: &SiteRecord,
        after: &SiteRecord,
    ) -> Result<Result<bool, Duplicate>, StoreError> {
        let (before, after) = (before.clone(), after.clone());
        self.writer
            .whole(move |connection| {
                let expected: [&dyn ToSql; 3] = [&before.name, &before.secret_index, &before.settings];
                put(connection, UPDATE, &after, &expected)
            })
            .await
    }

    async fn remove(&self, id: SiteId) -> Result<bool, StoreError> {
        self.writer
            .whole(move |connection| {
                let removed =
                    connection.prepare_cached("DELETE FROM sites WHERE id = ?1")?.execute([id.0])? > 0;
                if removed {
                    connection.prepare_cached(models::REMOVE)?.execute([id.0])?;
                    bump_revision(connection)?;
                }
                Ok(removed)
            })
            .await
    }
}

/// Counts a change to sites or signing keys. Belongs into the transaction of the change.
pub(super) fn bump_revision(connection: &Connection) -> Result<(), Fault> {
    connection.prepare_cached("UPDATE revision SET number = number + 1")?.execute([])?;
    Ok(())
}

/// Adds or replaces a site; `more` are the statement's further parameters. Answers whether a row was written.
fn put(
    connection: &Connection,
    statement: &str,
    site: &SiteRecord,
    more: &[&dyn ToSql],
) -> Result<Result<bool, Duplicate>, Fault> {
    let (created_at, mut values) = (from_moment(site.created_at), Vec::<&dyn ToSql>::new());
    values.extend_from_slice(params![
        site.id.0,
        site.site_key,
        site.name,
        site.secret_index,
        site.sealed_secret,
        site.sealed_signing_key,
        site.settings,
        created_at,
    ]);
    values.extend_from_slice(more);
    let written = connection.prepare_cached(statement)?.execute(&*values);
    match written {
        Ok(0) => Ok(Ok(false)),
        Ok(_) => bump_revision(connection).map(|()| Ok(true)),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(Err(Duplicate)),
        Err(error) => Err(error.into()),
    }
}

fn site(row: &rusqlite::Row<'_>) -> Result<SiteRecord, Fault> {
    Ok(SiteRecord {
        id: SiteId(read(row, 0, "sites")?),
        site_key: read(row, 1, "sites")?,
        name: read(row, 2, "sites")?,
        secret_index: read(row, 3, "sites")?,
        sealed_secret: read(row, 4, "sites")?,
        sealed_signing_key: read(row, 5, "sites")?,
        settings: read(row, 6, "sites")?,
        created_at: moment(row, 7, "sites")?,
    })
}

const ALL: &str = "SELECT id, site_key, name, secret_index, sealed_secret, sealed_signing_key, settings, \
     created_at FROM sites ORDER BY created_at, id";
const ADD: &str = "INSERT INTO sites (id, site_key, name, secret_index, sealed_secret, sealed_signing_key, \
     settings, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const UPDATE: &str = "UPDATE sites SET site_key = ?2, name = ?3, secret_index = ?4, sealed_secret = ?5, \
     sealed_signing_key = ?6, settings = ?7, created_at = ?8 WHERE id = ?1 \
     AND name = ?9 AND secret_index = ?10 AND settings = ?11";
