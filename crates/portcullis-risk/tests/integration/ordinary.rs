//! The `portcullis` profile on people: with a mouse, without one, without scripts.

use portcullis_risk::{
    AddressFlags, Behavior, CHALLENGE_FROM, Fingerprint, Point, Profile, Signals, Vouching, assess,
};

use crate::chance::Chance;
use crate::visit::ordinary;
use crate::{codes, human};

fn score(signals: &Signals) -> f64 {
    assess(signals, Profile::Portcullis).score
}

/// The floor: nothing was found.
const BASE: f64 = 0.05;

#[test]
fn who_uses_no_mouse_pays_nothing() {
    let behaviors = [
        ("keyboard", Behavior { key_presses: 24.0, focus_changes: 5.0, ..Behavior::default() }),
        ("screen reader", Behavior { focus_changes: 14.0, click_count: 1.0, ..Behavior::default() }),
        ("switch", Behavior { click_count: 1.0, ..Behavior::default() }),
        ("nothing yet", Behavior::default()),
        (
            "typing",
            Behavior {
                key_presses: 40.0,
                key_interval_ms: Some(180.0),
                key_interval_deviation_ms: Some(70.0),
                ..Behavior::default()
            },
        ),
    ];
    for (who, behavior) in behaviors {
        for dwell_ms in [700.0, 9000.0, 600_000.0] {
            let mut signals = ordinary(Vec::new(), false);
            let typed = behavior.key_presses;
            let dwell_ms = if typed > 0.0 { f64::max(dwell_ms, typed * 100.0) } else { dwell_ms };
            signals.behavior = Some(Behavior { dwell_ms, ..behavior });
            let judged = assess(&signals, Profile::Portcullis);
            assert_eq!((judged.score, codes(&judged)), (BASE, vec![]), "{who}, {dwell_ms} ms");
        }
    }
}

#[test]
fn a_telephone_is_touched_and_pays_nothing() {
    let agent = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
    let mut signals = ordinary(Vec::new(), false);
    signals.client.user_agent = agent.to_owned();
    signals.client.platform = Some("Android".to_owned());
    signals.client.mobile = Some(true);
    let fingerprint = signals.fingerprint.as_mut().unwrap();
    fingerprint.user_agent = agent.to_owned();
    fingerprint.platform = "Linux armv81".to_owned();
    fingerprint.webgl_renderer = "Adreno (TM) 640".to_owned();
    fingerprint.touch_points = Some(5.0);
    signals.behavior = Some(Behavior { dwell_ms: 4000.0, touches: Some(2.0), ..Behavior::default() });
    assert_eq!(codes(&assess(&signals, Profile::Portcullis)), [""; 0]);
    signals.fingerprint.as_mut().unwrap().touch_points = Some(0.0);
    assert_eq!(codes(&assess(&signals, Profile::Portcullis)), ["touch-differs"]);
}

#[test]
fn without_a_script_an_ordinary_browser_scores_low() {
    let mut signals = ordinary(Vec::new(), false);
    (signals.fingerprint, signals.behavior) = (None, None);
    assert_eq!(score(&signals), BASE);
    // Over plain HTTP browsers send neither hints nor fetch metadata.
    signals.client.brands = None;
    signals.client.platform = None;
    signals.client.mobile = None;
    (signals.client.fetch_mode, signals.client.fetch_site) = (None, None);
    assert!(score(&signals) <= 0.15, "{}", score(&signals));
    // A household's VPN is no reason for a step.
    signals.address.flags = AddressFlags { vpn: true, ..AddressFlags::default() };
    assert!(score(&signals) <= 0.15, "{}", score(&signals));
}

#[test]
fn scripts_that_name_themselves_are_challenged_without_a_script_of_ours() {
    for agent in ["curl/8.5.0", "python-requests/2.32.0", "Mozilla/5.0 (compatible; SomeBot/1.0)", ""] {
        let mut signals = Signals::default();
        signals.client.user_agent = agent.to_owned();
        assert!(score(&signals) >= CHALLENGE_FROM, "{agent:?}: {}", score(&signals));
    }
    let mut crawler = Signals::default();
    crawler.client.user_agent = "Mozilla/5.0 (compatible; Googlebot/2.1)".to_owned();
    crawler.address.good_bot = Some("Googlebot".to_owned());
    assert!(score(&crawler) < CHALLENGE_FROM);
}

