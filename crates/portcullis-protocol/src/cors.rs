//! Which pages may read a door's answers (the CORS protocol of the Fetch standard), for doors whose sites list origins.
//!
//! The engine refuses an origin that is not listed whatever the browser does; these headers only let the pages
//! that are listed see what they were answered. No cookie is involved, so credentials are never allowed.

use portcullis_engine::{Site, Visitor};

use crate::Reply;

/// What a page of a listed origin may ask by `methods`, with these `headers`. It is told to remember for two hours, the
/// longest that Chromium does, so that a call seldom waits for the question.
pub(crate) fn preflight(methods: &'static str, headers: &'static str) -> Reply {
    Reply::empty(204)
        .with("access-control-allow-methods", methods)
        .with("access-control-allow-headers", headers)
        .with("access-control-max-age", "7200")
}

/// The same answer, readable by the page that asked if the site lists its origin, `exposed` headers included. An
/// answer differs by origin even where none is named, so caches are always told.
pub(crate) fn readable(reply: Reply, site: Option<&Site>, visitor: &Visitor, exposed: &'static str) -> Reply {
    let allowed = site.and_then(|site| site.allows(&visitor.origin).ok().flatten());
    let reply = reply.with("vary", "Origin");
    match allowed {
        Some(origin) => reply
            .with("access-control-allow-origin", origin.as_str())
            .with("access-control-expose-headers", exposed),
        None => reply,
    }
}
