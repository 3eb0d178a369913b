//! Verifying a token for the site's backend, once.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use portcullis_store::{Spending, Spent, StoreError, UnixMs};
use serde::{Deserialize, Serialize};

use crate::limits::RateLimited;
use crate::redeem::keep_until;
use crate::vault::digest;
use crate::visitor::{as_ipv6, network};
use crate::{Bindings, Engine, Event, Origin, Site, TokenFacts, Vendor, Visitor};

/// A backend's question.
#[derive(Clone)]
pub struct Siteverify<'a> {
    /// The site's secret key; absent where the request had none.
    pub secret: Option<&'a str>,
    /// The token; absent where the request had none.
    pub response: Option<&'a str>,
    /// The site key that the token must belong to, where the backend names one.
    pub site_key: Option<&'a str>,
    /// The vendor whose siteverify is asked. Tokens of another vendor's script are none there; those of no vendor's
    /// are, and without a vendor all are.
    pub vendor: Option<Vendor>,
    /// The address from which the backend received the form, where it says.
    pub remote_ip: Option<IpAddr>,
    /// Under the same key the same token may be verified again, with the same verdict.
    pub idempotency_key: Option<&'a str>,
    /// Who asks: the backend, not the visitor.
    pub caller: &'a Visitor,
}

impl fmt::Debug for Siteverify<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { site_key, remote_ip, caller, .. } = self;
        f.debug_struct("Siteverify")
            .field("site_key", site_key)
            .field("remote_ip", remote_ip)
            .field("caller", caller)
            .finish_non_exhaustive()
    }
}

/// What a token proved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The site that the token belongs to.
    pub site_key: String,
    /// The host of the origin that the visitor's browser named and the site allows; empty where none was named.
    pub hostname: String,
    /// When the challenge was issued, in milliseconds since the Unix epoch.
    pub challenge_ts: u64,
    /// The page's name for what was done.
    pub action: Option<String>,
    /// What the page wanted back.
    pub cdata: Option<String>,
    /// The vendor whose script the page worked with, where it said so.
    #[serde(default)]
    pub vendor: Option<Vendor>,
    /// 0 (surely a person) to 1 (surely a bot).
    pub risk: f64,
    /// What speaks for caution.
    pub reasons: Vec<Reason>,
}

/// Why a verdict counsels caution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The visitor asked for many challenges in a short time.
    BusyAddress,
    /// The form came from another network than the one that received the challenge.
    RemoteIpDiffers,
    /// No browser named an origin.
    OriginUnproven,
    /// What the visitor's software and address show speaks for a program.
    SuspiciousVisitor,
}

