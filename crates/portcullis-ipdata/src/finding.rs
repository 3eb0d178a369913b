//! What one source says, and how many sources make one set of facts.

use portcullis_risk::{AddressClass, AddressFacts, AddressFlags, AddressSource};

/// One source's word on an address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// The source and what it flags, as it is shown.
    pub source: AddressSource,
    /// The kind of network that the source vouches for, beyond its flags.
    pub class: Option<AddressClass>,
    /// Upper-case ISO 3166 code of two letters.
    pub country: Option<String>,
    /// The crawler that the address belongs to.
    pub good_bot: Option<String>,
}

/// Facts under way. Of country, network and organisation the first word counts, so sources are added in order of
/// trust; a flag counts whoever raises it.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    facts: AddressFacts,
    is_residential: bool,
    is_mobile: bool,
    is_hosting: bool,
}

impl Gathering {
    /// Adds a source's word.
    pub(crate) fn add(&mut self, finding: Finding) {
        let Finding { source, class, country, good_bot } = finding;
        let facts = &mut self.facts;
        facts.flags = either(facts.flags, source.flags);
        facts.country = facts.country.take().or(country);
        facts.asn = facts.asn.or(source.asn);
        facts.organisation = facts.organisation.take().or_else(|| source.org.clone());
        facts.good_bot = facts.good_bot.take().or(good_bot);
        match class {
            Some(AddressClass::Residential) => self.is_residential = true,
            Some(AddressClass::Mobile) => self.is_mobile = true,
            Some(AddressClass::Hosting) => self.is_hosting = true,
            Some(AddressClass::Local | AddressClass::Unknown) | None => {}
        }
        if facts.sources.len() < SOURCES_MAX {
            facts.sources.push(source);
        }
    }

    /// The number of the autonomous system, as far as it is known by now.
    pub(crate) fn asn(&self) -> Option<u32> {
        self.facts.asn
    }

    /// All that was said. `is_corrected` tells that the operator's own list calls the address a household.
    pub(crate) fn finish(mut self, is_corrected: bool) -> AddressFacts {
        let flags = &mut self.facts.flags;
        if is_corrected {
            (flags.hosting, flags.datacenter, self.is_hosting) = (false, false, false);
        }
        self.facts.class = if self.is_hosting || flags.hosting || flags.datacenter {
            AddressClass::Hosting
        } else if self.is_mobile || flags.mobile {
            AddressClass::Mobile
        } else if self.is_residential {
            AddressClass::Residential
        } else {
            AddressClass::Unknown
        };
        self.facts
    }
}

/// A text of a source's as it is kept: without control characters, at most 120 characters, or nothing.
pub(crate) fn clipped(text: &str) -> Option<String> {
    let visible = text.trim().chars().filter(|letter| !letter.is_control());
    Some(visible.take(TEXT_MAX).collect::<String>()).filter(|text| !text.is_empty())
}

/// A country's code as it is kept; `None` where it is none.
pub(crate) fn country_code(text: &str) -> Option<String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

fn either(one: AddressFlags, other: AddressFlags) -> AddressFlags {
    AddressFlags {
        hosting: one.hosting || other.hosting,
        proxy: one.proxy || other.proxy,
        vpn: one.vpn || other.vpn,
        tor: one.tor || other.tor,
        mobile: one.mobile || other.mobile,
        datacenter: one.datacenter || other.datacenter,
    }
}

/// Sources that are shown.
const SOURCES_MAX: usize = 8;
/// Characters that are kept of a source's text.
const TEXT_MAX: usize = 120;
