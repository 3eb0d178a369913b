//! Movements that programs make.

use portcullis_risk::Point;

use crate::browser::Browser;
use crate::chance::Chance;

/// Straight lines in equal steps.
pub(crate) fn linear(chance: &mut Chance) -> Vec<Point> {
    drive(chance, |chance, from, to| {
        let count = chance.count(12, 60);
        Leg::new(count, move |part| (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part))
    })
}

/// Cubic Bézier curves with control points by chance; every second visit eases in and out.
pub(crate) fn bezier(chance: &mut Chance) -> Vec<Point> {
    let eased = chance.is(0.5);
    drive(chance, move |chance, from, to| curve(chance, from, to, eased, 0.0))
}

/// The same, every point moved by noise of 0.8 to 3 pixels.
pub(crate) fn jittered_bezier(chance: &mut Chance) -> Vec<Point> {
    let (eased, noise) = (chance.is(0.5), chance.between(0.8, 3.0));
    drive(chance, move |chance, from, to| curve(chance, from, to, eased, noise))
}

/// What Playwright's `mouse.move` with steps sends, posted without a browser: equal steps, hardly any time between.
pub(crate) fn playwright_like(chance: &mut Chance) -> Vec<Point> {
    let mut points = Vec::new();
    let (mut place, mut time) = (spot(chance), chance.between(20.0, 600.0));
    for _ in 0..chance.count(1, 4) {
        let (next, count) = (spot(chance), chance.count(10, 60));
        for step in 1..=count {
            let part = step as f64 / count as f64;
            time += chance.between(0.1, 2.0);
            points.push(Point {
                x: (place.0 + (next.0 - place.0) * part).round(),
                y: (place.1 + (next.1 - place.1) * part).round(),
                t: time.floor(),
            });
        }
        place = next;
        time += chance.between(0.0, 300.0);
    }
    points.truncate(256);
    points
}

/// A recorded path, shifted, shaken by up to 1.5 pixels, and played faster or slower.
pub(crate) fn replay(chance: &mut Chance, recorded: &[Point]) -> Vec<Point> {
    let (x, y) = (chance.between(-250.0, 250.0).round(), chance.between(-250.0, 250.0).round());
    let (pace, noise) = (chance.between(0.8, 1.25), chance.between(0.0, 1.5));
    let start = chance.between(0.0, 900.0);
    let mut time = 0.0_f64;
    recorded
        .iter()
        .map(|point| {
            time = time.max((start + point.t * pace + chance.normal(0.0, 1.0)).floor());
            let shake = |chance: &mut Chance| chance.normal(0.0, noise);
            Point {
                x: (point.x + x + shake(chance)).round(),
                y: (point.y + y + shake(chance)).round(),
                t: time,
            }
        })
        .collect()
}

/// One movement of a program: its places from part 0 to part 1, in a number of steps.
pub(crate) struct Leg {
    count: usize,
    place: Box<dyn Fn(f64) -> (f64, f64)>,
}

impl Leg {
    /// A movement of `count` steps along `place`.
    pub(crate) fn new(count: usize, place: impl Fn(f64) -> (f64, f64) + 'static) -> Self {
        Self { count, place: Box::new(place) }
    }
}

/// Plays one to four movements. Every second visit goes through a browser, which delivers the steps frame by frame;
/// the others post their points with a timer's times, even or shaken.
pub(crate) fn drive(
    chance: &mut Chance,
    mut leg: impl FnMut(&mut Chance, (f64, f64), (f64, f64)) -> Leg,
) -> Vec<Point> {
    let interval = chance.one_of(&[4.0, 5.0, 8.0, 10.0, 15.0, 16.0, 17.0, 20.0]);
    let shaken = if chance.is(0.5) { chance.between(0.1, 0.4) } else { 0.0 };
    let rests = chance.is(0.7);
    let mut steps: Vec<(f64, (f64, f64))> = Vec::new();
    let (mut place, mut time) = (spot(chance), 0.0);
    for _ in 0..chance.count(1, 5) {
        let next = spot(chance);
        let leg = leg(chance, place, next);
        for step in 1..=leg.count {
            time += interval * (1.0 + chance.between(-shaken, shaken));
            steps.push((time, (leg.place)(step as f64 / leg.count as f64)));
        }
        place = next;
        time += if rests { chance.between(100.0, 600.0) } else { 0.0 };
    }
    let browser = Browser::any(chance);
    if chance.is(0.5) {
        return browser.watch(chance, time, |now| {
            let after = steps.partition_point(|(at, _)| *at <= now);
            steps[after.saturating_sub(1)].1
        });
    }
    let start = chance.between(20.0, 600.0).floor();
    let posted = steps.into_iter().take(browser.limit());
    posted.map(|(at, (x, y))| Point { x: x.round(), y: y.round(), t: browser.clock(start + at) }).collect()
}

fn curve(chance: &mut Chance, from: (f64, f64), to: (f64, f64), eased: bool, noise: f64) -> Leg {
    let (over, down) = (to.0 - from.0, to.1 - from.1);
    let mut control = |along: f64| {
        let aside = chance.normal(0.0, 0.25);
        (from.0 + over * along - down * aside, from.1 + down * along + over * aside)
    };
    let (one, other) = (control(0.3), control(0.7));
    let count = chance.count(15, 60);
    let shakes: Vec<(f64, f64)> =
        (0..=count).map(|_| (chance.normal(0.0, noise), chance.normal(0.0, noise))).collect();
    Leg::new(count, move |part| {
        let shake = shakes[(part * count as f64).round() as usize];
        let part = if eased { part * part * (3.0 - 2.0 * part) } else { part };
        let rest = 1.0 - part;
        let weights = [rest.powi(3), 3.0 * rest.powi(2) * part, 3.0 * rest * part.powi(2), part.powi(3)];
        let along = |axis: fn(&(f64, f64)) -> f64| {
            [from, one, other, to]
                .iter()
                .zip(weights)
                .map(|(point, weight)| axis(point) * weight)
                .sum::<f64>()
        };
        (along(|point| point.0) + shake.0, along(|point| point.1) + shake.1)
    })
}

/// A place on the page.
pub(crate) fn spot(chance: &mut Chance) -> (f64, f64) {
    (chance.between(20.0, 1260.0).round(), chance.between(20.0, 700.0).round())
}
