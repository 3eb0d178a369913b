//! What lies between a hand and a page: a device that reports whole steps, a screen that is drawn frame by frame, and
//! a loader that rounds what it records.
//!
//! Chromium hands a page one `pointermove` for each frame, however often the device reports; a frame comes late now
//! and then, and the handler runs a little after it. Some browsers deliver every report instead. Nothing is
//! delivered while the pointer stays on its pixel.
//!
//! Our loader takes the time from the event, which is that of the device's report, and keeps the newest 49 points.
//! Others, the published one among them, take the time at which their handler runs, and keep the first points.

use portcullis_risk::Point;

use crate::chance::Chance;

/// A browser, with the screen and the device before it.
pub(crate) struct Browser {
    /// Milliseconds between what is delivered.
    interval: f64,
    /// Milliseconds between the device's reports.
    report: f64,
    /// How late, in milliseconds, a handler runs; the mean.
    delay: f64,
    /// How often a frame is missed.
    missed: f64,
    /// Whether the loader is ours.
    ours: bool,
    /// Whether times are whole milliseconds: the browser's clock is no finer, or the loader rounds.
    whole: bool,
    /// The most points that the loader keeps.
    limit: usize,
}

impl Browser {
    /// Any ordinary browser: 60 to 144 Hz, a device of 125 to 1,000 Hz, a loader of ours or the published one.
    pub(crate) fn any(chance: &mut Chance) -> Self {
        let ours = chance.is(0.5);
        Self::with(chance, ours)
    }

    /// Any ordinary browser, with a loader of ours or another.
    pub(crate) fn with(chance: &mut Chance, ours: bool) -> Self {
        let frames = chance.one_of(&[60.0, 60.0, 60.0, 60.0, 75.0, 100.0, 120.0, 125.0, 144.0]);
        Self {
            interval: 1000.0 / if chance.is(0.12) { 125.0 } else { frames },
            report: 1000.0 / chance.one_of(&[125.0, 125.0, 250.0, 500.0, 1000.0]),
            delay: chance.between(0.15, 1.2),
            missed: chance.between(0.0, 0.03),
            ours,
            // Chromium's clock has tenths of a millisecond; Firefox's and Safari's have none.
            whole: chance.is(if ours { 0.35 } else { 0.7 }),
            limit: if chance.is(0.5) || ours { 49 } else { 256 },
        }
    }

    /// What the page sees of a pointer that is at `place(t)`, for `t` from 0 to `duration` milliseconds.
    pub(crate) fn watch(
        &self,
        chance: &mut Chance,
        duration: f64,
        place: impl Fn(f64) -> (f64, f64),
    ) -> Vec<Point> {
        let mut seen: Vec<Point> = Vec::new();
        let mut frame = chance.between(0.0, self.interval);
        let mut free = 0.0_f64;
        let phase = chance.between(0.0, self.report);
        let origin = chance.between(20.0, 600.0);
        while frame < duration && (self.ours || seen.len() < self.limit) {
            if !chance.is(self.missed) {
                let reported = ((frame - phase) / self.report).floor() * self.report + phase;
                let (x, y) = place(reported.max(0.0));
                let (x, y) = (x.round(), y.round());
                // Handlers run one after the other.
                let late = -self.delay * (1.0 - chance.share()).ln();
                let ran = (frame + late.min(6.0)).max(free);
                free = ran + 0.05;
                // A report takes a moment from the device to the system that stamps it.
                let stamped = reported.max(0.0) - 0.1 * (1.0 - chance.share()).ln();
                if seen.last().is_none_or(|last| (last.x, last.y) != (x, y)) {
                    let time = if self.ours { stamped } else { ran };
                    seen.push(Point { x, y, t: self.clock(origin + time) });
                }
            }
            frame += self.interval;
        }
        seen.drain(..seen.len().saturating_sub(self.limit));
        seen
    }

    /// The loader's clock.
    pub(crate) fn clock(&self, time: f64) -> f64 {
        if self.whole { time.floor() } else { (time * 10.0).floor() / 10.0 }
    }

    /// The most points that the loader keeps.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }
}
