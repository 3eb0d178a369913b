//! Headers that tell browsers to be strict.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Goes onto every answer: no guessing at content types.
pub(super) const NOSNIFF: (HeaderName, HeaderValue) =
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));

/// Puts the headers of our own pages onto an answer.
pub(super) fn guard_page(headers: &mut HeaderMap) {
    for (name, value) in PAGE {
        headers.insert(name, value);
    }
}

/// Lets other pages frame a page of ours, those that isolate themselves included. What it may do, and whose pages may
/// frame it, is `policy`.
///
/// It takes in nothing that does not agree to it, as such pages demand. Everything in our frames is ours: Turnstile
/// runs in the site's own page.
pub(super) fn let_be_framed(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.remove(HeaderName::from_static("cross-origin-opener-policy"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    let (name, value) = ISOLATED;
    headers.insert(name, value);
}

/// Takes in nothing that does not agree to it. A worker's file needs it as well as the page that starts the worker.
pub(super) const ISOLATED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-embedder-policy"), HeaderValue::from_static("require-corp"));

/// What our own pages may do: nothing but what the demo needs, and all of it from here.
///
/// `'wasm-unsafe-eval'` compiles the solver, `blob:` runs its workers; neither evaluates text. `connect-src` is for
/// the widget's calls and the solver module.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

const PERMISSIONS_POLICY: &str =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()";

const PAGE: [(HeaderName, HeaderValue); 6] = [
    NOSNIFF,
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    // Same-origin, as the demo's own requests carry no more than the address of the demo.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS_POLICY)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];
