//! The Cap door's routes: for the widget in a visitor's browser, and Cap's own siteverify for backends.
//!
//! Each is there under `/cap/{site_key}/…` and, as Cap Standalone has it, under `/{site_key}/…`; the widget's two
//! also without a key, for the default site.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use portcullis_engine::Engine;
use portcullis_protocol::cap;

use super::question::{Question, SiteKey};
use super::reply::answer;
use super::schemas;
use super::visitor::Arrival;

/// Ask for a challenge
///
/// The body may be empty. Pages of other origins than the site's are refused. A busy address is given harder
/// puzzles, and refused only far beyond its quota.
#[utoipa::path(
    post,
    path = "/cap/{site_key}/challenge",
    tag = "widget",
    params(
        ("site_key" = String, Path, description = "The site's public key"),
        ("vendor" = Option<String>, Query, description = "Whose script the page works with: `recaptcha`, \
            `recaptcha-v3`, `hcaptcha` or `turnstile`. The token is then none at another vendor's siteverify"),
    ),
    request_body(content = Option<schemas::ChallengeRequest>, description = "May be empty"),
    responses(
        (status = 200, description = "A challenge", body = schemas::Challenge),
        (status = 400, description = "`action` or `cdata` is not what it should be", body = schemas::Failure),
        (status = 403, description = "The page's origin may not use this site", body = schemas::Failure),
        (status = 404, description = "No site has this key", body = schemas::Failure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Far too many requests from this address", body = schemas::Failure),
        (status = 503, description = "The store does not answer", body = schemas::Failure),
    )
)]
pub(super) async fn challenge(
    State(engine): State<Arc<Engine>>,
    site_key: Option<SiteKey>,
    question: Question,
) -> Response {
    let site_key = site_key.as_ref().map(SiteKey::as_str);
    answer(cap::challenge(&engine, site_key, &question.request()).await)
}

/// Redeem a solved challenge for a token
///
/// Wrong solutions do not use the challenge up. A redeemed challenge may be redeemed again only when every earlier
/// token of it has expired unspent. Sites with the `capjs-server` profile answer failures with status 200.
#[utoipa::path(
    post,
    path = "/cap/{site_key}/redeem",
    tag = "widget",
    params(("site_key" = String, Path, description = "The site's public key")),
    request_body = schemas::RedeemRequest,
    responses(
        (status = 200, description = "A token", body = schemas::Token),
        (status = 400, description = "The body is not what it should be", body = schemas::Failure),
        (status = 403, description = "The solutions, the challenge or the origin are refused", body = schemas::Failure),
        (status = 404, description = "No site has this key", body = schemas::Failure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Far too many requests from this address", body = schemas::Failure),
        (status = 503, description = "The store does not answer", body = schemas::Failure),
    )
)]
pub(super) async fn redeem(
    State(engine): State<Arc<Engine>>,
    site_key: Option<SiteKey>,
    question: Question,
) -> Response {
    let site_key = site_key.as_ref().map(SiteKey::as_str);
    answer(cap::redeem(&engine, site_key, &question.request()).await)
}

/// Verify a token, with Cap's statuses
///
/// For backends, never for browsers: there is no CORS. A token is spent by its first verdict.
#[utoipa::path(
    post,
    path = "/cap/{site_key}/siteverify",
    tag = "backend",
    params(("site_key" = String, Path, description = "The site's public key")),
    request_body(content(
        (schemas::SiteverifyRequest = "application/json"),
        (schemas::SiteverifyRequest = "application/x-www-form-urlencoded"),
    )),
    responses(
        (status = 200, description = "The token is good and now spent", body = schemas::CapVerdict),
        (status = 400, description = "A parameter is missing", body = schemas::Failure),
        (status = 403, description = "The secret key is wrong, or the token expired", body = schemas::Failure),
        (status = 404, description = "No site has this key, or the token is unknown or spent", body = schemas::Failure),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 429, description = "Too many wrong secrets from this address", body = schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::Failure),
    )
)]
pub(super) async fn siteverify(
    State(engine): State<Arc<Engine>>,
    site_key: SiteKey,
    question: Question,
) -> Response {
    answer(cap::siteverify(&engine, site_key.as_str(), &question.request()).await)
}

/// What a page of another origin may send.
pub(super) async fn preflight(
    State(engine): State<Arc<Engine>>,
    site_key: Option<SiteKey>,
    Arrival(visitor): Arrival,
) -> Response {
    answer(cap::preflight(&engine, site_key.as_ref().map(SiteKey::as_str), &visitor))
}
