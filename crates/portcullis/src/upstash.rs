//! The way to Upstash: its REST interface over HTTPS, for the store's adapter.
//!
//! One blocking client with a pool of connections, used from tokio's blocking threads. How many requests are under
//! way at once is bounded, so that a database that answers slowly cannot take every thread.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use portcullis_store::StoreError;
use portcullis_store::upstash::Transport;
use tokio::sync::Semaphore;
use ureq::Agent;

use crate::base_url::BaseUrl;
use crate::http_client;

/// One database behind its REST interface.
pub(crate) struct Upstash {
    connection: Arc<Connection>,
    permits: Arc<Semaphore>,
}

struct Connection {
    agent: Agent,
    base_url: BaseUrl,
    /// The whole header value. Not printed, not logged: this type has no `Debug`.
    authorization: String,
}

impl Upstash {
    /// The database at `base_url`, such as `https://eu1-name.upstash.io`. Nothing is sent yet.
    pub(crate) fn new(base_url: BaseUrl, bearer_token: &str) -> Self {
        let rules = http_client::rules(ANSWER_WITHIN)
            .max_idle_connections(CONNECTIONS_MAX)
            .max_idle_connections_per_host(CONNECTIONS_MAX)
            .timeout_connect(Some(CONNECT_WITHIN));
        let agent = rules.build().new_agent();
        let authorization = format!("Bearer {bearer_token}");
        let connection = Arc::new(Connection { agent, base_url, authorization });
        Self { connection, permits: Arc::new(Semaphore::new(CONNECTIONS_MAX)) }
    }
}

#[async_trait]
impl Transport for Upstash {
    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let permit = tokio::time::timeout(ANSWER_WITHIN, self.permits.clone().acquire_owned())
            .await
            .map_err(|_| unavailable("too many requests are waiting"))?
            .map_err(|_| unavailable("it is closed"))?;
        let (connection, path) = (self.connection.clone(), path.to_owned());
        let posting = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            connection.post(&path, &body)
        });
        posting.await.map_err(|_| unavailable("the request failed"))?
    }
}

impl Connection {
    fn post(&self, path: &str, body: &[u8]) -> Result<Vec<u8>, StoreError> {
        let answer = self
            .agent
            .post(self.base_url.at(path))
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .send(body);
        // ureq's errors name the cause and at most the address, never a header's value.
        let mut answer = answer.map_err(|error| unavailable(&error.to_string()))?;
        let status = answer.status();
        let reply = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let reply = reply.map_err(|error| unavailable(&error.to_string()))?;
        // Upstash tells what was wrong with a command as JSON with status 400; whatever else is no reply of its.
        if status.is_success() || status.as_u16() == 400 {
            Ok(reply)
        } else {
            Err(unavailable(&format!("status {}", status.as_u16())))
        }
    }
}

fn unavailable(why: &str) -> StoreError {
    StoreError::Unavailable(format!("Upstash: {why}"))
}

/// Requests at once, and so connections.
const CONNECTIONS_MAX: usize = 64;
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long one answer may take, connecting included.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes. A receipt takes 8 KiB.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

#[cfg(test)]
mod tests;
