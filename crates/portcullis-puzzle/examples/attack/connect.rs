//! Readers of connect puzzles: what does each node show, and which pairs fit best together?

use std::collections::BTreeMap;

use portcullis_puzzle::{Connect, ConnectLayout, Density, Mark, Rule, Seed, Theme};

use crate::image::{Image, correlation};

/// Compares what a node shows with examples.
pub(crate) struct Reader {
    examples: Vec<(Mark, Vec<f32>)>,
    /// Without labelled samples dots are counted and shapes compared with each other.
    is_trained: bool,
}

impl Reader {
    /// Knows what numerals look like in print, and nothing else.
    pub(crate) fn from_font() -> Self {
        let examples =
            (0..).zip(FONT).map(|(digit, rows)| (Mark::Numeral(digit), even(&enlarged(rows)))).collect();
        Self { examples, is_trained: false }
    }

    /// Knows samples of the generator.
    pub(crate) fn trained(seeds: impl Iterator<Item = Seed>) -> Self {
        let mut examples = Vec::new();
        for seed in seeds {
            let puzzle = Connect::new(&seed);
            let luma = Image::jpeg(&puzzle.draw(Theme::Light, Density::Two));
            let pixels = stretched(luma.luma());
            for (place, mark) in puzzle.layout().nodes.iter().zip(puzzle.marks()) {
                examples.push((mark, even(&soft(&ink(&pixels, luma.width, *place)))));
            }
        }
        Self { examples, is_trained: true }
    }

    /// Joins the pairs that fit best.
    pub(crate) fn solve(&self, layout: &ConnectLayout, picture: &[u8]) -> Vec<(u8, u8)> {
        let image = Image::jpeg(picture);
        let luma = stretched(image.luma());
        let inks: Vec<Vec<f32>> = layout.nodes.iter().map(|place| ink(&luma, image.width, *place)).collect();
        let count = inks.len();
        let mut fits = vec![vec![0.0; count]; count];
        if layout.rule == Rule::SameShape && !self.is_trained {
            for one in 0..count {
                for other in one + 1..count {
                    fits[one][other] = turned_likeness(&inks[one], &inks[other]);
                }
            }
        } else {
            let beliefs: Vec<Vec<(Mark, f32)>> =
                inks.iter().map(|ink| self.beliefs(ink, layout.rule)).collect();
            for one in 0..count {
                for other in one + 1..count {
                    for (mark, belief) in &beliefs[one] {
                        for (partner, other_belief) in &beliefs[other] {
                            if layout.rule.joins(*mark, *partner) {
                                fits[one][other] += belief * other_belief;
                            }
                        }
                    }
                }
            }
        }
        let mut best = (f32::MIN, Vec::new());
        join(&fits, 0, usize::from(layout.pairs), &mut vec![false; count], &mut Vec::new(), 0.0, &mut best);
        best.1
    }

    /// How much speaks for each mark.
    fn beliefs(&self, ink: &[f32], rule: Rule) -> Vec<(Mark, f32)> {
        let mut likeness: BTreeMap<u32, (Mark, f32)> = BTreeMap::new();
        let soft_ink = even(&soft(ink));
        for (mark, example) in &self.examples {
            if (rule == Rule::SameShape) != matches!(mark, Mark::Symbol(_)) {
                continue;
            }
            let like: f32 = soft_ink.iter().zip(example).map(|(one, other)| one * other).sum();
            let best = likeness.entry(key(*mark)).or_insert((*mark, f32::MIN));
            best.1 = best.1.max(like);
        }
        let sharpness = if self.is_trained { 25.0 } else { 12.0 };
        let mut beliefs: Vec<(Mark, f32)> =
            likeness.into_values().map(|(mark, like)| (mark, (sharpness * like).exp())).collect();
        let whole: f32 = beliefs.iter().map(|(_, belief)| belief).sum();
        beliefs.iter_mut().for_each(|(_, belief)| *belief /= whole);
        if !self.is_trained {
            let (blobs, round) = count_blobs(ink);
            let numeral_share = if round { 0.03 } else { 0.97 };
            beliefs.iter_mut().for_each(|(_, belief)| *belief *= numeral_share);
            for dots in 1..=9_u8 {
                let off = f32::from(dots.abs_diff(blobs));
                beliefs.push((Mark::Dots(dots), (1.0 - numeral_share) * (-1.5 * off).exp() * 0.6));
            }
        }
        beliefs
    }
}

