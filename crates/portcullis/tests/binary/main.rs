//! The built binary, run as operators and scripts run it.
//!
//! Everything here goes through processes, files and sockets. What happens behind a route is tested in the crate
//! itself, without them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod errors;
mod folder;
mod ipdata;
mod kill;
mod server;
mod sites;
mod turnstile;
mod visit;
