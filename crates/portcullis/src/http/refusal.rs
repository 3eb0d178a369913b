//! What the HTTP side itself refuses, before or instead of a door.
//!
//! One enum, one `match` each for status and body. The bodies have the shape that the doors' failures have, so that
//! a client reads one shape everywhere.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::security_headers::NOSNIFF;

/// A refusal of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The body did not arrive in time.
    BodyLate,
    /// The body is longer than [`BODY_BYTES_MAX`](super::limits::BODY_BYTES_MAX).
    BodyTooLarge,
    /// The body broke off.
    BodyUnreadable,
    /// Too much is being computed.
    Busy,
    /// A defect of ours.
    Internal,
    /// There is such a path, for other methods.
    MethodNotAllowed,
    /// There is no such path.
    NotFound,
    /// The store does not answer.
    NotReady,
    /// The answer was not ready in time.
    TimedOut,
    /// The path and query are longer than [`TARGET_BYTES_MAX`](super::limits::TARGET_BYTES_MAX).
    TargetTooLong,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::BodyLate => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyUnreadable => StatusCode::BAD_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Busy | Self::NotReady | Self::TimedOut => StatusCode::SERVICE_UNAVAILABLE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
        }
    }

    /// Written out, as nothing in them varies.
    fn body(self) -> &'static str {
        match self {
            Self::BodyLate => {
                r#"{"success":false,"error":"The request body did not arrive in time","reason":"body_late"}"#
            }
            Self::BodyTooLarge => {
                r#"{"success":false,"error":"The request body is too large","reason":"body_too_large"}"#
            }
            Self::BodyUnreadable => {
                r#"{"success":false,"error":"The request body broke off","reason":"body_unreadable"}"#
            }
            Self::Busy => r#"{"success":false,"error":"Too many pictures are being drawn","reason":"busy"}"#,
            Self::Internal => r#"{"success":false,"error":"Internal error","reason":"internal"}"#,
            Self::MethodNotAllowed => {
                r#"{"success":false,"error":"Method not allowed","reason":"method_not_allowed"}"#
            }
            Self::NotFound => r#"{"success":false,"error":"Not found","reason":"not_found"}"#,
            Self::NotReady => {
                r#"{"success":false,"error":"The store does not answer","reason":"unavailable"}"#
            }
            Self::TimedOut => {
                r#"{"success":false,"error":"The answer was not ready in time","reason":"timed_out"}"#
            }
            Self::TargetTooLong => {
                r#"{"success":false,"error":"The address is too long","reason":"target_too_long"}"#
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            NOSNIFF,
        ];
        let mut response = (self.status(), headers, self.body()).into_response();
        match self {
            // What is left of such a body would have to be read before the next request.
            Self::BodyLate | Self::BodyTooLarge | Self::BodyUnreadable => {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::Busy | Self::NotReady | Self::TimedOut => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Internal | Self::MethodNotAllowed | Self::NotFound | Self::TargetTooLong => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_body_is_json_of_the_one_shape() {
        for refusal in [
            Refusal::BodyLate,
            Refusal::BodyTooLarge,
            Refusal::BodyUnreadable,
            Refusal::Busy,
            Refusal::Internal,
            Refusal::MethodNotAllowed,
            Refusal::NotFound,
            Refusal::NotReady,
            Refusal::TimedOut,
            Refusal::TargetTooLong,
        ] {
            let body: serde_json::Map<_, _> = serde_json::from_str(refusal.body()).unwrap();
            assert_eq!(body.keys().collect::<Vec<_>>(), ["error", "reason", "success"], "{refusal:?}");
            assert_eq!(body["success"], false);
            assert!(!refusal.status().is_success());
        }
    }
}
