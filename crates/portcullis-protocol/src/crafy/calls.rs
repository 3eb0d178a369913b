//! What the challenge page asks for after it was served.

use portcullis_engine::{
    AnswerFlow, Completed, Drawing, Engine, FlowError, FlowOutcome, PictureOf, PicturePart, StepReason,
    Visitor, puzzle,
};
use serde::Serialize;

use super::answer::NAME_MAX;
use super::document::Answer;
use super::refusal::{Outcome, Refusal};
use super::{BodyError, Completion, Message, PostedAnswer, PostedStep};
use crate::{Reply, Request};

/// `POST /challenge/answer`: a step is answered.
pub async fn answer(engine: &Engine, request: &Request<'_>) -> Reply {
    let posted = match PostedAnswer::read(request.body) {
        Ok(posted) => posted,
        Err(error) => return malformed(error),
    };
    let command = AnswerFlow {
        visitor: request.visitor,
        flow: &posted.flow,
        step: &posted.step,
        solutions: &posted.solutions,
        answer: posted.answer(),
        signals: posted.signals.clone(),
        turnstile: posted.turnstile.as_deref(),
    };
    match engine.answer_flow(command).await {
        Ok(FlowOutcome::Complete(completed)) => complete(engine, &completed),
        Ok(FlowOutcome::Step(step, reason)) => Reply::json(200, &Answer::step(*step, reason)),
        Ok(FlowOutcome::Waiting) => Reply::json(200, &Answer::Waiting),
        Ok(FlowOutcome::Denied) => Reply::json(200, &Answer::Denied),
        Err(error) => refused(&error),
    }
}

/// `POST /challenge/begin`: a button begins to be held.
pub async fn begin(engine: &Engine, request: &Request<'_>) -> Reply {
    let posted = match PostedStep::read(request.body) {
        Ok(posted) => posted,
        Err(error) => return malformed(error),
    };
    match engine.begin_flow_step(request.visitor, &posted.flow, &posted.step).await {
        Ok(()) => Reply::json(200, &serde_json::json!({})),
        Err(error) => refused(&error),
    }
}

/// `POST /challenge/alternative`: work is asked for in place of what the step shows.
pub async fn alternative(engine: &Engine, request: &Request<'_>) -> Reply {
    let posted = match PostedStep::read(request.body) {
        Ok(posted) => posted,
        Err(error) => return malformed(error),
    };
    match engine.flow_alternative(request.visitor, &posted.flow, &posted.step).await {
        Ok(step) => Reply::json(200, &Answer::step(step, StepReason::Alternative)),
        Err(error) => refused(&error),
    }
}

/// `GET /challenge/picture`: what is to be drawn and which part of it was asked for, or a refusal.
///
/// # Errors
///
/// The answer to be given in place of a picture.
pub async fn picture(
    engine: &Engine,
    query: Option<&str>,
    visitor: &Visitor,
) -> Result<(Drawing, PicturePart), Reply> {
    let asked = Asked::read(query).map_err(malformed)?;
    let Asked { step, part, theme, density } = asked;
    let wish = PictureOf { visitor, step: &step, part, theme, density };
    let drawing = engine.flow_picture(wish).await.map_err(|error| {
        let refusal = refusal(&error);
        match refusal.outcome {
            // An `img` cannot read answers: whatever is no picture has to be an error.
            Outcome::Reload => failed(&Refusal { status: 410, ..refusal }),
            Outcome::Denied | Outcome::Refused => told(&refusal),
        }
    })?;
    Ok((drawing, part))
}

/// The query string of a picture.
struct Asked {
    step: String,
    part: PicturePart,
    theme: puzzle::Theme,
    density: puzzle::Density,
}

impl Asked {
    fn read(query: Option<&str>) -> Result<Self, BodyError> {
        let mut asked = Self {
            step: String::new(),
            part: PicturePart::Board,
            theme: puzzle::Theme::Light,
            density: puzzle::Density::One,
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match (&*name, &*value) {
                ("step", step) if step.len() <= NAME_MAX => asked.step = step.to_owned(),
                ("part", "board") | ("theme", "light") | ("density", "1") => {}
                ("part", "piece") => asked.part = PicturePart::Piece,
                ("theme", "dark") => asked.theme = puzzle::Theme::Dark,
                ("density", "2") => asked.density = puzzle::Density::Two,
                ("step", _) => return Err(BodyError::Field("step")),
                ("part", _) => return Err(BodyError::Field("part")),
                ("theme", _) => return Err(BodyError::Field("theme")),
                ("density", _) => return Err(BodyError::Field("density")),
                _ => {}
            }
        }
        if asked.step.is_empty() { Err(BodyError::Field("step")) } else { Ok(asked) }
    }
}

fn complete(engine: &Engine, completed: &Completed) -> Reply {
    let Completed { site, token, nonce, verdict } = completed;
    let completion = Completion {
        flow_token: token,
        nonce,
        risk_score: verdict.score,
        hostname: &verdict.hostname,
        expires_at: verdict.expires_at,
    };
    let message = Message::complete(completion, site.secret(), site.signing_key(), engine.entropy());
    Reply::json(200, &Answer::Complete { message })
}

fn refused(error: &FlowError) -> Reply {
    told(&refusal(error))
}

/// A page that was served and may not use its site any more asks for new options, and is told with those.
fn refusal(error: &FlowError) -> Refusal {
    let refusal = Refusal::of(error);
    match error {
        FlowError::Origin(_) => refusal.with(Outcome::Reload),
        _ => refusal,
    }
}

/// What can go on only with new options is an answer; what is wrong with a call is a 4xx.
fn told(refusal: &Refusal) -> Reply {
    match refusal.outcome {
        Outcome::Reload => Reply::json(200, &Answer::Reload { reason: refusal.code }),
        Outcome::Denied => Reply::json(200, &Answer::Denied),
        Outcome::Refused => failed(refusal),
    }
}

fn failed(refusal: &Refusal) -> Reply {
    let Refusal { status, code, message, retry_after_ms, .. } = refusal;
    Reply::json(*status, &Failure::new(code, message)).retry_after(*retry_after_ms)
}

fn malformed(error: BodyError) -> Reply {
    Reply::json(error.status(), &Failure::new(error.code(), &error.to_string()))
}

#[derive(Serialize)]
struct Failure<'a> {
    status: &'static str,
    code: &'static str,
    message: &'a str,
}

impl<'a> Failure<'a> {
    fn new(code: &'static str, message: &'a str) -> Self {
        Self { status: "error", code, message }
    }
}
