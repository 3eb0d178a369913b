//! `POST /api/v1/verify` and `POST /public/api/v1/verify`.

use std::net::Ipv4Addr;

use portcullis_engine::{Binding, Engine, Origin, Pass, PassError, VerifyPass};
use serde_json::{Value, json};

use super::Door;
use super::cors::with_origin;
use super::jwt::mode;
use super::log::Entry;
use super::payload::shown;
use crate::hex::hex;
use crate::reply::UNAVAILABLE_RETRY_MS;
use crate::score::two_decimals;
use crate::timestamp::rfc3339;
use crate::{Reply, Request};

/// Verifies a pass and spends it.
pub async fn verify(engine: &Engine, door: &Door, route: &'static str, request: &Request<'_>) -> Reply {
    let (visit, outcome) = judged(engine, door, request).await;
    let (status, content, retry_after_ms) = match outcome {
        Ok(pass) => (200, accepted(&pass), None),
        Err(refusal) => refusal.written(engine.now().0),
    };
    let visit = visit.filter(|_| !door.log_is_public).or_else(|| door.log_is_public.then(String::new));
    if let Some(visit) = visit {
        let entry = Entry::new(&visit, route, request, status, &shown(request.body), &content);
        door.log.add(engine.now(), entry);
    }
    with_origin(Reply::json(status, &content).retry_after(retry_after_ms), request.visitor)
}

async fn judged(
    engine: &Engine,
    door: &Door,
    request: &Request<'_>,
) -> (Option<String>, Result<Pass, Refusal>) {
    if !door.may_verify(request.visitor) {
        return (None, Err(Refusal::Caller));
    }
    let question = match request.bounded_body().map_err(|_| Refusal::TooLarge).and_then(Question::read) {
        Ok(question) => question,
        Err(refusal) => return (None, Err(refusal)),
    };
    let visit = question.sandbox.as_deref().and_then(|seal| engine.open_page(seal)).map(|page| page.visit);
    let binding = match &question.binding {
        Bound::Origin(origin) => Binding::Origin(origin),
        Bound::Host(host) => Binding::Host(host),
    };
    let command = VerifyPass {
        token: &question.token,
        binding,
        secret: question.secret.as_deref(),
        caller: request.visitor,
    };
    (visit, engine.verify_pass(command).await.map_err(Refusal::Pass))
}

/// What a backend asks.
struct Question {
    token: String,
    binding: Bound,
    secret: Option<String>,
    sandbox: Option<String>,
}

enum Bound {
    Origin(Origin),
    Host(String),
}

/// Why a pass is not accepted.
enum Refusal {
    Body,
    TooLarge,
    Caller,
    NoToken,
    NoBinding,
    Pass(PassError),
}

impl Question {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return Err(Refusal::Body) };
        let text = |name: &str| match fields.get(name) {
            Some(Value::String(text)) if !text.trim().is_empty() && text.len() <= TEXT_MAX => {
                Some(text.trim().to_owned())
            }
            _ => None,
        };
        let token = text("token").ok_or(Refusal::NoToken)?;
        // A secret that was sent but is none must not pass for one that was not: its backend means to be told of
        // tokens of other sites.
        let secret = ["secret", "secretKey"]
            .into_iter()
            .find(|name| fields.get(*name).is_some_and(|value| !value.is_null()));
        let named = ["origin", "hostname", "domain", "host", "site"].into_iter().find_map(text);
        Ok(Self {
            token,
            binding: bound(&named.ok_or(Refusal::NoBinding)?).ok_or(Refusal::NoBinding)?,
            secret: secret.map(|name| text(name).unwrap_or_default()),
            sandbox: text("sandbox"),
        })
    }
}

/// What a backend named: an origin, or a host with or without a port, or a whole address.
fn bound(text: &str) -> Option<Bound> {
    if !text.contains("://") {
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        let is_bare = !host.contains(':') || host.starts_with('[');
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if is_bare && !host.is_empty() {
            return Some(Bound::Host(host));
        }
    }
    normalised(text).map(Bound::Origin)
}

