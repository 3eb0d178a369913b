//! Whether a page has left another captcha behind: what it loads, what its scripts name, and whether its content
//! security policy lets this server in.
//!
//! A page is read and not run, so what its scripts fetch is not seen; but whoever fetches something names it, so the
//! scripts' text is searched for the addresses of captchas.

use std::collections::BTreeSet;

use serde::Serialize;

pub(crate) use address::Address;

use page::{Page, Use};
use policy::Policies;
use vendors::{Vendor, in_text, of_address};

mod address;
mod page;
mod policy;
mod vendors;

/// What was fetched from an address.
pub(crate) struct Fetched {
    /// Where it was found in the end, redirects followed.
    pub(crate) address: Address,
    /// The text, or as much of it as is read.
    pub(crate) text: String,
    /// Every Content-Security-Policy header.
    pub(crate) policies: Vec<String>,
}

/// What is wrong with a page, and what it loads.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The page, redirects followed.
    url: String,
    /// Whether the page loads a script of this server.
    loads_ours: bool,
    /// Other hosts that the page loads something from, captchas or not.
    other_hosts: BTreeSet<String>,
    /// Captchas that are still there.
    captchas: Vec<Captcha>,
    /// What the page's content security policy stands in the way of, as sentences.
    policy: Vec<String>,
    /// Scripts that could not be looked into, with the reason.
    unread: Vec<String>,
}

/// A trace of another captcha.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Captcha {
    name: &'static str,
    /// What gives it away: an address, or where it is named.
    found: String,
    /// What takes its place.
    instead: String,
}

impl Report {
    /// Whether nothing is left to do.
    pub(crate) fn is_good(&self) -> bool {
        self.loads_ours && self.captchas.is_empty() && self.policy.is_empty() && self.unread.is_empty()
    }

    /// The report for people.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![self.url.clone()];
        let ours = if self.loads_ours { "yes" } else { "no script of this server is in the page" };
        lines.push(format!("  loads from this server   {ours}"));
        for captcha in &self.captchas {
            lines.push(format!("  {} is still there: {}", captcha.name, captcha.found));
            lines.push(format!("    {}", captcha.instead));
        }
        lines.extend(self.policy.iter().map(|problem| format!("  policy: {problem}")));
        lines.extend(self.unread.iter().map(|problem| format!("  not looked into: {problem}")));
        if !self.other_hosts.is_empty() {
            let hosts = self.other_hosts.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            lines.push(format!("  other hosts, no captchas {hosts}"));
        }
        lines.join("\n")
    }
}

/// Looks at a page and the scripts that it names. `ours` is this server; `fetch` answers a sentence where it fails.
pub(crate) fn check(
    fetched: &Fetched,
    ours: &Address,
    fetch: &dyn Fn(&Address) -> Result<Fetched, String>,
) -> Report {
    let page = Page::read(&fetched.text, &fetched.address);
    let policies = Policies::new(fetched.policies.iter().chain(&page.policies), &fetched.address);
    let mut report = Report {
        url: fetched.address.to_string(),
        loads_ours: false,
        other_hosts: BTreeSet::new(),
        captchas: Vec::new(),
        policy: Vec::new(),
        unread: Vec::new(),
    };
    for resource in &page.resources {
        if resource.address.is_of(ours) {
            if resource.is_for == Use::Script {
                report.loads_ours = true;
                policies.complain_of_script(resource, &mut report.policy);
            }
            continue;
        }
        match of_address(&resource.address) {
            Some(vendor) => report.found(vendor, resource.address.to_string(), ours),
            None if !resource.address.is_of(&fetched.address) => {
                report.other_hosts.insert(resource.address.host().to_owned());
            }
            None => {}
        }
    }
    if report.loads_ours {
        policies.complain_of_server(ours, page.has_frame_of_ours, &mut report.policy);
    }
    for (place, text) in page.inline_scripts.iter().enumerate() {
        report.search(text, &format!("named in inline script {}", place + 1), ours);
    }
    let scripts = page.resources.iter().filter(|resource| resource.is_for == Use::Script);
    let others =
        scripts.filter(|script| !script.address.is_of(ours) && of_address(&script.address).is_none());
    for script in others.take(SCRIPTS_MOST) {
        match fetch(&script.address) {
            Ok(fetched) => report.search(&fetched.text, &format!("named in {}", script.address), ours),
            Err(why) => report.unread.push(format!("{}: {why}", script.address)),
        }
    }
    report
}

impl Report {
    fn search(&mut self, text: &str, place: &str, ours: &Address) {
        for vendor in in_text(text) {
            self.found(vendor, place.to_owned(), ours);
        }
    }

    fn found(&mut self, vendor: &'static Vendor, found: String, ours: &Address) {
        let captcha = Captcha { name: vendor.name, found, instead: vendor.instead(ours) };
        if !self.captchas.contains(&captcha) {
            self.captchas.push(captcha);
        }
    }
}

/// The most scripts of one page that are fetched.
const SCRIPTS_MOST: usize = 50;

#[cfg(test)]
mod tests;
