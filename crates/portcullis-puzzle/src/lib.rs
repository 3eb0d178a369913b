//! Picture puzzles: drawn from a seed, graded by it.
//!
//! A puzzle is a pure function of 32 secret bytes. `new` decides everything that a grade depends on and costs
//! microseconds; `draw` paints, which costs milliseconds, and never decides anything. So an answer is judged without
//! a picture being kept or painted again, and a sample of the command line is what a visitor would have seen.
//!
//! No picture here is proof of a person. A program that knows this crate finds the answers of most of them;
//! `docs/manual/pictures.md` says how many, measured by the programs under `examples/attack`. They are friction that
//! rides with proof of work and an attempt budget.

pub use checkbox::Checkbox;
pub use connect::{Connect, ConnectLayout, Mark, Rule};
pub use grade::Grade;
pub use press_hold::PressHold;
pub use seed::Seed;
pub use slider::{Slider, SliderLayout, SliderPicture};
pub use style::{Density, Theme};

mod canvas;
mod checkbox;
mod connect;
mod encode;
mod grade;
mod press_hold;
mod scene;
mod seed;
mod slider;
mod style;
