//! What a site asks of browsers at the ALTCHA door: which of that protocol's ways to work, if any.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way to work. How much of it is asked follows from the site and the visitor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AltchaWork {
    /// PBKDF2 with SHA-256: what every widget of version 3 does without further files.
    #[default]
    #[serde(rename = "pbkdf2")]
    Pbkdf2,
    /// A few rounds of SHA-256: the cheapest to check.
    #[serde(rename = "sha-256")]
    Sha256,
    /// One number behind one SHA-256: for widgets before version 3.
    #[serde(rename = "v1")]
    V1,
    /// Argon2id in 16 MiB: dear for hardware that is made for hashing. Pages register its worker.
    #[serde(rename = "argon2id")]
    Argon2id,
    /// scrypt in 16 MiB, likewise.
    #[serde(rename = "scrypt")]
    Scrypt,
    /// None: the door is closed, and nothing is signed there under the site's secret.
    #[serde(rename = "off")]
    Off,
}

impl AltchaWork {
    /// Every one of them.
    pub const ALL: [Self; 6] =
        [Self::Pbkdf2, Self::Sha256, Self::V1, Self::Argon2id, Self::Scrypt, Self::Off];

    /// The name by which it is set.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pbkdf2 => "pbkdf2",
            Self::Sha256 => "sha-256",
            Self::V1 => "v1",
            Self::Argon2id => "argon2id",
            Self::Scrypt => "scrypt",
            Self::Off => "off",
        }
    }
}

impl FromStr for AltchaWork {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = Self::ALL.into_iter().find(|work| work.name() == text);
        found.ok_or("the work at the ALTCHA door is pbkdf2, sha-256, v1, argon2id, scrypt or off")
    }
}

impl fmt::Display for AltchaWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_on_the_command_line_and_in_the_store() {
        for work in AltchaWork::ALL {
            assert_eq!(work.name().parse(), Ok(work));
            assert_eq!(serde_json::to_string(&work).unwrap(), format!("\"{work}\""));
        }
        assert!("PBKDF2".parse::<AltchaWork>().is_err());
    }
}
