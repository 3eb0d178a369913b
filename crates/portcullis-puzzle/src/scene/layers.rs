//! The ground of a scene: layers before layers.

use super::Palette;
use super::fractal::Field;
use crate::canvas::{Colour, Planes};
use crate::seed::Stream;

/// Paints all layers, the farthest first.
pub(super) fn paint(stream: &mut Stream, palette: &Palette, width: usize, height: usize) -> Planes {
    let mut rough = Field::new(stream.grain(), width, height, 0.72);
    let mut smooth = Field::new(stream.grain(), width, height, 0.42);
    let count = 4 + stream.below(2);
    let mut brightness = stream.between(60.0, 200.0);
    let layers: Vec<Layer> = (0..=count)
        .map(|number| {
            // Neighbours differ in brightness, so that their edge is seen without colour.
            brightness = 55.0 + (brightness - 55.0 + stream.between(40.0, 115.0)) % 155.0;
            Layer::new(stream, palette, brightness, number as f32 / (count as f32 + 1.0), [width, height])
        })
        .collect();
    let mut planes = Planes::new(width, height, [0.0; 3]);
    let columns: Vec<f32> = (0..width).map(|x| x as f32).collect();
    for y in 0..height {
        // Row by row, so that a row's noise serves all layers while it is at hand.
        let noise = Noise { rough: &rough.next_row()[..width], smooth: &smooth.next_row()[..width] };
        let [luma, blue, red] = &mut planes.samples;
        let row = y * width..(y + 1) * width;
        let mut out = [&mut luma[row.clone()], &mut blue[row.clone()], &mut red[row]];
        for layer in &layers {
            layer.paint(y as f32, &columns, &noise, &mut out);
        }
    }
    planes
}

/// A row of noise, of which each layer takes its own share.
struct Noise<'a> {
    rough: &'a [f32],
    smooth: &'a [f32],
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

    fn paint(&self, y: f32, columns: &[f32], noise: &Noise<'_>, [luma, blue, red]: &mut [&mut [f32]; 3]) {
        let line = self.start + y * self.down;
        let width = columns.len();
        // Noise is within 3 of zero: a row that the layer cannot reach stays as it is.
        if line + (self.across * width as f32).max(0.0) + 3.0 * self.raggedness < -1.0 {
            return;
        }
        // Slices of one known length, and no integer made a float: so the compiler does four pixels at once.
        let (rough, smooth) = (&noise.rough[..width], &noise.smooth[..width]);
        let (luma, blue, red) = (&mut luma[..width], &mut blue[..width], &mut red[..width]);
        for x in 0..width {
            let depth = line + columns[x] * self.across + self.raggedness * smooth[x];
            let share = (0.5 + 0.7 * depth).clamp(0.0, 1.0);
            let mix = 0.5 + self.rough * rough[x] + self.smooth * smooth[x];
            let edge = self.glow * (1.0 - depth * 0.04).clamp(0.0, 1.0);
            luma[x] += (self.from[0] + (self.to[0] - self.from[0]) * mix + edge - luma[x]) * share;
            blue[x] += (self.from[1] + (self.to[1] - self.from[1]) * mix - blue[x]) * share;
            red[x] += (self.from[2] + (self.to[2] - self.from[2]) * mix - red[x]) * share;
        }
    }
}
