//! The shape of pieces of a path: straight lines, polynomials, and noise from point to point.

use super::strokes::{Mean, Place, way};
use super::{Measures, Stroke, distance};

/// Straightness and the fit of a cubic.
pub(super) fn shape(strokes: &[Stroke<'_>], measures: &mut Measures) {
    let mut straight = Mean::default();
    let mut residuals = [0.0; FITS_MAX];
    let mut fits = 0;
    for stroke in strokes {
        for piece in pieces(stroke, SHORT, 4) {
            if distance(&piece[0], &piece[piece.len() - 1]) >= CHORD {
                straight.add(f64::from(u8::from(bulge(piece) <= ROUNDED)), 1.0);
            }
        }
        for piece in pieces(stroke, TALL, TALL) {
            if way(piece) >= CHORD && piece.len() >= SHORT && fits < FITS_MAX {
                residuals[fits] = by_index(piece).min(by_time(piece));
                fits += 1;
            }
        }
    }
    measures.straightness = straight.mean();
    let residuals = &mut residuals[..fits];
    residuals.sort_unstable_by(f64::total_cmp);
    measures.curve_residual = residuals.get(fits / 2).copied();
}

/// Pieces of `length` points, one every `stride`; a shorter movement is one piece.
fn pieces<'a>(stroke: Stroke<'a>, length: usize, stride: usize) -> impl Iterator<Item = &'a [Place]> {
    let whole = (stroke.len() < length && stroke.len() >= 6).then_some(stroke);
    stroke.windows(length).step_by(stride).chain(whole)
}

/// How far, in pixels, a piece leaves the line between its ends.
fn bulge(piece: &[Place]) -> f64 {
    let (first, last) = (&piece[0], &piece[piece.len() - 1]);
    let (x, y) = (last.x - first.x, last.y - first.y);
    let length = (x * x + y * y).sqrt();
    let off = |point: &Place| ((point.x - first.x) * y - (point.y - first.y) * x).abs() / length;
    piece.iter().map(off).fold(0.0, f64::max)
}

