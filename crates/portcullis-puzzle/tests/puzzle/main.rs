//! Puzzles as the engine sees them: what is told, what is drawn, what is right.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use portcullis_puzzle::Seed;

mod connect;
mod golden;
mod slider;
mod themes;

/// The seed of this number.
fn seed(number: u32) -> Seed {
    let mut bytes = [3; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    Seed(bytes)
}

/// Pearson's correlation.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let mean_one = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let mean_other = pairs.iter().map(|pair| pair.1).sum::<f64>() / count;
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        pairs.iter().map(|(one, other)| of(one - mean_one, other - mean_other)).sum()
    };
    sum(&|one, other| one * other) / (sum(&|one, _| one * one) * sum(&|_, other| other * other)).sqrt()
}

/// The markers of a JPEG's segments, with what application segments hold, up to the picture itself.
fn segments(jpeg: &[u8]) -> Vec<(u8, Vec<u8>)> {
    assert_eq!(jpeg[..2], [0xFF, 0xD8]);
    let mut rest = &jpeg[2..];
    let mut segments = Vec::new();
    while rest[1] != 0xDA {
        let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        segments.push((rest[1], rest[4..2 + length].to_vec()));
        rest = &rest[2 + length..];
    }
    segments
}
