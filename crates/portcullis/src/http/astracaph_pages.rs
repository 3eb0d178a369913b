//! Pages of the AstraCaph door: the widget in a frame of its own, and the sandbox.
//!
//! What they send names our origin, or none. So the page that they act for is sealed into them as they are served.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::{Engine, Origin, Site};
use portcullis_protocol::astracaph::Door;

use super::html::{escape, page};
use super::refusal::Refusal;
use super::security_headers::let_be_framed;
use super::visitor::Arrival;

/// The widget as a page for a frame
#[utoipa::path(
    get,
    path = "/captcha/widget",
    tag = "astracaph",
    params(
        ("theme" = Option<String>, Query, description = "`dark` or `light`; else the visitor's own"),
        ("siteKey" = Option<String>, Query, description = "The site; else the open one"),
    ),
    responses(
        (status = 200, description = "A page for a frame of 350 × 500", content_type = "text/html"),
        (status = 503, description = "There is no sealing key", body = super::schemas::Failure),
    )
)]
pub(super) async fn frame(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::of(&uri);
    // A browser names the page around a frame as its referrer. Opened by itself, the page acts for itself.
    let parent = referrer(&headers).or_else(|| own_origin(&door, &headers));
    let Some((parent, seal)) = parent
        .and_then(|parent| Some((engine.seal_page(&parent)?, parent)))
        .map(|(seal, parent)| (parent, seal))
    else {
        return Refusal::NotReady.into_response();
    };
    let html = FRAME
        .replace("{{SITE_KEY}}", &escape(asked.site_key.as_deref().unwrap_or(Site::OPEN)))
        .replace("{{THEME}}", asked.theme)
        .replace("{{PARENT_ORIGIN}}", &escape(parent.as_str()))
        .replace("{{SEAL}}", &escape(&seal.text));
    let mut response = page(StatusCode::OK, html);
    let_be_framed(response.headers_mut(), HeaderValue::from_static(FRAME_POLICY));
    response
}

/// The sandbox
#[utoipa::path(
    get,
    path = "/sandbox",
    tag = "astracaph",
    responses(
        (status = 200, description = "An editor, a preview and a log", content_type = "text/html"),
        (status = 503, description = "There is no sealing key", body = super::schemas::Failure),
    )
)]
pub(super) async fn sandbox(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    Arrival(visitor): Arrival,
    headers: HeaderMap,
) -> Response {
    let own = own_origin(&door, &headers);
    let Some(seal) = own.and_then(|own| engine.seal_page_for(&own, &visitor)) else {
        return Refusal::NotReady.into_response();
    };
    // Scripts that are tried out are let in by a nonce of this visit's.
    let html = SANDBOX.replace("{{VISIT}}", &escape(&seal.text)).replace("{{NONCE}}", &seal.visit);
    let mut response = page(StatusCode::OK, html);
    let policy = SANDBOX_POLICY.replace("{{NONCE}}", &seal.visit);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What the address of a frame asks for.
struct Asked {
    theme: &'static str,
    site_key: Option<String>,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let mut asked = Self { theme: "auto", site_key: None };
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match (&*name, &*value) {
                ("theme", "dark") => asked.theme = "dark",
                ("theme", "light") => asked.theme = "light",
                ("siteKey", key) if (1..=128).contains(&key.len()) => asked.site_key = Some(key.to_owned()),
                _ => {}
            }
        }
        asked
    }
}

fn referrer(headers: &HeaderMap) -> Option<Origin> {
    let referrer = headers.get(header::REFERER)?.to_str().ok()?;
    let (scheme, rest) = referrer.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    format!("{scheme}://{authority}").parse().ok().filter(Origin::is_web)
}

/// Where this page was asked for: the address that the operator gave, else the host that the browser named.
fn own_origin(door: &Door, headers: &HeaderMap) -> Option<Origin> {
    let public: Option<Origin> = door.base_url.parse().ok();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_local = |origin: &Origin| origin.is_localhost();
    let named = host.and_then(|host| format!("http://{host}").parse::<Origin>().ok()).filter(is_local);
    named.or(public)
}

const FRAME: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/astracaph_frame.html"));
const SANDBOX: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/sandbox.html"));

/// As for our other pages, but any page may frame it: for which one it acts is sealed in. `frame-ancestors *` would
/// leave out pages without an origin, such as the sandbox's preview.
const FRAME_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
     base-uri 'none'; form-action 'none'";

/// The preview takes over the policy of the page around it, and what is tried out there is the visitor's own script.
/// It runs in a frame without an origin, so it reaches nothing of ours.
const SANDBOX_POLICY: &str = "default-src 'none'; script-src 'self' 'nonce-{{NONCE}}' 'wasm-unsafe-eval'; \
     style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
     frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
