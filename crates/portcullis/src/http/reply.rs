//! A door's reply as an answer.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use portcullis_protocol::Reply;

use super::refusal::Refusal;
use super::security_headers::NOSNIFF;

/// Sends what a door replied. A reply that HTTP cannot carry is a defect of ours, and answered as one.
pub(super) fn answer(reply: Reply) -> Response {
    written(reply).unwrap_or_else(|| {
        tracing::error!("a door's reply has a status or header that HTTP cannot carry");
        Refusal::Internal.into_response()
    })
}

fn written(reply: Reply) -> Option<Response> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).ok()?;
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::try_from(value).ok()?);
    }
    let (name, value) = NOSNIFF;
    headers.insert(name, value);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_cannot_be_sent_is_our_defect_and_no_panic() {
        for (status, header) in [(99, "x"), (200, "line\r\nbreak"), (1000, "x")] {
            let headers = vec![("Vary", header.to_owned())];
            let response = answer(Reply { status, headers, body: Vec::new() });
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{status} {header:?}");
        }
    }

    #[test]
    fn a_reply_keeps_its_headers() {
        let headers = vec![("Vary", "origin".to_owned()), ("retry-after", "3".to_owned())];
        let response = answer(Reply { status: 429, headers, body: b"{}".to_vec() });
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()["vary"], "origin");
        assert_eq!(response.headers()["retry-after"], "3");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    }
}
