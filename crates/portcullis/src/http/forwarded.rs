//! The visitor's address, decided from the connection and from what trusted proxies say.
//!
//! Everybody can write a forwarding header, so a header counts only where the connection comes from a proxy that
//! the operator trusts. Each proxy adds the address it saw at the right end. Read from the right, the first address
//! that is not a trusted proxy's own is therefore the last one that somebody trusted has seen: the visitor. What
//! stands further left may be invented.
//!
//! Pure functions over bytes, with no more than std and `ipnet`, so that a fuzzer can take this file as it is.
//!
//! Where both headers are present `X-Forwarded-For` counts: nearly every proxy writes it unasked and lets a
//! `Forwarded` header of the visitor's through. A proxy that writes `Forwarded` must remove the other one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress {
    /// The visitor's address or, where there is a doubt, the peer's.
    pub(crate) address: IpAddr,
    /// Why `address` may stand for many visitors; absent where it stands for one.
    pub(crate) doubt: Option<Doubt>,
}

/// Why an address may stand for many visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A peer in a private network sent forwarding headers, and no proxy is trusted.
    NoProxyTrusted,
    /// A trusted proxy sent no forwarding header.
    HeaderMissing,
    /// A trusted proxy sent something that is no address, or too many addresses.
    HeaderUnreadable,
}

/// Decides the visitor's address.
///
/// `x_forwarded_for` and `forwarded` are the values of the headers of these names (the latter of RFC 7239), in the
/// order of their arrival. `trusted` are the networks of the operator's own proxies. Looks at no more than
/// [`HOPS_MAX`] hops, whatever the headers claim.
pub(crate) fn client_address<'a, X, F>(
    peer: IpAddr,
    x_forwarded_for: X,
    forwarded: F,
    trusted: &[IpNet],
) -> ClientAddress
where
    X: DoubleEndedIterator<Item = &'a [u8]>,
    F: DoubleEndedIterator<Item = &'a [u8]>,
{
    let peer = peer.to_canonical();
    let decided = |address| ClientAddress { address, doubt: None };
    let doubtful = |doubt| ClientAddress { address: peer, doubt: Some(doubt) };
    let mut x_forwarded_for = x_forwarded_for.rev().peekable();
    let mut forwarded = forwarded.rev().peekable();
    let has_header = x_forwarded_for.peek().is_some() || forwarded.peek().is_some();
    if !is_trusted(peer, trusted) {
        let hidden = trusted.is_empty() && has_header && is_private(peer);
        return if hidden { doubtful(Doubt::NoProxyTrusted) } else { decided(peer) };
    }
    let visitor = if x_forwarded_for.peek().is_some() {
        first_untrusted(x_forwarded_for.flat_map(|line| Elements::of(line, false)).map(address), trusted)
    } else {
        first_untrusted(forwarded.flat_map(|line| Elements::of(line, true)).map(forwarded_for), trusted)
    };
    match visitor {
        Ok(Some(address)) => decided(address),
        Ok(None) => doubtful(Doubt::HeaderMissing),
        Err(Unreadable) => doubtful(Doubt::HeaderUnreadable),
    }
}

/// Walks the hops from the nearest to the furthest. Where all of them are trusted the furthest is the visitor.
fn first_untrusted(
    hops: impl Iterator<Item = Result<IpAddr, Unreadable>>,
    trusted: &[IpNet],
) -> Result<Option<IpAddr>, Unreadable> {
    let mut furthest = None;
    for (seen, hop) in hops.enumerate() {
        let hop = if seen < HOPS_MAX { hop?.to_canonical() } else { return Err(Unreadable) };
        furthest = Some(hop);
        if !is_trusted(hop, trusted) {
            break;
        }
    }
    Ok(furthest)
}

/// The elements of a comma-separated list, last first, without empty ones.
///
/// Quotes are followed from the right as well: the right end was written by a proxy and is sound, while an open
/// quote that a visitor wrote further left must not swallow it.
struct Elements<'a> {
    rest: Option<&'a [u8]>,
    quotes: bool,
}

