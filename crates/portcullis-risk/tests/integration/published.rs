//! The `astracaph` profile against the published weights, worked out by hand.

use portcullis_risk::{
    AddressClass, AddressFacts, AddressFlags, Assessment, Behavior, Fingerprint, Point, Profile, Screen,
    Signals, address_risk, assess,
};

use crate::codes;

/// A visit in which nothing was found: the base alone.
fn quiet() -> Signals {
    let places =
        [(0.0, 0.0), (30.0, 2.0), (31.0, 30.0), (60.0, 31.0), (61.0, 90.0), (160.0, 91.0), (161.0, 99.0)];
    Signals {
        fingerprint: Some(Fingerprint {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0".to_owned(),
            canvas: "c".to_owned(),
            webgl_vendor: "Intel".to_owned(),
            webgl_renderer: "Mesa Intel(R) UHD".to_owned(),
            screen: Screen { width: 1920.0, height: 1080.0, pixel_ratio: 1.0 },
            ..Fingerprint::default()
        }),
        motion: places
            .into_iter()
            .enumerate()
            .map(|(index, (x, y))| Point { x, y, t: index as f64 * 20.0 })
            .collect(),
        behavior: Some(Behavior { dwell_ms: 5000.0, pointer_moves: 7.0, ..Behavior::default() }),
        ..Signals::default()
    }
}

fn judge(change: impl FnOnce(&mut Signals, &mut Fingerprint, &mut Behavior)) -> Assessment {
    let mut signals = quiet();
    let mut fingerprint = signals.fingerprint.take().unwrap();
    let mut behavior = signals.behavior.unwrap();
    change(&mut signals, &mut fingerprint, &mut behavior);
    assess(
        &Signals { fingerprint: Some(fingerprint), behavior: Some(behavior), ..signals },
        Profile::Astracaph,
    )
}

type Change = fn(&mut Signals, &mut Fingerprint, &mut Behavior);

fn line(count: usize, step: impl Fn(usize) -> f64) -> Vec<Point> {
    let mut x = 0.0;
    (0..count)
        .map(|index| {
            x += step(index);
            Point { x, y: 5.0, t: index as f64 * 10.0 }
        })
        .collect()
}

#[test]
fn every_published_weight_alone() {
    let cases: [(&str, f64, Change); 17] = [
        ("webdriver", 0.73, |_, fingerprint, _| fingerprint.webdriver = true),
        ("bot-user-agent", 0.58, |_, fingerprint, _| fingerprint.user_agent = "AnyBot/1".to_owned()),
        ("bot-user-agent", 0.58, |_, fingerprint, _| fingerprint.user_agent = "Python-urllib".to_owned()),
        ("no-canvas", 0.24, |_, fingerprint, _| fingerprint.canvas.clear()),
        ("no-webgl", 0.26, |_, fingerprint, _| fingerprint.webgl_vendor.clear()),
        ("no-webgl", 0.26, |_, fingerprint, _| fingerprint.webgl_renderer.clear()),
        ("bad-screen", 0.34, |_, fingerprint, _| fingerprint.screen.height = 0.0),
        ("few-motion-points", 0.34, |signals, _, _| signals.motion.truncate(4)),
        ("even-speed", 0.30, |signals, _, _| signals.motion = line(7, |_| 10.0)),
        ("few-direction-changes", 0.26, |signals, _, _| signals.motion = line(8, |index| index as f64)),
        ("fast-pointer", 0.27, |signals, _, _| signals.motion = line(6, |index| 40.0 + index as f64)),
        ("short-dwell", 0.36, |_, _, behavior| behavior.dwell_ms = 449.0),
        ("no-pointer-moves", 0.30, |_, _, behavior| behavior.pointer_moves = 0.0),
        ("many-focus-changes", 0.23, |_, _, behavior| behavior.focus_changes = 8.0),
        ("fast-keys", 0.25, |_, _, behavior| (behavior.key_presses, behavior.dwell_ms) = (19.0, 999.0)),
        ("address-hosting", 0.42, |signals, _, _| signals.address.class = AddressClass::Hosting),
        ("address-residential", 0.14, |signals, _, _| signals.address.class = AddressClass::Residential),
    ];
    assert_eq!(judge(|_, _, _| ()), Assessment { score: 0.18, reasons: vec![] });
    for (code, score, change) in cases {
        let judged = judge(change);
        assert_eq!((codes(&judged), judged.score), (vec![code], score));
    }
}

