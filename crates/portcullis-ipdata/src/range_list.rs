//! Range lists, as files of an operator's and publishers on the net write them.
//!
//! One entry per line: an address, a network, a range, or the number of an autonomous system (`AS64500`). `#` and
//! `;` begin a comment; what follows an entry after a comma or a blank is left alone, so geofeeds (RFC 8805) and other
//! tables with the network in front are read as they are.

use std::net::IpAddr;

use crate::{AddressRange, RangeSet};

/// What one list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeList {
    /// The ranges.
    pub ranges: RangeSet,
    /// Numbers of autonomous systems, in order.
    networks: Vec<u32>,
    /// Lines that are no entry.
    skipped: usize,
}

/// A text is no range list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Most lines are no entries: it is another kind of file.
    #[error("{skipped} of {lines} lines are neither ranges nor comments")]
    Unreadable {
        /// Lines that are no entries.
        skipped: usize,
        /// Lines that are not empty and no comments.
        lines: usize,
    },
    /// It has more entries than memory is given for.
    #[error("it has over {ENTRIES_MAX} entries")]
    TooLong,
}

impl RangeList {
    /// Reads a list. Single lines that are no entry are skipped and counted.
    ///
    /// # Errors
    ///
    /// Where more lines than not are no entry, or there are over a million.
    pub fn read(text: &[u8]) -> Result<Self, ListError> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let (mut ranges, mut networks, mut skipped, mut lines) = (Vec::new(), Vec::new(), 0, 0);
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let Some(entry) = entry(line) else { continue };
            lines += 1;
            if lines > ENTRIES_MAX {
                return Err(ListError::TooLong);
            }
            match entry {
                Entry::Range(range) => ranges.push(range),
                Entry::Network(number) => networks.push(number),
                Entry::Unreadable => skipped += 1,
            }
        }
        if skipped * 2 > lines {
            return Err(ListError::Unreadable { skipped, lines });
        }
        networks.sort_unstable();
        networks.dedup();
        Ok(Self { ranges: ranges.into_iter().collect(), networks, skipped })
    }

    /// A list of ranges alone.
    #[must_use]
    pub fn of(ranges: RangeSet) -> Self {
        Self { ranges, ..Self::default() }
    }

    /// Whether the list names `address`, or the autonomous system it belongs to.
    #[must_use]
    pub fn covers(&self, address: IpAddr, network: Option<u32>) -> bool {
        network.is_some_and(|number| self.networks.binary_search(&number).is_ok())
            || self.ranges.contains(address)
    }

    /// The numbers of the autonomous systems that it names, in order.
    pub(crate) fn networks(&self) -> &[u32] {
        &self.networks
    }

    /// How many disjoint ranges and autonomous systems it names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.len() + self.networks.len()
    }

    /// Whether it names nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines were no entry.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// The list as a text that [`RangeList::read`] reads, one network per line.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text_lines().collect()
    }

    /// The lines of [`RangeList::to_text`], each made when it is asked for.
    pub(crate) fn text_lines(&self) -> impl Iterator<Item = String> {
        let networks =
            self.ranges.ranges().flat_map(AddressRange::networks).map(|network| format!("{network}\n"));
        self.networks.iter().map(|number| format!("AS{number}\n")).chain(networks)
    }
}

enum Entry {
    Range(AddressRange),
    Network(u32),
    Unreadable,
}

/// What a line says; `None` where it says nothing.
fn entry(line: &[u8]) -> Option<Entry> {
    let end = line.iter().position(|byte| matches!(byte, b'#' | b';' | b',')).unwrap_or(line.len());
    let is_comment = line[..end].trim_ascii().is_empty() && line.get(end) != Some(&b',');
    if is_comment {
        return None;
    }
    let Ok(text) = std::str::from_utf8(&line[..end]) else { return Some(Entry::Unreadable) };
    let mut words = text.split_ascii_whitespace().map(|word| word.trim_matches('"'));
    let first = words.next().unwrap_or_default();
    let read = match (words.next(), words.next()) {
        (Some("-"), Some(last)) => format!("{first}-{last}").parse(),
        _ => first.parse(),
    };
    Some(match (read, autonomous_system(first)) {
        (Ok(range), _) => Entry::Range(range),
        (Err(_), Some(number)) => Entry::Network(number),
        (Err(_), None) => Entry::Unreadable,
    })
}

/// The number in `AS64500`.
pub(crate) fn autonomous_system(text: &str) -> Option<u32> {
    let (letters, digits) = text.split_at_checked(2)?;
    let is_number = letters.eq_ignore_ascii_case("as") && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// Entries that are read of one list. The longest public ones have some hundred thousand.
pub(crate) const ENTRIES_MAX: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> RangeList {
        RangeList::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn entries_are_found_among_comments_and_columns() {
        let list = read(
            "\u{feff}# ours\r\n192.0.2.0/25   # upper half is the office's\r\n\r\n ; more\n198.51.100.7 name-of-it\n\
             2001:db8::/48,DE,DE-BY,Munich,\n\"203.0.113.0/24\",x\nAS64500 Example\nas64501\n\
             10.0.0.1 - 10.0.0.3\nhttps://example.com\n",
        );
        let expected = "AS64500\nAS64501\n10.0.0.1/32\n10.0.0.2/31\n192.0.2.0/25\n198.51.100.7/32\n\
                        203.0.113.0/24\n2001:db8::/48\n";
        assert_eq!(list.to_text(), expected);
        assert_eq!((list.skipped(), list.len()), (1, 7));
        assert!(list.covers([192, 0, 2, 1].into(), None));
        assert!(!list.covers([192, 0, 2, 128].into(), None));
        assert!(list.covers([192, 0, 2, 128].into(), Some(64501)));
    }

    #[test]
    fn another_kind_of_file_is_refused() {
        let page = "<!doctype html>\n<title>Log in</title>\n<p>1.2.3.4\n";
        assert_eq!(RangeList::read(page.as_bytes()), Err(ListError::Unreadable { skipped: 3, lines: 3 }));
        assert!(RangeList::read(b"\xff\xfe\x00\x01\n").is_err());
        assert_eq!(read("# nothing yet\n").len(), 0);
        let long = "1.2.3.4\n".repeat(ENTRIES_MAX + 1);
        assert_eq!(RangeList::read(long.as_bytes()), Err(ListError::TooLong));
    }

    #[test]
    fn numbers_of_systems_are_numbers() {
        for (text, number) in [
            ("AS0", Some(0)),
            ("as4294967295", Some(u32::MAX)),
            ("AS4294967296", None),
            ("AS", None),
            ("AS-1", None),
        ] {
            assert_eq!(autonomous_system(text), number, "{text}");
        }
        assert_eq!(autonomous_system("Ä1"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = RangeList::read(&bytes);
        }

        #[test]
        fn anything_like_a_list_is_read_or_refused(text in "([0-9a-f:./#;,ASas\" -]{0,40}\n){0,20}") {
            if let Ok(list) = RangeList::read(text.as_bytes()) {
                let again = RangeList::read(list.to_text().as_bytes()).unwrap();
                prop_assert_eq!(again.to_text(), list.to_text());
                prop_assert_eq!(again.ranges, list.ranges);
            }
        }
    }
}
