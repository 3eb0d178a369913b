//! Movements like a hand's, from published kinematic models.
//!
//! A movement is a vector sum of overlapping sub-movements. In one half of the visits each has the lognormal speed
//! of Plamondon's kinematic theory (sigma-lognormal: Plamondon and Djioua, 2006; O'Reilly and Plamondon, 2009) and
//! bends along a circular arc; in the other half it is a minimum-jerk stroke (Flash and Hogan, 1985). The first
//! sub-movement covers most of the way and misses by a share of it, later ones correct what it missed (Meyer et al.,
//! 1988), times follow Fitts's law with MacKenzie's constants for a mouse (1992), noise grows with speed (Harris and
//! Wolpert, 1998) and is low-pass filtered by the arm, and a tremor of 8 to 12 Hz lies over all.
//!
//! These are models of hands, and no hands: nobody was recorded.

use portcullis_risk::Point;

use crate::browser::Browser;
use crate::chance::Chance;

/// One visit's path.
pub(crate) fn visit(chance: &mut Chance) -> Vec<Point> {
    let browser = Browser::any(chance);
    seen_by(&browser, chance)
}

/// One visit's path as our loader records it.
pub(crate) fn visit_of_ours(chance: &mut Chance) -> Vec<Point> {
    let browser = Browser::with(chance, true);
    seen_by(&browser, chance)
}

fn seen_by(browser: &Browser, chance: &mut Chance) -> Vec<Point> {
    let track = Track::of(&Hand::any(chance), Errand::Anywhere, chance);
    browser.watch(chance, track.duration(), |time| track.at(time))
}

/// One visit's path from about one place to one button: paths as alike as different hands make them.
pub(crate) fn to_one_button(chance: &mut Chance) -> Vec<Point> {
    let browser = Browser::any(chance);
    let track = Track::of(&Hand::any(chance), Errand::OneButton, chance);
    browser.watch(chance, track.duration(), |time| track.at(time))
}

/// Where a visit goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Errand {
    /// From anywhere to one to four places.
    Anywhere,
    /// From near the top left corner to a check box.
    OneButton,
}

/// A way of moving: what differs from person to person.
struct Hand {
    lognormal: bool,
    /// Milliseconds that Fitts's law adds: at once, and for each bit.
    slowness: (f64, f64),
    /// Endpoint error, as a share of the way.
    error: f64,
    /// How much a movement bends, in radians.
    bend: f64,
    /// Noise of speed, as a share of it.
    noise: f64,
    /// Milliseconds that the arm remembers its noise.
    memory: f64,
    /// The tremor: pixels and hertz.
    tremor: (f64, f64),
}

impl Hand {
    fn any(chance: &mut Chance) -> Self {
        Self {
            lognormal: chance.is(0.5),
            slowness: (chance.between(20.0, 200.0), chance.between(80.0, 190.0)),
            error: chance.between(0.02, 0.08),
            bend: chance.between(0.05, 0.35),
            noise: chance.between(0.06, 0.16),
            memory: chance.between(25.0, 60.0),
            tremor: (chance.between(0.1, 0.5), chance.between(8.0, 12.0)),
        }
    }
}

/// A part of a movement: how far, whither and when.
struct Stroke {
    start: f64,
    duration: f64,
    length: f64,
    heading: f64,
    bend: f64,
    /// The shape of a lognormal; absent for minimum jerk.
    sigma: Option<f64>,
}

impl Stroke {
    /// Velocity at a time, in pixels per millisecond.
    fn velocity(&self, time: f64) -> (f64, f64) {
        let since = time - self.start;
        let (speed, done) = match self.sigma {
            _ if since <= 0.0 => return (0.0, 0.0),
            Some(sigma) => {
                // Nearly all of a lognormal lies within e^(±2.5 sigma) of its median.
                let median = self.duration * (-2.5 * sigma).exp();
                let z = (since / median).ln() / sigma;
                let density = (-z * z / 2.0).exp() / (since * sigma * std::f64::consts::TAU.sqrt());
                // The logistic function is the normal's sum to within a hundredth.
                (density, 1.0 / (1.0 + (-1.702 * z).exp()))
            }
            None if since >= self.duration => return (0.0, 0.0),
            None => {
                let part = since / self.duration;
                (30.0 * part.powi(2) * (1.0 - part).powi(2) / self.duration, part)
            }
        };
        let heading = self.heading + self.bend * (done - 0.5);
        (self.length * speed * heading.cos(), self.length * speed * heading.sin())
    }
}

