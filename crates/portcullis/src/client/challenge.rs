//! A challenge as a server of Cap's protocol sends it.

use portcullis_pow::{Parameters, Puzzle, seeded};
use serde::Deserialize;

use crate::failure::Failure;

/// A challenge in either form.
#[derive(Debug, Deserialize)]
pub(crate) struct Challenge {
    challenge: Form,
    /// What goes back with the solutions.
    pub(crate) token: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Form {
    /// The client derives the puzzles from the token: count, salt length, difficulty.
    Seeded { c: u32, s: u32, d: u32 },
    /// The puzzles in full: salt and target.
    Salted(Vec<(String, String)>),
}

impl Challenge {
    /// The puzzles, within the bounds of what can be solved.
    pub(crate) fn puzzles(&self) -> Result<Vec<Puzzle>, Failure> {
        match &self.challenge {
            Form::Seeded { c, s, d } => {
                let parameters = Parameters::new(*c, *s, *d).map_err(unsolvable)?;
                Ok(seeded(&self.token, parameters).collect())
            }
            Form::Salted(puzzles) => {
                if !u32::try_from(puzzles.len()).is_ok_and(|count| Parameters::COUNT.contains(&count)) {
                    return Err(unsolvable(format!("{} puzzles", puzzles.len())));
                }
                let puzzle = |(salt, target): &(String, String)| {
                    let target = target.parse().map_err(unsolvable)?;
                    Puzzle::new(salt, target).map_err(unsolvable)
                };
                puzzles.iter().map(puzzle).collect()
            }
        }
    }
}

fn unsolvable(why: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the challenge is out of bounds: {why}"), "this client cannot solve it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn puzzles(text: &str) -> Result<Vec<Puzzle>, Failure> {
        serde_json::from_str::<Challenge>(text).unwrap().puzzles()
    }

    #[test]
    fn both_forms_are_read() {
        // The first puzzle of this token is a published vector of Cap's derivation.
        let token = "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:2:32:5:\
                     d989a7e044b591546faf6d7509fe22a7020ea0f13f3f2ca110c9f7fcf4c98cf3";
        let seeded =
            puzzles(&format!(r#"{{"challenge":{{"c":2,"s":32,"d":5}},"token":"{token}"}}"#)).unwrap();
        assert_eq!(seeded.len(), 2);
        assert_eq!(seeded[0].salt(), "0767c83f326ab6eff25bf2340fbbb37a");
        let salted = r#"{"challenge":[["0767c83f326ab6eff25bf2340fbbb37a","d9d62"]],"token":"t"}"#;
        assert_eq!(puzzles(salted).unwrap(), seeded[..1]);
    }

    #[test]
    fn challenges_out_of_bounds_are_not_begun() {
        for challenge in [
            r#"{"c":501,"s":32,"d":4}"#,
            r#"{"c":50,"s":32,"d":9}"#,
            r#"{"c":50,"s":64,"d":4}"#,
            "[]",
            r#"[["00","not hex"]]"#,
            r#"[["zz","0000"]]"#,
        ] {
            assert!(puzzles(&format!(r#"{{"challenge":{challenge},"token":"t"}}"#)).is_err(), "{challenge}");
        }
    }
}
