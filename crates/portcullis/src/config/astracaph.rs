//! `[astracaph]`: the AstraCaph door.

use std::fmt;

use ipnet::IpNet;
use serde::{Deserialize, Serialize, Serializer};

use super::sections::{read_networks, write_networks};

/// `[astracaph]`: the AstraCaph door. The published service's own variables set it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Astracaph {
    /// Whether there is an open site, which pages of any origin use without a key.
    pub(crate) open: bool,
    /// What tokens are signed with; absent to derive it from the master key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_secret: Option<Secret>,
    /// The secret key of the open site; absent to have one made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open_secret: Option<Secret>,
    /// Sites to be there from the start: a JSON array of `{name, siteKey, secret, origins}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sites: Option<Secret>,
    /// Who may verify; empty for everybody.
    #[serde(serialize_with = "write_networks", deserialize_with = "read_networks")]
    pub(crate) verifiers: Vec<IpNet>,
    /// Who may register sites.
    pub(crate) registration: Registration,
    /// What whoever registers a site must send, where `registration` is `token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registration_token: Option<Secret>,
}

impl Default for Astracaph {
    fn default() -> Self {
        Self {
            open: true,
            token_secret: None,
            open_secret: None,
            sites: None,
            verifiers: Vec::new(),
            registration: Registration::Open,
            registration_token: None,
        }
    }
}

impl Astracaph {
    /// What contradicts itself: the setting's name and what to do.
    pub(super) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        for (name, secret) in [
            ("token_secret", &self.token_secret),
            ("open_secret", &self.open_secret),
            ("registration_token", &self.registration_token),
        ] {
            if secret
                .as_ref()
                .is_some_and(|secret| secret.0.len() < SECRET_LEAST || secret.0.contains("demo"))
            {
                problems.push((
                    name,
                    format!("a secret has at least {SECRET_LEAST} characters and is no example's"),
                ));
            }
        }
        if self.registration == Registration::Token && self.registration_token.is_none() {
            problems.push(("registration_token", "registration = \"token\" needs one".to_owned()));
        }
        if let Err(problem) = self.seeded() {
            problems.push(("sites", problem));
        }
        problems
    }

    /// The sites to be there from the start.
    pub(crate) fn seeded(&self) -> Result<Vec<SeededSite>, String> {
        let Some(text) = &self.sites else { return Ok(Vec::new()) };
        // serde's messages name places and types, never values.
        serde_json::from_str(text.expose()).map_err(|problem| {
            format!("it is no list of sites: line {}, column {}", problem.line(), problem.column())
        })
    }
}

/// Who may register sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Whoever has the token.
    Token,
    /// Nobody.
    Off,
}

/// One site of `astracaph.sites`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeededSite {
    /// What it is called.
    pub(crate) name: String,
    /// Its site key.
    pub(crate) site_key: String,
    /// Its secret key.
    pub(crate) secret: String,
    /// Its origins; `*` for any.
    #[serde(default)]
    pub(crate) origins: Vec<String>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// As for every secret that is brought from elsewhere.
const SECRET_LEAST: usize = 32;
