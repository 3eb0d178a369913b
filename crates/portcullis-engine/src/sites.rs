//! What an operator does with sites: add, change, rotate, remove.

use std::sync::Arc;

use portcullis_store::{Duplicate, SiteRecord, StoreError, UnixMs};

use crate::entropy::random;
use crate::secret::hex;
use crate::{Engine, SecretKey, SettingError, Site, SiteId, SiteSettings, TurnstileKeys, TurnstileWidget};

/// A site to be added.
#[derive(Clone, Debug)]
pub struct NewSite {
    /// What the operator calls it: 1 to 100 characters.
    pub name: String,
    /// A site key brought from another system: 1 to 128 letters, digits, `-` and `_`; absent to have one made.
    pub site_key: Option<String>,
    /// A secret brought from another system; absent to have one made.
    pub secret: Option<SecretKey>,
    /// What is set for it. Keys at Turnstile are not taken from here: a site gets its own by a [`SiteChange`].
    pub settings: SiteSettings,
}

/// A change to a site. What is absent stays.
#[derive(Clone, Debug, Default)]
pub struct SiteChange {
    /// A new name.
    pub name: Option<String>,
    /// A new secret; the earlier one ceases to be accepted at once.
    pub secret: Option<SecretKey>,
    /// New settings, all of them.
    pub settings: Option<SiteSettings>,
    /// New keys at Turnstile, or none any more.
    pub turnstile: Option<Option<TurnstileWidget>>,
}

/// Why a site was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// No site has this key.
    #[error("no site has the site key {0}")]
    Unknown(String),
    /// The name is empty or too long.
    #[error("the name of a site has 1 to 100 characters")]
    Name,
    /// The site key is empty, too long, or has characters that paths do not carry well.
    #[error("a site key has 1 to 128 letters, digits, - and _")]
    SiteKey,
    /// Settings out of range.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Settings(Vec<SettingError>),
    /// Another site has this secret.
    #[error("another site already has this site key or secret key")]
    Duplicate(#[from] Duplicate),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine {
    /// Adds a site.
    pub async fn add_site(&self, new: NewSite) -> Result<Arc<Site>, SiteError> {
        check(&new.name, &new.settings)?;
        let id = SiteId(random(&*self.entropy));
        let site_key = match new.site_key {
            Some(site_key) if is_site_key(&site_key) => site_key,
            Some(_) => return Err(SiteError::SiteKey),
            None => format!("pk_{}", hex(&random::<16>(&*self.entropy))),
        };
        let secret = new.secret.unwrap_or_else(|| SecretKey::generate(&*self.entropy));
        let signing_key = zeroize::Zeroizing::new(random::<32>(&*self.entropy));
        let record = SiteRecord {
            id,
            site_key,
            name: new.name,
            secret_index: self.vault.index(secret.expose()),
            sealed_secret: self.vault.seal(
                &*self.entropy,
                &id.0,
                Site::SECRET_KEY,
                secret.expose().as_bytes(),
            ),
            sealed_signing_key: self.vault.seal(&*self.entropy, &id.0, Site::SIGNING_KEY, &*signing_key),
            settings: text(&SiteSettings { turnstile: None, ..new.settings })?,
            created_at: self.clock.now(),
        };
        self.stores.sites.add(&record).await??;
        self.refreshed(&record.site_key).await
    }

    /// Changes a site.
    pub async fn change_site(&self, site_key: &str, change: SiteChange) -> Result<Arc<Site>, SiteError> {
        for _ in 0..CHANGE_ATTEMPTS {
            let before = self.record(site_key).await?;
            let after = self.changed(before.clone(), &change)?;
            if self.stores.sites.update(&before, &after).await?? {
                return self.refreshed(site_key).await;
            }
        }
        Err(StoreError::Unavailable(format!("the site {site_key} is being changed by others")).into())
    }

    fn changed(&self, mut record: SiteRecord, change: &SiteChange) -> Result<SiteRecord, SiteError> {
        if let Some(name) = &change.name {
            record.name.clone_from(name);
        }
        if let Some(secret) = &change.secret {
            record.secret_index = self.vault.index(secret.expose());
            record.sealed_secret =
                self.vault.seal(&*self.entropy, &record.id.0, Site::SECRET_KEY, secret.expose().as_bytes());
        }
        if change.settings.is_some() || change.turnstile.is_some() {
            let before = read(&record)?;
            let mut settings =
                change.settings.as_ref().map_or(before.clone(), |new| kept(new, &before, self.clock.now()));
            if let Some(widget) = &change.turnstile {
                settings.turnstile = self.sealed(widget.as_ref(), record.id);
            }
            record.settings = text(&settings)?;
        }
        check(&record.name, change.settings.as_ref().unwrap_or(&SiteSettings::default()))?;
        Ok(record)
    }

    fn sealed(&self, widget: Option<&TurnstileWidget>, owner: SiteId) -> Option<TurnstileKeys> {
        widget.map(|widget| TurnstileKeys::seal(widget, owner, &self.vault, &*self.entropy))
    }

    /// Gives a site a fresh secret. The earlier one ceases to be accepted at once.
    pub async fn rotate_secret(&self, site_key: &str) -> Result<Arc<Site>, SiteError> {
        let secret = Some(SecretKey::generate(&*self.entropy));
        self.change_site(site_key, SiteChange { secret, ..SiteChange::default() }).await
    }

    /// Removes a site. Its challenges and tokens cease to be accepted at once.
    pub async fn remove_site(&self, site_key: &str) -> Result<(), SiteError> {
        let record = self.record(site_key).await?;
        self.stores.sites.remove(record.id).await?;
        self.refresh().await?;
        Ok(())
    }

    async fn record(&self, site_key: &str) -> Result<SiteRecord, SiteError> {
        let records = self.stores.sites.all().await?;
        records
            .into_iter()
            .find(|record| record.site_key == site_key)
            .ok_or_else(|| SiteError::Unknown(site_key.to_owned()))
    }

    async fn refreshed(&self, site_key: &str) -> Result<Arc<Site>, SiteError> {
        self.refresh().await?;
        self.site(site_key).ok_or_else(|| SiteError::Unknown(site_key.to_owned()))
    }
}

