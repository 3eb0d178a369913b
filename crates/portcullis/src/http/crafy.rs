//! The Crafy door: calls of backends, and of the challenge page.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::Engine;
use portcullis_protocol::crafy;

use super::crafy_schemas;
use super::drawing::Easel;
use super::question::Question;
use super::refusal::Refusal;
use super::reply::answer as reply;
use super::schemas;
use super::security_headers::NOSNIFF;
use super::visitor::Arrival;

/// Log in, or fetch a flow's verdict
///
/// `?action=authenticate` takes the site's two keys and answers a bearer token; `?action=check_flow` takes that and
/// a flow token, and answers its verdict once.
#[utoipa::path(
    post,
    path = "/api/",
    tag = "crafy",
    params(("action" = String, Query, description = "`authenticate` or `check_flow`")),
    request_body = crafy_schemas::CrafyCall,
    responses(
        (status = 200, description = "What was asked for", body = crafy_schemas::CrafySuccess),
        (status = 400, description = "The body is not what it should be", body = crafy_schemas::CrafyFailure),
        (status = 401, description = "Wrong keys, or a bearer token that is not good any more", body = crafy_schemas::CrafyFailure),
        (status = 404, description = "There is no such action, or no such flow of this site", body = crafy_schemas::CrafyFailure),
        (status = 409, description = "The flow was consumed before, or has expired", body = crafy_schemas::CrafyFailure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many calls", body = crafy_schemas::CrafyFailure),
        (status = 503, description = "The store does not answer", body = crafy_schemas::CrafyFailure),
    )
)]
pub(super) async fn api(State(engine): State<Arc<Engine>>, question: Question) -> Response {
    reply(crafy::api(&engine, &question.request()).await)
}

/// Which Turnstile site key a site's pages use
#[utoipa::path(
    get,
    path = "/api/turnstile_site_key.php",
    tag = "crafy",
    params(("pk" = String, Query, description = "The site key")),
    responses(
        (status = 200, description = "The key or null, signed", body = crafy_schemas::CrafySuccess),
        (status = 404, description = "No site has this key", body = crafy_schemas::CrafyFailure),
    )
)]
pub(super) async fn turnstile_site_key(State(engine): State<Arc<Engine>>, uri: Uri) -> Response {
    reply(crafy::turnstile_site_key(&engine, uri.query()))
}

/// Answer a step of a flow
#[utoipa::path(
    post,
    path = "/challenge/answer",
    tag = "crafy",
    request_body = crafy_schemas::CrafyAnswer,
    responses(
        (status = 200, description = "The signed outcome, another step, or what else to do", body = crafy_schemas::CrafyOutcome),
        (status = 400, description = "The answer is not what it should be", body = crafy_schemas::CrafyRefusal),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many answers", body = crafy_schemas::CrafyRefusal),
        (status = 503, description = "The store does not answer", body = crafy_schemas::CrafyRefusal),
    )
)]
pub(super) async fn answer(State(engine): State<Arc<Engine>>, question: Question) -> Response {
    reply(crafy::answer(&engine, &question.request()).await)
}

/// Begin to hold a button
#[utoipa::path(
    post,
    path = "/challenge/begin",
    tag = "crafy",
    request_body = crafy_schemas::CrafyStepName,
    responses(
        (status = 200, description = "Noted, or what else to do", body = crafy_schemas::CrafyOutcome),
        (status = 400, description = "The step has no button", body = crafy_schemas::CrafyRefusal),
        (status = 503, description = "The store does not answer", body = crafy_schemas::CrafyRefusal),
    )
)]
pub(super) async fn begin(State(engine): State<Arc<Engine>>, question: Question) -> Response {
    reply(crafy::begin(&engine, &question.request()).await)
}

/// Ask for work in place of a picture
#[utoipa::path(
    post,
    path = "/challenge/alternative",
    tag = "crafy",
    request_body = crafy_schemas::CrafyStepName,
    responses(
        (status = 200, description = "The step that stands in", body = crafy_schemas::CrafyOutcome),
        (status = 400, description = "There is nothing to stand in for", body = crafy_schemas::CrafyRefusal),
        (status = 503, description = "The store does not answer", body = crafy_schemas::CrafyRefusal),
    )
)]
pub(super) async fn alternative(State(engine): State<Arc<Engine>>, question: Question) -> Response {
    reply(crafy::alternative(&engine, &question.request()).await)
}

/// A step's picture
#[utoipa::path(
    get,
    path = "/challenge/picture",
    tag = "crafy",
    params(
        ("step" = String, Query, description = "The step"),
        ("part" = Option<String>, Query, description = "`board` or `piece`"),
        ("theme" = Option<String>, Query, description = "`light` or `dark`"),
        ("density" = Option<u8>, Query, description = "Device pixels for each CSS pixel, 1 or 2"),
    ),
    responses(
        (status = 200, description = "A picture"),
        (status = 400, description = "The step has no such picture", body = crafy_schemas::CrafyRefusal),
        (status = 410, description = "The step is no more: expired, or of another key", body = crafy_schemas::CrafyRefusal),
        (status = 429, description = "Too many pictures", body = crafy_schemas::CrafyRefusal),
        (status = 503, description = "The store does not answer, or too many pictures are being drawn", body = crafy_schemas::CrafyRefusal),
    )
)]
pub(super) async fn picture(
    State(engine): State<Arc<Engine>>,
    State(easel): State<Arc<Easel>>,
    Arrival(visitor): Arrival,
    uri: Uri,
) -> Response {
    let (drawing, part) = match crafy::picture(&engine, uri.query(), &visitor).await {
        Ok(wish) => wish,
        Err(refused) => return reply(refused),
    };
    let Some(picture) = easel.draw(drawing).await else { return Refusal::Busy.into_response() };
    match picture.part(part) {
        Some((media_type, bytes)) => drawn(media_type, bytes),
        None => Refusal::NotFound.into_response(),
    }
}

fn drawn(media_type: &'static str, bytes: &[u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        // The same step is the same picture, and it is this visitor's alone.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600, immutable")),
        NOSNIFF,
    ];
    (StatusCode::OK, headers, Body::from(bytes.to_vec())).into_response()
}
