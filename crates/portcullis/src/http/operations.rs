//! For whoever runs the server: is it alive, can it serve, what does it do.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::Engine;
use tokio::time::timeout;

use super::metrics::Metrics;
use super::openapi;
use super::refusal::Refusal;
use super::security_headers::NOSNIFF;

/// Whether the process is alive
///
/// Asks nothing of the store: a restart would not bring the store back.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operations",
    responses((status = 200, description = "Alive", body = super::schemas::Health))
)]
pub(super) async fn healthz() -> Response {
    json(r#"{"status":"ok"}"#)
}

/// Whether the store answers, so that requests can be served
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 200, description = "Ready", body = super::schemas::Health),
        (status = 503, description = "The store does not answer", body = super::schemas::Failure),
    )
)]
pub(super) async fn readyz(State(engine): State<Arc<Engine>>) -> Response {
    match timeout(READY_TIME_MAX, engine.ready()).await {
        Ok(Ok(())) => json(r#"{"status":"ready"}"#),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer");
            Refusal::NotReady.into_response()
        }
        Err(_elapsed) => Refusal::NotReady.into_response(),
    }
}

/// Numbers for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    responses((status = 200, description = "OpenMetrics text", content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => {
            let content_type = HeaderValue::from_static(Metrics::CONTENT_TYPE);
            ([(header::CONTENT_TYPE, content_type), NOSNIFF], text).into_response()
        }
        Err(_) => Refusal::Internal.into_response(),
    }
}

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operations",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
pub(super) async fn document() -> Response {
    json(openapi::shared())
}

fn json(body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        NOSNIFF,
    ];
    (headers, body).into_response()
}

/// How long the store may take to be called ready.
const READY_TIME_MAX: Duration = Duration::from_secs(2);
