//! How a picture is to look. Neither value moves anything in it: the same seed has the same answer in every style.
//!
//! A page may ask for one picture in both themes, and what differs between them would tell a program what was added to
//! the scene and how. So a theme is laid over the finished picture, pixel by pixel: both together tell no more than one.

/// The page's colours. A picture is toned to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark text on a light page.
    Light,
    /// Light text on a dark page.
    Dark,
}

impl Theme {
    /// What all of a finished picture is multiplied by.
    pub(crate) fn light(self) -> f32 {
        match self {
            Self::Light => 1.0,
            Self::Dark => 0.72,
        }
    }
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
