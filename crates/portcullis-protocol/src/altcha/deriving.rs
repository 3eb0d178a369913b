//! Keys that take long, derived where nobody waits behind them.

use async_trait::async_trait;
use portcullis_engine::{DoneElsewhere, ForeignWork, Looked, NotDone, Site, UnixMs};

use super::v2::{Derivation, DerivedKey};
use super::{Authentic, Payload, Secrets};

/// Derives keys aside from the threads that answer requests, so many at a time and no more.
#[async_trait]
pub trait Deriving: Send + Sync {
    /// Derives a key. `None` where so many others wait that it would come too late.
    async fn derive(&self, derivation: Derivation) -> Option<DerivedKey>;
}

/// A payload as the engine judges it.
pub(super) struct Handed<'a> {
    pub(super) payload: &'a Payload,
    pub(super) aside: &'a dyn Deriving,
}

impl ForeignWork for Handed<'_> {
    fn name(&self) -> &str {
        self.payload.challenge_id().unwrap_or_default()
    }

    fn look(&self, site: &Site, now: UnixMs) -> Result<Looked<'_>, NotDone> {
        // A site's secret has 32 characters or more, so this never fails.
        let secrets =
            Secrets::of_master(site.secret().expose().as_bytes()).map_err(|_empty| NotDone::Forged)?;
        let authentic = self.payload.authenticate(&secrets, now)?;
        match authentic.derivation().filter(Derivation::is_dear) {
            None => finished(authentic, None).map(Looked::Done),
            Some(derivation) => Ok(Looked::Dear(Box::pin(async move {
                let key = self.aside.derive(derivation).await.ok_or(NotDone::Busy)?;
                finished(authentic, Some(key))
            }))),
        }
    }
}

fn finished(authentic: Authentic, key: Option<DerivedKey>) -> Result<DoneElsewhere, NotDone> {
    authentic.finish(key)?;
    Ok(DoneElsewhere::vouched())
}

/// The key of a challenge that is to be written: here where that costs nothing to speak of, else aside.
pub(super) async fn derived(
    derivation: Option<Derivation>,
    aside: &dyn Deriving,
) -> Result<Option<DerivedKey>, NotDone> {
    match derivation {
        Some(derivation) if derivation.is_dear() => {
            aside.derive(derivation).await.map(Some).ok_or(NotDone::Busy)
        }
        derivation => Ok(derivation.map(Derivation::derive)),
    }
}
