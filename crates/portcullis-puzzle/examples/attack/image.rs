//! Pictures as solvers see them, at one sample for each CSS pixel.

use std::io::Cursor;

/// Red, green and blue planes, 0 to 255.
pub(crate) struct Image {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) planes: [Vec<f32>; 3],
    /// 0 to 1; empty where all is opaque.
    pub(crate) alpha: Vec<f32>,
}

impl Image {
    pub(crate) fn jpeg(bytes: &[u8]) -> Self {
        let mut decoder = zune_jpeg::JpegDecoder::new(Cursor::new(bytes));
        let pixels = decoder.decode().unwrap();
        let info = decoder.info().unwrap();
        Self::halved(&pixels, usize::from(info.width), usize::from(info.height), 3)
    }

    pub(crate) fn webp(bytes: &[u8]) -> Self {
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
        let (width, height) = decoder.dimensions();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut pixels).unwrap();
        Self::halved(&pixels, width as usize, height as usize, 4)
    }

    fn halved(pixels: &[u8], width: usize, height: usize, channels: usize) -> Self {
        let (half_width, half_height) = (width / 2, height / 2);
        let plane = |channel: usize| -> Vec<f32> {
            let mut plane = Vec::with_capacity(half_width * half_height);
            for y in 0..half_height {
                for x in 0..half_width {
                    let at = |right: usize, down: usize| {
                        f32::from(pixels[((2 * y + down) * width + 2 * x + right) * channels + channel])
                    };
                    plane.push((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0);
                }
            }
            plane
        };
        let alpha =
            if channels == 4 { plane(3).iter().map(|value| value / 255.0).collect() } else { Vec::new() };
        Self { width: half_width, height: half_height, planes: [plane(0), plane(1), plane(2)], alpha }
    }

    pub(crate) fn luma(&self) -> Vec<f32> {
        let [red, green, blue] = &self.planes;
        red.iter().zip(green).zip(blue).map(|((r, g), b)| 0.299 * r + 0.587 * g + 0.114 * b).collect()
    }
}

/// A value between samples, held to the rim.
pub(crate) fn between(plane: &[f32], width: usize, x: f32, y: f32) -> f32 {
    let height = plane.len() / width;
    let x = x.clamp(0.0, width as f32 - 1.001);
    let y = y.clamp(0.0, height as f32 - 1.001);
    let (left, top) = (x as usize, y as usize);
    let (right, down) = (x - left as f32, y - top as f32);
    let at = |x: usize, y: usize| plane[y * width + x];
    let above = at(left, top) * (1.0 - right) + at(left + 1, top) * right;
    let below = at(left, top + 1) * (1.0 - right) + at(left + 1, top + 1) * right;
    above * (1.0 - down) + below * down
}

/// Pearson's correlation.
pub(crate) fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let count = one.len() as f32;
    let [mean_one, mean_other] = [one, other].map(|values| values.iter().sum::<f32>() / count);
    let (mut product, mut square_one, mut square_other) = (0.0, 0.0, 0.0);
    for (one, other) in one.iter().zip(other) {
        let (one, other) = (one - mean_one, other - mean_other);
        product += one * other;
        square_one += one * one;
        square_other += other * other;
    }
    product / (square_one * square_other).sqrt().max(1e-6)
}
