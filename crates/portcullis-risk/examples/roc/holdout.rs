//! A generator that was written after the weights were fixed, and that nothing was changed for.
//!
//! WindMouse (Benjamin J. Land, 2005), as scripts for games have used it ever since: the pointer is pulled by its
//! target as by gravity and pushed by a wind that wanders, and never moves faster than a bound, which shrinks near
//! the target.

use portcullis_risk::Point;

use crate::bots::{Leg, drive};
use crate::chance::Chance;

/// One visit's path.
pub(crate) fn windmouse(chance: &mut Chance) -> Vec<Point> {
    drive(chance, |chance, from, to| {
        let places = blown(chance, from, to);
        let last = places.len() - 1;
        Leg::new(last.max(1), move |part| places[((part * last as f64).round() as usize).min(last)])
    })
}

fn blown(chance: &mut Chance, from: (f64, f64), to: (f64, f64)) -> Vec<(f64, f64)> {
    let (gravity, gust, calm) = (9.0, 3.0_f64, 12.0);
    let mut bound = 15.0_f64;
    let (mut x, mut y) = from;
    let (mut over, mut down) = (0.0_f64, 0.0_f64);
    let (mut wind_x, mut wind_y) = (0.0, 0.0);
    let mut places = vec![from];
    while places.len() < STEPS_MAX {
        let (left_x, left_y) = (to.0 - x, to.1 - y);
        let distance = left_x.hypot(left_y);
        if distance < 1.0 {
            break;
        }
        let (three, five) = (3.0_f64.sqrt(), 5.0_f64.sqrt());
        if distance >= calm {
            let strength = gust.min(distance);
            wind_x = wind_x / three + chance.between(-strength, strength) / five;
            wind_y = wind_y / three + chance.between(-strength, strength) / five;
        } else {
            (wind_x, wind_y) = (wind_x / three, wind_y / three);
            bound = if bound < 3.0 { chance.between(3.0, 6.0) } else { bound / five };
        }
        over += wind_x + gravity * left_x / distance;
        down += wind_y + gravity * left_y / distance;
        let speed = over.hypot(down);
        if speed > bound {
            let slower = bound / 2.0 + chance.between(0.0, bound / 2.0);
            (over, down) = (over / speed * slower, down / speed * slower);
        }
        (x, y) = (x + over, y + down);
        places.push((x, y));
    }
    places.push(to);
    places
}

/// No page is wider than this many steps.
const STEPS_MAX: usize = 2000;
