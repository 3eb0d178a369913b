use std::collections::BTreeMap;

use portcullis_puzzle::{Connect, Density, Grade, Theme};
use proptest::prelude::*;

use super::{correlation, seed, segments};

#[test]
fn the_same_seed_is_the_same_challenge_and_another_is_another() {
    let draw = |number| Connect::new(&seed(number)).draw(Theme::Dark, Density::Two);
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_eq!(Connect::new(&seed(1)).layout(), Connect::new(&seed(1)).layout());
}

#[test]
fn only_all_pairs_and_nothing_else_are_right() {
    for number in 0..300 {
        let connect = Connect::new(&seed(number));
        let right = connect.answer().to_vec();
        let nodes = connect.layout().nodes.len() as u8;
        assert_eq!(connect.grade(&right), Grade::Right);
        let turned: Vec<(u8, u8)> = right.iter().rev().map(|(one, other)| (*other, *one)).collect();
        assert_eq!(connect.grade(&turned), Grade::Right);

        let wrong =
            |pairs: &[(u8, u8)]| assert_eq!(connect.grade(pairs), Grade::Wrong, "{number}: {pairs:?}");
        wrong(&[]);
        wrong(&right[1..]);
        wrong(&[&right[..], &right[..1]].concat());
        wrong(&[&right[1..], &right[1..2]].concat());
        let changed = |pair: (u8, u8)| [&right[1..], &[pair]].concat();
        wrong(&changed((right[0].0, right[0].0)));
        wrong(&changed((right[0].0, nodes)));
        wrong(&changed((right[0].0, 255)));
        let loner = (0..nodes).find(|node| right.iter().all(|(one, other)| one != node && other != node));
        wrong(&changed((right[0].0, loner.unwrap())));
        let crossed = [(right[0].0, right[1].1), (right[1].0, right[0].1)];
        wrong(&[&right[2..], &crossed].concat());
    }
}

#[test]
fn nodes_lie_in_the_picture_and_apart_and_every_rule_has_its_turn() {
    let mut rules = BTreeMap::new();
    for number in 0..1_000 {
        let layout = Connect::new(&seed(number)).layout();
        *rules.entry(layout.rule.code()).or_insert(0) += 1;
        assert_eq!(layout.pairs, 5);
        assert!((11..=12).contains(&layout.nodes.len()));
        for (index, [x, y]) in layout.nodes.iter().enumerate() {
            // A glyph reaches 22 pixels.
            assert!((24.0..=f32::from(layout.width) - 24.0).contains(x), "{x}");
            assert!((24.0..=f32::from(layout.height) - 24.0).contains(y), "{y}");
            assert!(layout.nodes[..index].iter().all(|other| (other[0] - x).hypot(other[1] - y) >= 50.0));
        }
    }
    assert_eq!(rules.len(), 5);
    assert!(rules.values().all(|count| (150..=250).contains(count)), "{rules:?}");
}

#[test]
fn the_order_of_nodes_tells_nothing() {
    let mut counts = BTreeMap::new();
    let mut whole = 0.0;
    for number in 0..6_000 {
        let connect = Connect::new(&seed(number));
        if connect.layout().nodes.len() == 12 {
            for pair in connect.answer() {
                *counts.entry(*pair).or_insert(0.0) += 1.0;
                whole += 1.0;
            }
        }
    }
    assert_eq!(counts.len(), 66);
    // Chi-square of 65 degrees of freedom: above 120 in one of ten thousand.
    let even: f64 = whole / 66.0;
    let distance: f64 = counts.values().map(|count: &f64| (count - even).powi(2) / even).sum();
    assert!(distance < 120.0, "{distance}");
}

#[test]
fn files_are_small_and_tell_nothing_of_the_answer() {
    let mut sizes = Vec::new();
    let mut heads = Vec::new();
    for number in 0..200 {
        let connect = Connect::new(&seed(number));
        let picture = connect.draw(Theme::Light, Density::Two);
        assert!(picture.len() <= 80_000);
        let partner_of_first = connect.answer()[0].1;
        sizes.push((picture.len() as f64, f64::from(partner_of_first)));
        heads.push(segments(&picture));
    }
    assert!(correlation(&sizes).abs() < 0.2, "{}", correlation(&sizes));
    assert!(heads.iter().all(|head| *head == heads[0]), "every file has the same head");
}

proptest! {
    #[test]
    fn any_pairs_have_a_grade(number in 0_u32..1_000, pairs: Vec<(u8, u8)>) {
        // Nobody hits five pairs of bytes by chance.
        prop_assert_eq!(Connect::new(&seed(number)).grade(&pairs), Grade::Wrong);
    }
}
