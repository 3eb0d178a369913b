//! Which pages may read the widget's answers (the CORS protocol of the Fetch standard).
//!
//! The engine refuses an origin that is not listed whatever the browser does; these headers only let the pages
//! that are listed see what they were answered. No cookie is involved, so credentials are never allowed.

use portcullis_engine::{Engine, Visitor};

use super::failure::Failure;
use crate::Reply;

/// Answers a browser that asks whether a page may POST here (`OPTIONS`). It is told to remember for two hours,
/// the longest that Chromium does, so that a redeem seldom waits for the question.
pub fn preflight(engine: &Engine, site_key: Option<&str>, visitor: &Visitor) -> Reply {
    let Some(site) = engine.site_or_default(site_key) else {
        let unknown = Failure::new(404, "Invalid site key or secret", "unknown_site");
        return unknown.into_reply().with("vary", "Origin");
    };
    let reply = match site.allows(&visitor.origin) {
        Ok(_) => Reply::empty(204)
            .with("access-control-allow-methods", "POST, OPTIONS")
            .with("access-control-allow-headers", "content-type")
            .with("access-control-max-age", "7200"),
        Err(refused) => Failure::origin(refused, "origin_refused").into_reply(),
    };
    with_origin(reply, engine, site_key, visitor)
}

/// The same answer, readable by the page that asked if the site lists its origin. An answer differs by origin
/// even where none is named, so caches are always told.
pub(super) fn with_origin(reply: Reply, engine: &Engine, site_key: Option<&str>, visitor: &Visitor) -> Reply {
    let allowed =
        engine.site_or_default(site_key).and_then(|site| site.allows(&visitor.origin).ok().flatten());
    let reply = reply.with("vary", "Origin");
    match allowed {
        // A widget whose visitor's clock is wrong reads the time from the answer's date.
        Some(origin) => reply
            .with("access-control-allow-origin", origin.as_str())
            .with("access-control-expose-headers", "Date"),
        None => reply,
    }
}
