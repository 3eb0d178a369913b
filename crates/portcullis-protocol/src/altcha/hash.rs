//! The hash functions that both versions may name, and what is built from them.

use hmac::{EagerHash, Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac_array;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash function of the SHA-2 family (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// 32 bytes.
    Sha256,
    /// 48 bytes.
    Sha384,
    /// 64 bytes.
    Sha512,
}

impl Hash {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name that the protocol has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The hash function of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.name() == name)
    }

    /// The length of a digest, in bytes.
    #[must_use]
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of the digest and so on, `rounds` in all and at least one, of `message`.
    pub(super) fn rounds(self, message: &[u8], rounds: u32) -> Vec<u8> {
        match self {
            Self::Sha256 => hash_rounds::<Sha256>(message, rounds),
            Self::Sha384 => hash_rounds::<Sha384>(message, rounds),
            Self::Sha512 => hash_rounds::<Sha512>(message, rounds),
        }
    }

    /// The HMAC (RFC 2104) of `message`.
    pub(super) fn mac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => mac256(key, message).to_vec(),
            Self::Sha384 => keyed::<Sha384>(key).chain_update(message).finalize().into_bytes().to_vec(),
            Self::Sha512 => keyed::<Sha512>(key).chain_update(message).finalize().into_bytes().to_vec(),
        }
    }

    /// What PBKDF2 with HMAC (RFC 8018, 5.2) makes of a password, as long as a digest.
    pub(super) fn pbkdf2(self, password: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
        match self {
            Self::Sha256 => pbkdf2_hmac_array::<Sha256, 32>(password, salt, iterations).to_vec(),
            Self::Sha384 => pbkdf2_hmac_array::<Sha384, 48>(password, salt, iterations).to_vec(),
            Self::Sha512 => pbkdf2_hmac_array::<Sha512, 64>(password, salt, iterations).to_vec(),
        }
    }
}

/// The HMAC-SHA-256 of `message`.
pub(super) fn mac256(key: &[u8], message: &[u8]) -> [u8; 32] {
    keyed::<Sha256>(key).chain_update(message).finalize().into_bytes().into()
}

fn hash_rounds<D: Digest>(message: &[u8], rounds: u32) -> Vec<u8> {
    let mut digest = D::digest(message);
    for _ in 1..rounds {
        digest = D::digest(&digest);
    }
    digest.to_vec()
}

fn keyed<D: EagerHash>(key: &[u8]) -> Hmac<D> {
    // Invariant: HMAC takes keys of every length.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    Hmac::<D>::new_from_slice(key).expect("HMAC takes keys of every length")
}
