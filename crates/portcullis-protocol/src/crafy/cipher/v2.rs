//! Version 2: as version 3, but the key is libsodium's `crypto_pwhash` of the secret key and a salt.
//!
//! That is Argon2id (RFC 9106, version 1.3) at libsodium's INTERACTIVE limits: 64 MiB, two passes, one lane. A slow
//! hash protects no key of 256 bits better, and anybody may send such a text; so a server that reads it does so one
//! at a time and seldom.

use std::fmt;

use argon2::{Algorithm, Argon2, Params};
use portcullis_engine::SecretKey;
use zeroize::Zeroizing;

use super::{Opened, Parts, SealedError, Version};

/// Encrypted options of version 2.
pub struct SealedV2(Parts<SALT>);

impl SealedV2 {
    pub(super) fn parse(text: &str) -> Result<Self, SealedError> {
        Parts::parse(text).map(Self)
    }

    /// Opens it with the site's secret key. Takes 64 MiB and about a tenth of a second of one core, whether or not
    /// the text is any good: call it from one place at a time, off the threads that answer requests.
    ///
    /// # Errors
    ///
    /// [`SealedError::Broken`] where the key is another or the text was changed; [`SealedError::OutOfMemory`].
    pub fn open_slowly(&self, secret: &SecretKey) -> Result<Opened, SealedError> {
        self.0.open(Version::V2, &*key(secret, &self.0.head)?)
    }
}

impl fmt::Debug for SealedV2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedV2({} bytes)", self.0.ciphertext.len())
    }
}

pub(super) fn key(secret: &SecretKey, salt: &[u8; SALT]) -> Result<Zeroizing<[u8; 32]>, SealedError> {
    let mut key = Zeroizing::new([0; 32]);
    #[expect(clippy::expect_used, reason = "constants within what Argon2 takes")]
    let limits = Params::new(MEMORY_KIB, PASSES, 1, Some(key.len())).expect("libsodium's own limits");
    // The secret key and the salt are of lengths that Argon2 takes, so only memory can be wanting.
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, limits)
        .hash_password_into(secret.expose().as_bytes(), salt, &mut *key)
        .map_err(|_| SealedError::OutOfMemory)?;
    Ok(key)
}

pub(super) const PREFIX: &str = ";v2_;";
/// The length of the salt, in bytes.
pub(super) const SALT: usize = 16;
/// `crypto_pwhash_MEMLIMIT_INTERACTIVE`, in KiB.
const MEMORY_KIB: u32 = 64 * 1024;
/// `crypto_pwhash_OPSLIMIT_INTERACTIVE`.
const PASSES: u32 = 2;
