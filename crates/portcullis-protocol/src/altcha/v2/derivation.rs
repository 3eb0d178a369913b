//! One key to derive: by itself, so that it can be derived elsewhere than where answers are waited for.

use std::fmt;

use argon2::Argon2;

use super::{Algorithm, Memory};

/// One key to derive. Within the bounds of [`Work`](super::Work) or of a challenge that could be read.
#[derive(Clone, Copy)]
pub struct Derivation {
    pub(super) algorithm: Algorithm,
    pub(super) cost: u32,
    pub(super) key_length: u8,
    pub(super) nonce: [u8; 16],
    pub(super) salt: [u8; 16],
    /// The solution, where the challenge is not sent yet.
    pub(super) counter: u32,
}

/// A key that was derived.
#[derive(Clone, PartialEq, Eq)]
pub struct DerivedKey(pub(in crate::altcha) Vec<u8>);

impl Derivation {
    /// Whether it takes longer than some hundredths of a millisecond, so that others should not wait for it.
    #[must_use]
    pub const fn is_dear(&self) -> bool {
        match self.algorithm {
            Algorithm::Sha(_) | Algorithm::Pbkdf2(_) => self.cost > DEAR_FROM,
            Algorithm::Argon2id(_) | Algorithm::Scrypt(_) => true,
        }
    }

    /// Whether it takes more memory than a few numbers do.
    #[must_use]
    pub const fn takes_memory(&self) -> bool {
        self.algorithm.memory().is_some()
    }

    /// Derives it. Takes milliseconds, and as much memory as the algorithm says.
    #[must_use]
    pub fn derive(self) -> DerivedKey {
        let Self { algorithm, cost, key_length, nonce, salt, counter } = self;
        let counter = counter.to_be_bytes();
        let password = [&nonce[..], &counter].concat();
        let mut key = match algorithm {
            Algorithm::Sha(hash) => hash.rounds(&[&salt[..], &password].concat(), cost),
            Algorithm::Pbkdf2(hash) => hash.pbkdf2(&password, &salt, cost),
            Algorithm::Argon2id(memory) => argon2id(&password, &salt, cost, memory, key_length.into()),
            Algorithm::Scrypt(memory) => scrypt(&password, &salt, cost, memory, key_length.into()),
        };
        key.truncate(key_length.into());
        DerivedKey(key)
    }
}

impl fmt::Debug for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derivation")
            .field("algorithm", &self.algorithm)
            .field("cost", &self.cost)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey(***)")
    }
}

fn argon2id(password: &[u8], salt: &[u8], passes: u32, memory: Memory, length: usize) -> Vec<u8> {
    let mut key = vec![0; length];
    // Invariant: `Algorithm::kibibytes` and `key_lengths` were asked before, and their bounds are Argon2's or closer.
    #[expect(clippy::expect_used, reason = "within bounds that are closer than Argon2's")]
    argon2::Params::new(memory.memory, passes, memory.lanes, Some(length))
        .and_then(|limits| {
            Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, limits)
                .hash_password_into(password, salt, &mut key)
        })
        .expect("Argon2 takes these");
    key
}

fn scrypt(password: &[u8], salt: &[u8], cost: u32, memory: Memory, length: usize) -> Vec<u8> {
    let mut key = vec![0; length];
    // Invariant: as above, and a power of two below 2^32 has fewer than 32 zeros at its end.
    #[expect(clippy::expect_used, reason = "within bounds that are closer than scrypt's")]
    let limits = scrypt::Params::new(cost.trailing_zeros() as u8, memory.memory, memory.lanes)
        .expect("scrypt takes these");
    #[expect(clippy::expect_used, reason = "a key has a byte or more")]
    scrypt::scrypt(password, salt, &limits, &mut key).expect("scrypt makes a key of this length");
    key
}

/// From how many rounds or iterations on a key is dear: some 20 microseconds.
const DEAR_FROM: u32 = 200;
