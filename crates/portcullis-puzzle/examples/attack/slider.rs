//! Solvers of sliders. Each gives every place on the piece's way a score and answers the best.

use portcullis_puzzle::{SliderLayout, SliderPicture};

use crate::image::{Image, between, correlation};

/// What a solver sees.
pub(crate) struct View {
    path: Vec<[f32; 2]>,
    board: Image,
    board_luma: Vec<f32>,
    board_edges: Vec<f32>,
    piece: Image,
    piece_luma: Vec<f32>,
    /// From the piece's middle to its outline, ray by ray.
    radii: Vec<f32>,
}

type Solver = fn(&View) -> f64;

/// Every solver that answers a travel.
pub(crate) const SOLVERS: [(&str, Solver); 7] = [
    ("always the same travel", |_| 0.55),
    ("template: the piece's content anywhere", |view| view.best(|view, at| view.template(at))),
    ("edge: the piece's outline in the board's edges", |view| view.best(|view, at| view.outline(at, 0.0))),
    ("colour: where the inside differs most from the outside", |view| view.best(|view, at| view.anomaly(at))),
    ("seam: where the piece's rim continues the board", |view| view.best(|view, at| view.seam(at))),
    ("edge for holes, then seam", |view| view.holes_then(0.0, |view, at| view.seam(at))),
    ("knowing: rims of holes, then rim against rim over turns, sizes and light", |view| {
        view.holes_then(RING, |view, at| view.rims(at))
    }),
];

/// The hole whose rim continues the piece's best.
pub(crate) fn best_rim(view: &View, holes: &[[f32; 2]]) -> [f32; 2] {
    best_by(holes, |hole| view.rims(hole))
}

/// The same, with brightness compared too: there may be a gain between the rims, but no more light than is little.
pub(crate) fn best_lit_rim(view: &View, holes: &[[f32; 2]]) -> [f32; 2] {
    best_by(holes, |hole| view.rims(hole) - IN_BOTH * view.unlike(&view.piece_luma, &view.board_luma, hole))
}

/// The same with both themes: in what one is lighter than the other, all is gone that was added to the piece alike.
pub(crate) fn best_rim_of_both(light: &View, dark: &View, holes: &[[f32; 2]]) -> [f32; 2] {
    let piece = less(&light.piece_luma, &dark.piece_luma);
    let board = less(&light.board_luma, &dark.board_luma);
    best_by(holes, |hole| light.rims(hole) + dark.rims(hole) - light.unlike(&piece, &board, hole))
}

fn less(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one - other).collect()
}

fn best_by(holes: &[[f32; 2]], score: impl Fn([f32; 2]) -> f32) -> [f32; 2] {
    // In another order than the puzzle's own.
    let mut holes = holes.to_vec();
    holes.sort_by(|one, other| one[0].total_cmp(&other[0]));
    holes.into_iter().max_by(|one, other| score(*one).total_cmp(&score(*other))).unwrap()
}

impl View {
    pub(crate) fn new(layout: &SliderLayout, picture: &SliderPicture) -> Self {
        let board = Image::jpeg(&picture.board);
        let piece = Image::webp(&picture.piece);
        let (board_luma, piece_luma) = (board.luma(), piece.luma());
        let width = board.width;
        let mut board_edges = vec![0.0; board_luma.len()];
        for y in 1..board.height - 1 {
            for x in 1..width - 1 {
                let index = y * width + x;
                let across = board_luma[index + 1] - board_luma[index - 1];
                let down = board_luma[index + width] - board_luma[index - width];
                board_edges[index] = across.hypot(down).min(60.0);
            }
        }
        let radii = radii(&piece);
        Self { path: layout.path.clone(), board, board_luma, board_edges, piece, piece_luma, radii }
    }

    fn corner(&self, travel: f32) -> [f32; 2] {
        let place = travel * (self.path.len() - 1) as f32;
        let before = (place as usize).min(self.path.len() - 2);
        let part = place - before as f32;
        [0, 1].map(|axis| self.path[before][axis] * (1.0 - part) + self.path[before + 1][axis] * part)
    }

    /// Travels worth trying: no hole is under the waiting piece.
    fn travels() -> impl Iterator<Item = f32> {
        (60..=500).map(|step: u16| f32::from(step) / 500.0)
    }

