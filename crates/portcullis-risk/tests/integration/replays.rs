//! The memory of paths.

use portcullis_risk::{Point, Replays, sketch};

use crate::chance::Chance;
use crate::{bots, human};

fn path(index: usize) -> Vec<Point> {
    human::visit(&mut Chance::new(41, "paths", index))
}

#[test]
fn replayed_paths_are_recognised_and_distinct_ones_are_not() {
    let mut memory = Replays::new([1; 32]);
    let fresh: usize = (0..400).filter(|&index| memory.seen(&path(index))).count();
    assert!(fresh <= 2, "{fresh} of 400 fresh paths were taken for replays");
    let replayed = (0..400)
        .filter(|&index| memory.seen(&bots::replay(&mut Chance::new(42, "replays", index), &path(index))))
        .count();
    // Our loader's newest 49 points may be a slow approach alone, too still to be told from others.
    assert!(replayed >= 360, "{replayed} of 400 replays were recognised");
}

#[test]
fn hands_that_go_to_one_button_are_told_apart() {
    let mut memory = Replays::new([1; 32]);
    let to_button = |index| human::to_one_button(&mut Chance::new(43, "button", index));
    let mistaken = (0..400).filter(|&index| memory.seen(&to_button(index))).count();
    assert!(mistaken <= 8, "{mistaken} of 400");
}

#[test]
fn a_shift_another_pace_and_one_pixel_of_noise_change_nothing() {
    let original = path(0);
    let changes: [fn(usize, &Point) -> Point; 4] = [
        |_, point| *point,
        |_, point| Point { x: point.x + 313.0, y: point.y - 57.0, t: point.t + 12_345.0 },
        |_, point| Point { t: point.t * 1.4, ..*point },
        |index, point| Point {
            x: point.x + (index % 2) as f64,
            y: point.y + (index % 3) as f64 - 1.0,
            ..*point
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut memory = Replays::new([2; 32]);
        assert!(!memory.seen(&original));
        let changed: Vec<Point> =
            original.iter().enumerate().map(|(index, point)| change(index, point)).collect();
        assert!(memory.seen(&changed), "change {number}");
    }
    let mirrored: Vec<Point> = original.iter().map(|point| Point { x: -point.x, ..*point }).collect();
    let mut memory = Replays::new([2; 32]);
    assert!(!memory.seen(&original) && !memory.seen(&mirrored));
}

#[test]
fn a_point_out_of_place_or_a_late_clock_hides_no_replay() {
    let original = path(0);
    let last = original.last().unwrap().t;
    type Trick = fn(Vec<Point>, f64) -> Vec<Point>;
    let tricks: [(&str, Trick); 7] = [
        ("far to the right, at the decoder's bound", |path, _| {
            inserted(path, Point { x: 1e6, y: 5.0, t: 0.0 })
        }),
        ("far below", |path, last| inserted(path, Point { x: 5.0, y: -1e6, t: last / 2.0 })),
        ("no place", |path, last| inserted(path, Point { x: f64::NAN, y: 0.0, t: last / 3.0 })),
        ("long after", |path, _| inserted(path, Point { x: 5.0, y: 5.0, t: 1e9 })),
        ("long before", |path, _| {
            let late = path.into_iter().map(|point| Point { t: point.t + 9e5, ..point });
            inserted(late.collect(), Point { x: 5.0, y: 5.0, t: 0.0 })
        }),
        ("half an hour later", |path, _| {
            path.into_iter().map(|point| Point { t: point.t + 1.8e6, ..point }).collect()
        }),
        ("eleven days later", |path, _| {
            path.into_iter().map(|point| Point { t: point.t + 9.9e8, ..point }).collect()
        }),
    ];
    for (name, trick) in tricks {
        let mut memory = Replays::new([2; 32]);
        assert!(!memory.seen(&original));
        assert!(memory.seen(&trick(original.clone(), last)), "{name}");
    }
}

/// Puts a point in by its time, as the decoder does.
fn inserted(mut path: Vec<Point>, point: Point) -> Vec<Point> {
    path.push(point);
    path.sort_by(|one, other| one.t.total_cmp(&other.t));
    path
}

#[test]
fn short_and_still_paths_are_never_replays() {
    let mut memory = Replays::new([3; 32]);
    let short = &path(0)[..7];
    let still = vec![Point { x: 5.0, y: 5.0, t: 1.0 }; 40];
    let timeless: Vec<Point> = path(0).iter().map(|point| Point { t: 4.0, ..*point }).collect();
    let wild = vec![Point { x: f64::NAN, y: f64::INFINITY, t: -1.0 }; 40];
    for motion in [&[], short, &still, &timeless, &wild] {
        assert!(sketch(motion).is_none());
        assert!(!memory.seen(motion) && !memory.seen(motion));
    }
}

#[test]
fn the_memory_forgets_its_oldest_path_first() {
    let mut memory = Replays::new([4; 32]);
    let zigzag = |index: usize| -> Vec<Point> {
        let mut chance = Chance::new(44, "zigzag", index);
        (0..20)
            .map(|step| Point {
                x: chance.between(0.0, 900.0),
                y: chance.between(0.0, 900.0),
                t: f64::from(step),
            })
            .collect()
    };
    for index in 0..=Replays::CAPACITY {
        assert!(!memory.seen(&zigzag(index)));
    }
    assert!(memory.seen(&zigzag(1)));
    assert!(!memory.seen(&zigzag(0)));
}

#[test]
fn a_kept_sketch_depends_on_its_key_and_shows_nothing() {
    let plain = sketch(&path(0)).unwrap();
    let again = sketch(&bots::replay(&mut Chance::new(45, "again", 0), &path(0))).unwrap();
    assert!(plain.resembles(&again) && plain.keyed(&[1; 32]).resembles(&again.keyed(&[1; 32])));
    assert!(!plain.keyed(&[1; 32]).resembles(&again.keyed(&[2; 32])));
    assert!(plain.keyed(&[1; 32]) != plain);
    assert_eq!(format!("{plain:?}"), "Sketch(…)");
}
