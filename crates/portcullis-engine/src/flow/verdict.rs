//! A flow is completed, and its verdict is fetched once.

use std::sync::Arc;

use portcullis_store::{Consumed, StoreError, UnixMs};
use serde::{Deserialize, Serialize};

use super::answer::Proofs;
use super::facts::FlowFacts;
use super::open::flow_id;
use super::{Completed, FLOW_KEPT_MS, FlowError, FlowOutcome, expiry};
use crate::secret::hex;
use crate::{Engine, Event, Origin, Site};

/// What is said of a completed flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowVerdict {
    /// The score, 0 (no risk) to 1.
    pub score: f64,
    /// The host of the page; empty where the request named none.
    pub hostname: String,
    /// From when on it is no longer accepted.
    #[serde(with = "milliseconds")]
    pub expires_at: UnixMs,
}

/// Why a verdict is not given out.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// This site has no completed flow of this name, or had it too long ago.
    #[error("this site has no completed flow with this token")]
    Unknown,
    /// The verdict was fetched before.
    #[error("this flow was consumed before")]
    Consumed,
    /// The flow has expired.
    #[error("this flow has expired")]
    Expired,
    /// The store did not answer. A consumption that had begun may still have been kept.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl ConsumeError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "unknown_flow",
            Self::Consumed => "already_spent",
            Self::Expired => "expired",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl Engine {
    /// Completes a flow with everything that it takes. Of any number of calls at once, one does.
    pub(super) async fn complete(
        &self,
        site: Arc<Site>,
        flow: &FlowFacts,
        score: u8,
        proofs: Proofs,
        now: UnixMs,
    ) -> Result<FlowOutcome, FlowError> {
        let Proofs { policy: _policy, work: _work, met: _met } = proofs;
        let host = flow.origin.parse::<Origin>().map(|origin| origin.host().to_owned());
        let verdict = FlowVerdict {
            score: f64::from(score) / 100.0,
            hostname: host.unwrap_or_default(),
            expires_at: expiry(flow.seen),
        };
        let kept = serde_json::to_vec(&verdict)
            .map_err(|problem| StoreError::Corrupt { what: "verdict", detail: problem.to_string() })?;
        if !self.stores.flows.finish(flow.id, &kept, now.plus(FLOW_KEPT_MS), now).await? {
            return Err(FlowError::Answered);
        }
        let token = uuid(self.flow_name(&site, &flow.nonce));
        Ok(FlowOutcome::Complete(Box::new(Completed { site, token, nonce: flow.nonce, verdict })))
    }

    /// Fetches the verdict of a site's completed flow. Of any number of calls at once, one is answered with it.
    pub async fn consume_flow(&self, site: &Site, token: &str) -> Result<FlowVerdict, ConsumeError> {
        let outcome = self.consume_flow_for(site, token).await;
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Verify, ""),
            Err(error) => self.tally.count(site.id, Event::VerifyFailed, error.code()),
        }
        outcome
    }

    async fn consume_flow_for(&self, site: &Site, token: &str) -> Result<FlowVerdict, ConsumeError> {
        let now = self.clock.now();
        self.note_use(site, now);
        let name = uuid_bytes(token).ok_or(ConsumeError::Unknown)?;
        let kept = match self.stores.flows.consume(flow_id(site, name), now).await? {
            Consumed::Now(kept) => kept,
            Consumed::Already => return Err(ConsumeError::Consumed),
            Consumed::Unknown => return Err(ConsumeError::Unknown),
        };
        let verdict: FlowVerdict = serde_json::from_slice(&kept)
            .map_err(|problem| StoreError::Corrupt { what: "verdict", detail: problem.to_string() })?;
        if now < verdict.expires_at { Ok(verdict) } else { Err(ConsumeError::Expired) }
    }
}

impl Engine {
    /// The bytes of the UUID that names the flow which a site's backend made with `nonce`: those of a random one
    /// (RFC 9562, version 4) to whoever does not know our keys.
    pub(super) fn flow_name(&self, site: &Site, nonce: &[u8; 32]) -> [u8; 16] {
        marked(self.vault.flow(site.id, nonce))
    }
}

/// The text of a UUID that is random to whoever does not know what `name` follows from.
pub(super) fn as_uuid(name: [u8; 16]) -> String {
    uuid(marked(name))
}

/// `name` as the bytes of a random UUID (RFC 9562, version 4).
fn marked(mut name: [u8; 16]) -> [u8; 16] {
    name[6] = name[6] & 0x0F | 0x40;
    name[8] = name[8] & 0x3F | 0x80;
    name
}

/// The text of a UUID.
pub(super) fn uuid(name: [u8; 16]) -> String {
    let text = hex(&name);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// The bytes of a UUID; `None` for any other text.
fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.split('-').collect();
    if text.len() != 36 || digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let bytes = u128::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    uuid(bytes).eq_ignore_ascii_case(text).then_some(bytes)
}

/// Moments as the number of milliseconds since the Unix epoch.
mod milliseconds {
    use portcullis_store::UnixMs;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(moment: &UnixMs, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(moment.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixMs, D::Error> {
        u64::deserialize(deserializer).map(UnixMs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_reads_back_and_nothing_else_is_one() {
        let text = "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11";
        assert_eq!(uuid(uuid_bytes(text).unwrap()), text);
        assert_eq!(uuid_bytes(&text.to_uppercase()), uuid_bytes(text));
        for junk in [
            "",
            "6f1c1a9e5b0a4a0a9a551b6b1d0d7a11",
            "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a1",
            "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a1g",
            "6f1c1a9-e5b0a-4a0a-9a55-1b6b1d0d7a11",
            "+f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11",
            "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0dé711",
        ] {
            assert_eq!(uuid_bytes(junk), None, "{junk}");
        }
    }
}
