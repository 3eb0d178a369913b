//! Whether a page has left another captcha behind: what it loads, what its scripts name, and whether its content
//! security policy lets this server in.
//!
//! A page is read and not run. What its elements load is certain. What its scripts fetch is not seen; but whoever
//! fetches something names it, so the scripts' text is searched for addresses, and what they name is a warning.

use std::collections::HashSet;

pub(crate) use address::Address;
pub(crate) use report::Report;

use names::{Names, unescaped};
use ours::Ours;
use page::{Page, Resource, Use};
use policy::Policies;
use report::Captcha;
use vendors::{Vendor, of_address, of_host};

mod address;
mod names;
mod ours;
mod page;
mod policy;
mod report;
mod vendors;

/// What was fetched from an address.
pub(crate) struct Fetched {
    /// Where it was found in the end, redirects followed.
    pub(crate) address: Address,
    /// The text, or as much of it as is read.
    pub(crate) text: String,
    /// Whether there is more of it than was read.
    pub(crate) is_cut: bool,
    /// Every Content-Security-Policy header.
    pub(crate) policies: Vec<String>,
}

/// Looks at a page and the scripts that it names. `ours` is this server; `fetch` answers a sentence where it fails.
pub(crate) fn check(
    fetched: &Fetched,
    ours: &Address,
    fetch: &dyn Fn(&Address) -> Result<Fetched, String>,
) -> Report {
    let page = Page::read(&fetched.text, &fetched.address);
    let ours = Ours::new(ours, &fetched.address);
    let policies = Policies::new(fetched.policies.iter().chain(&page.policies), &fetched.address);
    let (url, is_cut) = (fetched.address.to_string(), fetched.is_cut);
    let mut look = Look { ours, report: Report { url, is_cut, ..Report::default() } };
    look.read(fetched);
    for resource in &page.resources {
        look.at_resource(resource, &fetched.address, &policies);
    }
    for (place, text) in page.inline_scripts.iter().enumerate() {
        look.search(text, &format!("inline script {}", place + 1));
    }
    look.at_scripts(&page, fetch);
    let Look { ours, mut report } = look;
    let is_script = report.loads_ours || !report.names_ours.is_empty();
    if is_script || report.challenges_ours {
        policies.complain_of_server(ours.address(), page.has_frame_of_ours, &mut report.policy);
    }
    if report.challenges_ours {
        policies.complain_of_workers(&mut report.policy);
    }
    if is_script {
        policies.advise(&mut report.slower);
    }
    report
}

/// A report that is being written.
struct Look<'a> {
    ours: Ours<'a>,
    report: Report,
}

impl Look<'_> {
    fn at_resource(&mut self, resource: &Resource, page: &Address, policies: &Policies<'_>) {
        let address = &resource.address;
        if resource.is_for == Use::Challenge && self.ours.is_challenge(address) {
            self.report.challenges_ours = true;
        } else if self.ours.is_script(address) {
            if resource.is_for == Use::Script {
                self.report.loads_ours = true;
                policies.complain_of_script(resource, &mut self.report.policy);
            }
        } else if let Some(vendor) = of_address(address) {
            let captcha = self.captcha(vendor, address.to_string());
            Report::note(&mut self.report.captchas, captcha);
        } else if let Some(vendor) = connects_to(resource) {
            let (name, found) = (vendor.name, address.to_string());
            let captcha = Captcha { name, found, instead: CONNECTION.to_owned() };
            Report::note(&mut self.report.may_connect, captcha);
        } else {
            self.at_nobodys(resource, page);
        }
    }

    /// What is of no vendor that is known, and not ours.
    fn at_nobodys(&mut self, resource: &Resource, page: &Address) {
        let address = &resource.address;
        if resource.is_for == Use::Challenge {
            Report::note(&mut self.report.challenges_elsewhere, address.to_string());
        }
        if !address.is_of(page) && !address.is_of(self.ours.address()) {
            self.report.other_hosts.insert(address.host().to_owned());
        }
    }

    /// Searches every script but ours and those that are told already: first those that surely run.
    fn at_scripts(&mut self, page: &Page, fetch: &dyn Fn(&Address) -> Result<Fetched, String>) {
        let mut seen = HashSet::new();
        let those = |is_for| page.resources.iter().filter(move |resource| resource.is_for == is_for);
        let others: Vec<&Address> = those(Use::Script)
            .chain(those(Use::Preload))
            .map(|script| &script.address)
            .filter(|address| !self.ours.is_script(address) && of_address(address).is_none())
            .filter(|address| seen.insert(address.to_string()))
            .collect();
        for address in others.iter().take(SCRIPTS_MOST) {
            match fetch(address) {
                Ok(fetched) => {
                    self.read(&fetched);
                    self.search(&fetched.text, &address.to_string());
                }
                Err(why) => self.report.unread.push(format!("{address}: {why}")),
            }
        }
        if let Some(left @ 1..) = others.len().checked_sub(SCRIPTS_MOST) {
            let told = format!("{left} more scripts: the first {SCRIPTS_MOST} of a page are read");
            self.report.unread.push(told);
        }
    }

    fn read(&mut self, fetched: &Fetched) {
        if fetched.is_cut {
            let told = format!("{}: too long, and searched in its first part only", fetched.address);
            self.report.unread.push(told);
        }
    }

    fn search(&mut self, text: &str, place: &str) {
        let text = unescaped(text);
        let names = Names::read(&text);
        if self.ours.is_named_in(&names) {
            Report::note(&mut self.report.names_ours, place.to_owned());
        }
        for vendor in Vendor::named_in(&names) {
            let captcha = self.captcha(vendor, place.to_owned());
            Report::note(&mut self.report.may_load, captcha);
        }
    }

    fn captcha(&self, vendor: &'static Vendor, found: String) -> Captcha {
        Captcha { name: vendor.name, found, instead: vendor.instead(&self.ours) }
    }
}

/// Whose captcha a page may mean that connects to a host ahead and says of it nothing but the host.
fn connects_to(resource: &Resource) -> Option<&'static Vendor> {
    let address = &resource.address;
    let is_host_alone = resource.is_for == Use::Connection && address.path() == "/";
    if is_host_alone { of_host(address.host()) } else { None }
}

const CONNECTION: &str = "remove the link, unless the page needs that host for something else";
/// The most scripts of one page that are fetched.
const SCRIPTS_MOST: usize = 50;

#[cfg(test)]
mod tests;
