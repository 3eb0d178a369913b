//! Surfaces to paint on. Scenes are painted in brightness and two colour differences, as JPEG stores them, so that
//! nothing is converted on the way out; colour is kept at one sample for each CSS pixel whatever the density, which is
//! what JPEG keeps of it anyway.

use crate::seed::Grain;
use crate::{Density, Theme};

/// A colour: brightness 0 to 255, and the blue and red differences, 0 for grey.
pub(crate) type Colour = [f32; 3];

/// A scene in the making, one sample for each CSS pixel.
#[derive(Clone)]
pub(crate) struct Planes {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Brightness, blue difference, red difference.
    pub(crate) samples: [Vec<f32>; 3],
}

impl Planes {
    /// An area of one colour.
    pub(crate) fn new(width: usize, height: usize, colour: Colour) -> Self {
        Self { width, height, samples: colour.map(|value| vec![value; width * height]) }
    }

    /// Moves one sample towards `colour` by `share`.
    pub(crate) fn blend(&mut self, index: usize, colour: Colour, share: f32) {
        for (plane, value) in self.samples.iter_mut().zip(colour) {
            plane[index] += (value - plane[index]) * share;
        }
    }

    /// The colour at a place between samples, held to the rim outside.
    pub(crate) fn at(&self, [x, y]: [f32; 2]) -> Colour {
        let x = x.clamp(0.0, (self.width - 1) as f32 - 0.001);
        let y = y.clamp(0.0, (self.height - 1) as f32 - 0.001);
        let (left, top) = (x as usize, y as usize);
        let (right, down) = (x - left as f32, y - top as f32);
        let index = top * self.width + left;
        let mut colour = [0.0; 3];
        for (value, plane) in colour.iter_mut().zip(&self.samples) {
            let above = plane[index] + (plane[index + 1] - plane[index]) * right;
            let under = index + self.width;
            let below = plane[under] + (plane[under + 1] - plane[under]) * right;
            *value = above + (below - above) * down;
        }
        colour
    }

    /// The finished picture. At density two brightness is enlarged and gets grain of its own, for enlarging alone
    /// leaves no detail of that size.
    pub(crate) fn finish(&self, density: Density, grain: &mut Grain) -> Canvas {
        let chroma = [1, 2].map(|plane| self.samples[plane].iter().map(|v| to_byte(v + 128.0)).collect());
        let luma = match density {
            Density::One => self.samples[0].iter().map(|value| to_byte(*value)).collect(),
            Density::Two => self.enlarged(grain),
        };
        let scale = density.scale();
        Canvas { width: self.width * scale, height: self.height * scale, scale, luma, chroma }
    }

    fn enlarged(&self, grain: &mut Grain) -> Vec<u8> {
        let plane = &self.samples[0];
        let wide = self.width * 2;
        let mut luma = vec![0; wide * self.height * 2];
        // Each row takes its grain from another place of one strip: it only has to hide that the picture was enlarged.
        let mut strip = vec![0.5; wide + STRIP_SPARE];
        for values in strip.chunks_mut(8) {
            for (value, byte) in values.iter_mut().zip(grain.bits().to_le_bytes()) {
                *value += f32::from(byte as i8) * GRAIN;
            }
        }
        // The row, with its ends repeated.
        let mut row = vec![0.0; self.width + 2];
        for (number, out) in luma.chunks_exact_mut(wide).enumerate() {
            let near = number / 2;
            let far = if number % 2 == 0 { near.saturating_sub(1) } else { (near + 1).min(self.height - 1) };
            let near = &plane[near * self.width..][..self.width];
            let far = &plane[far * self.width..][..self.width];
            for ((value, near), far) in row[1..].iter_mut().zip(near).zip(far) {
                *value = 0.75 * near + 0.25 * far;
            }
            row[0] = row[1];
            row[self.width + 1] = row[self.width];
            let grains = &strip[grain.bits() as usize % STRIP_SPARE..][..wide];
            enlarge_row(&row, grains, out);
        }
        luma
    }
}

/// Doubles a row whose ends are repeated.
fn enlarge_row(row: &[f32], grains: &[f32], out: &mut [u8]) {
    for ((near, grains), out) in row.windows(3).zip(grains.chunks_exact(2)).zip(out.chunks_exact_mut(2)) {
        let here = 0.75 * near[1];
        out[0] = (here + 0.25 * near[0] + grains[0]) as u8;
        out[1] = (here + 0.25 * near[2] + grains[1]) as u8;
    }
}

