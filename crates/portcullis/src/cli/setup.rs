//! What every command starts from: flags, environment and settings put together.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use crate::base_url::BaseUrl;
use crate::config::{self, Config, Environment};
use crate::failure::Failure;

/// Flags that every command takes.
#[derive(Args, Debug)]
pub(crate) struct GlobalFlags {
    /// The address to listen on [default: 127.0.0.1:8080] [env: PORTCULLIS_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The folder that holds everything [default: ./portcullis-data] [env: PORTCULLIS_DATA]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The configuration file [env: PORTCULLIS_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// For trying out on this machine alone: no visitor limits, test keys accepted [env: PORTCULLIS_DEV=1]
    #[arg(long, global = true)]
    dev: bool,
}

/// Settings without errors, and where the data is.
pub(crate) struct Setup {
    /// Every setting.
    pub(crate) config: Config,
    /// The data folder, which may not exist yet.
    pub(crate) data: PathBuf,
    /// Whether the development mode is asked for.
    pub(crate) dev: bool,
    environment: Environment,
    warnings: Vec<String>,
}

impl Setup {
    /// Reads flags, environment and file.
    pub(crate) fn read(flags: &GlobalFlags) -> Result<Self, Failure> {
        let environment = Environment::of_process();
        let path = |flag: &Option<PathBuf>, variable| {
            flag.clone().or_else(|| environment.value(variable).map(PathBuf::from))
        };
        let dev = match environment.value("PORTCULLIS_DEV") {
            None | Some("0" | "false" | "no" | "off") => Ok(flags.dev),
            Some("1" | "true" | "yes" | "on") => Ok(true),
            Some(other) => Err(format!("PORTCULLIS_DEV is {other:?}: it is 1 or 0")),
        };
        let file = path(&flags.config, "PORTCULLIS_CONFIG");
        let loaded = config::load(file.as_deref(), &environment, flags.listen);
        match (loaded, dev) {
            (Ok(loaded), Ok(dev)) => Ok(Self {
                config: loaded.config,
                data: path(&flags.data, "PORTCULLIS_DATA").unwrap_or_else(|| DATA.into()),
                dev,
                environment,
                warnings: loaded.warnings,
            }),
            (loaded, dev) => {
                let problems = loaded.err().into_iter().flatten().chain(dev.err()).collect();
                Err(Failure::lines(problems))
            }
        }
    }

    /// As [`Setup::read`], for a command that is over in a moment.
    pub(crate) fn for_command(flags: &GlobalFlags) -> Result<Self, Failure> {
        let setup = Self::read(flags)?;
        crate::log::start_quiet(&setup.config.log);
        setup.warn();
        Ok(setup)
    }

    /// Tells what was ignored.
    pub(crate) fn warn(&self) {
        for warning in &self.warnings {
            tracing::warn!(warning, "ignored");
        }
    }

    /// What `check-config` says when nothing is wrong.
    pub(crate) fn check(&self) -> String {
        format!("The settings are sound. The data is in {}.", self.data.display())
    }

    /// The master key, if the environment has it.
    pub(crate) fn master_key(&self) -> Option<&str> {
        self.environment.value("PORTCULLIS_MASTER_KEY")
    }

    /// The token of Cloudflare's API, if the environment has it.
    pub(crate) fn turnstile_api_token(&self) -> Option<&str> {
        self.environment.value("PORTCULLIS_TURNSTILE_API_TOKEN")
    }

    /// The address at which visitors find a server that listens on `address`.
    pub(crate) fn base_url(&self, address: SocketAddr) -> BaseUrl {
        self.config.server.public_url.clone().unwrap_or_else(|| local_url(address))
    }
}

/// The address at which this machine finds a server that listens on `address`.
pub(crate) fn local_url(mut address: SocketAddr) -> BaseUrl {
    if address.ip().is_unspecified() {
        let is_ipv4 = address.is_ipv4();
        address.set_ip(if is_ipv4 { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    #[expect(clippy::expect_used, reason = "an address and a port make an authority")]
    format!("http://{address}").parse().expect("an address makes a URL")
}

/// Where the data is unless said otherwise.
const DATA: &str = "./portcullis-data";
