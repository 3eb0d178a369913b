//! `POST …/siteverify` with Cap Standalone's statuses.
//!
//! | `reason` | status |
//! |---|---|
//! | `body_too_large` | 413 |
//! | `invalid_body`, `missing_parameters` | 400 |
//! | `unknown_site`, `scope_mismatch` (the token names another site), `invalid_token`, `already_spent` | 404 |
//! | `unknown_secret`, `sitekey_mismatch` (the secret is another site's), `expired` | 403 |
//! | `rate_limited` | 429 |
//! | `unavailable` | 503 |

use portcullis_engine::{Engine, Profile, Siteverify, Verdict};
use serde::Serialize;

use super::failure::Failure;
use crate::fields::{Bodies, Fields};
use crate::timestamp::rfc3339;
use crate::{Reply, Request};

/// Verifies a token of this site, once, for its backend.
///
/// Reads JSON and forms. Success is Cap's `{"success":true}` and, beside it, what the token proved. Browsers
/// have no business here, so there are no CORS headers.
pub async fn siteverify(engine: &Engine, site_key: &str, request: &Request<'_>) -> Reply {
    match verify(engine, site_key, request).await {
        Ok(verdict) => success(&verdict),
        Err(failure) => failure.into_reply(),
    }
}

/// In Standalone's order: parameters, site key, secret, token. The engine looks at the last two, and spends last.
async fn verify(engine: &Engine, site_key: &str, request: &Request<'_>) -> Result<Verdict, Failure> {
    // Cap reads no query string, and a secret does not belong into one.
    let request = Request { query: None, ..*request };
    let fields = Fields::read(&request, Bodies::Any).await.map_err(Failure::unreadable)?;
    let given = |field: Option<&str>| field.is_some_and(|text| !text.is_empty());
    let response = fields.response.as_deref().filter(|response| response.split(':').count() == 3);
    if !given(fields.secret.as_deref()) || response.is_none() {
        return Err(Failure::new(400, "Missing required parameters", "missing_parameters"));
    }
    let not_this_site = |reason| Failure::new(404, "Invalid site key or secret", reason);
    let site = engine.site(site_key).ok_or_else(|| not_this_site("unknown_site"))?;
    let named = response.and_then(|response| response.split(':').next());
    if site.profile() == Profile::Standalone && named != Some(site_key) {
        return Err(not_this_site("scope_mismatch"));
    }
    let command = Siteverify {
        secret: fields.secret.as_deref(),
        response,
        vendor: None,
        site_key: Some(site_key),
        remote_ip: fields.remote_ip.and_then(|address| address.trim().parse().ok()),
        idempotency_key: None,
        caller: request.visitor,
    };
    engine.siteverify(command).await.map_err(|error| Failure::siteverify(&error))
}

fn success(verdict: &Verdict) -> Reply {
    #[derive(Serialize)]
    struct Body<'a> {
        success: bool,
        hostname: &'a str,
        challenge_ts: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        action: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cdata: Option<&'a str>,
    }
    let body = Body {
        success: true,
        hostname: &verdict.hostname,
        challenge_ts: rfc3339(verdict.challenge_ts, 3),
        action: verdict.action.as_deref(),
        cdata: verdict.cdata.as_deref(),
    };
    Reply::json(200, &body)
}
