//! Movements between pauses: how fast, how even, how they begin and end, and when their points came.

use super::{FAR, LIMIT, Measures, distance};
use crate::Point;

/// A movement without a pause: at least two places.
pub(crate) type Stroke<'a> = &'a [Place];

/// A point of a path, with what is asked for again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) t: f64,
    /// Pixels from the place before.
    pub(crate) step: f64,
    /// Milliseconds from the place before, never below the clock's step.
    pub(crate) time: f64,
    /// One over the other.
    pub(crate) speed: f64,
}

impl Place {
    fn new(point: &Point, before: Option<&Self>) -> Self {
        let mut place = Self { x: point.x, y: point.y, t: point.t, step: 0.0, time: 0.5, speed: 0.0 };
        if let Some(before) = before {
            place.step = distance(before, &place);
            place.time = (place.t - before.t).max(0.5);
            place.speed = place.step / place.time;
        }
        place
    }
}

/// The points that can be measured, in order of time.
pub(crate) fn usable(motion: &[Point]) -> Vec<Place> {
    let mut points: Vec<Place> = Vec::with_capacity(motion.len().min(LIMIT));
    for point in motion.iter().take(LIMIT) {
        let sane = [point.x, point.y].into_iter().all(|value| value.abs() < FAR) && point.t.abs() < 1e12;
        if sane && points.last().is_none_or(|before| point.t >= before.t) {
            points.push(Place::new(point, points.last()));
        }
    }
    points
}

/// Cuts a path where the pointer rested.
pub(super) fn split(points: &[Place]) -> Vec<Stroke<'_>> {
    points.chunk_by(|one, next| next.t - one.t < PAUSE_MS).filter(|stroke| stroke.len() > 1).collect()
}

/// Cuts movements where they turn sharply without slowing down, and counts such turns. A hand slows down to turn (the
/// two-thirds power law: Lacquaniti, Terzuolo and Viviani, 1983), so what is cut is mostly a program's next target.
pub(super) fn legs<'a>(strokes: &[Stroke<'a>], measures: &mut Measures) -> Vec<Stroke<'a>> {
    let mut legs = Vec::with_capacity(strokes.len());
    for &stroke in strokes {
        let way = way(stroke);
        let usual = way / (stroke.len() - 1) as f64;
        let (mut start, mut at) = (0, 2);
        while at + 2 < stroke.len() {
            let (straightness, speed) = corner(&stroke[at - 2..=at + 2]);
            let sharp = straightness < SHARP && speed > 1.2;
            if sharp && stroke.get(at - 1..=at + 3).is_none_or(|next| corner(next).0 >= straightness) {
                measures.sharp_corners += usize::from(speed > 0.7 * usual);
                legs.push(&stroke[start..=at]);
                start = at;
                at += 2;
            } else {
                at += 1;
            }
        }
        legs.push(&stroke[start..]);
    }
    legs.retain(|leg| leg.len() > 1);
    legs
}

/// The cosine of the turn at the middle of five points, and the slower side's pixels for each step.
fn corner(points: &[Place]) -> (f64, f64) {
    let (x, y) = (points[2].x - points[0].x, points[2].y - points[0].y);
    let (next_x, next_y) = (points[4].x - points[2].x, points[4].y - points[2].y);
    let (before, after) = (x * x + y * y, next_x * next_x + next_y * next_y);
    let cosine = (x * next_x + y * next_y) / (before * after).sqrt().max(f64::MIN_POSITIVE);
    (cosine, before.min(after).sqrt() / 2.0)
}

/// Pixels along a movement.
pub(super) fn way(stroke: Stroke<'_>) -> f64 {
    stroke[1..].iter().map(|place| place.step).sum()
}

