//! Many words looked for in one pass: texts are read for some forty of them, and one search for each would be most of
//! a judgement's time.
//!
//! `aho-corasick` does the same and more, at the price of a dependency that builds its automaton when the program
//! runs. Forty words in texts of at most 512 bytes need none: a table by first byte is made by the compiler.

/// Words, each standing for a mark: one or more bits.
pub(crate) struct Marks<const N: usize> {
    words: [(&'static str, u32); N],
    /// By first byte: which words start with it, a bit for each.
    starts: [u64; 256],
}

impl<const N: usize> Marks<N> {
    /// At most 64 words, in lower case. Where two start at one place, the first one counts.
    pub(crate) const fn new(words: [(&'static str, u32); N]) -> Self {
        assert!(N <= 64);
        let mut starts = [0; 256];
        let mut index = 0;
        while index < N {
            starts[words[index].0.as_bytes()[0] as usize] |= 1 << index;
            index += 1;
        }
        Self { words, starts }
    }

    /// The marks of the words that `text` has, in upper or lower case. Found words do not overlap.
    pub(crate) fn read(&self, text: &str) -> u32 {
        let text = text.as_bytes();
        let (mut marks, mut at) = (0, 0);
        while at < text.len() {
            let mut candidates = self.starts[usize::from(text[at].to_ascii_lowercase())];
            at += 1;
            while candidates != 0 {
                let (word, mark) = self.words[candidates.trailing_zeros() as usize];
                let end = at - 1 + word.len();
                if text.get(at - 1..end).is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes())) {
                    marks |= mark;
                    at = end;
                    break;
                }
                candidates &= candidates - 1;
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_anywhere_in_any_case_and_do_not_overlap() {
        let marks = Marks::new([("cubot", 1), ("bot", 2), ("curl", 4)]);
        for (text, found) in [
            ("", 0),
            ("bo", 0),
            ("CUBOT x", 1),
            ("cubot bot", 3),
            ("xBoT", 2),
            ("cucurl", 4),
            ("é curl", 4),
            ("cur", 0),
        ] {
            assert_eq!(marks.read(text), found, "{text}");
        }
    }
}