#[test]
fn one_contradiction_gives_one_reason() {
    type Change = fn(&mut Signals, &mut Fingerprint);
    let cases: [(&str, Change); 17] = [
        ("headless-browser", |signals, _| {
            signals.client.brands = Some(r#""HeadlessChrome";v="141", "Chromium";v="141""#.to_owned());
        }),
        ("agent-differs", |_, fingerprint| {
            fingerprint.user_agent = fingerprint.user_agent.replace("141", "139")
        }),
        ("hints-brand-differs", |signals, _| {
            signals.client.brands = Some(r#""Chromium";v="120", "Google Chrome";v="120""#.to_owned());
        }),
        ("hints-platform-differs", |signals, _| signals.client.platform = Some("Linux".to_owned())),
        ("hints-mobile-differs", |signals, _| signals.client.mobile = Some(true)),
        ("no-client-hints", |signals, _| signals.client.brands = None),
        ("no-fetch-metadata", |signals, _| signals.client.fetch_mode = None),
        ("no-accept-language", |signals, _| signals.client.accept_language = None),
        ("no-accept-encoding", |signals, _| signals.client.accept_encoding = Some(" ".to_owned())),
        ("language-differs", |_, fingerprint| fingerprint.language = "fr-FR".to_owned()),
        ("automation-traces", |_, fingerprint| fingerprint.automation = vec!["cdc".to_owned()]),
        ("platform-differs", |_, fingerprint| fingerprint.platform = "Linux x86_64".to_owned()),
        ("renderer-differs", |_, fingerprint| fingerprint.webgl_renderer = "Apple M2".to_owned()),
        ("software-renderer", |_, fingerprint| {
            fingerprint.webgl_renderer =
                "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)".to_owned();
        }),
        ("headless-screen", |_, fingerprint| {
            (fingerprint.screen.width, fingerprint.screen.height) = (800.0, 600.0);
        }),
        ("impossible-hardware", |_, fingerprint| fingerprint.hardware_concurrency = Some(2.5)),
        ("timezone-differs", |_, fingerprint| fingerprint.timezone = "Asia/Tokyo".to_owned()),
    ];
    for (code, change) in cases {
        let mut signals = ordinary(Vec::new(), false);
        let mut fingerprint = signals.fingerprint.take().unwrap();
        change(&mut signals, &mut fingerprint);
        signals.fingerprint = Some(fingerprint);
        assert_eq!(codes(&assess(&signals, Profile::Portcullis)), [code]);
    }
}

#[test]
fn a_vpn_explains_a_foreign_time_zone() {
    let mut signals = ordinary(Vec::new(), false);
    signals.fingerprint.as_mut().unwrap().timezone = "Asia/Tokyo".to_owned();
    signals.address.flags.vpn = true;
    assert_eq!(codes(&assess(&signals, Profile::Portcullis)), ["address-vpn"]);
}

#[test]
fn acts_that_contradict_each_other_are_found() {
    let path = human::visit(&mut Chance::new(6, "acts", 0));
    let judge = |change: fn(&mut Behavior)| {
        let mut signals = ordinary(path.clone(), false);
        change(signals.behavior.as_mut().unwrap());
        codes(&assess(&signals, Profile::Portcullis))
    };
    assert_eq!(judge(|_| ()), [""; 0]);
    assert_eq!(judge(|behavior| behavior.pointer_moves = 0.0), ["behavior-contradicts"]);
    assert_eq!(judge(|behavior| behavior.dwell_ms = 1.0), ["behavior-contradicts"]);
    assert_eq!(judge(|behavior| behavior.click_count = -1.0), ["impossible-values"]);
    assert_eq!(judge(|behavior| behavior.dwell_ms = f64::NAN), ["impossible-values"]);
    assert_eq!(
        judge(|behavior| {
            behavior.key_presses = 20.0;
            behavior.key_interval_ms = Some(100.0);
            behavior.key_interval_deviation_ms = Some(1.0);
            behavior.dwell_ms += 4000.0;
        }),
        ["even-keys"]
    );
}

#[test]
fn places_that_no_screen_has_are_impossible_and_slow_visits_are_not() {
    let path = human::visit(&mut Chance::new(6, "acts", 0));
    let judge = |change: fn(&mut Point)| {
        let mut signals = ordinary(path.clone(), false);
        change(signals.motion.last_mut().unwrap());
        let end = signals.motion.last().unwrap().t;
        signals.behavior.as_mut().unwrap().dwell_ms = end + 800.0;
        codes(&assess(&signals, Profile::Portcullis)).contains(&"impossible-values")
    };
    // The decoder's bounds are a million pixels and a billion milliseconds, both inclusive.
    assert!(judge(|point| point.x = 1e6));
    assert!(judge(|point| point.y = -1e6));
    assert!(judge(|point| point.t = 1e9));
    assert!(!judge(|point| point.x = 999_999.0));
    assert!(!judge(|point| point.t = 5e6));
}

#[test]
fn history_anomaly_and_second_opinions_are_reasons_of_their_own() {
    let judge = |change: fn(&mut Signals)| {
        let mut signals = ordinary(Vec::new(), false);
        change(&mut signals);
        let judged = assess(&signals, Profile::Portcullis);
        (codes(&judged), judged.score)
    };
    assert_eq!(judge(|signals| signals.anomaly = Some(0.5)), (vec![], BASE));
    assert_eq!(judge(|signals| signals.anomaly = Some(1.0)), (vec!["unusual-visit"], 0.25));
    assert_eq!(judge(|signals| signals.anomaly = Some(f32::NAN)), (vec![], BASE));
    assert_eq!(judge(|signals| signals.history.challenges = 5), (vec![], BASE));
    assert_eq!(judge(|signals| signals.history.challenges = u32::MAX), (vec!["many-challenges"], 0.17));
    assert_eq!(judge(|signals| signals.history.doublings = 255), (vec!["work-doubled"], 0.17));
    assert_eq!(judge(|signals| signals.replayed = true), (vec!["replayed-path"], 0.5));
    assert_eq!(judge(|signals| signals.second_opinion = Vouching::Unasked), (vec![], BASE));
    assert_eq!(judge(|signals| signals.second_opinion = Vouching::Given), (vec![], BASE));
    assert_eq!(judge(|signals| signals.second_opinion = Vouching::Refused), (vec!["turnstile-failed"], 0.45));
    assert_eq!(
        judge(|signals| signals.second_opinion = Vouching::Missing),
        (vec!["turnstile-missing"], 0.15)
    );
}
