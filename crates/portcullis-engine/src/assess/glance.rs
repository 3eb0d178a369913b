//! Judging a visitor where no script of ours looked: by headers, address and history alone.
//!
//! That is little, so on its own it asks for no more than work. A site's own policy decides from which score on.

use portcullis_risk::{Friction, History, Signals, assess, decide};
use portcullis_store::UnixMs;

use super::judge::{is_non_residential, ordinary_policy};
use crate::{Engine, Event, Site, Visitor};

/// What a glance tells.
pub(crate) struct Glance {
    /// The score in hundredths.
    pub(crate) risk: u8,
    /// How often the work is doubled because of it and of the site's traffic.
    pub(crate) doublings: u8,
}

impl Engine {
    /// Judges a visitor whose work is doubled `busy` times already.
    pub(crate) fn glance(&self, site: &Site, visitor: &Visitor, busy: u8, now: UnixMs) -> Glance {
        let mut signals = Signals {
            client: visitor.client.clone(),
            address: self.addresses.look_up(visitor.address, &visitor.client.user_agent),
            history: History { challenges: 0, doublings: busy },
            ..Signals::default()
        };
        let pressure = self.watch.visit(site.id, &mut signals, now);
        let score = assess(&signals, site.settings.risk_profile.unwrap_or_default()).score;
        let risk = (score * 100.0).round().clamp(0.0, 95.0) as u8;
        if site.settings.policy.is_none() {
            return Glance { risk, doublings: pressure };
        }
        let policy = site.settings.policy_over(ordinary_policy());
        let friction = decide(&policy, score, is_non_residential(&signals.address), pressure);
        let asked = match friction {
            Friction::Pass => 0,
            Friction::ProofOfWork { doublings } => doublings,
            // There is nothing to click on at this door, so what cannot be shown is paid for.
            Friction::Checkbox => 2,
            Friction::PressAndHold | Friction::Slider | Friction::Connect => 3,
            Friction::Deny => 6,
        };
        if policy.shadow {
            if asked > 0 {
                self.tally.count(site.id, Event::Shadow, friction.code());
            }
            return Glance { risk, doublings: pressure };
        }
        Glance { risk, doublings: asked.max(pressure) }
    }
}
