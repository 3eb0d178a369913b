//! What every request passes on its way in and out.
//!
//! One layer, not a stack of them: the visitor, the length of the address, the time limit, the net for panics, the
//! numbers and the debug log together cost one allocation. It is put onto each route by itself, so that a route
//! knows its own numbers without a look-up.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout};
use tower::{Layer, Service};

use super::limits::{ANSWER_TIME_MAX, TARGET_BYTES_MAX};
use super::metrics::Meter;
use super::refusal::Refusal;
use super::visitor::Visitors;

/// The layer for one route.
#[derive(Clone)]
pub(super) struct Edge {
    route: &'static str,
    visitors: Arc<Visitors>,
    meter: Arc<Meter>,
}

impl Edge {
    /// `route` is the route's template, for numbers and logs.
    pub(super) fn new(route: &'static str, visitors: Arc<Visitors>, meter: Meter) -> Self {
        Self { route, visitors, meter: Arc::new(meter) }
    }

    fn admit(&self, request: &mut Request) -> Result<(), Refusal> {
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > TARGET_BYTES_MAX {
            return Err(Refusal::TargetTooLong);
        }
        let visitor = self.visitors.visitor(request.extensions(), request.headers())?;
        request.extensions_mut().insert(visitor);
        Ok(())
    }

    fn leave(&self, response: &Response, took: Duration) {
        let status = response.status();
        self.meter.count(status, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::debug!(route = self.route, status = status.as_u16(), micros, "request answered");
    }
}

impl<S> Layer<S> for Edge {
    type Service = Passage<S>;

    fn layer(&self, inner: S) -> Passage<S> {
        Passage { edge: self.clone(), inner }
    }
}

/// A route with its edge.
#[derive(Clone)]
pub(super) struct Passage<S> {
    edge: Edge,
    inner: S,
}

impl<S> Service<Request> for Passage<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // tokio's clock, which a test can hold still: it measures, and decides about nothing that is kept.
        let began = Instant::now();
        let edge = self.edge.clone();
        let answer = edge.admit(&mut request).map(|()| self.inner.call(request));
        Box::pin(async move {
            let response = match answer {
                Ok(answer) => within_limits(answer, edge.route).await,
                Err(refusal) => refusal.into_response(),
            };
            edge.leave(&response, began.elapsed());
            Ok(response)
        })
    }
}

/// Waits for an answer, but not for ever, and turns a panic into an answer: a defect that one request meets must not
/// take the connection's other requests with it.
async fn within_limits(
    answer: impl Future<Output = Result<Response, Infallible>>,
    route: &'static str,
) -> Response {
    let mut answer = pin!(timeout(ANSWER_TIME_MAX, answer));
    // A panicked future is not polled again: the next step drops it.
    let outcome = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(outcome)) => Poll::Ready(Some(outcome)),
        Err(_panic) => Poll::Ready(None),
    });
    match outcome.await {
        Some(Ok(Ok(response))) => response,
        Some(Err(_elapsed)) => {
            tracing::warn!(route, "request timed out");
            Refusal::TimedOut.into_response()
        }
        None => {
            // The message and place of a panic go to the panic hook; here they could carry what a visitor sent.
            tracing::error!(route, "request handler panicked");
            Refusal::Internal.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use axum::http::StatusCode;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_never_comes_is_given_up() {
        let response = within_limits(pending(), "/").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()["retry-after"], "1");
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_without_details() {
        let panicking = poll_fn(|_| -> Poll<Result<Response, Infallible>> { panic!("a secret") });
        let response = within_limits(panicking, "/").await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, r#"{"success":false,"error":"Internal error","reason":"internal"}"#);
    }

    #[tokio::test]
    async fn an_answer_in_time_goes_through() {
        let answer = ready(Ok(StatusCode::NO_CONTENT.into_response()));
        assert_eq!(within_limits(answer, "/").await.status(), StatusCode::NO_CONTENT);
    }
}
