//! Pictures that people have looked at. A change of any is to be looked at too.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use portcullis_puzzle::{Connect, Density, Slider, Theme};

use super::seed;

#[test]
fn pictures_are_those_that_were_reviewed() {
    for (name, bytes) in pictures() {
        let kept = fs::read(file(name)).unwrap();
        let (kept, drawn) = (decoded(&kept), decoded(&bytes));
        assert_eq!(kept.len(), drawn.len(), "{name}");
        // Sines and cosine transforms differ in their last digit from machine to machine.
        let off: Vec<u64> =
            kept.iter().zip(&drawn).map(|(one, other)| u64::from(one.abs_diff(*other))).collect();
        let (sum, far) = (off.iter().sum::<u64>(), off.iter().filter(|off| **off > 8).count());
        // One stroke more or less is some hundred samples.
        assert!(
            sum <= off.len() as u64 / 20 && far <= off.len() / 1_000,
            "{name} is off by {sum} over {} samples, {far} of them far off",
            off.len()
        );
    }
}

// `cargo test -p portcullis-puzzle --test puzzle golden -- --ignored`
#[test]
#[ignore = "writes the files that the other test reads"]
fn write_pictures_anew() {
    for (name, bytes) in pictures() {
        fs::write(file(name), bytes).unwrap();
    }
}

fn pictures() -> [(&'static str, Vec<u8>); 3] {
    let slider = Slider::new(&seed(1)).draw(Theme::Light, Density::One);
    let connect = Connect::new(&seed(2)).draw(Theme::Dark, Density::One);
    [("slider-board.jpg", slider.board), ("slider-piece.webp", slider.piece), ("connect.jpg", connect)]
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn decoded(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"RIFF") {
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut pixels).unwrap();
        return pixels;
    }
    zune_jpeg::JpegDecoder::new(Cursor::new(bytes)).decode().unwrap()
}
