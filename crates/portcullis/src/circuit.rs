//! Sparing somebody else's server that does not answer, and oneself the waiting.
//!
//! After some failures in a row nobody is asked for a while; then one question is let through, and its outcome
//! decides for the next while. So a dead server costs one waiting thread a minute.

use portcullis_engine::UnixMs;

/// Whether somebody is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Circuit {
    failures: u32,
    /// No question before this time.
    open_until: Option<UnixMs>,
}

/// What an outcome changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// They are asked no more, for a while.
    Opened,
    /// They answer again.
    Closed,
}

impl Circuit {
    /// Whether one question may be asked. When the while is over this is true once; whoever is told so asks.
    pub(crate) fn admit(&mut self, now: UnixMs) -> bool {
        match self.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                // Everybody else waits for this one's outcome, but not for ever: its asker may die.
                self.open_until = Some(now.plus(OPEN_MS));
                true
            }
        }
    }

    /// Notes an answer.
    pub(crate) fn succeeded(&mut self) -> Option<Change> {
        self.failures = 0;
        self.open_until.take().map(|_| Change::Closed)
    }

    /// Notes a failure.
    pub(crate) fn failed(&mut self, now: UnixMs) -> Option<Change> {
        self.failures = self.failures.saturating_add(1);
        if self.failures < FAILURES_MAX {
            return None;
        }
        self.open(now.plus(OPEN_MS))
    }

    /// Notes that they want no more questions for `pause_ms`.
    pub(crate) fn exhausted(&mut self, now: UnixMs, pause_ms: u64) -> Option<Change> {
        self.failures = FAILURES_MAX;
        self.open(now.plus(pause_ms))
    }

    fn open(&mut self, until: UnixMs) -> Option<Change> {
        let was_open = self.open_until.is_some();
        self.open_until = self.open_until.max(Some(until));
        (!was_open).then_some(Change::Opened)
    }
}

/// Failures in a row after which they are left alone.
const FAILURES_MAX: u32 = 5;
/// For how long, in milliseconds.
const OPEN_MS: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMs = UnixMs(1_000_000);

    fn opened() -> Circuit {
        let mut circuit = Circuit::default();
        for _ in 1..FAILURES_MAX {
            assert_eq!(circuit.failed(START), None);
        }
        assert_eq!(circuit.failed(START), Some(Change::Opened));
        circuit
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_question_tries_it() {
        let mut circuit = opened();
        assert!(!circuit.admit(START.plus(OPEN_MS - 1)));
        let later = START.plus(OPEN_MS);
        assert!(circuit.admit(later));
        assert!(!circuit.admit(later), "one question, not all");
        assert_eq!(circuit.failed(later), None, "told once");
        assert!(!circuit.admit(later.plus(OPEN_MS - 1)));
        assert!(circuit.admit(later.plus(OPEN_MS)));
        assert_eq!(circuit.succeeded(), Some(Change::Closed));
        assert!(circuit.admit(later) && circuit.admit(later));
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_anew() {
        let mut circuit = Circuit::default();
        for _ in 0..20 {
            for _ in 1..FAILURES_MAX {
                assert_eq!(circuit.failed(START), None);
            }
            assert_eq!(circuit.succeeded(), None);
        }
    }

    #[test]
    fn a_used_up_quota_opens_it_at_once_and_for_as_long_as_is_said() {
        const EXHAUSTED_MS: u64 = 15 * 60_000;
        let mut circuit = Circuit::default();
        assert_eq!(circuit.exhausted(START, EXHAUSTED_MS), Some(Change::Opened));
        assert!(!circuit.admit(START.plus(EXHAUSTED_MS - 1)));
        assert_eq!(circuit.failed(START), None, "a late failure does not shorten it");
        assert!(!circuit.admit(START.plus(EXHAUSTED_MS - 1)));
        assert!(circuit.admit(START.plus(EXHAUSTED_MS)));
    }

    #[test]
    fn a_trial_that_is_never_heard_of_again_does_not_close_it_for_ever() {
        let mut circuit = opened();
        assert!(circuit.admit(START.plus(OPEN_MS)));
        assert!(circuit.admit(START.plus(2 * OPEN_MS)));
    }
}
