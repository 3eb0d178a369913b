//! The rules, at the engine's seam, over the memory store with a clock and randomness of the tests' own.

mod gate;
mod issue;
mod keys;
mod limits;
mod redeem;
mod sites;
mod siteverify;
