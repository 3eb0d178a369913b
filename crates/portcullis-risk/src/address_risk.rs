//! What an address costs: the published risks, and ours, which are milder. A household behind a VPN is no bot.

use serde::Serialize;

use crate::score::Findings;
use crate::weights::{Code, Weights};
use crate::{AddressClass, AddressFacts, Profile, Signals};

/// An address, judged as AstraCaph publishes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AddressRisk {
    /// What kind of network it belongs to, by class and by flags.
    pub classification: AddressClass,
    /// How likely the address belongs to one household or office: 0 to 1, 0.5 where nothing is known.
    pub static_likelihood: f64,
    /// What it adds to a score, 0 to 1, in hundredths.
    pub risk: f64,
    /// Sentences for people.
    pub reasons: Vec<&'static str>,
}

impl AddressRisk {
    /// The word that the published service has for [`AddressRisk::static_likelihood`].
    #[must_use]
    pub fn static_likelihood_word(&self) -> &'static str {
        match self.classification {
            AddressClass::Hosting => "unlikely_home",
            AddressClass::Residential => "likely_home_or_small_office",
            AddressClass::Local | AddressClass::Mobile | AddressClass::Unknown => "unknown",
        }
    }
}

/// Judges an address with the published risks. A local one has none.
#[must_use]
pub fn address_risk(facts: &AddressFacts) -> AddressRisk {
    let classification = classify(facts);
    let mut risk = 0.0;
    let mut reasons = Vec::new();
    if classification == AddressClass::Local {
        reasons.push("The address is a local or private one.");
    }
    for entry in found(facts).filter_map(|code| Weights::of(Profile::Astracaph).entries[code as usize]) {
        risk += entry.weight;
        reasons.push(entry.text);
    }
    if reasons.is_empty() {
        reasons.push("Nothing is known of the address.");
    }
    AddressRisk {
        classification,
        static_likelihood: match classification {
            AddressClass::Hosting => 0.1,
            AddressClass::Residential => 0.8,
            AddressClass::Local | AddressClass::Mobile | AddressClass::Unknown => 0.5,
        },
        risk: (risk.clamp(0.0, 1.0) * 100.0).round() / 100.0,
        reasons,
    }
}

/// Notes what is known of the address, for profiles that weigh each fact once.
pub(crate) fn find(signals: &Signals, findings: &mut Findings) {
    for code in found(&signals.address) {
        findings.note(code, true);
    }
}

/// What is known of an address that the published service weighs.
fn found(facts: &AddressFacts) -> impl Iterator<Item = Code> {
    let class = classify(facts);
    let foreign = class != AddressClass::Local;
    [
        (facts.flags.tor, Code::AddressTor),
        (facts.flags.vpn, Code::AddressVpn),
        (facts.flags.proxy, Code::AddressProxy),
        (class == AddressClass::Hosting, Code::AddressHosting),
        (class == AddressClass::Mobile, Code::AddressMobile),
        (class == AddressClass::Residential, Code::AddressResidential),
    ]
    .into_iter()
    .filter_map(move |(said, code)| (said && foreign).then_some(code))
}

/// A source's flag speaks louder than a class: what is in a listed data centre is hosting, whoever else calls it a
/// household.
fn classify(facts: &AddressFacts) -> AddressClass {
    let flags = facts.flags;
    match facts.class {
        AddressClass::Local => AddressClass::Local,
        _ if flags.hosting || flags.datacenter => AddressClass::Hosting,
        AddressClass::Unknown if flags.mobile => AddressClass::Mobile,
        AddressClass::Residential if flags.mobile => AddressClass::Mobile,
        class => class,
    }
}
