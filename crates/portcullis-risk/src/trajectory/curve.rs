//! The shape of pieces of a path: straight lines, polynomials, and noise from point to point.

use super::strokes::Mean;
use super::{Measures, Stroke, distance};
use crate::Point;

/// Straightness, the fit of a cubic, and tremble.
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
        for piece in pieces(stroke, TALL, TALL / 2) {
            let way: f64 = piece.windows(2).map(|pair| distance(&pair[0], &pair[1])).sum();
            if way >= CHORD && piece.len() >= SHORT && fits < FITS_MAX {
                residuals[fits] = by_index(piece).min(by_time(piece));
                fits += 1;
            }
        }
    }
    measures.straightness = straight.mean();
    let residuals = &mut residuals[..fits];
    residuals.sort_by(f64::total_cmp);
    measures.curve_residual = residuals.get(fits / 2).copied();
    tremble(strokes, measures);
}

/// Pieces of `length` points, one every `stride`; a shorter movement is one piece.
fn pieces<'a>(stroke: Stroke<'a>, length: usize, stride: usize) -> impl Iterator<Item = &'a [Point]> {
    let whole = (stroke.len() < length && stroke.len() >= 6).then_some(stroke);
    stroke.windows(length).step_by(stride).chain(whole)
}

/// How far, in pixels, a piece leaves the line between its ends.
fn bulge(piece: &[Point]) -> f64 {
    let (first, last) = (&piece[0], &piece[piece.len() - 1]);
    let (x, y) = (last.x - first.x, last.y - first.y);
    let length = (x * x + y * y).sqrt();
    let off = |point: &Point| ((point.x - first.x) * y - (point.y - first.y) * x).abs() / length;
    piece.iter().map(off).fold(0.0, f64::max)
}

/// How far a piece is off a cubic in its points' number.
fn by_index(piece: &[Point]) -> f64 {
    let middle = (piece.len() - 1) as f64 / 2.0;
    residual(piece, |index, _| (index as f64 - middle) / middle)
}

/// How far a piece is off a cubic in time.
fn by_time(piece: &[Point]) -> f64 {
    let (start, span) = (piece[0].t, piece[piece.len() - 1].t - piece[0].t);
    if span <= 0.0 {
        return f64::INFINITY;
    }
    residual(piece, |_, point| 2.0 * (point.t - start) / span - 1.0)
}

/// The root mean square, over both axes, of what a least-squares cubic leaves.
fn residual(piece: &[Point], parameter: impl Fn(usize, &Point) -> f64) -> f64 {
    let count = piece.len();
    let mut basis = [[0.0_f64; TALL]; 4];
    let mut kept = 0;
    for power in 0..4 {
        let mut column = [0.0; TALL];
        for (index, point) in piece.iter().enumerate() {
            column[index] = if power == 0 { 1.0 } else { parameter(index, point) * basis[kept - 1][index] };
        }
        for other in &basis[..kept] {
            let share = dot(&column[..count], &other[..count]);
            column.iter_mut().zip(other).for_each(|(value, other)| *value -= share * other);
        }
        let size = dot(&column[..count], &column[..count]).sqrt();
        // Points that share their times leave no room for a higher power.
        if size < 1e-9 {
            break;
        }
        column.iter_mut().for_each(|value| *value /= size);
        basis[kept] = column;
        kept += 1;
    }
    let left = |axis: fn(&Point) -> f64| {
        let mut values = [0.0; TALL];
        piece.iter().enumerate().for_each(|(index, point)| values[index] = axis(point) - axis(&piece[0]));
        let explained: f64 =
            basis[..kept].iter().map(|basis| dot(&values[..count], &basis[..count]).powi(2)).sum();
        (dot(&values[..count], &values[..count]) - explained).max(0.0)
    };
    ((left(|point| point.x) + left(|point| point.y)) / (2 * count - 2 * kept).max(1) as f64).sqrt()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// How far each point is off the middle of its neighbours, across the way, and whether neighbours err together.
fn tremble(strokes: &[Stroke<'_>], measures: &mut Measures) {
    let (mut squares, mut products, mut count) = (0.0, 0.0, 0_usize);
    for stroke in strokes {
        let mut before = None;
        for three in stroke.windows(3) {
            let (x, y) = (three[2].x - three[0].x, three[2].y - three[0].y);
            let length = (x * x + y * y).sqrt();
            if length < 4.0 {
                before = None;
                continue;
            }
            let off = (x * (three[1].y - three[0].y) - y * (three[1].x - three[0].x)) / length;
            squares += off * off;
            products += before.map_or(0.0, |before: f64| before * off);
            before = Some(off);
            count += 1;
        }
    }
    if count >= 6 && squares > 0.0 {
        measures.tremble = (squares / count as f64).sqrt();
        measures.tremble_correlation = products / squares;
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
/// The most pieces of [`TALL`] points that a path has, half overlapping.
const FITS_MAX: usize = 40;
