//! Slide the piece to the hole it was cut from.
//!
//! The board has the true hole and two others of the same shape, all refilled, all on the piece's way. Only
//! what the picture shows around a hole says which is the true one.
//!
//! **Guessing.** A position counts within [`TOLERANCE`] CSS pixels of the true one. A blind guess at any one position
//! hits one challenge in nine at best; a program that finds the holes but cannot tell them apart hits one in three.

use crate::encode;
use crate::seed::Stream;
use crate::{Density, Grade, Seed, Theme};
use law::Law;
use shape::Shape;

mod law;
mod picture;
mod shape;

/// One slider challenge.
pub struct Slider {
    seed: Seed,
    law: Law,
    shape: Shape,
    /// Corners of all holes; the true one comes first.
    holes: Vec<[f32; 2]>,
}

/// What the page must know to show a slider. Lengths are CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct SliderLayout {
    /// The board's width.
    pub width: u16,
    /// The board's height.
    pub height: u16,
    /// The width of the piece's picture, soft rim included.
    pub piece_width: u16,
    /// The height of the piece's picture.
    pub piece_height: u16,
    /// The corner of the piece's picture at 65 equally spaced travels of the handle, from 0 to 1; linear in between.
    pub path: Vec<[f32; 2]>,
}

/// Both pictures of a slider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliderPicture {
    /// The board with its holes, as JPEG.
    pub board: Vec<u8>,
    /// The piece, with transparency.
    pub piece: Vec<u8>,
    /// The format of `piece`.
    pub piece_media_type: &'static str,
}

impl Slider {
    /// The challenge of `seed`. Paints nothing.
    #[must_use]
    pub fn new(seed: &Seed) -> Self {
        let mut stream = Stream::new(seed, b"slider");
        let room = |side: u16| f32::from(side - PIECE) - MARGIN;
        let law = Law::new(&mut stream, [MARGIN, room(WIDTH)], [MARGIN, room(HEIGHT)]);
        let shape = Shape::new(&mut stream);
        // Places are drawn alike for all holes, and which is the true one only then: the places tell nothing.
        let spare = room(WIDTH) - FIRST_HOLE - (HOLES - 1) as f32 * APART;
        let mut spares = [(); HOLES].map(|()| stream.between(0.0, spare));
        spares.sort_by(f32::total_cmp);
        let lefts = (0_u8..).zip(spares).map(|(hole, spare)| FIRST_HOLE + f32::from(hole) * APART + spare);
        let mut holes: Vec<[f32; 2]> = lefts.map(|left: f32| law.at(law.travel_to(left))).collect();
        holes.swap(0, stream.below(HOLES as u32) as usize);
        Self { seed: seed.clone(), law, shape, holes }
    }

    /// What the page is told.
    #[must_use]
    pub fn layout(&self) -> SliderLayout {
        SliderLayout {
            width: WIDTH,
            height: HEIGHT,
            piece_width: PIECE,
            piece_height: PIECE,
            path: self.law.points().to_vec(),
        }
    }

    /// Paints both pictures from one scene.
    #[must_use]
    pub fn draw(&self, theme: Theme, density: Density) -> SliderPicture {
        let (board, piece) = picture::paint(self, theme, density);
        let piece = encode::webp(&piece);
        SliderPicture { board: encode::jpeg(&board), piece, piece_media_type: encode::WEBP }
    }

    /// Judges how far the handle was moved, from 0 to 1: right where the piece then lies within [`TOLERANCE`] CSS
    /// pixels of the place it was cut from. Anything that is no travel is wrong.
    #[must_use]
    pub fn grade(&self, travel: f64) -> Grade {
        if !(0.0..=1.0).contains(&travel) {
            return Grade::Wrong;
        }
        let [x, y] = self.law.at(travel as f32);
        let [true_x, true_y] = self.holes[0];
        Grade::of((x - true_x).hypot(y - true_y) <= TOLERANCE)
    }

    /// The travel that is right, for samples and attacks. Never leaves the server.
    #[must_use]
    pub fn answer(&self) -> f64 {
        f64::from(self.law.travel_to(self.holes[0][0]))
    }

    /// The corners of all holes in CSS pixels, the true one first, for samples and attacks. Never leaves the server.
    #[must_use]
    pub fn holes(&self) -> &[[f32; 2]] {
        &self.holes
    }
}

/// CSS pixels.
const WIDTH: u16 = 300;
const HEIGHT: u16 = 180;
/// Side of the piece's picture, CSS pixels.
const PIECE: u16 = 48;
/// Between the piece's picture and the board's rim, CSS pixels.
const MARGIN: f32 = 3.0;
/// How far from the true place an answer may lie, CSS pixels.
const TOLERANCE: f32 = 5.0;
/// No hole is under the piece as it waits.
const FIRST_HOLE: f32 = 54.0;
/// Between the corners of two holes, CSS pixels: they never touch.
const APART: f32 = 54.0;
/// The true hole and those beside it.
const HOLES: usize = 3;
