//! Puzzles as every widget of Cap's kind reads them: `[[salt, target], …]`.

use portcullis_engine::{Parameters, Puzzle, Salted};
use serde::ser::{Serialize, SerializeTuple, Serializer};

/// Puzzles to be written out.
pub(crate) struct Puzzles(pub(crate) Salted);

impl Serialize for Puzzles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone().map(Pair))
    }
}

struct Pair(Puzzle);

impl Serialize for Pair {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(self.0.salt())?;
        pair.serialize_element(&Displayed(self.0.target()))?;
        pair.end()
    }
}

/// A text that is written without a copy in between.
struct Displayed<T>(T);

impl<T: std::fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The most solutions that an answer may hold: as many as a challenge may have puzzles.
pub(crate) const SOLUTIONS_MAX: usize = *Parameters::COUNT.end() as usize;
