//! The crate from outside: published vectors, independent derivations and properties.

mod hashing;
mod parameters;
mod salted;
mod seeded;
mod verifying;
