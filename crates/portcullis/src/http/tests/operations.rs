//! What whoever runs the server asks.

use axum::http::StatusCode;
use serde_json::json;

use super::Gate;
use crate::http::openapi;

#[tokio::test]
async fn a_sound_server_is_alive_and_ready() {
    let gate = Gate::open().await;
    assert_eq!(gate.fetch("/healthz").await.json(), json!({ "status": "ok" }));
    assert_eq!(gate.fetch("/readyz").await.json(), json!({ "status": "ready" }));
}

#[tokio::test]
async fn numbers_are_of_a_fixed_set() {
    let gate = Gate::open().await;
    gate.token("https://shop.example").await;
    gate.ask("POST", "/siteverify", &["content-type: application/json"], r#"{"secret":"x","response":"y"}"#)
        .await;
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    let before = gate.fetch("/metrics").await;
    assert_eq!(before.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    for line in [
        "process_start_time_seconds 1767225600",
        "portcullis_events_total{event=\"challenge\",reason=\"\"} 1",
        "portcullis_events_total{event=\"redeem\",reason=\"\"} 1",
        "portcullis_wrong_secrets_total 1",
        "portcullis_http_requests_total{route=\"/cap/{site_key}/redeem\",status=\"2xx\"} 1",
        "portcullis_http_request_duration_seconds_count{route=\"/siteverify\"} 1",
    ] {
        assert!(before.text().lines().any(|found| found == line), "{line} is not in\n{}", before.text());
    }
    assert!(before.text().ends_with("# EOF\n"));
    for number in 0..100 {
        gate.fetch(&format!("/invented/{number}")).await;
        gate.ask("POST", &format!("/cap/invented{number}/challenge"), &[], "").await;
    }
    let after = gate.fetch("/metrics").await;
    assert_eq!(series(before.text()), series(after.text()), "a visitor cannot make a series");
    assert!(after.text().contains("portcullis_http_requests_total{route=\"unknown\",status=\"4xx\"} 100"));
}

#[tokio::test]
async fn the_document_is_served_as_it_is_printed() {
    let gate = Gate::open().await;
    let served = gate.fetch("/openapi.json").await;
    assert_eq!(served.status, StatusCode::OK);
    assert_eq!(served.text(), openapi::document());
    insta::assert_snapshot!("openapi", openapi::document());
}
