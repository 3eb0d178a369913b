//! The ALTCHA door: proof of work as the published widget and its server libraries speak it, with single use.
//!
//! There are two formats, and the widget knows them by their shape. Version 1 ([`v1`]) hides one number behind a
//! plain hash. Version 2 ([`v2`]) derives a key from a counter, dearly, until the key begins as it should. Both come
//! back as one text in the page's form, which [`Payload`] reads and verifies.
//!
//! The formats are pure: they read bounded text into typed values, sign, and verify at a given time. Whether a payload
//! came before they cannot know. That is the engine's: every challenge here carries a name that the engine sealed.
//!
//! The site's own secret key signs its challenges, as it would in the published server libraries, and the secret for
//! derived keys follows from it in their way. SHA-1 is not spoken: the present widget refuses it, and so do we.
//!
//! | `code` | status |
//! |---|---|
//! | `invalid_params`, `invalid_body`, `invalid_fields`, `missing_api_key`, `missing_payload`, `invalid_payload`, `test_payload`, `missing_secret` | 400 |
//! | `unknown_secret`, `sitekey_mismatch` | 401 |
//! | `origin_refused`, `altcha_off` | 403 |
//! | `unknown_site` | 404 |
//! | `body_too_large` | 413 |
//! | `rate_limited` | 429 |
//! | `busy`, `unavailable` | 503 |
//! | what was judged: `invalid_token`, `scope_mismatch`, `origin_mismatch`, `expired`, `invalid_solution`, `exhausted`, `already_redeemed`, `already_spent` | 200 with `verified: false` |
//!
//! `reason` is the same word, but for what was judged for a widget: there it is the sentence in `error`, since the widget
//! shows it to its visitor.

pub use challenge::challenge;
pub use cors::preflight;
pub use data::{Data, DataError, DataValue};
pub use deriving::Deriving;
pub use door::{Door, Entrance};
pub use hash::Hash;
pub use payload::{Payload, PayloadError};
pub use secrets::{EmptySecret, Secrets};
pub use server_payload::ServerPayload;
pub use verified::{Authentic, Refused, Verified};
pub use verify::{verify, verify_signature};

mod asked;
mod body;
mod challenge;
mod cors;
mod data;
mod deriving;
mod door;
mod failure;
mod fields_hash;
mod hash;
mod payload;
mod secrets;
mod server_payload;
pub mod v1;
pub mod v2;
mod verification_data;
mod verified;
mod verify;
