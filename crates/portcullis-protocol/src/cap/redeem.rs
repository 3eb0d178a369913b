//! `POST …/redeem`.

use portcullis_engine::{Engine, Redeem, Token};
use serde::Serialize;

use super::cors::with_origin;
use super::failure::Failure;
use super::submission::Submission;
use crate::{Reply, Request};

/// Takes a challenge's solutions and gives a token for the page's form.
pub async fn redeem(engine: &Engine, site_key: Option<&str>, request: &Request<'_>) -> Reply {
    let reply = match judge(engine, site_key, request).await {
        Ok(token) => success(&token),
        Err(failure) => failure.into_reply(),
    };
    with_origin(reply, engine, site_key, request.visitor)
}

async fn judge(engine: &Engine, site_key: Option<&str>, request: &Request<'_>) -> Result<Token, Failure> {
    let unknown = || Failure::new(404, "Invalid site key", "unknown_site");
    let profile = engine.site_or_default(site_key).ok_or_else(unknown)?.profile();
    let submission = Submission::read(request, profile).map_err(|problem| problem.failure(profile))?;
    let command = Redeem {
        site_key,
        visitor: request.visitor,
        token: &submission.token,
        solutions: &submission.solutions,
    };
    engine.redeem(command).await.map_err(|error| Failure::redeem(&error, profile))
}

fn success(token: &Token) -> Reply {
    #[derive(Serialize)]
    struct Body<'a> {
        success: bool,
        token: &'a str,
        /// Milliseconds since the Unix epoch. The widget gives its token up at this moment.
        expires: u64,
    }
    Reply::json(200, &Body { success: true, token: &token.value, expires: token.expires_at.0 })
}
