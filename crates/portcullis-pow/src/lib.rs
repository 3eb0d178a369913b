//! Hash puzzles: derive them, verify solutions, solve them.
//!
//! A challenge is a list of puzzles. A [`Puzzle`] is a salt and a [`Target`]; a solution is a number whose
//! decimal digits, put after the salt, hash (SHA-256) to a digest that begins with the target's hex digits. This
//! is format 1 of the Cap protocol, and any solution counts, not only the smallest.
//!
//! Nothing is kept between issuing a challenge and checking it: the puzzles are derived again. There are two ways.
//!
//! - [`seeded()`] follows Cap bit for bit, for clients that expand a token themselves. Its generator has 32 bits of
//!   state, so there are only 2³² different puzzles per shape and a table of their answers can be bought once.
//! - [`salted()`] expands a 256-bit key, so no table helps. The client is sent the puzzles in full.
//!
//! The crate stands alone, without clock, allocation or input and output, because three callers share it: the
//! server, the native client libraries and the tests of the browser's solver. Derivation is lazy for the same
//! reason that [`verify()`] stops at the first wrong solution: a bad answer should cost the server next to nothing.
#![no_std]

mod block;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod parameters;
mod puzzle;
mod salted;
mod seeded;
mod solve;
mod verify;

pub use crate::parameters::{ParameterError, Parameters};
pub use crate::puzzle::{Puzzle, PuzzleError, Target};
pub use crate::salted::{Salted, salted};
pub use crate::seeded::{Seeded, prng, seeded};
pub use crate::solve::solve;
pub use crate::verify::{Solved, Unsolved, verify};
