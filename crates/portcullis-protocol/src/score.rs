//! Scores as they are shown.

/// A score or another share of one, with two decimals.
pub(crate) fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
