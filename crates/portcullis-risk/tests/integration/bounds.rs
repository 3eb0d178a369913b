//! Whatever is sent, a score is a number from 0 to 1 and its reasons add up to it.

use portcullis_risk::{
    AddressClass, AddressFlags, Behavior, Client, Fingerprint, History, Measures, Point, Profile, Replays,
    Screen, Signals, Vouching, assess, measure,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Any number: ordinary, huge, negative, or none at all.
fn number() -> BoxedStrategy<f64> {
    prop_oneof![4 => -50.0..2000.0_f64, 1 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
        .boxed()
}

fn text() -> BoxedStrategy<String> {
    let known = [
        "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0.0.0 Safari/537.36",
        "curl/8",
        "Windows",
        "de-DE",
        "é",
        "",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), ".{0,20}", ".{500,700}"]
        .boxed()
}

fn points() -> BoxedStrategy<Vec<Point>> {
    let point = || (number(), number(), number()).prop_map(|(x, y, t)| Point { x, y, t });
    let still = Just(Point { x: 1.0, y: 1.0, t: 1.0 });
    prop_oneof![vec(point(), 0..40), vec(prop_oneof![point(), still], 0..600)].boxed()
}

prop_compose! {
    fn fingerprints()(
        texts in [text(), text(), text(), text()],
        numbers in [number(), number(), number()],
        maybe in [option::of(number()), option::of(number()), option::of(number())],
        webdriver: bool,
    ) -> Fingerprint {
        let [user_agent, language, timezone, platform] = texts;
        Fingerprint {
            webgl_renderer: platform.clone(),
            user_agent, language, timezone, platform, webdriver,
            screen: Screen { width: numbers[0], height: numbers[1], pixel_ratio: numbers[2] },
            hardware_concurrency: maybe[0],
            device_memory: maybe[1],
            touch_points: maybe[2],
            ..Fingerprint::default()
        }
    }
}

prop_compose! {
    fn behaviors()(numbers in [number(), number(), number(), number(), number()],
                   maybe in [option::of(number()), option::of(number()), option::of(number())]) -> Behavior {
        Behavior {
            dwell_ms: numbers[0],
            key_presses: numbers[1],
            pointer_moves: numbers[2],
            focus_changes: numbers[3],
            click_count: numbers[4],
            touches: maybe[0],
            key_interval_ms: maybe[1],
            key_interval_deviation_ms: maybe[2],
            ..Behavior::default()
        }
    }
}

prop_compose! {
    fn signals()(
        user_agent in text(),
        headers in [option::of(text()), option::of(text()), option::of(text())],
        fingerprint in option::of(fingerprints().boxed()),
        motion in points(),
        behavior in option::of(behaviors().boxed()),
        flags in [any::<bool>(); 4],
        history in (any::<u32>(), any::<u8>()),
        replayed: bool,
        anomaly in option::of(any::<f32>()),
        second_opinion in proptest::sample::select(vec![
            Vouching::Unasked, Vouching::Given, Vouching::Refused, Vouching::Missing,
        ]),
    ) -> Signals {
        let [accept_language, brands, platform] = headers;
        let mut signals = Signals {
            client: Client { user_agent, accept_language, brands, platform, mobile: Some(replayed), ..Client::default() },
            fingerprint, motion, behavior, replayed, anomaly, second_opinion,
            history: History { challenges: history.0, doublings: history.1 },
            ..Signals::default()
        };
        signals.address.flags =
            AddressFlags { tor: flags[0], vpn: flags[1], proxy: flags[2], hosting: flags[3], ..AddressFlags::default() };
        signals.address.class = if flags[0] { AddressClass::Residential } else { AddressClass::Unknown };
        signals
    }
}

proptest! {
    #[test]
    fn a_score_is_a_score(signals in signals()) {
        for (profile, base) in [(Profile::Astracaph, 0.18), (Profile::Portcullis, 0.05)] {
            let judged = assess(&signals, profile);
            prop_assert!((0.0..=1.0).contains(&judged.score), "{judged:?}");
            prop_assert_eq!((judged.score * 100.0).round() / 100.0, judged.score);
            let sum = base + judged.reasons.iter().map(|reason| reason.weight).sum::<f64>();
            prop_assert!((sum.clamp(0.0, 1.0) - judged.score).abs() < 0.0051, "{sum} {judged:?}");
            prop_assert_eq!(&judged, &assess(&signals, profile));
        }
    }

    #[test]
    fn measures_are_numbers(motion in points()) {
        let Measures {
            way, duration, speed, acceleration, jerk, curvature, speed_variation, straightness, curve_residual,
            outline_residual, tremble, abruptness, asymmetry, peaks, interval, interval_regularity, grid, jumps, ..
        } = measure(&motion);
        let always = [way, duration, speed, acceleration, jerk, curvature, tremble, grid, jumps];
        let maybe = [speed_variation, straightness, curve_residual, outline_residual, abruptness, asymmetry, peaks,
                     interval, interval_regularity];
        for (index, value) in always.into_iter().chain(maybe.into_iter().flatten()).enumerate() {
            prop_assert!(value.is_finite() && value >= -1e-9, "measure {index} is {value}");
        }
    }

    #[test]
    fn a_memory_takes_any_path(paths in vec(points(), 0..4)) {
        let mut memory = Replays::new([5; 32]);
        for path in &paths {
            memory.seen(path);
        }
    }
}
