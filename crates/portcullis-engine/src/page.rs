//! Pages of ours that act for another page: a frame for the page around it, the sandbox for its preview.
//!
//! The browser names *our* origin in what they send, or none at all. So the page that they act for is sealed into
//! them when they are served, and comes back with their questions.

use serde::{Deserialize, Serialize};

use crate::entropy::random;
use crate::envelope::Purpose;
use crate::secret::hex;
use crate::{Engine, Origin, Visitor};

/// What is sealed into a page of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPage {
    /// The page that it acts for.
    pub origin: Origin,
    /// One visit to it, in 32 hex digits.
    pub visit: String,
    /// Keyed digest of the network that it was served to, where it is for that one alone.
    network: Option<[u8; 8]>,
}

/// A page's seal, to be put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSeal {
    /// The sealed text.
    pub text: String,
    /// The visit that it stands for.
    pub visit: String,
}

#[derive(Serialize, Deserialize)]
struct Content {
    origin: String,
    visit: String,
    #[serde(default)]
    network: Option<[u8; 8]>,
    until: u64,
}

impl Engine {
    /// Seals a page that acts for `origin`. `None` where no key is at hand.
    #[must_use]
    pub fn seal_page(&self, origin: &Origin) -> Option<PageSeal> {
        self.sealed_page(origin, None)
    }

    /// Seals a page that acts for `origin`, and only for the network that it is served to: nobody can fetch it here
    /// and have visitors of another page act with it.
    #[must_use]
    pub fn seal_page_for(&self, origin: &Origin, visitor: &Visitor) -> Option<PageSeal> {
        self.sealed_page(origin, Some(self.network_digest(visitor)))
    }

    /// Whether a page was sealed for the network that this visitor comes from.
    #[must_use]
    pub fn is_sealed_for(&self, page: &SealedPage, visitor: &Visitor) -> bool {
        page.network == Some(self.network_digest(visitor))
    }

    fn sealed_page(&self, origin: &Origin, network: Option<[u8; 8]>) -> Option<PageSeal> {
        let visit = hex(&random::<16>(&*self.entropy));
        let content = Content {
            origin: origin.to_string(),
            visit: visit.clone(),
            network,
            until: self.clock.now().plus(PAGE_LIFE_MS).0,
        };
        let content = serde_json::to_vec(&content).ok()?;
        let text = self.directory.snapshot().keys.seal(&*self.entropy, Purpose::Page, &content)?;
        Some(PageSeal { text, visit })
    }

    /// Reads a page's seal. `None` unless it was made here, not changed, and not too long ago.
    #[must_use]
    pub fn open_page(&self, text: &str) -> Option<SealedPage> {
        let bytes = self.directory.snapshot().keys.open(Purpose::Page, text)?;
        let content: Content = serde_json::from_slice(&bytes).ok()?;
        if self.clock.now().0 >= content.until {
            return None;
        }
        Some(SealedPage {
            origin: content.origin.parse().ok()?,
            visit: content.visit,
            network: content.network,
        })
    }
}

/// How long a page of ours may stay open and still ask.
const PAGE_LIFE_MS: u64 = 24 * 60 * 60 * 1000;
