//! `/api/v1/sites`: sites that their owners register themselves.

use portcullis_engine::{DomainProof, Engine, Origin, RegistrationError, Site, SiteError};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use super::Door;
use super::cors::with_origin;
use super::verify::normalised;
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::{Reply, Request};

/// Who may register sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Whoever sends this text as a bearer token.
    Token(String),
    /// Nobody.
    Off,
}

/// `GET`: how it is used.
#[must_use]
pub fn sites(door: &Door, request: &Request<'_>) -> Reply {
    let content = json!({
        "usage": "POST {\"domain\": \"example.com\", \"name\": \"My site\"} to get a site key and a secret; \
                  POST {\"domain\": \"example.com\", \"secret\": \"sk_live_…\"} to /api/v1/sites/verify once the \
                  domain names the site; DELETE the same to give it up.",
        "registration": match door.registration {
            Registration::Open => "open",
            Registration::Token(_) => "token",
            Registration::Off => "off",
        },
        "tokenSigningConfigured": true,
    });
    with_origin(Reply::json(200, &content), request.visitor)
}

/// `POST`: registers a site.
pub async fn register(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let reply = match registered(engine, door, request).await {
        Ok(site) => Reply::json(201, &introduction(door, &site)),
        Err(refusal) => refusal.written(engine.now().0),
    };
    with_origin(reply, request.visitor)
}

/// `DELETE`: gives an origin up.
pub async fn unregister(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let reply = match unregistered(engine, door, request).await {
        Ok((origin, site_key)) => Reply::json(
            200,
            &json!({
                "success": true,
                "removedOrigin": origin.as_str(),
                "siteKey": site_key,
                "message": "The origin was removed.",
            }),
        ),
        Err(refusal) => refusal.written(engine.now().0),
    };
    with_origin(reply, request.visitor)
}

/// `POST …/verify`: looks whether the domain names the site.
pub async fn prove(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let reply = match proved(engine, door, request).await {
        Ok((origin, site)) => Reply::json(
            200,
            &json!({
                "success": true,
                "verified": true,
                "origin": origin.as_str(),
                "siteKey": site.site_key(),
                "message": "The domain names this site. No other earns tokens for it.",
            }),
        ),
        Err(refusal) => refusal.written(engine.now().0),
    };
    with_origin(reply, request.visitor)
}

async fn registered(
    engine: &Engine,
    door: &Door,
    request: &Request<'_>,
) -> Result<std::sync::Arc<Site>, Refusal> {
    door.registration.admits(request.authorization)?;
    let fields = fields(request)?;
    let origin = origin(&fields)?;
    let name = text(&fields, "name");
    Ok(engine.register(request.visitor, &origin, name).await?)
}

async fn proved(
    engine: &Engine,
    door: &Door,
    request: &Request<'_>,
) -> Result<(Origin, std::sync::Arc<Site>), Refusal> {
    door.registration.admits(request.authorization)?;
    let fields = fields(request)?;
    let origin = origin(&fields)?;
    let secret = text(&fields, "secret").ok_or(Refusal::Missing)?;
    let site = engine.prove(request.visitor, &origin, secret, &*door.domains).await?;
    Ok((origin, site))
}

async fn unregistered(
    engine: &Engine,
    door: &Door,
    request: &Request<'_>,
) -> Result<(Origin, String), Refusal> {
    door.registration.admits(request.authorization)?;
    let fields = fields(request)?;
    let origin = origin(&fields)?;
    let secret = text(&fields, "secret").ok_or(Refusal::Missing)?;
    let site_key = engine.unregister(request.visitor, &origin, secret).await?;
    Ok((origin, site_key))
}

impl Registration {
    fn admits(&self, authorization: Option<&str>) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::Off => Err(Refusal::Off),
            Self::Token(token) => {
                let sent = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
                // No token is none that could be sent.
                let is_right = !token.is_empty() && bool::from(sent.as_bytes().ct_eq(token.as_bytes()));
                if is_right { Ok(()) } else { Err(Refusal::Token) }
            }
        }
    }
}

