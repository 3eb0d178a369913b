//! One range of addresses, as lists write it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

/// Addresses of one family, from the first to the last, both included. IPv4 addresses that are written as IPv6 ones
/// (`::ffff:192.0.2.1`) are IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressRange {
    /// IPv4 addresses.
    V4(Ipv4Addr, Ipv4Addr),
    /// IPv6 addresses.
    V6(Ipv6Addr, Ipv6Addr),
}

/// A text is no range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// It is none of the three forms.
    #[error("not an address, a network like 192.0.2.0/24 or a range like 192.0.2.1-192.0.2.9")]
    Unreadable,
    /// The first address is behind the last one, or of another family.
    #[error("the range ends before it begins")]
    Reversed,
    /// It holds so much of all addresses that it is a mistake: over a /6 of IPv4 or a /12 of IPv6.
    #[error("the range is wider than any network")]
    TooWide,
}

impl AddressRange {
    /// The addresses from `first` to `last`.
    ///
    /// # Errors
    ///
    /// Where they are of two families, in the wrong order, or too far apart.
    pub fn new(first: IpAddr, last: IpAddr) -> Result<Self, RangeError> {
        match (first.to_canonical(), last.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
                let is_wide = u32::from(last) - u32::from(first) >= WIDEST_V4;
                if is_wide { Err(RangeError::TooWide) } else { Ok(Self::V4(first, last)) }
            }
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                let is_wide = u128::from(last) - u128::from(first) >= WIDEST_V6;
                if is_wide { Err(RangeError::TooWide) } else { Ok(Self::V6(first, last)) }
            }
            _ => Err(RangeError::Reversed),
        }
    }

    /// The fewest networks that make up the range.
    pub fn networks(self) -> impl Iterator<Item = IpNet> {
        match self {
            Self::V4(first, last) => IpSubnets::from(Ipv4Subnets::new(first, last, 0)),
            Self::V6(first, last) => IpSubnets::from(Ipv6Subnets::new(first, last, 0)),
        }
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let address = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| RangeError::Unreadable);
        if let Some((first, last)) = text.split_once('-') {
            return Self::new(address(first)?, address(last)?);
        }
        if text.contains('/') {
            let network: IpNet = text.trim().parse().map_err(|_| RangeError::Unreadable)?;
            return Self::new(network.network(), network.broadcast());
        }
        let alone = address(text)?;
        Self::new(alone, alone)
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(first, last) => write!(f, "{first}-{last}"),
            Self::V6(first, last) => write!(f, "{first}-{last}"),
        }
    }
}

/// Addresses in the widest range of IPv4 that is believed.
const WIDEST_V4: u32 = 1 << 26;
/// Addresses in the widest range of IPv6 that is believed.
const WIDEST_V6: u128 = 1 << 116;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_are_read() {
        for (text, range) in [
            ("192.0.2.7", "192.0.2.7-192.0.2.7"),
            ("192.0.2.7/24", "192.0.2.0-192.0.2.255"),
            ("192.0.2.1 - 192.0.2.9", "192.0.2.1-192.0.2.9"),
            ("::ffff:192.0.2.0/120", "192.0.2.0-192.0.2.255"),
            ("2001:db8::/126", "2001:db8::-2001:db8::3"),
            ("2001:db8::1-2001:db8::2", "2001:db8::1-2001:db8::2"),
        ] {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), range, "{text}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused_for_what_it_is() {
        for (text, error) in [
            ("", RangeError::Unreadable),
            ("192.0.2", RangeError::Unreadable),
            ("192.0.2.0/33", RangeError::Unreadable),
            ("192.0.2.1-", RangeError::Unreadable),
            ("192.0.2.9-192.0.2.1", RangeError::Reversed),
            ("192.0.2.9-2001:db8::", RangeError::Reversed),
            ("0.0.0.0/0", RangeError::TooWide),
            ("64.0.0.0/5", RangeError::TooWide),
            ("::/0", RangeError::TooWide),
            ("2000::/11", RangeError::TooWide),
        ] {
            assert_eq!(text.parse::<AddressRange>(), Err(error), "{text}");
        }
        assert!("64.0.0.0/6".parse::<AddressRange>().is_ok());
        assert!("2000::/12".parse::<AddressRange>().is_ok());
    }

    #[test]
    fn a_range_falls_into_networks() {
        let range: AddressRange = "192.0.2.1-192.0.2.4".parse().unwrap();
        let networks = range.networks().map(|network| network.to_string()).collect::<Vec<_>>();
        assert_eq!(networks, ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/32"]);
    }
}
