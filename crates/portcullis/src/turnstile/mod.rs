//! Cloudflare Turnstile as a second opinion on visitors.
//!
//! [`Turnstile`] is what the engine asks: it verifies tokens at Cloudflare's siteverify, for a bounded time, with a
//! bounded number of questions at once, and leaves Cloudflare alone while it does not answer. Whatever goes wrong is no
//! opinion. [`Widgets`] is the operator's side: the widgets of a Cloudflare account, and [`sync`](plan) which of them
//! serves a site. Only what Cloudflare documents is relied on.
//!
//! No token, secret or address is written to the log.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use portcullis_engine::{Clock, Opinion, OpinionQuestion, SecondOpinion, UnixMs};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::circuit::{Change, Circuit};
use siteverify::{Heard, Siteverify, is_token};

pub(crate) use plan::{Plan, PlanError, plan, wanted_domains};
pub(crate) use settings::TurnstileSettings;
pub(crate) use widgets::{ApiToken, NewWidget, Widget, WidgetError, WidgetMode, Widgets};

mod plan;
mod settings;
mod siteverify;
mod widgets;

/// Asks Cloudflare about visitors.
pub(crate) struct Turnstile {
    siteverify: Arc<Siteverify>,
    places: Arc<Semaphore>,
    budget: Duration,
    watched: Arc<Watched>,
}

/// What is remembered of earlier questions.
struct Watched {
    circuit: Mutex<Circuit>,
    /// When a wrong secret was last told.
    told: Mutex<Option<UnixMs>>,
    clock: Arc<dyn Clock>,
}

impl Turnstile {
    /// Nobody is asked yet.
    pub(crate) fn new(settings: &TurnstileSettings, clock: Arc<dyn Clock>) -> Self {
        let budget = Duration::from_millis(settings.timeout_ms);
        Self {
            siteverify: Arc::new(Siteverify::new(&settings.siteverify_url, budget)),
            places: Arc::new(Semaphore::new(QUESTIONS_MAX)),
            budget,
            watched: Arc::new(Watched { circuit: Mutex::default(), told: Mutex::default(), clock }),
        }
    }
}

#[async_trait]
impl SecondOpinion for Turnstile {
    async fn ask(&self, question: OpinionQuestion<'_>) -> Opinion {
        if !is_token(question.token) {
            return Opinion::Failed;
        }
        let Ok(place) = self.places.clone().try_acquire_owned() else { return Opinion::Unknown };
        if !self.watched.admits() {
            return Opinion::Unknown;
        }
        let mut body = json!({
            "secret": question.secret.expose(),
            "response": question.token,
            "idempotency_key": question.retry_key,
        });
        if let Some(address) = question.address {
            body["remoteip"] = address.to_canonical().to_string().into();
        }
        let (siteverify, watched) = (self.siteverify.clone(), self.watched.clone());
        let site_key = question.site_key.to_owned();
        let asking = tokio::task::spawn_blocking(move || {
            // Given back when the answer is there, not when the visitor has gone.
            let _place = place;
            let heard = siteverify.ask(&body.to_string());
            watched.note(&heard, &site_key);
            heard
        });
        match timeout(self.budget, asking).await {
            Ok(Ok(Heard::Opinion(opinion))) => opinion,
            Ok(_) | Err(_) => Opinion::Unknown,
        }
    }
}

impl Watched {
    fn admits(&self) -> bool {
        self.with_circuit(|circuit| circuit.admit(self.clock.now()))
    }

    fn note(&self, heard: &Heard, site_key: &str) {
        let now = self.clock.now();
        let change = self.with_circuit(|circuit| match heard {
            Heard::Opinion(_) | Heard::WrongSecret => circuit.succeeded(),
            Heard::Nothing => circuit.failed(now),
            Heard::Exhausted(pause_ms) => circuit.exhausted(now, *pause_ms),
        });
        match change {
            Some(Change::Opened) => tracing::warn!(
                "Turnstile does not answer; it is left alone for a while, and visitors pass without its opinion"
            ),
            Some(Change::Closed) => tracing::info!("Turnstile answers again"),
            None => {}
        }
        if matches!(heard, Heard::WrongSecret) && self.is_to_be_told(now) {
            tracing::warn!(
                site_key,
                "Turnstile does not know the site's secret: portcullis site set --turnstile-secret"
            );
        }
    }

    fn is_to_be_told(&self, now: UnixMs) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = told.is_none_or(|told| now.since(told) >= TELL_EVERY_MS);
        if is_due {
            *told = Some(now);
        }
        is_due
    }

    fn with_circuit<T>(&self, change: impl FnOnce(&mut Circuit) -> T) -> T {
        change(&mut self.circuit.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Questions at once, each with a thread. More visitors at once pass without an opinion.
const QUESTIONS_MAX: usize = 64;
/// A wrong secret is told once in this time, in milliseconds.
const TELL_EVERY_MS: u64 = 10 * 60_000;

#[cfg(test)]
mod tests;
