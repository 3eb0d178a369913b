//! Signing keys in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::params;

use super::readers::Readers;
use super::sites::bump_revision;
use super::values::{from_moment, moment, read};
use super::writer::Writer;
use crate::{KeyRecord, SigningKeys, StoreError};

/// The table `signing_keys`.
pub(super) struct KeyTable {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: Arc<Readers>,
}

#[async_trait]
impl SigningKeys for KeyTable {
    async fn all(&self) -> Result<Vec<KeyRecord>, StoreError> {
        self.readers
            .read(|connection| {
                let mut statement = connection
                    .prepare_cached("SELECT id, sealed, created_at FROM signing_keys ORDER BY id")?;
                let mut rows = statement.query([])?;
                let mut keys = Vec::new();
                while let Some(row) = rows.next()? {
                    keys.push(KeyRecord {
                        id: read(row, 0, "signing_keys")?,
                        sealed: read(row, 1, "signing_keys")?,
                        created_at: moment(row, 2, "signing_keys")?,
                    });
                }
                Ok(keys)
            })
            .await
    }

    async fn add(&self, key: &KeyRecord) -> Result<bool, StoreError> {
        let key = key.clone();
        self.writer
            .whole(move |connection| {
                let added = connection
                    .prepare_cached("INSERT INTO signing_keys VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
                    .execute(params![key.id, key.sealed, from_moment(key.created_at)])?
                    > 0;
                if added {
                    bump_revision(connection)?;
                }
                Ok(added)
            })
            .await
    }

    async fn remove(&self, id: u32) -> Result<bool, StoreError> {
        self.writer
            .whole(move |connection| {
                let removed =
                    connection.prepare_cached("DELETE FROM signing_keys WHERE id = ?1")?.execute([id])? > 0;
                if removed {
                    bump_revision(connection)?;
                }
                Ok(removed)
            })
            .await
    }
}
