//! How a key is derived.

use crate::altcha::Hash;

/// A way to derive a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The digest of the digest and so on.
    Sha(Hash),
    /// PBKDF2 (RFC 8018) with HMAC.
    Pbkdf2(Hash),
}

impl Algorithm {
    /// The name that the protocol has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha(hash) => hash.name(),
            Self::Pbkdf2(Hash::Sha256) => "PBKDF2/SHA-256",
            Self::Pbkdf2(Hash::Sha384) => "PBKDF2/SHA-384",
            Self::Pbkdf2(Hash::Sha512) => "PBKDF2/SHA-512",
        }
    }

    /// The algorithm of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.strip_prefix("PBKDF2/") {
            Some(hash) => Hash::named(hash).map(Self::Pbkdf2),
            None => Hash::named(name).map(Self::Sha),
        }
    }

    /// The hash function in it.
    pub(super) const fn hash(self) -> Hash {
        match self {
            Self::Sha(hash) | Self::Pbkdf2(hash) => hash,
        }
    }
}