fn key(mark: Mark) -> u32 {
    match mark {
        Mark::Numeral(number) => u32::from(number),
        Mark::Dots(number) => 100 + u32::from(number),
        Mark::Symbol(number) => 200 + u32::from(number),
    }
}

/// Every way to join as many pairs, the best kept.
fn join(
    fits: &[Vec<f32>],
    from: usize,
    left: usize,
    used: &mut Vec<bool>,
    pairs: &mut Vec<(u8, u8)>,
    sum: f32,
    best: &mut (f32, Vec<(u8, u8)>),
) {
    if left == 0 {
        if sum > best.0 {
            *best = (sum, pairs.clone());
        }
        return;
    }
    for one in from..used.len() {
        if used[one] {
            continue;
        }
        for other in one + 1..used.len() {
            if !used[other] {
                used[other] = true;
                pairs.push((one as u8, other as u8));
                join(fits, one + 1, left - 1, used, pairs, sum + fits[one][other], best);
                pairs.pop();
                used[other] = false;
            }
        }
    }
}

/// As bright as a light theme's picture: its brightest hundredth is white ink.
fn stretched(mut luma: Vec<f32>) -> Vec<f32> {
    let mut sorted = luma.clone();
    sorted.sort_by(f32::total_cmp);
    let gain = WHITE / sorted[sorted.len() * 99 / 100];
    luma.iter_mut().for_each(|value| *value *= gain);
    luma
}

/// What is drawn around `place`: pixels of one extreme brightness next to the other extreme, as ink in a halo is.
fn ink(luma: &[f32], width: usize, place: [f32; 2]) -> Vec<f32> {
    let height = luma.len() / width;
    let at = |x: isize, y: isize| {
        let x = (place[0] as isize + x).clamp(0, width as isize - 1) as usize;
        let y = (place[1] as isize + y).clamp(0, height as isize - 1) as usize;
        luma[y * width + x]
    };
    let half = SIDE as isize / 2;
    let polarity = |light: bool| -> Vec<f32> {
        let mut cover = Vec::with_capacity(SIDE * SIDE);
        for y in -half..half {
            for x in -half..half {
                let here = at(x, y);
                let mut darkest = f32::MAX;
                let mut lightest = f32::MIN;
                for near in -4..=4_isize {
                    for value in [at(x + near, y), at(x, y + near)] {
                        darkest = darkest.min(value);
                        lightest = lightest.max(value);
                    }
                }
                let is_ink =
                    if light { here > 205.0 && darkest < 125.0 } else { here < 60.0 && lightest > 140.0 };
                cover.push(if is_ink { 1.0 } else { 0.0 });
            }
        }
        cover
    };
    let [light, dark] = [polarity(true), polarity(false)];
    // Halo is thinner than ink: what survives erosion tells which is which.
    let core = |cover: &[f32]| -> f32 {
        (1..SIDE - 1)
            .flat_map(|y| (1..SIDE - 1).map(move |x| y * SIDE + x))
            .map(|index| {
                cover[index] * cover[index - 1] * cover[index + 1] * cover[index - SIDE] * cover[index + SIDE]
            })
            .sum()
    };
    if core(&light) > core(&dark) { light } else { dark }
}

/// Blurred and halved, so that a line a little aside still counts.
fn soft(ink: &[f32]) -> Vec<f32> {
    let half = SIDE / 2;
    let mut soft = vec![0.0; half * half];
    for y in 0..half {
        for x in 0..half {
            let mut sum = 0.0;
            for down in 0..4 {
                for right in 0..4 {
                    let [x, y] = [(2 * x + right).saturating_sub(1), (2 * y + down).saturating_sub(1)];
                    sum += ink[y.min(SIDE - 1) * SIDE + x.min(SIDE - 1)];
                }
            }
            soft[y * half + x] = sum;
        }
    }
    soft
}

