//! What is known of an address. Who finds it out is another room's matter; here it is judged.

use serde::{Deserialize, Serialize};

/// What is known of one address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressFacts {
    /// What kind of network it belongs to.
    pub class: AddressClass,
    /// What the network is used for.
    pub flags: AddressFlags,
    /// Upper-case ISO 3166 code of two letters.
    pub country: Option<String>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// Who runs it; at most 120 characters.
    pub organisation: Option<String>,
    /// A crawler that proved by name server whose it is: its name, such as `Googlebot`.
    pub good_bot: Option<String>,
    /// Where the facts come from; at most 8.
    pub sources: Vec<AddressSource>,
}

/// What kind of network an address belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressClass {
    /// Loopback, private, link-local: a machine of the operator's.
    Local,
    /// A data centre.
    Hosting,
    /// A household or an office.
    Residential,
    /// A mobile carrier.
    Mobile,
    /// Nobody says.
    #[default]
    Unknown,
}

/// What a network is used for, by any source that says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressFlags {
    /// Servers for rent.
    pub hosting: bool,
    /// An open or commercial proxy.
    pub proxy: bool,
    /// A VPN's exit.
    pub vpn: bool,
    /// A Tor exit.
    pub tor: bool,
    /// A mobile carrier.
    pub mobile: bool,
    /// A listed data centre range.
    pub datacenter: bool,
}

/// One source's word on an address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressSource {
    /// The source's name, such as `built-in`, `asn.mmdb` or `ipapi.is`.
    pub source: String,
    /// Who runs the network.
    pub org: Option<String>,
    /// The number of the autonomous system.
    pub asn: Option<u32>,
    /// The source's own word for the kind of network.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What it flags.
    #[serde(flatten)]
    pub flags: AddressFlags,
}
