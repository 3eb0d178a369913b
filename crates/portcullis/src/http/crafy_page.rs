//! The challenge page of the Crafy door, which lives in a frame of a site's page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use portcullis_engine::Engine;
use portcullis_protocol::crafy::{self, ChallengePage};

use super::drawing::Easel;
use super::html::page;
use super::question::Question;
use super::security_headers::let_be_framed;

/// The challenge, as a page for a frame
///
/// A refusal is a page as well: it says what is wrong, and asks the widget for new options where they help.
#[utoipa::path(
    post,
    path = "/challenge/",
    tag = "crafy",
    request_body(content = super::crafy_schemas::CrafyForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The page", content_type = "text/html"),
        (status = 400, description = "The form or the encrypted options are not what they should be", content_type = "text/html"),
        (status = 403, description = "The page around may not use the site", content_type = "text/html"),
        (status = 404, description = "No site has this public token", content_type = "text/html"),
        (status = 413, description = "The body is longer than 64 KiB", body = super::schemas::Failure),
        (status = 429, description = "Too many challenges, or the plan's month is used up", content_type = "text/html"),
        (status = 503, description = "The store does not answer", content_type = "text/html"),
    )
)]
pub(super) async fn challenge(
    State(engine): State<Arc<Engine>>,
    State(easel): State<Arc<Easel>>,
    question: Question,
) -> Response {
    framed(&crafy::challenge(&engine, &*easel, &question.request()).await)
}

fn framed(challenge: &ChallengePage) -> Response {
    let document = String::from_utf8_lossy(&challenge.document).replace('<', "\\u003c");
    let html = PAGE.replace("\"{{FLOW}}\"", &document);
    let status = StatusCode::from_u16(challenge.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = page(status, html);
    let headers = response.headers_mut();
    let_be_framed(headers, policy(&challenge.frame_ancestors));
    if let Some(milliseconds) = challenge.retry_after_ms {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(milliseconds.div_ceil(1000).max(1)));
    }
    response
}

/// Whose pages may frame this one is in its policy.
fn policy(ancestors: &[String]) -> HeaderValue {
    let ancestors = if ancestors.is_empty() { "'none'".to_owned() } else { ancestors.join(" ") };
    // Origins are in a form that no policy can be written with, so this always is a header.
    let policy = HeaderValue::try_from(format!("{POLICY}; frame-ancestors {ancestors}"));
    policy.unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}

const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist/challenge.html"));

/// Everything comes from here; the document in the page is data, which no policy needs to let in.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'";
