//! Bodies in JSON, and why one is not read.

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

use crate::Request;
use crate::json::{self, NoObject};

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Longer than [`Request::BODY_MAX`].
    #[error("the body is longer than {} bytes", Request::BODY_MAX)]
    TooLarge,
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    Json,
    /// A field is of another type than it should be.
    #[error("a field of the body has the wrong type")]
    Type,
    /// A field is absent, or out of its bounds.
    #[error("the field `{0}` is missing, too long or out of its range")]
    Field(&'static str),
}

impl BodyError {
    /// The HTTP status that it calls for.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::Json | Self::Type | Self::Field(_) => 400,
        }
    }

    /// A stable code for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "body_too_large",
            Self::Json => "invalid_json",
            Self::Type | Self::Field(_) => "invalid_field",
        }
    }
}

/// Reads a JSON object of at most [`Request::BODY_MAX`] bytes.
pub(super) fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BodyError> {
    if body.len() > Request::BODY_MAX {
        return Err(BodyError::TooLarge);
    }
    json::object(body).map_err(|problem| match problem {
        NoObject::Type => BodyError::Type,
        NoObject::Json => BodyError::Json,
    })
}

/// A text of 1 to `most` bytes, under the name `name`.
pub(super) fn text(sent: Option<String>, name: &'static str, most: usize) -> Result<String, BodyError> {
    sent.filter(|text| (1..=most).contains(&text.len())).ok_or(BodyError::Field(name))
}

/// A list that is read no further than `N`.
pub(super) struct AtMost<T, const N: usize>(pub(super) Vec<T>);

impl<T, const N: usize> Default for AtMost<T, N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reader(PhantomData))
    }
}

struct Reader<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Reader<T, N> {
    type Value = AtMost<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {N}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sent: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = sent.next_element()? {
            if list.len() == N {
                return Err(A::Error::invalid_length(N + 1, &self));
            }
            list.push(item);
        }
        Ok(AtMost(list))
    }
}
