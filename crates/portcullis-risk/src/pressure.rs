//! A site's traffic against its own baseline: how often its work is doubled.
//!
//! Two exponentially weighted averages of the same hits, one over about a minute and one over about a day, tell what
//! is new about the last minute. The level rises when the minute stands far above the day and above an absolute
//! floor, and falls when either the minute calms down or the day has caught up with it, so that a site that has
//! simply become popular pays for a while and then no longer. Between rising and falling lies a gap (hysteresis),
//! or a level would flicker around its threshold.
//!
//! What it is worth and why it is bounded: `docs/adr/0007-work-follows-a-sites-traffic.md`.

/// The pace of one site: a few numbers, whatever its traffic.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pressure {
    /// The moment for which the averages hold, in milliseconds since any fixed one.
    seen_ms: u64,
    /// Hits, each fading with [`FAST_MS`].
    fast: f64,
    /// Hits, each fading with [`SLOW_MS`].
    slow: f64,
    /// Milliseconds that were watched so far.
    watched_ms: f64,
    level: u8,
}

impl Pressure {
    /// The highest level.
    pub const LEVEL_MAX: u8 = 4;

    /// Adds one hit and answers the level: how often the work is doubled, 0 to [`Pressure::LEVEL_MAX`].
    pub fn hit(&mut self, now_ms: u64) -> u8 {
        *self = self.at(now_ms);
        self.fast += 1.0;
        self.slow += 1.0;
        self.level = self.settled();
        self.level
    }

    /// The level as it stands, with nothing added.
    #[must_use]
    pub fn level(&self, now_ms: u64) -> u8 {
        self.at(now_ms).settled()
    }

    /// The same, aged to `now_ms`. A little step back is a request that came late and ages nothing; a larger one is
    /// the clock's own, and ageing goes on from there.
    fn at(&self, now_ms: u64) -> Self {
        let straggler = now_ms < self.seen_ms && self.seen_ms - now_ms <= STRAGGLER_MS;
        let seen_ms = if straggler { self.seen_ms } else { now_ms };
        if self.slow == 0.0 {
            return Self { seen_ms: now_ms, ..*self };
        }
        let elapsed_ms = now_ms.saturating_sub(self.seen_ms) as f64;
        Self {
            seen_ms,
            fast: self.fast * (-elapsed_ms / FAST_MS).exp(),
            slow: self.slow * (-elapsed_ms / SLOW_MS).exp(),
            watched_ms: self.watched_ms + elapsed_ms,
            level: self.level,
        }
    }

    /// The level that the averages call for, coming from the present one.
    fn settled(&self) -> u8 {
        let (now, ordinary) = (self.per_minute(), self.baseline());
        let is_above =
            |level: u8, share: f64| now > ordinary * RISE * f64::from(1_u32 << (level - 1)) * share;
        let mut level = self.level;
        while level < Self::LEVEL_MAX && is_above(level + 1, 1.0) {
            level += 1;
        }
        while level > 0 && !is_above(level, FALL) {
            level -= 1;
        }
        level
    }

    fn per_minute(&self) -> f64 {
        self.fast * (MINUTE_MS / FAST_MS)
    }

    /// Hits per minute that are ordinary here. An average that began at nothing is too low at first; dividing by the
    /// weight that it has seen corrects that, as in Adam (Kingma and Ba, ICLR 2015).
    fn baseline(&self) -> f64 {
        let weight = 1.0 - (-self.watched_ms.max(FAST_MS) / SLOW_MS).exp();
        (self.slow * (MINUTE_MS / SLOW_MS) / weight).max(ORDINARY_PER_MINUTE)
    }
}

