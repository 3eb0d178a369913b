//! The click on a box. No picture: only the time between sight and click is judged here.

use crate::Grade;

/// A box to click.
#[derive(Clone, Copy, Debug)]
pub struct Checkbox;

impl Checkbox {
    /// Judges the milliseconds from showing the box to the click on it. Nobody sees, moves and clicks in less than
    /// [`Self::FASTEST_MS`]; a keyboard or a screen reader takes longer still. There is no upper bound: whoever needs
    /// an hour has it, as far as this crate knows.
    #[must_use]
    pub fn grade(self, shown_to_clicked_ms: u64) -> Grade {
        Grade::of(shown_to_clicked_ms >= Self::FASTEST_MS)
    }

    /// Milliseconds. Simple reactions to something seen take people about 200; the fastest of athletes' starts that
    /// are not counted as false ones, 100. A click needs a decision besides.
    pub const FASTEST_MS: u64 = 150;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_faster_than_a_hand_is_wrong() {
        for (ms, grade) in [
            (0, Grade::Wrong),
            (149, Grade::Wrong),
            (150, Grade::Right),
            (900, Grade::Right),
            (u64::MAX, Grade::Right),
        ] {
            assert_eq!(Checkbox.grade(ms), grade, "{ms}");
        }
    }
}
