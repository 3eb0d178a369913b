//! How unusual a visit is for its site, learnt from the site's own visits and from nothing else.
//!
//! Streaming half-space trees (Tan, Ting and Liu: "Fast Anomaly Detection for Streaming Data", IJCAI 2011). Each tree
//! cuts the space of features at random, without looking at data, and counts how many visits of a window fell into
//! each cell. Where few fell, a visit is unusual. Learning and scoring walk 25 short paths; memory is 51 KiB, however
//! much was seen.
//!
//! Four things differ from the paper. Features are known to lie in 0 to 1, so that is the range that is cut. A tree's
//! word is the logarithm of its density, so that no single tree outvotes the others. A new window is blended into the
//! reference instead of replacing it. And the sum is held against what the site's ordinary visits get, so that a
//! score means the same on every site.
//!
//! # What a flood can teach it
//!
//! Whoever visits teaches. So visits that are odd by the present model are learnt sparingly: at most one in 32 of a
//! window, and besides one in 64 of the rest, so that a site whose visitors have all changed is
//! not left behind for ever. A flood of one kind is thus still odd after ten thousand of its visits. Two limits remain.
//! A flood into a site's first 250 visits is what the model takes for ordinary, until ordinary visits outweigh it.
//! And whoever imitates ordinary visits is ordinary.

pub use features::Features;

mod features;

/// What was learnt of one site's visits.
#[derive(Clone)]
pub struct Anomaly {
    seed: u64,
    /// The inner nodes of every tree, one tree after another. They follow from the seed.
    cuts: Box<[Cut]>,
    /// All nodes of every tree, likewise.
    cells: Box<[Cell]>,
    /// How dense the visits of late have found their surroundings: counts over the range of [`Anomaly::density`].
    ordinary: [u16; BINS],
    /// Visits that were learnt, in all.
    learnt: u64,
    /// Visits in the present window, the odd ones included.
    in_window: u16,
    /// Odd visits in the present window.
    odd: u16,
    /// Odd visits that were not learnt since the last that was.
    skipped: u16,
}

