//! Version 3: XChaCha20-Poly1305 (IETF form, no associated data) under unkeyed BLAKE2b-256 of the secret key.

use std::fmt;

use blake2::{Blake2b256, Digest};
use portcullis_engine::{Entropy, SecretKey};
use zeroize::Zeroizing;

use super::{Opened, Parts, SealedError, Version, encrypt};

/// Encrypted options of version 3.
pub struct SealedV3(Parts<0>);

impl SealedV3 {
    pub(super) fn parse(text: &str) -> Result<Self, SealedError> {
        Parts::parse(text).map(Self)
    }

    /// Opens it with the site's secret key, in microseconds.
    ///
    /// # Errors
    ///
    /// [`SealedError::Broken`] where the key is another or the text was changed.
    pub fn open(&self, secret: &SecretKey) -> Result<Opened, SealedError> {
        self.0.open(Version::V3, &key(secret))
    }
}

impl fmt::Debug for SealedV3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedV3({} bytes)", self.0.ciphertext.len())
    }
}

/// Encrypts as the SDKs do, for them to decrypt.
#[must_use]
pub fn seal(entropy: &dyn Entropy, secret: &SecretKey, plaintext: &[u8]) -> String {
    let mut nonce = [0; super::NONCE];
    entropy.fill(&mut nonce);
    format!("{PREFIX}{}", encrypt(&[], nonce, &key(secret), plaintext))
}

pub(super) fn key(secret: &SecretKey) -> Zeroizing<[u8; 32]> {
    let mut hash = Blake2b256::new();
    hash.update(secret.expose());
    Zeroizing::new(hash.finalize().into())
}

pub(super) const PREFIX: &str = ";v3_;";
