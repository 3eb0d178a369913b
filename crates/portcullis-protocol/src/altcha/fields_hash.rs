//! Which fields of a form a server saw, and that nobody changed them since.

use std::collections::BTreeMap;

use super::Hash;
use crate::hex::hex;

/// The names, with commas between, and the SHA-256 of the values in that order, with a line feed between. `None` where
/// there is none. A name that has a comma itself cannot be listed and is left out.
pub(super) fn fields_hash(fields: &BTreeMap<String, String>) -> Option<(String, String)> {
    let listed = || fields.iter().filter(|(name, _)| !name.is_empty() && !name.contains(','));
    let names: Vec<_> = listed().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let values: Vec<_> = listed().map(|(_, value)| as_submitted(value)).collect();
    Some((names.join(","), hex(&Hash::Sha256.rounds(values.join("\n").as_bytes(), 1))))
}

/// A value as forms are submitted: lines end in CRLF, whatever the page's script saw.
fn as_submitted(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                text.push_str("\r\n");
            }
            '\n' => text.push_str("\r\n"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(fields: &[(&str, &str)]) -> Option<(String, String)> {
        fields_hash(&fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn however_lines_end_the_hash_is_that_of_the_submitted_form() {
        for message in ["Hello\r\nWorld", "Hello\nWorld", "Hello\rWorld"] {
            let (names, hash) = hashed(&[("message", message), ("email", "a@b.c")]).unwrap();
            assert_eq!(names, "email,message");
            assert_eq!(hash, "2de67a20b66e820640cbd561a97dcff97f97195c9aca056fabb46154381787fa");
        }
    }

    #[test]
    fn what_cannot_be_listed_is_left_out() {
        assert_eq!(hashed(&[]), None);
        assert_eq!(hashed(&[("a,b", "1"), ("", "2")]), None);
        assert_eq!(hashed(&[("a", "1"), ("a,b", "2")]), hashed(&[("a", "1")]));
    }
}