/// Way, speed and its derivatives.
pub(super) fn pace(strokes: &[Stroke<'_>], measures: &mut Measures) {
    let (mut moving, mut steps, mut changes, mut turns) = (0.0, 0_usize, 0_usize, 0.0);
    let (mut acceleration, mut jerk) = (0.0, 0.0);
    for stroke in strokes {
        let (mut before, mut before_acceleration) = (None::<[f64; 4]>, None);
        for pair in stroke.windows(2) {
            let Place { step: length, time, speed, .. } = pair[1];
            let (x, y) = (pair[1].x - pair[0].x, pair[1].y - pair[0].y);
            measures.way += length;
            moving += time;
            steps += 1;
            if let Some([before_x, before_y, before_length, before_speed]) = before {
                let lengths = (before_length * length).max(f64::MIN_POSITIVE);
                let cosine = (before_x * x + before_y * y) / lengths;
                turns += 1.0 - cosine;
                changes += usize::from(cosine < SHARP);
                let rate = (speed - before_speed) / time;
                acceleration += rate.abs();
                jerk += before_acceleration.map_or(0.0, |before: f64| (rate - before).abs() / time);
                before_acceleration = Some(rate);
            }
            before = Some([x, y, length, speed]);
        }
    }
    let share = |sum: f64, count: usize| if count == 0 { 0.0 } else { sum / count as f64 };
    measures.speed = if moving > 0.0 { measures.way / moving } else { 0.0 };
    measures.acceleration = share(acceleration, steps);
    measures.jerk = share(jerk, steps);
    measures.curvature = share(turns, steps);
    measures.direction_changes = changes;
}

/// How even the speed of movements is.
pub(super) fn evenness(legs: &[Stroke<'_>], measures: &mut Measures) {
    let mut variation = Mean::default();
    for leg in legs.iter().filter(|leg| leg.len() >= 7) {
        let (mut lengths, mut speeds) = (Spread::default(), Spread::default());
        for place in &leg[1..] {
            lengths.add(place.step);
            speeds.add(place.speed);
        }
        if lengths.sum > LONG {
            variation.add(lengths.variation().min(speeds.variation()), lengths.sum);
        }
    }
    measures.speed_variation = variation.mean();
}

/// When points came.
pub(super) fn cadence(points: &[Place], strokes: &[Stroke<'_>], measures: &mut Measures) {
    let steps = points.len() - 1;
    let jumps = points.iter().filter(|place| place.step > JUMP && place.time < 50.0);
    measures.jumps = jumps.count() as f64 / steps as f64;
    let mut intervals: Vec<f64> =
        strokes.iter().flat_map(|stroke| stroke.windows(2)).map(|pair| pair[1].t - pair[0].t).collect();
    if intervals.len() < 6 {
        return;
    }
    measures.interval = Some(intervals.iter().sum::<f64>() / intervals.len() as f64);
    measures.grid = GRIDS
        .into_iter()
        .find(|grid| intervals.iter().all(|interval| (interval / grid).fract() == 0.0))
        .filter(|_| intervals.iter().any(|&interval| interval > 0.0))
        .unwrap_or(0.0);
    intervals.sort_unstable_by(f64::total_cmp);
    let mut most = 0;
    let mut start = 0;
    for end in 0..intervals.len() {
        while intervals[end] - intervals[start] > 0.25 {
            start += 1;
        }
        most = most.max(end + 1 - start);
    }
    measures.interval_regularity = Some(most as f64 / intervals.len() as f64);
}

/// How movements begin and end.
pub(super) fn ends(strokes: &[Stroke<'_>], measures: &mut Measures) {
    let mut abrupt = Mean::default();
    let last = strokes.len().saturating_sub(1);
    for (index, stroke) in strokes.iter().enumerate().filter(|(_, stroke)| stroke.len() >= 7) {
        let mut speeds: Vec<f64> = stroke[1..].iter().map(|place| place.speed).collect();
        let way = way(stroke);
        let count = speeds.len();
        let (start, end) = ((speeds[0] + speeds[1]) / 2.0, (speeds[count - 1] + speeds[count - 2]) / 2.0);
        let top = *speeds.select_nth_unstable_by(count * 9 / 10, f64::total_cmp).1;
        if way < LONG || top <= 0.0 {
            continue;
        }
        // The last movement may have been cut off by the judgement, so its end says nothing; nor does the first one's
        // start where a loader that keeps the newest points was full.
        let ends = match (index == 0 && measures.points >= LOADER_POINTS, index == last) {
            (true, true) => continue,
            (true, false) => end,
            (false, true) => start,
            (false, false) => start.min(end),
        };
        abrupt.add((ends / top).min(1.0), way);
    }
    measures.abruptness = abrupt.mean();
}

/// The shape of speed over time: its symmetry and its peaks.
pub(super) fn bells(legs: &[Stroke<'_>], measures: &mut Measures) {
    let (mut asymmetry, mut peaks) = (Mean::default(), Mean::default());
    for leg in legs.iter().filter(|leg| leg.len() >= 8) {
        let way = way(leg);
        if way < LONG {
            continue;
        }
        let profile = profile(leg);
        let mean = profile.iter().sum::<f64>() / PARTS as f64;
        let differences: f64 =
            (0..PARTS / 2).map(|part| (profile[part] - profile[PARTS - 1 - part]).abs()).sum();
        asymmetry.add(differences / (mean * PARTS as f64), way);
        let top = profile.iter().copied().fold(0.0, f64::max);
        peaks.add(count_peaks(&profile, top * 0.08) as f64, way);
    }
    measures.asymmetry = asymmetry.mean();
    measures.peaks = peaks.mean();
}

/// The way in each of [`PARTS`] equal parts of the movement's time.
fn profile(stroke: Stroke<'_>) -> [f64; PARTS] {
    let start = stroke[0].t;
    let part = (stroke[stroke.len() - 1].t - start).max(1.0) / PARTS as f64;
    let mut profile = [0.0; PARTS];
    for pair in stroke.windows(2) {
        let (length, from, to) = (pair[1].step, pair[0].t - start, pair[1].t - start);
        let (first, last) = ((from / part) as usize, (to / part) as usize);
        if first >= last || to <= from {
            profile[first.min(PARTS - 1)] += length;
            continue;
        }
        for index in first..=last {
            let low = from.max(index as f64 * part);
            let high = to.min((index + 1) as f64 * part);
            profile[index.min(PARTS - 1)] += length * (high - low).max(0.0) / (to - from);
        }
    }
    profile
}

/// Peaks that stand out by `depth` from the valley before them.
fn count_peaks(profile: &[f64], depth: f64) -> usize {
    let (mut peaks, mut rising) = (0, true);
    let (mut high, mut low) = (0.0_f64, 0.0_f64);
    for &value in profile {
        if rising {
            high = high.max(value);
            if value < high - depth {
                (peaks, rising, low) = (peaks + 1, false, value);
            }
        } else {
            low = low.min(value);
            if value > low + depth {
                (rising, high) = (true, value);
            }
        }
    }
    peaks + usize::from(rising)
}

/// A mean of weighted values.
#[derive(Debug, Default)]
pub(super) struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    pub(super) fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}

#[derive(Debug, Default)]
struct Spread {
    sum: f64,
    squares: f64,
    count: f64,
}

impl Spread {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.squares += value * value;
        self.count += 1.0;
    }

    /// The standard deviation over the mean.
    fn variation(&self) -> f64 {
        let mean = self.sum / self.count;
        (self.squares / self.count - mean * mean).max(0.0).sqrt() / mean
    }
}

/// The points that our loader keeps, as the published one does.
const LOADER_POINTS: usize = 49;
/// A gap this long between two points is a rest.
const PAUSE_MS: f64 = 90.0;
/// Movements of less way than this, in pixels, are not judged for their shape.
pub(super) const LONG: f64 = 60.0;
/// The cosine of a turn that cuts a movement: 45 degrees.
const SHARP: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// A step that no hand makes between two frames, in pixels.
const JUMP: f64 = 300.0;
/// Intervals of timers that programs are fond of, the coarsest first.
const GRIDS: [f64; 5] = [50.0, 25.0, 20.0, 10.0, 5.0];
/// Into how many parts of its time a movement is cut.
const PARTS: usize = 12;
