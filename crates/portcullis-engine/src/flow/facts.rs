//! What a flow and a step carry with them, sealed.

use portcullis_pow::Parameters;
use portcullis_risk::Vouching;
use portcullis_store::{ChallengeId, FlowId, SiteId, UnixMs};

use super::FlowMode;

/// A rung of the ladder that a visitor sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PuzzleKind {
    /// A box to tick.
    Checkbox,
    /// A button to hold.
    PressHold,
    /// A piece of a picture to put in its place.
    Slider,
    /// Places in a picture to join.
    Connect,
}

impl PuzzleKind {
    /// Every kind, easiest first.
    pub const ALL: [Self; 4] = [Self::Checkbox, Self::PressHold, Self::Slider, Self::Connect];

    /// Whether it shows a picture.
    pub(super) const fn is_picture(self) -> bool {
        matches!(self, Self::Slider | Self::Connect)
    }

    const fn number(self) -> u8 {
        match self {
            Self::Checkbox => 1,
            Self::PressHold => 2,
            Self::Slider => 3,
            Self::Connect => 4,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

/// What a flow is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FlowFacts {
    pub(super) id: FlowId,
    pub(super) site: SiteId,
    /// Keyed digest of the network that it is asked of; zero where that may stand for many.
    pub(super) visitor: [u8; 8],
    pub(super) nonce: [u8; 32],
    pub(super) mode: FlowMode,
    /// Easiest first, never empty, at most four.
    pub(super) puzzles: Vec<PuzzleKind>,
    /// When it was first seen.
    pub(super) seen: UnixMs,
    /// The page's origin; empty where the request named none.
    pub(super) origin: String,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepFacts {
    /// Names the step in the ledger; begins with the moment of issue.
    pub(super) id: ChallengeId,
    pub(super) flow: FlowId,
    /// What the visitor sees; absent where there is only work.
    pub(super) kind: Option<PuzzleKind>,
    /// How far up the ladder it counts; work in place of a picture counts as the picture.
    pub(super) rung: u8,
    /// Wrong answers before it.
    pub(super) misses: u8,
    /// The score so far, in hundredths.
    pub(super) score: u8,
    /// How often the ordinary work was doubled for it.
    pub(super) doublings: u8,
    pub(super) work: Parameters,
    /// What others said of the visitor so far.
    pub(super) vouching: Vouching,
}

impl FlowFacts {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mode = match self.mode {
            FlowMode::Auto => 0,
            FlowMode::Hidden => 1,
            FlowMode::Puzzle => 2,
        };
        let puzzles: Vec<u8> = self.puzzles.iter().map(|puzzle| puzzle.number()).collect();
        [
            self.id.0.as_slice(),
            &self.site.0,
            &self.visitor,
            &self.nonce,
            &self.seen.0.to_be_bytes(),
            &[mode, puzzles.len() as u8],
            &puzzles,
            self.origin.as_bytes(),
        ]
        .concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<24>()?;
        let (site, rest) = rest.split_first_chunk::<16>()?;
        let (visitor, rest) = rest.split_first_chunk::<8>()?;
        let (nonce, rest) = rest.split_first_chunk::<32>()?;
        let (seen, rest) = rest.split_first_chunk::<8>()?;
        let ([mode, count], rest) = rest.split_first_chunk::<2>()?;
        let (puzzles, origin) = rest.split_at_checked(usize::from(*count))?;
        let mode = match mode {
            0 => FlowMode::Auto,
            1 => FlowMode::Hidden,
            2 => FlowMode::Puzzle,
            _ => return None,
        };
        let puzzles = puzzles.iter().map(|number| PuzzleKind::from_number(*number));
        Some(Self {
            id: FlowId(*id),
            site: SiteId(*site),
            visitor: *visitor,
            nonce: *nonce,
            mode,
            puzzles: puzzles.collect::<Option<Vec<_>>>().filter(|puzzles| !puzzles.is_empty())?,
            seen: UnixMs(u64::from_be_bytes(*seen)),
            origin: std::str::from_utf8(origin).ok()?.to_owned(),
        })
    }

    /// The row that says when the flow was first seen and counts its pictures.
    pub(super) fn row(&self) -> ChallengeId {
        ChallengeId(self.id.0)
    }
}

impl StepFacts {
    pub(super) fn encode(&self) -> Vec<u8> {
        let count = self.work.count();
        [
            self.id.0.as_slice(),
            &self.flow.0,
            &[self.kind.map_or(0, PuzzleKind::number), self.rung, self.misses, self.score, self.doublings],
            &count.to_be_bytes(),
            &[self.work.salt_length(), self.work.difficulty(), vouching_number(self.vouching)],
        ]
        .concat()
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<24>()?;
        let (flow, rest) = rest.split_first_chunk::<24>()?;
        let [kind, rung, misses, score, doublings, high, low, salt, difficulty, vouching] = *rest else {
            return None;
        };
        let kind = if kind == 0 { None } else { Some(PuzzleKind::from_number(kind)?) };
        let count = u32::from(u16::from_be_bytes([high, low]));
        let work = Parameters::new(count, salt.into(), difficulty.into()).ok()?;
        let vouching = VOUCHINGS.into_iter().find(|known| vouching_number(*known) == vouching)?;
        let (id, flow) = (ChallengeId(*id), FlowId(*flow));
        Some(Self { id, flow, kind, rung, misses, score, doublings, work, vouching })
    }

    /// When the step was asked for.
    pub(super) fn issued_at(&self) -> UnixMs {
        self.id.0.first_chunk().map_or(UnixMs(0), |bytes| UnixMs(u64::from_be_bytes(*bytes)))
    }
}

const fn vouching_number(vouching: Vouching) -> u8 {
    match vouching {
        Vouching::Unasked => 0,
        Vouching::Given => 1,
        Vouching::Refused => 2,
        Vouching::Missing => 3,
    }
}

const VOUCHINGS: [Vouching; 4] = [Vouching::Unasked, Vouching::Given, Vouching::Refused, Vouching::Missing];

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> FlowFacts {
        FlowFacts {
            id: FlowId([9; 24]),
            site: SiteId([1; 16]),
            visitor: [2; 8],
            nonce: [3; 32],
            mode: FlowMode::Puzzle,
            puzzles: vec![PuzzleKind::Connect, PuzzleKind::Checkbox],
            seen: UnixMs(1_700_000_000_000),
            origin: "https://shop.example:8443".to_owned(),
        }
    }

    fn step(kind: Option<PuzzleKind>) -> StepFacts {
        StepFacts {
            id: ChallengeId::new(UnixMs(1_700_000_000_001), [7; 16]),
            flow: FlowId([9; 24]),
            kind,
            rung: 2,
            misses: 1,
            score: 55,
            doublings: 4,
            work: Parameters::new(500, 32, 4).unwrap(),
            vouching: Vouching::Refused,
        }
    }

    #[test]
    fn facts_come_back_as_they_were() {
        assert_eq!(FlowFacts::decode(&flow().encode()), Some(flow()));
        for kind in [None].into_iter().chain(PuzzleKind::ALL.map(Some)) {
            let step = step(kind);
            assert_eq!(StepFacts::decode(&step.encode()), Some(step.clone()));
            for vouching in VOUCHINGS {
                let step = StepFacts { vouching, ..step.clone() };
                assert_eq!(StepFacts::decode(&step.encode()), Some(step));
            }
            assert_eq!(step.issued_at(), UnixMs(1_700_000_000_001));
            let bytes = step.encode();
            assert!((0..bytes.len()).all(|end| StepFacts::decode(&bytes[..end]).is_none()));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = FlowFacts::decode(&bytes).map(|facts| facts.encode());
            let _ = StepFacts::decode(&bytes).map(|facts| facts.encode());
        }
    }
}
