//! A step that a visitor must take, carried sealed by its own name.
//!
//! The name that the visitor brings back holds everything that the step was asked with: for which site, address and
//! page, of which kind, with how much work. So a step costs no row until it is taken.

use portcullis_pow::{Parameters, Salted};
use portcullis_store::{ChallengeId, SiteId, UnixMs};

use crate::UnixMs as Moment;

/// What a visitor is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Solve puzzles, unseen.
    Work,
    /// Confirm with a click, a tap or a key.
    Confirm,
    /// Hold a button.
    PressHold,
}

/// A step, ready to be asked for.
#[derive(Clone)]
pub struct Step {
    /// What must come back.
    pub challenge_id: String,
    /// What is to be done.
    pub kind: StepKind,
    /// Milliseconds that a button must be held; 0 for other steps.
    pub hold_ms: u32,
    /// Whether the step was chosen because of the address's network.
    pub non_residential: bool,
    /// The puzzles to be solved meanwhile; absent where no work is asked.
    pub work: Option<StepWork>,
}

/// The puzzles of a step.
#[derive(Clone)]
pub struct StepWork {
    /// What comes back with the solutions.
    pub token: String,
    /// The puzzles, in order.
    pub puzzles: Salted,
}

/// What is sealed into a step's name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StepFacts {
    /// Names the step in the ledger; begins with the moment of issue.
    pub(crate) id: ChallengeId,
    pub(crate) site: SiteId,
    /// Keyed digest of the network that it was asked of; zero where that may stand for many.
    pub(crate) visitor: [u8; 8],
    /// Keyed digest of the page's origin.
    pub(crate) origin: [u8; 8],
    pub(crate) kind: StepKind,
    pub(crate) hold_ms: u32,
    pub(crate) non_residential: bool,
    /// The score at that time in hundredths.
    pub(crate) score: u8,
    pub(crate) work: Option<Parameters>,
}

impl StepFacts {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let kind = match self.kind {
            StepKind::Work => 0,
            StepKind::Confirm => 1,
            StepKind::PressHold => 2,
        };
        let mut bytes = Vec::with_capacity(72);
        bytes.extend(self.id.0);
        bytes.extend(self.site.0);
        bytes.extend(self.visitor);
        bytes.extend(self.origin);
        bytes.extend([kind, u8::from(self.non_residential), self.score]);
        bytes.extend(self.hold_ms.to_be_bytes());
        if let Some(work) = self.work {
            bytes.extend(work.count().to_be_bytes());
            bytes.extend([work.salt_length(), work.difficulty()]);
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<24>()?;
        let (site, rest) = rest.split_first_chunk::<16>()?;
        let (visitor, rest) = rest.split_first_chunk::<8>()?;
        let (origin, rest) = rest.split_first_chunk::<8>()?;
        let ([kind, non_residential, score], rest) = rest.split_first_chunk::<3>()?;
        let (hold_ms, rest) = rest.split_first_chunk::<4>()?;
        let kind = match kind {
            0 => StepKind::Work,
            1 => StepKind::Confirm,
            2 => StepKind::PressHold,
            _ => return None,
        };
        let work = match *rest {
            [] => None,
            [high, low, salt, difficulty] => {
                let count = u32::from(u16::from_be_bytes([high, low]));
                Some(Parameters::new(count, salt.into(), difficulty.into()).ok()?)
            }
            _ => return None,
        };
        Some(Self {
            id: ChallengeId(*id),
            site: SiteId(*site),
            visitor: *visitor,
            origin: *origin,
            kind,
            hold_ms: u32::from_be_bytes(*hold_ms),
            non_residential: *non_residential == 1,
            score: *score,
            work,
        })
    }

    /// When the step was asked for.
    pub(crate) fn issued_at(&self) -> Moment {
        self.id.0.first_chunk().map_or(UnixMs(0), |bytes| UnixMs(u64::from_be_bytes(*bytes)))
    }

    /// From when on it is too late.
    pub(crate) fn expires_at(&self) -> Moment {
        self.issued_at().plus(STEP_LIFE_MS)
    }
}

/// What a step's name begins with, in front of the envelope.
pub(crate) const STEP_PREFIX: &str = "chl_";

/// How long a visitor may take for a step.
const STEP_LIFE_MS: u64 = 600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_back_as_they_were() {
        for (kind, work) in [
            (StepKind::Work, Parameters::new(500, 44, 8).ok()),
            (StepKind::Confirm, None),
            (StepKind::PressHold, Parameters::new(1, 1, 1).ok()),
        ] {
            let facts = StepFacts {
                id: ChallengeId::new(UnixMs(1_700_000_000_000), [7; 16]),
                site: SiteId([1; 16]),
                visitor: [2; 8],
                origin: [3; 8],
                kind,
                hold_ms: 1500,
                non_residential: true,
                score: 55,
                work,
            };
            assert_eq!(StepFacts::decode(&facts.encode()), Some(facts.clone()));
            assert_eq!(facts.expires_at(), UnixMs(1_700_000_600_000));
            let bytes = facts.encode();
            assert!((0..bytes.len()).all(|end| StepFacts::decode(&bytes[..end]) != Some(facts.clone())));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Some(facts) = StepFacts::decode(&bytes) {
                let _ = facts.encode();
            }
        }
    }
}
