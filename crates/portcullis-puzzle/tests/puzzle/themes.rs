//! A page may ask for one picture in both themes. What one has more than the other must not tell what was added to the
//! scene, as ink that is alike in both would, or a piece's own light.

use std::io::Cursor;

use portcullis_puzzle::{Connect, Density, Slider, Theme};

use super::seed;

#[test]
fn a_piece_in_one_theme_tells_nothing_that_it_does_not_tell_in_the_other() {
    for number in 0..20 {
        let [light, dark] = [Theme::Light, Theme::Dark].map(|theme| {
            let piece = Slider::new(&seed(number)).draw(theme, Density::One).piece;
            let mut decoder = image_webp::WebPDecoder::new(Cursor::new(piece)).unwrap();
            let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
            decoder.read_image(&mut pixels).unwrap();
            pixels
        });
        let mut toned = [None; 256];
        for (light, dark) in light.chunks_exact(4).zip(dark.chunks_exact(4)) {
            assert_eq!(light[3], dark[3]);
            for (light, dark) in light[..3].iter().zip(&dark[..3]).filter(|_| light[3] > 0) {
                assert_eq!(*toned[usize::from(*light)].get_or_insert(*dark), *dark, "{number}: {light}");
            }
        }
        assert!(toned.iter().flatten().count() > 20, "the piece has hardly any colours");
    }
}

#[test]
fn a_board_in_one_theme_tells_nothing_that_it_does_not_tell_in_the_other() {
    for number in 0..5 {
        let slider = |theme| Slider::new(&seed(number)).draw(theme, Density::Two).board;
        let connect = |theme| Connect::new(&seed(number)).draw(theme, Density::Two);
        for [light, dark] in
            [[Theme::Light, Theme::Dark].map(slider), [Theme::Light, Theme::Dark].map(connect)]
        {
            let [light, dark] = [light, dark].map(|bytes| brightness(&bytes));
            // The straight line that makes one of the other best; JPEG's rounding is what is left.
            let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
            let (mean_light, mean_dark) = (mean(&light), mean(&dark));
            let off = |value: &f64, mean: f64| value - mean;
            let product: f64 =
                light.iter().zip(&dark).map(|(l, d)| off(l, mean_light) * off(d, mean_dark)).sum();
            let slope = product / light.iter().map(|l| off(l, mean_light).powi(2)).sum::<f64>();
            let rest: Vec<f64> = light
                .iter()
                .zip(&dark)
                .map(|(l, d)| (off(d, mean_dark) - slope * off(l, mean_light)).powi(2))
                .collect();
            assert!(mean(&rest).sqrt() < 5.0, "{number}: {}", mean(&rest).sqrt());
        }
    }
}

fn brightness(jpeg: &[u8]) -> Vec<f64> {
    let pixels = zune_jpeg::JpegDecoder::new(Cursor::new(jpeg)).decode().unwrap();
    let luma = |pixel: &[u8]| {
        [0.299, 0.587, 0.114].into_iter().zip(pixel).map(|(weight, value)| weight * f64::from(*value)).sum()
    };
    pixels.chunks_exact(3).map(luma).collect()
}
