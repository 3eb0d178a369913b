//! Fields of noise whose detail falls with its size, as that of photographs does.
//!
//! A coarse grid of random values is doubled again and again with a quadratic B-spline (Chaikin's corner cutting in
//! two dimensions), and finer noise is added each time: the midpoint displacement of Fournier, Fussell and Carpenter
//! (1982) without its creases. It costs about as much as one pass over the finest grid.

use crate::seed::Grain;

/// A field of noise, row after row: the finest octave is never kept, for it is by far the largest.
pub(super) struct Field {
    grain: Grain,
    /// All octaves but the finest, at half the size.
    half: Vec<f32>,
    half_columns: usize,
    /// The finest octave's amplitude.
    amplitude: f32,
    next_row: usize,
    between: Vec<f32>,
    row: Vec<f32>,
}

impl Field {
    /// A field of at least `width` times `height` values, most of them within -1 and 1 and all within -3 and 3. Each
    /// octave has `persistence` times the amplitude of the one twice as coarse.
    pub(super) fn new(mut grain: Grain, width: usize, height: usize, persistence: f32) -> Self {
        let [mut columns, mut rows] = [width, height].map(|size| {
            // Doubling makes 2n - 2 of n, so LEVELS times make (n - 2) · 2^LEVELS + 2.
            (size - 2).div_ceil(1 << LEVELS) + 2
        });
        let whole: f32 = (0..=LEVELS).map(|level| persistence.powi(level)).sum();
        // Uniform noise of amplitude 1 is smoothed by the doubling; this brings the spread back to about 1.
        let mut amplitude = 2.2 / whole;
        let mut half = vec![0.0; columns * rows];
        add_noise(&mut half, &mut grain, amplitude);
        for _ in 1..LEVELS {
            half = doubled(&half, columns, rows);
            (columns, rows) = (2 * columns - 2, 2 * rows - 2);
            amplitude *= persistence;
            add_noise(&mut half, &mut grain, amplitude);
        }
        Self {
            grain,
            half,
            half_columns: columns,
            amplitude: amplitude * persistence,
            next_row: 0,
            between: vec![0.0; columns],
            row: vec![0.0; 2 * columns - 2],
        }
    }

    /// The next row, from the top. There are at least as many as were asked for; below, the last is all there is.
    pub(super) fn next_row(&mut self) -> &[f32] {
        let rows = self.half.len() / self.half_columns;
        let number = self.next_row.min(2 * rows - 3);
        double_row(&self.half, self.half_columns, number, &mut self.between, &mut self.row);
        add_noise(&mut self.row, &mut self.grain, self.amplitude);
        self.next_row += 1;
        &self.row
    }
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
    let mut between = vec![0.0; columns];
    for (number, out) in out.chunks_exact_mut(wide).enumerate() {
        double_row(field, columns, number, &mut between, out);
    }
    out
}

/// One row of the doubled field.
fn double_row(field: &[f32], columns: usize, number: usize, between: &mut [f32], out: &mut [f32]) {
    let upper = &field[number / 2 * columns..][..columns];
    let lower = &field[(number / 2 + 1) * columns..][..columns];
    let share = if number.is_multiple_of(2) { 0.75 } else { 0.25 };
    for ((value, upper), lower) in between.iter_mut().zip(upper).zip(lower) {
        *value = lower + (upper - lower) * share;
    }
    for (pair, out) in between.windows(2).zip(out.chunks_exact_mut(2)) {
        out[0] = 0.75 * pair[0] + 0.25 * pair[1];
        out[1] = 0.25 * pair[0] + 0.75 * pair[1];
    }
}

/// Octaves above the coarsest, whose cells are 64 pixels.
const LEVELS: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;
    use crate::seed::Stream;

    fn rows(seed: u8, width: usize, height: usize) -> Vec<Vec<f32>> {
        let grain = Stream::new(&Seed([seed; 32]), b"grain").grain();
        let mut field = Field::new(grain, width, height, 0.6);
        (0..height).map(|_| field.next_row().to_vec()).collect()
    }

    #[test]
    fn a_field_covers_the_size_asked_for_and_keeps_its_bounds() {
        for (width, height) in [(300, 180), (64, 65), (2, 2)] {
            for row in rows(4, width, height) {
                assert!(row.len() >= width);
                assert!(row.iter().all(|value| value.abs() < 3.0));
            }
        }
    }

    /// Power against distance: a field without structure has the same at all of them, a smooth one has next to none
    /// at short distance.
    #[test]
    fn detail_falls_with_its_size() {
        let rows = rows(5, 300, 180);
        let difference = |apart: usize| -> f32 {
            let row = |row: &Vec<f32>| -> f32 {
                row.windows(apart + 1).map(|run| (run[0] - run[apart]).powi(2)).sum()
            };
            rows.iter().map(row).sum()
        };
        let [near, middle, far] = [1, 4, 16].map(difference);
        assert!(near * 2.0 < middle && middle * 1.5 < far, "{near} {middle} {far}");
    }
}
