//! Scenes: what pictures show before anything is hidden in them.
//!
//! A scene is a stack of layers with ragged edges, as hills before hills, each of its own material; stones lie and
//! stalks stand before them, and light falls from one side. No photograph is stored anywhere, so none can be found
//! again; each scene is made once.

use crate::canvas::{Colour, Mask, Planes};
use crate::seed::Stream;

mod fractal;
mod layers;
mod objects;

pub(crate) use objects::{Stroke, paint_stroke};

/// Paints a scene.
pub(crate) fn paint(stream: &mut Stream, width: usize, height: usize) -> Planes {
    let palette = Palette::new(stream);
    let mut planes = layers::paint(stream, &palette, width, height);
    let mut mask = Mask::new(width, height);
    for _ in 0..3 + stream.below(4) {
        objects::stone(stream, &palette, &mut planes);
    }
    for _ in 0..5 + stream.below(4) {
        let stroke = Stroke::anywhere(stream, width, height);
        let colour = palette.contrast(stream);
        paint_stroke(&mut planes, &mut mask, &stroke, colour);
    }
    planes
}

/// The colours of one scene.
pub(crate) struct Palette {
    /// The hue that most colours are near, in radians around grey.
    hue: f32,
}

impl Palette {
    fn new(stream: &mut Stream) -> Self {
        Self { hue: stream.between(0.0, std::f32::consts::TAU) }
    }

    /// A colour of about `brightness`, 0 to 255.
    pub(crate) fn colour(&self, stream: &mut Stream, brightness: f32) -> Colour {
        let turn = match stream.below(4) {
            0 => std::f32::consts::PI,
            _ => 0.0,
        };
        let hue = self.hue + turn + stream.between(-0.9, 0.9);
        let strength = stream.between(6.0, 34.0);
        [brightness, strength * hue.cos(), strength * hue.sin()]
    }

    /// A colour that is much darker or lighter than what is usual, so that it is seen without its hue.
    pub(crate) fn contrast(&self, stream: &mut Stream) -> Colour {
        let brightness =
            if stream.below(5) < 3 { stream.between(12.0, 45.0) } else { stream.between(225.0, 255.0) };
        self.colour(stream, brightness)
    }
}