/// How often a change is tried anew when another came between.
pub(crate) const CHANGE_ATTEMPTS: u32 = 8;

fn check(name: &str, settings: &SiteSettings) -> Result<(), SiteError> {
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(SiteError::Name);
    }
    let problems = settings.problems();
    if problems.is_empty() { Ok(()) } else { Err(SiteError::Settings(problems)) }
}

fn is_site_key(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// New settings with what is not theirs to change: changes of plan are counted on, Turnstile's keys and who keeps the
/// site stay.
fn kept(new: &SiteSettings, before: &SiteSettings, now: UnixMs) -> SiteSettings {
    let (plan_changes, plan_changed_ms) = if before.plan == new.plan {
        (before.plan_changes, before.plan_changed_ms)
    } else {
        (before.plan_changes + 1, now.0)
    };
    let (turnstile, keeping) = (before.turnstile.clone(), before.keeping);
    SiteSettings { plan_changes, plan_changed_ms, turnstile, keeping, ..new.clone() }
}

pub(crate) fn read(record: &SiteRecord) -> Result<SiteSettings, StoreError> {
    serde_json::from_str(&record.settings).map_err(|problem| unreadable(&problem))
}

pub(crate) fn text(settings: &SiteSettings) -> Result<String, StoreError> {
    serde_json::to_string(settings).map_err(|problem| unreadable(&problem))
}

fn unreadable(problem: &serde_json::Error) -> StoreError {
    StoreError::Corrupt { what: "settings", detail: problem.to_string() }
}
