//! What is too much, too long or too late.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::StatusCode;
use hyper::body::Frame;

use super::Gate;
use crate::http::limits::{BODY_BYTES_MAX, TARGET_BYTES_MAX};

#[tokio::test]
async fn a_long_body_is_refused_whatever_its_length_claims() {
    let gate = Gate::open().await;
    let long = vec![b' '; BODY_BYTES_MAX + 1];
    let paths = [
        gate.at("challenge"),
        gate.at("redeem"),
        gate.at("siteverify"),
        "/siteverify".to_owned(),
        "/hcaptcha/siteverify".to_owned(),
        "/demo/submit".to_owned(),
    ];
    for path in paths {
        for claim in [&["content-length: 10000000"][..], &["content-length: 5"], &["content-length: x"], &[]]
        {
            let answer = gate.ask("POST", &path, claim, long.clone()).await;
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{path} {claim:?}");
            assert_eq!(answer.reason(), "body_too_large");
            assert_eq!(answer.header("connection"), "close");
        }
    }
    let claimed = gate.ask("POST", "/siteverify", &["content-length: 65537"], Body::new(Silent)).await;
    assert_eq!(claimed.status, StatusCode::PAYLOAD_TOO_LARGE, "without waiting for it");
}

#[tokio::test]
async fn the_longest_body_is_read() {
    let gate = Gate::open().await;
    let answer = gate.ask("POST", "/siteverify", &[], vec![b' '; BODY_BYTES_MAX]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["success"], false);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let gate = Gate::open().await;
    let answer = gate.ask("POST", &gate.at("redeem"), &[], Body::new(Silent)).await;
    assert_eq!((answer.status, &*answer.reason()), (StatusCode::REQUEST_TIMEOUT, "body_late"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_so() {
    let gate = Gate::open().await;
    let answer = gate.ask("POST", &gate.at("redeem"), &[], Body::new(Broken)).await;
    assert_eq!((answer.status, &*answer.reason()), (StatusCode::BAD_REQUEST, "body_unreadable"));
}

#[tokio::test]
async fn a_long_address_is_refused() {
    let gate = Gate::open().await;
    let target = format!("/siteverify?x={}", "y".repeat(TARGET_BYTES_MAX));
    let answer = gate.ask("POST", &target, &[], "").await;
    assert_eq!((answer.status, &*answer.reason()), (StatusCode::URI_TOO_LONG, "target_too_long"));
}

/// A body that never comes.
struct Silent;

impl HttpBody for Silent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// A body whose sender goes away.
struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
