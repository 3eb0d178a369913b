//! Painting a connect puzzle: a scene, lines that mean nothing, and the glyphs.
//!
//! Glyphs are told from their ground by brightness, each with a halo of the opposite one; hue says nothing.

use super::glyphs::{self, Line, Mark};
use super::{Connect, Node};
use crate::canvas::{Canvas, Mask, to_byte};
use crate::scene::{self, Stroke};
use crate::seed::Stream;
use crate::{Density, Theme};

/// The picture.
pub(super) fn paint(connect: &Connect, theme: Theme, density: Density) -> Canvas {
    let (width, height) = (usize::from(super::WIDTH), usize::from(super::HEIGHT));
    let mut stream = Stream::new(&connect.seed, b"scene");
    let scene = scene::paint(&mut stream, width, height);
    let mut canvas = scene.finish(density, &mut stream.grain());
    let mut mask = Mask::new(canvas.width, canvas.height);
    let mut stream = Stream::new(&connect.seed, b"glyphs");
    for node in &connect.nodes {
        let lines = warped(&mut stream, node);
        let light = stream.below(2) == 0;
        let half_width = match node.mark {
            Mark::Dots(_) => stream.between(3.0, 3.5),
            Mark::Numeral(_) | Mark::Symbol(_) => stream.between(1.7, 2.3),
        };
        let [ink, halo] = if light { [244.0, 24.0] } else { [14.0, 226.0] };
        draw(&mut canvas, &mut mask, &lines, half_width + HALO, [(0.0, halo, 0.62), (HALO, ink, 0.94)]);
    }
    for _ in 0..DISTRACTORS {
        let stroke = Stroke::anywhere(&mut stream, width, height);
        let ink = if stream.below(2) == 0 { 240.0 } else { 18.0 };
        let half_width = stream.between(0.5, 0.9);
        // Piece by piece: the mask of the whole would be emptied over the square around it, most of it bare.
        for line in stroke.lines() {
            draw(&mut canvas, &mut mask, &[line], half_width, [(0.0, ink, 0.75)]);
        }
    }
    canvas.toned(theme)
}

/// The lines of what a node shows, turned, bent and put in place. CSS pixels.
fn warped(stream: &mut Stream, node: &Node) -> Vec<Line> {
    let lines = match node.mark {
        Mark::Numeral(digit) => glyphs::numeral(digit),
        Mark::Dots(count) => glyphs::dots(stream, count),
        Mark::Symbol(number) => glyphs::symbol(number),
    };
    let turn = match node.mark {
        // A six turned by a half is a nine, and a group on its corner comes close to its neighbours.
        Mark::Numeral(_) | Mark::Dots(_) => stream.between(-0.3, 0.3),
        Mark::Symbol(_) => stream.between(0.0, std::f32::consts::TAU),
    };
    let bend = match node.mark {
        Mark::Dots(_) => 0.02,
        Mark::Numeral(_) | Mark::Symbol(_) => 0.11,
    };
    let bends = [stream.between(-bend, bend), stream.between(-bend, bend)];
    let phases = [stream.between(0.0, 6.3), stream.between(0.0, 6.3)];
    let shear = stream.between(-0.15, 0.15);
    let size = [stream.between(0.88, 1.08) * SIZE, stream.between(0.88, 1.08) * SIZE];
    let (sine, cosine) = turn.sin_cos();
    let warp = |[x, y]: [f32; 2]| {
        let bent = [
            x + shear * y + bends[0] * (3.2 * y + phases[0]).sin(),
            y + bends[1] * (3.2 * x + phases[1]).sin(),
        ];
        let [x, y] = [bent[0] * size[0], bent[1] * size[1]];
        [node.place[0] + cosine * x - sine * y, node.place[1] + sine * x + cosine * y]
    };
    lines.into_iter().map(|line| line.map(warp)).collect()
}

/// Draws lines given in CSS pixels, in coats: how far within the rim each begins, its brightness and its strength.
fn draw<const COATS: usize>(
    canvas: &mut Canvas,
    mask: &mut Mask,
    lines: &[Line],
    half_width: f32,
    coats: [(f32, f32, f32); COATS],
) {
    let scale = canvas.scale as f32;
    for line in lines {
        let [from, to] = line.map(|end| end.map(|place| place * scale - 0.5));
        mask.line(from, to, half_width * scale);
    }
    let width = canvas.width;
    mask.drain(|x, y, depth| {
        let pixel = &mut canvas.luma[y * width + x];
        let mut value = f32::from(*pixel);
        for (within, brightness, strength) in coats {
            let share = (depth - within * scale).clamp(0.0, 1.0) * strength;
            value += (brightness - value) * share;
        }
        *pixel = to_byte(value);
    });
}

/// How far a halo reaches beyond the ink, CSS pixels.
const HALO: f32 = 1.7;
/// Half a glyph's height, CSS pixels.
const SIZE: f32 = 19.0;
/// Lines that mean nothing, over the glyphs.
const DISTRACTORS: usize = 10;
