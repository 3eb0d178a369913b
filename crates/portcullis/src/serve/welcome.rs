//! What the server says when it has started: where to look.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::cli::Setup;
use crate::http::Parts;

/// The lines for standard output.
pub(super) fn text(setup: &Setup, address: SocketAddr, parts: &Parts, first_start: bool) -> String {
    let base = setup.base_url(address);
    let data = setup.data.display();
    let mut text = format!("Portcullis {} listens on http://{address}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, what: &dyn std::fmt::Display| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {name:<8}{what}");
    };
    if parts.demo_site_key.is_some() {
        line("demo", &base.at("/"));
    }
    line("sandbox", &base.at("/sandbox"));
    line("status", &base.at(&format!("/status?token={}", parts.status_token)));
    line("data", &data);
    if first_start {
        let key = if setup.master_key().is_some() { "PORTCULLIS_MASTER_KEY" } else { "master.key in it" };
        line(
            "",
            &format!("{data} is new. Keep a copy of {key} apart from backups: they cannot be read without."),
        );
    }
    line("add", &"portcullis site add NAME --origin https://www.example.com");
    if setup.dev {
        line(
            "--dev",
            &"visitor limits are off, the vendors' test keys are accepted, and everybody sees the sandbox's log",
        );
    }
    text
}
