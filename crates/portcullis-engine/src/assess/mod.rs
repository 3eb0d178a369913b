//! Judging a visitor by what it shows, and asking for no more than that calls for.
//!
//! One question either earns a pass at once or names a step; the same question with the step taken earns the pass.
//! A step satisfies what was asked and never lowers a score: a bot can sleep and click.

use portcullis_risk::{AddressFacts, AddressRisk, Assessment, Friction, Profile, Signals};
use portcullis_store::{StoreError, UnixMs};

use crate::admission::PolicyPassed;
use crate::entropy::random;
use crate::limits::RateLimited;
use crate::secret::hex;
use crate::{ClaimedOrigin, Engine, Event, Mode, Origin, OriginRefused, Pass, Site, Visitor};
use judge::{Judged, NotAsked};
use take::Taken;

pub use step::{Step, StepKind, StepWork};

mod glance;
mod judge;
mod step;
mod take;
mod watch;

pub(crate) use judge::is_non_residential;
pub(crate) use watch::Watch;

/// A visitor's wish for a pass.
#[derive(Clone)]
pub struct Assess<'a> {
    /// The site; absent for the open one.
    pub site_key: Option<&'a str>,
    /// Who asks.
    pub visitor: &'a Visitor,
    /// What it shows. The address, the history and what follows from others' visits are filled in here.
    pub signals: Signals,
    /// The page's origin as a page of ours sealed it, or where the request names none, as its referrer says.
    pub page: Option<Origin>,
    /// SHA-256 of what the browser said of itself.
    pub fingerprint: [u8; 32],
    /// Whose weights count where the site does not say.
    pub profile: Profile,
    /// The step that was asked for before, as far as it is taken.
    pub taken: Option<StepTaken<'a>>,
}

/// How far a step is.
#[derive(Clone, Copy)]
pub enum StepTaken<'a> {
    /// The visitor begins to hold.
    Begun {
        /// The step.
        challenge_id: &'a str,
    },
    /// The visitor says that it is done.
    Done {
        /// The step.
        challenge_id: &'a str,
        /// The solutions, where work was asked.
        work: Option<WorkDone<'a>>,
    },
}

/// Solutions of a step's puzzles.
#[derive(Clone, Copy)]
pub struct WorkDone<'a> {
    /// The work's token, as it was sent.
    pub token: &'a str,
    /// One nonce per puzzle, in order.
    pub solutions: &'a [u64],
}

/// What came of a wish for a pass.
pub enum Assessed {
    /// The visitor was judged.
    Judged(Box<Judgement>),
    /// A step goes on: it was begun, or held for too short a time.
    Waiting {
        /// The step as it was asked for.
        step: Box<Step>,
        /// Whether it was given up too early.
        too_short: bool,
    },
}

/// A judgement and what follows from it.
pub struct Judgement {
    /// The score and its reasons.
    pub assessment: Assessment,
    /// What the address adds.
    pub address: AddressRisk,
    /// What is known of the address.
    pub facts: AddressFacts,
    /// What follows.
    pub outcome: Outcome,
}

/// What follows from a judgement.
pub enum Outcome {
    /// A pass.
    Passed {
        /// For the site's backend.
        token: String,
        /// Milliseconds that it is good for.
        life_ms: u64,
        /// How it was earned.
        mode: Mode,
    },
    /// A step to take first.
    Step(Box<Step>),
    /// Nothing that this visitor could do would help.
    Denied,
}

