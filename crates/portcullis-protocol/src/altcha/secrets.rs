//! What challenges are signed with.

use std::fmt;

use zeroize::Zeroizing;

use super::Hash;
use super::hash::mac256;
use crate::hex::hex;

/// The two secrets of whoever issues and verifies.
pub struct Secrets {
    challenge: Zeroizing<Vec<u8>>,
    key: Zeroizing<Vec<u8>>,
}

/// A secret is empty. Whoever signs with it signs for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an ALTCHA secret is empty")]
pub struct EmptySecret;

impl Secrets {
    /// One secret that signs challenges of both versions, and another that signs derived keys.
    ///
    /// # Errors
    ///
    /// [`EmptySecret`] where either is.
    pub fn new(challenge: &[u8], key: &[u8]) -> Result<Self, EmptySecret> {
        if challenge.is_empty() || key.is_empty() {
            return Err(EmptySecret);
        }
        Ok(Self { challenge: Zeroizing::new(challenge.to_vec()), key: Zeroizing::new(key.to_vec()) })
    }

    /// Both from one, as the published server library's framework helpers derive the second.
    ///
    /// # Errors
    ///
    /// [`EmptySecret`] where `master` is.
    pub fn of_master(master: &[u8]) -> Result<Self, EmptySecret> {
        let key = Zeroizing::new(hex(&mac256(DERIVED, master)));
        Self::new(master, key.as_bytes())
    }

    /// Signs the text of a challenge.
    pub(super) fn sign_challenge(&self, hash: Hash, text: &[u8]) -> Vec<u8> {
        hash.mac(&self.challenge, text)
    }

    /// Signs a derived key.
    pub(super) fn sign_key(&self, derived: &[u8]) -> [u8; 32] {
        mac256(&self.key, derived)
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

/// The key under which the library derives the second secret.
const DERIVED: &[u8] = b"derived-secret";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_secret_follows_from_the_first_as_in_the_library() {
        let secrets = Secrets::of_master(b"master").unwrap();
        let expected = "248d7ec294015663624543dd81e42dcad647e861525d74518ee45c28f2ce1d47";
        assert_eq!(secrets.key.as_slice(), expected.as_bytes());
        assert_eq!(secrets.challenge.as_slice(), b"master");
    }

    #[test]
    fn an_empty_secret_is_none() {
        for (challenge, key) in [("", "key"), ("challenge", ""), ("", "")] {
            assert_eq!(
                Secrets::new(challenge.as_bytes(), key.as_bytes()).map(|_| ()),
                Err(EmptySecret),
                "{challenge:?} {key:?}"
            );
        }
        assert!(Secrets::of_master(b"").is_err());
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", Secrets::new(b"signature.secret", b"key.secret").unwrap());
        assert_eq!(shown, "Secrets(***)");
    }
}