    fn best(&self, score: impl Fn(&Self, [f32; 2]) -> f32) -> f64 {
        let scored = Self::travels().map(|travel| (travel, score(self, self.corner(travel))));
        f64::from(scored.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap().0)
    }

    /// Finds up to four holes by their outlines, and answers the one of the best score.
    fn holes_then(&self, ring: f32, score: impl Fn(&Self, [f32; 2]) -> f32) -> f64 {
        let mut found: Vec<(f32, f32)> =
            Self::travels().map(|travel| (travel, self.outline(self.corner(travel), ring))).collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1));
        let mut holes: Vec<(f32, f32)> = Vec::new();
        for (travel, outline) in found {
            let x = self.corner(travel)[0];
            let apart = holes.iter().all(|(other, _)| (self.corner(*other)[0] - x).abs() > 46.0);
            if apart && holes.len() < 4 && (holes.len() < 2 || outline > 0.55 * holes[0].1) {
                holes.push((travel, outline));
            }
        }
        let scored = holes.into_iter().map(|(travel, _)| {
            // A few pixels to either side, for outlines are found roughly.
            let near =
                [-0.008, 0.0, 0.008].map(|aside| score(self, self.corner((travel + aside).clamp(0.0, 1.0))));
            (travel, near.into_iter().fold(f32::MIN, f32::max))
        });
        f64::from(scored.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap().0)
    }

    fn template(&self, [left, top]: [f32; 2]) -> f32 {
        let (mut piece, mut board) = (Vec::new(), Vec::new());
        let side = self.piece.width;
        for y in 0..side {
            for x in 0..side {
                if self.piece.alpha[y * side + x] > 0.9 {
                    piece.push(self.piece_luma[y * side + x]);
                    board.push(between(&self.board_luma, self.board.width, left + x as f32, top + y as f32));
                }
            }
        }
        correlation(&piece, &board)
    }

    /// Mean strength of edges along the outline, `ring` pixels outside, above those beside it.
    fn outline(&self, corner: [f32; 2], ring: f32) -> f32 {
        let edge = |out: f32| {
            self.rays(0.0, 1.0)
                .map(|ray| ray.on(&self.board_edges, self.board.width, corner, out))
                .sum::<f32>()
                / RAYS as f32
        };
        let on = [-1.0, 0.0, 1.0].map(|aside| edge(ring + aside)).into_iter().fold(f32::MIN, f32::max);
        on - 0.5 * (edge(ring + 6.0) + edge(ring - 5.0))
    }

    fn anomaly(&self, corner: [f32; 2]) -> f32 {
        self.board
            .planes
            .iter()
            .map(|plane| {
                let mean = |out: f32| {
                    self.rays(0.0, 1.0).map(|ray| ray.on(plane, self.board.width, corner, out)).sum::<f32>()
                        / RAYS as f32
                };
                (mean(-5.0) - mean(6.0)).abs()
            })
            .sum()
    }

    /// Less the mean difference between the piece's rim and the board just outside.
    fn seam(&self, corner: [f32; 2]) -> f32 {
        let mut sum = 0.0;
        for (piece, board) in self.piece.planes.iter().zip(&self.board.planes) {
            for ray in self.rays(0.0, 1.0) {
                let inside = ray.on(piece, self.piece.width, [0.0; 2], -2.5);
                sum -= (inside - ray.on(board, self.board.width, corner, 4.0)).abs();
            }
        }
        sum
    }

    /// The best correlation, over turns and sizes, of the piece's rim with what is beyond the hole's ring. What
    /// correlates is what is left when slow changes along the rim, as of light, are taken away.
    fn rims(&self, corner: [f32; 2]) -> f32 {
        let mut best = f32::MIN;
        for turn in TURNS {
            for size in SIZES {
                let mut sum = 0.0;
                for (weight, plane) in [1.0, 1.2, 0.8].into_iter().zip(0..) {
                    let inside: Vec<f32> = self
                        .rays(0.0, 1.0)
                        .map(|ray| ray.on(&self.piece.planes[plane], self.piece.width, [0.0; 2], -2.2))
                        .collect();
                    let outside: Vec<f32> = self
                        .rays(turn, size)
                        .map(|ray| ray.on(&self.board.planes[plane], self.board.width, corner, RING + 2.2))
                        .collect();
                    sum += weight * correlation(&unlit(&inside), &unlit(&outside));
                }
                best = best.max(sum);
            }
        }
        best
    }

    /// The least mean difference, over turns, sizes and gains, of the piece's rim from what is beyond the hole's ring.
    fn unlike(&self, piece: &[f32], board: &[f32], corner: [f32; 2]) -> f32 {
        let inside: Vec<f32> =
            self.rays(0.0, 1.0).map(|ray| ray.on(piece, self.piece.width, [0.0; 2], -2.2)).collect();
        let mut least = f32::MAX;
        for turn in TURNS {
            for size in SIZES {
                let outside: Vec<f32> = self
                    .rays(turn, size)
                    .map(|ray| ray.on(board, self.board.width, corner, RING + 2.2))
                    .collect();
                let product: f32 = inside.iter().zip(&outside).map(|(one, other)| one * other).sum();
                let square: f32 = outside.iter().map(|other| other * other).sum();
                let gain = (product / square.max(1e-6)).clamp(0.8, 1.2);
                let off: f32 =
                    inside.iter().zip(&outside).map(|(one, other)| (one - gain * other).abs()).sum();
                least = least.min(off / RAYS as f32);
            }
        }
        least
    }

    /// Rays from the piece's middle to its outline, turned and resized.
    fn rays(&self, turn: f32, size: f32) -> impl Iterator<Item = Ray> {
        let middle = self.piece.width as f32 / 2.0 - 0.5;
        self.radii.iter().enumerate().map(move |(ray, radius)| {
            let (sine, cosine) = (angle(ray) + turn).sin_cos();
            Ray { middle, direction: [cosine, sine], radius: radius * size }
        })
    }
}

