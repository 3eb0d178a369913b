//! The Cap.js door: what the published widget and its servers say.
//!
//! The widget POSTs for a challenge, POSTs the solutions back, and puts the token that it gets into the page's
//! form; the site's backend POSTs that token to siteverify. The widget looks at no status, only at `success` and
//! `error`, while the users of Cap Standalone and of the Python package look at theirs. So every failure carries
//! `success: false`, a sentence in `error` (Cap's own words where Cap has some) and a stable code in `reason`,
//! and its status follows the site's [`Profile`](portcullis_engine::Profile).
//!
//! | `reason` | Standalone | capjs-server |
//! |---|---|---|
//! | `body_too_large` | 413 | 413 |
//! | `invalid_body`, `missing_token`, `missing_solutions`, `invalid_solutions` (unreadable), `invalid_binding` | 400 | 400 |
//! | `invalid_solutions` (as many as there are puzzles were wanted) | 400 | 200 |
//! | `invalid_token`, `scope_mismatch`, `origin_mismatch`, `expired`, `invalid_solution`, `already_redeemed` | 403 | 200 |
//! | `origin_refused` | 403 | 403 |
//! | `unknown_site` | 404 | 404 |
//! | `rate_limited` | 429 | 429 |
//! | `unavailable` | 503 | 503 |

pub use capjs_server::CapjsServer;
pub use challenge::challenge;
pub use cors::preflight;
pub use redeem::redeem;
pub use siteverify::siteverify;

mod capjs_server;
mod challenge;
mod cors;
mod failure;
mod redeem;
mod siteverify;
mod submission;
