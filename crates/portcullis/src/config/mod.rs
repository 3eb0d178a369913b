//! The settings, and where they come from.
//!
//! One struct per section of the file; `site_defaults` and `limits` are the engine's own. Flags win over the
//! environment, the environment over the file, the file over the defaults. Whatever is wrong is reported at
//! once and by name, because an operator who corrects one line at a time restarts the server as often.
//!
//! [`settings`] is the one table of every setting: it decides which names there are in file and environment, and
//! the reference is printed from it.

use portcullis_engine::{LimitSettings, SiteDefaults};
use serde::Serialize;

use crate::address::AddressSettings;
use crate::turnstile::TurnstileSettings;

pub(crate) use astracaph::{Astracaph, Registration, Secret, SeededSite};
pub(crate) use environment::Environment;
pub(crate) use load::load;
pub(crate) use reference::reference;
pub(crate) use sections::{Cap, Durability, Log, LogFormat, LogLevel, Server, Siteverify, Store};

mod astracaph;
mod environment;
mod layers;
mod load;
mod reference;
mod sections;
mod settings;

/// Every setting, within its range.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Config {
    /// Where the server listens and for whom.
    pub(crate) server: Server,
    /// How data is kept.
    pub(crate) store: Store,
    /// What holds for sites that say nothing else.
    pub(crate) site_defaults: SiteDefaults,
    /// How often one visitor may ask.
    pub(crate) limits: LimitSettings,
    /// The Cap door.
    pub(crate) cap: Cap,
    /// The siteverify doors.
    pub(crate) siteverify: Siteverify,
    /// The AstraCaph door.
    pub(crate) astracaph: Astracaph,
    /// Where facts about visitors' addresses come from.
    pub(crate) addresses: AddressSettings,
    /// How Cloudflare is asked for a second opinion.
    pub(crate) turnstile: TurnstileSettings,
    /// What is logged, and how.
    pub(crate) log: Log,
}