/// Why a visitor is not judged.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// No site has this key.
    #[error("no site has this site key")]
    UnknownSite,
    /// The page may not use this site.
    #[error(transparent)]
    Origin(#[from] OriginRefused),
    /// The step is unknown, another site's or another visitor's, expired, or used up.
    #[error("the step is unknown or has expired")]
    Step,
    /// The solutions are not those of the step's puzzles.
    #[error("the work is not solved")]
    Work,
    /// Too many wishes from one visitor.
    #[error("too many requests from this address")]
    RateLimited {
        /// Milliseconds after which the next one has a chance.
        retry_after_ms: u64,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl AssessError {
    /// A stable code for machines and counts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownSite => "unknown_site",
            Self::Origin(_) => "origin_refused",
            Self::Step => "invalid_step",
            Self::Work => "invalid_solution",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RateLimited> for AssessError {
    fn from(refused: RateLimited) -> Self {
        Self::RateLimited { retry_after_ms: refused.retry_after_ms }
    }
}

/// Proof that a visitor met what its risk calls for.
enum Met {
    /// Nothing was asked.
    NotAsked(NotAsked),
    /// The step was taken.
    Taken(Taken),
}

/// A site, and the page that the visitor is on.
struct Place<'a> {
    site: &'a Site,
    origin: Option<Origin>,
    policy: PolicyPassed,
}

impl Engine {
    /// Judges a visitor and, where everything holds, gives a pass.
    pub async fn assess(&self, command: Assess<'_>) -> Result<Assessed, AssessError> {
        let site = self.site(command.site_key.unwrap_or(Site::OPEN)).ok_or(AssessError::UnknownSite)?;
        let outcome = self.assess_for(&site, command).await;
        let (event, reason) = match &outcome {
            Ok(Assessed::Waiting { .. }) => return outcome,
            Ok(Assessed::Judged(judgement)) => match judgement.outcome {
                Outcome::Passed { .. } => (Event::Redeem, ""),
                Outcome::Step(_) => (Event::Challenge, ""),
                Outcome::Denied => (Event::ChallengeRefused, "denied"),
            },
            Err(error) => (Event::ChallengeRefused, error.code()),
        };
        self.tally.count(site.id, event, reason);
        outcome
    }

    async fn assess_for(&self, site: &Site, command: Assess<'_>) -> Result<Assessed, AssessError> {
        let now = self.clock.now();
        let place = self.place(site, &command)?;
        let (judged, met) = match command.taken {
            None => {
                let judged = self.judge(&place, &command, now).await?;
                let met = judged.not_asked().map(Met::NotAsked);
                (judged, met)
            }
            Some(StepTaken::Begun { challenge_id }) => {
                let step = self.begin(&place, command.visitor, challenge_id, now).await?;
                return Ok(Assessed::Waiting { step: Box::new(step), too_short: false });
            }
            Some(StepTaken::Done { challenge_id, work }) => {
                let facts = self.open_step(&place, command.visitor, challenge_id, now)?;
                let judged = self.judge_again(&place, &command, facts.score, now).await?;
                if matches!(judged.friction, Friction::Deny) {
                    (judged, None)
                } else {
                    match self.take(&facts, challenge_id, work, command.visitor, now).await? {
                        Ok(taken) => (judged, Some(Met::Taken(taken))),
                        Err(step) => return Ok(Assessed::Waiting { step: Box::new(step), too_short: true }),
                    }
                }
            }
        };
        self.note_use(site, now);
        let outcome = match met {
            Some(met) => self.mint_pass(place, &judged, met, command.fingerprint, now),
            None if matches!(judged.friction, Friction::Deny) => Outcome::Denied,
            None => Outcome::Step(Box::new(self.ask(&place, &judged, command.visitor, now)?)),
        };
        let Judged { assessment, address, facts, .. } = judged;
        Ok(Assessed::Judged(Box::new(Judgement { assessment, address, facts, outcome })))
    }

    /// Whether the page may use the site. A page of ours in a frame is judged as the page around it, and where the
    /// request names no origin, the referrer's counts, as the protocol has it.
    fn place<'a>(&self, site: &'a Site, command: &Assess<'_>) -> Result<Place<'a>, AssessError> {
        let claimed = match &command.page {
            Some(page) => &ClaimedOrigin::Stated(page.clone()),
            None => &command.visitor.origin,
        };
        let admitted = site.admit(claimed)?;
        let claims = &self.directory.snapshot().claims;
        if admitted.origin.as_ref().is_some_and(|origin| claims.shut_out(site, origin)) {
            return Err(OriginRefused::NotListed.into());
        }
        Ok(Place { site, origin: admitted.origin, policy: admitted.policy })
    }

    fn mint_pass(
        &self,
        place: Place<'_>,
        judged: &Judged,
        met: Met,
        fingerprint: [u8; 32],
        now: UnixMs,
    ) -> Outcome {
        let Place { site, origin, policy: PolicyPassed { .. } } = place;
        let nonce = random(&*self.entropy);
        let (challenge_id, mode) = match met {
            Met::NotAsked(NotAsked { .. }) => {
                (format!("pas_{}", hex(&random::<16>(&*self.entropy))), Mode::Passive)
            }
            Met::Taken(Taken { challenge_id, mode, .. }) => (challenge_id, mode),
        };
        // A pass says whole seconds, so that it is read back as it was.
        let issued_at = UnixMs(now.0 / 1000 * 1000);
        let pass = Pass {
            site_key: site.site_key.clone(),
            origin,
            challenge_id,
            nonce,
            score: judged.assessment.score,
            mode,
            fingerprint,
            issued_at,
            expires_at: issued_at.plus(PASS_LIFE_MS),
        };
        Outcome::Passed { token: self.passes.seal(&pass), life_ms: PASS_LIFE_MS, mode }
    }
}

/// How long a pass is good for: 180 s, as the protocol says.
const PASS_LIFE_MS: u64 = 180_000;
