//! Custom values that travel in a challenge and are signed with it.
//!
//! What is signed is text, and both sides have to write the same one. The libraries sign what JavaScript's
//! `JSON.stringify` makes of an object whose members were sorted, so the order is JavaScript's: names that are array
//! indexes first, by number, and then the others by UTF-16 code unit. Whatever others signed is read in that order;
//! what is issued here keeps to names and values that no browser can spell in two ways.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Up to [`Data::MEMBERS_MAX`] named values, in the order in which they are signed.
///
/// Values may come from whoever asks for a challenge, so none can take the place of what the challenge itself says:
/// its expiry, which version 1 writes among them, and its [name](super::v2::Challenge::issue).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data(Vec<(String, DataValue)>);

/// A custom value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DataValue {
    /// Nothing, but said.
    Null,
    /// True or false.
    Truth(bool),
    /// An integer that JavaScript keeps exactly.
    Integer(i64),
    /// A text.
    Text(String),
}

/// A value cannot travel in a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataError {
    /// A name begins with a letter or digit and goes on with letters, digits and `_`, with `-` and `.` between, up to
    /// [`Data::NAME_MAX`] in all.
    #[error("a name has letters, digits, _ and, between them, - and ., up to {} in all", Data::NAME_MAX)]
    Name,
    /// The name is that of something which the challenge itself says.
    #[error("the names expires, expire and challengeId are not for custom values")]
    Reserved,
    /// A text is printable ASCII, up to [`Data::TEXT_MAX`]; an integer is within 2^53 of zero.
    #[error(
        "a value is up to {} characters of printable ASCII, or an integer within 2^53 of zero",
        Data::TEXT_MAX
    )]
    Value,
    /// The name is taken.
    #[error("two values have the same name")]
    Twice,
    /// There are [`Data::MEMBERS_MAX`] already.
    #[error("a challenge carries up to {} values", Data::MEMBERS_MAX)]
    Full,
}

impl Data {
    /// The most values of one challenge.
    pub const MEMBERS_MAX: usize = 16;
    /// The longest name that is issued, in characters.
    pub const NAME_MAX: usize = 20;
    /// The longest text that is issued, in characters.
    pub const TEXT_MAX: usize = 100;
    /// The longest name of a challenge, in characters: it carries what was sealed.
    pub const CHALLENGE_ID_MAX: usize = 1024;

    /// The same values and one more, which is to be issued.
    ///
    /// # Errors
    ///
    /// See [`DataError`].
    pub fn with(mut self, name: &str, value: DataValue) -> Result<Self, DataError> {
        if !is_name(name) {
            return Err(DataError::Name);
        }
        if EXPIRY.contains(&name) || name == CHALLENGE_ID {
            return Err(DataError::Reserved);
        }
        if !value.is_issued() {
            return Err(DataError::Value);
        }
        self.insert(name.to_owned(), value)?;
        Ok(self)
    }

    /// The value of a name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&DataValue> {
        self.iter().find_map(|(found, value)| (found == name).then_some(value))
    }

    /// The value of a name, if it is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            DataValue::Text(text) => Some(text),
            DataValue::Null | DataValue::Truth(_) | DataValue::Integer(_) => None,
        }
    }

    /// Every name and value, in the order in which they are signed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &DataValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a value in its place, whatever its name and text. [`CHALLENGE_ID`] stands beside the others and is not
    /// counted with them.
    pub(super) fn insert(&mut self, name: String, value: DataValue) -> Result<(), DataError> {
        let most =
            Self::MEMBERS_MAX + usize::from(name == CHALLENGE_ID || self.value(CHALLENGE_ID).is_some());
        match self.0.binary_search_by(|(found, _)| signed_order(found, &name)) {
            Ok(_) => Err(DataError::Twice),
            Err(_) if self.0.len() >= most => Err(DataError::Full),
            Err(place) => {
                self.0.insert(place, (name, value));
                Ok(())
            }
        }
    }

    /// The name that a challenge was given.
    pub(super) fn challenge_id(&self) -> Option<&str> {
        self.text(CHALLENGE_ID)
    }

    /// The value of a name, which is among the others no longer.
    pub(super) fn take(&mut self, name: &str) -> Option<DataValue> {
        let place = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.remove(place).1)
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a flat object of up to {} values", Data::MEMBERS_MAX)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut data = Data::default();
        while let Some((name, value)) = map.next_entry::<String, DataValue>()? {
            if !value.is_exact() {
                return Err(A::Error::custom(DataError::Value));
            }
            data.insert(name, value).map_err(A::Error::custom)?;
        }
        Ok(data)
    }
}

impl DataValue {
    /// Whether it may be issued: whether every browser spells it alike, and it is not too long.
    fn is_issued(&self) -> bool {
        match self {
            Self::Text(text) => text.len() <= Data::TEXT_MAX && is_printable(text),
            Self::Null | Self::Truth(_) | Self::Integer(_) => self.is_exact(),
        }
    }

