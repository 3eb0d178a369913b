//! The built binary, run as operators and scripts run it.
//!
//! Everything here goes through processes, files and sockets. What happens behind a route is tested in the crate
//! itself, without them.

mod errors;
mod folder;
mod kill;
mod server;
mod sites;
mod visit;
