//! Which of all lists name an address, in one search.
//!
//! Every list has a search of its own in its [`RangeSet`](crate::RangeSet), but a dozen searches in large arrays are a
//! dozen times the cache misses. So when files change, all lists are laid over each other: the line of all addresses
//! is cut wherever a list begins or ends, and every piece knows its lists as bits of one number.

use std::net::IpAddr;

use crate::{AddressRange, RangeList};

/// All lists, laid over each other.
#[derive(Debug, Default)]
pub(crate) struct Atlas {
    v4: Pieces<u32>,
    v6: Pieces<u128>,
    /// Autonomous systems in order, and who names them.
    networks: Vec<(u32, Lists)>,
}

/// Lists, by the places they were laid in: bit 0 is the first. [`FILES_MAX`](crate::folder::FILES_MAX) fit in.
pub(crate) type Lists = u32;

impl Atlas {
    /// Lays lists over each other; those beyond the 32nd are left out.
    pub(crate) fn new<'a>(lists: impl IntoIterator<Item = &'a RangeList>) -> Self {
        let (mut v4, mut v6, mut networks) = (Vec::new(), Vec::new(), Vec::new());
        for (place, list) in (0..Lists::BITS).zip(lists) {
            let list_bit = 1 << place;
            networks.extend(list.networks().iter().map(|number| (*number, list_bit)));
            for range in list.ranges.ranges() {
                match range {
                    AddressRange::V4(first, last) => {
                        let (first, last) = (u32::from(first), u32::from(last));
                        v4.extend(
                            [Some(first), last.checked_add(1)].into_iter().flatten().map(|at| (at, list_bit)),
                        );
                    }
                    AddressRange::V6(first, last) => {
                        let (first, last) = (u128::from(first), u128::from(last));
                        v6.extend(
                            [Some(first), last.checked_add(1)].into_iter().flatten().map(|at| (at, list_bit)),
                        );
                    }
                }
            }
        }
        networks.sort_unstable();
        networks.dedup_by(|(number, lists), (kept, kept_lists)| {
            let is_same = number == kept;
            if is_same {
                *kept_lists |= *lists;
            }
            is_same
        });
        Self { v4: Pieces::new(v4), v6: Pieces::new(v6), networks }
    }

    /// The lists that name `address`, or the autonomous system it belongs to.
    pub(crate) fn lists(&self, address: IpAddr, network: Option<u32>) -> Lists {
        let by_range = match address {
            IpAddr::V4(address) => self.v4.at(address.into()),
            IpAddr::V6(address) => self.v6.at(address.into()),
        };
        let place =
            network.and_then(|network| self.networks.binary_search_by_key(&network, |(own, _)| *own).ok());
        by_range | place.map_or(0, |place| self.networks[place].1)
    }
}

/// A line of numbers in pieces: the lists at `starts[n]` hold until `starts[n + 1]`.
#[derive(Debug, Default)]
struct Pieces<N> {
    starts: Vec<N>,
    lists: Vec<Lists>,
}

impl<N: Copy + Ord> Pieces<N> {
    /// Cuts the line where a list begins or ends. Ranges of one list neither overlap nor touch, so each cut turns the
    /// bit of its list over.
    fn new(mut cuts: Vec<(N, Lists)>) -> Self {
        cuts.sort_unstable_by_key(|(at, _)| *at);
        let (mut starts, mut lists) = (Vec::new(), Vec::new());
        let mut here = 0;
        for (at, list_bit) in cuts {
            here ^= list_bit;
            match (starts.last(), lists.last_mut()) {
                (Some(start), Some(last)) if *start == at => *last = here,
                _ => {
                    starts.push(at);
                    lists.push(here);
                }
            }
        }
        starts.shrink_to_fit();
        lists.shrink_to_fit();
        Self { starts, lists }
    }

    fn at(&self, number: N) -> Lists {
        let begun = self.starts.partition_point(|start| *start <= number);
        begun.checked_sub(1).map_or(0, |index| self.lists[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lists whose ranges overlap, touch and reach the ends of the space.
    fn list() -> impl Strategy<Value = RangeList> {
        let entry = (0_u8..4, 0_u8..20, 0_u8..30).prop_map(|(form, from, length)| {
            let to = from.saturating_add(length);
            match form {
                0 => format!("255.255.255.{}-255.255.255.{}\n", 235 + from, 235_u8.saturating_add(to)),
                1 => format!("0.0.0.{from}-0.0.0.{to}\n"),
                2 => format!("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff{from:02x}-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"),
                _ => format!("AS{from}\n"),
            }
        });
        proptest::collection::vec(entry, 0..12)
            .prop_map(|entries| RangeList::read(entries.concat().as_bytes()).unwrap())
    }

    proptest! {
        #[test]
        fn an_atlas_agrees_with_every_list(lists in proptest::collection::vec(list(), 0..6)) {
            let atlas = Atlas::new(&lists);
            for low in 0..=255_u8 {
                for (address, network) in [
                    (IpAddr::from([255, 255, 255, low]), None),
                    (IpAddr::from([0, 0, 0, low]), Some(u32::from(low))),
                    (IpAddr::from([0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xff00 | u16::from(low)]), None),
                ] {
                    let expected = lists.iter().enumerate().filter(|(_, list)| list.covers(address, network));
                    let expected = expected.fold(0, |bits, (place, _)| bits | 1 << place);
                    prop_assert_eq!(atlas.lists(address, network), expected, "{} {:?}", address, network);
                }
            }
        }
    }

    #[test]
    fn lists_beyond_the_last_bit_are_left_out() {
        let list = RangeList::read(b"192.0.2.1\nAS1\n").unwrap();
        let atlas = Atlas::new(std::iter::repeat_n(&list, 40));
        assert_eq!(atlas.lists([192, 0, 2, 1].into(), None), Lists::MAX);
        assert_eq!(atlas.lists([192, 0, 2, 2].into(), Some(1)), Lists::MAX);
    }
}
