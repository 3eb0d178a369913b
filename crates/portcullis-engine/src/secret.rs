//! Secrets in memory: wiped when dropped, silent in logs, compared in constant time.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::Entropy;
use crate::entropy::random;

/// The key under which everything secret is sealed: 32 bytes from the environment or a file of the operator's.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(random(entropy)))
    }

    /// The key as 64 hex digits, to be written where only the operator reads.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex(&*self.0))
    }

    /// A key of its own for one purpose, for formats that bring their own seal. Labels begin with `portcullis`.
    #[must_use]
    pub fn subkey(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        crate::vault::derive(self.bytes(), label)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for MasterKey {
    type Err = MasterKeyError;

    fn from_str(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        if text.len() != 64 {
            return Err(MasterKeyError);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digit = |digit: u8| (digit as char).to_digit(16).ok_or(MasterKeyError);
            *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).map_err(|_| MasterKeyError)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// A text is not a master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a master key is 64 hexadecimal digits")]
pub struct MasterKeyError;

/// A site's secret key: ours (`sk_` and 64 hex digits) or one brought from another system.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    /// The longest secret key, in characters.
    pub const MAX: usize = 128;
    /// The shortest secret key that is taken from elsewhere, in characters.
    pub const MIN: usize = 32;

    /// A fresh key of 256 random bits.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = random::<32>(entropy);
        let key = Self(Zeroizing::new(format!("sk_{}", hex(&bytes))));
        bytes.zeroize();
        key
    }

    /// The key itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this key, in time that tells nothing of where they differ.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl FromStr for SecretKey {
    type Err = SecretKeyError;

    fn from_str(text: &str) -> Result<Self, SecretKeyError> {
        if !(Self::MIN..=Self::MAX).contains(&text.len()) {
            return Err(SecretKeyError::Length { found: text.len() });
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretKeyError::Characters);
        }
        let distinct = text.bytes().collect::<std::collections::BTreeSet<_>>().len();
        let lower = text.to_ascii_lowercase();
        if distinct < 8 || PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder)) {
            return Err(SecretKeyError::Placeholder);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

/// Why a secret key of another system is not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// Too short to resist guessing, or too long.
    #[error("a secret key has {} to {} characters; this one has {found}", SecretKey::MIN, SecretKey::MAX)]
    Length {
        /// How many it has.
        found: usize,
    },
    /// Characters that do not survive forms and headers.
    #[error("a secret key has printable ASCII characters without spaces")]
    Characters,
    /// An example out of a manual, known to everybody.
    #[error(
        "this secret key stands in a manual or is as easy to guess; make one of your own, or leave it out to have one made"
    )]
    Placeholder,
}

/// `bytes` as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

/// Marks of secrets that stand in documentation, in lower case.
const PLACEHOLDERS: [&str; 10] = [
    "django-insecure",
    "your-secret",
    "your_secret",
    "yoursecret",
    "change-me",
    "changeme",
    "sk_fallback_secret",
    "example",
    "6leixactaaaaagg-vfi1tnrwxmznfuojj4wifjwe",
    "0x0000000000000000000000000000000",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let key: SecretKey = "q8Zr2LmX0vB7nT4kY1wJ6sD3hF5gA9cE".parse().unwrap();
        let master: MasterKey = "0f".repeat(32).parse().unwrap();
        assert!(!format!("{key:?} {master:?}").contains("0f0f"));
        assert!(!format!("{key:?}").contains("q8Zr"));
    }

    #[test]
    fn weak_secrets_are_refused() {
        for (text, reason) in [
            ("short", SecretKeyError::Length { found: 5 }),
            ("0x0000000000000000000000000000000000000000", SecretKeyError::Placeholder),
            ("6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe", SecretKeyError::Placeholder),
            ("django-insecure-q8Zr2LmX0vB7nT4kY1wJ6sD3", SecretKeyError::Placeholder),
            ("abababababababababababababababababab", SecretKeyError::Placeholder),
            ("q8Zr2LmX0vB7nT4kY1wJ6sD3hF5gA9c é", SecretKeyError::Characters),
        ] {
            assert_eq!(text.parse::<SecretKey>().map(|_| ()), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_master_key_reads_back() {
        let text = "00ff10a55aC3".repeat(5) + "beef";
        assert_eq!(*text.parse::<MasterKey>().unwrap().to_hex(), text.to_lowercase());
        assert_eq!("0g".repeat(32).parse::<MasterKey>().map(|_| ()), Err(MasterKeyError));
    }
}
