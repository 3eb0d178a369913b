//! Whose domain a registered site is for, proved by a file that only the domain's owner can put there.
//!
//! The file names sites by their site keys, which are public: what counts is not that somebody knows the text, but
//! that the domain says it. A proved site has its host to itself as one of the operator's has.
//!
//! A host has one file, so one look at it judges every site that claims the host: whoever lost the domain loses the
//! proof when the new owner proves his.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_store::StoreError;

use crate::settings::Keeping;
use crate::sites::CHANGE_ATTEMPTS;
use crate::{Engine, Origin, OriginPattern, RegistrationError, Site, Visitor};

/// Reads what domains say of their sites.
#[async_trait]
pub trait DomainFiles: Send + Sync {
    /// The text at [`DomainProof::PATH`] of this host, over HTTPS at its ordinary port. Bounded in time and length,
    /// and never of a host that is not of the open net: strangers choose it.
    async fn read(&self, host: &str) -> Result<String, Unread>;
}

/// Why a domain's file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// There is none, or nobody answered in time. Not told apart: strangers may ask for any name.
    NotReached,
    /// Too many are being read.
    Busy,
}

/// Reads nothing: no domain can be proved.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDomainFiles;

#[async_trait]
impl DomainFiles for NoDomainFiles {
    async fn read(&self, _host: &str) -> Result<String, Unread> {
        Err(Unread::NotReached)
    }
}

/// What a domain's owner has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainProof {
    /// Where the file must be.
    pub url: String,
    /// A line that it must have.
    pub line: String,
}

impl DomainProof {
    /// Where a host names its sites.
    pub const PATH: &'static str = "/.well-known/portcullis-site.txt";

    /// How `site` proves that `origin` is its own; `None` where that has no domain.
    #[must_use]
    pub fn of(site: &Site, origin: &Origin) -> Option<Self> {
        let host = domain(origin)?;
        Some(Self { url: format!("https://{host}{}", Self::PATH), line: line(site) })
    }
}

impl Engine {
    /// Looks whether the domain of `origin` names the registered site with this secret. If so, the site has the host
    /// to itself from now on, and other sites that the domain does not name lose what they had of it.
    pub async fn prove(
        &self,
        visitor: &Visitor,
        origin: &Origin,
        secret: &str,
        files: &dyn DomainFiles,
    ) -> Result<Arc<Site>, RegistrationError> {
        let now = self.clock.now();
        if let Err(refused) = self.visitor_limits().proof(visitor, now).await? {
            return Err(RegistrationError::RateLimited { retry_after_ms: refused.retry_after_ms });
        }
        let site = self.registered(origin, secret)?;
        let host = domain(origin).ok_or(RegistrationError::NoDomain)?;
        if !site.is_proved() && self.is_full(true) {
            return Err(RegistrationError::Full);
        }
        let text = files.read(host).await.map_err(|unread| match unread {
            Unread::NotReached => RegistrationError::NotRead,
            Unread::Busy => RegistrationError::Busy,
        })?;
        let named = |site: &Site| {
            let wanted = line(site);
            text.lines().any(|found| found.trim() == wanted)
        };
        if !named(&site) {
            return Err(RegistrationError::NotNamed);
        }
        let sites = self.sites();
        for other in sites.iter().filter(|other| other.is_proved() && lists(other, host) && !named(other)) {
            self.note_proof(other, false).await?;
        }
        self.note_proof(&site, true).await?;
        self.refresh().await?;
        self.site(&site.site_key).ok_or(RegistrationError::UnknownSecret)
    }

    /// Writes down whether a site is proved. Nothing is done for one that is gone.
    async fn note_proof(&self, site: &Site, proof: bool) -> Result<(), StoreError> {
        for _ in 0..CHANGE_ATTEMPTS {
            let records = self.stores.sites.all().await?;
            let Some(record) = records.iter().find(|record| record.id == site.id) else { return Ok(()) };
            let change = |keeping: &mut Keeping| {
                if let Keeping::Registered { proved, .. } = keeping {
                    *proved = proof;
                }
            };
            if self.keep(record, change).await? {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable(format!("the site {} is being changed by others", site.site_key)))
    }
}

/// The name by which a host is asked for its file. Addresses and names of one label are nobody's in particular.
fn domain(origin: &Origin) -> Option<&str> {
    let host = origin.host();
    let last = host.rsplit_once('.')?.1;
    let is_name =
        host.parse::<IpAddr>().is_err() && last.starts_with(|first: char| first.is_ascii_alphabetic());
    (is_name && origin.is_web()).then_some(host)
}

fn line(site: &Site) -> String {
    format!("portcullis-site={}", site.site_key)
}

fn lists(site: &Site, host: &str) -> bool {
    let patterns = &site.settings.origins;
    patterns.iter().any(|pattern| matches!(pattern, OriginPattern::Exact(own) if own.host() == host))
}
