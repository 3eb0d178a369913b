//! Issuing.

use portcullis_engine::{Entropy, UnixMs};

use super::parameters::Parameters;
use super::{Derivation, DerivedKey, Search, Work};
use crate::altcha::data::named;
use crate::altcha::{Data, DataError, Hash, Secrets};
use crate::hex::hex;

/// A challenge that is drawn and not signed yet. Where a counter was drawn, its key has to be derived first.
#[derive(Debug)]
pub struct Draft {
    parameters: Parameters,
    derivation: Option<Derivation>,
}

impl Draft {
    /// Draws a challenge that expires at `expires_at`, to the second. `id` names it in place of its nonce: 1 to
    /// [`Data::CHALLENGE_ID_MAX`] characters of printable ASCII, and another for every challenge.
    ///
    /// # Errors
    ///
    /// [`DataError::Value`] where `id` cannot be a name.
    pub fn draw(
        work: Work,
        expires_at: UnixMs,
        id: Option<&str>,
        data: Data,
        entropy: &dyn Entropy,
    ) -> Result<Self, DataError> {
        let data = named(data, id)?;
        let (mut nonce, mut salt) = ([0; 16], [0; 16]);
        entropy.fill(&mut nonce);
        entropy.fill(&mut salt);
        let mut parameters = Parameters {
            algorithm: work.algorithm,
            nonce,
            salt,
            cost: work.cost,
            key_length: work.key_length,
            key_prefix: String::new(),
            key_signature: None,
            expires_at: Some(expires_at.0 / 1000),
            data: (!data.is_empty()).then_some(data),
        };
        let derivation = match work.search {
            Search::Prefix { digits } => {
                parameters.key_prefix = "0".repeat(digits.into());
                None
            }
            Search::Counter { least, most } => Some(parameters.derivation(drawn(least, most, entropy))),
        };
        Ok(Self { parameters, derivation })
    }

    /// The key that has to be derived; absent where none has.
    #[must_use]
    pub fn derivation(&self) -> Option<Derivation> {
        self.derivation
    }

    /// Signs it. `key` is what [`Draft::derivation`] made; where it is absent the key is derived here.
    #[must_use]
    pub fn sign(mut self, key: Option<DerivedKey>, secrets: &Secrets) -> Challenge {
        if let Some(derivation) = self.derivation {
            let DerivedKey(key) = key.unwrap_or_else(|| derivation.derive());
            self.parameters.key_prefix = hex(&key[..key.len() / 2]);
            self.parameters.key_signature = Some(secrets.sign_key(&key));
        }
        let parameters = self.parameters.canonical();
        let signature = hex(&secrets.sign_challenge(Hash::Sha256, parameters.as_bytes()));
        Challenge { nonce: self.parameters.nonce, parameters, signature }
    }
}

/// A challenge, ready to be sent.
#[derive(Clone, Debug)]
pub struct Challenge {
    nonce: [u8; 16],
    parameters: String,
    signature: String,
}

impl Challenge {
    /// Draws a challenge and signs it; see [`Draft`].
    ///
    /// Where a counter is drawn this derives its key, which takes a server about as long as one try takes the
    /// visitor. Anybody may ask for a challenge, so whoever calls this counts the asking first, and where a key costs
    /// more than some hundred rounds it is derived on a thread that may block.
    ///
    /// # Errors
    ///
    /// [`DataError::Value`] where `id` cannot be a name.
    pub fn issue(
        work: Work,
        expires_at: UnixMs,
        id: Option<&str>,
        data: Data,
        secrets: &Secrets,
        entropy: &dyn Entropy,
    ) -> Result<Self, DataError> {
        Ok(Draft::draw(work, expires_at, id, data, entropy)?.sign(None, secrets))
    }

    /// What tells it from every other challenge. In hex it is the [replay id](crate::altcha::Verified::replay_id) of
    /// its payloads, unless it was given another name.
    #[must_use]
    pub fn nonce(&self) -> [u8; 16] {
        self.nonce
    }

    /// The JSON that the widget reads.
    #[must_use]
    pub fn json(&self) -> String {
        // Invariant: the parameters are JSON already, and a signature is hex digits.
        format!(r#"{{"parameters":{},"signature":"{}"}}"#, self.parameters, self.signature)
    }
}

/// A number between both, each as likely as any other but for one part in 2^32.
fn drawn(least: u32, most: u32, entropy: &dyn Entropy) -> u32 {
    let mut choice = [0; 8];
    entropy.fill(&mut choice);
    let width = u64::from(most.saturating_sub(least)) + 1;
    let offset = u64::from_be_bytes(choice) % width;
    // Invariant: `offset` is at most the difference, so the sum is at most `most`.
    least.saturating_add(u32::try_from(offset).unwrap_or(0))
}
