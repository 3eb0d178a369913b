//! hCaptcha's question whether a site key may be used on a host.
//!
//! Its own widget begins with it; ours does not need it. But hCaptcha's WordPress plugin asks before it lets an
//! administrator save a key, of the host where it also verifies. It takes `pass`, or else shows `error`, and an empty
//! `error` counts as none.

use portcullis_engine::Engine;
use serde::Serialize;

use super::TestKeys;
use crate::{Reply, Request};

/// Answers whether a site has this key and lists this host. The fields `sitekey` and `host` may stand in the query,
/// as they do at the vendor's, or in a form; others are ignored. Without a host only the key is looked at.
pub fn check_site_config(engine: &Engine, test_keys: TestKeys, request: &Request<'_>) -> Reply {
    let field = |wanted: &str| {
        let bodies =
            [request.query.unwrap_or_default().as_bytes(), request.bounded_body().unwrap_or_default()];
        let mut fields = bodies.into_iter().flat_map(form_urlencoded::parse);
        fields.find(|(name, _)| name == wanted).map(|(_, value)| value).filter(|value| !value.is_empty())
    };
    let Some(site_key) = field("sitekey") else { return refused("no site key was given") };
    if test_keys == TestKeys::Accepted && TEST_SITE_KEYS.contains(&&*site_key) {
        return passed();
    }
    match (engine.site(&site_key), field("host")) {
        (None, _) => refused("there is no site with this key"),
        (Some(site), Some(host)) if !site.allows_host(&host) => {
            refused("this host is not on the list of origins of the site with this key")
        }
        (Some(_), _) => passed(),
    }
}

/// What hCaptcha says of a key. Paid looks are never there.
#[derive(Serialize)]
struct SiteConfig {
    pass: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    features: Option<Features>,
}

#[derive(Serialize)]
struct Features {
    custom_theme: bool,
}

fn passed() -> Reply {
    let features = Some(Features { custom_theme: false });
    Reply::json(200, &SiteConfig { pass: true, error: None, features })
}

fn refused(error: &'static str) -> Reply {
    Reply::json(200, &SiteConfig { pass: false, error: Some(error), features: None })
}

/// Site keys of hCaptcha's documents, for pages under test.
const TEST_SITE_KEYS: [&str; 3] = [
    "10000000-ffff-ffff-ffff-000000000001",
    "20000000-ffff-ffff-ffff-000000000002",
    "30000000-ffff-ffff-ffff-000000000003",
];
