//! Models of sites' traffic in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::params;

use super::readers::Readers;
use super::values::read;
use super::writer::Writer;
use crate::cold::check_model;
use crate::{Models, SiteId, StoreError};

/// The table `models`.
pub(super) struct ModelTable {
    pub(super) writer: Arc<Writer>,
    pub(super) readers: Arc<Readers>,
}

#[async_trait]
impl Models for ModelTable {
    async fn load(&self, site: SiteId) -> Result<Option<Vec<u8>>, StoreError> {
        self.readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached("SELECT model FROM models WHERE site = ?1")?;
                let mut rows = statement.query([site.0])?;
                rows.next()?.map(|row| read(row, 0, "models")).transpose()
            })
            .await
    }

    async fn save(&self, site: SiteId, model: &[u8]) -> Result<(), StoreError> {
        check_model(model)?;
        let model = model.to_vec();
        self.writer
            .once(move |transaction| {
                transaction.prepare_cached(SAVE)?.execute(params![site.0, model])?;
                Ok(())
            })
            .await
    }

    async fn remove(&self, site: SiteId) -> Result<bool, StoreError> {
        self.writer
            .once(move |transaction| {
                let removed = transaction.prepare_cached(REMOVE)?.execute([site.0])?;
                Ok(removed > 0)
            })
            .await
    }
}

const SAVE: &str = "INSERT INTO models (site, model) SELECT id, ?2 FROM sites WHERE id = ?1 \
     ON CONFLICT (site) DO UPDATE SET model = excluded.model";
/// Also what the removal of a site takes with it.
pub(super) const REMOVE: &str = "DELETE FROM models WHERE site = ?1";