#[test]
fn bounds_are_where_they_are_published() {
    let unharmed: [Change; 7] = [
        |signals, _, _| signals.motion.truncate(5),
        |signals, _, _| signals.motion = line(5, |_| 10.0),
        |signals, _, _| signals.motion = line(7, |index| 10.0 + index as f64),
        |_, _, behavior| behavior.dwell_ms = 450.0,
        |_, _, behavior| behavior.focus_changes = 7.0,
        |_, _, behavior| (behavior.key_presses, behavior.dwell_ms) = (19.0, 1000.0),
        |_, _, behavior| (behavior.key_presses, behavior.dwell_ms) = (18.0, 900.0),
    ];
    for (index, change) in unharmed.into_iter().enumerate() {
        assert_eq!(judge(change).score, 0.18, "case {index}");
    }
}

#[test]
fn findings_add_up_and_stop_at_one() {
    let judged = judge(|signals, fingerprint, behavior| {
        fingerprint.canvas.clear();
        signals.motion.clear();
        (behavior.pointer_moves, behavior.dwell_ms) = (0.0, 300.0);
    });
    // 0.18 + 0.06 + 0.16 + 0.12 + 0.18
    assert_eq!(judged.score, 0.70);
    let judged = judge(|signals, fingerprint, behavior| {
        fingerprint.webdriver = true;
        fingerprint.user_agent = "curl".to_owned();
        (behavior.pointer_moves, behavior.dwell_ms) = (0.0, 300.0);
        signals.address.flags.tor = true;
    });
    assert_eq!(judged.score, 1.0);
}

#[test]
fn addresses_have_their_published_risks() {
    let flags = AddressFlags::default();
    for (class, flags, risk, classification) in [
        (AddressClass::Unknown, flags, 0.0, AddressClass::Unknown),
        (AddressClass::Unknown, AddressFlags { tor: true, ..flags }, 0.34, AddressClass::Unknown),
        (AddressClass::Residential, AddressFlags { vpn: true, ..flags }, 0.14, AddressClass::Residential),
        (
            AddressClass::Unknown,
            AddressFlags { proxy: true, vpn: true, ..flags },
            0.34,
            AddressClass::Unknown,
        ),
        (AddressClass::Residential, AddressFlags { datacenter: true, ..flags }, 0.24, AddressClass::Hosting),
        (AddressClass::Mobile, flags, 0.03, AddressClass::Mobile),
        (AddressClass::Unknown, AddressFlags { mobile: true, ..flags }, 0.03, AddressClass::Mobile),
        (AddressClass::Residential, flags, 0.0, AddressClass::Residential),
        (AddressClass::Local, AddressFlags { tor: true, hosting: true, ..flags }, 0.0, AddressClass::Local),
    ] {
        let judged = address_risk(&AddressFacts { class, flags, ..AddressFacts::default() });
        assert_eq!((judged.risk, judged.classification), (risk, classification), "{class:?} {flags:?}");
        assert!(!judged.reasons.is_empty() && (0.0..=1.0).contains(&judged.static_likelihood));
    }
}

#[test]
fn a_residential_address_is_counted_as_it_is_published() {
    let with = |vpn: bool| {
        judge(|signals, _, _| {
            signals.address.class = AddressClass::Residential;
            signals.address.flags.vpn = vpn;
        })
    };
    // Alone: the address's risk stops at 0, and 0.04 goes off beside it. With a VPN: 0.18 - 0.04 - 0.04.
    assert_eq!((with(false).score, with(true).score), (0.14, 0.28));
}

#[test]
fn what_no_script_said_is_not_held_against_a_visit() {
    assert_eq!(assess(&Signals::default(), Profile::Astracaph).score, 0.18);
}
