//! Which pages may read this door's answers.

use portcullis_engine::{Engine, Visitor};

use super::failure::Failure;
use crate::{Reply, cors};

/// Answers a browser that asks whether a page may call here (`OPTIONS`). `query` names the site, as for the call.
pub fn preflight(engine: &Engine, query: Option<&str>, visitor: &Visitor) -> Reply {
    let site_key = site_key(query);
    let reply = match engine.site_or_default(site_key.as_deref()) {
        None => Failure::unknown_site().into_reply(),
        Some(site) => match site.allows(&visitor.origin) {
            // Widgets before version 3 say so where they have a spam filter. There is none here.
            Ok(_) => cors::preflight("GET, POST, OPTIONS", "content-type, x-altcha-spam-filter"),
            Err(refused) => Failure::origin(refused).into_reply(),
        },
    };
    with_origin(reply, engine, site_key.as_deref(), visitor)
}

/// The same answer, readable by the page that asked if the site lists its origin.
pub(super) fn with_origin(reply: Reply, engine: &Engine, site_key: Option<&str>, visitor: &Visitor) -> Reply {
    cors::readable(reply, engine.site_or_default(site_key).as_deref(), visitor, "X-Altcha-Config")
}

/// The site that a query names: as `apiKey`, which is the published server's word, or `sitekey`, which is ours.
pub(super) fn site_key(query: Option<&str>) -> Option<String> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, value)| matches!(&**name, "apiKey" | "sitekey") && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}
