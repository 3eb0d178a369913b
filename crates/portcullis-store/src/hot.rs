//! The hot side: what may happen only once, or only so often.

use async_trait::async_trait;

use crate::{StoreError, UnixMs};

/// The ledger of redeemed challenges and spent tokens.
///
/// A challenge has one row, and every token that was ever issued for it shares that row. So the rule "one
/// challenge never has two spendable tokens" is a condition on one row, not a protocol between two.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Takes a token out for a challenge, if the ledger allows one.
    ///
    /// Exactly one of any number of racing calls is answered [`Redeemed::First`].
    async fn redeem(&self, redemption: &Redemption, now: UnixMs) -> Result<Redeemed, StoreError>;

    /// Spends a token, if it was not spent before.
    ///
    /// Exactly one of any number of racing calls is answered [`Spent::Now`]. A row that is absent is written,
    /// so a token whose issue was lost with the disk, or that another program signed, is still spent only once.
    async fn spend(&self, spending: &Spending, now: UnixMs) -> Result<Spent, StoreError>;

    /// Removes rows whose `keep_until` has passed, at most `most` of them. Answers how many. A store that forgets
    /// by itself answers 0.
    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError>;
}

/// Counts hits against a quota: a leaky bucket per key, in the form of the generic cell rate algorithm (GCRA,
/// ITU-T I.371).
#[async_trait]
pub trait Limits: Send + Sync {
    /// Adds one hit and answers the level that results, this hit included.
    ///
    /// A hit that would lift the level above `quota.ceiling` is not added: it answers `ceiling + 1` and leaves
    /// the bucket as it was, so that a flood cannot push recovery further away.
    async fn hit(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError>;

    /// The level as it stands, without adding to it.
    async fn level(&self, key: &LimitKey, quota: Quota, now: UnixMs) -> Result<Level, StoreError>;
}

/// Steps that a visitor must take, such as a picture to solve, each with a budget of attempts.
///
/// `keep_until` is the same moment at every call for one step, or later at a later call; a caller carries it sealed
/// in the challenge. It lies minutes ahead or hours; what is counted for longer is a matter of [`Quotas`]. What is
/// purged by a clock that ran ahead closes the store to new rows with a `keep_until` no later than that of the latest
/// row that went, also when the clock is set right.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Notes when a step began, if it did not begin before. Answers the moment at which it first began. From
    /// `keep_until` on nothing is noted any more.
    async fn begin(&self, id: ChallengeId, keep_until: UnixMs, now: UnixMs) -> Result<UnixMs, StoreError>;

    /// Counts one more attempt, unless `most` were made before: of any number of racing calls, `most` are
    /// granted. `None` where the budget is spent, or `keep_until` has passed and so it may have been forgotten.
    async fn attempt(
        &self,
        id: ChallengeId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<Attempt>, StoreError>;

    /// Removes steps whose `keep_until` has passed, at most `most` of them. Answers how many. A store that
    /// forgets by itself answers 0.
    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError>;
}

/// Flows that were completed, each with its verdict, until the site's backend asks for it.
///
/// A flow is finished once and its verdict is fetched once; from `keep_until` on both may have been forgotten.
#[async_trait]
pub trait Flows: Send + Sync {
    /// Keeps the verdict of a flow that is completed, unless it was completed before: of any number of racing calls
    /// one is answered `true`, and its verdict is the one that is kept. `false` too where `keep_until` has passed
    /// and so the flow may have been forgotten.
    ///
    /// A verdict of more than [`VERDICT_MAX`] bytes is an error, and finishes nothing.
    async fn finish(
        &self,
        flow: FlowId,
        verdict: &[u8],
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<bool, StoreError>;

    /// Takes the verdict: of any number of racing calls one is answered [`Consumed::Now`]. Of a flow that was never
    /// finished nothing is written.
    async fn consume(&self, flow: FlowId, now: UnixMs) -> Result<Consumed, StoreError>;

    /// Removes flows whose `keep_until` has passed, at most `most` of them. Answers how many. A store that forgets
    /// by itself answers 0.
    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError>;
}

/// How often something was used that is allowed so often in a long time, such as a site's plan in a month.
///
/// Where steps, tokens and flows refuse what may have been forgotten, a quota that was forgotten starts over: by a
/// clock that ran ahead and purged it, or with a disk that was lost. It guards a price, not a door, and a site that
/// pays is not locked out for a month by somebody's clock.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Counts one more use, unless `most` were counted before: of any number of racing calls, `most` are granted.
    /// Answers how many it makes, this one included; `None` where the quota is used up.
    ///
    /// `keep_until` is the same moment at every call for one quota, or later at a later call. From then on the quota
    /// starts over.
    async fn count(
        &self,
        id: QuotaId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<u32>, StoreError>;

    /// Removes quotas whose `keep_until` has passed, at most `most` of them. Answers how many. A store that forgets
    /// by itself answers 0.
    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError>;
}

/// Names one quota: 24 bytes that the engine composes (whose it is, and of which time).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuotaId(pub [u8; 24]);

/// Names one flow: 24 bytes that the engine chooses and that no two flows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId(pub [u8; 24]);

/// What the store says to whoever asks for a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consumed {
    /// This call takes the verdict, and no other will.
    Now(Vec<u8>),
    /// It was taken before.
    Already,
    /// The flow was never finished, or its `keep_until` has passed.
    Unknown,
}

/// The longest verdict that a store takes, in bytes.
pub const VERDICT_MAX: usize = 512;

/// Refuses a verdict that is over the limit, before anything is written.
pub(crate) fn check_verdict(verdict: &[u8]) -> Result<(), StoreError> {
    if verdict.len() > VERDICT_MAX {
        let length = verdict.len();
        return Err(StoreError::Unavailable(format!("a verdict of {length} bytes is too long to keep")));
    }
    Ok(())
}

/// An attempt that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When the step began; absent if it never did.
    pub began_at: Option<UnixMs>,
    /// How many attempts were made, this one included; 1 and up.
    pub number: u32,
}

