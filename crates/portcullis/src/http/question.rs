//! A request's bytes, as the doors take them.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use http_body_util::LengthLimitError;
use portcullis_engine::Visitor;
use portcullis_protocol as protocol;
use tokio::time::timeout;

use super::limits::{BODY_BYTES_MAX, BODY_TIME_MAX, SITE_KEY_MAX};
use super::refusal::Refusal;
use super::reserved::is_reserved;
use super::visitor::Arrival;

/// A whole request: who asks, and what.
pub(super) struct Question {
    visitor: Visitor,
    content_type: Option<HeaderValue>,
    authorization: Option<HeaderValue>,
    uri: Uri,
    body: Bytes,
}

impl Question {
    /// The request as a door takes it.
    pub(super) fn request(&self) -> protocol::Request<'_> {
        protocol::Request {
            content_type: self.content_type.as_ref().and_then(|value| value.to_str().ok()),
            authorization: self.authorization.as_ref().and_then(|value| value.to_str().ok()),
            query: self.uri.query(),
            body: &self.body,
            visitor: &self.visitor,
        }
    }

    /// The body alone, for forms of our own.
    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Who asks.
    pub(super) fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}

impl<S: Sync> FromRequest<S> for Question {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Arrival(visitor) = Arrival::from_request_parts(&mut parts, state).await?;
        let body = read(&parts.headers, body).await?;
        let content_type = parts.headers.remove(header::CONTENT_TYPE);
        let authorization = parts.headers.remove(header::AUTHORIZATION);
        Ok(Self { visitor, content_type, authorization, uri: parts.uri, body })
    }
}

/// The site key in a path: up to 128 letters, digits, `-` and `_`, and no first segment of ours. Anything else is a
/// path that does not exist. Optional on routes that are there without a key too.
pub(super) struct SiteKey(String);

impl SiteKey {
    /// The key.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SiteKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state)
            .await?
            .ok_or(Refusal::NotFound)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for SiteKey {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Refusal> {
        let parameters =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Refusal::NotFound)?;
        let Some((_, key)) = parameters.iter().next() else { return Ok(None) };
        let is_sound = (1..=SITE_KEY_MAX).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if is_sound && !is_reserved(key) { Ok(Some(Self(key.to_owned()))) } else { Err(Refusal::NotFound) }
    }
}

async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
    let claimed = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if claimed.is_some_and(|claimed: u64| claimed > BODY_BYTES_MAX as u64) {
        return Err(Refusal::BodyTooLarge);
    }
    // The claim may lie or be absent, so what arrives is counted too.
    let arrived = timeout(BODY_TIME_MAX, to_bytes(body, BODY_BYTES_MAX)).await;
    arrived.map_err(|_elapsed| Refusal::BodyLate)?.map_err(|problem| {
        let is_too_long =
            std::error::Error::source(&problem).is_some_and(|source| source.is::<LengthLimitError>());
        if is_too_long { Refusal::BodyTooLarge } else { Refusal::BodyUnreadable }
    })
}
