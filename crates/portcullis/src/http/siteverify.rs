//! The siteverify doors' routes, for backends that speak one of the three vendors' dialects or all of them at once.
//!
//! Each path picks its vendor's profile: which bodies are taken, which fields and error codes are answered. All of
//! them answer 200 with `success` true or false, but for a store that does not answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use portcullis_engine::Engine;
use portcullis_protocol::siteverify::{self, Profile, TestKeys};
use utoipa::ToSchema;

use super::question::Question;
use super::reply::answer;
use super::schemas;

/// Verify a token: every dialect's fields at once
#[utoipa::path(
    post,
    path = "/siteverify",
    tag = "backend",
    request_body(content(
        (schemas::SiteverifyRequest = "application/json"),
        (schemas::SiteverifyRequest = "application/x-www-form-urlencoded"),
        (schemas::SiteverifyRequest = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "The verdict; `success` decides", body = schemas::Verdict),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::Verdict),
    )
)]
pub(super) async fn superset(
    State(engine): State<Arc<Engine>>,
    State(test_keys): State<TestKeys>,
    question: Question,
) -> Response {
    answer(siteverify::siteverify(&engine, Profile::Superset, test_keys, &question.request()).await)
}

/// Verify a token as reCAPTCHA does
#[utoipa::path(
    post,
    path = "/recaptcha/api/siteverify",
    tag = "backend",
    request_body(content(
        (schemas::SiteverifyRequest = "application/x-www-form-urlencoded"),
        (schemas::SiteverifyRequest = "application/json"),
    )),
    responses(
        (status = 200, description = "The verdict; `success` decides", body = schemas::RecaptchaVerdict),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::RecaptchaVerdict),
    )
)]
pub(super) async fn recaptcha(
    State(engine): State<Arc<Engine>>,
    State(test_keys): State<TestKeys>,
    question: Question,
) -> Response {
    answer(siteverify::siteverify(&engine, Profile::Recaptcha, test_keys, &question.request()).await)
}

/// Verify a token as hCaptcha does
///
/// Takes forms only, as hCaptcha does.
#[utoipa::path(
    post,
    path = "/hcaptcha/siteverify",
    tag = "backend",
    request_body(content(
        (schemas::SiteverifyRequest = "application/x-www-form-urlencoded"),
        (schemas::SiteverifyRequest = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "The verdict; `success` decides", body = schemas::HcaptchaVerdict),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::HcaptchaVerdict),
    )
)]
pub(super) async fn hcaptcha(
    State(engine): State<Arc<Engine>>,
    State(test_keys): State<TestKeys>,
    question: Question,
) -> Response {
    answer(siteverify::siteverify(&engine, Profile::Hcaptcha, test_keys, &question.request()).await)
}

/// Whether a site key may be used on a host, as hCaptcha says it
///
/// For hCaptcha's WordPress plugin, which asks before it saves a key.
#[utoipa::path(
    post,
    path = "/hcaptcha/checksiteconfig",
    tag = "backend",
    params(
        ("sitekey" = String, Query, description = "The site key"),
        ("host" = Option<String>, Query, description = "The host of the pages, without scheme and port"),
    ),
    responses((status = 200, description = "`pass` decides", body = HcaptchaSiteConfig))
)]
pub(super) async fn hcaptcha_site_config(
    State(engine): State<Arc<Engine>>,
    State(test_keys): State<TestKeys>,
    question: Question,
) -> Response {
    answer(siteverify::check_site_config(&engine, test_keys, &question.request()))
}

/// Verify a token as Turnstile does
#[utoipa::path(
    post,
    path = "/turnstile/v0/siteverify",
    tag = "backend",
    request_body(content(
        (schemas::SiteverifyRequest = "application/json"),
        (schemas::SiteverifyRequest = "application/x-www-form-urlencoded"),
        (schemas::SiteverifyRequest = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "The verdict; `success` decides", body = schemas::TurnstileVerdict),
        (status = 413, description = "The body is longer than 64 KiB", body = schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = schemas::TurnstileVerdict),
    )
)]
pub(super) async fn turnstile(
    State(engine): State<Arc<Engine>>,
    State(test_keys): State<TestKeys>,
    question: Question,
) -> Response {
    answer(siteverify::siteverify(&engine, Profile::Turnstile, test_keys, &question.request()).await)
}

/// Whether a site key may be used on a host, in hCaptcha's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, never built")]
struct HcaptchaSiteConfig {
    /// Whether a site has this key and lists this host.
    pass: bool,
    /// Why not, for a person; absent where it may.
    error: Option<String>,
    /// What the vendor sells, and nobody has here: each is false. Absent where the key is not good.
    features: Option<BTreeMap<String, bool>>,
}
