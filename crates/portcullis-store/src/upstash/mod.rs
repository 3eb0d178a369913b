//! The hot side in a Redis behind Upstash's REST interface.
//!
//! For installations of several processes that share nothing else, also where no connection can be kept open. Each
//! operation is one `EVAL` of one script on one key, so it is atomic in Redis, and its answer is the script's answer.
//! The scripts restate the rules of the ledger, of attempts, of flows, of quotas and of buckets; the contract suite
//! holds them to the same words as the other adapters.
//!
//! This room speaks no HTTP. Whoever opens the adapter lends it a [`Transport`], which knows the address and the
//! bearer token.
//!
//! # What expires, and by whose clock
//!
//! Redis forgets rows by itself, an hour after their `keep_until` by its own clock, so nothing is ever purged by hand
//! and there is no horizon to remember. Instead, a script takes an absent row for new only while `keep_until` lies
//! ahead of the caller's clock *and* of Redis's. Hence:
//!
//! - A caller's clock may be set back by any amount: what Redis has forgotten stays refused.
//! - Redis's own clock may be set back by up to an hour after it has forgotten something. Beyond that, a token that
//!   was spent within the step could be spent again by a caller whose clock went back as well.
//! - If Redis's clock runs ahead of the callers' by more than the life of a challenge, first redemptions and spends
//!   of unknown tokens are refused until it is set right.
//! - A quota that Redis has forgotten starts over, as it does everywhere.
//! - A bucket is forgotten a minute after it has drained by Redis's clock.
//!
//! # What must be true of the Redis
//!
//! - It must not evict (`maxmemory-policy noeviction`; at Upstash: eviction off, as it is unless asked for). A spent
//!   token that was evicted is unspent.
//! - What it answered it must keep. Upstash writes to disk before it answers; a Redis of one's own needs
//!   `appendonly yes` and `appendfsync always`. Where replicas take over that had not heard of the last writes, a
//!   token that was spent in them could be spent again until it expires. No REST interface can tell.
//! - An answer that is lost on its way is [`StoreError::Unavailable`], though the script may have run: a token may
//!   then be spent without anybody having been told so. That is the safe one of the two mistakes, and a caller who
//!   sends an idempotency key gets its answer from asking again.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Hot, StoreError};
use script::Scripts;

mod attempts;
mod flows;
mod limits;
mod quotas;
mod script;
mod tokens;

/// The way to the REST interface: one database's address and bearer token, and an HTTP client.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Posts a JSON body to a path of the interface, such as `/`, and answers the body of the reply, whether its
    /// status was good or not, as long as the reply is Upstash's. Bounded in time and size.
    ///
    /// It must not send the same body twice by itself: a spend that ran and is sent again is answered with "already".
    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, StoreError>;
}

/// Opens the hot side behind a transport. Nothing is sent before the first operation. Keys begin with `prefix`, so
/// that several installations may share a database; those that are to share what was spent need the same one.
#[must_use]
pub fn open(transport: Arc<dyn Transport>, prefix: &str) -> Hot {
    let scripts = Arc::new(Scripts::new(transport, prefix));
    Hot {
        tokens: Arc::new(tokens::Ledger { scripts: scripts.clone() }),
        attempts: Arc::new(attempts::Budgets { scripts: scripts.clone() }),
        flows: Arc::new(flows::FinishedFlows { scripts: scripts.clone() }),
        quotas: Arc::new(quotas::CountedQuotas { scripts: scripts.clone() }),
        limits: Arc::new(limits::Buckets { scripts }),
    }
}

#[cfg(test)]
mod tests;
