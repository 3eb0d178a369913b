//! How a pointer moved, and whether hands move so.
//!
//! A hand's movement is a sum of overlapping sub-movements with bell-shaped speeds (Plamondon's kinematic theory;
//! Flash and Hogan's minimum jerk), each aimed a little wrong and corrected by the next (Meyer et al., 1988). So its
//! speed varies by more than half, its path bends where the speed drops, and neighbouring points err together, since
//! muscles filter what nerves jitter. A program that interpolates has even steps, straight or polynomial paths, or
//! noise that is fresh at every point. What is measured here tells these apart; what each finding weighs, the data
//! file says.

use serde::Serialize;

use crate::score::{Findings, ramp};
use crate::weights::Code;
use crate::{Point, Signals};

mod curve;
mod strokes;

use strokes::Stroke;
pub(crate) use strokes::{Place, usable};

/// A path's measures. Each is 0 where the path is too short to tell, unless it says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measures {
    /// Points that were usable.
    pub points: usize,
    /// Movements between pauses.
    pub strokes: usize,
    /// The way, in pixels.
    pub way: f64,
    /// From the first point to the last, in milliseconds.
    pub duration: f64,
    /// Mean speed while moving, in pixels per millisecond.
    pub speed: f64,
    /// Mean change of speed, in pixels per millisecond squared.
    pub acceleration: f64,
    /// Mean change of acceleration, in pixels per millisecond cubed.
    pub jerk: f64,
    /// Mean turn from step to step, as one less its cosine: 0 is straight on, 2 is back.
    pub curvature: f64,
    /// Turns by more than 45 degrees.
    pub direction_changes: usize,
    /// Speed's standard deviation over its mean, within movements; by steps or by time, whichever is evener.
    /// Absent where no movement is long enough.
    pub speed_variation: Option<f64>,
    /// The share of longer pieces that are straight to the pixel; absent where there are none.
    pub straightness: Option<f64>,
    /// How far longer pieces are off a cubic in time, in pixels; the median. Absent where there are none.
    pub curve_residual: Option<f64>,
    /// How far movements are off a smooth line, across the way, in pixels, whatever their speed; absent as above.
    pub outline_residual: Option<f64>,
    /// Noise across the way that is fresh at every point, in pixels; whole pixels alone make 0.3.
    pub tremble: f64,
    /// Turns by more than 45 degrees without slowing down.
    pub sharp_corners: usize,
    /// How fast movements start and stop, over their mean speed; absent where none is long enough.
    pub abruptness: Option<f64>,
    /// How far speeds on the way out differ from those mirrored in time, 0 to 1; absent as above.
    pub asymmetry: Option<f64>,
    /// Peaks of speed for each movement; absent as above.
    pub peaks: Option<f64>,
    /// Mean milliseconds between points, within movements; absent with fewer than 6 such intervals.
    pub interval: Option<f64>,
    /// The share of intervals that are the commonest one; absent as above.
    pub interval_regularity: Option<f64>,
    /// The coarsest whole timer interval of 5 ms or more that all times are multiples of; 0 where none is.
    pub grid: f64,
    /// The share of steps that no hand makes within one frame.
    pub jumps: f64,
}

/// Measures a path. Points that are not finite or go back in time are left out, and those beyond
/// [`Signals::POINTS_MAX`] are not looked at.
#[must_use]
pub fn measure(motion: &[Point]) -> Measures {
    let points = usable(motion);
    let mut measures = Measures { points: points.len(), ..Measures::default() };
    let [first, .., last] = points.as_slice() else { return measures };
    measures.duration = last.t - first.t;
    let strokes = strokes::split(&points);
    measures.strokes = strokes.len();
    let legs = strokes::legs(&strokes, &mut measures);
    strokes::pace(&strokes, &mut measures);
    strokes::cadence(&points, &strokes, &mut measures);
    strokes::ends(&strokes, &mut measures);
    strokes::evenness(&legs, &mut measures);
    strokes::bells(&legs, &mut measures);
    curve::shape(&legs, &mut measures);
    curve::outline(&legs, &mut measures);
    curve::tremble(&strokes, &mut measures);
    measures
}

/// Notes what hands do not do.
pub(crate) fn find(motion: &[Point], findings: &mut Findings) {
    if motion.len() < POINTS_MIN {
        return;
    }
    let measures = measure(motion);
    let rising = |value: Option<f64>, from, to| value.map_or(0.0, |value| ramp(value, from, to));
    findings.grade(Code::StraightPath, rising(measures.straightness, 0.3, 0.65));
    findings.grade(Code::ConstantSpeed, rising(measures.speed_variation, 0.5, 0.4));
    findings.grade(Code::CurveFit, rising(measures.curve_residual, 0.8, 0.4));
    findings.grade(Code::SmoothOutline, rising(measures.outline_residual, 0.5, 0.38));
    findings.grade(Code::AddedNoise, ramp(measures.tremble, 0.45, 0.65));
    findings.grade(Code::AbruptEnds, rising(measures.abruptness, 0.3, 0.55));
    findings.grade(Code::MirroredSpeed, rising(measures.asymmetry, 0.2, 0.14));
    findings.grade(Code::SharpCorners, ramp(measures.sharp_corners as f64, 0.0, 2.0));
    findings.grade(Code::FastPointer, ramp(measures.speed, 3.5, 7.0));
    findings.grade(Code::PointerJumps, ramp(measures.jumps, 0.02, 0.2));
    findings.grade(Code::DenseCadence, rising(measures.interval, 2.4, 1.2));
    findings.grade(Code::RegularCadence, rising(measures.interval_regularity, 0.85, 0.97));
    findings.note(Code::TimestampGrid, measures.grid > 0.0);
}

/// With fewer points there is no path to judge.
const POINTS_MIN: usize = 8;

/// Pixels that no screen reaches: a place as far off is none.
pub(crate) const FAR: f64 = 1e6;

/// The distance between two points.
fn distance(from: &Place, to: &Place) -> f64 {
    let (x, y) = (to.x - from.x, to.y - from.y);
    (x * x + y * y).sqrt()
}

/// The most points that are looked at.
const LIMIT: usize = Signals::POINTS_MAX;
