//! Our pages that other pages frame.

use axum::http::StatusCode;

use super::{Answer, Gate};

fn assert_frameable(answer: &Answer) {
    assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
    // Safari knows no `credentialless`.
    assert_eq!(answer.header("cross-origin-embedder-policy"), "require-corp");
    assert_eq!(answer.header("cross-origin-opener-policy"), "");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
}

#[tokio::test]
async fn pages_that_isolate_themselves_may_frame_ours() {
    let gate = Gate::open().await;
    let crafy =
        gate.ask("POST", "/challenge/", &["content-type: application/x-www-form-urlencoded"], "").await;
    assert_eq!(crafy.status, StatusCode::BAD_REQUEST);
    assert_frameable(&crafy);
    assert!(crafy.header("content-security-policy").ends_with("; frame-ancestors *"));
    let referrer = ["referer: https://shop.example/page"];
    let astracaph = gate.ask("GET", "/captcha/widget", &referrer, "").await;
    assert_eq!(astracaph.status, StatusCode::OK);
    assert_frameable(&astracaph);
    // The sandbox's preview has no origin, and `*` would leave it out.
    assert!(!astracaph.header("content-security-policy").contains("frame-ancestors"));
}

#[tokio::test]
async fn a_worker_may_run_in_a_page_that_isolates_itself() {
    let worker = Gate::open().await.fetch("/assets/cap_worker.js").await;
    assert_eq!(worker.header("cross-origin-embedder-policy"), "require-corp");
    assert_eq!(worker.header("cross-origin-resource-policy"), "cross-origin");
}
