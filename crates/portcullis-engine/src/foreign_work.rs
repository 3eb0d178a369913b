//! Work of another protocol, as its door hands it in: what the engine asks of it, and what the door answers.
//!
//! Only the door knows how such work is checked. When, and whether at all, is for the engine to say: so a check comes in
//! two parts, what costs next to nothing and what does not.

use std::fmt;
use std::pin::Pin;

use portcullis_store::UnixMs;

use crate::Site;

/// Work that came back, read by its door and not believed yet. The door knows how it is checked; when, and whether
/// at all, is decided here.
pub trait ForeignWork: Send + Sync {
    /// The name of the challenge that it is said to be for.
    fn name(&self) -> &str;

    /// Checks all that costs next to nothing, at `now`: that `site` issued this very challenge, and as much of the work
    /// as is seen at once. Says what is left.
    fn look(&self, site: &Site, now: UnixMs) -> Result<Looked<'_>, NotDone>;
}

/// What is left to check once all was that costs next to nothing.
pub enum Looked<'a> {
    /// Nothing: the work is done.
    Done(DoneElsewhere),
    /// What takes longer than some hundredths of a millisecond. It is not begun before it is awaited.
    Dear(Pin<Box<dyn Future<Output = Result<DoneElsewhere, NotDone>> + Send + 'a>>),
}

impl fmt::Debug for Looked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Done",
            Self::Dear(_) => "Dear",
        })
    }
}

/// Proof that work of another protocol was done.
#[derive(Debug)]
pub struct DoneElsewhere(());

impl DoneElsewhere {
    /// Says that the work was checked and is done. Nothing here can look after it: whoever calls this answers for it,
    /// and gives away tokens where it errs.
    #[must_use]
    pub const fn vouched() -> Self {
        Self(())
    }
}

/// Why work does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// Its challenge is not the one that was issued under this name.
    #[error("this challenge was not issued here")]
    Forged,
    /// Its time has passed.
    #[error("this challenge has expired")]
    Expired,
    /// The work was not done.
    #[error("this solution does not solve its challenge")]
    Unsolved,
    /// Its check was begun as often as it may be.
    #[error("too many solutions came for this challenge")]
    Exhausted,
    /// Too much is being checked.
    #[error("too much is being computed")]
    Busy,
}

impl NotDone {
    /// A stable code for machines and counts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forged => "invalid_token",
            Self::Expired => "expired",
            Self::Unsolved => "invalid_solution",
            Self::Exhausted => "exhausted",
            Self::Busy => "busy",
        }
    }
}
