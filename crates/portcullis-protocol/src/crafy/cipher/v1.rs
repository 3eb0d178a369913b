//! Version 1: lower-case hex of `iv ‖ mac ‖ ciphertext`; AES-256-CBC with PKCS#7 padding under SHA-256 of the secret
//! key, and HMAC-SHA-256 of the ciphertext under the same key.

use std::fmt;

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use portcullis_engine::SecretKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Opened, SealedError, Version};
use crate::hex;

/// Encrypted options of version 1.
///
/// The code leaves the initialisation vector out, and the vector is added to the first block. So whoever carries the
/// text can put any sixteen bytes in place of the first sixteen that they know: the mode, where it stands first, or a
/// member's name, or the nonce's first digits. Nothing behind them can be changed.
/// [`FlowOptions::read`](crate::crafy::FlowOptions::read) takes care of all three.
pub struct SealedV1 {
    iv: [u8; BLOCK],
    mac: [u8; 32],
    ciphertext: Vec<u8>,
}

impl SealedV1 {
    pub(super) fn parse(text: &str) -> Result<Self, SealedError> {
        let bytes = hex::vec(text).ok_or(SealedError::Malformed)?;
        let (iv, rest) = bytes.split_first_chunk().ok_or(SealedError::Malformed)?;
        let (mac, ciphertext) = rest.split_first_chunk().ok_or(SealedError::Malformed)?;
        if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK) {
            return Err(SealedError::Malformed);
        }
        Ok(Self { iv: *iv, mac: *mac, ciphertext: ciphertext.to_vec() })
    }

    /// Opens it with the site's secret key, in microseconds.
    ///
    /// # Errors
    ///
    /// [`SealedError::Broken`] where the key is another or the text was changed, but for the first block.
    pub fn open(&self, secret: &SecretKey) -> Result<Opened, SealedError> {
        let key = key(secret);
        code(&key, &self.ciphertext).verify(&self.mac.into()).map_err(|_| SealedError::Broken)?;
        let plaintext = cbc::Decryptor::<Aes256>::new((&*key).into(), &self.iv.into())
            .decrypt_padded_vec::<Pkcs7>(&self.ciphertext)
            .map_err(|_| SealedError::Broken)?;
        Ok(Opened { version: Version::V1, plaintext: Zeroizing::new(plaintext) })
    }
}

impl fmt::Debug for SealedV1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedV1({} bytes)", self.ciphertext.len())
    }
}

/// As an old SDK wrote it.
#[cfg(test)]
pub(super) fn seal(iv: [u8; BLOCK], secret: &SecretKey, plaintext: &[u8]) -> String {
    use cbc::cipher::BlockModeEncrypt;
    let key = key(secret);
    let ciphertext =
        cbc::Encryptor::<Aes256>::new((&*key).into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(plaintext);
    let mac = code(&key, &ciphertext).finalize().into_bytes();
    hex::hex(&[&iv[..], &mac, &ciphertext].concat())
}

pub(super) fn key(secret: &SecretKey) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Sha256::digest(secret.expose()).into())
}

fn code(key: &[u8; 32], ciphertext: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(key).expect("any key will do");
    mac.update(ciphertext);
    mac
}

/// AES' block, in bytes.
pub(super) const BLOCK: usize = 16;
