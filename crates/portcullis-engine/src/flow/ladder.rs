//! Which rung of the ladder a risk calls for.
//!
//! Rung 0 is work alone. Rung 1 and up are the flow's puzzles in their order, so a site that lists one puzzle has a
//! ladder of one.

use portcullis_risk::{Band, Friction, Policy};

use super::{FlowMode, PuzzleKind};

/// What a risk calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Called {
    /// This rung, and work doubled so often.
    Rung {
        rung: u8,
        doublings: u8,
    },
    Denied,
}

/// The rung that `friction` means on this ladder.
pub(super) fn called(friction: Friction, mode: FlowMode, puzzles: &[PuzzleKind]) -> Called {
    let (kind, doublings) = match friction {
        Friction::Deny => return Called::Denied,
        Friction::Pass => (None, 0),
        Friction::ProofOfWork { doublings } => (None, doublings),
        Friction::Checkbox => (Some(PuzzleKind::Checkbox), 0),
        Friction::PressAndHold => (Some(PuzzleKind::PressHold), 0),
        Friction::Slider => (Some(PuzzleKind::Slider), 0),
        Friction::Connect => (Some(PuzzleKind::Connect), 0),
    };
    let least = u8::from(mode == FlowMode::Puzzle);
    match (mode, kind) {
        // What may not be shown is paid for.
        (FlowMode::Hidden, Some(kind)) => Called::Rung { rung: 0, doublings: 1 + severity(kind) },
        (FlowMode::Hidden, None) => Called::Rung { rung: 0, doublings },
        (_, None) => Called::Rung { rung: least, doublings },
        (_, Some(kind)) => Called::Rung { rung: rung_of(kind, puzzles), doublings },
    }
}

/// The rung with this puzzle or, where it is not on the ladder, the one as high up, as far as the ladder goes.
fn rung_of(kind: PuzzleKind, puzzles: &[PuzzleKind]) -> u8 {
    let listed = puzzles.iter().position(|puzzle| *puzzle == kind);
    let place = listed.unwrap_or(usize::from(severity(kind)) - 1).min(puzzles.len().saturating_sub(1));
    place as u8 + 1
}

const fn severity(kind: PuzzleKind) -> u8 {
    match kind {
        PuzzleKind::Checkbox => 1,
        PuzzleKind::PressHold | PuzzleKind::Slider => 2,
        PuzzleKind::Connect => 3,
    }
}

/// The policy of flows where a site has none of its own: the whole ladder before anybody is denied.
pub(super) fn ordinary_policy() -> Policy {
    let band = |from, friction| Band { from, friction };
    Policy {
        steps: vec![
            band(0.38, Friction::Checkbox),
            band(0.50, Friction::Slider),
            band(0.65, Friction::Connect),
            band(0.90, Friction::Deny),
        ],
        ..Policy::default()
    }
}

/// The ladder where a flow names no puzzles, as the protocol has it.
pub(super) const LADDER: [PuzzleKind; 3] = [PuzzleKind::Checkbox, PuzzleKind::Slider, PuzzleKind::Connect];

#[cfg(test)]
mod tests {
    use super::PuzzleKind::{Checkbox, Connect, PressHold, Slider};
    use super::*;

    fn rung(friction: Friction, mode: FlowMode, puzzles: &[PuzzleKind]) -> u8 {
        match called(friction, mode, puzzles) {
            Called::Rung { rung, .. } => rung,
            Called::Denied => u8::MAX,
        }
    }

    #[test]
    fn the_ladder_is_climbed_in_the_order_of_the_list() {
        let work = Friction::ProofOfWork { doublings: 2 };
        for (friction, puzzles, expected) in [
            (Friction::Pass, &LADDER[..], 0),
            (work, &LADDER, 0),
            (Friction::Checkbox, &LADDER, 1),
            (Friction::PressAndHold, &LADDER, 2),
            (Friction::Slider, &LADDER, 2),
            (Friction::Connect, &LADDER, 3),
            (Friction::Connect, &[Connect, Slider], 1),
            (Friction::Checkbox, &[Connect, Slider], 1),
            (Friction::Connect, &[Slider], 1),
            (Friction::PressAndHold, &[Checkbox, Slider, PressHold], 3),
            (Friction::Deny, &LADDER, u8::MAX),
        ] {
            assert_eq!(rung(friction, FlowMode::Auto, puzzles), expected, "{friction:?} {puzzles:?}");
        }
        assert_eq!(rung(Friction::Pass, FlowMode::Puzzle, &LADDER), 1, "the first puzzle at least");
        assert_eq!(rung(Friction::Connect, FlowMode::Puzzle, &LADDER), 3);
    }

    #[test]
    fn hidden_shows_nothing_and_asks_for_more_work() {
        let doublings = |friction| match called(friction, FlowMode::Hidden, &LADDER) {
            Called::Rung { rung: 0, doublings } => doublings,
            other => panic!("{other:?}"),
        };
        assert!(doublings(Friction::Pass) < doublings(Friction::Checkbox));
        assert!(doublings(Friction::Checkbox) < doublings(Friction::Slider));
        assert!(doublings(Friction::Slider) < doublings(Friction::Connect));
        assert_eq!(called(Friction::Deny, FlowMode::Hidden, &LADDER), Called::Denied);
    }

    #[test]
    fn the_ordinary_policy_is_sound() {
        assert_eq!(ordinary_policy().problems(), [""; 0]);
    }
}
