//! The cold side: what an operator sets up, and the counts that tell how it goes.

use async_trait::async_trait;

use crate::{StoreError, UnixMs};

/// Sites, as the engine wrote them. Secrets arrive here sealed; a store never sees one.
#[async_trait]
pub trait Sites: Send + Sync {
    /// A number that changes with every change to sites or signing keys, whoever made it.
    async fn revision(&self) -> Result<u64, StoreError>;

    /// Every site, oldest first; those of the same millisecond by id.
    async fn all(&self) -> Result<Vec<SiteRecord>, StoreError>;

    /// Adds a site. Its id, site key and secret index must be new.
    async fn add(&self, site: &SiteRecord) -> Result<Result<(), Duplicate>, StoreError>;

    /// Replaces `before` by `after`, which has the same id. `false` where the site is gone or no longer has the
    /// name, secret and settings of `before`: of two changes at once, the second must look again, or it would undo
    /// the first.
    async fn update(
        &self,
        before: &SiteRecord,
        after: &SiteRecord,
    ) -> Result<Result<bool, Duplicate>, StoreError>;

    /// Removes a site, and its [model](Models) with it. `false` where there was none.
    async fn remove(&self, id: SiteId) -> Result<bool, StoreError>;
}

/// The keys that seal challenges and tokens, each under an id, so that they can be replaced while tokens of the
/// earlier ones are about.
#[async_trait]
pub trait SigningKeys: Send + Sync {
    /// Every key, lowest id first.
    async fn all(&self) -> Result<Vec<KeyRecord>, StoreError>;

    /// Adds a key unless its id is taken: of racing calls one is answered `true`, and all then read the same key.
    async fn add(&self, key: &KeyRecord) -> Result<bool, StoreError>;

    /// Removes the key with this id. `false` where there was none.
    async fn remove(&self, id: u32) -> Result<bool, StoreError>;
}

/// Counts of what happened, per site, minute and event.
#[async_trait]
pub trait Events: Send + Sync {
    /// Adds each count to what stands under the same site, minute and event.
    async fn add(&self, counts: &[Count]) -> Result<(), StoreError>;

    /// The sums per event of one site (or of all, where `site` is absent) over minutes in `from..to`, with
    /// `minute` set to `from`, and `site` to sixteen zero bytes where it was absent. Ordered by event.
    async fn sums(&self, site: Option<SiteId>, from: u32, to: u32) -> Result<Vec<Count>, StoreError>;

    /// Removes counts of minutes before `minute`. Answers how many rows went.
    async fn purge(&self, minute: u32) -> Result<u64, StoreError>;
}

/// What was learnt of a site's traffic: one model per site, in a form of the engine's own.
#[async_trait]
pub trait Models: Send + Sync {
    /// The model of a site, if it has one.
    async fn load(&self, site: SiteId) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps a model in place of the one before. Nothing is kept for a site that is not there, so that a save that
    /// comes late leaves nothing behind. More than [`MODEL_MAX`] bytes are an error.
    async fn save(&self, site: SiteId, model: &[u8]) -> Result<(), StoreError>;

    /// Forgets the model of a site. `false` where there was none.
    async fn remove(&self, site: SiteId) -> Result<bool, StoreError>;
}

/// The largest model that a store takes, in bytes.
pub const MODEL_MAX: usize = 1 << 20;

/// Refuses a model that is over the limit, before anything is written.
pub(crate) fn check_model(model: &[u8]) -> Result<(), StoreError> {
    if model.len() > MODEL_MAX {
        return Err(StoreError::Unavailable(format!("a model of {} bytes is too long to keep", model.len())));
    }
    Ok(())
}

/// Names a site for ever, whatever becomes of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteId(pub [u8; 16]);

/// One site as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRecord {
    /// Never changes.
    pub id: SiteId,
    /// The public key; unique.
    pub site_key: String,
    /// What the operator calls it; need not be unique.
    pub name: String,
    /// Keyed digest of the secret key, by which a site is found; unique.
    pub secret_index: [u8; 32],
    /// The secret key, sealed.
    pub sealed_secret: Vec<u8>,
    /// The Ed25519 signing key, sealed.
    pub sealed_signing_key: Vec<u8>,
    /// Origins, challenge form, limits and times: JSON that the engine reads and writes.
    pub settings: String,
    /// When it was added.
    pub created_at: UnixMs,
}

/// Another site already has this site key or secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another site already has this site key or secret")]
pub struct Duplicate;

/// A sealing key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// Names the key inside challenges and tokens. The highest id seals; all open.
    pub id: u32,
    /// The key, sealed under the master key.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: UnixMs,
}

/// How often something happened on a site in a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Where.
    pub site: SiteId,
    /// When: minutes since the Unix epoch.
    pub minute: u32,
    /// What: a stable code of lower-case letters, digits, `_` and `:`, at most 40 characters.
    pub event: String,
    /// How often; a store stops counting at [`Count::NUMBER_MAX`].
    pub number: u64,
}

impl Count {
    /// What one count never exceeds: more of one event than any machine sees in a minute, yet little enough that
    /// millions of counts add up without overflow.
    pub const NUMBER_MAX: u64 = 1 << 40;
}