/// How far movements are off a smooth line: across the way between their ends, what a polynomial of the seventh degree
/// leaves. Timing does not matter here, so a computed curve is found however its speed was shaped.
pub(super) fn outline(legs: &[Stroke<'_>], measures: &mut Measures) {
    let mut residuals = [0.0; FITS_MAX];
    let mut fits = 0;
    for leg in legs {
        for piece in pieces(leg, WIDE, WIDE / 2).filter(|piece| piece.len() >= SHORT + 2) {
            let (first, last) = (&piece[0], &piece[piece.len() - 1]);
            let (x, y) = (last.x - first.x, last.y - first.y);
            let chord = (x * x + y * y).sqrt();
            if chord < CHORD || fits == FITS_MAX {
                continue;
            }
            let along = |point: &Place| ((point.x - first.x) * x + (point.y - first.y) * y) / (chord * chord);
            let aside = |point: &Place| ((point.x - first.x) * y - (point.y - first.y) * x) / chord;
            let mut fit: Fit<1, WIDE> = Fit::new(piece, |_, point| 2.0 * along(point) - 1.0, [aside]);
            residuals[fits] = fit.residual(OUTLINE);
            fits += 1;
        }
    }
    let residuals = &mut residuals[..fits];
    residuals.sort_unstable_by(f64::total_cmp);
    measures.outline_residual = residuals.get(fits / 2).copied();
}

/// How far a piece is off a cubic in its points' number.
fn by_index(piece: &[Place]) -> f64 {
    let middle = (piece.len() - 1) as f64 / 2.0;
    residual(piece, |index, _| (index as f64 - middle) / middle)
}

/// How far a piece is off a cubic in time.
fn by_time(piece: &[Place]) -> f64 {
    let (start, span) = (piece[0].t, piece[piece.len() - 1].t - piece[0].t);
    if span <= 0.0 {
        return f64::INFINITY;
    }
    residual(piece, |_, point| 2.0 * (point.t - start) / span - 1.0)
}

/// The root mean square, over both axes, of what a least-squares cubic leaves.
fn residual(piece: &[Place], parameter: impl Fn(usize, &Place) -> f64) -> f64 {
    let axes: [fn(&Place) -> f64; 2] = [|point| point.x, |point| point.y];
    Fit::<2, TALL>::new(piece, parameter, axes).residual(4)
}

/// Values of at most `M` points, on `AXES` axes, beside a parameter.
struct Fit<const AXES: usize, const M: usize> {
    count: usize,
    parameter: [f64; M],
    values: [[f64; M]; AXES],
}

impl<const AXES: usize, const M: usize> Fit<AXES, M> {
    fn new(
        piece: &[Place],
        parameter: impl Fn(usize, &Place) -> f64,
        axes: [impl Fn(&Place) -> f64; AXES],
    ) -> Self {
        let mut fit = Self { count: piece.len().min(M), parameter: [0.0; M], values: [[0.0; M]; AXES] };
        for (index, point) in piece.iter().take(M).enumerate() {
            fit.parameter[index] = parameter(index, point);
            for (values, axis) in fit.values.iter_mut().zip(&axes) {
                values[index] = axis(point) - axis(&piece[0]);
            }
        }
        fit
    }

    /// The root mean square of what the best polynomial of `terms` terms leaves.
    ///
    /// Polynomials that are orthogonal over the points come from one another by a recurrence (Forsythe, 1957), and
    /// each is taken out of the values as soon as it is known.
    fn residual(&mut self, terms: usize) -> f64 {
        // Beyond the points everything is 0 and stays so: arrays of one size are added up several at a time.
        let (mut before, mut now) = ([0.0; M], [0.0; M]);
        now[..self.count].fill(1.0);
        let (mut size_before, mut used) = (f64::INFINITY, 0);
        for _ in 0..terms {
            let [size, middle, shares @ ..] = self.sums(&now);
            // Points that share their parameter leave no room for a higher power.
            if size < 1e-9 {
                break;
            }
            used += 1;
            for (values, share) in self.values.iter_mut().zip(shares) {
                let share = share / size;
                values.iter_mut().zip(&now).for_each(|(value, term)| *value -= share * term);
            }
            let (middle, weight) = (middle / size, size / size_before);
            for index in 0..M {
                let next = (self.parameter[index] - middle) * now[index] - weight * before[index];
                before[index] = now[index];
                now[index] = next;
            }
            size_before = size;
        }
        let rest = self.values.iter().flat_map(|values| &values[..self.count]);
        let left: f64 = rest.map(|value| value * value).sum();
        (left / (AXES * self.count.saturating_sub(used).max(1)) as f64).sqrt()
    }

    /// Over all points: the polynomial squared, the parameter times that, and each axis times the polynomial (the
    /// second axis, if there is one). All in one pass and in lanes, since a sum alone waits for each addition.
    fn sums(&self, polynomial: &[f64; M]) -> [f64; 4] {
        let (first, last) = (&self.values[0], &self.values[AXES - 1]);
        let [mut size, mut middle, mut one, mut other] = [[0.0; LANES]; 4];
        for start in (0..M).step_by(LANES) {
            let lanes = size.iter_mut().zip(&mut middle).zip(&mut one).zip(&mut other);
            for (index, (((size, middle), one), other)) in (start..).zip(lanes) {
                let term = polynomial[index];
                *size += term * term;
                *middle += self.parameter[index] * (term * term);
                *one += first[index] * term;
                *other += last[index] * term;
            }
        }
        [size, middle, one, other].map(|lanes| lanes.iter().sum())
    }
}

/// Noise across the way that is fresh at every point, as a standard deviation in pixels.
///
/// Each point's distance from the middle of its neighbours is compared with its neighbours' distances: a fourth
/// difference, which leaves nothing of a bend or of a muscle's tremor but 2.09 times white noise.
pub(super) fn tremble(strokes: &[Stroke<'_>], measures: &mut Measures) {
    let (mut squares, mut count) = (0.0, 0_usize);
    for stroke in strokes {
        let mut before = [None; 2];
        for three in stroke.windows(3) {
            let (x, y) = (three[2].x - three[0].x, three[2].y - three[0].y);
            let length = (x * x + y * y).sqrt();
            let off = (length >= 4.0)
                .then(|| (x * (three[1].y - three[0].y) - y * (three[1].x - three[0].x)) / length);
            if let ([Some(first), Some(middle)], Some(last)) = (before, off) {
                let rest: f64 = middle - (first + last) / 2.0;
                let rest = rest / (1.0 + length / COARSE);
                squares += rest * rest;
                count += 1;
            }
            before = [before[1], off];
        }
    }
    if count >= 5 {
        measures.tremble = (squares / count as f64).sqrt() / (70.0_f64 / 16.0).sqrt();
    }
}

/// Points of a piece that is tried for straightness.
const SHORT: usize = 12;
/// Points of a piece that is tried for a cubic: long enough that no hand's movement is one.
const TALL: usize = 24;
/// The way, in pixels, below which a piece is too short to have a shape.
const CHORD: f64 = 80.0;
/// What rounding to whole pixels leaves of a straight line.
const ROUNDED: f64 = 0.8;
/// Steps of this many pixels show half of their noise: what grows with speed is a hand's.
const COARSE: f64 = 60.0;
/// Sums side by side; the sizes of pieces, [`TALL`] and [`WIDE`], are multiples of it.
const LANES: usize = 4;
/// Terms of the polynomial that an outline is compared with: the seventh degree.
const OUTLINE: usize = 6;
/// Points of a piece whose outline is judged.
const WIDE: usize = 32;
/// The most pieces that are compared with a polynomial: more than the most points have.
const FITS_MAX: usize = 32;
