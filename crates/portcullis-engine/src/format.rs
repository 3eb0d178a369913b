//! How challenges and tokens are written. Ours are sealed; a dialect may bring another format for sites that
//! must interoperate with its own software.

use std::sync::Arc;

use arc_swap::ArcSwap;
use portcullis_store::ChallengeId;

use crate::directory::Snapshot;
use crate::envelope::Purpose;
use crate::secret::hex;
use crate::{ChallengeFacts, Entropy, Site, TokenFacts};

/// Writes and reads challenges and tokens.
///
/// `open_…` answers `None` unless the text was made by this format for this site and not changed since: that is
/// the check of the signature, so an implementation compares in constant time. Expiry is not looked at here.
pub trait TokenFormat: Send + Sync {
    /// Writes a challenge. `None` where no key is at hand.
    fn seal_challenge(&self, site: &Site, facts: &ChallengeFacts, entropy: &dyn Entropy) -> Option<String>;

    /// Reads a challenge.
    fn open_challenge(&self, site: &Site, text: &str) -> Option<ChallengeFacts>;

    /// Writes a token. `None` where no key is at hand.
    fn seal_token(&self, site: &Site, facts: &TokenFacts, entropy: &dyn Entropy) -> Option<String>;

    /// Reads a token.
    fn open_token(&self, site: &Site, text: &str) -> Option<TokenFacts>;

    /// How often a challenge may be redeemed again when its earlier tokens ran out unspent.
    fn reissues(&self) -> u8;
}

/// Our own format. A token is `site key : 16 hex digits : envelope`, three parts like Cap Standalone's, because
/// backends written for that split at the colons. The middle part names the challenge in logs.
pub(crate) struct Sealed {
    snapshot: Arc<ArcSwap<Snapshot>>,
}

impl Sealed {
    pub(crate) fn new(snapshot: Arc<ArcSwap<Snapshot>>) -> Self {
        Self { snapshot }
    }
}

impl TokenFormat for Sealed {
    fn seal_challenge(&self, _site: &Site, facts: &ChallengeFacts, entropy: &dyn Entropy) -> Option<String> {
        self.snapshot.load().keys.seal(entropy, Purpose::Challenge, &facts.encode())
    }

    fn open_challenge(&self, _site: &Site, text: &str) -> Option<ChallengeFacts> {
        self.snapshot
            .load()
            .keys
            .open(Purpose::Challenge, text)
            .and_then(|bytes| ChallengeFacts::decode(&bytes))
    }

    fn seal_token(&self, site: &Site, facts: &TokenFacts, entropy: &dyn Entropy) -> Option<String> {
        let envelope = self.snapshot.load().keys.seal(entropy, Purpose::Token, &facts.encode())?;
        Some(format!("{}:{}:{envelope}", site.site_key(), log_name(facts.challenge)))
    }

    fn open_token(&self, _site: &Site, text: &str) -> Option<TokenFacts> {
        let (_site_key, rest) = text.split_once(':')?;
        let (name, envelope) = rest.split_once(':')?;
        let bytes = self.snapshot.load().keys.open(Purpose::Token, envelope)?;
        TokenFacts::decode(&bytes).filter(|facts| name == log_name(facts.challenge))
    }

    fn reissues(&self) -> u8 {
        3
    }
}

/// The first random bits of a challenge's id: enough to find it in a log, useless for anything else.
fn log_name(challenge: ChallengeId) -> String {
    hex(&challenge.0[8..16])
}
