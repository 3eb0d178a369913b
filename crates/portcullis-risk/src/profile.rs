//! Which weights judge a visit. A site chooses; each door has its own default.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A set of weights, with the rules that go with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// The weights that AstraCaph publishes, to the hundredth.
    Astracaph,
    /// Ours: more signals, and nobody pays for having no mouse.
    #[default]
    Portcullis,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 2] = [Self::Astracaph, Self::Portcullis];

    /// The name, as configuration and answers write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Astracaph => "astracaph",
            Self::Portcullis => "portcullis",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or(UnknownProfile)
    }
}

/// The name is no profile's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProfile;

impl fmt::Display for UnknownProfile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a profile is `astracaph` or `portcullis`")
    }
}

impl std::error::Error for UnknownProfile {}
