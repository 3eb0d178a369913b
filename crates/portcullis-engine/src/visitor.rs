//! Who is asking.

use std::net::{IpAddr, Ipv6Addr};

use portcullis_risk::Client;

use crate::limits::Counted;
use crate::{ClaimedOrigin, SiteId};
use portcullis_store::LimitKey;

/// A visitor as one request shows it. Built once per request, at the edge, from facts that the server knows.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The address, decided from the connection and the trusted proxies, never from a header alone.
    pub address: IpAddr,
    /// The page that the request claims to come from.
    pub origin: ClaimedOrigin,
    /// Whether `address` may stand for many visitors, because a proxy in front is not configured as trusted.
    /// Limits stand down then: one shared address must not close a site.
    pub shared_address: bool,
    /// What the other headers say of the visitor's software.
    pub client: Client,
}

impl Visitor {
    /// The part of the address that one visitor holds: an IPv4 address, or the /64 of an IPv6 address, as a
    /// provider hands a whole /64 to one connection.
    #[must_use]
    pub fn network(&self) -> IpAddr {
        network(self.address)
    }

    /// The key under which this visitor's hits for `purpose` are counted, on one site or (absent) on all.
    pub(crate) fn limit_key(&self, purpose: Counted, site: Option<SiteId>) -> LimitKey {
        let mut key = [0; 32];
        key[0] = purpose as u8;
        key[1..15].copy_from_slice(&site.map_or([0; 14], |site| first_14(site.0)));
        key[16..].copy_from_slice(&as_ipv6(self.network()).octets());
        LimitKey(key)
    }
}

/// `address` cut to what one visitor holds; see [`Visitor::network`].
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// One spelling for both families.
pub(crate) fn as_ipv6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

fn first_14(bytes: [u8; 16]) -> [u8; 14] {
    let mut first = [0; 14];
    first.copy_from_slice(&bytes[..14]);
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(address: &str) -> Visitor {
        Visitor {
            address: address.parse().unwrap(),
            origin: ClaimedOrigin::Absent,
            shared_address: false,
            client: Client::default(),
        }
    }

    #[test]
    fn one_connection_is_one_visitor() {
        let own = visitor("2001:db8:1:2::1").limit_key(Counted::Challenges, None);
        assert_eq!(own, visitor("2001:db8:1:2:ffff::9").limit_key(Counted::Challenges, None));
        assert_ne!(own, visitor("2001:db8:1:3::1").limit_key(Counted::Challenges, None));
        assert_eq!(
            visitor("::ffff:192.0.2.1").limit_key(Counted::Challenges, None),
            visitor("192.0.2.1").limit_key(Counted::Challenges, None)
        );
        assert_ne!(
            visitor("192.0.2.1").limit_key(Counted::Challenges, None),
            visitor("192.0.2.2").limit_key(Counted::Challenges, None)
        );
    }

    #[test]
    fn purposes_and_sites_are_counted_apart() {
        let own = visitor("192.0.2.1");
        assert_ne!(own.limit_key(Counted::Challenges, None), own.limit_key(Counted::Junk, None));
        assert_ne!(
            own.limit_key(Counted::Challenges, Some(SiteId([1; 16]))),
            own.limit_key(Counted::Challenges, Some(SiteId([2; 16])))
        );
    }
}
