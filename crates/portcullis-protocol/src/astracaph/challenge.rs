//! `POST /api/v1/challenge`.

use portcullis_engine::risk::Profile;
use portcullis_engine::{
    Assess, AssessError, Assessed, ClaimedOrigin, Engine, Judgement, Outcome, SealedPage, StepTaken, Visitor,
    WorkDone,
};

use super::Door;
use super::content::{Content, Intelligence};
use super::cors::with_origin;
use super::jwt::mode;
use super::log::Entry;
use super::payload::{Interaction, Payload, Unreadable, shown};
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::score::two_decimals;
use crate::{Reply, Request};

/// Judges a visitor, and answers a token or the step to take first.
pub async fn challenge(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let Ok(body) = request.bounded_body() else {
        return with_origin(
            Reply::json(413, &Answer::error(413, "Body is too large").content),
            request.visitor,
        );
    };
    let (answer, visit) = match Payload::read(body) {
        Err(Unreadable::Json) => (Answer::error(400, "Invalid JSON body"), None),
        Err(Unreadable::Payload) => (Answer::error(400, "Invalid challenge payload"), None),
        Ok(payload) => judged(engine, door, request, payload).await,
    };
    let visit = visit.filter(|_| !door.log_is_public).or_else(|| door.log_is_public.then(String::new));
    if let Some(visit) = visit {
        let answered = serde_json::to_value(&answer.content).unwrap_or_default();
        let asked = shown(body);
        let entry = Entry::new(&visit, "/api/v1/challenge", request, answer.status, &asked, &answered);
        door.log.add(engine.now(), entry);
    }
    let reply = Reply::json(answer.status, &answer.content).retry_after(answer.retry_after_ms);
    with_origin(reply, request.visitor)
}

/// An answer before it is written.
struct Answer {
    status: u16,
    content: Content,
    retry_after_ms: Option<u64>,
}

impl Answer {
    fn new(status: u16, content: Content) -> Self {
        Self { status, content, retry_after_ms: None }
    }

    fn error(status: u16, error: &'static str) -> Self {
        Self::new(status, Content { error: Some(error), ..Content::default() })
    }
}

async fn judged(
    engine: &Engine,
    door: &Door,
    request: &Request<'_>,
    payload: Payload,
) -> (Answer, Option<String>) {
    let Ok(sealed) = sealed(engine, door, request.visitor, &payload) else {
        return (Answer::error(400, "Invalid challenge payload"), None);
    };
    let (page, visit) = match sealed {
        Some((page, is_sandbox)) => (Some(page.origin), is_sandbox.then_some(page.visit)),
        None => (None, None),
    };
    let referrer = || match request.visitor.origin {
        ClaimedOrigin::Absent => payload.referrer_origin(),
        _ => None,
    };
    let page = page.or_else(referrer);
    let mut payload = payload;
    let site_key = payload.site_key.take();
    let interaction = payload.interaction.take();
    let fingerprint = payload.fingerprint_digest();
    let mut signals = payload.into_signals();
    signals.client.clone_from(&request.visitor.client);
    let command = Assess {
        site_key: site_key.as_deref(),
        visitor: request.visitor,
        signals,
        page,
        fingerprint,
        profile: Profile::Astracaph,
        taken: match taken(interaction.as_ref()) {
            Ok(taken) => taken,
            Err(NoStep) => return (refused(&AssessError::Step, 0), visit),
        },
    };
    let answer = match engine.assess(command).await {
        Ok(Assessed::Judged(judgement)) => judgement_answer(*judgement),
        Ok(Assessed::Waiting { step, too_short }) => {
            let error = too_short.then_some("Hold was too short");
            Answer::new(202, Content { error, ..Content::step(*step) })
        }
        Err(error) => refused(&error, engine.now().0),
    };
    (answer, visit)
}

/// A seal that was sent and is none of ours, or not the asking page's.
struct Broken;

/// The page that a frame or a sandbox of ours acts for, and whether it is the sandbox.
///
/// Anybody can have a frame's seal made for any page, and hand it to visitors of another one. So it counts only from a
/// page of ours, as the browser says. A preview in the sandbox has no origin of its own; its seal acts for us alone,
/// and only where the sandbox was served to.
fn sealed(
    engine: &Engine,
    door: &Door,
    visitor: &Visitor,
    payload: &Payload,
) -> Result<Option<(SealedPage, bool)>, Broken> {
    let (text, is_sandbox) = match (&payload.frame, &payload.sandbox) {
        (Some(text), _) => (text, false),
        (None, Some(text)) => (text, true),
        (None, None) => return Ok(None),
    };
    let page = engine.open_page(text).ok_or(Broken)?;
    let counts = if is_sandbox {
        door.is_own(&page.origin) && engine.is_sealed_for(&page, visitor)
    } else {
        door.is_served_to(visitor)
    };
    if counts { Ok(Some((page, is_sandbox))) } else { Err(Broken) }
}

/// A step was spoken of but not named.
struct NoStep;

fn taken(interaction: Option<&Interaction>) -> Result<Option<StepTaken<'_>>, NoStep> {
    let Some(interaction) = interaction else { return Ok(None) };
    let begun = interaction.phase.is_some();
    if !begun && !interaction.confirmed {
        return Ok(None);
    }
    let challenge_id = interaction.challenge_id.as_deref().ok_or(NoStep)?;
    if begun {
        return Ok(Some(StepTaken::Begun { challenge_id }));
    }
    let work = interaction.work.as_ref();
    let work = work.map(|work| WorkDone { token: &work.token, solutions: &work.solutions });
    Ok(Some(StepTaken::Done { challenge_id, work }))
}

fn judgement_answer(judgement: Judgement) -> Answer {
    let Judgement { assessment, address, facts, outcome } = judgement;
    let (status, content) = match outcome {
        Outcome::Passed { token, life_ms, mode: earned } => {
            let content = Content {
                state: Some("success"),
                token: Some(token),
                expires_in: Some(life_ms / 1000),
                confidence: Some(two_decimals(1.0 - assessment.score)),
                mode: Some(mode(earned)),
                ..Content::default()
            };
            (200, content)
        }
        Outcome::Step(step) => (202, Content::step(*step)),
        Outcome::Denied => {
            let content =
                Content { error: Some("Challenge rejected"), state: Some("failed"), ..Content::default() };
            (403, content)
        }
    };
    let reasons = &assessment.reasons;
    let content = Content {
        score: Some(two_decimals(assessment.score)),
        reasons: Some(reasons.iter().map(|reason| reason.text).collect()),
        reason_codes: Some(reasons.iter().map(|reason| reason.code).collect()),
        ip_intel: Some(Intelligence::new(&address, facts)),
        ..content
    };
    Answer::new(status, content)
}

fn refused(error: &AssessError, now: u64) -> Answer {
    match error {
        AssessError::UnknownSite | AssessError::Origin(_) => {
            Answer::error(403, "Origin is not allowed for this site key")
        }
        AssessError::Step => Answer::error(400, "Visual challenge context is invalid or expired"),
        AssessError::Work => Answer::error(400, "Work is not solved"),
        AssessError::RateLimited { retry_after_ms } => {
            let mut answer = Answer::error(429, "Too many challenge attempts");
            answer.content.reset_at = Some(now + retry_after_ms);
            answer.retry_after_ms = Some(*retry_after_ms);
            answer
        }
        AssessError::Unavailable(_) => {
            Answer { retry_after_ms: Some(UNAVAILABLE_RETRY_MS), ..Answer::error(503, "Service unavailable") }
        }
    }
}
