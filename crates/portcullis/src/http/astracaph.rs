//! The AstraCaph door.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::Engine;
use portcullis_protocol::astracaph::{self, Door};

use super::assets::Assets;
use super::question::Question;
use super::reply::answer;
use super::schemas;
use super::visitor::Arrival;

/// Be judged, and get a token or a step to take
///
/// The answer is 200 with a token, 202 with a step that is posted again once it is taken, or 403.
#[utoipa::path(
    post,
    path = "/api/v1/challenge",
    tag = "astracaph",
    request_body = schemas::AstracaphChallenge,
    responses(
        (status = 200, description = "A token", body = schemas::AstracaphSuccess),
        (status = 202, description = "A step to take first", body = schemas::AstracaphStep),
        (status = 400, description = "The body, the step or the work is not what it should be", body = schemas::AstracaphFailure),
        (status = 403, description = "The origin may not use the site, or the risk is too high", body = schemas::AstracaphFailure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many attempts from this address", body = schemas::AstracaphFailure),
        (status = 503, description = "The store does not answer", body = schemas::AstracaphFailure),
    )
)]
pub(super) async fn challenge(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::challenge(&engine, &door, &question.request()).await)
}

/// Verify a token and spend it
#[utoipa::path(
    post,
    path = "/api/v1/verify",
    tag = "astracaph",
    request_body = schemas::AstracaphVerify,
    responses(
        (status = 200, description = "The token is good and now spent", body = schemas::AstracaphVerdict),
        (status = 400, description = "There is no token, or it is not said where it was earned", body = schemas::AstracaphRefusal),
        (status = 401, description = "The token is invalid or expired, or no site has this secret", body = schemas::AstracaphRefusal),
        (status = 403, description = "Another site or origin, or this caller may not verify", body = schemas::AstracaphRefusal),
        (status = 409, description = "The token was verified before", body = schemas::AstracaphRefusal),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many refused tokens from this address", body = schemas::AstracaphRefusal),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::AstracaphRefusal),
    )
)]
pub(super) async fn verify(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::verify(&engine, &door, "/api/v1/verify", &question.request()).await)
}

/// The same at the path for backends.
pub(super) async fn public_verify(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::verify(&engine, &door, "/public/api/v1/verify", &question.request()).await)
}

/// How sites are registered
#[utoipa::path(get, path = "/api/v1/sites", tag = "astracaph",
    responses((status = 200, description = "A note on usage")))]
pub(super) async fn sites(State(door): State<Arc<Door>>, question: Question) -> Response {
    answer(astracaph::sites(&door, &question.request()))
}

/// Register a site
#[utoipa::path(
    post,
    path = "/api/v1/sites",
    tag = "astracaph",
    request_body = schemas::AstracaphRegistration,
    responses(
        (status = 201, description = "The site's keys, shown once"),
        (status = "default", description = "Not registered", body = schemas::AstracaphFailure),
    )
)]
pub(super) async fn register(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::register(&engine, &door, &question.request()).await)
}

/// Give a registered site's origin up
#[utoipa::path(
    delete,
    path = "/api/v1/sites",
    tag = "astracaph",
    request_body = schemas::AstracaphRegistration,
    responses(
        (status = 200, description = "Removed"),
        (status = "default", description = "Not removed", body = schemas::AstracaphFailure),
    )
)]
pub(super) async fn unregister(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::unregister(&engine, &door, &question.request()).await)
}

/// Prove whose domain a registered site is for
#[utoipa::path(
    post,
    path = "/api/v1/sites/verify",
    tag = "astracaph",
    request_body = schemas::AstracaphRegistration,
    responses(
        (status = 200, description = "The domain names the site, which has the host to itself now"),
        (status = 422, description = "The domain's file was not reached or does not name the site", body = schemas::AstracaphFailure),
        (status = "default", description = "Not looked at", body = schemas::AstracaphFailure),
    )
)]
pub(super) async fn prove(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::prove(&engine, &door, &question.request()).await)
}

/// What a sandbox visit caused
#[utoipa::path(get, path = "/api/v1/logs", tag = "astracaph",
    responses((status = 200, description = "Entries, newest first")))]
pub(super) async fn logs(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(astracaph::logs(&engine, &door, &question.request()))
}

/// Whether the door is open
#[utoipa::path(get, path = "/api/v1/health", tag = "astracaph",
    responses((status = 200, description = "It is"), (status = 503, description = "The store does not answer")))]
pub(super) async fn health(State(engine): State<Arc<Engine>>, Arrival(visitor): Arrival) -> Response {
    answer(astracaph::health(&engine, &visitor).await)
}

/// The widget's loader
#[utoipa::path(get, path = "/api/v1/widget.js", tag = "astracaph",
    responses((status = 200, description = "A script", content_type = "application/javascript")))]
pub(super) async fn widget(State(assets): State<Arc<Assets>>, headers: HeaderMap) -> Response {
    let mut response = assets.by_plain_name("astracaph.js", &headers);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response.into_response()
}

/// What a page of another origin may send.
pub(super) async fn preflight(Arrival(visitor): Arrival) -> Response {
    answer(astracaph::preflight(&visitor))
}
