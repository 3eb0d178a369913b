//! Pictures into bytes. JPEG for what is opaque, lossless WebP for what is not.
//!
//! Both files hold nothing but the picture: no comment, no profile, no palette, the same tables for all.

use image_webp::{ColorType, WebPEncoder};
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use crate::canvas::{Canvas, Cutout};

/// The format of [`webp`].
pub(crate) const WEBP: &str = "image/webp";

/// A JPEG of `canvas`.
pub(crate) fn jpeg(canvas: &Canvas) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(canvas.luma.len() / 4);
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let encoded = encoder.encode_image(Rows(canvas));
    // Invariant: a Vec takes all writes, and no side is zero or above 65,535.
    debug_assert!(encoded.is_ok(), "{encoded:?}");
    bytes
}

/// A lossless WebP of `cutout`.
pub(crate) fn webp(cutout: &Cutout) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(cutout.pixels.len() / 2);
    let side = cutout.side as u32;
    let encoded = WebPEncoder::new(&mut bytes).encode(&cutout.pixels, side, side, ColorType::Rgba8);
    // Invariant: as above.
    debug_assert!(encoded.is_ok(), "{encoded:?}");
    bytes
}

struct Rows<'a>(&'a Canvas);

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.0.width as u16
    }

    fn height(&self) -> u16 {
        self.0.height as u16
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let Canvas { width, scale, luma, chroma, .. } = self.0;
        let row = usize::from(y);
        buffers[0].extend_from_slice(&luma[row * width..][..*width]);
        for (buffer, plane) in buffers[1..].iter_mut().zip(chroma) {
            let samples = &plane[row / scale * (width / scale)..][..width / scale];
            if *scale == 1 {
                buffer.extend_from_slice(samples);
                continue;
            }
            let start = buffer.len();
            buffer.resize(start + width, 0);
            for (pixels, sample) in buffer[start..].chunks_exact_mut(2).zip(samples) {
                pixels[0] = *sample;
                pixels[1] = *sample;
            }
        }
    }
}

/// JPEG's own scale. Chosen by size: both pictures of a slider stay within 80 KB at density two.
const QUALITY: u8 = 70;