impl<'a> Elements<'a> {
    fn of(line: &'a [u8], quotes: bool) -> Self {
        Self { rest: Some(line), quotes }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let line = self.rest?;
            let comma = last_outside_quotes(line, b',', self.quotes);
            let element = comma.map_or(line, |comma| &line[comma + 1..]).trim_ascii();
            self.rest = comma.map(|comma| &line[..comma]);
            if !element.is_empty() {
                return Some(element);
            }
        }
    }
}

/// Where the last `separator` stands that is not inside a quoted string.
fn last_outside_quotes(text: &[u8], separator: u8, quotes: bool) -> Option<usize> {
    let mut inside = false;
    for (at, byte) in text.iter().enumerate().rev() {
        if quotes && *byte == b'"' {
            let backslashes = text[..at].iter().rev().take_while(|byte| **byte == b'\\').count();
            inside ^= backslashes % 2 == 0;
        } else if *byte == separator && !inside {
            return Some(at);
        }
    }
    None
}

/// The address in the `for` parameter of one element of a `Forwarded` header.
fn forwarded_for(element: &[u8]) -> Result<IpAddr, Unreadable> {
    let mut rest = Some(element);
    let mut node = None;
    while let Some(text) = rest {
        let semicolon = last_outside_quotes(text, b';', true);
        let parameter = semicolon.map_or(text, |semicolon| &text[semicolon + 1..]).trim_ascii();
        rest = semicolon.map(|semicolon| &text[..semicolon]);
        let Some((name, value)) = split_at_byte(parameter, b'=') else { continue };
        if name.eq_ignore_ascii_case(b"for") && node.replace(value).is_some() {
            return Err(Unreadable);
        }
    }
    let node = node.ok_or(Unreadable)?;
    // An address has nothing to escape, so the only quotes are the outer ones.
    address(node.strip_prefix(b"\"").and_then(|node| node.strip_suffix(b"\"")).unwrap_or(node))
}

/// Reads `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`. Names that stand for an
/// address (`unknown`, `_hidden`) are unreadable; a port may be such a name.
fn address(hop: &[u8]) -> Result<IpAddr, Unreadable> {
    let hop = std::str::from_utf8(hop).ok().filter(|hop| hop.len() <= HOP_BYTES_MAX).ok_or(Unreadable)?;
    if let Ok(address) = hop.parse::<IpAddr>() {
        return Ok(address);
    }
    if let Some(bracketed) = hop.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']').ok_or(Unreadable)?;
        let address: Ipv6Addr = address.parse().map_err(|_| Unreadable)?;
        let is_sound = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return if is_sound { Ok(address.into()) } else { Err(Unreadable) };
    }
    let (address, port) = hop.split_once(':').ok_or(Unreadable)?;
    let address: Ipv4Addr = address.parse().map_err(|_| Unreadable)?;
    if is_port(port) { Ok(address.into()) } else { Err(Unreadable) }
}

fn is_port(port: &str) -> bool {
    let is_number = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = port.strip_prefix('_').is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    });
    is_number || is_name
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Whether an address is one that a machine of the operator's has, rather than a visitor from the internet:
/// loopback, private, link-local, unique local, or of the space between a provider and its customers, which cluster
/// networks use too.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            let is_shared_space = a == 100 && (64..128).contains(&b);
            address.is_loopback() || address.is_private() || address.is_link_local() || is_shared_space
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

fn split_at_byte(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == separator)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Something that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unreadable;

/// Hops that are looked at. Real chains have a handful.
pub(crate) const HOPS_MAX: usize = 32;