/// A whole visit, a place for every millisecond.
struct Track(Vec<(f64, f64)>);

impl Track {
    fn of(hand: &Hand, errand: Errand, chance: &mut Chance) -> Self {
        let mut places = Vec::new();
        let anywhere = errand == Errand::Anywhere;
        let start = if anywhere { (1280.0, 720.0) } else { (60.0, 60.0) };
        let (mut x, mut y) = (chance.between(0.0, start.0), chance.between(0.0, start.1));
        let targets = if anywhere { chance.count(1, 5) } else { 1 };
        for _ in 0..targets {
            let target = if anywhere {
                (chance.between(40.0, 1240.0), chance.between(40.0, 680.0))
            } else {
                (chance.between(490.0, 510.0), chance.between(390.0, 410.0))
            };
            let strokes = aim(hand, (x, y), target, chance);
            let end = strokes.iter().map(|stroke| stroke.start + stroke.duration).fold(0.0, f64::max);
            let rest = chance.between(30.0, 700.0);
            let mut sway = (0.0, 0.0);
            let keep = (-1.0 / hand.memory).exp();
            let fresh = (1.0 - keep * keep).sqrt();
            for time in 0..(end + rest) as usize {
                let (mut over, mut down) = (0.0, 0.0);
                for stroke in &strokes {
                    let velocity = stroke.velocity(time as f64);
                    (over, down) = (over + velocity.0, down + velocity.1);
                }
                sway.0 = sway.0 * keep + fresh * chance.normal(0.0, hand.noise);
                sway.1 = sway.1 * keep + fresh * chance.normal(0.0, hand.noise);
                let speed = over.hypot(down);
                (x, y) = (x + over + speed * sway.0, y + down + speed * sway.1);
                places.push((x, y));
            }
        }
        let (size, rate) = hand.tremor;
        let (one, other) = (chance.between(0.0, 6.3), chance.between(0.0, 6.3));
        for (time, place) in places.iter_mut().enumerate() {
            let angle = time as f64 / 1000.0 * rate * std::f64::consts::TAU;
            place.0 += size * (angle + one).sin();
            place.1 += size * (1.13 * angle + other).sin();
        }
        Self(places)
    }

    fn duration(&self) -> f64 {
        self.0.len() as f64
    }

    fn at(&self, time: f64) -> (f64, f64) {
        self.0[(time as usize).min(self.0.len() - 1)]
    }
}

/// The sub-movements that carry a pointer from one place to another.
fn aim(hand: &Hand, from: (f64, f64), to: (f64, f64), chance: &mut Chance) -> Vec<Stroke> {
    let width = chance.between(20.0, 120.0);
    let way = (to.0 - from.0).hypot(to.1 - from.1);
    let whole = hand.slowness.0 + hand.slowness.1 * (way / width + 1.0).log2();
    let mut strokes = Vec::new();
    let (mut place, mut start) = (from, 0.0);
    for attempt in 0..chance.count(2, 5) {
        let left = (to.0 - place.0, to.1 - place.1);
        let distance = left.0.hypot(left.1);
        if distance < 3.0 {
            break;
        }
        // The first falls short more often than not; the others go for what is left.
        let reach = if attempt == 0 { chance.normal(0.93, hand.error) } else { chance.normal(1.0, 0.1) };
        let heading = left.1.atan2(left.0) + chance.normal(0.0, hand.error);
        let duration =
            if attempt == 0 { whole * chance.between(0.7, 1.0) } else { chance.between(120.0, 260.0) };
        let length = distance * reach;
        let sigma = hand.lognormal.then(|| chance.between(0.18, 0.4));
        let bend = chance.normal(0.0, hand.bend);
        strokes.push(Stroke { start, duration, length, heading, bend, sigma });
        place = (place.0 + length * heading.cos(), place.1 + length * heading.sin());
        // A correction starts before its forerunner ends, or after a glance.
        start += duration * chance.between(0.65, 1.05);
    }
    strokes
}
