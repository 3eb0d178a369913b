//! What is to be joined with what.

use super::glyphs::{Mark, SYMBOLS};
use crate::seed::Stream;

/// The rule of one challenge. The page says it in the visitor's language; all rules are understood in every script,
/// for they need no letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Join each symbol with the same symbol, turned and bent.
    SameShape,
    /// Join each numeral with the group of as many dots.
    AsManyDots,
    /// Join each numeral with the group that has one dot more.
    OneDotMore,
    /// Join each numeral with the group that has one dot fewer.
    OneDotFewer,
    /// Join what makes ten together, numerals and dots alike.
    MakesTen,
}

/// What the nodes show, pair after pair, and after those whatever stays alone.
pub(super) struct Marks {
    pub(super) pairs: Vec<[Mark; 2]>,
    pub(super) loners: Vec<Mark>,
}

impl Rule {
    /// Its name on the wire. Stable.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SameShape => "same_shape",
            Self::AsManyDots => "as_many_dots",
            Self::OneDotMore => "one_dot_more",
            Self::OneDotFewer => "one_dot_fewer",
            Self::MakesTen => "makes_ten",
        }
    }

    /// Every rule.
    pub const ALL: [Self; 5] =
        [Self::SameShape, Self::AsManyDots, Self::OneDotMore, Self::OneDotFewer, Self::MakesTen];

    pub(super) fn choose(stream: &mut Stream) -> Self {
        Self::ALL[stream.below(Self::ALL.len() as u32) as usize]
    }

    /// Whether two nodes are to be joined. For any marks of [`Self::marks`], exactly one set of pairs obeys it.
    #[must_use]
    pub fn joins(self, one: Mark, other: Mark) -> bool {
        let numbers = match (one, other) {
            (Mark::Numeral(numeral), Mark::Dots(dots)) | (Mark::Dots(dots), Mark::Numeral(numeral)) => {
                Some((numeral, dots))
            }
            _ => None,
        };
        match self {
            Self::SameShape => {
                matches!((one, other), (Mark::Symbol(one), Mark::Symbol(other)) if one == other)
            }
            Self::AsManyDots => numbers.is_some_and(|(numeral, dots)| numeral == dots),
            Self::OneDotMore => numbers.is_some_and(|(numeral, dots)| numeral + 1 == dots),
            Self::OneDotFewer => numbers.is_some_and(|(numeral, dots)| numeral == dots + 1),
            Self::MakesTen => one.number() + other.number() == 10,
        }
    }

    pub(super) fn marks(self, stream: &mut Stream) -> Marks {
        match self {
            Self::SameShape => {
                let symbols = some(stream, 0..SYMBOLS);
                let (paired, alone) = symbols.split_at(super::PAIRS);
                Marks {
                    pairs: paired.iter().map(|symbol| [Mark::Symbol(*symbol); 2]).collect(),
                    loners: alone.iter().take(2).map(|symbol| Mark::Symbol(*symbol)).collect(),
                }
            }
            Self::AsManyDots => numbers(stream, 1..10, |number| number),
            Self::OneDotMore => numbers(stream, 1..9, |number| number + 1),
            Self::OneDotFewer => numbers(stream, 2..10, |number| number - 1),
            Self::MakesTen => {
                let mut drawn = |number: u8| {
                    if stream.below(3) == 0 { Mark::Dots(number) } else { Mark::Numeral(number) }
                };
                // Nothing else makes ten in pairs without a second way to do it, and nothing but zero stays alone.
                let pairs = (1..=5).map(|number| [drawn(number), drawn(10 - number)]).collect();
                Marks { pairs, loners: vec![Mark::Numeral(0)] }
            }
        }
    }
}

impl Mark {
    fn number(self) -> u8 {
        match self {
            Self::Numeral(number) | Self::Dots(number) => number,
            // No symbol makes ten.
            Self::Symbol(_) => u8::MAX / 2,
        }
    }
}

/// Numerals with their groups of dots, and one of each without the other.
fn numbers(stream: &mut Stream, range: std::ops::Range<u8>, dots: impl Fn(u8) -> u8) -> Marks {
    let numbers = some(stream, range);
    let (paired, alone) = numbers.split_at(super::PAIRS);
    let pairs = paired.iter().map(|number| [Mark::Numeral(*number), Mark::Dots(dots(*number))]).collect();
    let loners = alone.iter().take(2).zip([true, false]);
    let loners = loners
        .map(|(number, numeral)| if numeral { Mark::Numeral(*number) } else { Mark::Dots(dots(*number)) })
        .collect();
    Marks { pairs, loners }
}

fn some(stream: &mut Stream, range: std::ops::Range<u8>) -> Vec<u8> {
    let mut numbers: Vec<u8> = range.collect();
    stream.shuffle(&mut numbers);
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    #[test]
    fn codes_are_stable() {
        assert_eq!(
            Rule::ALL.map(Rule::code),
            ["same_shape", "as_many_dots", "one_dot_more", "one_dot_fewer", "makes_ten"]
        );
    }

    #[test]
    fn exactly_one_set_of_pairs_obeys_the_rule() {
        for number in 0..=255 {
            for rule in Rule::ALL {
                let Marks { pairs, loners } = rule.marks(&mut Stream::new(&Seed([number; 32]), b"marks"));
                assert_eq!(pairs.len(), 5);
                let all: Vec<Mark> = pairs.iter().flatten().chain(&loners).copied().collect();
                for (index, mark) in all.iter().enumerate() {
                    let partners: Vec<usize> = (0..all.len())
                        .filter(|other| *other != index && rule.joins(*mark, all[*other]))
                        .collect();
                    let expected = if index < 10 { vec![index ^ 1] } else { vec![] };
                    assert_eq!(partners, expected, "{rule:?} {all:?} {index}");
                }
            }
        }
    }
}
