//! Paths that were shown before.
//!
//! A recorded human path passes every test of how hands move, so it is caught by memory instead. A path is reduced
//! to 32 bytes: how far the pointer went, to the right and down, in each sixteenth of its time. That form is blind to
//! where the path starts and to how fast it is played, and a little noise moves it only a little.
//!
//! What is kept is keyed: an orthogonal transform (random signs, Walsh-Hadamard, random order; the fast
//! Johnson-Lindenstrauss construction of Ailon and Chazelle, 2006, without its sampling) under a secret. It keeps
//! distances, so paths can still be compared, but what is stored is no record of anybody's movements, and nobody
//! without the key can work out which change carries a path just past the comparison.

use sha2::{Digest, Sha256};

use crate::Point;
use crate::trajectory::{Place, usable};

/// A path in 32 bytes. Two sketches under one key can be compared, and nothing else can be done with them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sketch([u8; Sketch::SIZE]);

impl Sketch {
    const SIZE: usize = 32;

    /// The sketch as it is stored: transformed under `key`.
    #[must_use]
    pub fn keyed(&self, key: &[u8; 32]) -> Self {
        Transform::new(key).apply(self)
    }

    /// Whether both are of one path, give or take noise. Both are keyed alike or not at all.
    #[must_use]
    pub fn resembles(&self, other: &Self) -> bool {
        let scale = Scale::new();
        self.is_near(other, self.reach(&scale), &scale)
    }

    /// The square of how far another sketch may be off to pass for this one.
    fn reach(&self, scale: &Scale) -> f32 {
        let size: f32 = self.0.iter().map(|&byte| scale.0[usize::from(byte)].powi(2)).sum();
        (size * ALIKE * ALIKE + SHAKE * SHAKE).min(size * ALIKE_AT_MOST * ALIKE_AT_MOST)
    }

    fn is_near(&self, other: &Self, reach: f32, scale: &Scale) -> bool {
        let mut off = 0.0;
        for (&one, &another) in self.0.iter().zip(&other.0) {
            off += (scale.0[usize::from(one)] - scale.0[usize::from(another)]).powi(2);
            if off > reach {
                return false;
            }
        }
        true
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Sketch(…)")
    }
}

/// Sketches a path; absent where it is too short or too still to be told from others: fewer than
/// [`Replays::POINTS_MIN`] points, or less than 80 pixels of way. Points that cannot be measured are left out, and a
/// pause of ten seconds begins another path, of which the longest is sketched: else one point far away, or long before
/// or after the others, would hide them.
#[must_use]
pub fn sketch(motion: &[Point]) -> Option<Sketch> {
    let places = usable(motion);
    let path = places.chunk_by(|one, next| next.t - one.t < APART_MS).max_by_key(|path| path.len())?;
    let [first, rest @ .., last] = path else { return None };
    let way: f64 = rest.iter().chain([last]).map(|place| place.step).sum();
    if path.len() < Replays::POINTS_MIN || way < WAY_MIN || last.t <= first.t {
        return None;
    }
    let bin = (last.t - first.t) / BINS as f64;
    let mut bytes = [0; Sketch::SIZE];
    let mut at = (first.x, first.y);
    let mut ahead = 1;
    for index in 0..BINS {
        let time = first.t + bin * (index + 1) as f64;
        while ahead + 1 < path.len() && path[ahead].t < time {
            ahead += 1;
        }
        let next = between(&path[ahead - 1], &path[ahead], time);
        bytes[2 * index] = compress((next.0 - at.0) as f32);
        bytes[2 * index + 1] = compress((next.1 - at.1) as f32);
        at = next;
    }
    Some(Sketch(bytes))
}

/// A bounded memory of the paths that were shown. Once full, the oldest path goes.
///
/// One visit's path is shown to it once: a visit that posts its path again, as a second step does, would be found to
/// replay itself.
pub struct Replays {
    transform: Transform,
    scale: Scale,
    kept: Vec<Sketch>,
    /// Where the next path goes, once the memory is full.
    oldest: usize,
}

impl Replays {
    /// How many paths are remembered: 128 KiB.
    pub const CAPACITY: usize = 4096;
    /// A path of fewer points is never a replay.
    pub const POINTS_MIN: usize = 8;

