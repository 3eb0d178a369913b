//! What an answer is worth.

/// The verdict on one answer. There is no third: an answer that cannot be read is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// The answer of whoever saw the picture.
    Right,
    /// Anything else.
    Wrong,
}

impl Grade {
    /// [`Grade::Right`] when `is_right`.
    pub(crate) fn of(is_right: bool) -> Self {
        if is_right { Self::Right } else { Self::Wrong }
    }
}
