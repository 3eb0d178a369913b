//! This door's answers may be read by any page: the engine decides which page gets a pass, and no cookie is involved.

use portcullis_engine::{ClaimedOrigin, Visitor};

use crate::Reply;

/// What a page of another origin may send.
#[must_use]
pub fn preflight(visitor: &Visitor) -> Reply {
    with_origin(Reply::empty(204), visitor)
        .with("access-control-allow-methods", "GET, POST, DELETE, OPTIONS")
        .with("access-control-allow-headers", "content-type, authorization")
        .with("access-control-max-age", "7200")
}

/// Lets the page that asks read the answer.
pub(super) fn with_origin(reply: Reply, visitor: &Visitor) -> Reply {
    let allowed = match &visitor.origin {
        ClaimedOrigin::Stated(origin) => origin.to_string(),
        ClaimedOrigin::Opaque => "null".to_owned(),
        ClaimedOrigin::Absent | ClaimedOrigin::Unreadable => "*".to_owned(),
    };
    reply.with("access-control-allow-origin", allowed).with("vary", "origin")
}
