//! Version 2: a key is derived from a counter, over and over, until it begins as it should.
//!
//! There are two ways to ask. With a short prefix any key that begins with it will do, and the number of tries is a
//! matter of luck; the server derives nothing at issue and one key at verification. With a counter that the server
//! chose it derives that key at issue, publishes half of it as the prefix, and signs the whole; then verification is
//! one HMAC, however dear the key.

pub use algorithm::{Algorithm, Memory};
pub use challenge::{Challenge, Draft};
pub use derivation::{Derivation, DerivedKey};
pub use solution::Solution;
pub use work::{Search, Work, WorkError};

mod algorithm;
mod challenge;
mod derivation;
mod parameters;
mod solution;
mod work;

#[cfg(test)]
mod tests;
