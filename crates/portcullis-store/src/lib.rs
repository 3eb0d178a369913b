//! What Portcullis keeps, and nothing about why.
//!
//! The traits are cut by what must be atomic, not by table. *Hot* traits ([`Tokens`], [`Attempts`],
//! [`Flows`], [`Quotas`], [`Limits`]) guard the things that may happen only once or only so often; each method is one
//! atomic statement, and its answer is given only after the statement is durable against the death of the process. *Cold* traits ([`Sites`],
//! [`SigningKeys`], [`Events`], [`Models`]) hold what an operator sets up and looks at.
//!
//! Rules for every method of every adapter; the contract suite in `contract` (a feature, for tests only) holds adapters to them:
//!
//! 1. `now` is passed in. An adapter never reads a clock.
//! 2. Absent is an `Option` or an answer of its own, never an error.
//! 3. An adapter that cannot be sure answers [`StoreError::Unavailable`]; it never guesses.
//!
//! To add an adapter: implement the traits in a module of its own, give it a constructor that returns
//! [`Stores`], and stamp the contract suite onto it.

pub use cold::{
    Count, Duplicate, Events, KeyRecord, MODEL_MAX, Models, SigningKeys, SiteId, SiteRecord, Sites,
};
pub use hot::{
    Attempt, Attempts, ChallengeId, Consumed, FlowId, Flows, Level, LimitKey, Limits, Quota, QuotaId, Quotas,
    Redeemed, Redemption, Spending, Spent, Tokens, VERDICT_MAX,
};
pub use time::UnixMs;

use std::sync::Arc;

mod attempts;
mod bucket;
mod cold;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod flows;
mod hot;
mod ledger;
pub mod memory;
mod quotas;
pub mod sqlite;
mod time;
pub mod upstash;

/// One set of stores, as the engine takes it. Any mix of adapters will do.
#[derive(Clone)]
pub struct Stores {
    /// Redeemed challenges and spent tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Budgets of attempts.
    pub attempts: Arc<dyn Attempts>,
    /// Flows that were completed.
    pub flows: Arc<dyn Flows>,
    /// How often a site used what its plan allows.
    pub quotas: Arc<dyn Quotas>,
    /// How often a visitor did something.
    pub limits: Arc<dyn Limits>,
    /// Sites and their settings.
    pub sites: Arc<dyn Sites>,
    /// The keys that seal challenges and tokens.
    pub signing_keys: Arc<dyn SigningKeys>,
    /// Counts of what happened, for the operator.
    pub events: Arc<dyn Events>,
    /// What was learnt of each site's traffic.
    pub models: Arc<dyn Models>,
}

impl Stores {
    /// These stores, but with another hot side.
    #[must_use]
    pub fn with_hot(self, hot: Hot) -> Self {
        let Hot { tokens, attempts, flows, quotas, limits } = hot;
        Self { tokens, attempts, flows, quotas, limits, ..self }
    }
}

/// The hot side alone, for adapters that keep nothing else.
#[derive(Clone)]
pub struct Hot {
    /// Redeemed challenges and spent tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Budgets of attempts.
    pub attempts: Arc<dyn Attempts>,
    /// Flows that were completed.
    pub flows: Arc<dyn Flows>,
    /// How often a site used what its plan allows.
    pub quotas: Arc<dyn Quotas>,
    /// How often a visitor did something.
    pub limits: Arc<dyn Limits>,
}

/// Why a store gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be reached or did not answer in time. The caller answers 503 and spends nothing.
    #[error("the store did not answer: {0}")]
    Unavailable(String),
    /// What was read is not what this version writes.
    #[error("unreadable {what} in the store: {detail}")]
    Corrupt {
        /// The table or key that was read.
        what: &'static str,
        /// What was wrong with it, without its content.
        detail: String,
    },
}
