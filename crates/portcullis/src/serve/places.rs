//! Who may hold how many connections.
//!
//! A connection that says nothing is held for a minute, so without a share per visitor a single machine could take
//! every place and keep it. The share is far above what the people behind one address need, and those who stand
//! for many, trusted proxies and private addresses, have none.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use portcullis_engine::network;

/// Counts the connections of each visitor: of an IPv4 address, or the /64 of an IPv6 address.
#[derive(Clone)]
pub(super) struct Shares {
    held: Arc<Mutex<HashMap<IpAddr, u32>>>,
    most: u32,
}

impl Shares {
    /// One visitor's share of `places`.
    pub(super) fn of(places: usize) -> Self {
        let most = u32::try_from(places / VISITORS_AT_LEAST).unwrap_or(u32::MAX).max(SHARE_AT_LEAST);
        Self { held: Arc::default(), most }
    }

    /// Counts one more connection of `peer`, until the share is dropped. `None` when it holds all it may.
    pub(super) fn take(&self, peer: IpAddr) -> Option<Share> {
        let visitor = network(peer);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(visitor).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), visitor })
    }
}

/// One connection of a visitor.
pub(super) struct Share {
    shares: Shares,
    visitor: IpAddr,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = self.shares.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.visitor) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.visitor);
            }
        }
    }
}

/// It takes at least as many addresses to hold every place.
const VISITORS_AT_LEAST: usize = 8;
/// What anybody may hold on a small machine: some ten browsers open six each.
const SHARE_AT_LEAST: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_visitor_holds_its_share_and_no_more() {
        let shares = Shares::of(1000);
        let held: Vec<_> = (0..125).map(|_| shares.take(address("192.0.2.1")).unwrap()).collect();
        assert!(shares.take(address("192.0.2.1")).is_none());
        assert!(shares.take(address("::ffff:192.0.2.1")).is_none(), "the same visitor, spelt otherwise");
        assert!(shares.take(address("192.0.2.2")).is_some());
        drop(held);
        assert!(shares.take(address("192.0.2.1")).is_some());
    }

    #[test]
    fn a_whole_ipv6_network_is_one_visitor() {
        let shares = Shares::of(8);
        let held: Vec<_> =
            (0..64).map(|host| shares.take(address(&format!("2001:db8::{host:x}"))).unwrap()).collect();
        assert!(shares.take(address("2001:db8::ffff:1")).is_none());
        assert!(shares.take(address("2001:db8:0:1::1")).is_some());
        drop(held);
    }

    #[test]
    fn nothing_is_kept_of_visitors_who_left() {
        let shares = Shares::of(8);
        for host in 0..=255 {
            drop(shares.take(IpAddr::from([192, 0, 2, host])));
        }
        assert!(shares.held.lock().unwrap().is_empty());
    }
}
