//! The sections of the file that belong to the binary, one struct each.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Secret;
use crate::base_url::BaseUrl;

/// `[server]`: where the server listens and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Server {
    /// The address to listen on; port 0 takes any free one.
    pub(crate) listen: SocketAddr,
    /// The address under which visitors reach the server; absent for the one it listens on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public_url: Option<BaseUrl>,
    /// The proxies whose forwarded headers are believed.
    #[serde(serialize_with = "write_networks", deserialize_with = "read_networks")]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Connections served at the same time, 1 to 1000000; further ones wait.
    pub(crate) max_connections: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            max_connections: 8192,
        }
    }
}

/// `[store]`: how data is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Store {
    /// What an answer outlives.
    pub(crate) durability: Durability,
    /// A Redis behind Upstash's REST interface, which keeps what may happen only once; absent for the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upstash_url: Option<BaseUrl>,
    /// What opens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upstash_token: Option<Secret>,
}

impl Store {
    /// What contradicts itself: the setting's name and what to do.
    pub(super) fn problems(&self) -> Vec<(&'static str, &'static str)> {
        match (&self.upstash_url, &self.upstash_token) {
            (Some(_), None) => vec![("upstash_token", "store.upstash_url needs it")],
            (None, Some(_)) => vec![("upstash_url", "store.upstash_token needs it")],
            (Some(url), Some(_)) if !url.keeps_secrets() => {
                vec![("upstash_url", "the token travels with every request, so it begins with https://")]
            }
            (Some(_), Some(_)) | (None, None) => Vec::new(),
        }
    }
}

/// What an answer outlives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Durability {
    /// The death of the process at any moment.
    #[default]
    ProcessDeath,
    /// A loss of power as well.
    PowerLoss,
}

impl From<Durability> for portcullis_store::sqlite::Durability {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::ProcessDeath => Self::ProcessDeath,
            Durability::PowerLoss => Self::PowerLoss,
        }
    }
}

/// `[cap]`: the Cap door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Cap {
    /// The site key that answers where a path names none; absent for the oldest site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_site: Option<String>,
}

/// `[siteverify]`: the siteverify doors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Siteverify {
    /// Whether the vendors' published test keys are accepted.
    pub(crate) test_keys: bool,
}

/// `[log]`: what is logged, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Log {
    /// The least level that is written.
    pub(crate) level: LogLevel,
    /// How a line looks.
    pub(crate) format: LogFormat,
}

/// The least level that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// What failed.
    Error,
    /// And what may become a failure.
    Warn,
    /// And what the server did as a whole.
    #[default]
    Info,
    /// And single requests.
    Debug,
    /// Everything.
    Trace,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

pub(super) fn write_networks<S: Serializer>(networks: &[IpNet], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(networks.iter().map(ToString::to_string))
}

/// Reads networks. A bare address stands for itself alone.
pub(super) fn read_networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let read = |text: &String| {
        text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| {
            serde::de::Error::custom(format!("{text:?} is neither an address nor a network like 10.0.0.0/8"))
        })
    };
    Vec::<String>::deserialize(deserializer)?.iter().map(read).collect()
}