impl Reason {
    /// The reason's stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BusyAddress => "busy-address",
            Self::SuspiciousVisitor => "suspicious-visitor",
            Self::RemoteIpDiffers => "remote-ip-differs",
            Self::OriginUnproven => "origin-unproven",
        }
    }
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum SiteverifyError {
    /// There was no secret.
    #[error("the secret key is missing")]
    MissingSecret,
    /// No site has this secret.
    #[error("no site has this secret key")]
    UnknownSecret,
    /// There was no token.
    #[error("the token is missing")]
    MissingResponse,
    /// The secret is right, but the site key that the backend names is another site's.
    #[error("the site key and the secret key belong to different sites")]
    SitekeyMismatch,
    /// The token was not issued by us, was changed, or belongs to another site.
    #[error("this token was not issued for this site")]
    InvalidResponse,
    /// The token has expired.
    #[error("this token has expired")]
    Expired,
    /// The token was spent before.
    #[error("this token was verified before")]
    AlreadySpent,
    /// Too many wrong secrets from this address.
    #[error("too many wrong secret keys from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer in time. A spend that had begun may still have been kept.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl SiteverifyError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingSecret => "missing_secret",
            Self::UnknownSecret => "unknown_secret",
            Self::MissingResponse => "missing_response",
            Self::SitekeyMismatch => "sitekey_mismatch",
            Self::InvalidResponse => "invalid_token",
            Self::Expired => "expired",
            Self::AlreadySpent => "already_spent",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RateLimited> for SiteverifyError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

impl Engine {
    /// Verifies a token and spends it.
    ///
    /// The order matters: a wrong secret is answered before the token is looked at, and the token is spent last,
    /// so that nothing but a verdict uses it up.
    pub async fn siteverify(&self, command: Siteverify<'_>) -> Result<Verdict, SiteverifyError> {
        let now = self.clock.now();
        let site = self.authenticate(command.secret, command.caller, now).await?;
        let outcome = self.siteverify_for(&site, &command, now).await;
        match &outcome {
            Ok(_) => self.tally.count(site.id, Event::Verify, ""),
            Err(error) => self.tally.count(site.id, Event::VerifyFailed, error.code()),
        }
        outcome
    }

    /// The site whose backend has this secret. For doors that check something of their own before they verify.
    ///
    /// # Errors
    ///
    /// Those that [`Engine::siteverify`] has before it looks at the token.
    pub async fn site_of_secret(
        &self,
        secret: Option<&str>,
        caller: &Visitor,
    ) -> Result<Arc<Site>, SiteverifyError> {
        self.authenticate(secret, caller, self.clock.now()).await
    }

    pub(crate) async fn authenticate(
        &self,
        secret: Option<&str>,
        caller: &Visitor,
        now: UnixMs,
    ) -> Result<Arc<Site>, SiteverifyError> {
        let secret = secret.filter(|secret| !secret.is_empty()).ok_or(SiteverifyError::MissingSecret)?;
        let index = self.vault.index(secret);
        let known =
            self.directory.snapshot().by_secret.get(&index).filter(|site| site.secret.is(secret)).cloned();
        if let Some(site) = known {
            // Looked up before any limit: 256 bits are not guessed, and whoever shares a backend's address must not
            // be able to close its site.
            return Ok(site);
        }
        self.tally.wrong_secret();
        self.visitor_limits().wrong_secret(caller, now).await??;
        Err(SiteverifyError::UnknownSecret)
    }

    async fn siteverify_for(
        &self,
        site: &Site,
        command: &Siteverify<'_>,
        now: UnixMs,
    ) -> Result<Verdict, SiteverifyError> {
        let response = command
            .response
            .filter(|response| !response.is_empty())
            .ok_or(SiteverifyError::MissingResponse)?;
        if command.site_key.is_some_and(|site_key| site_key != site.site_key) {
            return Err(SiteverifyError::SitekeyMismatch);
        }
        let token = self.format(site).open_token(site, response).ok_or(SiteverifyError::InvalidResponse)?;
        let made_for = token.bindings.vendor.zip(command.vendor);
        if token.site != site.id || made_for.is_some_and(|(one, other)| !one.verifies_with(other)) {
            return Err(SiteverifyError::InvalidResponse);
        }
        self.note_use(site, now);
        if now >= token.expires_at {
            return Err(SiteverifyError::Expired);
        }
        let verdict = self.verdict(site, token.issued_at, &token.bindings, command.remote_ip);
        self.spend(site, &token, verdict, command.idempotency_key, now).await
    }

    async fn spend(
        &self,
        site: &Site,
        token: &TokenFacts,
        verdict: Verdict,
        idempotency_key: Option<&str>,
        now: UnixMs,
    ) -> Result<Verdict, SiteverifyError> {
        let idempotency =
            idempotency_key.map(|key| digest(&self.idempotency, &[&site.id.0, key.as_bytes()].concat()));
        let unreadable =
            |problem: serde_json::Error| StoreError::Corrupt { what: "receipt", detail: problem.to_string() };
        let spending = Spending {
            challenge: token.challenge,
            ordinal: token.ordinal,
            keep_until: keep_until(token.issued_at, token.expires_at),
            receipt: if idempotency.is_some() {
                serde_json::to_vec(&verdict).map_err(unreadable)?
            } else {
                Vec::new()
            },
            idempotency,
        };
        match self.stores.tokens.spend(&spending, now).await? {
            Spent::Now => Ok(verdict),
            Spent::Repeated(receipt) => Ok(serde_json::from_slice(&receipt).map_err(unreadable)?),
            Spent::Already => Err(SiteverifyError::AlreadySpent),
        }
    }

    /// What is known of whoever got a challenge at `issued_at`.
    pub(crate) fn verdict(
        &self,
        site: &Site,
        issued_at: UnixMs,
        bindings: &Bindings,
        remote_ip: Option<IpAddr>,
    ) -> Verdict {
        let (mut reasons, mut risk) = (Vec::new(), bindings.risk);
        if bindings.busy {
            reasons.push(Reason::BusyAddress);
        }
        if bindings.suspicious {
            reasons.push(Reason::SuspiciousVisitor);
        }
        if bindings.origin.is_none() {
            // Nothing says that a browser was there.
            risk = (risk + 20).min(95);
            reasons.push(Reason::OriginUnproven);
        }
        let elsewhere = |address| self.vault.visitor(&as_ipv6(network(address)).octets()) != bindings.visitor;
        if bindings.visitor != [0; 8] && remote_ip.is_some_and(elsewhere) {
            reasons.push(Reason::RemoteIpDiffers);
        }
        Verdict {
            site_key: site.site_key.clone(),
            hostname: bindings.origin.as_ref().map(Origin::host).unwrap_or_default().to_owned(),
            challenge_ts: issued_at.0,
            action: bindings.action.clone(),
            cdata: bindings.cdata.clone(),
            vendor: bindings.vendor,
            risk: f64::from(risk) / 100.0,
            reasons,
        }
    }
}
