//! The outline that the piece and all holes share: a rounded square whose sides bulge, dent or do neither.

use crate::seed::Stream;

/// The outline, around the middle of the piece's picture.
pub(crate) struct Shape {
    knobs: Vec<Knob>,
}

/// A round bulge or dent.
struct Knob {
    middle: [f32; 2],
    radius: f32,
    bulges: bool,
}

impl Shape {
    /// An outline with at least two knobs.
    pub(crate) fn new(stream: &mut Stream) -> Self {
        let mut sides = [0, 1, 2, 3];
        stream.shuffle(&mut sides);
        let count = 2 + stream.below(3) as usize;
        let knobs = sides
            .into_iter()
            .take(count)
            .map(|side: u8| {
                let along = stream.between(-4.0, 4.0);
                let bulges = stream.below(2) == 0;
                let out = if bulges { HALF + 2.0 } else { HALF - 0.5 };
                let middle = match side {
                    0 => [along, -out],
                    1 => [out, along],
                    2 => [along, out],
                    _ => [-out, along],
                };
                Knob { middle, radius: stream.between(4.6, 6.0), bulges }
            })
            .collect();
        Self { knobs }
    }

    /// CSS pixels from the outline, negative inside, at a place relative to the middle.
    pub(crate) fn distance(&self, [x, y]: [f32; 2]) -> f32 {
        let [over_x, over_y] = [x.abs() - HALF + CORNER, y.abs() - HALF + CORNER];
        let outside = (over_x.max(0.0).powi(2) + over_y.max(0.0).powi(2)).sqrt();
        let square = outside + over_x.max(over_y).min(0.0) - CORNER;
        self.knobs.iter().fold(square, |distance, knob| {
            let [off_x, off_y] = [x - knob.middle[0], y - knob.middle[1]];
            let knob_distance = (off_x * off_x + off_y * off_y).sqrt() - knob.radius;
            if knob.bulges { distance.min(knob_distance) } else { distance.max(-knob_distance) }
        })
    }
}

/// Half a side of the square, CSS pixels.
const HALF: f32 = 15.5;
/// The radius of its corners, CSS pixels.
const CORNER: f32 = 4.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn the_outline_stays_within_the_pieces_picture_with_room_for_a_soft_rim() {
        for number in 0..=255 {
            let shape = Shape::new(&mut Stream::new(&Seed([number; 32]), b"shape"));
            for step in -24_i8..=24 {
                for rim in [-23.6, 23.6] {
                    for place in [[f32::from(step), rim], [rim, f32::from(step)]] {
                        assert!(shape.distance(place) > 0.0, "{number}: {place:?}");
                    }
                }
            }
            assert!(shape.distance([0.0, 0.0]) < -5.0);
        }
    }
}
