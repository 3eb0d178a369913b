//! JSON objects.

use serde::Deserialize;
use serde_json::error::Category;

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoObject {
    /// Not a JSON object.
    Json,
    /// A member is absent, or of another type than it should be.
    Type,
}

/// Reads a JSON object. Serde would take an array of as many values for a struct.
pub(crate) fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, NoObject> {
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(NoObject::Json);
    }
    serde_json::from_slice(json).map_err(|problem| match problem.classify() {
        Category::Data => NoObject::Type,
        Category::Io | Category::Syntax | Category::Eof => NoObject::Json,
    })
}
