//! How a key is derived.

use crate::altcha::Hash;

/// A way to derive a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The digest of the digest and so on.
    Sha(Hash),
    /// PBKDF2 (RFC 8018) with HMAC.
    Pbkdf2(Hash),
    /// Argon2id (RFC 9106, version 1.3). Its `cost` is the passes, its `memory` is in KiB.
    Argon2id(Memory),
    /// scrypt (RFC 7914). Its `cost` is N, its `memory` the block size r.
    Scrypt(Memory),
}

/// What an algorithm takes besides its cost that is dear in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// See [`Algorithm`].
    pub memory: u32,
    /// The lanes, or scrypt's p. Memory and time are for all of them together at Argon2id, and for each at scrypt.
    pub lanes: u32,
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
            Self::Argon2id(_) => ARGON2ID,
            Self::Scrypt(_) => SCRYPT,
        }
    }

    /// The algorithm of a name. `memory` is there for those that take some, and for no others.
    pub(super) fn named(name: &str, memory: Option<Memory>) -> Option<Self> {
        match (name, memory) {
            (ARGON2ID, Some(memory)) => Some(Self::Argon2id(memory)),
            (SCRYPT, Some(memory)) => Some(Self::Scrypt(memory)),
            (_, Some(_)) => None,
            (name, None) => match name.strip_prefix("PBKDF2/") {
                Some(hash) => Hash::named(hash).map(Self::Pbkdf2),
                None => Hash::named(name).map(Self::Sha),
            },
        }
    }

    /// What it takes besides its cost.
    pub(super) const fn memory(self) -> Option<Memory> {
        match self {
            Self::Sha(_) | Self::Pbkdf2(_) => None,
            Self::Argon2id(memory) | Self::Scrypt(memory) => Some(memory),
        }
    }

    /// The shortest and the longest key, in bytes.
    pub(super) const fn key_lengths(self) -> (usize, usize) {
        match self {
            Self::Sha(hash) | Self::Pbkdf2(hash) => (1, hash.length()),
            Self::Argon2id(_) => (4, 64),
            Self::Scrypt(_) => (1, 64),
        }
    }

    /// The KiB that one key takes at this cost, at least one. `None` for what no server or telephone should do: keys
    /// of more than [`Algorithm::MEMORY_MAX`], and what the algorithms themselves do not take.
    pub(super) fn kibibytes(self, cost: u32) -> Option<u32> {
        let lanes_fit = |memory: Memory| (1..=LANES_MAX).contains(&memory.lanes);
        let kibibytes = match self {
            Self::Sha(_) | Self::Pbkdf2(_) => 1,
            Self::Argon2id(memory) => {
                let is_sound = lanes_fit(memory) && memory.memory >= 8 * memory.lanes && cost <= PASSES_MAX;
                if !is_sound {
                    return None;
                }
                memory.memory
            }
            Self::Scrypt(memory) => {
                let is_sound = lanes_fit(memory) && memory.memory > 0 && cost > 1 && cost.is_power_of_two();
                if !is_sound {
                    return None;
                }
                let bytes = u64::from(cost) * u64::from(memory.memory) * 128;
                u32::try_from(bytes.div_ceil(1024)).ok()?
            }
        };
        (kibibytes <= Self::MEMORY_MAX).then_some(kibibytes)
    }

    /// The most memory that one key may take, in KiB.
    pub const MEMORY_MAX: u32 = 64 * 1024;
}

const ARGON2ID: &str = "ARGON2ID";
const SCRYPT: &str = "SCRYPT";
const LANES_MAX: u32 = 4;
const PASSES_MAX: u32 = 16;
