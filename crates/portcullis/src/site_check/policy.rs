//! Whether a page's content security policy lets this server in.
//!
//! What is decided here is a small part of the standard: which hosts may be loaded from (CSP Level 3, sections 6.7.2.5
//! to 6.7.2.8, without paths). The crate that has all of it brings forty others.

use super::Address;
use super::page::Resource;
use super::report::Report;

/// All policies of a page. Each must allow what is loaded.
pub(super) struct Policies<'a> {
    policies: Vec<Policy<'a>>,
    page: &'a Address,
}

/// Directives by name, the first of each name.
struct Policy<'a>(Vec<(String, Vec<&'a str>)>);

impl<'a> Policies<'a> {
    /// `texts` are headers, each with one policy or several, and those of `meta` elements.
    pub(super) fn new(texts: impl Iterator<Item = &'a String>, page: &'a Address) -> Self {
        let policies = texts.flat_map(|text| text.split(',')).map(Policy::read).collect();
        Self { policies, page }
    }

    /// Says where a script of ours may not be loaded.
    pub(super) fn complain_of_script(&self, script: &Resource, complaints: &mut Vec<String>) {
        let names = ["script-src-elem", "script-src", "default-src"];
        for policy in &self.policies {
            let Some((name, sources)) = policy.directive(&names) else { continue };
            let by_nonce = script.nonce.as_ref().filter(|nonce| !nonce.is_empty()).is_some_and(|nonce| {
                sources.iter().any(|source| source.strip_prefix("'nonce-") == Some(&format!("{nonce}'")))
            });
            let only_nonces = sources.contains(&"'strict-dynamic'");
            if !by_nonce && (only_nonces || !self.allows(sources, &script.address)) {
                complain(complaints, name, &script.address, "for the script");
            }
        }
    }

    /// Says what else of this server may not be reached: what the scripts fetch, and the challenge's frame.
    pub(super) fn complain_of_server(&self, ours: &Address, has_frame: bool, complaints: &mut Vec<String>) {
        for policy in &self.policies {
            let mut need = |names: &[&str], why| {
                if let Some((name, sources)) = policy.directive(names)
                    && !self.allows(sources, ours)
                {
                    complain(complaints, name, ours, why);
                }
            };
            need(&["connect-src", "default-src"], "for challenges and tokens");
            if has_frame {
                need(&["frame-src", "child-src", "default-src"], "for the challenge");
                need(&["form-action"], "for the form that opens the challenge");
            }
        }
    }

    /// Says where ALTCHA's widget cannot start its workers, without which it does nothing.
    pub(super) fn complain_of_workers(&self, complaints: &mut Vec<String>) {
        for name in self.policies.iter().filter_map(Policy::forbids_workers) {
            let complaint = format!("{name} does not allow blob: for the workers of ALTCHA's widget");
            Report::note(complaints, complaint);
        }
    }

    /// Says what the work would go faster with.
    pub(super) fn advise(&self, advice: &mut Vec<String>) {
        let mut lacks = |is_lacking: &dyn Fn(&Policy<'a>) -> bool, sentence: &str| {
            if self.policies.iter().any(is_lacking) {
                advice.push(sentence.to_owned());
            }
        };
        lacks(
            &|policy| policy.forbids_workers().is_some(),
            "worker-src blob: the work is done on the page's own thread",
        );
        lacks(&Policy::forbids_wasm, "'wasm-unsafe-eval' in script-src: the work is done in JavaScript");
        if self.policies.iter().any(Policy::requires_trusted_types) {
            lacks(&Policy::forbids_our_types, "portcullis in trusted-types: no worker can be started");
        }
    }

    fn allows(&self, sources: &[&str], address: &Address) -> bool {
        sources.iter().any(|source| match source.to_ascii_lowercase().as_str() {
            "*" => true,
            "'self'" => address.is_of(self.page),
            "http:" => true,
            "https:" => address.scheme() == "https",
            host => matches(host, address, self.page),
        })
    }
}

impl<'a> Policy<'a> {
    fn read(text: &'a str) -> Self {
        let mut directives: Vec<(String, Vec<&str>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if directives.iter().all(|(known, _)| *known != name) {
                directives.push((name, words.collect()));
            }
        }
        Self(directives)
    }

    /// The directive that lets no worker start. One of ours, or of ALTCHA's widget, comes from a `blob:` address, which
    /// no `*` means. Where scripts are trusted to load others they are trusted to start workers.
    fn forbids_workers(&self) -> Option<&str> {
        let own = ["worker-src", "child-src"];
        let (name, sources) = self.directive(&[own[0], own[1], "script-src", "default-src"])?;
        let is_trusted = !own.contains(&name) && has(sources, "'strict-dynamic'");
        (!is_trusted && !has(sources, "blob:")).then_some(name)
    }

    fn forbids_wasm(&self) -> bool {
        self.directive(&["script-src", "default-src"])
            .is_some_and(|(_, sources)| !has(sources, "'wasm-unsafe-eval'") && !has(sources, "'unsafe-eval'"))
    }

    fn requires_trusted_types(&self) -> bool {
        self.directive(&["require-trusted-types-for"]).is_some_and(|(_, sinks)| has(sinks, "'script'"))
    }

    fn forbids_our_types(&self) -> bool {
        self.directive(&["trusted-types"])
            .is_some_and(|(_, names)| !names.contains(&"portcullis") && !names.contains(&"*"))
    }

    /// The first of these that the policy has: what decides.
    fn directive(&self, names: &[&str]) -> Option<(&str, &[&'a str])> {
        let found = |wanted: &&str| self.0.iter().find(|(name, _)| name == wanted);
        names.iter().find_map(found).map(|(name, sources)| (name.as_str(), sources.as_slice()))
    }
}

fn has(sources: &[&str], keyword: &str) -> bool {
    sources.iter().any(|source| source.eq_ignore_ascii_case(keyword))
}

/// Whether a host source means the address. Without a scheme it means the page's, or a safer one.
fn matches(source: &str, address: &Address, page: &Address) -> bool {
    let (scheme, rest) = source.split_once("://").unwrap_or((page.scheme(), source));
    if !(scheme == address.scheme() || (scheme == "http" && address.scheme() == "https")) {
        return false;
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = match host.strip_prefix("*.") {
        Some(parent) => address.host().strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
        None => host == address.host(),
    };
    let is_port = match port {
        None => matches!(address.port(), 80 | 443),
        Some("*") => true,
        Some(port) => port.parse() == Ok(address.port()),
    };
    is_host && is_port
}

fn complain(complaints: &mut Vec<String>, directive: &str, address: &Address, why: &str) {
    let origin = address.join("/").map_or_else(|| address.to_string(), |top| top.to_string());
    let complaint = format!("{directive} does not allow {} {why}", origin.trim_end_matches('/'));
    Report::note(complaints, complaint);
}
