//! Whose a host is, where somebody has it to himself.
//!
//! Every question of a visitor asks this, and anybody can register sites by the thousand: so it is an index, and what
//! it costs does not grow with the number of sites.

use std::collections::HashMap;

use crate::{Origin, OriginPattern, Site};

/// The hosts that sites have to themselves: those that the operator listed, and those that were proved.
#[derive(Default)]
pub(crate) struct Claims {
    /// By host, or by parent domain where all subdomains are meant.
    by_host: HashMap<String, Vec<Claim>>,
}

struct Claim {
    pattern: OriginPattern,
    is_operators: bool,
}

impl Claims {
    pub(crate) fn add(&mut self, site: &Site) {
        let is_operators = site.settings.is_operators();
        if !is_operators && !site.is_proved() {
            return;
        }
        for pattern in &site.settings.origins {
            let host = match pattern {
                OriginPattern::Any => continue,
                OriginPattern::Exact(own) => own.host(),
                OriginPattern::Subdomains(parent) => parent.host(),
            };
            let claim = Claim { pattern: pattern.clone(), is_operators };
            self.by_host.entry(host.to_owned()).or_default().push(claim);
        }
    }

    /// Whether `site` earns no passes for `origin` because another one has it, or another origin of its host, to
    /// itself: a backend may verify by host alone. The operator's sites shut out all others, proved ones those that
    /// anybody may use or register.
    pub(crate) fn shut_out(&self, site: &Site, origin: &Origin) -> bool {
        if site.settings.is_operators() {
            return false;
        }
        let host = origin.host();
        let parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
        std::iter::once(host)
            .chain(parents)
            .filter_map(|name| self.by_host.get(name))
            .flatten()
            .any(|claim| claim.pattern.names_host(origin) && (claim.is_operators || !site.is_proved()))
    }
}
