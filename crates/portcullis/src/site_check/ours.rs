//! This server, as pages load it: which addresses are scripts of ours, and which give out challenges.
//!
//! An origin is not enough. Behind a reverse proxy the server may share one with the site, whose own scripts must be
//! looked into.

use super::Address;
use super::names::Names;
use crate::http::vendor_scripts::script_paths;

/// This server, as the page's visitors reach it.
pub(super) struct Ours<'a> {
    address: &'a Address,
    /// Whether the page is of the same origin.
    is_of_page: bool,
    /// Paths of scripts, with what a proxy puts before them; `{hash}` stands for any segment.
    scripts: Vec<String>,
    /// Paths where ALTCHA's widget gets challenges, likewise.
    challenges: Vec<String>,
}

impl<'a> Ours<'a> {
    /// `address` is that of the server's root, `page` that of the page.
    pub(super) fn new(address: &'a Address, page: &Address) -> Self {
        let root = address.path().trim_end_matches('/');
        let scripts = script_paths().into_iter().map(|path| format!("{root}{path}")).collect();
        let challenges = CHALLENGES.iter().map(|path| format!("{root}{path}")).collect();
        Self { address, is_of_page: address.is_of(page), scripts, challenges }
    }

    pub(super) fn address(&self) -> &Address {
        self.address
    }

    /// The address of a path of this server.
    pub(super) fn at(&self, path: &str) -> String {
        let whole = format!("{}{path}", self.address.path().trim_end_matches('/'));
        self.address.join(&whole).map_or(whole, |address| address.to_string())
    }

    /// Whether a script of this server lies there.
    pub(super) fn is_script(&self, address: &Address) -> bool {
        let path = address.path().split('?').next().unwrap_or_default();
        let is_path = |script: &String| match script.split_once("{hash}") {
            None => script == path,
            Some((begin, end)) => path
                .strip_prefix(begin)
                .and_then(|rest| rest.strip_suffix(end))
                .is_some_and(|hash| !hash.is_empty() && !hash.contains('/')),
        };
        address.is_of(self.address) && self.scripts.iter().any(is_path)
    }

    /// Whether ALTCHA's widget gets challenges of this server there.
    pub(super) fn is_challenge(&self, address: &Address) -> bool {
        let path = address.path().split('?').next().unwrap_or_default();
        address.is_of(self.address) && self.challenges.iter().any(|challenge| challenge == path)
    }

    /// Whether a script of the page has the address of this server in it, and so may load from here.
    pub(super) fn is_named_in(&self, names: &Names<'_>) -> bool {
        let port = self.address.port();
        let is_here = |port_named: Option<u16>| match port_named {
            Some(named) => named == port,
            None => matches!(port, 80 | 443),
        };
        let mut paths = self.scripts.iter().chain(&self.challenges);
        let is_named = names.any(|name| {
            name.host == self.address.host()
                && is_here(name.port)
                // The site's own host says nothing.
                && (!self.is_of_page || paths.clone().any(|path| name.is_at(path)))
        });
        is_named || (self.is_of_page && paths.any(|path| names.has_literal(path)))
    }
}

/// What a page asks with ALTCHA's widget, in its own manner and in the published server's.
const CHALLENGES: [&str; 2] = ["/altcha/challenge", "/v1/challenge"];
