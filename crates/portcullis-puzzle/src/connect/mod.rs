//! Join the nodes that belong together, by a rule that has to be read.
//!
//! Five pairs and one or two nodes without a partner, in random order. Which nodes belong together depends on the
//! rule as much as on what they show: the same picture has another answer under another rule.
//!
//! **Guessing.** Five pairs among eleven nodes can be joined in 10,395 ways, among twelve in 62,370. A program that
//! tells numerals from dots, but reads neither, is down to 4,320.

use crate::encode;
use crate::seed::Stream;
use crate::{Density, Grade, Seed, Theme};
pub use glyphs::Mark;
pub use rule::Rule;

mod glyphs;
mod picture;
mod rule;

/// One connect challenge.
pub struct Connect {
    seed: Seed,
    rule: Rule,
    nodes: Vec<Node>,
    /// Each pair with the lower node first, in order.
    answer: Vec<(u8, u8)>,
}

#[derive(Clone, Copy)]
struct Node {
    place: [f32; 2],
    mark: Mark,
}

/// What the page must know to show a connect puzzle. Lengths are CSS pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectLayout {
    /// The picture's width.
    pub width: u16,
    /// The picture's height.
    pub height: u16,
    /// The middles of all nodes, from top to bottom and left to right. A node is named by its place in this list.
    pub nodes: Vec<[f32; 2]>,
    /// What belongs together.
    pub rule: Rule,
    /// How many pairs there are.
    pub pairs: u8,
}

impl Connect {
    /// The challenge of `seed`. Paints nothing.
    #[must_use]
    pub fn new(seed: &Seed) -> Self {
        let mut stream = Stream::new(seed, b"connect");
        let rule = Rule::choose(&mut stream);
        let rule::Marks { pairs, loners } = rule.marks(&mut stream);
        let mut marks: Vec<(Mark, Option<u8>)> =
            (0_u8..).zip(&pairs).flat_map(|(pair, marks)| marks.map(|mark| (mark, Some(pair)))).collect();
        marks.extend(loners.into_iter().map(|mark| (mark, None)));
        stream.shuffle(&mut marks);
        let nodes = places(&mut stream, marks.len())
            .into_iter()
            .zip(&marks)
            .map(|(place, (mark, _))| Node { place, mark: *mark })
            .collect();
        let mut answer: Vec<(u8, u8)> = (0..pairs.len() as u8)
            .filter_map(|pair| {
                let mut ends =
                    (0_u8..).zip(&marks).filter(|(_, (_, of))| *of == Some(pair)).map(|(node, _)| node);
                ends.next().zip(ends.next())
            })
            .collect();
        answer.sort_unstable();
        Self { seed: seed.clone(), rule, nodes, answer }
    }

    /// What the page is told.
    #[must_use]
    pub fn layout(&self) -> ConnectLayout {
        ConnectLayout {
            width: WIDTH,
            height: HEIGHT,
            nodes: self.nodes.iter().map(|node| node.place).collect(),
            rule: self.rule,
            pairs: self.answer.len() as u8,
        }
    }

    /// Paints the picture, as JPEG.
    #[must_use]
    pub fn draw(&self, theme: Theme, density: Density) -> Vec<u8> {
        encode::jpeg(&picture::paint(self, theme, density))
    }

    /// Judges the joined pairs, in any order and either way round. All of them must be right, and nothing else
    /// joined: a node named twice, a node that does not exist and a node without a partner are wrong.
    #[must_use]
    pub fn grade(&self, pairs: &[(u8, u8)]) -> Grade {
        if pairs.len() != self.answer.len() {
            return Grade::Wrong;
        }
        let mut sorted: Vec<(u8, u8)> =
            pairs.iter().map(|(one, other)| (*one.min(other), *one.max(other))).collect();
        sorted.sort_unstable();
        Grade::of(sorted == self.answer)
    }

    /// The pairs that are right, for samples and attacks. Never leaves the server.
    #[must_use]
    pub fn answer(&self) -> &[(u8, u8)] {
        &self.answer
    }

    /// What each node shows, for samples and attacks. Never leaves the server.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        self.nodes.iter().map(|node| node.mark).collect()
    }
}

/// Places for `count` nodes: one in each of as many cells, aside of its middle, from top to bottom.
fn places(stream: &mut Stream, count: usize) -> Vec<[f32; 2]> {
    let mut cells: Vec<usize> = (0..COLUMNS * ROWS).collect();
    stream.shuffle(&mut cells);
    cells.truncate(count);
    cells.sort_unstable();
    let [wide, high] = [f32::from(WIDTH) / COLUMNS as f32, f32::from(HEIGHT) / ROWS as f32];
    cells
        .into_iter()
        .map(|cell| {
            let x = wide * ((cell % COLUMNS) as f32 + 0.5) + stream.between(-ASIDE[0], ASIDE[0]);
            let y = high * ((cell / COLUMNS) as f32 + 0.5) + stream.between(-ASIDE[1], ASIDE[1]);
            [x, y].map(f32::round)
        })
        .collect()
}

/// CSS pixels.
const WIDTH: u16 = 300;
const HEIGHT: u16 = 192;
const COLUMNS: usize = 4;
const ROWS: usize = 3;
/// How far a node lies from the middle of its cell at most, CSS pixels: nodes are never nearer than 52.
const ASIDE: [f32; 2] = [11.0, 5.0];
/// How many pairs there are.
const PAIRS: usize = 5;
