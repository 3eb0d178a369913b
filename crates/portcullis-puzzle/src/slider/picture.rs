//! Painting a slider: the scene, what is cut from it, and what stands in its place.
//!
//! All holes are treated alike and in order of place, so that nothing about the true one differs but its answer:
//!
//! - Three strokes run through every hole, and any two holes share one of them: a line that happens to fit proves
//!   nothing, lines that all fit do.
//! - A hole is filled with another part of the same scene, mirrored, up to a little beyond its outline. So the seam
//!   itself is gone, and its rim is drawn, for people to see it.
//! - The piece is a little turned, resized, and lit otherwise than the board, so that its colours do not simply
//!   continue those around the hole.

use super::{PIECE, Slider};
use crate::canvas::{Canvas, Cutout, Mask, Planes, to_byte};
use crate::scene::{self, Stroke};
use crate::seed::Stream;
use crate::{Density, Theme};

/// Both pictures.
pub(super) fn paint(slider: &Slider, theme: Theme, density: Density) -> (Canvas, Cutout) {
    let scene = scene(slider);
    let piece = cut(slider, &scene, density);
    (finish(slider, scene, density).toned(theme), piece.toned(theme))
}

/// The scene, whole.
fn scene(slider: &Slider) -> Planes {
    let mut stream = Stream::new(&slider.seed, b"scene");
    let mut planes = scene::paint(&mut stream, usize::from(super::WIDTH), usize::from(super::HEIGHT));
    let mut mask = Mask::new(planes.width, planes.height);
    for (middle, stroke, dark) in strokes(&mut stream, &middles(slider)) {
        let tone = scene_contrast(&planes, middle, dark);
        scene::paint_stroke(&mut planes, &mut mask, &stroke, tone);
    }
    planes
}

/// The middles of all holes, from left to right: the order tells nothing.
fn middles(slider: &Slider) -> Vec<[f32; 2]> {
    let half = f32::from(PIECE) / 2.0;
    let mut middles: Vec<[f32; 2]> = slider.holes.iter().map(|[x, y]| [x + half, y + half]).collect();
    middles.sort_by(|one, other| one[0].total_cmp(&other[0]));
    middles
}

/// Three strokes for each hole, with any two holes sharing one.
fn strokes(stream: &mut Stream, middles: &[[f32; 2]]) -> Vec<([f32; 2], Stroke, bool)> {
    let mut strokes = Vec::new();
    let mut counts = vec![0; middles.len()];
    let mut add = |stream: &mut Stream, holes: &[usize]| {
        let offset = [stream.between(-9.0, 9.0), stream.between(-9.0, 9.0)];
        let stroke = Stroke::around(stream, offset, [30.0, 44.0]);
        let dark = stream.below(2) == 0;
        for hole in holes {
            let wobble = [stream.between(-1.5, 1.5), stream.between(-1.5, 1.5)];
            let stroke = stroke.moved(middles[*hole]).moved(wobble);
            strokes.push((middles[*hole], stroke, dark));
        }
    };
    for one in 0..middles.len() {
        for other in one + 1..middles.len() {
            add(stream, &[one, other]);
            counts[one] += 1;
            counts[other] += 1;
        }
    }
    for (hole, count) in counts.into_iter().enumerate() {
        for _ in count..STROKES {
            add(stream, &[hole]);
        }
    }
    stream.shuffle(&mut strokes);
    strokes
}

/// A colour that stands off from the scene around `middle`.
fn scene_contrast(planes: &Planes, middle: [f32; 2], dark: bool) -> [f32; 3] {
    let [luma, blue, red] = planes.at(middle);
    let luma = match dark {
        _ if luma > 165.0 => 40.0,
        _ if luma < 75.0 => 200.0,
        true => 22.0,
        false => 235.0,
    };
    [luma, blue * 0.5, red * 0.5]
}

/// The piece, as it lies in the true hole but for its turn, size and light.
fn cut(slider: &Slider, scene: &Planes, density: Density) -> Cutout {
    let mut stream = Stream::new(&slider.seed, b"piece");
    let turn = stream.between(-LARGEST_TURN, LARGEST_TURN);
    let size = 1.0 + stream.between(-0.05, 0.05);
    let light = Light::new(&mut stream);
    let half = f32::from(PIECE) / 2.0;
    let [middle_x, middle_y] = slider.holes[0].map(|corner| corner + half);
    let scale = density.scale();
    let side = usize::from(PIECE) * scale;
    let (sine, cosine) = turn.sin_cos();
    let mut pixels = Vec::with_capacity(side * side * 4);
    for y in 0..side {
        for x in 0..side {
            let [x, y] = [x, y].map(|place| (place as f32 + 0.5) / scale as f32 - half);
            let distance = slider.shape.distance([x, y]);
            if distance >= FEATHER {
                pixels.extend([0; 4]);
                continue;
            }
            let from = [
                middle_x + size * (cosine * x - sine * y) - 0.5,
                middle_y + size * (sine * x + cosine * y) - 0.5,
            ];
            let [red, green, blue] = rgb(light.on(scene.at(from), [x, y]));
            let rim = if distance > -1.2 { 0.82 } else { 1.0 };
            let alpha = to_byte(255.0 * ((FEATHER - distance) / (2.0 * FEATHER)).clamp(0.0, 1.0));
            pixels.extend([red, green, blue].map(|value| to_byte(value * rim) & KEPT_BITS));
            pixels.push(alpha);
        }
    }
    Cutout { side, pixels }
}

