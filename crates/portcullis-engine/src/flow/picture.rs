//! A step's picture. It follows from the step, so that nothing is kept of it.

use portcullis_puzzle::{Connect, Density, Seed, Slider, SliderPicture, Theme};

use super::facts::StepFacts;
use super::{FlowError, PuzzleKind};
use crate::envelope::Purpose;
use crate::{Engine, Visitor};

/// A wish for a step's picture.
#[derive(Clone, Copy)]
pub struct PictureOf<'a> {
    /// Who asks.
    pub visitor: &'a Visitor,
    /// The step.
    pub step: &'a str,
    /// Which part of the picture.
    pub part: PicturePart,
    /// The page's colours.
    pub theme: Theme,
    /// How fine.
    pub density: Density,
}

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PicturePart {
    /// What lies still.
    Board,
    /// What is moved; a slider alone has one.
    Piece,
}

/// A step's picture that is still to be drawn. Two of them that are equal are the same picture.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Drawing {
    seed: [u8; 32],
    kind: PuzzleKind,
    dark: bool,
    fine: bool,
}

/// A step's picture.
pub struct Picture {
    board: Vec<u8>,
    /// With its media type; a slider alone has one.
    piece: Option<(&'static str, Vec<u8>)>,
}

impl Drawing {
    /// Draws it, all parts at once, as they share most of the work: milliseconds of computing, so not to be called
    /// where others wait.
    #[must_use]
    pub fn draw(&self) -> Picture {
        let seed = Seed(self.seed);
        let theme = if self.dark { Theme::Dark } else { Theme::Light };
        let density = if self.fine { Density::Two } else { Density::One };
        match self.kind {
            PuzzleKind::Slider => {
                let SliderPicture { board, piece, piece_media_type } =
                    Slider::new(&seed).draw(theme, density);
                Picture { board, piece: Some((piece_media_type, piece)) }
            }
            PuzzleKind::Connect | PuzzleKind::Checkbox | PuzzleKind::PressHold => {
                Picture { board: Connect::new(&seed).draw(theme, density), piece: None }
            }
        }
    }
}

impl Picture {
    /// The media type and bytes of a part; `None` where the picture has no such part.
    #[must_use]
    pub fn part(&self, part: PicturePart) -> Option<(&'static str, &[u8])> {
        match (part, &self.piece) {
            (PicturePart::Board, _) => Some((JPEG, &self.board)),
            (PicturePart::Piece, Some((media_type, piece))) => Some((media_type, piece)),
            (PicturePart::Piece, None) => None,
        }
    }
}

impl Engine {
    /// Notes that a picture is fetched, the first time for good, and answers what is to be drawn.
    pub async fn flow_picture(&self, wish: PictureOf<'_>) -> Result<Drawing, FlowError> {
        let now = self.clock.now();
        let bytes = self.directory.snapshot().keys.open(Purpose::FlowStep, wish.step);
        let step = bytes.and_then(|bytes| StepFacts::decode(&bytes)).ok_or(FlowError::Foreign)?;
        let kind = step.kind.filter(|kind| kind.is_picture()).ok_or(FlowError::Mismatch)?;
        if kind == PuzzleKind::Connect && wish.part == PicturePart::Piece {
            return Err(FlowError::Mismatch);
        }
        if now >= super::expiry(step.issued_at()) {
            return Err(FlowError::Expired);
        }
        self.visitor_limits().drawing(wish.visitor, now).await??;
        self.stores.attempts.begin(step.id, step.keep_until(), now).await?;
        let (dark, fine) = (wish.theme == Theme::Dark, wish.density == Density::Two);
        Ok(Drawing { seed: self.puzzle_seed(&step).0, kind, dark, fine })
    }
}

/// What a step's puzzle wants to hear.
#[derive(Clone, Debug, PartialEq)]
pub enum PuzzleAnswer {
    /// How far the handle is to be moved, 0 to 1.
    Travel(f64),
    /// The places to be joined.
    Pairs(Vec<(u8, u8)>),
}

impl Engine {
    /// The answer to a step's picture; `None` where it has none, or was not made here. For whoever tests a server of
    /// their own: it takes the master key, and with that everything else is possible too.
    #[must_use]
    pub fn puzzle_answer(&self, step: &str) -> Option<PuzzleAnswer> {
        let bytes = self.directory.snapshot().keys.open(Purpose::FlowStep, step)?;
        let step = StepFacts::decode(&bytes)?;
        let seed = self.puzzle_seed(&step);
        match step.kind? {
            PuzzleKind::Slider => Some(PuzzleAnswer::Travel(Slider::new(&seed).answer())),
            PuzzleKind::Connect => Some(PuzzleAnswer::Pairs(Connect::new(&seed).answer().to_vec())),
            PuzzleKind::Checkbox | PuzzleKind::PressHold => None,
        }
    }
}

const JPEG: &str = "image/jpeg";
