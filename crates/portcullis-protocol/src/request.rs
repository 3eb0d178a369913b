//! A request as the doors see it.

use portcullis_engine::Visitor;

/// What a door is told of a request. The path and the method were looked at before.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The `Content-Type` header, where there was one.
    pub content_type: Option<&'a str>,
    /// The `Authorization` header, where there was one.
    pub authorization: Option<&'a str>,
    /// The part of the URL after `?`, still encoded.
    pub query: Option<&'a str>,
    /// The body. Doors refuse more than [`Request::BODY_MAX`] bytes.
    pub body: &'a [u8],
    /// Who asks: a page's visitor at the Cap door, a site's backend at siteverify.
    pub visitor: &'a Visitor,
}

impl<'a> Request<'a> {
    /// The longest body that is read, in bytes. The largest honest one is a twentieth of it.
    pub const BODY_MAX: usize = 64 * 1024;

    /// The body, if it is not too long.
    pub(crate) fn bounded_body(&self) -> Result<&'a [u8], Unreadable> {
        if self.body.len() > Self::BODY_MAX { Err(Unreadable::TooLarge) } else { Ok(self.body) }
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<&'a str, Unreadable> {
        std::str::from_utf8(self.bounded_body()?).map_err(|_| Unreadable::Malformed)
    }
}

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("the body is longer than {} bytes", Request::BODY_MAX)]
    TooLarge,
    #[error("the body is not what it should be")]
    Malformed,
}
