//! The rules, at the engine's seam, over the memory store with a clock and randomness of the tests' own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the place where it was")]

mod assess;
mod flows;
mod foreign;
mod gate;
mod issue;
mod keys;
mod limits;
mod opinions;
mod pages;
mod passes;
mod plans;
mod proof;
mod redeem;
mod registration;
mod sites;
mod siteverify;
mod steps;
mod visits;
