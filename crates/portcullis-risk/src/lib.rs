//! What a visitor shows, judged: signals to a score with reasons, and a score to friction.
//!
//! Everything here is pure and deterministic. The crate knows no store, no HTTP, no clock and no randomness, so a
//! verdict can be repeated from its signals, and weights can be tried on recorded ones.
//!
//! A score is no proof. Whoever drives a patched browser through a residential proxy shows what a person shows; the
//! score sets a price, which the work collects.

pub use address::{AddressClass, AddressFacts, AddressFlags, AddressSource};
pub use address_risk::{AddressRisk, address_risk};
pub use anomaly::{Anomaly, Features};
pub use policy::{Band, Friction, Policy, decide};
pub use policy_choices::PolicyChoices;
pub use pressure::Pressure;
pub use profile::{Profile, UnknownProfile};
pub use replay::{Replays, Sketch, sketch};
pub use score::{Assessment, CHALLENGE_FROM, DENY_FROM, Reason, assess};
pub use signals::{Behavior, Client, Fingerprint, History, Point, Screen, Signals, Vouching};
pub use trajectory::{Measures, measure};

mod address;
mod address_risk;
mod agent;
mod anomaly;
mod headers;
mod history;
mod keyboard;
mod marks;
mod policy;
mod policy_choices;
mod pressure;
mod profile;
mod published;
mod replay;
mod score;
mod signals;
mod system;
mod trajectory;
mod weights;
mod zones;
