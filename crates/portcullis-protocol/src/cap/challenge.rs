//! `POST …/challenge`.

use std::fmt::Write;

use portcullis_engine::{Challenge, Engine, Issue, Vendor};
use serde::Deserialize;

use super::cors::with_origin;
use super::failure::Failure;
use crate::request::Unreadable;
use crate::{Reply, Request};

/// Issues a challenge of the site with this key, or of the default site.
///
/// The published widget sends no body. Ours may send a JSON object with `action` and `cdata`, which come back in
/// the verdict; an object that cannot be read is refused rather than ignored, since a page that lost its action
/// on the way would be refused later, by its own backend, with nobody to tell why. A body that does not begin
/// like an object is some client's habit and is ignored. So is a query but for `vendor=recaptcha`, `recaptcha-v3`,
/// `hcaptcha` or `turnstile`: where the page works with that vendor's script.
pub async fn challenge(engine: &Engine, site_key: Option<&str>, request: &Request<'_>) -> Reply {
    let reply = match issue(engine, site_key, request).await {
        Ok(challenge) => Reply::written(200, written(&challenge).into_bytes()),
        Err(failure) => failure.into_reply(),
    };
    with_origin(reply, engine, site_key, request.visitor)
}

async fn issue(engine: &Engine, site_key: Option<&str>, request: &Request<'_>) -> Result<Challenge, Failure> {
    let wish = Wish::read(request).map_err(Failure::unreadable)?;
    let command = Issue {
        site_key,
        visitor: request.visitor,
        action: wish.action.as_deref(),
        cdata: wish.cdata.as_deref(),
        vendor: vendor(request.query),
    };
    engine.issue(command).await.map_err(|error| Failure::issue(&error))
}

/// What the vendors' scripts of ours say of themselves. In the query, as a body that a browser has to ask leave for
/// would cost another round trip.
fn vendor(query: Option<&str>) -> Option<Vendor> {
    match query?.strip_prefix("vendor=")? {
        "recaptcha" => Some(Vendor::Recaptcha),
        "recaptcha-v3" => Some(Vendor::RecaptchaV3),
        "hcaptcha" => Some(Vendor::Hcaptcha),
        "turnstile" => Some(Vendor::Turnstile),
        _ => None,
    }
}

/// What a page may say when it asks for a challenge.
#[derive(Default, Deserialize)]
struct Wish {
    action: Option<String>,
    cdata: Option<String>,
}

impl Wish {
    fn read(request: &Request<'_>) -> Result<Self, Unreadable> {
        let body = request.bounded_body()?;
        if !body.trim_ascii_start().starts_with(b"{") {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map_err(|_| Unreadable::Malformed)
    }
}

/// The answer's JSON, written straight into one buffer: there are up to 500 puzzles in it, and this is the
/// answer that most page views ask for.
///
/// Invariant: tokens, salts and targets are hex digits, base64url and colons, so nothing needs escaping.
fn written(challenge: &Challenge) -> String {
    let Challenge { token, parameters, puzzles, expires_at } = challenge;
    let (count, salt_length, difficulty) =
        (usize::from(parameters.count()), parameters.salt_length(), parameters.difficulty());
    let puzzle_length = usize::from(salt_length) + usize::from(difficulty) + r#"["",""],"#.len();
    let mut json = String::with_capacity(ENVELOPE_LENGTH + token.len() + count * puzzle_length);
    json.push_str(r#"{"challenge":"#);
    match puzzles {
        Some(puzzles) => {
            let mut before = '[';
            for puzzle in puzzles.clone() {
                json.push(before);
                json.push_str("[\"");
                json.push_str(puzzle.salt());
                json.push_str("\",\"");
                // Writing to a string cannot fail, here and below.
                let _ = write!(json, "{}", puzzle.target());
                json.push_str("\"]");
                before = ',';
            }
            json.push(']');
        }
        None => {
            let _ = write!(json, r#"{{"c":{count},"s":{salt_length},"d":{difficulty}}}"#);
        }
    }
    let _ = write!(json, r#","token":"{token}","expires":{expires_at}}}"#);
    json
}

/// Room for all of the answer but its token and its puzzles.
const ENVELOPE_LENGTH: usize = 96;
