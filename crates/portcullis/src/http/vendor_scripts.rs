//! The scripts that stand in for reCAPTCHA's, hCaptcha's and Turnstile's, at the paths where pages look for those.
//!
//! A page changes the host and nothing else, so the paths are the vendors'. Any query is the script's own to read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::assets::{self, Assets};

/// Every path where a page finds a script of ours; `{hash}` stands for one segment, whatever it says.
pub(crate) fn script_paths() -> Vec<String> {
    let files = assets::listing().into_iter().flat_map(|asset| [asset.path, asset.hashed_path]);
    let files = files.filter(|path| path.ends_with(".js"));
    PATHS.iter().map(|path| (*path).to_owned()).chain(files).collect()
}

/// A script with reCAPTCHA's interface
///
/// Versions 2 and 3 and Enterprise are one script.
#[utoipa::path(get, path = "/recaptcha/api.js", tag = "assets",
    responses((status = 200, description = "A script", content_type = "text/javascript")))]
pub(super) async fn recaptcha_script(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.by_plain_name("recaptcha.js", &headers)
}

/// A script with hCaptcha's interface
#[utoipa::path(get, path = "/1/api.js", tag = "assets",
    responses((status = 200, description = "A script", content_type = "text/javascript")))]
pub(super) async fn hcaptcha_script(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.by_plain_name("hcaptcha.js", &headers)
}

/// A script with Turnstile's interface
#[utoipa::path(get, path = "/turnstile/v0/api.js", tag = "assets",
    responses((status = 200, description = "A script", content_type = "text/javascript")))]
pub(super) async fn turnstile_script(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    assets.by_plain_name("turnstile.js", &headers)
}

/// A script with Turnstile's interface, where a page names a version of the vendor's
///
/// There is one version here.
#[utoipa::path(get, path = "/turnstile/v0/g/{hash}/api.js", tag = "assets",
    params(("hash" = String, Path, description = "Ignored")),
    responses((status = 200, description = "A script", content_type = "text/javascript")))]
pub(super) async fn turnstile_version(assets: State<Arc<Assets>>, headers: HeaderMap) -> Response {
    turnstile_script(assets, headers).await
}

/// Scripts that are no plain assets.
const PATHS: [&str; 8] = [
    "/1/api.js",
    "/1/secure-api.js",
    "/api/v1/widget.js",
    "/hcaptcha/api.js",
    "/recaptcha/api.js",
    "/recaptcha/enterprise.js",
    "/turnstile/v0/api.js",
    "/turnstile/v0/g/{hash}/api.js",
];
