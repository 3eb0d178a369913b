//! Simulated visitors: made from distributions, not from anybody's data.

use proptest::prelude::*;

use super::*;
use crate::{AddressClass, Behavior, Client, Fingerprint, Point, Screen, Signals};

/// People on desktops and phones, as a seeded stream.
struct People(SplitMix);

impl People {
    fn visit(&mut self) -> Features {
        Features::of(&self.signals())
    }

    fn signals(&mut self) -> Signals {
        let phone = self.0.share() < 0.4;
        let points = 20 + self.0.below(if phone { 30 } else { 200 });
        let mut signals = Signals {
            motion: self.path(points),
            client: Client {
                user_agent: "x".repeat(100 + self.0.below(40)),
                accept_language: Some("de-DE,de;q=0.9,en;q=0.8".into()),
                accept: Some("*/*".into()),
                accept_encoding: Some("gzip, br".into()),
                brands: (self.0.share() < 0.7).then(|| "brands".into()),
                fetch_site: Some("cross-site".into()),
                ..Client::default()
            },
            fingerprint: Some(Fingerprint {
                screen: if phone {
                    Screen {
                        width: 360.0 + self.number(70.0),
                        height: 780.0 + self.number(140.0),
                        pixel_ratio: 3.0,
                    }
                } else {
                    Screen {
                        width: 1280.0 + self.number(1280.0),
                        height: 720.0 + self.number(700.0),
                        pixel_ratio: 1.0,
                    }
                },
                webgl_renderer: "renderer".into(),
                hardware_concurrency: Some([4.0, 8.0, 8.0, 12.0, 16.0][self.0.below(5)]),
                device_memory: Some([4.0, 8.0, 8.0, 16.0][self.0.below(4)]),
                touch_points: Some(if phone { 5.0 } else { 0.0 }),
                ..Fingerprint::default()
            }),
            behavior: Some(Behavior {
                dwell_ms: 4_000.0 * (1.0 + self.number(20.0)),
                key_presses: self.number(80.0),
                pointer_moves: if phone { self.number(20.0) } else { 50.0 + self.number(600.0) },
                focus_changes: self.number(6.0),
                click_count: 1.0 + self.number(6.0),
                submit_latency_ms: Some(200.0 + self.number(3_000.0)),
                touches: phone.then(|| 5.0 + self.number(60.0)),
                key_interval_deviation_ms: Some(40.0 + self.number(120.0)),
                ..Behavior::default()
            }),
            ..Signals::default()
        };
        signals.address.class = match self.0.below(20) {
            0 => AddressClass::Hosting,
            1..=6 => AddressClass::Mobile,
            7..=9 => AddressClass::Unknown,
            _ => AddressClass::Residential,
        };
        signals
    }

    fn path(&mut self, points: usize) -> Vec<Point> {
        let mut at = Point { x: self.number(1_000.0), y: self.number(600.0), t: 0.0 };
        (0..points)
            .map(|_| {
                at.x += self.number(30.0) - 12.0;
                at.y += self.number(20.0) - 11.0;
                at.t +=
                    if self.0.share() < 0.05 { 150.0 + self.number(900.0) } else { 8.0 + self.number(16.0) };
                at
            })
            .collect()
    }

    fn number(&mut self, most: f64) -> f64 {
        f64::from(self.0.share()) * most
    }
}

/// A farm of headless browsers on rented servers: one machine image, straight paths, no patience.
fn farm(random: &mut SplitMix) -> Features {
    let jitter = f64::from(random.share());
    let mut signals = Signals {
        motion: (0..30)
            .map(|step| Point {
                x: f64::from(step) * (10.0 + jitter),
                y: f64::from(step) * 5.0,
                t: f64::from(step) * 8.0,
            })
            .collect(),
        client: Client { user_agent: "x".repeat(110), accept: Some("*/*".into()), ..Client::default() },
        fingerprint: Some(Fingerprint {
            screen: Screen { width: 800.0, height: 600.0, pixel_ratio: 1.0 },
            hardware_concurrency: Some(2.0),
            device_memory: Some(2.0),
            ..Fingerprint::default()
        }),
        behavior: Some(Behavior {
            dwell_ms: 500.0 + jitter * 100.0,
            pointer_moves: 30.0,
            click_count: 1.0,
            submit_latency_ms: Some(5.0),
            ..Behavior::default()
        }),
        ..Signals::default()
    };
    signals.address.class = AddressClass::Hosting;
    signals.address.flags.hosting = true;
    Features::of(&signals)
}

fn people(seed: u64) -> People {
    People(SplitMix(seed))
}

fn taught(seed: u64, visits: usize) -> (Anomaly, People) {
    let (mut model, mut people) = (Anomaly::new(seed), people(seed ^ 0xabc));
    for _ in 0..visits {
        model.learn(&people.visit());
    }
    (model, people)
}

fn mean(scores: impl Iterator<Item = f32>) -> f32 {
    let scores: Vec<f32> = scores.collect();
    scores.iter().sum::<f32>() / scores.len() as f32
}

#[test]
fn a_young_model_has_no_opinion() {
    let (mut model, mut people) = taught(1, 249);
    assert_eq!(model.score(&people.visit()), None);
    model.learn(&people.visit());
    assert!(model.score(&people.visit()).is_some());
}

