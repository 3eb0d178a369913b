//! A visit as a point in a space of fixed size.

use crate::{AddressClass, AddressFlags, Behavior, Fingerprint, Point, Signals};

/// What a visit shows, as numbers from 0 to 1. What is absent is 0, and that it is absent is a number of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features(pub(super) [f32; Features::NUMBER]);

impl Features {
    /// How many numbers there are.
    pub(super) const NUMBER: usize = 28;

    /// Reads the numbers from signals. Claims of any size will do, also those that are not numbers.
    #[must_use]
    pub fn of(signals: &Signals) -> Self {
        let parts = motion(&signals.motion)
            .into_iter()
            .chain(signals.behavior.as_ref().map_or([0.0; 9], behavior))
            .chain(signals.fingerprint.as_ref().map_or([0.0; 8], fingerprint))
            .chain(request(signals));
        let mut numbers = [0.0; Self::NUMBER];
        for (number, part) in numbers.iter_mut().zip(parts) {
            *number = if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) as f32 };
        }
        Self(numbers)
    }
}

/// How many points, how fast, how evenly, with how many pauses, how straight.
fn motion(points: &[Point]) -> [f64; 5] {
    let steps: Vec<(f64, f64)> = points
        .windows(2)
        .map(|pair| ((pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y), pair[1].t - pair[0].t))
        .collect();
    let length: f64 = steps.iter().map(|(way, _)| way).sum();
    let speeds: Vec<f64> =
        steps.iter().filter(|(_, time)| *time > 0.0).map(|(way, time)| way / time * 1_000.0).collect();
    let mean = speeds.iter().sum::<f64>() / speeds.len().max(1) as f64;
    let variance =
        speeds.iter().map(|speed| (speed - mean).powi(2)).sum::<f64>() / speeds.len().max(1) as f64;
    let pauses = steps.iter().filter(|(_, time)| *time > PAUSE_MS).count();
    let beeline = match points {
        [first, .., last] => (last.x - first.x).hypot(last.y - first.y),
        _ => 0.0,
    };
    [
        scaled(points.len() as f64, Signals::POINTS_MAX as f64),
        scaled(mean, 20_000.0),
        if mean > 0.0 { scaled(variance.sqrt() / mean, 8.0) } else { 0.0 },
        scaled(pauses as f64, 64.0),
        if length > 0.0 { beeline / length } else { 0.0 },
    ]
}

fn behavior(behavior: &Behavior) -> [f64; 9] {
    [
        1.0,
        scaled(behavior.dwell_ms, 3_600_000.0),
        scaled(behavior.submit_latency_ms.unwrap_or(0.0), 600_000.0),
        scaled(behavior.pointer_moves, 10_000.0),
        scaled(behavior.click_count, 100.0),
        scaled(behavior.key_presses, 2_000.0),
        scaled(behavior.focus_changes, 100.0),
        scaled(behavior.touches.unwrap_or(0.0), 1_000.0),
        scaled(behavior.key_interval_deviation_ms.unwrap_or(0.0), 5_000.0),
    ]
}

fn fingerprint(fingerprint: &Fingerprint) -> [f64; 8] {
    let screen = fingerprint.screen;
    let upright = if screen.width > 0.0 { screen.height / screen.width } else { 0.0 };
    [
        1.0,
        scaled(upright, 4.0),
        scaled(screen.width, 8_000.0),
        scaled(screen.pixel_ratio, 5.0),
        scaled(fingerprint.hardware_concurrency.unwrap_or(0.0), 128.0),
        scaled(fingerprint.device_memory.unwrap_or(0.0), 64.0),
        scaled(fingerprint.touch_points.unwrap_or(0.0), 10.0),
        if fingerprint.webgl_renderer.is_empty() { 0.0 } else { 1.0 },
    ]
}

/// Headers and address.
fn request(signals: &Signals) -> [f64; 6] {
    let client = &signals.client;
    let given = [
        client.accept_language.is_some(),
        client.accept.is_some(),
        client.accept_encoding.is_some(),
        client.brands.is_some(),
        client.fetch_site.is_some(),
    ];
    let languages = client.accept_language.as_ref().map_or(0, |languages| languages.split(',').count());
    let class = match signals.address.class {
        AddressClass::Residential => 0.0,
        AddressClass::Mobile => 0.2,
        AddressClass::Unknown => 0.4,
        AddressClass::Local => 0.6,
        AddressClass::Hosting => 1.0,
    };
    let AddressFlags { hosting, proxy, vpn, tor, datacenter, mobile: _ } = signals.address.flags;
    let flags = [hosting, proxy, vpn, tor, datacenter];
    [
        share(&given),
        scaled(client.user_agent.len() as f64, Signals::TEXT_MAX as f64),
        scaled(languages as f64, 10.0),
        class,
        share(&flags),
        scaled(f64::from(signals.history.challenges), 120.0),
    ]
}

/// A number from 0 to `most` as a share, on a logarithmic scale: twice as much is as far from once as once is from half.
fn scaled(number: f64, most: f64) -> f64 {
    (number.max(0.0).ln_1p() / most.ln_1p()).min(1.0)
}

fn share(given: &[bool]) -> f64 {
    given.iter().filter(|given| **given).count() as f64 / given.len() as f64
}

/// A pointer that stands still for longer is a pause.
const PAUSE_MS: f64 = 120.0;
