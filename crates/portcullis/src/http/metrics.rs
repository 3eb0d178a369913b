//! Numbers for Prometheus: requests by route, and what the engine counted.
//!
//! Every label is one of a fixed set (a route's template, a class of statuses, an event, a reason), so no visitor
//! can make a new series. A route's counters are looked up once, when the router is built; a request only adds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use portcullis_engine::{Engine, UnixMs};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// All numbers of the process.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
}

impl Metrics {
    /// `started_at` is when the process began to serve.
    pub(super) fn new(engine: Arc<Engine>, started_at: UnixMs) -> Self {
        let mut registry = Registry::default();
        let requests = Family::default();
        let durations = Family::new_with_constructor(histogram as fn() -> Histogram);
        let started = Gauge::<i64>::default();
        started.set(i64::try_from(started_at.0 / 1000).unwrap_or(i64::MAX));
        registry.register("process_start_time_seconds", "When the process began to serve", started);
        registry.register(
            "portcullis_http_requests",
            "Requests by route and class of the answer's status",
            requests.clone(),
        );
        registry.register(
            "portcullis_http_request_duration_seconds",
            "Time from a request's head to its answer's head, by route",
            durations.clone(),
        );
        registry.register_collector(Box::new(Gate(engine)));
        Self { registry, requests, durations }
    }

    /// The numbers of one route.
    pub(super) fn meter(&self, route: &'static str) -> Meter {
        Meter {
            by_class: CLASSES.map(|status| self.requests.get_or_create_owned(&Answered { route, status })),
            durations: self.durations.get_or_create_owned(&Route { route }),
        }
    }

    /// Everything in the OpenMetrics text format.
    pub(super) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::with_capacity(32 * 1024);
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// The content type of [`Metrics::text`].
    pub(super) const CONTENT_TYPE: &'static str =
        "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

/// The numbers of one route.
pub(super) struct Meter {
    by_class: [Counter; CLASSES.len()],
    durations: Histogram,
}

impl Meter {
    /// Counts one answer.
    pub(super) fn count(&self, status: StatusCode, took: Duration) {
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len());
        self.by_class[class - 1].inc();
        self.durations.observe(took.as_secs_f64());
    }
}

/// What happened at the gate, read from the engine whenever somebody asks.
struct Gate(Arc<Engine>);

impl Collector for Gate {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let (totals, wrong_secrets) = self.0.totals();
        let mut events = encoder.encode_descriptor(
            "portcullis_events",
            "What happened on all sites, by event and, for refusals and failures, reason",
            None,
            MetricType::Counter,
        )?;
        for (event, reason, number) in totals {
            let labels = [("event", event.code()), ("reason", reason)];
            ConstCounter::new(number).encode(events.encode_family(&labels)?)?;
        }
        let wrong = ConstCounter::new(wrong_secrets);
        wrong.encode(encoder.encode_descriptor(
            "portcullis_wrong_secrets",
            "Requests to siteverify with a secret key that no site has",
            None,
            MetricType::Counter,
        )?)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

fn histogram() -> Histogram {
    Histogram::new(BUCKETS)
}

/// Classes of statuses, as labels: `1xx` to `5xx`.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Upper bounds in seconds. An answer takes some 50 µs, a durable one around a millisecond, a late one seconds.
const BUCKETS: [f64; 12] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];
