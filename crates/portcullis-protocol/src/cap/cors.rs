//! Which pages may read the widget's answers.

use portcullis_engine::{Engine, Visitor};

use super::failure::Failure;
use crate::{Reply, cors};

/// Answers a browser that asks whether a page may POST here (`OPTIONS`).
pub fn preflight(engine: &Engine, site_key: Option<&str>, visitor: &Visitor) -> Reply {
    let Some(site) = engine.site_or_default(site_key) else {
        let unknown = Failure::new(404, "Invalid site key or secret", "unknown_site");
        return unknown.into_reply().with("vary", "Origin");
    };
    let reply = match site.allows(&visitor.origin) {
        Ok(_) => cors::preflight("POST, OPTIONS", "content-type"),
        Err(refused) => Failure::origin(refused, "origin_refused").into_reply(),
    };
    with_origin(reply, engine, site_key, visitor)
}

/// The same answer, readable by the page that asked if the site lists its origin.
pub(super) fn with_origin(reply: Reply, engine: &Engine, site_key: Option<&str>, visitor: &Visitor) -> Reply {
    // A widget whose visitor's clock is wrong reads the time from the answer's date.
    cors::readable(reply, engine.site_or_default(site_key).as_deref(), visitor, "Date")
}
