//! An answer as the doors give it.

use std::fmt;

use serde::Serialize;

/// What a door answers. Names of headers are in lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers. `content-type` is among them where there is a body.
    pub headers: Vec<(&'static str, String)>,
    /// The body: JSON, or nothing.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer with `content` as its body.
    pub(crate) fn json(status: u16, content: &impl Serialize) -> Self {
        // Invariant: the answers of this crate are structs of texts, numbers and lists, which always serialise.
        #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
        let body = serde_json::to_vec(content).expect("an answer serialises");
        Self::written(status, body)
    }

    /// An answer whose JSON is written already.
    pub(crate) fn written(status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::with_capacity(4), body }
            .with("content-type", "application/json")
            .with("cache-control", "no-store")
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::with_capacity(6), body: Vec::new() }.with("cache-control", "no-store")
    }

    /// The same answer with one header more.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same answer, saying when to come again, in whole seconds and at least one.
    pub(crate) fn retry_after(self, milliseconds: Option<u64>) -> Self {
        match milliseconds {
            Some(milliseconds) => self.with("retry-after", milliseconds.div_ceil(1000).max(1).to_string()),
            None => self,
        }
    }
}

impl fmt::Debug for Reply {
    /// Leaves the body out, which may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// When to come again after the store did not answer, in milliseconds. It may be a restart, which is short.
pub(crate) const UNAVAILABLE_RETRY_MS: u64 = 1000;
