//! What the hash must begin with.

use crate::MAX_TARGET_DIGITS;

/// A target as a mask and a value for the first word of the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The bits that are compared: four for each hex digit, from the top.
    pub(crate) mask: u32,
    /// What these bits must be. All others are 0.
    pub(crate) bits: u32,
}

impl Target {
    /// Reads 1 to [`MAX_TARGET_DIGITS`] hex digits of either case; `None` for anything else.
    pub(crate) fn parse(digits: &[u8]) -> Option<Self> {
        if digits.is_empty() || digits.len() > MAX_TARGET_DIGITS {
            return None;
        }
        let mut bits = 0;
        for &digit in digits {
            bits = bits << 4 | char::from(digit).to_digit(16)?;
        }
        let unused = 32 - 4 * digits.len() as u32;
        Some(Self { mask: u32::MAX << unused, bits: bits << unused })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_aligned_to_the_top_of_the_word() {
        assert_eq!(Target::parse(b"f"), Some(Target { mask: 0xf000_0000, bits: 0xf000_0000 }));
        assert_eq!(Target::parse(b"0a1"), Some(Target { mask: 0xfff0_0000, bits: 0x0a10_0000 }));
        assert_eq!(Target::parse(b"DeadBeef"), Some(Target { mask: 0xffff_ffff, bits: 0xdead_beef }));
    }

    #[test]
    fn anything_but_one_to_eight_hex_digits_is_refused() {
        for bad in ["", "g", "0x1", "12 ", "+1", "123456789", "\u{e9}", "\0"] {
            assert_eq!(Target::parse(bad.as_bytes()), None, "{:?}", bad);
        }
    }
}
