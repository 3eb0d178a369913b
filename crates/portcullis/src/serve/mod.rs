//! The server: from an open data folder to accepted connections, and back.
//!
//! The order matters. The folder is locked before anything in it is touched, and the port is taken before the
//! database is opened, so that a start that must fail changes nothing.

use std::io::Write;
use std::sync::Arc;

use portcullis_engine::{NewSite, SiteSettings, SystemClock, SystemEntropy};
use portcullis_protocol::siteverify::TestKeys;

use crate::address::Addresses;
use crate::cli::Setup;
use crate::config::Config;
use crate::data_folder::{DataFolder, cannot};
use crate::failure::Failure;
use crate::gate::Gate;
use crate::http::{self, Parts};
use connections::Connections;

mod astracaph;
mod connections;
mod housekeeping;
mod listener;
mod open_files;
mod places;
mod preface;
mod shutdown;
mod stall;
mod welcome;

/// Runs the server until it is told to stop.
pub(crate) fn run(mut setup: Setup) -> Result<(), Failure> {
    if setup.dev {
        develop(&mut setup.config)?;
    }
    crate::log::start(&setup.config.log);
    setup.warn();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(error, "check the limits on threads and files"))?;
    let outcome = runtime.block_on(serve(&setup));
    // Whatever a request still does has had its time.
    runtime.shutdown_background();
    outcome
}

/// What `--dev` changes: exactly this, and only where nobody else can reach the server.
fn develop(config: &mut Config) -> Result<(), Failure> {
    if !config.server.listen.ip().is_loopback() {
        return Err(Failure::new(
            format!("--dev lets everybody pass, and {} is not this machine alone", config.server.listen),
            "listen on 127.0.0.1, or leave --dev out",
        ));
    }
    config.limits.enabled = false;
    config.siteverify.test_keys = true;
    Ok(())
}

async fn serve(setup: &Setup) -> Result<(), Failure> {
    let folder = DataFolder::create(&setup.data)?;
    let mut lock = folder.lock()?;
    let listener = listener::open(setup.config.server.listen)?;
    let asked = shutdown::asked()?;
    let address = listener.local_addr().map_err(|error| Failure::new(error, "check the network"))?;
    lock.note(address).map_err(|error| cannot("write the lock in", folder.path(), &error))?;
    let first_start = !folder.has_data();
    let addresses = {
        let settings = setup.config.addresses.clone();
        Arc::new(Addresses::open(settings, folder.address_data(), Arc::new(SystemClock)))
    };
    let gate = Gate::open_with(&setup.config, &folder, setup.master_key(), addresses.clone()).await?;
    let demo = demo_site(&gate, &folder).await?;
    let astracaph =
        astracaph::door(&gate, &folder, &setup.config, setup.base_url(address).to_string(), setup.dev)
            .await?;
    let parts = Parts {
        astracaph,
        engine: gate.engine.clone(),
        trusted_proxies: setup.config.server.trusted_proxies.clone(),
        public_url: setup.config.server.public_url.as_ref().map(ToString::to_string),
        demo_site_key: demo,
        status_token: folder.status_token(&SystemEntropy)?,
        test_keys: if setup.config.siteverify.test_keys { TestKeys::Accepted } else { TestKeys::Refused },
        clock: Arc::new(SystemClock),
    };
    let welcome = welcome::text(setup, address, &parts, first_start);
    let connections = {
        let server = &setup.config.server;
        Connections::new(http::app(parts), server.max_connections, server.trusted_proxies.clone())
    };
    warn_of_default_site(&gate, &setup.config);
    if setup.config.siteverify.test_keys {
        tracing::warn!("siteverify.test_keys is on: anybody can pass with a vendor's test secret");
    }
    let housekeeping = tokio::spawn(housekeeping::run(gate.engine.clone()));
    let upkeep = tokio::spawn(addresses.keep_current());
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");
    // Where nobody reads standard output, the log has said the same.
    let _ = std::io::stdout().write_all(welcome.as_bytes());

    connections.serve(listener, asked).await;
    housekeeping.abort();
    upkeep.abort();
    if let Err(error) = gate.engine.finish().await {
        tracing::error!(%error, "housekeeping failed");
    }
    let closed = gate.close();
    tracing::info!("stopped");
    closed
}

/// The site of the demo page: made once per folder, and left alone when it was changed or removed since.
async fn demo_site(gate: &Gate, folder: &DataFolder) -> Result<Option<String>, Failure> {
    if let Some(site_key) = folder.demo_site() {
        return Ok(gate.engine.site(&site_key).map(|site| site.site_key().to_owned()));
    }
    // A backup brings the demo's site along, but not the note of its key.
    let restored = gate
        .engine
        .sites()
        .into_iter()
        .find(|site| site.name() == DEMO && site.settings().origins.is_empty());
    let site = match restored {
        Some(site) => site,
        None => {
            let new = NewSite {
                name: DEMO.to_owned(),
                site_key: None,
                secret: None,
                settings: SiteSettings::default(),
            };
            gate.engine.add_site(new).await?
        }
    };
    folder.set_demo_site(site.site_key())?;
    Ok(Some(site.site_key().to_owned()))
}

fn warn_of_default_site(gate: &Gate, config: &Config) {
    if let Some(site_key) = config.cap.default_site.as_deref()
        && gate.engine.site(site_key).is_none()
    {
        tracing::warn!(site_key, "cap.default_site names no site");
    }
}

/// What the demo's site is called.
const DEMO: &str = "demo";
