//! Glyphs: what the nodes show, as strokes of our own. No font is carried and none can be looked up.

use crate::seed::Stream;

/// What a node shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A numeral, 0 to 9.
    Numeral(u8),
    /// A group of 1 to 9 dots.
    Dots(u8),
    /// An abstract symbol, by its number below [`SYMBOLS`].
    Symbol(u8),
}

/// A line to be drawn, in a square from -1 to 1 with y growing downwards. One without length is a dot.
pub(super) type Line = [[f32; 2]; 2];

/// A numeral's lines.
pub(super) fn numeral(digit: u8) -> Vec<Line> {
    lines(NUMERALS[usize::from(digit) % NUMERALS.len()])
}

/// A symbol's lines.
pub(super) fn symbol(number: u8) -> Vec<Line> {
    lines(SYMBOL_PARTS[usize::from(number) % SYMBOL_PARTS.len()])
}

/// A group of `count` dots that has no order to it: each in its own cell of three by three, a little aside.
/// Groups are closer together than neighbours are: nobody has to guess whose a dot is.
pub(super) fn dots(stream: &mut Stream, count: u8) -> Vec<Line> {
    let mut cells: Vec<u8> = (0..9).collect();
    stream.shuffle(&mut cells);
    cells
        .into_iter()
        .take(usize::from(count))
        .map(|cell| {
            let middle = [cell % 3, cell / 3].map(|place| (f32::from(place) - 1.0) * 0.54);
            let dot = middle.map(|place| place + stream.between(-0.06, 0.06));
            [dot, dot]
        })
        .collect()
}

