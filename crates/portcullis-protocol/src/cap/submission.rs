//! The body of a redeem, read with every bound that it has.

use std::fmt;

use portcullis_engine::Profile;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::failure::Failure;
use crate::Request;
use crate::puzzles::SOLUTIONS_MAX;
use crate::request::Unreadable;

/// A challenge and its solutions, readable and not yet judged.
#[derive(PartialEq, Eq)]
pub(super) struct Submission {
    pub(super) token: String,
    pub(super) solutions: Vec<u64>,
}

impl Submission {
    /// Reads the body, whatever its content type. Other fields are ignored, as the widget sends some.
    ///
    /// Solutions are JSON integers. The Python package hashes whatever text it gets, so for sites that stand in
    /// for it a text of the same digits will do.
    pub(super) fn read(request: &Request<'_>, profile: Profile) -> Result<Self, Unsound> {
        #[derive(Deserialize)]
        struct Body<'a> {
            #[serde(borrow)]
            token: Option<&'a RawValue>,
            #[serde(borrow)]
            solutions: Option<&'a RawValue>,
        }
        let text = request.text().map_err(Unsound::Body)?;
        // The outermost value must be an object: serde would take an array of two values for one.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Unsound::Body(Unreadable::Malformed));
        }
        let body: Body<'_> = serde_json::from_str(text).map_err(|_| Unsound::Body(Unreadable::Malformed))?;
        let token = body.token.ok_or(Unsound::Token)?;
        let solutions = body.solutions.ok_or(Unsound::NoSolutions)?;
        if token.get().len() > TOKEN_MAX {
            return Err(Unsound::Token);
        }
        let as_texts = match profile {
            Profile::Standalone => false,
            Profile::CapjsServer => true,
        };
        let mut reader = serde_json::Deserializer::from_str(solutions.get());
        Ok(Self {
            token: serde_json::from_str(token.get()).map_err(|_| Unsound::Token)?,
            solutions: reader.deserialize_seq(Solutions { as_texts }).map_err(|_| Unsound::Solutions)?,
        })
    }
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission").field("solutions", &self.solutions).finish_non_exhaustive()
    }
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsound {
    /// It is not a JSON object, or too long.
    Body(Unreadable),
    /// The token is absent, not a text, or longer than any of ours.
    Token,
    /// There are no solutions.
    NoSolutions,
    /// The solutions are not a list of up to 500 integers within 0 and 2^53.
    Solutions,
}

impl Unsound {
    pub(super) fn failure(self, profile: Profile) -> Failure {
        let (standalone, reason) = match self {
            Self::Body(problem) if profile == Profile::Standalone => return Failure::unreadable(problem),
            Self::Body(Unreadable::TooLarge) => return Failure::unreadable(Unreadable::TooLarge),
            Self::Body(Unreadable::Malformed) => ("Malformed body", "invalid_body"),
            Self::Token => ("Missing required fields", "missing_token"),
            Self::NoSolutions => ("Invalid solutions", "missing_solutions"),
            Self::Solutions => ("Invalid solutions", "invalid_solutions"),
        };
        let error = match profile {
            Profile::Standalone => standalone,
            Profile::CapjsServer => "invalid request",
        };
        Failure::new(400, error, reason)
    }
}

/// Reads the list, and stops at the first solution too many.
struct Solutions {
    as_texts: bool,
}

impl<'de> Visitor<'de> for Solutions {
    type Value = Vec<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of solutions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u64>, A::Error> {
        let mut solutions = Vec::with_capacity(64);
        while let Some(solution) = list.next_element_seed(Solution { as_text: self.as_texts })? {
            if solutions.len() == SOLUTIONS_MAX {
                return Err(A::Error::custom("more solutions than any challenge has puzzles"));
            }
            solutions.push(solution);
        }
        Ok(solutions)
    }
}

/// Reads one solution.
struct Solution {
    as_text: bool,
}

impl<'de> DeserializeSeed<'de> for Solution {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Solution {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer from 0 to 2^53")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        if value <= SOLUTION_MAX { Ok(value) } else { Err(E::custom("a solution is at most 2^53")) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        // Only the spelling that hashes like the number: no sign, no leading zero.
        let is_plain =
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        match text.parse() {
            Ok(value) if self.as_text && is_plain => self.visit_u64(value),
            _ => Err(E::custom("a solution is an integer")),
        }
    }
}

/// The longest token of a challenge, in characters of JSON.
const TOKEN_MAX: usize = 2048 + 2;

/// Beyond 2^53 JavaScript's numbers are no longer exact, and no solver counts that far.
const SOLUTION_MAX: u64 = 1 << 53;

#[cfg(test)]
mod tests {
    use portcullis_engine::{ClaimedOrigin, Visitor};
    use proptest::prelude::*;