/// The longest address with a port, in bytes, and then some.
const HOP_BYTES_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use proptest::prelude::*;

    const PROXY: &str = "10.0.0.1";

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn trusted() -> Vec<IpNet> {
        vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:ffff::/48".parse().unwrap()]
    }

    fn by_x(peer: &str, lines: &[&str]) -> ClientAddress {
        client_address(ip(peer), lines.iter().map(|line| line.as_bytes()), [].into_iter(), &trusted())
    }

    fn by_forwarded(lines: &[&str]) -> ClientAddress {
        client_address(ip(PROXY), [].into_iter(), lines.iter().map(|line| line.as_bytes()), &trusted())
    }

    fn decided(address: &str) -> ClientAddress {
        ClientAddress { address: ip(address), doubt: None }
    }

    fn doubtful(address: &str, doubt: Doubt) -> ClientAddress {
        ClientAddress { address: ip(address), doubt: Some(doubt) }
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(by_x("198.51.100.7", &["1.2.3.4"]), decided("198.51.100.7"));
        // Once a proxy is trusted, a private peer that is none of them gains nothing from lying either.
        assert_eq!(by_x("192.168.1.9", &["1.2.3.4"]), decided("192.168.1.9"));
    }

    #[test]
    fn the_rightmost_hop_that_is_not_ours_is_the_visitor() {
        assert_eq!(by_x(PROXY, &["203.0.113.5"]), decided("203.0.113.5"));
        assert_eq!(by_x(PROXY, &["1.1.1.1, 203.0.113.5, 10.9.9.9"]), decided("203.0.113.5"));
        assert_eq!(by_x(PROXY, &["1.1.1.1", "203.0.113.5", "10.9.9.9 ,"]), decided("203.0.113.5"));
        assert_eq!(by_x(PROXY, &["garbage, 203.0.113.5"]), decided("203.0.113.5"));
        assert_eq!(by_x(PROXY, &["10.2.2.2, 10.3.3.3"]), decided("10.2.2.2"), "all trusted: the furthest");
        assert_eq!(by_x("::ffff:10.0.0.1", &["::ffff:203.0.113.5"]), decided("203.0.113.5"));
    }

    #[test]
    fn every_spelling_of_an_address_is_read() {
        for (hop, address) in [
            ("203.0.113.5:4711", "203.0.113.5"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
        ] {
            assert_eq!(by_x(PROXY, &[hop]), decided(address), "{hop}");
            assert_eq!(by_forwarded(&[&format!("for=\"{hop}\"")]), decided(address), "{hop}");
        }
        assert_eq!(by_forwarded(&["For=203.0.113.5;proto=http;by=10.0.0.1"]), decided("203.0.113.5"));
        assert_eq!(by_forwarded(&["proto=https; for=\"[2001:db8::1]:_p\""]), decided("2001:db8::1"));
    }

    #[test]
    fn what_is_no_address_casts_doubt_on_the_proxy() {
        for hop in [
            "unknown",
            "_hidden",
            "203.0.113.5:",
            "203.0.113.5:123456",
            "203.0.113.5:x",
            "[::1",
            "[::1]x",
            "[203.0.113.5]",
            "fe80::1%eth0",
            "203.0.113",
            "\u{fffd}",
        ] {
            assert_eq!(by_x(PROXY, &[hop]), doubtful(PROXY, Doubt::HeaderUnreadable), "{hop}");
            let forwarded = format!("for=\"{hop}\"");
            assert_eq!(by_forwarded(&[&forwarded]), doubtful(PROXY, Doubt::HeaderUnreadable), "{hop}");
        }
        for line in
            ["by=203.0.113.5", "for=1.1.1.1;for=2.2.2.2", "for", "for=\"203.0.113.5", "for=\"\\1.1.1.1\""]
        {
            assert_eq!(by_forwarded(&[line]), doubtful(PROXY, Doubt::HeaderUnreadable), "{line}");
        }
        assert_eq!(by_x(PROXY, &[]), doubtful(PROXY, Doubt::HeaderMissing));
        assert_eq!(by_x(PROXY, &[" , "]), doubtful(PROXY, Doubt::HeaderMissing));
    }

    #[test]
    fn a_quote_that_the_visitor_opened_does_not_swallow_what_the_proxy_wrote() {
        for line in [
            "for=\"1.1.1.1, for=203.0.113.5",
            "for=\"a\\\", for=203.0.113.5",
            "for=1.1.1.1;x=\"a, for=203.0.113.5",
        ] {
            assert_eq!(by_forwarded(&[line]), decided("203.0.113.5"), "{line}");
        }
        assert_eq!(by_forwarded(&["for=203.0.113.5;host=\"a,b;for=1.1.1.1\""]), decided("203.0.113.5"));
    }

    #[test]
    fn the_header_that_visitors_can_pass_through_counts_less() {
        let both = client_address(
            ip(PROXY),
            [b"203.0.113.5".as_slice()].into_iter(),
            [b"for=1.1.1.1".as_slice()].into_iter(),
            &trusted(),
        );
        assert_eq!(both, decided("203.0.113.5"));
    }

    #[test]
    fn a_proxy_that_nobody_told_us_about_is_noticed() {
        let untold = |peer: &str, x: &[&'static [u8]], forwarded: &[&'static [u8]]| {
            client_address(ip(peer), x.iter().copied(), forwarded.iter().copied(), &[])
        };
        for peer in
            ["127.0.0.1", "10.0.0.1", "172.17.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:192.168.0.1"]
        {
            let address = ip(peer).to_canonical().to_string();
            assert_eq!(untold(peer, &[b"1.1.1.1"], &[]), doubtful(&address, Doubt::NoProxyTrusted), "{peer}");
            assert_eq!(untold(peer, &[], &[b"for=x"]), doubtful(&address, Doubt::NoProxyTrusted), "{peer}");
            assert_eq!(untold(peer, &[], &[]), decided(&address), "{peer}");
        }
        assert_eq!(untold("198.51.100.7", &[b"1.1.1.1"], &[]), decided("198.51.100.7"));
    }

    #[test]
    fn ten_thousand_hops_are_not_walked() {
        let hops = vec!["10.1.1.1"; 10_000].join(",");
        assert_eq!(by_x(PROXY, &[&hops]), doubtful(PROXY, Doubt::HeaderUnreadable));
        let hops = format!("{hops}, 203.0.113.5");
        assert_eq!(by_x(PROXY, &[&hops]), decided("203.0.113.5"));
    }

    proptest! {
        #[test]
        fn bytes_of_a_stranger_never_move_the_decision(junk in prop::collection::vec(any::<u8>(), 0..200), quoted: bool) {
            // Whatever the visitor sent, the proxy appended what it saw.
            let mut line = junk.clone();
            line.extend_from_slice(if quoted { b", for=\"203.0.113.5:80\"" } else { b", 203.0.113.5" });
            let (x, forwarded): (&[&[u8]], &[&[u8]]) = if quoted { (&[], &[&line]) } else { (&[&line], &[]) };
            let found = client_address(ip(PROXY), x.iter().copied(), forwarded.iter().copied(), &trusted());
            prop_assert_eq!(found, decided("203.0.113.5"));
            // As a line of its own, before the proxy's.
            let own: &[u8] = if quoted { b"for=203.0.113.5" } else { b"203.0.113.5" };
            let lines: [&[u8]; 2] = [&junk, own];
            let (x, forwarded): (&[&[u8]], &[&[u8]]) = if quoted { (&[], &lines) } else { (&lines, &[]) };
            let found = client_address(ip(PROXY), x.iter().copied(), forwarded.iter().copied(), &trusted());
            prop_assert_eq!(found, decided("203.0.113.5"));
        }

        #[test]
        fn any_address_is_read_in_any_spelling(address: IpAddr, port: u16, trusts: bool) {
            let spelt = SocketAddr::new(address, port).to_string();
            let networks = if trusts { vec![IpNet::from(address.to_canonical())] } else { trusted() };
            let peer = if trusts { address } else { ip(PROXY) };
            let found = client_address(peer, [spelt.as_bytes()].into_iter(), [].into_iter(), &networks);
            prop_assert_eq!(found, ClientAddress { address: address.to_canonical(), doubt: None });
        }
    }
}