/// How the piece is lit otherwise than the board.
struct Light {
    gain: f32,
    offset: [f32; 3],
    slant: [f32; 2],
}

impl Light {
    fn new(stream: &mut Stream) -> Self {
        Self {
            gain: stream.between(0.8, 1.2),
            offset: [stream.between(-24.0, 24.0), stream.between(-9.0, 9.0), stream.between(-9.0, 9.0)],
            slant: [stream.between(-1.1, 1.1), stream.between(-1.1, 1.1)],
        }
    }

    fn on(&self, [luma, blue, red]: [f32; 3], [x, y]: [f32; 2]) -> [f32; 3] {
        let luma =
            128.0 + (luma - 128.0) * self.gain + self.offset[0] + self.slant[0] * x + self.slant[1] * y;
        [luma, blue + self.offset[1], red + self.offset[2]]
    }
}

/// ITU-R BT.601 at full range, as JFIF says.
fn rgb([luma, blue, red]: [f32; 3]) -> [f32; 3] {
    [luma + 1.402 * red, luma - 0.344_14 * blue - 0.714_14 * red, luma + 1.772 * blue]
}

/// Fills the holes and makes the picture.
fn finish(slider: &Slider, mut scene: Planes, density: Density) -> Canvas {
    let mut stream = Stream::new(&slider.seed, b"holes");
    let middles = middles(slider);
    // All fillings are taken before any hole is filled, lest one show in another.
    let fillings: Vec<Filling> =
        middles.iter().map(|middle| Filling::new(&mut stream, &scene, *middle)).collect();
    for (middle, filling) in middles.iter().zip(&fillings) {
        fill(slider, &mut scene, *middle, filling);
    }
    scene.finish(density, &mut stream.grain())
}

/// What stands in a hole's place.
struct Filling {
    /// Colours of a square of `2 · REACH` samples.
    colours: Vec<[f32; 3]>,
}

impl Filling {
    fn new(stream: &mut Stream, scene: &Planes, middle: [f32; 2]) -> Self {
        let reach = REACH as f32;
        let mut source = middle;
        for _ in 0..8 {
            source = [
                stream.between(reach, scene.width as f32 - reach),
                stream.between(reach, scene.height as f32 - reach),
            ];
            if (source[0] - middle[0]).hypot(source[1] - middle[1]) > FAR_ENOUGH {
                break;
            }
        }
        let light = Light::new(stream);
        let mut colours = Vec::with_capacity(4 * REACH * REACH);
        for y in 0..2 * REACH {
            for x in 0..2 * REACH {
                let [x, y] = [x as f32 - reach, y as f32 - reach];
                colours.push(light.on(scene.at([source[0] - x, source[1] + y]), [x, y]));
            }
        }
        Self { colours }
    }
}

fn fill(slider: &Slider, scene: &mut Planes, middle: [f32; 2], filling: &Filling) {
    let [left, top] = middle.map(|place| place.round() as usize - REACH);
    for y in 0..2 * REACH {
        for x in 0..2 * REACH {
            let place = [(left + x) as f32 + 0.5 - middle[0], (top + y) as f32 + 0.5 - middle[1]];
            let distance = slider.shape.distance(place) - RING;
            if distance >= FEATHER || left + x >= scene.width || top + y >= scene.height {
                continue;
            }
            let index = (top + y) * scene.width + left + x;
            let share = ((FEATHER - distance) / (2.0 * FEATHER)).clamp(0.0, 1.0);
            scene.blend(index, filling.colours[y * 2 * REACH + x], share);
            // The rim, for people to see the hole by.
            let rim = (1.0 - (distance + 1.0).abs() / 2.0).max(0.0);
            scene.samples[0][index] *= 1.0 - 0.35 * rim;
        }
    }
}

/// How far the piece is turned at most, radians.
const LARGEST_TURN: f32 = 0.09;
/// How many strokes run through a hole.
const STROKES: usize = 3;
/// How soft edges are, CSS pixels to either side.
const FEATHER: f32 = 1.0;
/// How far beyond the piece's outline a hole is filled, CSS pixels.
const RING: f32 = 2.5;
/// Half the square that a hole is filled from, CSS pixels.
const REACH: usize = 27;
/// A filling comes from at least as far, CSS pixels.
const FAR_ENOUGH: f32 = 36.0;
/// What is kept of each colour of the piece: finer steps are grain, and cost half of the file.
const KEPT_BITS: u8 = 0xFC;
