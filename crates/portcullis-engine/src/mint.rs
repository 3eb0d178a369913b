//! The only way to a token.
//!
//! [`mint`] takes proofs that only the checks themselves can make: that the policy let the visitor through,
//! that the work was done, that the ledger allowed a token. A check that is forgotten does not compile.

use portcullis_pow::Solved;
use portcullis_store::{Redeemed, UnixMs};

use crate::admission::PolicyPassed;
use crate::facts::IssueFacts;
use crate::{DoneElsewhere, Entropy, RedeemError, Site, Token, TokenFacts, TokenFormat};

/// Proof that the work that was asked for was done.
#[derive(Debug)]
pub(crate) enum Work {
    /// Every puzzle was solved.
    Solved(Solved),
    /// A door vouches for it.
    DoneElsewhere(DoneElsewhere),
}

/// Proof that the ledger allowed a token. Made only from the ledger's answer.
#[derive(Debug)]
pub(crate) struct Redemption {
    ordinal: u8,
}

impl Redemption {
    /// Turns the ledger's answer into a proof or the refusal that it means.
    pub(crate) fn from_ledger(answer: Redeemed) -> Result<Self, RedeemError> {
        match answer {
            Redeemed::First => Ok(Self { ordinal: 0 }),
            Redeemed::Reissued(ordinal) => Ok(Self { ordinal }),
            Redeemed::TokenLive => Err(RedeemError::TokenLive),
            Redeemed::TokenSpent => Err(RedeemError::TokenSpent),
            Redeemed::Exhausted => Err(RedeemError::Exhausted),
            Redeemed::TooLate => Err(RedeemError::Expired),
        }
    }
}

/// Writes the token. `None` where no sealing key is at hand.
pub(crate) fn mint(
    _policy: PolicyPassed,
    _work: Work,
    redemption: Redemption,
    challenge: IssueFacts,
    expires_at: UnixMs,
    (site, format, entropy): (&Site, &dyn TokenFormat, &dyn Entropy),
) -> Option<Token> {
    let facts = TokenFacts {
        challenge: challenge.id,
        ordinal: redemption.ordinal,
        site: challenge.site,
        issued_at: challenge.issued_at,
        expires_at,
        bindings: challenge.bindings,
    };
    format.seal_token(site, &facts, entropy).map(|value| Token { value, expires_at })
}
