//! Judging the visitor of a flow: when it comes, and again with every answer.

use portcullis_risk::{Friction, History, Signals, Vouching, assess, decide};
use portcullis_store::UnixMs;

use super::ladder::{Called, called, ordinary_policy};
use super::{FlowError, FlowMode, PuzzleKind};
use crate::assess::is_non_residential;
use crate::{Engine, Event, Site, Visitor};

/// What a judgement calls for.
pub(super) struct Judged {
    /// The score in hundredths.
    pub(super) score: u8,
    pub(super) called: Called,
    /// How often the work is doubled because of how much the visitor and the site ask.
    pub(super) busy: u8,
}

/// The ladder of a flow.
#[derive(Clone, Copy)]
pub(super) struct Ladder<'a> {
    pub(super) mode: FlowMode,
    pub(super) puzzles: &'a [PuzzleKind],
}

impl Engine {
    /// Judges a visitor who comes. Counts the coming.
    pub(super) async fn judge_coming(
        &self,
        site: &Site,
        visitor: &Visitor,
        mut signals: Signals,
        ladder: Ladder<'_>,
        now: UnixMs,
    ) -> Result<Judged, FlowError> {
        let doublings = self.visitor_limits().challenge(visitor, site.id, now).await??;
        signals.client.clone_from(&visitor.client);
        signals.address = self.addresses.ask(visitor.address, &signals.client.user_agent).await;
        signals.history = History { challenges: 0, doublings };
        signals.second_opinion = Vouching::Unasked;
        let pressure = self.watch.visit(site.id, &mut signals, now);
        let score = hundredths(assess(&signals, site.settings.risk_profile.unwrap_or_default()).score);
        Ok(self.decided(site, &signals, score, ladder, doublings.max(pressure)))
    }

    /// Judges a visitor who answers. The score is no lower than it was. What others say of it is in `signals`.
    pub(super) fn judge_answer(
        &self,
        site: &Site,
        visitor: &Visitor,
        mut signals: Signals,
        ladder: Ladder<'_>,
        (earlier, now): (u8, UnixMs),
    ) -> Judged {
        signals.client.clone_from(&visitor.client);
        signals.address = self.addresses.look_up(visitor.address, &signals.client.user_agent);
        signals.replayed = self.watch.path(&signals.motion);
        let score = hundredths(assess(&signals, site.settings.risk_profile.unwrap_or_default()).score);
        let pressure = self.watch.pressure(site.id, now);
        self.decided(site, &signals, score.max(earlier), ladder, pressure)
    }

    fn decided(&self, site: &Site, signals: &Signals, score: u8, ladder: Ladder<'_>, busy: u8) -> Judged {
        let policy = site.settings.policy_over(ordinary_policy());
        let share = f64::from(score) / 100.0;
        let mut friction = decide(&policy, share, is_non_residential(&signals.address), busy);
        if policy.shadow && !matches!(friction, Friction::Pass) {
            self.tally.count(site.id, Event::Shadow, friction.code());
            friction = Friction::Pass;
        }
        Judged { score, called: called(friction, ladder.mode, ladder.puzzles), busy }
    }
}

fn hundredths(score: f64) -> u8 {
    (score * 100.0).round().clamp(0.0, 100.0) as u8
}
