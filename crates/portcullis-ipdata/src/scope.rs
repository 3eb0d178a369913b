//! Addresses that belong to no visitor of the open net.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` is a machine of the operator's own network: loopback, private (RFC 1918, RFC 4193), link-local,
/// behind a carrier's NAT (RFC 6598), or no address at all (`0.0.0.0/8`, `::`).
#[must_use]
pub fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_local_v4(address),
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unicast_link_local()
                || address.is_unique_local()
        }
    }
}

/// Whether `address` may be asked about at a third party: neither local nor set aside for documentation, tests,
/// multicast or the future (RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    if is_local(address) {
        return false;
    }
    match address.to_canonical() {
        IpAddr::V4(address) => !is_reserved_v4(address),
        IpAddr::V6(address) => !is_reserved_v6(address),
    }
}

fn is_local_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_benchmarking = a == 198 && (b == 18 || b == 19);
    let is_assignment = a == 192 && b == 0 && c == 0;
    address.is_documentation() || a >= 224 || is_benchmarking || is_assignment
}

/// Only `2000::/3` is given out; of it `2001:db8::/32` and `3fff::/20` are for documentation.
fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    a >> 13 != 1 || (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str], holds: fn(IpAddr) -> bool) {
        for text in texts {
            assert!(holds(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_operators_own_machines_are_local() {
        let local = [
            "127.0.0.1",
            "10.255.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "0.0.0.0",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fc00::",
            "::ffff:10.0.0.1",
        ];
        all(&local, is_local);
        all(&local, |address| !is_public(address));
        all(&["172.32.0.1", "100.63.255.255", "100.128.0.0", "192.0.2.1", "2001:db8::1"], |a| !is_local(a));
    }

    #[test]
    fn only_addresses_of_the_open_net_are_public() {
        all(&["8.8.8.8", "223.255.255.255", "2606:4700::1111", "2a00::", "::ffff:1.1.1.1"], is_public);
        let reserved = [
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.0.8",
            "2001:db8::1",
            "3fff::1",
            "ff02::1",
            "64:ff9b::1",
            "::ffff:192.0.2.1",
        ];
        all(&reserved, |address| !is_public(address));
    }
}
