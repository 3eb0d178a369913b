//! Many ranges, and whether an address is in one of them.
//!
//! Ranges are merged and sorted once, when a list is read, so that a look-up is one binary search in an array that
//! holds nothing but first addresses. A tree of prefixes would save the merging and pay with a pointer per bit.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::AddressRange;

/// Addresses, as disjoint ranges in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeSet {
    v4: Intervals<u32>,
    v6: Intervals<u128>,
}

impl RangeSet {
    /// Whether `address` is among them. IPv4 addresses may be written as IPv6 ones.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.contains(address.into()),
            IpAddr::V6(address) => self.v6.contains(address.into()),
        }
    }

    /// How many disjoint ranges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.firsts.len() + self.v6.firsts.len()
    }

    /// Whether no address is among them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ranges in order, IPv4 first; no two touch each other.
    pub fn ranges(&self) -> impl Iterator<Item = AddressRange> {
        let v4 = self.v4.pairs().map(|(first, last)| AddressRange::V4(first.into(), last.into()));
        let v6 = self.v6.pairs().map(|(first, last)| AddressRange::V6(first.into(), last.into()));
        v4.chain(v6)
    }
}

impl FromIterator<AddressRange> for RangeSet {
    fn from_iter<I: IntoIterator<Item = AddressRange>>(ranges: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match range {
                AddressRange::V4(first, last) => v4.push((Ipv4Addr::into(first), Ipv4Addr::into(last))),
                AddressRange::V6(first, last) => v6.push((Ipv6Addr::into(first), Ipv6Addr::into(last))),
            }
        }
        Self {
            v4: Intervals::new(v4, |last: u32| last.checked_add(1)),
            v6: Intervals::new(v6, |last: u128| last.checked_add(1)),
        }
    }
}

/// Disjoint intervals in order, ends apart from beginnings: a search touches the latter only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Intervals<N> {
    firsts: Vec<N>,
    lasts: Vec<N>,
}

impl<N: Copy + Ord> Intervals<N> {
    /// Merges intervals that overlap or touch. `next` is the number after another, if there is one.
    fn new(mut pairs: Vec<(N, N)>, next: impl Fn(N) -> Option<N>) -> Self {
        pairs.sort_unstable();
        let (mut firsts, mut lasts) = (Vec::new(), Vec::<N>::new());
        for (first, last) in pairs {
            match lasts.last_mut() {
                Some(end) if next(*end).is_none_or(|after| first <= after) => *end = (*end).max(last),
                _ => {
                    firsts.push(first);
                    lasts.push(last);
                }
            }
        }
        firsts.shrink_to_fit();
        lasts.shrink_to_fit();
        Self { firsts, lasts }
    }

    fn contains(&self, number: N) -> bool {
        let begun = self.firsts.partition_point(|first| *first <= number);
        begun.checked_sub(1).is_some_and(|index| number <= self.lasts[index])
    }

    fn pairs(&self) -> impl Iterator<Item = (N, N)> {
        self.firsts.iter().copied().zip(self.lasts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Few and small numbers, so that ranges overlap and touch; the top of the space is among them.
    fn ranges() -> impl Strategy<Value = Vec<AddressRange>> {
        let one = (any::<bool>(), any::<bool>(), 0_u32..300, 0_u32..20).prop_map(
            |(is_v4, at_top, from, length)| {
                let base = if at_top { 0xffff_ff00 } else { 0x0a00_0000 };
                let (first, last) = (base + (from % 240), base + (from % 240 + length).min(255));
                if is_v4 {
                    AddressRange::V4(first.into(), last.into())
                } else {
                    let wide =
                        |number: u32| Ipv6Addr::from(u128::MAX - u128::from(u32::MAX) + u128::from(number));
                    AddressRange::V6(wide(first), wide(last))
                }
            },
        );
        proptest::collection::vec(one, 0..40)
    }

    fn is_in(range: AddressRange, address: IpAddr) -> bool {
        match (range, address) {
            (AddressRange::V4(first, last), IpAddr::V4(address)) => (first..=last).contains(&address),
            (AddressRange::V6(first, last), IpAddr::V6(address)) => (first..=last).contains(&address),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_set_agrees_with_a_look_at_every_range(ranges in ranges()) {
            let set: RangeSet = ranges.iter().copied().collect();
            for base in [0xffff_ff00_u32, 0x0a00_0000] {
                for low in 0..256 {
                    let v4 = Ipv4Addr::from(base + low);
                    let v6 = Ipv6Addr::from(u128::MAX - u128::from(u32::MAX) + u128::from(base + low));
                    for address in [IpAddr::V4(v4), IpAddr::V6(v6)] {
                        let expected = ranges.iter().any(|range| is_in(*range, address));
                        prop_assert_eq!(set.contains(address), expected, "{}", address);
                    }
                    prop_assert_eq!(set.contains(v4.into()), set.contains(v4.to_ipv6_mapped().into()));
                }
            }
        }

        #[test]
        fn what_a_set_lists_makes_the_same_set(ranges in ranges()) {
            let set: RangeSet = ranges.into_iter().collect();
            let again: RangeSet = set.ranges().collect();
            prop_assert_eq!(&again, &set);
            let networks = set.ranges().flat_map(AddressRange::networks);
            let read = networks.map(|network| network.to_string().parse::<AddressRange>().unwrap());
            prop_assert_eq!(read.collect::<RangeSet>(), set);
        }
    }

    #[test]
    fn ranges_that_touch_become_one() {
        let set: RangeSet = ["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        assert_eq!(set.len(), 1);
        assert!(!set.is_empty() && RangeSet::default().is_empty());
    }
}
