//! The ground of a scene: layers before layers.

use super::Palette;
use super::fractal::{self, Field};
use crate::canvas::{Colour, Planes};
use crate::seed::Stream;

/// Paints all layers, the farthest first.
pub(super) fn paint(stream: &mut Stream, palette: &Palette, width: usize, height: usize) -> Planes {
    let mut grain = stream.grain();
    let fields = Fields {
        rough: fractal::field(&mut grain, width, height, 0.72),
        smooth: fractal::field(&mut grain, width, height, 0.42),
    };
    let mut planes = Planes::new(width, height, [0.0; 3]);
    let count = 4 + stream.below(2);
    let mut brightness = stream.between(60.0, 200.0);
    for number in 0..=count {
        // Neighbours differ in brightness, so that their edge is seen without colour.
        brightness = 55.0 + (brightness - 55.0 + stream.between(40.0, 115.0)) % 155.0;
        let layer =
            Layer::new(stream, palette, brightness, number as f32 / (count as f32 + 1.0), [width, height]);
        layer.paint(&mut planes, &fields);
    }
    planes
}

/// Noise that all layers share, each in its own way.
struct Fields {
    rough: Field,
    smooth: Field,
}

/// Everything below a ragged line.
struct Layer {
    /// The line: below it `start + x·across + y·down + raggedness·noise` is above zero.
    start: f32,
    across: f32,
    down: f32,
    raggedness: f32,
    /// Colours between which the material's noise moves.
    from: Colour,
    to: Colour,
    /// How much of each field the material has.
    rough: f32,
    smooth: f32,
    /// How much lighter the layer is at its edge.
    glow: f32,
}

impl Layer {
    fn new(
        stream: &mut Stream,
        palette: &Palette,
        brightness: f32,
        depth: f32,
        [width, height]: [usize; 2],
    ) -> Self {
        let (width, height) = (width as f32, height as f32);
        let slope = stream.between(-0.45, 0.45);
        let level = height * (depth + stream.between(-0.06, 0.06));
        // The farthest layer fills the picture.
        let start = if depth == 0.0 { height * 4.0 } else { slope * width / 2.0 - level };
        let from = palette.colour(stream, brightness);
        let spread = stream.between(18.0, 45.0);
        let to = palette.colour(stream, brightness + spread);
        Self {
            start,
            across: -slope,
            down: 1.0,
            raggedness: stream.between(8.0, 34.0),
            from,
            to,
            rough: stream.between(0.1, 0.9),
            smooth: stream.sign(0.4),
            glow: stream.between(-22.0, 26.0),
        }
    }

    fn paint(&self, planes: &mut Planes, fields: &Fields) {
        let width = planes.width;
        let [luma, blue, red] = &mut planes.samples;
        for y in 0..planes.height {
            let row = y * width..(y + 1) * width;
            let line = self.start + y as f32 * self.down;
            // Noise is within 3 of zero: rows that the layer cannot reach stay as they are.
            if line + (self.across * width as f32).max(0.0) + 3.0 * self.raggedness < -1.0 {
                continue;
            }
            let noise = fields.rough.row(y).iter().zip(fields.smooth.row(y));
            let colours = luma[row.clone()].iter_mut().zip(&mut blue[row.clone()]).zip(&mut red[row.clone()]);
            for (x, ((rough, smooth), ((luma, blue), red))) in noise.zip(colours).enumerate() {
                let depth = line + x as f32 * self.across + self.raggedness * smooth;
                let share = (0.5 + 0.7 * depth).clamp(0.0, 1.0);
                let mix = 0.5 + self.rough * rough + self.smooth * smooth;
                let edge = self.glow * (1.0 - depth * 0.04).clamp(0.0, 1.0);
                *luma += (self.from[0] + (self.to[0] - self.from[0]) * mix + edge - *luma) * share;
                *blue += (self.from[1] + (self.to[1] - self.from[1]) * mix - *blue) * share;
                *red += (self.from[2] + (self.to[2] - self.from[2]) * mix - *red) * share;
            }
        }
    }
}
