//! `POST /api/v1/challenge`.

use portcullis_engine::risk::{AddressClass, AddressFacts, AddressRisk, AddressSource, Profile};
use portcullis_engine::{
    Assess, AssessError, Assessed, Engine, Judgement, Outcome, SealedPage, Step, StepKind, StepTaken,
    WorkDone,
};
use serde_json::{Map, Value, json};

use super::Door;
use super::cors::with_origin;
use super::jwt::mode;
use super::log::Entry;
use super::payload::{Interaction, Payload, Unreadable, shown};
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::{Reply, Request};

/// Judges a visitor, and answers a token or the step to take first.
pub async fn challenge(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let (answer, visit) = match Payload::read(request.body) {
        Err(Unreadable::Json) => (Answer::error(400, "Invalid JSON body"), None),
        Err(Unreadable::Payload) => (Answer::error(400, "Invalid challenge payload"), None),
        Ok(payload) => judged(engine, request, payload).await,
    };
    let visit = visit.filter(|_| !door.log_is_public).or_else(|| door.log_is_public.then(String::new));
    if let Some(visit) = visit {
        door.log.add(
            engine.now(),
            Entry::new(
                &visit,
                "/api/v1/challenge",
                request,
                answer.status,
                &shown(request.body),
                &answer.content,
            ),
        );
    }
    let reply = Reply::json(answer.status, &answer.content).retry_after(answer.retry_after_ms);
    with_origin(reply, request.visitor)
}

/// An answer before it is written.
struct Answer {
    status: u16,
    content: Value,
    retry_after_ms: Option<u64>,
}

impl Answer {
    fn new(status: u16, content: Value) -> Self {
        Self { status, content, retry_after_ms: None }
    }

    fn error(status: u16, error: &str) -> Self {
        Self::new(status, json!({ "error": error }))
    }
}

async fn judged(engine: &Engine, request: &Request<'_>, payload: Payload) -> (Answer, Option<String>) {
    let Ok(sealed) = sealed(engine, &payload) else {
        return (Answer::error(400, "Invalid challenge payload"), None);
    };
    let (page, visit) = match sealed {
        Some((page, is_sandbox)) => (Some(page.origin), is_sandbox.then_some(page.visit)),
        None => (None, None),
    };
    let referrer = || match request.visitor.origin {
        portcullis_engine::ClaimedOrigin::Absent => payload.referrer_origin(),
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
            let mut content = step_content(&step);
            if too_short {
                content.insert("error".into(), json!("Hold was too short"));
            }
            Answer::new(202, Value::Object(content))
        }
        Err(error) => refused(&error, engine.now().0),
    };
    (answer, visit)
}

/// A seal that was sent and is none of ours.
struct Broken;

/// The page that a frame or a sandbox of ours acts for, and whether it is the sandbox.
fn sealed(engine: &Engine, payload: &Payload) -> Result<Option<(SealedPage, bool)>, Broken> {
    let (text, is_sandbox) = match (&payload.frame, &payload.sandbox) {
        (Some(text), _) => (text, false),
        (None, Some(text)) => (text, true),
        (None, None) => return Ok(None),
    };
    engine.open_page(text).map(|page| Some((page, is_sandbox))).ok_or(Broken)
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
    let (status, mut content) = match &outcome {
        Outcome::Passed { token, life_ms, mode: earned } => {
            let mut content = Map::new();
            content.insert("state".into(), json!("success"));
            content.insert("token".into(), json!(token));
            content.insert("expiresIn".into(), json!(life_ms / 1000));
            content.insert("confidence".into(), json!(two_decimals(1.0 - assessment.score)));
            content.insert("mode".into(), json!(mode(*earned)));
            (200, content)
        }
        Outcome::Step(step) => (202, step_content(step)),
        Outcome::Denied => {
            let mut content = Map::new();
            content.insert("error".into(), json!("Challenge rejected"));
            content.insert("state".into(), json!("failed"));
            (403, content)
        }
    };
    content.insert("score".into(), json!(two_decimals(assessment.score)));
    content.insert("reasons".into(), assessment.reasons.iter().map(|reason| json!(reason.text)).collect());
    content
        .insert("reasonCodes".into(), assessment.reasons.iter().map(|reason| json!(reason.code)).collect());
    content.insert("ipIntel".into(), intelligence(&address, &facts));
    Answer::new(status, Value::Object(content))
}

fn step_content(step: &Step) -> Map<String, Value> {
    let (state, needs_visual, kind) = match step.kind {
        StepKind::Work => ("work_required", false, "work"),
        StepKind::Confirm => ("visual_challenge", true, "confirm"),
        StepKind::PressHold => ("visual_challenge", true, "press_hold"),
    };
    let mut content = Map::new();
    content.insert("state".into(), json!(state));
    content.insert("needsVisual".into(), json!(needs_visual));
    content.insert("challengeId".into(), json!(step.challenge_id));
    content.insert("challengeType".into(), json!(kind));
    if needs_visual {
        let reason = if step.non_residential { "non_residential_ip" } else { "standard" };
        content.insert("requiredHoldMs".into(), json!(step.hold_ms));
        content.insert("challengeReason".into(), json!(reason));
    }
    if let Some(work) = &step.work {
        let puzzles: Vec<Value> =
            work.puzzles.clone().map(|puzzle| json!([puzzle.salt(), puzzle.target().to_string()])).collect();
        content.insert("work".into(), json!({ "token": work.token, "challenge": puzzles }));
    }
    content
}

/// What is known of the address, without the address.
fn intelligence(risk: &AddressRisk, facts: &AddressFacts) -> Value {
    let classification = match risk.classification {
        AddressClass::Local => "local",
        AddressClass::Hosting => "hosting",
        AddressClass::Residential => "residential",
        AddressClass::Mobile => "mobile",
        AddressClass::Unknown => "unknown",
    };
    let sources: Vec<Value> = facts.sources.iter().map(|source: &AddressSource| json!(source)).collect();
    json!({
        "classification": classification,
        "staticLikelihood": two_decimals(risk.static_likelihood),
        "risk": two_decimals(risk.risk),
        "reasons": risk.reasons,
        "sources": sources,
        "flags": facts.flags,
    })
}

fn refused(error: &AssessError, now: u64) -> Answer {
    match error {
        AssessError::UnknownSite | AssessError::Origin(_) => {
            Answer::error(403, "Origin is not allowed for this site key")
        }
        AssessError::Step => Answer::error(400, "Visual challenge context is invalid or expired"),
        AssessError::Work => Answer::error(400, "Work is not solved"),
        AssessError::RateLimited { retry_after_ms } => Answer {
            retry_after_ms: Some(*retry_after_ms),
            ..Answer::new(
                429,
                json!({ "error": "Too many challenge attempts", "resetAt": now + retry_after_ms }),
            )
        },
        AssessError::Unavailable(_) => {
            Answer { retry_after_ms: Some(UNAVAILABLE_RETRY_MS), ..Answer::error(503, "Service unavailable") }
        }
    }
}

/// Scores are shown with two decimals.
pub(super) fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