/// Names one challenge in the ledger: when it was issued and 128 random bits.
///
/// The time comes first so that rows are written next to each other in key order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChallengeId(pub [u8; 24]);

impl ChallengeId {
    /// Joins the moment of issue (big-endian milliseconds) and a nonce.
    #[must_use]
    pub fn new(issued_at: UnixMs, nonce: [u8; 16]) -> Self {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&issued_at.0.to_be_bytes());
        bytes[8..].copy_from_slice(&nonce);
        Self(bytes)
    }
}

/// A wish to take a token out for a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Redemption {
    /// The challenge that was solved.
    pub challenge: ChallengeId,
    /// When the token about to be issued ceases to be spendable.
    pub token_expires_at: UnixMs,
    /// Until when the row must be remembered: no token of this challenge is accepted from that moment on. The
    /// same for every token of a challenge, or later for later tokens; what decides is the latest one seen.
    pub keep_until: UnixMs,
    /// Whether a first redemption is still allowed (it is not, once the challenge has expired).
    pub first_allowed: bool,
    /// How many further tokens may follow the first; 0 for none.
    pub reissues: u8,
}

/// What the ledger says to a [`Redemption`]. Only the first two allow a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The challenge was new: issue its first token, ordinal 0.
    First,
    /// Every earlier token is expired and unspent: issue another, with this ordinal (1 and up).
    Reissued(u8),
    /// An earlier token is unspent and still good.
    TokenLive,
    /// An earlier token was spent.
    TokenSpent,
    /// The challenge was redeemed as often as it may be.
    Exhausted,
    /// The challenge was never redeemed and `first_allowed` was false, or its `keep_until` has passed.
    TooLate,
}

/// A wish to spend a token.
#[derive(Clone, Debug)]
pub struct Spending {
    /// The challenge that the token was issued for.
    pub challenge: ChallengeId,
    /// The token's ordinal among those of its challenge; see [`Redeemed`].
    pub ordinal: u8,
    /// Until when the row must be remembered: the same moment at every attempt to spend this token.
    pub keep_until: UnixMs,
    /// A digest of the caller's idempotency key, if it sent one.
    pub idempotency: Option<[u8; 32]>,
    /// What to answer again to the same idempotency key; at most [`Spending::RECEIPT_MAX`] bytes, or nothing is
    /// spent and the store answers with an error. Not kept where there is no idempotency key.
    pub receipt: Vec<u8>,
}

impl Spending {
    /// The largest receipt that a store takes, in bytes.
    pub const RECEIPT_MAX: usize = 4096;

    /// Refuses a receipt that is over the limit, before anything is written.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if self.receipt.len() > Self::RECEIPT_MAX {
            let length = self.receipt.len();
            return Err(StoreError::Unavailable(format!("a receipt of {length} bytes is too long to keep")));
        }
        Ok(())
    }
}

/// What the ledger says to a [`Spending`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// This call spent the token.
    Now,
    /// It was spent before under the same idempotency key: this is the receipt of that time.
    Repeated(Vec<u8>),
    /// It was spent before, or a later token of its challenge was issued, or `keep_until` has passed and so the
    /// ledger may have forgotten.
    Already,
}

/// Whose hits are counted together: up to 32 bytes that the engine composes (purpose, site, address).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LimitKey(pub [u8; 32]);

/// How fast a bucket drains and how high it may rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Hits that drain per minute; at least 1.
    pub per_minute: u32,
    /// The level up to which a visitor is within the quota; at least 1.
    pub burst: u32,
    /// The level that is never exceeded; at least `burst`.
    pub ceiling: u32,
}

/// How full a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Hits that have not drained yet, rounded up.
    pub hits: u32,
    /// Milliseconds until a further hit would be within the burst; 0 when it is already.
    pub retry_after_ms: u64,
}
