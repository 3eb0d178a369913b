//! Seals secrets for keeping, and finds sites by secret without keeping a secret in the clear.
//!
//! Everything derives from the master key by HKDF-SHA-256 (RFC 5869), one label per purpose. Sealing is
//! XChaCha20-Poly1305 with a random nonce in front; the owner and the purpose are authenticated with it, so that
//! a sealed secret cannot be moved to another site or used as something else.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use portcullis_store::{ChallengeId, FlowId};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::random;
use crate::{Entropy, MasterKey, SiteId};

/// Opens and closes what is kept secret.
pub(crate) struct Vault {
    cipher: XChaCha20Poly1305,
    index: Hmac<Sha256>,
    visitors: Hmac<Sha256>,
    names: Hmac<Sha256>,
}

impl Vault {
    pub(crate) fn new(master: &MasterKey) -> Self {
        let seal = derive(master.bytes(), b"portcullis seal v1");
        let index = derive(master.bytes(), b"portcullis secret index v1");
        let visitors = derive(master.bytes(), b"portcullis visitor v1");
        Self {
            cipher: XChaCha20Poly1305::new(&Key::from(*seal)),
            index: keyed(&index),
            visitors: keyed(&visitors),
            names: keyed(&derive(master.bytes(), b"portcullis names v1")),
        }
    }

    /// Seals `secret` as the `purpose` of `owner`.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, owner: &[u8], purpose: &str, secret: &[u8]) -> Vec<u8> {
        let nonce = random::<24>(entropy);
        let payload = Payload { msg: secret, aad: &label(owner, purpose) };
        #[expect(clippy::expect_used, reason = "the cipher fails only beyond 256 GiB")]
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("a secret is short");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Vault::seal`] made for the same owner and purpose. `None` where the master key, the owner or
    /// the purpose is another, or the bytes were changed.
    pub(crate) fn open(&self, owner: &[u8], purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(24)?;
        let nonce: [u8; 24] = nonce.try_into().ok()?;
        let payload = Payload { msg: sealed, aad: &label(owner, purpose) };
        self.cipher.decrypt(&XNonce::from(nonce), payload).ok().map(Zeroizing::new)
    }

    /// The digest by which the site with this secret is found.
    pub(crate) fn index(&self, secret: &str) -> [u8; 32] {
        digest(&self.index, secret.as_bytes())
    }

    /// A digest of a visitor's network, to compare without carrying the address.
    pub(crate) fn visitor(&self, network: &[u8]) -> [u8; 8] {
        let digest = digest(&self.visitors, network);
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        first
    }
}

/// Names that follow from what they stand for, and that nobody can foresee.
impl Vault {
    /// The public token of a site whose plan was changed so often.
    pub(crate) fn public_token(&self, site: SiteId, changes: u32) -> [u8; 16] {
        self.name(b"public token", &[&site.0, &changes.to_be_bytes()])
    }

    /// The flow that a site's backend made with `nonce`.
    pub(crate) fn flow(&self, site: SiteId, nonce: &[u8; 32]) -> [u8; 16] {
        self.name(b"flow", &[&site.0, nonce])
    }

    /// The row that counts the questions about a flow.
    pub(crate) fn opinions(&self, flow: FlowId) -> [u8; 16] {
        self.name(b"opinions", &[&flow.0])
    }

    /// The question about a flow's visitor who brings `token`.
    pub(crate) fn question(&self, flow: FlowId, token: &str) -> [u8; 16] {
        self.name(b"question", &[&flow.0, token.as_bytes()])
    }

    /// What the picture of a step is drawn from.
    pub(crate) fn seed(&self, step: &ChallengeId) -> [u8; 32] {
        let mut message = b"seed".to_vec();
        message.extend(step.0);
        digest(&self.names, &message)
    }

    /// Every part goes in with its length, so that no two lists of parts read alike.
    fn name(&self, kind: &[u8], parts: &[&[u8]]) -> [u8; 16] {
        let mut message = Vec::new();
        for part in [&[kind], parts].concat() {
            message.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            message.extend(part);
        }
        let mut first = [0; 16];
        first.copy_from_slice(&digest(&self.names, &message)[..16]);
        first
    }
}

/// A subkey of `key` for the purpose that `label` names.
pub(crate) fn derive(key: &[u8; 32], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut derived = Zeroizing::new([0; 32]);
    #[expect(clippy::expect_used, reason = "HKDF-SHA-256 yields up to 8160 bytes")]
    Hkdf::<Sha256>::new(None, key)
        .expand(label, &mut *derived)
        .expect("32 bytes are within what HKDF yields");
    derived
}

/// An HMAC-SHA-256 under `key`, ready to be cloned for each message.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    Hmac::new_from_slice(key).expect("any key will do")
}

/// The code of `message` under a [`keyed`] HMAC.
pub(crate) fn digest(keyed: &Hmac<Sha256>, message: &[u8]) -> [u8; 32] {
    let mut mac = keyed.clone();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn label(owner: &[u8], purpose: &str) -> Vec<u8> {
    // Lengths first, so that no other pair of owner and purpose makes the same bytes.
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length(owner), owner, &length(purpose.as_bytes()), purpose.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    #[test]
    fn only_the_same_owner_purpose_and_master_key_open() {
        let vault = Vault::new(&"11".repeat(32).parse().unwrap());
        let sealed = vault.seal(&SystemEntropy, b"site", "secret key", b"the secret");
        assert_eq!(vault.open(b"site", "secret key", &sealed).unwrap().as_slice(), b"the secret");
        assert!(vault.open(b"other", "secret key", &sealed).is_none());
        assert!(vault.open(b"site", "signing key", &sealed).is_none());
        assert!(Vault::new(&"12".repeat(32).parse().unwrap()).open(b"site", "secret key", &sealed).is_none());
        assert!(vault.open(b"site", "secret key", &sealed[..23]).is_none());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(vault.open(b"site", "secret key", &changed).is_none());
        }
    }

    #[test]
    fn owner_and_purpose_do_not_run_into_each_other() {
        assert_ne!(label(b"ab", "c"), label(b"a", "bc"));
    }
}