/// Why a site is not registered or given up.
enum Refusal {
    Body,
    TooLarge,
    Missing,
    Off,
    Token,
    Engine(RegistrationError),
}

impl From<RegistrationError> for Refusal {
    fn from(error: RegistrationError) -> Self {
        Self::Engine(error)
    }
}

impl Refusal {
    fn written(self, now: u64) -> Reply {
        let refused = |status, error: &str| Reply::json(status, &json!({ "success": false, "error": error }));
        match self {
            Self::Body => refused(400, "Invalid JSON body"),
            Self::TooLarge => refused(413, "Body is too large"),
            Self::Missing => {
                refused(400, "A valid domain or origin is required, and the secret of a site that is there")
            }
            Self::Off => refused(403, "Registration is switched off"),
            Self::Token => refused(401, "Registration needs the operator's token"),
            Self::Engine(RegistrationError::Full) => refused(503, "There are too many registered sites"),
            Self::Engine(RegistrationError::UnknownSecret) => refused(404, "Unknown secret"),
            Self::Engine(RegistrationError::OtherOrigin) => {
                refused(403, "The origin does not belong to this secret")
            }
            Self::Engine(RegistrationError::NoDomain) => {
                refused(400, "This origin has no domain that could name a site")
            }
            Self::Engine(RegistrationError::NotRead) => refused(422, "The domain's file was not reached"),
            Self::Engine(RegistrationError::NotNamed) => {
                refused(422, "The domain's file does not name this site")
            }
            Self::Engine(RegistrationError::Busy) => {
                refused(503, "Too many domains are being looked at").retry_after(Some(UNAVAILABLE_RETRY_MS))
            }
            Self::Engine(RegistrationError::RateLimited { retry_after_ms }) => Reply::json(
                429,
                &json!({
                    "success": false,
                    "error": "Too many requests",
                    "resetAt": now + retry_after_ms,
                }),
            )
            .retry_after(Some(retry_after_ms)),
            Self::Engine(
                RegistrationError::Unavailable(_) | RegistrationError::Site(SiteError::Store(_)),
            ) => refused(503, "Service unavailable").retry_after(Some(UNAVAILABLE_RETRY_MS)),
            Self::Engine(RegistrationError::Site(error)) => refused(400, &error.to_string()),
        }
    }
}

fn fields(request: &Request<'_>) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(request.bounded_body().map_err(|_| Refusal::TooLarge)?) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Refusal::Body),
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

fn origin(fields: &Map<String, Value>) -> Result<Origin, Refusal> {
    let named = text(fields, "domain").or_else(|| text(fields, "origin")).ok_or(Refusal::Missing)?;
    normalised(named).ok_or(Refusal::Missing)
}

/// What the owner of a new site is told, once.
fn introduction(door: &Door, site: &Site) -> Value {
    let base = door.base_url.trim_end_matches('/');
    let origins: Vec<String> = site.settings().origins.iter().map(ToString::to_string).collect();
    let origin = origins.first().map_or("", String::as_str);
    let (site_key, secret) = (site.site_key(), site.secret().expose());
    let own = origin.parse().ok();
    let proof = own.and_then(|own: Origin| DomainProof::of(site, &own));
    json!({
        "success": true,
        "warning": "Keep the secret: it is not shown again. Nobody proved whose domain this is, so the site has \
                    no origin to itself, and it lapses after 7 days without use.",
        "verification": proof.map(|proof| json!({ "file": { "url": proof.url, "content": proof.line } })),
        "site": { "name": site.name(), "siteKey": site_key, "secret": secret, "origins": origins },
        "embed": format!(
            "<div id=\"astracaph-container\" data-sitekey=\"{site_key}\"></div>\n\
             <script src=\"{base}/api/v1/widget.js\" async defer></script>"
        ),
        "verifyExample": format!(
            "curl -X POST {base}/api/v1/verify -H 'Content-Type: application/json' \
             -d '{{\"token\":\"TOKEN\",\"origin\":\"{origin}\",\"secret\":\"{secret}\"}}'"
        ),
    })
}