/// A finished picture.
pub(crate) struct Canvas {
    /// In device pixels.
    pub(crate) width: usize,
    /// In device pixels.
    pub(crate) height: usize,
    /// Device pixels along one side of a CSS pixel.
    pub(crate) scale: usize,
    /// Brightness, one byte for each device pixel.
    pub(crate) luma: Vec<u8>,
    /// Colour differences, one byte for each CSS pixel.
    pub(crate) chroma: [Vec<u8>; 2],
}

impl Canvas {
    /// The picture as it looks in `theme`.
    pub(crate) fn toned(mut self, theme: Theme) -> Self {
        tone(&mut self.luma, theme, 0.0);
        self.chroma.iter_mut().for_each(|plane| tone(plane, theme, 128.0));
        self
    }
}

/// A picture with transparency: red, green, blue and alpha for each pixel.
pub(crate) struct Cutout {
    pub(crate) side: usize,
    pub(crate) pixels: Vec<u8>,
}

impl Cutout {
    /// The picture as it looks in `theme`.
    pub(crate) fn toned(mut self, theme: Theme) -> Self {
        self.pixels.chunks_exact_mut(4).for_each(|pixel| tone(&mut pixel[..3], theme, 0.0));
        self
    }
}

/// Moves bytes towards `dark`, what black or grey is, by the theme's share.
fn tone(bytes: &mut [u8], theme: Theme, dark: f32) {
    if theme != Theme::Light {
        let light = theme.light();
        bytes.iter_mut().for_each(|byte| *byte = to_byte(dark + (f32::from(*byte) - dark) * light));
    }
}

/// How deep each pixel lies within a brush. Kept for a whole picture and emptied after each brush.
pub(crate) struct Mask {
    width: usize,
    height: usize,
    cover: Vec<u8>,
    /// Left, top, right, bottom of what is covered; the last two exclusive.
    touched: [usize; 4],
}

impl Mask {
    /// A mask that covers nothing.
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, height, cover: vec![0; width * height], touched: [width, height, 0, 0] }
    }

    /// Covers all within `half_width` of the line from `from` to `to`, in this mask's pixels.
    pub(crate) fn line(&mut self, from: [f32; 2], to: [f32; 2], half_width: f32) {
        let reach = half_width + 1.0;
        let bounds = |axis: usize, size: usize| {
            let low = (from[axis].min(to[axis]) - reach).clamp(0.0, size as f32) as usize;
            let high = (from[axis].max(to[axis]) + reach).clamp(-1.0, size as f32 - 1.0) + 1.0;
            (low, high as usize)
        };
        let ((left, right), (top, bottom)) = (bounds(0, self.width), bounds(1, self.height));
        let [run, rise] = [to[0] - from[0], to[1] - from[1]];
        let bare = (half_width + 0.5) * (half_width + 0.5);
        let inverse = 1.0 / (run * run + rise * rise).max(1e-6);
        for y in top..bottom {
            let off_y = y as f32 - from[1];
            let row = &mut self.cover[y * self.width..][left.min(right)..right];
            for (x, cover) in (left..).zip(row) {
                let off_x = x as f32 - from[0];
                let along = ((off_x * run + off_y * rise) * inverse).clamp(0.0, 1.0);
                let [miss_x, miss_y] = [off_x - along * run, off_y - along * rise];
                let square = miss_x * miss_x + miss_y * miss_y;
                // Most of the rectangle around a slanted line is bare.
                if square < bare {
                    *cover = (*cover).max((DEPTH_STEPS * (half_width + 0.5 - square.sqrt())) as u8);
                }
            }
        }
        let [old_left, old_top, old_right, old_bottom] = self.touched;
        self.touched = [old_left.min(left), old_top.min(top), old_right.max(right), old_bottom.max(bottom)];
    }

    /// Hands every covered pixel to `paint` as x, y and how deep it lies within the brush, in pixels: less than one at
    /// the rim, where it is also the share that is covered. Empties the mask.
    pub(crate) fn drain(&mut self, mut paint: impl FnMut(usize, usize, f32)) {
        let [left, top, right, bottom] = self.touched;
        for y in top..bottom {
            for (x, cover) in (left..).zip(&mut self.cover[y * self.width..][left..right]) {
                if *cover > 0 {
                    paint(x, y, f32::from(*cover) / DEPTH_STEPS);
                    *cover = 0;
                }
            }
        }
        self.touched = [self.width, self.height, 0, 0];
    }
}

/// Rounds into a byte, held to its range.
pub(crate) fn to_byte(value: f32) -> u8 {
    // A cast from a float saturates.
    (value + 0.5) as u8
}

/// The grain's step: 255 steps from end to end.
const GRAIN: f32 = 0.03;
/// How many places of the strip of grain a row may start at.
const STRIP_SPARE: usize = 1_024;
/// Steps of a mask for each pixel of depth; beyond 10 pixels all is the same.
const DEPTH_STEPS: f32 = 24.0;
