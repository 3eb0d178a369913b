//! Bytes as lower-case hex digits, and back.

/// `bytes` as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of exactly as many lower-case hex digits as there must be.
pub(crate) fn array<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (digits.len() == 2 * N && fill(&mut bytes, digits)).then_some(bytes)
}

/// The bytes of an even number of lower-case hex digits.
pub(crate) fn vec(digits: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; digits.len() / 2];
    (digits.len().is_multiple_of(2) && fill(&mut bytes, digits)).then_some(bytes)
}

fn fill(bytes: &mut [u8], digits: &str) -> bool {
    bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)).all(|(byte, pair)| {
        match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => {
                *byte = high << 4 | low;
                true
            }
            _ => false,
        }
    })
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_digits_of_the_right_number_are_read() {
        assert_eq!(hex(&[0, 0x9f, 0xff]), "009fff");
        assert_eq!(array("009fff"), Some([0, 0x9f, 0xff]));
        assert_eq!(vec("009fff"), Some(vec![0, 0x9f, 0xff]));
        for text in ["009fF0", "009ff", "009fffff", "00 9ff", "é9fff", "00+fff", ""] {
            assert_eq!(array::<3>(text), None, "{text}");
        }
        for text in ["0", "0g", "A0", "é"] {
            assert_eq!(vec(text), None, "{text}");
        }
    }
}
