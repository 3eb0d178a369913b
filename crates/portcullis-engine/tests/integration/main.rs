//! The rules, at the engine's seam, over the memory store with a clock and randomness of the tests' own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the place where it was")]

mod gate;
mod issue;
mod keys;
mod limits;
mod redeem;
mod sites;
mod siteverify;
