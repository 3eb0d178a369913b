//! The ALTCHA door's routes: for the widget in a visitor's browser, and for backends.
//!
//! Each is there under `/altcha/…` and where the published server has it, so that a page of that server's changes the
//! host of its URL and nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use portcullis_engine::Engine;
use portcullis_protocol::altcha::{self, Door, Entrance};

use super::altcha_schemas;
use super::question::Question;
use super::reply::answer;
use super::schemas;

/// Ask for a challenge of ALTCHA's
///
/// The format is the one that the site is set to. Pages of other origins than the site's are refused.
#[utoipa::path(
    get,
    path = "/altcha/challenge",
    tag = "altcha",
    params(
        ("apiKey" = Option<String>, Query, description = "The site's public key; absent for the default site"),
        ("verification" = Option<String>, Query, description = "`server` has the widget's work verified here, which is the default at `/v1/challenge`; anything else has not"),
        ("params.*" = Option<String>, Query, description = "Up to ten values that come back with the verdict"),
    ),
    responses(
        (status = 200, description = "A challenge", body = altcha_schemas::AltchaChallenge,
            headers(("x-altcha-config" = Option<String>, description = "Where to verify, if the work is to be verified here"))),
        (status = 400, description = "A param is not what it should be", body = altcha_schemas::AltchaFailure),
        (status = 403, description = "The page's origin may not use this site, or the site has closed this door", body = altcha_schemas::AltchaFailure),
        (status = 404, description = "No site has this key", body = altcha_schemas::AltchaFailure),
        (status = 429, description = "Far too many requests from this address", body = altcha_schemas::AltchaFailure),
        (status = 503, description = "The store does not answer, or too much is being computed", body = altcha_schemas::AltchaFailure),
    )
)]
pub(super) async fn challenge(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(altcha::challenge(&engine, &door, Entrance::Own, &question.request()).await)
}

/// The same where the published server has it.
pub(super) async fn v1_challenge(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(altcha::challenge(&engine, &door, Entrance::Published, &question.request()).await)
}

/// Verify a widget's work, or what a form brought
///
/// JSON that names no secret is a widget's: it is answered with a payload that the server signed, which goes into the
/// form. With the site's secret it is a backend that hands in what it found in the form: work, or such a payload. Either
/// is good once. Every form is a backend's, and a secret that is empty is missing.
#[utoipa::path(
    post,
    path = "/altcha/verify",
    tag = "altcha",
    params(("apiKey" = Option<String>, Query, description = "The site's public key; widgets need it")),
    request_body(content(
        (altcha_schemas::AltchaVerify = "application/json"),
        (altcha_schemas::AltchaVerify = "application/x-www-form-urlencoded"),
        (altcha_schemas::AltchaVerify = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "The verdict; `verified` decides", body = altcha_schemas::AltchaVerdict),
        (status = 400, description = "The body or the payload is not what it should be", body = altcha_schemas::AltchaFailure),
        (status = 401, description = "No site has this secret", body = altcha_schemas::AltchaFailure),
        (status = 403, description = "The page's origin may not use this site, or the site has closed this door", body = altcha_schemas::AltchaFailure),
        (status = 404, description = "No site has this key", body = altcha_schemas::AltchaFailure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many requests from this address", body = altcha_schemas::AltchaFailure),
        (status = 503, description = "The store does not answer, or too much is being computed", body = altcha_schemas::AltchaFailure),
    )
)]
pub(super) async fn verify(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(altcha::verify(&engine, &door, &question.request()).await)
}

/// Verify a payload that this server signed
///
/// For backends: the secret stands in the body or, where the body names none, behind the site key in
/// `Authorization: Basic`. Work is taken too.
#[utoipa::path(
    post,
    path = "/altcha/verify/signature",
    tag = "altcha",
    request_body = altcha_schemas::AltchaVerify,
    responses(
        (status = 200, description = "The verdict; `verified` decides", body = altcha_schemas::AltchaVerdict),
        (status = 400, description = "The body or the payload is not what it should be", body = altcha_schemas::AltchaFailure),
        (status = 401, description = "No site has this secret", body = altcha_schemas::AltchaFailure),
        (status = 403, description = "The site has closed this door", body = altcha_schemas::AltchaFailure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many wrong secrets from this address", body = altcha_schemas::AltchaFailure),
        (status = 503, description = "The store did not answer in time; the payload may have been spent", body = altcha_schemas::AltchaFailure),
    )
)]
pub(super) async fn verify_signature(
    State(engine): State<Arc<Engine>>,
    State(door): State<Arc<Door>>,
    question: Question,
) -> Response {
    answer(altcha::verify_signature(&engine, &door, &question.request()).await)
}

/// What a page of another origin may send.
pub(super) async fn preflight(State(engine): State<Arc<Engine>>, question: Question) -> Response {
    let request = question.request();
    answer(altcha::preflight(&engine, request.query, request.visitor))
}
