//! The status page: what happened in the last hour and day, for the operator, to look at only.
//!
//! It shows site names and numbers, so it wants the status token: once in the address, which is answered with a
//! cookie and a redirect so that the token does not stay in the address bar, or in an `Authorization` header.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::{Clock, Engine};

use super::html::page;
use super::refusal::Refusal;
use super::security_headers::guard_page;
pub(super) use access::Access;

mod access;
mod view;

/// The status page
#[utoipa::path(
    get,
    path = "/status",
    tag = "operations",
    params(("token" = Option<String>, Query, description = "The status token; answered with a cookie and a redirect")),
    responses(
        (status = 200, description = "Numbers by site, last hour and day", content_type = "text/html"),
        (status = 303, description = "The token was right; go on with the cookie"),
        (status = 401, description = "The token is missing or wrong", content_type = "text/html"),
        (status = 503, description = "The store does not answer", body = super::schemas::Failure),
    )
)]
pub(super) async fn status(
    State(engine): State<Arc<Engine>>,
    State(access): State<Arc<Access>>,
    State(clock): State<Arc<dyn Clock>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if access.is_named_in(uri.query().unwrap_or_default()) {
        return with_cookie(&access.cookie(is_https(&headers)));
    }
    if !access.admits(&headers) {
        return refused();
    }
    match view::numbers(&engine).await {
        Ok(numbers) => page(StatusCode::OK, view::html(&numbers, clock.now())),
        Err(error) => {
            tracing::warn!(%error, "the status page could not be read");
            Refusal::NotReady.into_response()
        }
    }
}

fn with_cookie(cookie: &str) -> Response {
    let Ok(cookie) = HeaderValue::from_str(cookie) else { return Refusal::Internal.into_response() };
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::LOCATION, HeaderValue::from_static("/status")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    guard_page(response.headers_mut());
    response
}

fn refused() -> Response {
    let mut response = page(StatusCode::UNAUTHORIZED, view::refusal());
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// Whether the browser came over https. Anybody may claim it: it only makes the browser keep the cookie from http.
fn is_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}