fn radii(piece: &Image) -> Vec<f32> {
    let side = piece.width;
    let middle = side as f32 / 2.0 - 0.5;
    let outline = |ray: usize| {
        let (sine, cosine) = angle(ray).sin_cos();
        let mut radius = middle;
        while radius > 6.0
            && between(&piece.alpha, side, middle + radius * cosine, middle + radius * sine) < 0.5
        {
            radius -= 0.25;
        }
        radius
    };
    (0..RAYS).map(outline).collect()
}

fn angle(ray: usize) -> f32 {
    ray as f32 * std::f32::consts::TAU / RAYS as f32
}

struct Ray {
    middle: f32,
    direction: [f32; 2],
    radius: f32,
}

impl Ray {
    /// What lies `out` pixels beyond the outline.
    fn on(&self, plane: &[f32], width: usize, [left, top]: [f32; 2], out: f32) -> f32 {
        let away = self.radius + out;
        between(
            plane,
            width,
            left + self.middle + away * self.direction[0],
            top + self.middle + away * self.direction[1],
        )
    }
}

/// Takes the mean and one slow wave around the rim away, which is what a slanted light adds.
fn unlit(rim: &[f32]) -> Vec<f32> {
    let count = rim.len() as f32;
    let angle = |index: usize| index as f32 * std::f32::consts::TAU / count;
    let mean = rim.iter().sum::<f32>() / count;
    let wave = |of: fn(f32) -> f32| {
        rim.iter().enumerate().map(|(index, value)| value * of(angle(index))).sum::<f32>() * 2.0 / count
    };
    let (cosine, sine) = (wave(f32::cos), wave(f32::sin));
    rim.iter()
        .enumerate()
        .map(|(index, value)| value - mean - 0.5 * (cosine * angle(index).cos() + sine * angle(index).sin()))
        .collect()
}

const RAYS: usize = 96;
/// Turns and sizes that are tried.
const TURNS: [f32; 5] = [-0.06, -0.03, 0.0, 0.03, 0.06];
const SIZES: [f32; 3] = [0.95, 1.0, 1.05];
/// How much of the light theme's brightness the dark one lacks.
const IN_BOTH: f32 = 0.28;
/// How far a hole is filled beyond the piece's outline.
const RING: f32 = 2.5;
