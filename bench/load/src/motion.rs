//! Paths of a pointer, no two alike: three movements each, of 40 points in all, that start and stop softly and bend.
//!
//! There are twice as many as the server remembers, so a path that comes again has been forgotten. A server that is
//! shown one path only finds it at its first comparison.

use std::f64::consts::{PI, TAU};

/// Every path, as JSON.
pub fn paths() -> Vec<String> {
    (0..NUMBER).map(path).collect()
}

fn path(number: u64) -> String {
    let mut state = number;
    let (mut points, mut place, mut time) = (Vec::with_capacity(POINTS), [600.0, 400.0], 20.0);
    while points.len() < POINTS {
        let (angle, way) = (share(&mut state) * TAU, 120.0 + 380.0 * share(&mut state));
        let (ahead, bend) = ([angle.cos(), angle.sin()], (share(&mut state) - 0.5) * 0.4 * way);
        for step in 1..=STEPS {
            let part = step as f64 / STEPS as f64;
            // A hand's speed is bell-shaped (Flash and Hogan, 1985).
            let done = part.powi(3) * (10.0 - 15.0 * part + 6.0 * part * part);
            let aside = bend * (PI * done).sin();
            let x = place[0] + way * done * ahead[0] - aside * ahead[1];
            let y = place[1] + way * done * ahead[1] + aside * ahead[0];
            time += 15.0 + 4.0 * share(&mut state);
            points.push(format!("{{\"x\":{x:.0},\"y\":{y:.0},\"t\":{time:.1}}}"));
        }
        place = [0, 1].map(|axis| place[axis] + way * ahead[axis]);
    }
    points.truncate(POINTS);
    format!("[{}]", points.join(","))
}

/// The next number from 0 to 1 (SplitMix64: Steele, Lea and Flood, 2014).
fn share(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Twice the paths that the server remembers.
const NUMBER: u64 = 8_192;
const POINTS: usize = 40;
/// Points of one movement.
const STEPS: u64 = 14;
