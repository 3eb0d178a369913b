//! What a range list is about, which its file's name says.

use portcullis_risk::{AddressClass, AddressFlags};
use serde::Serialize;

/// What the addresses of a list have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListKind {
    /// Households and offices. The operator's own word: it wins over whoever calls an address a data centre.
    Residential,
    /// Data centres.
    Datacenter,
    /// Exits of the Tor network.
    Tor,
    /// Exits of VPNs.
    Vpn,
    /// Proxies that anybody may use, or pay for.
    Proxy,
    /// Mobile carriers.
    Mobile,
    /// Crawlers that their owners publish the addresses of.
    GoodBots,
}

impl ListKind {
    /// The name, as file names begin with it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Residential => "residential",
            Self::Datacenter => "datacenter",
            Self::Tor => "tor",
            Self::Vpn => "vpn",
            Self::Proxy => "proxy",
            Self::Mobile => "mobile",
            Self::GoodBots => "good-bots",
        }
    }

    /// What an address on such a list is flagged as.
    #[must_use]
    pub(crate) fn flags(self) -> AddressFlags {
        let mut flags = AddressFlags::default();
        match self {
            Self::Datacenter => flags.datacenter = true,
            Self::Tor => flags.tor = true,
            Self::Vpn => flags.vpn = true,
            Self::Proxy => flags.proxy = true,
            Self::Mobile => flags.mobile = true,
            Self::Residential | Self::GoodBots => {}
        }
        flags
    }

    /// The class that the list itself vouches for.
    pub(crate) fn class(self) -> Option<AddressClass> {
        (self == Self::Residential).then_some(AddressClass::Residential)
    }
}

/// What `tor.txt` or `datacenter-aws.txt` is about, and what its name adds (`aws`). `None` for any other file.
#[must_use]
pub fn list_of_file(file: &str) -> Option<(ListKind, Option<&str>)> {
    let stem = file.strip_suffix(".txt")?;
    KINDS.iter().find_map(|kind| match stem.strip_prefix(kind.name())? {
        "" => Some((*kind, None)),
        rest => Some((*kind, Some(rest.strip_prefix('-').filter(|rest| !rest.is_empty())?))),
    })
}

const KINDS: [ListKind; 7] = [
    ListKind::Residential,
    ListKind::Datacenter,
    ListKind::Tor,
    ListKind::Vpn,
    ListKind::Proxy,
    ListKind::Mobile,
    ListKind::GoodBots,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_say_the_kind() {
        for (file, expected) in [
            ("tor.txt", Some((ListKind::Tor, None))),
            ("datacenter-aws.txt", Some((ListKind::Datacenter, Some("aws")))),
            ("good-bots-googlebot.txt", Some((ListKind::GoodBots, Some("googlebot")))),
            ("good-bots.txt", Some((ListKind::GoodBots, None))),
            ("good.txt", None),
            ("tor", None),
            ("tor-.txt", None),
            ("torrents.txt", None),
            (".tor.txt", None),
            ("asn.mmdb", None),
        ] {
            assert_eq!(list_of_file(file), expected, "{file}");
        }
    }
}