/// With mean zero and length one, so that a product of two is their correlation.
fn even(values: &[f32]) -> Vec<f32> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let length = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>().sqrt().max(1e-6);
    values.iter().map(|value| (value - mean) / length).collect()
}

/// The best likeness of two drawings over all turns.
fn turned_likeness(one: &[f32], other: &[f32]) -> f32 {
    let middle = SIDE as f32 / 2.0 - 0.5;
    let other = soft(other);
    (0..36)
        .map(|turn| {
            let (sine, cosine) = (turn as f32 * std::f32::consts::TAU / 36.0).sin_cos();
            let mut turned = vec![0.0; SIDE * SIDE];
            for y in 0..SIDE {
                for x in 0..SIDE {
                    let [off_x, off_y] = [x as f32 - middle, y as f32 - middle];
                    let from_x = middle + cosine * off_x - sine * off_y;
                    let from_y = middle + sine * off_x + cosine * off_y;
                    if (0.0..SIDE as f32 - 1.0).contains(&from_x)
                        && (0.0..SIDE as f32 - 1.0).contains(&from_y)
                    {
                        turned[y * SIDE + x] = one[(from_y + 0.5) as usize * SIDE + (from_x + 0.5) as usize];
                    }
                }
            }
            correlation(&soft(&turned), &other)
        })
        .fold(f32::MIN, f32::max)
}

/// How many blobs of a dot's size there are, and whether those are most of the ink.
fn count_blobs(ink: &[f32]) -> (u8, bool) {
    let mut seen = vec![false; ink.len()];
    let (mut blobs, mut in_blobs, mut whole) = (0_u8, 0, 0);
    for start in 0..ink.len() {
        if ink[start] < 0.5 || seen[start] {
            continue;
        }
        let (mut pending, mut members) = (vec![start], Vec::new());
        seen[start] = true;
        while let Some(index) = pending.pop() {
            members.push(index);
            let (x, y) = (index % SIDE, index / SIDE);
            let near = [
                (x > 0, index.wrapping_sub(1)),
                (x + 1 < SIDE, index + 1),
                (y > 0, index.wrapping_sub(SIDE)),
                (y + 1 < SIDE, index + SIDE),
            ];
            for (_, next) in near.into_iter().filter(|(exists, _)| *exists) {
                if ink[next] > 0.5 && !seen[next] {
                    seen[next] = true;
                    pending.push(next);
                }
            }
        }
        let span = |values: Vec<usize>| values.iter().max().unwrap() - values.iter().min().unwrap() + 1;
        let wide = span(members.iter().map(|index| index % SIDE).collect());
        let high = span(members.iter().map(|index| index / SIDE).collect());
        whole += members.len();
        if (5..=13).contains(&wide) && (5..=13).contains(&high) && members.len() * 10 > wide * high * 5 {
            blobs += 1;
            in_blobs += members.len();
        }
    }
    (blobs, in_blobs * 10 > whole * 6)
}

/// A bitmap of the font as ink, at a glyph's size.
fn enlarged(rows: [u8; 7]) -> Vec<f32> {
    let mut ink = vec![0.0; SIDE * SIDE];
    for y in 0..35 {
        for x in 0..23 {
            let bit = rows[y / 5] >> (4 - x * 5 / 23) & 1;
            ink[(y + (SIDE - 35) / 2) * SIDE + x + (SIDE - 23) / 2] = f32::from(bit);
        }
    }
    soft(&ink)
}

/// CSS pixels around a node that are looked at.
const SIDE: usize = 48;

/// Numerals as on any character display, five by seven.
const FONT: [[u8; 7]; 10] = [
    [14, 17, 17, 17, 17, 17, 14],
    [4, 12, 4, 4, 4, 4, 14],
    [14, 17, 1, 2, 4, 8, 31],
    [31, 2, 4, 2, 1, 17, 14],
    [2, 6, 10, 18, 31, 2, 2],
    [31, 16, 30, 1, 1, 17, 14],
    [6, 8, 16, 30, 17, 17, 14],
    [31, 1, 2, 4, 8, 8, 8],
    [14, 17, 17, 14, 17, 17, 14],
    [14, 17, 17, 15, 1, 2, 12],
];
/// Brightness of the light theme's brightest hundredth.
const WHITE: f32 = 240.0;
