//! The calls of a site's backend, and the one of its pages.

use std::sync::Arc;

use portcullis_engine::{ConsumeError, Engine, LogInError, Site};

use super::{
    Action, Authenticate, Authenticated, Bearer, CheckFlow, FlowChecked, Message, failure, failure_for_now,
    public_key, success,
};
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::{Reply, Request};

/// `POST /api/?action=…`.
pub async fn api(engine: &Engine, request: &Request<'_>) -> Reply {
    match Action::of(request.query) {
        Some(Action::Authenticate) => authenticate(engine, request).await,
        Some(Action::CheckFlow) => check_flow(engine, request).await,
        None => failure(404, "there is no such action; the actions are authenticate and check_flow"),
    }
}

/// `GET /api/turnstile_site_key.php?pk=…`: which Turnstile site key the pages of a site are to use. Any page may ask.
#[must_use]
pub fn turnstile_site_key(engine: &Engine, query: Option<&str>) -> Reply {
    let site = public_key(query).and_then(|key| engine.site(&key));
    let reply = match site {
        Some(site) => success(&Message::turnstile_site_key(site.turnstile_site_key(), site.signing_key())),
        None => failure(404, "no site has this public key"),
    };
    reply.with("access-control-allow-origin", "*")
}

async fn authenticate(engine: &Engine, request: &Request<'_>) -> Reply {
    let keys = match Authenticate::read(request.body) {
        Ok(keys) => keys,
        Err(error) => return failure(error.status(), &error.to_string()),
    };
    let site = match engine.log_in(&keys.public_key, &keys.secret_key, request.visitor).await {
        Ok(site) => site,
        Err(error) => return refused(&error),
    };
    let bearer = Bearer::new(site.site_key(), &site.secret_mark(), site.settings().plan, engine.now());
    let Some(token) = bearer.write(|key_id, message| engine.bearer_mac(key_id, message)) else {
        return failure_for_now(503, "there is no signing key", UNAVAILABLE_RETRY_MS);
    };
    let public_token = site.public_token().to_owned();
    success(&Authenticated { token, public_token, expires_in: Bearer::LIFE_SECONDS })
}

async fn check_flow(engine: &Engine, request: &Request<'_>) -> Reply {
    let site = match bearer_site(engine, request.authorization).await {
        Ok(site) => site,
        Err(reply) => return reply,
    };
    let asked = match CheckFlow::read(request.body) {
        Ok(asked) => asked,
        Err(error) => return failure(error.status(), &error.to_string()),
    };
    match engine.consume_flow(&site, &asked.flow_token).await {
        Ok(verdict) => success(&FlowChecked {
            valid: true,
            risk_score: verdict.score,
            message: "Flow consumed atomically",
        }),
        Err(ConsumeError::Unavailable(_)) => unavailable(),
        Err(error @ ConsumeError::Unknown) => failure(404, &error.to_string()),
        Err(error @ (ConsumeError::Consumed | ConsumeError::Expired)) => failure(409, &error.to_string()),
    }
}

/// The site whose backend calls, or the answer to one that may not. Counts the call.
async fn bearer_site(engine: &Engine, authorization: Option<&str>) -> Result<Arc<Site>, Reply> {
    let mac = |key_id, message: &[u8]| engine.bearer_mac(key_id, message);
    let bearer =
        Bearer::read(authorization, engine.now(), mac).map_err(|error| failure(401, &error.to_string()))?;
    let site =
        engine.site(&bearer.site_key).filter(|site| site.secret_mark() == bearer.secret_mark).ok_or_else(
            || failure(401, "the site of this bearer token is gone, or has another secret key now"),
        )?;
    if let Some(limits) = bearer.limits {
        engine.count_call(&site, limits).await.map_err(|error| refused(&error))?;
    }
    Ok(site)
}

fn refused(error: &LogInError) -> Reply {
    match error {
        LogInError::WrongKeys => failure(401, &error.to_string()),
        LogInError::RateLimited { retry_after_ms } => {
            failure_for_now(429, "too many calls; see Retry-After", *retry_after_ms)
        }
        LogInError::Unavailable(_) => unavailable(),
    }
}

/// The store's own words may name paths and hosts.
fn unavailable() -> Reply {
    failure_for_now(503, "the store does not answer", UNAVAILABLE_RETRY_MS)
}
