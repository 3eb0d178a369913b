//! What lies and stands in a scene: stones and stalks.

use super::Palette;
use crate::canvas::{Colour, Mask, Planes};
use crate::seed::Stream;

/// A bent line, as a stalk, a branch or a wire.
#[derive(Clone, Copy)]
pub(crate) struct Stroke {
    pub(crate) from: [f32; 2],
    /// Where the line is drawn to on its way, as a quadratic Bézier curve is.
    pub(crate) pull: [f32; 2],
    pub(crate) to: [f32; 2],
    pub(crate) half_width: f32,
}

impl Stroke {
    /// A stroke somewhere in the picture.
    pub(crate) fn anywhere(stream: &mut Stream, width: usize, height: usize) -> Self {
        let middle = [stream.between(0.0, width as f32), stream.between(0.0, height as f32)];
        Self::around(stream, middle, [18.0, 60.0])
    }

    /// A stroke through `middle` that reaches from it between `reach` both ways.
    pub(crate) fn around(stream: &mut Stream, middle: [f32; 2], reach: [f32; 2]) -> Self {
        let angle = stream.between(0.0, std::f32::consts::PI);
        let [ahead, back] = [stream.between(reach[0], reach[1]), stream.between(reach[0], reach[1])];
        let [run, rise] = [angle.cos(), angle.sin()];
        let bend = stream.between(-0.35, 0.35) * (ahead + back);
        let from = [middle[0] - run * back, middle[1] - rise * back];
        let to = [middle[0] + run * ahead, middle[1] + rise * ahead];
        // The curve's own middle is half way to `pull`; shifting all by that keeps it on `middle`.
        let shift = [-rise * bend / 2.0, run * bend / 2.0];
        Self {
            from: [from[0] - shift[0], from[1] - shift[1]],
            pull: [(from[0] + to[0]) / 2.0 + shift[0], (from[1] + to[1]) / 2.0 + shift[1]],
            to: [to[0] - shift[0], to[1] - shift[1]],
            half_width: stream.between(1.4, 3.2),
        }
    }

    /// The same stroke elsewhere.
    pub(crate) fn moved(self, [right, down]: [f32; 2]) -> Self {
        let moved = |[x, y]: [f32; 2]| [x + right, y + down];
        Self { from: moved(self.from), pull: moved(self.pull), to: moved(self.to), ..self }
    }

    /// The straight pieces it is drawn in.
    pub(crate) fn lines(&self) -> Vec<[[f32; 2]; 2]> {
        (0..PIECES)
            .map(|piece| [piece, piece + 1].map(|end| self.at(f32::from(end) / f32::from(PIECES))))
            .collect()
    }

    fn at(&self, part: f32) -> [f32; 2] {
        let rest = 1.0 - part;
        [0, 1].map(|axis| {
            rest * rest * self.from[axis] + 2.0 * rest * part * self.pull[axis] + part * part * self.to[axis]
        })
    }
}

/// Paints a stroke that is lit from one side.
pub(crate) fn paint_stroke(planes: &mut Planes, mask: &mut Mask, stroke: &Stroke, colour: Colour) {
    for [from, to] in stroke.lines() {
        mask.line(from, to, stroke.half_width);
    }
    let width = planes.width;
    mask.drain(|x, y, depth| planes.blend(y * width + x, colour, depth.min(1.0)));
}

/// Paints a stone: round, with a wavy rim, light above and dark below.
pub(super) fn stone(stream: &mut Stream, palette: &Palette, planes: &mut Planes) {
    let middle = [stream.between(0.0, planes.width as f32), stream.between(0.0, planes.height as f32)];
    let radius = stream.between(7.0, 24.0);
    let flat = stream.between(0.6, 1.0);
    let brightness = stream.between(60.0, 215.0);
    let colour = palette.colour(stream, brightness);
    let [light_x, light_y] = [stream.between(-0.5, 0.5), -0.7];
    let waves = [stream.between(-0.18, 0.18), stream.between(-0.18, 0.18)];
    let bounds = |middle: f32, size: usize| {
        let low = (middle - radius * 1.4).clamp(0.0, size as f32) as usize;
        (low, (middle + radius * 1.4).clamp(0.0, size as f32) as usize)
    };
    let (left, right) = bounds(middle[0], planes.width);
    let (top, bottom) = bounds(middle[1], planes.height);
    for y in top..bottom {
        for x in left..right {
            let [across, down] = [(x as f32 - middle[0]) / radius, (y as f32 - middle[1]) / (radius * flat)];
            let away = (across * across + down * down).sqrt();
            // Waves of two and three around the rim, without an angle: cos 2a and cos 3a by their polynomials.
            let cosine = across / away.max(0.05);
            let twice = 2.0 * cosine * cosine - 1.0;
            let thrice = cosine * (2.0 * twice - 1.0);
            let rim = 1.0 + waves[0] * twice + waves[1] * thrice;
            let share = ((rim - away) * radius).clamp(0.0, 1.0);
            if share > 0.0 {
                let shade = 34.0 * (across * light_x + down * light_y);
                let index = y * planes.width + x;
                // Some of the ground's own texture shows on the stone.
                let texture = 0.25 * (planes.samples[0][index] - 128.0);
                planes.blend(index, [colour[0] + shade + texture, colour[1], colour[2]], share);
            }
        }
    }
}

/// Straight pieces that a stroke is painted in.
const PIECES: u8 = 9;
