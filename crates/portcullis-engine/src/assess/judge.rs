//! From what a visitor shows to what is asked of it.

use portcullis_pow::Parameters;
use portcullis_risk::{
    AddressClass, AddressFacts, AddressRisk, Assessment, Friction, History, Policy, address_risk, assess,
    decide,
};
use portcullis_store::UnixMs;

use super::{Assess, AssessError, Place, StepKind};
use crate::limits::harder;
use crate::{Engine, Event, Site};

/// A visitor, judged.
pub(super) struct Judged {
    pub(super) assessment: Assessment,
    pub(super) address: AddressRisk,
    pub(super) facts: AddressFacts,
    pub(super) friction: Friction,
    /// Whether the address belongs to a data centre, a proxy or the like.
    pub(super) non_residential: bool,
    /// How often the work is doubled because of how much the visitor, the page and the site ask.
    doublings: u8,
    /// Whether steps carry work.
    works: bool,
}

/// Proof that nothing was asked of a visitor. Made only here.
pub(super) struct NotAsked(());

impl Judged {
    pub(super) fn not_asked(&self) -> Option<NotAsked> {
        matches!(self.friction, Friction::Pass).then_some(NotAsked(()))
    }

    /// The step that the friction calls for. What this door has no picture for is a hold.
    pub(super) fn step(&self) -> StepKind {
        match self.friction {
            Friction::Pass | Friction::ProofOfWork { .. } => StepKind::Work,
            Friction::Checkbox => StepKind::Confirm,
            Friction::PressAndHold | Friction::Slider | Friction::Connect | Friction::Deny => {
                StepKind::PressHold
            }
        }
    }

    /// The work that goes with the step. A click proves nothing, so it always comes with some.
    pub(super) fn work(&self, site: &Site) -> Option<Parameters> {
        let asked = match self.friction {
            Friction::ProofOfWork { doublings } => Some(doublings),
            Friction::Checkbox => Some(0),
            Friction::Pass
            | Friction::PressAndHold
            | Friction::Slider
            | Friction::Connect
            | Friction::Deny => self.works.then_some(0),
        };
        asked.map(|asked| harder(site.resolved.parameters, asked.max(self.doublings)))
    }
}

impl Engine {
    /// Judges a visitor who asks for the first time. Counts the asking.
    pub(super) async fn judge(
        &self,
        place: &Place<'_>,
        command: &Assess<'_>,
        now: UnixMs,
    ) -> Result<Judged, AssessError> {
        let site = place.site;
        let challenges = self.visitor_limits().assessment(command.visitor, now).await??;
        let origin_doublings = match &place.origin {
            Some(origin) if !site.settings.is_operators() => {
                self.visitor_limits().origin(site.id, origin, now).await?
            }
            _ => 0,
        };
        let mut signals = command.signals.clone();
        signals.address = self.addresses.ask(command.visitor.address, &signals.client.user_agent).await;
        // How much an origin asks is not the visitor's doing: it raises the work, and must not raise the score, or
        // whoever names that origin often could have its visitors refused.
        signals.history = History { challenges, doublings: 0 };
        let pressure = self.watch.visit(site.id, &mut signals, now);
        let policy = policy(site);
        let mut judged = judged(signals, site, command, &policy, pressure);
        judged.doublings = origin_doublings.max(pressure);
        if policy.shadow && !matches!(judged.friction, Friction::Pass) {
            self.tally.count(site.id, Event::Shadow, judged.friction.code());
            judged.friction = Friction::Pass;
        }
        Ok(judged)
    }

    /// Judges a visitor who comes back with a step taken. It is not counted again, and not compared with its own
    /// earlier trace; its score is no lower than it was.
    pub(super) async fn judge_again(
        &self,
        place: &Place<'_>,
        command: &Assess<'_>,
        earlier: u8,
        now: UnixMs,
    ) -> Result<Judged, AssessError> {
        let mut signals = command.signals.clone();
        signals.address = self.addresses.look_up(command.visitor.address, &signals.client.user_agent);
        let pressure = self.watch.pressure(place.site.id, now);
        let policy = policy(place.site);
        let mut judged = judged(signals, place.site, command, &policy, pressure);
        judged.assessment.score = judged.assessment.score.max(f64::from(earlier) / 100.0);
        if judged.assessment.score >= policy.deny_at && !policy.shadow {
            judged.friction = Friction::Deny;
        }
        Ok(judged)
    }
}

fn judged(
    signals: portcullis_risk::Signals,
    site: &Site,
    command: &Assess<'_>,
    policy: &Policy,
    pressure: u8,
) -> Judged {
    let profile = site.settings.risk_profile.unwrap_or(command.profile);
    let assessment = assess(&signals, profile);
    let address = address_risk(&signals.address);
    let non_residential = is_non_residential(&signals.address);
    let friction = decide(policy, assessment.score, non_residential, pressure);
    Judged {
        assessment,
        address,
        facts: signals.address,
        friction,
        non_residential,
        doublings: pressure,
        works: policy.work_floor,
    }
}

/// The site's policy. Where the operator did not make the site, work is always the floor: anybody can register one,
/// write telemetry and name an origin. For others it is what they set, as loaders written for this protocol elsewhere
/// know nothing of work.
fn policy(site: &Site) -> Policy {
    let mut policy = site.settings.policy_over(ordinary_policy());
    policy.work_floor |= !site.settings.is_operators();
    policy
}

/// The policy of this door and of the Cap door where a site chose nothing.
pub(super) fn ordinary_policy() -> Policy {
    Policy { work_floor: false, ..Policy::default() }
}

/// Whether an address belongs to a data centre, a proxy or the like.
pub(crate) fn is_non_residential(facts: &AddressFacts) -> bool {
    let flags = facts.flags;
    matches!(facts.class, AddressClass::Hosting)
        || flags.hosting
        || flags.datacenter
        || flags.proxy
        || flags.vpn
        || flags.tor
}