    fn is_exact(&self) -> bool {
        match self {
            Self::Integer(number) => number.unsigned_abs() <= EXACT_MAX,
            Self::Null | Self::Truth(_) | Self::Text(_) => true,
        }
    }
}

/// `data` of a challenge with this name.
pub(super) fn named(mut data: Data, id: Option<&str>) -> Result<Data, DataError> {
    if let Some(id) = id {
        if !(1..=Data::CHALLENGE_ID_MAX).contains(&id.len()) || !is_printable(id) {
            return Err(DataError::Value);
        }
        data.insert(CHALLENGE_ID.to_owned(), DataValue::Text(id.to_owned()))?;
    }
    Ok(data)
}

/// Whether a name may be issued. A `_` does not lead, as it does in names that JavaScript gives objects of its own.
fn is_name(name: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.len() <= Data::NAME_MAX
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(is_inside)
        && !name.ends_with(['-', '.'])
}

fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn signed_order(one: &str, other: &str) -> Ordering {
    match (array_index(one), array_index(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.encode_utf16().cmp(other.encode_utf16()),
    }
}

/// The number that JavaScript takes a name for (ECMA-262, "array index"): canonical decimal, below 2^32 - 1.
fn array_index(name: &str) -> Option<u32> {
    let is_canonical = name == "0" || !name.starts_with('0');
    let is_decimal = is_canonical && name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|index| is_decimal && *index != u32::MAX)
}

/// What version 1 calls the expiry: the library takes both spellings, and the first before the second.
pub(super) const EXPIRY: [&str; 2] = ["expires", "expire"];
/// What the server libraries call a challenge's name.
pub(super) const CHALLENGE_ID: &str = "challengeId";
/// The largest integer that JavaScript tells from its neighbours.
pub(super) const EXACT_MAX: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_javascripts_order() {
        let data: Data = serde_json::from_str(
            r#"{"b":1,"10":2,"":3,"9":4,"B":5,"01":6,"4294967295":7,"\uffff":8,"😀":9,"0":10,"+1":11}"#,
        )
        .unwrap();
        let names: Vec<_> = data.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["0", "9", "10", "", "+1", "01", "4294967295", "B", "b", "😀", "\u{ffff}"]);
    }

    #[test]
    fn what_cannot_be_signed_alike_is_not_read() {
        for text in [
            r#"{"a":1.0}"#,
            r#"{"a":1e3}"#,
            r#"{"a":-0}"#,
            r#"{"a":9007199254740992}"#,
            r#"{"a":-9007199254740992}"#,
            r#"{"a":[]}"#,
            r#"{"a":{}}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":"\ud800"}"#,
            "[]",
            "null",
        ] {
            assert!(serde_json::from_str::<Data>(text).is_err(), "{text}");
        }
        let many = |count: usize| {
            let members: Vec<_> = (0..count).map(|number| format!(r#""{number}":null"#)).collect();
            serde_json::from_str::<Data>(&format!("{{{}}}", members.join(",")))
        };
        assert!(many(Data::MEMBERS_MAX).is_ok());
        assert!(many(Data::MEMBERS_MAX + 1).is_err());
    }

    #[test]
    fn only_what_every_browser_spells_alike_is_issued() {
        let with = |name: &str, value: DataValue| Data::default().with(name, value);
        for name in ["", "_a", "__proto__", "-a", ".a", "a-", "a.", "a b", "a,b", "é", &"a".repeat(21)] {
            assert_eq!(with(name, DataValue::Null), Err(DataError::Name), "{name}");
        }
        for text in ["é", "\n", "\u{7f}", &"a".repeat(101)] {
            assert_eq!(with("a", DataValue::Text(text.to_owned())), Err(DataError::Value), "{text:?}");
        }
        assert_eq!(with("a", DataValue::Integer(1 << 53)), Err(DataError::Value));
        for name in ["expires", "expire", "challengeId"] {
            assert_eq!(with(name, DataValue::Integer(9_999_999_999)), Err(DataError::Reserved), "{name}");
        }
        for name in ["a", "9", "2fa", "a-b", "user.name", "a_", "1.2-3", &"a".repeat(20)] {
            assert!(with(name, DataValue::Null).is_ok(), "{name}");
        }
        let data = with("form", DataValue::Text("x".to_owned())).unwrap();
        assert_eq!(data.text("form"), Some("x"));
        assert_eq!(data.with("form", DataValue::Null), Err(DataError::Twice));
    }

    #[test]
    fn what_comes_twice_is_told_from_what_is_too_much() {
        let name = |number: usize| format!("n{number}");
        let full = (0..Data::MEMBERS_MAX)
            .try_fold(Data::default(), |data, number| data.with(&name(number), DataValue::Null))
            .unwrap();
        assert_eq!(full.clone().with("n0", DataValue::Null), Err(DataError::Twice));
        assert_eq!(full.clone().with("one_more", DataValue::Null), Err(DataError::Full));
        let mut named = full;
        assert_eq!(named.insert(CHALLENGE_ID.to_owned(), DataValue::Null), Ok(()));
        assert_eq!(named.insert(name(16), DataValue::Null), Err(DataError::Full));
    }
}
