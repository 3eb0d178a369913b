//! An engine on a data folder: what the server and the commands have in common.

use std::path::Path;
use std::sync::Arc;

use portcullis_engine::{
    AddressLookup, Engine, EngineParts, MasterKey, NoAddresses, Stores, SystemClock, SystemEntropy,
};
use portcullis_protocol::astracaph::Jwt;
use portcullis_protocol::cap::CapjsServer;
use portcullis_store::sqlite::Database;

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::turnstile::Turnstile;
use crate::upstash::Upstash;

/// An open engine and the database under it.
pub(crate) struct Gate {
    /// The rules.
    pub(crate) engine: Arc<Engine>,
    /// Where things are kept.
    pub(crate) stores: Stores,
    database: Database,
}

impl Gate {
    /// Opens the folder's database. `variable` is the master key from the environment.
    pub(crate) async fn open(
        config: &Config,
        folder: &DataFolder,
        variable: Option<&str>,
    ) -> Result<Self, Failure> {
        Self::open_with(config, folder, variable, Arc::new(NoAddresses)).await
    }

    /// As [`Gate::open`], for an engine that is to know something about visitors' addresses.
    pub(crate) async fn open_with(
        config: &Config,
        folder: &DataFolder,
        variable: Option<&str>,
        addresses: Arc<dyn AddressLookup>,
    ) -> Result<Self, Failure> {
        let master_key = folder.master_key(variable, &SystemEntropy)?;
        Self::open_file(config, &folder.database(), master_key, addresses).await
    }

    /// Opens a database file wherever it is.
    pub(crate) async fn open_file(
        config: &Config,
        file: &Path,
        master_key: MasterKey,
        addresses: Arc<dyn AddressLookup>,
    ) -> Result<Self, Failure> {
        let database = Database::open(file, config.store.durability.into())?;
        let mut stores = database.stores();
        if let (Some(url), Some(token)) = (&config.store.upstash_url, &config.store.upstash_token) {
            let transport = Arc::new(Upstash::new(url.clone(), token.expose()));
            stores = stores.with_hot(portcullis_store::upstash::open(transport, "portcullis"));
        }
        let engine = start(config, stores.clone(), master_key, addresses).await?;
        Ok(Self { engine: Arc::new(engine), stores, database })
    }

    /// Closes the database. Whatever still holds the engine is answered that the store is not there.
    pub(crate) fn close(self) -> Result<(), Failure> {
        Ok(self.database.close()?)
    }
}

/// Starts an engine on stores of any kind.
pub(crate) async fn start(
    config: &Config,
    stores: Stores,
    master_key: MasterKey,
    addresses: Arc<dyn AddressLookup>,
) -> Result<Engine, Failure> {
    let passes = match &config.astracaph.token_secret {
        Some(secret) => Jwt::new(secret.expose().as_bytes()),
        None => Jwt::new(&*master_key.subkey(b"portcullis astracaph tokens v1")),
    };
    let parts = EngineParts {
        stores,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        master_key,
        defaults: config.site_defaults.clone(),
        limits: config.limits.clone(),
        default_site: config.cap.default_site.clone(),
        capjs_server: Box::new(CapjsServer),
        passes: Box::new(passes),
        addresses,
        second_opinion: Arc::new(Turnstile::new(&config.turnstile, Arc::new(SystemClock))),
    };
    Ok(Engine::start(parts).await?)
}
