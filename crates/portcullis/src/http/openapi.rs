//! The OpenAPI document, made from what stands beside the handlers.
//!
//! A handler that answers at several paths is described once; the other paths are added here. A test compares the
//! document with the routing table, so neither can forget the other.

use std::sync::LazyLock;

use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Parameter, ParameterIn, PathItem};

use super::{
    altcha, assets, astracaph, astracaph_pages, cap, crafy, crafy_page, demo, demo_ladder, operations,
    siteverify, status, vendor_scripts,
};

/// The document as indented JSON.
pub(crate) fn document() -> String {
    DOCUMENT.clone()
}

/// [`document`], lent for as long as the process lives.
pub(super) fn shared() -> &'static str {
    &DOCUMENT
}

/// Where a described path is there under another address too.
pub(super) const ALIASES: [(&str, &str); 16] = [
    ("/altcha/challenge", "/v1/challenge"),
    ("/altcha/verify", "/v1/verify"),
    ("/altcha/verify/signature", "/v1/verify/signature"),
    ("/altcha/verify/signature", "/v2/verify/signature"),
    ("/cap/{site_key}/challenge", "/{site_key}/challenge"),
    ("/cap/{site_key}/redeem", "/{site_key}/redeem"),
    ("/cap/{site_key}/siteverify", "/{site_key}/siteverify"),
    ("/cap/{site_key}/challenge", "/cap/challenge"),
    ("/cap/{site_key}/redeem", "/cap/redeem"),
    ("/api/v1/verify", "/public/api/v1/verify"),
    ("/api/", "/api"),
    ("/challenge/", "/challenge"),
    ("/hcaptcha/checksiteconfig", "/checksiteconfig"),
    ("/recaptcha/api.js", "/recaptcha/enterprise.js"),
    ("/1/api.js", "/1/secure-api.js"),
    ("/1/api.js", "/hcaptcha/api.js"),
];

#[derive(OpenApi)]
#[openapi(
    info(title = "Portcullis", description = "A self-hosted gate against bots. Paths that answer browsers of other \
        origins also answer OPTIONS."),
    paths(
        cap::challenge, cap::redeem, cap::siteverify,
        altcha::challenge, altcha::verify, altcha::verify_signature,
        astracaph::widget, astracaph::challenge, astracaph::verify, astracaph::sites, astracaph::register,
        astracaph::unregister, astracaph::prove, astracaph::logs, astracaph::health,
        astracaph_pages::frame, astracaph_pages::sandbox,
        crafy::api, crafy::turnstile_site_key, crafy_page::challenge, crafy::answer, crafy::begin,
        crafy::alternative, crafy::picture,
        siteverify::superset, siteverify::recaptcha, siteverify::hcaptcha, siteverify::hcaptcha_site_config,
        siteverify::turnstile,
        assets::asset, vendor_scripts::recaptcha_script, vendor_scripts::hcaptcha_script,
        vendor_scripts::turnstile_script, vendor_scripts::turnstile_version,
        demo::form, demo::submit, demo_ladder::form, demo_ladder::options, demo_ladder::verify,
        operations::healthz, operations::readyz, operations::metrics, operations::document, status::status,
    ),
    tags(
        (name = "widget", description = "For the widget in a visitor's browser"),
        (name = "backend", description = "For the site's backend"),
        (name = "altcha", description = "ALTCHA's widget, and its backends"),
        (name = "astracaph", description = "The widget without keys, and its backends"),
        (name = "crafy", description = "Adaptive friction: the frame with the challenge, and its backends"),
        (name = "assets", description = "Files for pages"),
        (name = "demo", description = "The demo page"),
        (name = "operations", description = "For whoever runs the server"),
    )
)]
struct Described;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = Described::openapi();
    for (described, alias) in ALIASES {
        let has_key = alias.contains("{site_key}");
        if let Some(item) = document.paths.paths.get(described).cloned() {
            document.paths.paths.insert(alias.to_owned(), also_at(item, alias, has_key));
        }
    }
    // Numbers and strings alone, which always have a spelling in JSON; a test reads the result.
    document.to_pretty_json().unwrap_or_default()
});

fn also_at(mut item: PathItem, alias: &str, has_key: bool) -> PathItem {
    let kind = match alias.split('/').nth(1) {
        Some(version @ ("v1" | "v2")) => version,
        _ if has_key => "bare",
        _ => "default",
    };
    if let Some(operation) = &mut item.post {
        operation.operation_id = operation.operation_id.take().map(|id| format!("{kind}_{id}"));
        operation.summary = operation.summary.take().map(|summary| format!("{summary} (at {alias})"));
        if let Some(parameters) = &mut operation.parameters {
            let is_path = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path);
            parameters.retain(|parameter| has_key || !is_path(parameter));
        }
        operation.parameters = operation.parameters.take().filter(|parameters| !parameters.is_empty());
    }
    if let Some(operation) = &mut item.get {
        let place = alias.replace(|sign: char| !sign.is_ascii_alphanumeric(), "_");
        operation.operation_id = operation.operation_id.take().map(|id| format!("{id}{place}"));
        operation.summary = operation.summary.take().map(|summary| format!("{summary} (at {alias})"));
    }
    item
}
