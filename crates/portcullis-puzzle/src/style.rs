//! How a picture is to look. Neither value moves anything in it: the same seed has the same answer in every style.

/// The page's colours. A picture is toned to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light page.
    Light,
    /// Light text on a dark page.
    Dark,
}

/// Device pixels for each CSS pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// A plain screen.
    One,
    /// A phone's.
    Two,
}

impl Density {
    /// Device pixels along one side of a CSS pixel.
    pub(crate) fn scale(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}
