use portcullis_puzzle::{Density, Grade, Slider, Theme};
use proptest::prelude::*;

use super::{correlation, seed, segments};

#[test]
fn the_same_seed_is_the_same_challenge_and_another_is_another() {
    for (theme, density) in [(Theme::Light, Density::One), (Theme::Dark, Density::Two)] {
        let picture = Slider::new(&seed(1)).draw(theme, density);
        assert_eq!(Slider::new(&seed(1)).draw(theme, density), picture);
        assert_ne!(Slider::new(&seed(2)).draw(theme, density), picture);
    }
    assert_eq!(Slider::new(&seed(1)).layout(), Slider::new(&seed(1)).layout());
    assert_ne!(Slider::new(&seed(1)).layout(), Slider::new(&seed(2)).layout());
}

#[test]
fn only_the_true_place_is_right() {
    for number in 0..200 {
        let slider = Slider::new(&seed(number));
        assert_eq!(slider.grade(slider.answer()), Grade::Right);
        for nonsense in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.001, 1.001, 1e300] {
            assert_eq!(slider.grade(nonsense), Grade::Wrong, "{nonsense}");
        }
        // By the table that the browser has.
        let path = slider.layout().path;
        let [true_x, true_y] = slider.holes()[0];
        for (index, [x, y]) in path.iter().enumerate() {
            let is_near = (x - true_x).hypot(y - true_y) <= 5.0;
            let grade = slider.grade(index as f64 / (path.len() - 1) as f64);
            assert_eq!(grade == Grade::Right, is_near, "{number}: {index}");
        }
    }
}

#[test]
fn key_presses_of_two_hundredths_cannot_jump_over_the_hole() {
    for number in 0..500 {
        let slider = Slider::new(&seed(number));
        let reached = (0..=50).any(|press| slider.grade(f64::from(press) / 50.0) == Grade::Right);
        assert!(reached, "{number}");
    }
}

#[test]
fn holes_lie_on_the_board_and_apart_and_any_may_be_the_true_one() {
    let mut ranks = [0; 3];
    for number in 0..3_000 {
        let slider = Slider::new(&seed(number));
        let layout = slider.layout();
        let holes = slider.holes();
        assert_eq!(holes.len(), 3);
        for (index, [x, y]) in holes.iter().enumerate() {
            // Filled a little beyond the piece's picture, and clear of the piece as it waits.
            assert!(*x >= f32::from(layout.piece_width) && *x + 51.0 <= f32::from(layout.width), "{x}");
            assert!(*y >= 3.0 && *y + 51.0 <= f32::from(layout.height), "{y}");
            assert!(holes[..index].iter().all(|other| (other[0] - x).abs() > 50.0), "{holes:?}");
        }
        ranks[holes.iter().filter(|hole| hole[0] < holes[0][0]).count()] += 1;
    }
    assert!(ranks.iter().all(|count| (900..1_100).contains(count)), "{ranks:?}");
}

/// What the crate's documentation says of guessing.
#[test]
fn one_guess_for_all_is_right_for_one_in_nine_at_most() {
    let sliders: Vec<Slider> = (0..3_000).map(|number| Slider::new(&seed(number))).collect();
    let best = (0..=100)
        .map(|step| {
            sliders.iter().filter(|slider| slider.grade(f64::from(step) / 100.0) == Grade::Right).count()
        })
        .max()
        .unwrap();
    assert!(best * 9 <= sliders.len(), "{best} of {}", sliders.len());
}

#[test]
fn files_are_small_and_tell_nothing_of_the_answer() {
    let sliders: Vec<Slider> = (0..200).map(|number| Slider::new(&seed(number))).collect();
    let (mut boards, mut pieces) = (Vec::new(), Vec::new());
    let mut heads = Vec::new();
    for slider in &sliders {
        let picture = slider.draw(Theme::Light, Density::Two);
        assert!(picture.board.len() + picture.piece.len() <= 80_000);
        boards.push((picture.board.len() as f64, slider.answer()));
        pieces.push((picture.piece.len() as f64, slider.answer()));
        heads.push((segments(&picture.board), picture.piece[8..16].to_vec()));
    }
    for sizes in [boards, pieces] {
        // Chance alone stays within 0.2 in 199 of 200 such samples.
        assert!(correlation(&sizes).abs() < 0.2, "{}", correlation(&sizes));
    }
    assert!(heads.iter().all(|head| *head == heads[0]), "every file has the same head");
    let (jpeg, webp) = &heads[0];
    // JFIF's own segment, tables and frame; no comment, no profile.
    assert!(jpeg.iter().all(|(marker, _)| matches!(marker, 0xE0 | 0xDB | 0xC0 | 0xC4)), "{jpeg:?}");
    assert_eq!(webp.as_slice(), b"WEBPVP8L");
}

#[test]
fn both_themes_and_densities_have_the_same_layout_and_the_same_scale() {
    let slider = Slider::new(&seed(7));
    for (density, scale) in [(Density::One, 1), (Density::Two, 2)] {
        for theme in [Theme::Light, Theme::Dark] {
            let picture = slider.draw(theme, density);
            let mut decoder = zune_jpeg::JpegDecoder::new(std::io::Cursor::new(&picture.board));
            decoder.decode().unwrap();
            let info = decoder.info().unwrap();
            assert_eq!((info.width, info.height), (300 * scale, 180 * scale));
            let piece = image_webp::WebPDecoder::new(std::io::Cursor::new(&picture.piece)).unwrap();
            assert_eq!(piece.dimensions(), (48 * u32::from(scale), 48 * u32::from(scale)));
            assert!(piece.has_alpha());
        }
    }
}

proptest! {
    #[test]
    fn any_travel_of_any_seed_has_a_grade(bytes: [u8; 32], travel: f64) {
        let slider = Slider::new(&portcullis_puzzle::Seed(bytes));
        if !(0.0..=1.0).contains(&travel) {
            prop_assert_eq!(slider.grade(travel), Grade::Wrong);
        }
        prop_assert_eq!(slider.grade(slider.answer()), Grade::Right);
    }
}