impl Anomaly {
    /// A model that knows nothing. The seed decides where its trees cut; one that is hard to guess keeps anybody
    /// from computing beforehand what will look ordinary.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            cuts: cuts(seed),
            cells: vec![Cell::default(); TREES * NODES].into(),
            ordinary: [0; BINS],
            learnt: 0,
            in_window: 0,
            odd: 0,
            skipped: 0,
        }
    }

    /// How unusual a visit is, from 0 (ordinary) to 1. Absent while fewer than 250 visits were learnt: a young model
    /// has no opinion. Of ordinary visits, about one in 20 scores above 0.
    #[must_use]
    pub fn score(&self, features: &Features) -> Option<f32> {
        (self.learnt >= LEARNT_MIN).then(|| self.unusual(self.density(features)))
    }

    /// Learns one visit, if it is ordinary or odd ones still have a share.
    pub fn learn(&mut self, features: &Features) {
        let density = self.density(features);
        let odd = self.learnt >= LEARNT_MIN && self.unusual(density) >= ODD;
        let has_share = !odd || self.odd * ORDINARY_PER_ODD < self.in_window;
        if !has_share && self.skipped + 1 < SKIPPED_MAX {
            self.skipped += 1;
            return;
        }
        if odd {
            self.odd += 1;
            self.skipped = 0;
        }
        // Were the rest of a flood counted here, it would soon pull the measure down to itself.
        if has_share && self.learnt >= FIRST_WINDOW {
            let bin = &mut self.ordinary[bin(density)];
            *bin = bin.saturating_add(1);
        }
        for tree in 0..TREES {
            let mut node = 0;
            for _ in 0..DEPTH {
                self.count(tree, node);
                node = self.child(tree, node, features);
            }
            self.count(tree, node);
        }
        self.in_window += 1;
        self.learnt += 1;
        if self.learnt == FIRST_WINDOW || self.in_window >= WINDOW {
            self.turn();
        }
    }

    fn count(&mut self, tree: usize, node: usize) {
        let latest = &mut self.cells[tree * NODES + node].latest;
        *latest = latest.saturating_add(1);
    }

    /// Blends the window into the reference and begins another.
    fn turn(&mut self) {
        let first = self.learnt == FIRST_WINDOW;
        for cell in &mut self.cells {
            let seen = u32::from(cell.latest) * PARTS * u32::from(WINDOW) / u32::from(self.in_window);
            let blended = if first { seen } else { (u32::from(cell.reference) * 3 + seen) / 4 };
            *cell = Cell { reference: u16::try_from(blended).unwrap_or(u16::MAX), latest: 0 };
        }
        for bin in &mut self.ordinary {
            *bin /= 2;
        }
        (self.in_window, self.odd) = (0, 0);
    }

    /// How dense the visits are around this one: 0 where none ever was, 1 where all are, on a logarithmic scale.
    fn density(&self, features: &Features) -> f32 {
        let densities = (0..TREES).map(|tree| {
            let (mut node, mut depth) = (0, 0);
            while depth < DEPTH && self.cells[tree * NODES + node].reference > FEW {
                node = self.child(tree, node, features);
                depth += 1;
            }
            let visits = f32::from(self.cells[tree * NODES + node].reference) / PARTS as f32;
            (1.0 + visits * (1_u32 << depth) as f32).log2()
        });
        let most = (1.0 + f32::from(WINDOW) * (1_u32 << DEPTH) as f32).log2();
        (densities.sum::<f32>() / (TREES as f32 * most)).clamp(0.0, 1.0)
    }

    /// A density held against those of ordinary visits.
    fn unusual(&self, density: f32) -> f32 {
        let low = self.low_density();
        ((low - density) / (low * STEEP)).clamp(0.0, 1.0)
    }

    /// The density that all but a twentieth of ordinary visits exceed.
    fn low_density(&self) -> f32 {
        let all: u32 = self.ordinary.iter().map(|number| u32::from(*number)).sum();
        let mut below = 0;
        let bins = self.ordinary.iter().take_while(|number| {
            below += u32::from(**number);
            below * 20 <= all
        });
        // Never 0: it divides.
        (bins.count() as f32 / BINS as f32).max(1.0 / BINS as f32)
    }

    fn child(&self, tree: usize, node: usize, features: &Features) -> usize {
        let cut = self.cuts[tree * INNER + node];
        2 * node + 1 + usize::from(features.0[usize::from(cut.feature)] >= cut.at)
    }
}

/// Keeping a model.
impl Anomaly {
    /// The model as bytes: about 25 KiB, the same length for every model of this version.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend_from_slice(&FORM);
        bytes.extend_from_slice(&self.seed.to_le_bytes());
        bytes.extend_from_slice(&self.learnt.to_le_bytes());
        let counters = [self.in_window, self.odd, self.skipped];
        let cells = self.cells.iter().flat_map(|cell| [cell.reference, cell.latest]);
        for number in counters.into_iter().chain(self.ordinary).chain(cells) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Reads a model. `None` for anything but the bytes of [`Anomaly::to_bytes`] of this version: a model costs little
    /// to learn anew.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != LENGTH {
            return None;
        }
        let rest = bytes.strip_prefix(&FORM)?;
        let (seed, rest) = rest.split_first_chunk()?;
        let (learnt, rest) = rest.split_first_chunk()?;
        let (pairs, _) = rest.as_chunks();
        let mut numbers = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
        let mut model = Self::new(u64::from_le_bytes(*seed));
        model.learnt = u64::from_le_bytes(*learnt);
        for counter in [&mut model.in_window, &mut model.odd, &mut model.skipped] {
            *counter = numbers.next()?;
        }
        for bin in &mut model.ordinary {
            *bin = numbers.next()?;
        }
        for cell in &mut model.cells {
            *cell = Cell { reference: numbers.next()?, latest: numbers.next()? };
        }
        model.is_possible().then_some(model)
    }

    /// Whether learning could have led here, as far as going on from here needs it.
    fn is_possible(&self) -> bool {
        let window = if self.learnt < FIRST_WINDOW { FIRST_WINDOW } else { u64::from(WINDOW) };
        u64::from(self.in_window) < window
            && self.odd <= self.in_window
            && self.skipped < SKIPPED_MAX
            && self.learnt >= u64::from(self.in_window)
            && self.learnt < u64::MAX / 2
            && self.cells.iter().all(|cell| cell.latest <= self.in_window)
    }
}