const MINUTE_MS: f64 = 60_000.0;
/// How fast the minute's average forgets.
const FAST_MS: f64 = 60_000.0;
/// How fast the day's average forgets.
const SLOW_MS: f64 = 86_400_000.0;
/// The first level begins here, in baselines; each further one at twice as many. Above the swing from night to noon.
const RISE: f64 = 4.0;
/// A level ends at this share of where it began.
const FALL: f64 = 0.5;
/// A site is never thought quieter than this, so the first level takes at least 120 hits a minute: what a machine
/// answers without noticing is no reason to make anybody wait.
const ORDINARY_PER_MINUTE: f64 = 30.0;
/// How late a request may come and still be taken for a straggler.
const STRAGGLER_MS: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;

    /// Plays evenly spaced hits over `duration`, and answers the highest level on the way.
    fn play(pressure: &mut Pressure, now: &mut u64, duration: u64, per_minute: u64) -> u8 {
        let (end, pause) = (*now + duration, (MINUTE / per_minute).max(1));
        let mut highest = 0;
        while *now < end {
            highest = highest.max(pressure.hit(*now));
            *now += pause;
        }
        highest
    }

    #[test]
    fn steady_traffic_is_no_pressure_at_any_rate_and_from_the_first_minute() {
        for per_minute in [1, 60, 600, 6_000] {
            let (mut pressure, mut now) = (Pressure::default(), 1_800_000_000_000);
            assert_eq!(play(&mut pressure, &mut now, 3 * HOUR, per_minute), 0, "{per_minute} a minute");
        }
    }

    #[test]
    fn slow_growth_is_no_pressure() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        for day in 0..20 {
            // A fifth more every day, from 60 a minute to 1,900.
            let per_minute = (60.0 * 1.2_f64.powi(day)) as u64;
            assert_eq!(play(&mut pressure, &mut now, DAY, per_minute), 0, "day {day}");
        }
    }

    #[test]
    fn night_and_noon_are_no_pressure_from_the_second_day() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        for day in 0..5 {
            for per_minute in [40, 20, 80, 200, 400, 300] {
                let highest = play(&mut pressure, &mut now, 4 * HOUR, per_minute);
                // On its first day a site has not seen noon yet.
                assert!(highest <= u8::from(day == 0), "day {day}, {per_minute} a minute");
            }
        }
    }

    #[test]
    fn a_launch_day_costs_something_and_less_by_itself() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        // Ten times the baseline lies between the thresholds of two levels.
        assert_eq!(play(&mut pressure, &mut now, 10 * MINUTE, 600), 2);
        play(&mut pressure, &mut now, 12 * HOUR, 600);
        assert!(pressure.level(now) <= 1, "{pressure:?}");
        play(&mut pressure, &mut now, 12 * HOUR, 600);
        assert_eq!(pressure.level(now), 0);
    }

    #[test]
    fn an_attack_rises_within_a_minute_to_the_bound_and_no_further() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        assert_eq!(play(&mut pressure, &mut now, MINUTE, 12_000), 4);
        assert_eq!(play(&mut pressure, &mut now, 10 * MINUTE, 60_000), 4);
    }

    #[test]
    fn an_attack_leaves_nothing_behind() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        play(&mut pressure, &mut now, 10 * MINUTE, 12_000);
        assert_eq!(pressure.level(now), 4);
        // Looking is enough: nobody has to come for it to fall.
        assert_eq!(pressure.level(now + 10 * MINUTE), 0);
        play(&mut pressure, &mut now, 10 * MINUTE, 60);
        assert_eq!(pressure.level(now), 0);
    }

    #[test]
    fn a_level_does_not_flicker_around_its_threshold() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        play(&mut pressure, &mut now, 10 * MINUTE, 300);
        let (mut changes, mut before) = (0, pressure.level(now));
        assert_eq!(before, 1);
        for _ in 0..60 {
            for per_minute in [200, 300] {
                play(&mut pressure, &mut now, 30_000, per_minute);
                changes += u32::from(pressure.level(now) != before);
                before = pressure.level(now);
            }
        }
        assert_eq!(changes, 0);
    }

    #[test]
    fn a_quiet_site_takes_an_absolute_floor() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 1);
        assert_eq!(play(&mut pressure, &mut now, HOUR, 100), 0);
        assert_eq!(play(&mut pressure, &mut now, 10 * MINUTE, 200), 1);
    }

    #[test]
    fn a_clock_set_back_or_far_ahead_is_no_trouble() {
        let (mut pressure, mut now) = (Pressure::default(), 100 * DAY);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        play(&mut pressure, &mut now, 5 * MINUTE, 12_000);
        now -= 50 * DAY;
        assert_eq!(pressure.level(now), 4);
        assert_eq!(play(&mut pressure, &mut now, MINUTE, 60), 4);
        play(&mut pressure, &mut now, 10 * MINUTE, 60);
        assert_eq!(pressure.level(now), 0);
        assert_eq!(pressure.hit(u64::MAX), 0);
        assert_eq!(pressure.hit(0), 0);
    }

    #[test]
    fn stragglers_do_not_age_the_same_minute_twice() {
        let (mut pressure, mut now) = (Pressure::default(), 0);
        play(&mut pressure, &mut now, 2 * DAY, 60);
        play(&mut pressure, &mut now, 2 * MINUTE, 12_000);
        let fast = pressure.fast;
        for _ in 0..1_000 {
            pressure.hit(now);
            pressure.hit(now - 30_000);
        }
        assert!(pressure.fast > fast + 1_900.0, "{pressure:?}");
    }
}