/// An origin as people write it: any case, with a path, without a scheme (then `https`, but `http` on this machine).
pub(super) fn normalised(text: &str) -> Option<Origin> {
    let text = text.trim().to_ascii_lowercase();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme.to_owned(), rest),
        Some(_) => return None,
        None => {
            let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
            let address = host.parse::<Ipv4Addr>();
            let local = host == "localhost"
                || text.starts_with("[::1]")
                || address.is_ok_and(|address| address.is_loopback() || address.is_unspecified());
            ((if local { "http" } else { "https" }).to_owned(), text.as_str())
        }
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    format!("{scheme}://{authority}").parse().ok()
}

impl Refusal {
    fn written(self, now: u64) -> (u16, Value, Option<u64>) {
        let (status, error, message) = match &self {
            Self::Body => (400, "Invalid JSON body", "Send a JSON object."),
            Self::TooLarge => (413, "Body is too large", "A question has at most 64 KiB."),
            Self::Caller => (403, "IP not allowed", "This address may not verify tokens here."),
            Self::NoToken => (400, "Token is required", "Send the token of the widget as `token`."),
            Self::NoBinding => {
                (400, "Origin or hostname is required", "Send where the token was earned as `origin`.")
            }
            Self::Pass(PassError::Invalid) => (
                401,
                "Invalid or expired token",
                "The token was not issued here, was changed, or is too old.",
            ),
            Self::Pass(PassError::UnknownSecret) => (401, "Unknown secret", "No site has this secret key."),
            Self::Pass(PassError::OtherSite) => {
                (403, "Site mismatch", "The token belongs to another site than the secret key.")
            }
            Self::Pass(PassError::OtherOrigin) => {
                (403, "Origin mismatch", "The token was earned on another origin.")
            }
            Self::Pass(PassError::AlreadySpent) => {
                (409, "Token already used or unknown", "A token is good for one verification.")
            }
            Self::Pass(PassError::RateLimited { .. }) => {
                (429, "Too many verification attempts", "Wait until `resetAt`.")
            }
            Self::Pass(PassError::Unavailable(_)) => {
                (503, "Service unavailable", "The store did not answer in time.")
            }
        };
        let mut content = json!({ "success": false, "error": error, "message": message });
        let retry_after_ms = match self {
            Self::Pass(PassError::RateLimited { retry_after_ms }) => {
                content["resetAt"] = json!(now + retry_after_ms);
                Some(retry_after_ms)
            }
            Self::Pass(PassError::Unavailable(_)) => Some(UNAVAILABLE_RETRY_MS),
            Self::Body | Self::TooLarge | Self::Caller | Self::NoToken | Self::NoBinding | Self::Pass(_) => {
                None
            }
        };
        (status, content, retry_after_ms)
    }
}

fn accepted(pass: &Pass) -> Value {
    json!({
        "success": true,
        "message": "Verification successful",
        "siteKey": pass.site_key,
        "boundOrigin": pass.origin.as_ref().map(Origin::as_str),
        "boundHost": pass.origin.as_ref().map(Origin::host),
        "challengeId": pass.challenge_id,
        "score": two_decimals(pass.score),
        "mode": mode(pass.mode),
        "fingerprintHash": hex(&pass.fingerprint),
        "issuedAt": rfc3339(pass.issued_at.0, 3),
        "expiresAt": rfc3339(pass.expires_at.0, 3),
    })
}

/// The longest text that is read here.
const TEXT_MAX: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_people_write_them() {
        for (text, origin) in [
            ("Shop.Example.com", Some("https://shop.example.com")),
            ("https://shop.example.com/path?x#y", Some("https://shop.example.com")),
            ("localhost:3000", Some("http://localhost:3000")),
            ("127.0.0.1", Some("http://127.0.0.1")),
            ("0.0.0.0:80", Some("http://0.0.0.0")),
            ("[::1]:8080/x", Some("http://[::1]:8080")),
            ("localhost.example.com", Some("https://localhost.example.com")),
            ("127.example.com", Some("https://127.example.com")),
            ("ftp://example.com", None),
            ("javascript://example.com", None),
            ("https://", None),
            ("", None),
            ("*", None),
            ("exa mple.com", None),
        ] {
            assert_eq!(normalised(text).as_ref().map(Origin::as_str), origin, "{text}");
        }
    }
}
