//! The formats of the ALTCHA protocol: proof of work as the published widget and its server libraries speak it.
//!
//! There are two formats, and the widget knows them by their shape. Version 1 ([`v1`]) hides one number behind a
//! plain hash. Version 2 ([`v2`]) derives a key from a counter, dearly, until the key begins as it should. Both come
//! back as one text in the page's form, which [`Payload`] reads and verifies.
//!
//! The modules here are pure: they read bounded text into typed values, sign, and verify at a given time. What they
//! cannot know is whether a payload came before. [`Verified::replay_id`] names it for whoever keeps count, and only a
//! payload that was verified has one, so that nobody can use up a challenge without having solved it.
//!
//! SHA-1 is not spoken: the present widget refuses it, and so do we. Nor are Argon2id and scrypt.

pub use data::{Data, DataError, DataValue};
pub use hash::Hash;
pub use payload::{Payload, PayloadError};
pub use secrets::{EmptySecret, Secrets};
pub use verified::{Refused, Verified};

mod data;
mod hash;
mod payload;
mod secrets;
pub mod v1;
pub mod v2;
mod verified;
