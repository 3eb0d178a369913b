//! The displacement law: where the piece is for each travel of the handle.
//!
//! Every challenge bends it differently. The browser has to know the law, or the piece could not move without asking
//! the server at every step; so it keeps out only programs that send the hole's place as the answer.

use crate::seed::Stream;

/// The piece's corner, in CSS pixels, at equally spaced travels from 0 to 1.
pub(crate) struct Law {
    points: Vec<[f32; 2]>,
}

impl Law {
    /// A law whose piece starts at `left` and ends at `right`, between `top` and `bottom`.
    pub(crate) fn new(stream: &mut Stream, [left, right]: [f32; 2], [top, bottom]: [f32; 2]) -> Self {
        // f(t) = t + Σ bend_k · sin(kπt). Its slope is at least 1 - Σ k·π·|bend_k|, held above STEADY below: the piece
        // always moves forward, never so fast that a key press jumps over the hole.
        let shares = [stream.unit(), stream.unit(), stream.unit()];
        let whole: f32 = shares.iter().sum::<f32>().max(0.1);
        let bends: Vec<f32> = (1_u8..)
            .zip(shares)
            .map(|(k, share)| {
                stream.sign(1.0) * (1.0 - STEADY) * share / whole / (f32::from(k) * std::f32::consts::PI)
            })
            .collect();
        let sway = stream.between(4.0, LARGEST_SWAY);
        let waves = stream.between(0.5, 1.4);
        let phase = stream.between(0.0, std::f32::consts::TAU);
        let middle = stream.between(top + sway, bottom - sway);
        let points = (0..POINTS)
            .map(|point| {
                let travel = point as f32 / (POINTS - 1) as f32;
                let forward = (1_u8..).zip(&bends).fold(travel, |sum, (k, bend)| {
                    sum + bend * (f32::from(k) * std::f32::consts::PI * travel).sin()
                });
                let height = middle + sway * (std::f32::consts::TAU * waves * travel + phase).sin();
                // Hundredths, as they travel as text.
                [left + (right - left) * forward, height].map(|value| (value * 100.0).round() / 100.0)
            })
            .collect();
        Self { points }
    }

    /// The table that the page moves the piece by, linear in between.
    pub(crate) fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// Where the piece is at `travel`, held to 0 and 1.
    pub(crate) fn at(&self, travel: f32) -> [f32; 2] {
        let place = travel.clamp(0.0, 1.0) * (POINTS - 1) as f32;
        let before = (place as usize).min(POINTS - 2);
        let part = place - before as f32;
        let [from, to] = [self.points[before], self.points[before + 1]];
        [0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * part)
    }

    /// The travel that brings the piece's corner to `x`.
    pub(crate) fn travel_to(&self, x: f32) -> f32 {
        let after = self.points.partition_point(|point| point[0] < x).clamp(1, POINTS - 1);
        let [from, to] = [self.points[after - 1][0], self.points[after][0]];
        (after as f32 - 1.0 + ((x - from) / (to - from)).clamp(0.0, 1.0)) / (POINTS - 1) as f32
    }
}

const POINTS: usize = 65;
/// The least slope, as a share of an even law's.
const STEADY: f32 = 0.45;
/// CSS pixels up and down.
const LARGEST_SWAY: f32 = 14.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn the_piece_moves_forward_within_its_bounds_and_never_evenly() {
        for number in 0..=255 {
            let law = Law::new(&mut Stream::new(&Seed([number; 32]), b"law"), [2.0, 250.0], [4.0, 128.0]);
            let points = law.points();
            assert_eq!((points[0][0], points[POINTS - 1][0]), (2.0, 250.0));
            let steps: Vec<f32> = points.windows(2).map(|pair| pair[1][0] - pair[0][0]).collect();
            let even = 248.0 / (POINTS - 1) as f32;
            assert!(steps.iter().all(|step| *step > 0.4 * even && *step < 1.6 * even), "{steps:?}");
            assert!(points.iter().all(|point| (4.0..=128.0).contains(&point[1])), "{points:?}");
            assert!(steps.iter().any(|step| (step - even).abs() > 0.1 * even), "{steps:?}");
        }
    }

    #[test]
    fn a_travel_is_found_again() {
        let law = Law::new(&mut Stream::new(&Seed([3; 32]), b"law"), [2.0, 250.0], [4.0, 128.0]);
        for hundredth in 0..=100 {
            let travel = hundredth as f32 / 100.0;
            assert!((law.travel_to(law.at(travel)[0]) - travel).abs() < 1e-3, "{travel}");
        }
    }
}
