//! What is known of an address, from files and, if the operator asks for it, from others.
//!
//! [`Lookup`] answers at once, from what is in memory: built-in ranges, range lists and MaxMind files of one folder.
//! The rest of the room is translation without a clock and without a network, so that all of it can be tried on any
//! bytes: what HTTP providers answer ([`Provider`]), what publishers of range lists publish ([`published`]), and
//! whose crawler a visitor claims to be ([`Crawler`]). The binary does the asking.
//!
//! Nothing here decides about a visitor. An address is a hint: a person may sit behind a VPN, and a bot in a
//! household.

pub use crawler::{CRAWLERS, Crawler};
pub use finding::Finding;
pub use folder::{FileReport, LoadError, Report};
pub use kind::{ListKind, list_of_file};
pub use lookup::Lookup;
pub use portcullis_risk::{AddressClass, AddressFacts, AddressFlags, AddressSource};
pub use provider::{PROVIDERS, Provider, ProviderError};
pub use published::{DocumentError, PUBLIC_LISTS, PublicList};
pub use range::{AddressRange, RangeError};
pub use range_list::{ListError, RangeList};
pub use range_set::RangeSet;
pub use scope::{is_local, is_public};

pub mod published;

mod atlas;
mod built_in;
mod crawler;
mod finding;
mod folder;
mod kind;
mod lookup;
mod maxmind;
mod provider;
mod range;
mod range_list;
mod range_set;
mod scope;