    /// An empty memory under a secret `key`, which need not outlive it.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { transform: Transform::new(&key), scale: Scale::new(), kept: Vec::new(), oldest: 0 }
    }

    /// Whether `motion` resembles a path shown before; remembers it either way. A path shifted, played at another
    /// even speed or with a little noise is the same path. Short and still ones are never replays.
    pub fn seen(&mut self, motion: &[Point]) -> bool {
        let Some(sketch) = sketch(motion) else { return false };
        let sketch = self.transform.apply(&sketch);
        let reach = sketch.reach(&self.scale);
        let seen = self.kept.iter().any(|kept| sketch.is_near(kept, reach, &self.scale));
        if self.kept.len() < Self::CAPACITY {
            self.kept.push(sketch);
        } else {
            self.kept[self.oldest] = sketch;
            self.oldest = (self.oldest + 1) % Self::CAPACITY;
        }
        seen
    }
}

impl std::fmt::Debug for Replays {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Replays").field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}

/// A secret orthogonal transform of 32 numbers.
#[derive(Clone)]
struct Transform {
    /// One bit for each sign, before and after.
    signs: [u32; 2],
    order: [u8; Sketch::SIZE],
}

impl Transform {
    fn new(key: &[u8; 32]) -> Self {
        let draw = |purpose: u8| -> [u8; 32] {
            Sha256::new()
                .chain_update(b"portcullis replay sketch v1")
                .chain_update([purpose])
                .chain_update(key)
                .finalize()
                .into()
        };
        let signs = draw(0);
        let word = |at: usize| u32::from_be_bytes([signs[at], signs[at + 1], signs[at + 2], signs[at + 3]]);
        let mut order: [u8; Sketch::SIZE] = std::array::from_fn(|index| index as u8);
        let lots = draw(1);
        order.sort_by_key(|&index| (lots[usize::from(index)], index));
        Self { signs: [word(0), word(4)], order }
    }

    fn apply(&self, sketch: &Sketch) -> Sketch {
        let flip =
            |signs: u32, index: usize, value: f32| if signs >> index & 1 == 1 { -value } else { value };
        let mut values: [f32; Sketch::SIZE] =
            std::array::from_fn(|index| flip(self.signs[0], index, expand(sketch.0[index])));
        let mut half = 1;
        while half < Sketch::SIZE {
            for start in (0..Sketch::SIZE).step_by(2 * half) {
                for index in start..start + half {
                    let (one, other) = (values[index], values[index + half]);
                    values[index] = one + other;
                    values[index + half] = one - other;
                }
            }
            half *= 2;
        }
        let length = (Sketch::SIZE as f32).sqrt();
        Sketch(std::array::from_fn(|index| {
            compress(flip(self.signs[1], index, values[usize::from(self.order[index])] / length))
        }))
    }
}

/// What each byte stands for, in pixels.
struct Scale([f32; 256]);

impl Scale {
    fn new() -> Self {
        Self(std::array::from_fn(|byte| expand(byte as u8)))
    }
}

/// A number of pixels as a byte: fine near 0, 4 % apart at the far end.
fn compress(value: f32) -> u8 {
    let steps = (value.abs() / FINE).ln_1p() / STEP;
    let signed = steps.round().min(127.0).copysign(value);
    (signed + 128.0) as u8
}

fn expand(byte: u8) -> f32 {
    let steps = f32::from(byte) - 128.0;
    ((steps.abs() * STEP).exp_m1() * FINE).copysign(steps)
}

fn between(one: &Place, next: &Place, time: f64) -> (f64, f64) {
    let span = next.t - one.t;
    let share = if span > 0.0 { ((time - one.t) / span).clamp(0.0, 1.0) } else { 1.0 };
    (one.x + (next.x - one.x) * share, one.y + (next.y - one.y) * share)
}

/// Into how many parts the time is cut.
const BINS: usize = Sketch::SIZE / 2;
/// Milliseconds without a point that part two paths.
const APART_MS: f64 = 10_000.0;
/// Less way than this, in pixels, is no path.
const WAY_MIN: f64 = 80.0;
/// How far off, as a share of its own size, a path may be and still be the same: what bytes round away.
const ALIKE: f32 = 0.05;
/// How far off, as a share of its own size, a path may be at most: short ones are all alike otherwise.
const ALIKE_AT_MOST: f32 = 0.12;
/// How far off, in pixels, a path may be besides: noise of 1.5 pixels at both
/// ends of 16 parts, on two axes, makes 12, and a clock off by a millisecond the rest.
const SHAKE: f32 = 18.0;
/// Up to about here, in pixels, bytes are evenly spaced.
const FINE: f32 = 8.0;
/// The growth from one byte to the next: 127 of them reach about 1,300 pixels.
const STEP: f32 = 0.04;