#[test]
fn a_farm_is_unusual_and_people_are_not() {
    for seed in 0..8 {
        for visits in [250, 600, 3_000] {
            let (model, mut people) = taught(seed, visits);
            let mut random = SplitMix(seed);
            let scores: Vec<f32> = (0..500).map(|_| model.score(&people.visit()).unwrap()).collect();
            let of_people = mean(scores.iter().copied());
            let of_farm = mean((0..100).map(|_| model.score(&farm(&mut random)).unwrap()));
            let odd = scores.iter().filter(|score| **score >= ODD).count();
            assert!(of_people < 0.08, "seed {seed}, {visits} visits: people score {of_people}");
            assert!(of_farm > 0.7, "seed {seed}, {visits} visits: the farm scores {of_farm}");
            assert!(odd <= 25, "seed {seed}, {visits} visits: {odd} of 500 people are odd");
        }
    }
}

#[test]
fn a_flood_does_not_become_ordinary_quickly() {
    for seed in 0..8 {
        let (mut model, _) = taught(seed, 1_000);
        let mut random = SplitMix(seed);
        for _ in 0..10_000 {
            model.learn(&farm(&mut random));
        }
        let alone = model.score(&farm(&mut random)).unwrap();
        // Ten of the farm on each person, for two windows of people.
        let (mut model, mut people) = taught(seed, 1_000);
        for _ in 0..500 {
            model.learn(&people.visit());
            for _ in 0..10 {
                model.learn(&farm(&mut random));
            }
        }
        let mixed = model.score(&farm(&mut random)).unwrap();
        assert!(alone >= 0.5, "seed {seed}: after a flood alone {alone}");
        assert!(mixed >= 0.5, "seed {seed}: after a flood among people {mixed}");
        assert!(mean((0..200).map(|_| model.score(&people.visit()).unwrap())) < 0.1);
    }
}

#[test]
fn a_lasting_change_is_learnt_in_the_end() {
    let (mut model, _) = taught(5, 1_000);
    let mut random = SplitMix(5);
    let mut visits = 0;
    while model.score(&farm(&mut random)).unwrap() > 0.1 {
        model.learn(&farm(&mut random));
        visits += 1;
        assert!(visits < 100_000);
    }
    assert!(visits > 10_000);
}

#[test]
fn the_same_visits_make_the_same_model() {
    let (first, mut people) = taught(3, 700);
    let (second, _) = taught(3, 700);
    assert_eq!(first.to_bytes(), second.to_bytes());
    let (other, _) = taught(4, 700);
    assert_ne!(first.to_bytes(), other.to_bytes());
    let mut again = Anomaly::from_bytes(&first.to_bytes()).unwrap();
    let mut first = first;
    for _ in 0..300 {
        let visit = people.visit();
        assert_eq!(again.score(&visit), first.score(&visit));
        again.learn(&visit);
        first.learn(&visit);
    }
    assert_eq!(again.to_bytes(), first.to_bytes());
}

#[test]
fn a_model_fits_into_64_kib() {
    let (model, _) = taught(3, 10);
    let memory = size_of_val(&*model.cuts) + size_of_val(&*model.cells) + size_of::<Anomaly>();
    assert!(memory <= 64 << 10, "{memory} bytes in memory");
    assert!(model.to_bytes().len() <= 64 << 10);
}

#[test]
fn other_bytes_are_no_model() {
    let (model, _) = taught(3, 300);
    let bytes = model.to_bytes();
    for length in [0, 1, 3, 4, 20, bytes.len() - 1] {
        assert!(Anomaly::from_bytes(&bytes[..length]).is_none(), "{length} bytes");
    }
    for place in 0..4 {
        let mut other = bytes.clone();
        other[place] ^= 1;
        assert!(Anomaly::from_bytes(&other).is_none(), "another byte at {place}");
    }
    assert!(Anomaly::from_bytes(&[&bytes[..], &[0]].concat()).is_none());
}

#[test]
fn claims_of_any_size_are_numbers_from_0_to_1() {
    let wild = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, -1.0, 0.0, 1e300];
    for a in wild {
        for b in wild {
            let point = |t| Point { x: a, y: b, t };
            let signals = Signals {
                motion: vec![point(0.0), point(a), point(b), Point { x: b, y: a, t: 1.0 }],
                behavior: Some(Behavior {
                    dwell_ms: a,
                    key_presses: b,
                    touches: Some(a),
                    ..Behavior::default()
                }),
                fingerprint: Some(Fingerprint {
                    screen: Screen { width: a, height: b, pixel_ratio: a },
                    hardware_concurrency: Some(b),
                    ..Fingerprint::default()
                }),
                ..Signals::default()
            };
            let features = Features::of(&signals);
            assert!(features.0.iter().all(|number| (0.0..=1.0).contains(number)), "{features:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        mut numbers in proptest::collection::vec(any::<u8>(), LENGTH - FORM.len()),
        form: bool,
        small: bool,
        visits in 0..300_usize,
    ) {
        if small {
            // Counters that are possible, so that the rest is played with.
            numbers[8..16].copy_from_slice(&1_000_u64.to_le_bytes());
            numbers[16..22].copy_from_slice(&[249, 0, 9, 0, 63, 0]);
            for pair in numbers[22 + 2 * BINS..].chunks_mut(4) {
                pair[2] = pair[2].min(249);
                pair[3] = 0;
            }
        }
        let bytes = if form { [&FORM[..], &numbers].concat() } else { numbers };
        let read = Anomaly::from_bytes(&bytes);
        prop_assert!(read.is_some() || !(form && small));
        if let Some(mut model) = read {
            let mut people = people(9);
            for _ in 0..visits {
                let visit = people.visit();
                let score = model.score(&visit).unwrap();
                prop_assert!((0.0..=1.0).contains(&score));
                model.learn(&visit);
            }
        }
    }
}
