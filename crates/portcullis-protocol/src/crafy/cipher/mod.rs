//! Encrypted options: what the published SDKs make of a flow's options with the site's secret key.
//!
//! The text comes from the visitor's browser, so nobody is authenticated by sending it, and reading it must cost
//! little. Version 3 is what current SDKs write. The two older ones are read only where the site's settings say so
//! ([`OldCiphers`]): version 2 costs 64 MiB for each try, and version 1 lets the visitor change its first block.
//!
//! Reading is cut in two. [`Sealed::parse`] is cheap and touches no key. Opening is a call of its own for each
//! version, so that a caller can hold version 2 back until its turn has come.

pub use v1::SealedV1;
pub use v2::SealedV2;
pub use v3::{SealedV3, seal};

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use portcullis_engine::OldCiphers;
use zeroize::Zeroizing;

mod v1;
mod v2;
mod v3;

/// The versions of the cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// AES-256-CBC under HMAC-SHA-256 of the ciphertext alone.
    V1,
    /// XChaCha20-Poly1305 under a key that Argon2id makes.
    V2,
    /// XChaCha20-Poly1305 under a key that BLAKE2b makes.
    V3,
}

impl Version {
    /// How the command line calls it, where it is one that a site has to let in.
    const fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::V3 => "v3",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "version 1",
            Self::V2 => "version 2",
            Self::V3 => "version 3",
        })
    }
}

/// Encrypted options in the form of one version, not opened yet.
#[derive(Debug)]
pub enum Sealed {
    /// Version 1, and the site lets it in.
    V1(SealedV1),
    /// Version 2, and the site lets it in.
    V2(SealedV2),
    /// Version 3.
    V3(SealedV3),
}

impl Sealed {
    /// The longest text that is read, in bytes.
    pub const MAX: usize = 16 * 1024;

    /// Tells the version and takes the text apart. Uses no key.
    ///
    /// # Errors
    ///
    /// Too long, of a version that `old` keeps out or nobody knows, or not of the version's form.
    pub fn parse(text: &str, old: OldCiphers) -> Result<Self, SealedError> {
        if text.len() > Self::MAX {
            return Err(SealedError::TooLong);
        }
        if let Some(text) = text.strip_prefix(v3::PREFIX) {
            return SealedV3::parse(text).map(Self::V3);
        }
        if let Some(text) = text.strip_prefix(v2::PREFIX) {
            let let_in = old.v2.then_some(text).ok_or(SealedError::Off(Version::V2))?;
            return SealedV2::parse(let_in).map(Self::V2);
        }
        if text.starts_with(';') {
            return Err(SealedError::Unknown);
        }
        // Junk is told from a version that is off, so that an operator is not sent after a setting in vain.
        let sealed = SealedV1::parse(text)?;
        if old.v1 { Ok(Self::V1(sealed)) } else { Err(SealedError::Off(Version::V1)) }
    }
}

/// What encrypted options held.
pub struct Opened {
    version: Version,
    plaintext: Zeroizing<Vec<u8>>,
}

impl Opened {
    /// The version that it was sealed with. Options are read with more care from [`Version::V1`].
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The bytes, which whoever had the secret key encrypted; but see [`SealedV1`].
    #[must_use]
    pub fn plaintext(&self) -> &[u8] {
        &self.plaintext
    }

    /// What of it nobody without the secret key could have changed: all of it, but for the first block of version 1.
    pub(super) fn unchangeable(&self) -> &[u8] {
        match self.version {
            Version::V1 => self.plaintext.get(v1::BLOCK..).unwrap_or_default(),
            Version::V2 | Version::V3 => &self.plaintext,
        }
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Why encrypted options are not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealedError {
    /// Longer than [`Sealed::MAX`].
    #[error("encrypted options have at most {} bytes", Sealed::MAX)]
    TooLong,
    /// A prefix that stands for no version.
    #[error("encrypted options of this version are not known")]
    Unknown,
    /// Not of the form that its version has: wrong digits, or too short.
    #[error("the encrypted options are damaged")]
    Malformed,
    /// A version that this site does not take.
    #[error(
        "encrypted options of {0} are not taken; update the SDK, or let them in: `portcullis site set SITE_KEY --old-cipher {name}`",
        name = .0.name()
    )]
    Off(Version),
    /// Encrypted with another secret key, or changed since.
    #[error("the encrypted options were not made with this site's secret key")]
    Broken,
    /// The 64 MiB that version 2 needs could not be had.
    #[error("there is no memory left to open encrypted options of version 2")]
    OutOfMemory,
}

/// Standard base64 with padding of `nonce ‖ ciphertext` after `head` bytes: the parts of versions 2 and 3.
struct Parts<const HEAD: usize> {
    head: [u8; HEAD],
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

impl<const HEAD: usize> Parts<HEAD> {
    fn parse(text: &str) -> Result<Self, SealedError> {
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| SealedError::Malformed)?;
        let (head, rest) = bytes.split_first_chunk().ok_or(SealedError::Malformed)?;
        let (nonce, ciphertext) = rest.split_first_chunk().ok_or(SealedError::Malformed)?;
        if ciphertext.len() < TAG {
            return Err(SealedError::Malformed);
        }
        Ok(Self { head: *head, nonce: *nonce, ciphertext: ciphertext.to_vec() })
    }

    fn open(&self, version: Version, key: &[u8; 32]) -> Result<Opened, SealedError> {
        let plaintext = XChaCha20Poly1305::new(key.into())
            .decrypt(&XNonce::from(self.nonce), self.ciphertext.as_slice())
            .map_err(|_| SealedError::Broken)?;
        Ok(Opened { version, plaintext: Zeroizing::new(plaintext) })
    }
}

/// `head ‖ nonce ‖ ciphertext` of `plaintext`, in standard base64.
fn encrypt(head: &[u8], nonce: [u8; NONCE], key: &[u8; 32], plaintext: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "the cipher fails only beyond 256 GiB")]
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), plaintext)
        .expect("what is sealed here is short");
    BASE64_STANDARD.encode([head, &nonce, &ciphertext].concat())
}

/// The length of XChaCha20's nonce, in bytes.
const NONCE: usize = 24;
/// The length of Poly1305's tag, in bytes.
const TAG: usize = 16;

#[cfg(test)]
mod tests;