/// A part of a glyph.
#[derive(Clone, Copy)]
enum Part {
    /// Straight lines from point to point.
    Path(&'static [[f32; 2]]),
    /// Part of an ellipse: its middle, its radii, and two angles in degrees, clockwise from the right.
    Arc([f32; 2], [f32; 2], [f32; 2]),
}

fn lines(parts: &[Part]) -> Vec<Line> {
    let mut lines = Vec::new();
    for part in parts {
        match part {
            Path(points) => {
                for ends in points.windows(2) {
                    // In quarters, so that warping bends them.
                    let at = |step: u8| {
                        [0, 1].map(|axis| {
                            ends[0][axis] + (ends[1][axis] - ends[0][axis]) * f32::from(step) / 4.0
                        })
                    };
                    lines.extend((0..4).map(|step| [at(step), at(step + 1)]));
                }
            }
            Arc(middle, radii, [from, to]) => {
                let steps = ((to - from).abs() / 26.0).ceil().max(1.0);
                let at = |step: f32| {
                    let (sine, cosine) = (from + (to - from) * step / steps).to_radians().sin_cos();
                    [middle[0] + radii[0] * cosine, middle[1] + radii[1] * sine]
                };
                lines.extend((0..steps as u8).map(|step| [at(f32::from(step)), at(f32::from(step) + 1.0)]));
            }
        }
    }
    lines
}

use Part::{Arc, Path};

const ROUND: [f32; 2] = [0.0, 360.0];

const NUMERALS: [&[Part]; 10] = [
    &[Arc([0.0, 0.0], [0.58, 0.9], ROUND)],
    &[Path(&[[-0.4, -0.5], [0.08, -0.9], [0.08, 0.9]]), Path(&[[-0.35, 0.9], [0.5, 0.9]])],
    &[Arc([0.0, -0.4], [0.55, 0.5], [185.0, 395.0]), Path(&[[0.45, -0.11], [-0.58, 0.9], [0.62, 0.9]])],
    &[Arc([0.0, -0.45], [0.5, 0.45], [200.0, 450.0]), Arc([0.0, 0.45], [0.58, 0.47], [270.0, 520.0])],
    &[Path(&[[0.25, 0.9], [0.25, -0.9], [-0.62, 0.3], [0.62, 0.3]])],
    &[Path(&[[0.5, -0.9], [-0.4, -0.9], [-0.46, 0.0]]), Arc([0.0, 0.33], [0.57, 0.57], [215.0, 510.0])],
    &[Arc([0.0, 0.4], [0.54, 0.5], ROUND), Path(&[[0.4, -0.9], [-0.1, -0.62], [-0.42, -0.15], [-0.54, 0.4]])],
    &[Path(&[[-0.55, -0.9], [0.58, -0.9], [-0.15, 0.9]]), Path(&[[-0.25, 0.05], [0.5, 0.05]])],
    &[Arc([0.0, -0.45], [0.43, 0.44], ROUND), Arc([0.0, 0.45], [0.54, 0.46], ROUND)],
    &[Arc([0.0, -0.4], [0.54, 0.5], ROUND), Path(&[[0.54, -0.4], [0.5, 0.3], [0.3, 0.9]])],
];

/// How many symbols there are. No two are the same when turned or mirrored.
pub(super) const SYMBOLS: u8 = 18;

const SYMBOL_PARTS: [&[Part]; SYMBOLS as usize] = [
    // A circle on a stick.
    &[Arc([0.0, -0.42], [0.46, 0.46], ROUND), Path(&[[0.0, 0.04], [0.0, 0.95]])],
    // A triangle.
    &[Path(&[[0.0, -0.85], [0.85, 0.65], [-0.85, 0.65], [0.0, -0.85]])],
    // A square.
    &[Path(&[[-0.7, -0.7], [0.7, -0.7], [0.7, 0.7], [-0.7, 0.7], [-0.7, -0.7]])],
    // A signpost.
    &[Path(&[[0.0, 0.95], [0.0, -0.2], [-0.55, -0.2], [0.0, -0.95], [0.55, -0.2], [0.0, -0.2]])],
    // Three arms.
    &[Path(&[[0.0, 0.0], [0.0, -0.92]]), Path(&[[-0.8, 0.6], [0.0, 0.0], [0.8, 0.6]])],
    // A cross.
    &[Path(&[[-0.9, 0.0], [0.9, 0.0]]), Path(&[[0.0, -0.9], [0.0, 0.9]])],
    // A spiral, of growing half circles.
    &[
        Arc([0.0, 0.0], [0.25, 0.25], [180.0, 360.0]),
        Arc([-0.2, 0.0], [0.45, 0.45], [0.0, 180.0]),
        Arc([0.05, 0.0], [0.7, 0.7], [180.0, 360.0]),
        Arc([-0.08, 0.0], [0.83, 0.83], [0.0, 110.0]),
    ],
    // An open ring.
    &[Arc([0.0, 0.0], [0.8, 0.8], [50.0, 310.0])],
    // Two circles.
    &[Arc([-0.46, 0.0], [0.42, 0.42], ROUND), Arc([0.46, 0.0], [0.42, 0.42], ROUND)],
    // A zigzag.
    &[Path(&[[-0.85, 0.5], [-0.45, -0.6], [0.0, 0.5], [0.45, -0.6], [0.85, 0.5]])],
    // A snake.
    &[Arc([0.0, -0.45], [0.5, 0.45], [340.0, 90.0]), Arc([0.0, 0.45], [0.5, 0.45], [270.0, 520.0])],
    // A star of five points.
    &[Path(&[[0.0, -0.95], [0.56, 0.77], [-0.9, -0.29], [0.9, -0.29], [-0.56, 0.77], [0.0, -0.95]])],
    // A ring in a ring.
    &[Arc([0.0, 0.0], [0.85, 0.85], ROUND), Arc([0.0, 0.0], [0.38, 0.38], ROUND)],
    // A cross in a ring.
    &[
        Arc([0.0, 0.0], [0.85, 0.85], ROUND),
        Path(&[[-0.85, 0.0], [0.85, 0.0]]),
        Path(&[[0.0, -0.85], [0.0, 0.85]]),
    ],
    // A fork.
    &[Path(&[[-0.65, -0.9], [-0.65, -0.1], [0.65, -0.1], [0.65, -0.9]]), Path(&[[0.0, -0.9], [0.0, 0.95]])],
    // Two posts and a rung.
    &[Path(&[[-0.6, -0.9], [-0.6, 0.9]]), Path(&[[0.6, -0.9], [0.6, 0.9]]), Path(&[[-0.6, 0.0], [0.6, 0.0]])],
    // An hourglass.
    &[Path(&[[-0.7, -0.85], [0.7, -0.85], [-0.7, 0.85], [0.7, 0.85], [-0.7, -0.85]])],
    // A half moon.
    &[Arc([0.0, 0.35], [0.9, 0.95], [180.0, 360.0]), Path(&[[-0.9, 0.35], [0.9, 0.35]])],
];