/// Where an inner node divides its cell in two.
#[derive(Clone, Copy)]
struct Cut {
    feature: u8,
    at: f32,
}

/// How many visits fell into one node's cell.
#[derive(Clone, Copy, Default)]
struct Cell {
    /// Of the windows before, in [`PARTS`] of a visit.
    reference: u16,
    /// Of the present window.
    latest: u16,
}

/// The cuts of every tree: each tree has its own first cut of each feature, and halves what is left from there.
fn cuts(seed: u64) -> Box<[Cut]> {
    let mut random = SplitMix(seed);
    let mut cuts = Vec::with_capacity(TREES * INNER);
    for _ in 0..TREES {
        let firsts: [f32; Features::NUMBER] = std::array::from_fn(|_| random.share());
        let mut ranges = vec![[(0.0_f32, 1.0_f32); Features::NUMBER]; INNER];
        for node in 0..INNER {
            let feature = random.below(Features::NUMBER);
            let range = ranges[node][feature];
            let at = if range == (0.0, 1.0) { firsts[feature] } else { f32::midpoint(range.0, range.1) };
            for (child, range) in [(2 * node + 1, (range.0, at)), (2 * node + 2, (at, range.1))] {
                if child < INNER {
                    ranges[child] = ranges[node];
                    ranges[child][feature] = range;
                }
            }
            // There are fewer than 256 features.
            cuts.push(Cut { feature: u8::try_from(feature).unwrap_or(0), at });
        }
    }
    cuts.into()
}

/// SplitMix64 (Steele, Lea and Flood: "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014). The form of kept
/// models depends on its every number, so it is no matter of a dependency's version.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in 0 to 1, 1 excluded.
    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.share() * bound as f32) as usize
    }
}

fn bin(density: f32) -> usize {
    ((density * BINS as f32) as usize).min(BINS - 1)
}

/// Trees, their depth, and the window are those of the paper, but that its trees are 15 deep: 20 times the memory for
/// windows of 250 visits, most of whose cells would be empty.
const TREES: usize = 25;
const DEPTH: u32 = 7;
const WINDOW: u16 = 250;
/// Inner nodes of a tree, and all its nodes.
const INNER: usize = (1 << DEPTH) - 1;
const NODES: usize = (1 << (DEPTH + 1)) - 1;
/// The first window is shorter, so that what is ordinary can be measured on the visits between it and the first score.
const FIRST_WINDOW: u64 = 200;
const LEARNT_MIN: u64 = 250;
/// Parts of a visit that the reference counts, so that blending loses little to rounding.
const PARTS: u32 = 16;
/// A cell with a tenth of a window or less says enough; a walk ends there. In [`PARTS`].
const FEW: u16 = WINDOW / 10 * PARTS as u16;
/// Bins of densities.
const BINS: usize = 128;
/// How far below the ordinary a density must lie to score 1, as a share of it.
const STEEP: f32 = 0.25;
/// From this score on a visit is odd, and is learnt sparingly.
const ODD: f32 = 0.5;
/// Of a window, one in so many may be odd: less than the twentieth that the measure of the ordinary leaves out.
const ORDINARY_PER_ODD: u16 = 32;
/// Of odd visits beyond that, one in so many is learnt.
const SKIPPED_MAX: u16 = 64;
/// Opens every model: a version, and the sizes that its bytes were written for.
const FORM: [u8; 4] = [1, Features::NUMBER as u8, TREES as u8, DEPTH as u8];
const LENGTH: usize = FORM.len() + 8 + 8 + 2 * (3 + BINS + 2 * TREES * NODES);

#[cfg(test)]
mod tests;
