//! Fields of noise whose detail falls with its size, as that of photographs does.
//!
//! A coarse grid of random values is doubled again and again with a quadratic B-spline (Chaikin's corner cutting in
//! two dimensions), and finer noise is added each time: the midpoint displacement of Fournier, Fussell and Carpenter
//! (1982) without its creases. It costs about as much as one pass over the finest grid.

use crate::seed::Grain;

/// Noise over a picture.
pub(super) struct Field {
    stride: usize,
    values: Vec<f32>,
}

impl Field {
    /// The values of one row, at least as many as were asked for.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.stride..][..self.stride]
    }
}

/// A field of at least `width` times `height` values, most within -1 and 1. Each octave has `persistence` times the amplitude
/// of the one twice as coarse.
pub(super) fn field(grain: &mut Grain, width: usize, height: usize, persistence: f32) -> Field {
    let [mut columns, mut rows] = [width, height].map(|size| {
        // Doubling makes 2n - 2 of n, so LEVELS times make (n - 2) · 2^LEVELS + 2.
        (size - 2).div_ceil(1 << LEVELS) + 2
    });
    let whole: f32 = (0..=LEVELS).map(|level| persistence.powi(level)).sum();
    // Uniform noise of amplitude 1 is smoothed by the doubling; this brings the spread back to about 1.
    let mut amplitude = 2.2 / whole;
    let mut field = vec![0.0; columns * rows];
    add_noise(&mut field, grain, amplitude);
    for _ in 0..LEVELS {
        field = doubled(&field, columns, rows);
        (columns, rows) = (2 * columns - 2, 2 * rows - 2);
        amplitude *= persistence;
        add_noise(&mut field, grain, amplitude);
    }
    Field { stride: columns, values: field }
}

fn add_noise(field: &mut [f32], grain: &mut Grain, amplitude: f32) {
    let step = amplitude / 128.0;
    for chunk in field.chunks_mut(8) {
        let bytes = grain.bits().to_le_bytes();
        for (value, byte) in chunk.iter_mut().zip(bytes) {
            *value += f32::from(byte as i8) * step;
        }
    }
}

fn doubled(field: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    let wide = 2 * columns - 2;
    let mut out = vec![0.0; wide * (2 * rows - 2)];
    let mut row = vec![0.0; columns];
    for (number, out) in out.chunks_exact_mut(wide).enumerate() {
        let upper = &field[number / 2 * columns..][..columns];
        let lower = &field[(number / 2 + 1) * columns..][..columns];
        let share = if number % 2 == 0 { 0.75 } else { 0.25 };
        for ((value, upper), lower) in row.iter_mut().zip(upper).zip(lower) {
            *value = lower + (upper - lower) * share;
        }
        for (pair, out) in row.windows(2).zip(out.chunks_exact_mut(2)) {
            out[0] = 0.75 * pair[0] + 0.25 * pair[1];
            out[1] = 0.25 * pair[0] + 0.75 * pair[1];
        }
    }
    out
}

/// Octaves above the coarsest, whose cells are 64 pixels.
const LEVELS: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;
    use crate::seed::Stream;

    #[test]
    fn a_field_covers_the_size_asked_for_and_a_spread_of_about_one() {
        let mut grain = Stream::new(&Seed([4; 32]), b"grain").grain();
        for (width, height) in [(300, 180), (64, 65), (2, 2)] {
            let field = field(&mut grain, width, height, 0.6);
            assert!((0..height).all(|y| field.row(y).len() >= width));
            assert!(field.values.iter().all(|value| value.abs() < 3.0));
        }
    }

    /// Power against frequency on a log-log scale, by differences at growing distance: a field without structure has
    /// the same at all of them, a smooth one has next to none at short distance.
    #[test]
    fn detail_falls_with_its_size() {
        let mut grain = Stream::new(&Seed([5; 32]), b"grain").grain();
        let field = field(&mut grain, 300, 180, 0.6).values;
        let difference = |apart: usize| {
            field.windows(apart + 1).map(|run| (run[0] - run[apart]).powi(2)).sum::<f32>()
                / field.len() as f32
        };
        let [near, middle, far] = [1, 4, 16].map(difference);
        assert!(near * 2.0 < middle && middle * 1.5 < far, "{near} {middle} {far}");
    }
}