    use super::*;

    fn read(body: &[u8], profile: Profile) -> Result<Submission, Unsound> {
        let visitor = Visitor {
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            origin: ClaimedOrigin::Absent,
            shared_address: false,
            client: Default::default(),
        };
        Submission::read(
            &Request { content_type: None, authorization: None, query: None, body, visitor: &visitor },
            profile,
        )
    }

    fn standalone(body: &str) -> Result<Submission, Unsound> {
        read(body.as_bytes(), Profile::Standalone)
    }

    #[test]
    fn what_the_widget_sends_is_read() {
        let body =
            r#"{"token":"a:b","solutions":[0,7,9007199254740992],"instr":{"i":"x","state":{}},"ts":1.5}"#;
        let expected = Submission { token: "a:b".to_owned(), solutions: vec![0, 7, 1 << 53] };
        assert_eq!(standalone(body), Ok(expected));
    }

    #[test]
    fn each_fault_has_its_name() {
        const MALFORMED: Unsound = Unsound::Body(Unreadable::Malformed);
        for (body, fault) in [
            ("", MALFORMED),
            ("null", MALFORMED),
            (r#"["t",[1]]"#, MALFORMED),
            (r#"{"token":"t","solutions":[1]"#, MALFORMED),
            (r#"{"token":"t","solutions":[1]}{}"#, MALFORMED),
            (r#"{"token":"t","token":"u","solutions":[1]}"#, MALFORMED),
            (r#"{"token":"t","solutions":[NaN]}"#, MALFORMED),
            (r#"{"solutions":[1]}"#, Unsound::Token),
            (r#"{"token":null,"solutions":[1]}"#, Unsound::Token),
            (r#"{"token":5,"solutions":[1]}"#, Unsound::Token),
            (r#"{"token":["t"],"solutions":[1]}"#, Unsound::Token),
            (r#"{"token":"\ud800","solutions":[1]}"#, Unsound::Token),
            (r#"{"token":"t"}"#, Unsound::NoSolutions),
            (r#"{"token":"t","solutions":null}"#, Unsound::NoSolutions),
            (r#"{"token":"t","solutions":7}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":"7"}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":{"0":1}}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[-1]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[-0]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[1.0]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[1e2]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[1e400]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[9007199254740993]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[18446744073709551616]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[null]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[true]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[[1]]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":[{"nonce":1}]}"#, Unsound::Solutions),
            (r#"{"token":"t","solutions":["1"]}"#, Unsound::Solutions),
        ] {
            assert_eq!(standalone(body), Err(fault), "{body}");
        }
        assert_eq!(read(b"{\"token\":\"\xff\"}", Profile::Standalone), Err(MALFORMED));
        assert_eq!(
            read(&[b' '; Request::BODY_MAX + 1], Profile::Standalone),
            Err(Unsound::Body(Unreadable::TooLarge))
        );
    }

    #[test]
    fn the_python_profile_takes_digits_in_quotes_and_nothing_else_in_them() {
        let solutions = |list: &str| {
            read(format!(r#"{{"token":"t","solutions":[{list}]}}"#).as_bytes(), Profile::CapjsServer)
                .map(|submission| submission.solutions)
        };
        assert_eq!(solutions(r#""0","17",3"#), Ok(vec![0, 17, 3]));
        for text in
            ["", "01", "+1", "-1", " 1", "1.0", "1e2", "٣", "99999999999999999999", "9007199254740993"]
        {
            assert_eq!(solutions(&format!("\"{text}\"")), Err(Unsound::Solutions), "{text}");
        }
    }

    #[test]
    fn tokens_and_lists_have_an_end() {
        let body = |token: usize, solutions: usize| {
            let list = vec!["1"; solutions].join(",");
            standalone(&format!(r#"{{"token":"{}","solutions":[{list}]}}"#, "t".repeat(token)))
        };
        assert!(body(2048, 500).is_ok());
        assert_eq!(body(2049, 1), Err(Unsound::Token));
        assert_eq!(body(1, 501), Err(Unsound::Solutions));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!(r#"{{"token":"t","solutions":{}1{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(standalone(&deep), Err(Unsound::Solutions));
        let ignored = format!(r#"{{"x":{}1{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(standalone(&ignored), Err(Unsound::Token));
    }

    proptest! {
        #[test]
        fn junk_is_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (read(&bytes, Profile::Standalone), read(&bytes, Profile::CapjsServer));
        }

        #[test]
        fn lists_are_read_as_they_were_written(solutions in prop::collection::vec(0..=SOLUTION_MAX, 0..=500)) {
            let body = format!(r#"{{"solutions":{solutions:?},"token":"t"}}"#);
            prop_assert_eq!(standalone(&body), Ok(Submission { token: "t".to_owned(), solutions }));
        }
    }
}
