//! The demo: a form that this server protects, and the backend of that form.
//!
//! The backend does what a site's own would: it takes the token out of the form and verifies it with the site's
//! secret key before it looks at the message. It keeps no message.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::{
    ClaimedOrigin, Engine, Reason, Site, Siteverify, SiteverifyError, UnixMs, Verdict, Visitor,
};
use serde_json::json;

use super::html::{escape, page};
use super::question::Question;
use super::security_headers::NOSNIFF;

/// Where the demo finds its site.
pub(super) struct Demo {
    site_key: Option<String>,
}

impl Demo {
    /// `site_key` is the demo site's; absent for a server without a demo.
    pub(super) fn new(site_key: Option<String>) -> Self {
        Self { site_key }
    }

    /// The site, unless an operator has removed it.
    pub(super) fn site(&self, engine: &Engine) -> Option<Arc<Site>> {
        engine.site(self.site_key.as_deref()?)
    }
}

/// The demo page
#[utoipa::path(
    get,
    path = "/",
    tag = "demo",
    responses((status = 200, description = "A form with the widget, or a note where there is no demo site",
        content_type = "text/html"))
)]
pub(super) async fn form(State(engine): State<Arc<Engine>>, State(demo): State<Arc<Demo>>) -> Response {
    let html = match demo.site(&engine) {
        Some(site) => FORM.replace("__SITE_KEY__", &escape(site.site_key())),
        None => WITHOUT_DEMO.to_owned(),
    };
    page(StatusCode::OK, html)
}

/// The demo form's backend
///
/// Answers with JSON where the request accepts it, else with a page.
#[utoipa::path(
    post,
    path = "/demo/submit",
    tag = "demo",
    request_body(content = super::schemas::DemoForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The message went through; the token is spent", body = super::schemas::DemoVerdict),
        (status = 400, description = "A field is missing or too long; the token is not spent", body = super::schemas::DemoVerdict),
        (status = 403, description = "The token was refused", body = super::schemas::DemoVerdict),
        (status = 404, description = "There is no demo site", body = super::schemas::DemoVerdict),
        (status = 413, description = "The body is longer than 64 KiB", body = super::schemas::Failure),
        (status = 503, description = "The store did not answer in time; the token may have been spent", body = super::schemas::DemoVerdict),
    )
)]
pub(super) async fn submit(
    State(engine): State<Arc<Engine>>,
    State(demo): State<Arc<Demo>>,
    headers: HeaderMap,
    question: Question,
) -> Response {
    let outcome = match (demo.site(&engine), Message::read(question.body())) {
        (None, _) => Outcome::NoSite,
        (_, Err(problem)) => Outcome::Incomplete(problem),
        (Some(site), Ok(message)) => verify(&engine, &site, &message, question.visitor()).await,
    };
    outcome.answer(accepts_json(&headers))
}

/// The form's fields.
struct Message {
    name: String,
    token: String,
}

impl Message {
    /// Reads the form. The limits are those that the page sets on its fields.
    fn read(body: &[u8]) -> Result<Self, &'static str> {
        let (mut name, mut message, mut token) = (String::new(), String::new(), String::new());
        for (field, value) in form_urlencoded::parse(body) {
            match &*field {
                "name" => name = value.into_owned(),
                "message" => message = value.into_owned(),
                "cap-token" => token = value.into_owned(),
                _ => {}
            }
        }
        let is_sound = |text: &str, most| !text.trim().is_empty() && text.chars().count() <= most;
        if !is_sound(&name, 80) {
            return Err("Please give a name of up to 80 characters");
        }
        if !is_sound(&message, 2000) {
            return Err("Please write a message of up to 2000 characters");
        }
        Ok(Self { name, token })
    }
}

/// What became of a message.
enum Outcome {
    Accepted { name: String, verdict: Verdict },
    Refused(SiteverifyError),
    Incomplete(&'static str),
    NoSite,
}

impl Outcome {
    fn status(&self) -> StatusCode {
        match self {
            Self::Accepted { .. } => StatusCode::OK,
            Self::Incomplete(_) => StatusCode::BAD_REQUEST,
            Self::NoSite => StatusCode::NOT_FOUND,
            Self::Refused(error) => match error {
                SiteverifyError::Unavailable(_) | SiteverifyError::RateLimited { .. } => {
                    StatusCode::SERVICE_UNAVAILABLE
                }
                SiteverifyError::MissingSecret
                | SiteverifyError::UnknownSecret
                | SiteverifyError::MissingResponse
                | SiteverifyError::SitekeyMismatch
                | SiteverifyError::InvalidResponse
                | SiteverifyError::Expired
                | SiteverifyError::AlreadySpent => StatusCode::FORBIDDEN,
            },
        }
    }

    fn headline(&self) -> String {
        match self {
            Self::Accepted { name, .. } => format!("Thank you, {name}: the message went through"),
            Self::Refused(_) | Self::Incomplete(_) | Self::NoSite => "The message was refused".to_owned(),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Accepted { verdict, .. } => json!({
                "success": true,
                "hostname": verdict.hostname,
                "challenge_ts": rfc3339(UnixMs(verdict.challenge_ts)),
                "action": verdict.action,
                "risk": verdict.risk,
                "reasons": verdict.reasons.iter().map(|reason| Reason::code(*reason)).collect::<Vec<_>>(),
            }),
            Self::Refused(error) => {
                let error_text = match error {
                    // The store's own words may name paths and hosts.
                    SiteverifyError::Unavailable(_) => "the store does not answer".to_owned(),
                    known => known.to_string(),
                };
                json!({ "success": false, "error": error_text, "reason": error.code() })
            }
            Self::Incomplete(problem) => {
                json!({ "success": false, "error": problem, "reason": "invalid_form" })
            }
            Self::NoSite => {
                json!({ "success": false, "error": "This server has no demo site", "reason": "unknown_site" })
            }
        }
    }

    fn answer(&self, as_json: bool) -> Response {
        let json = format!("{:#}", self.json());
        if as_json {
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                NOSNIFF,
            ];
            return (self.status(), headers, json).into_response();
        }
        let html = fill(RESULT, &escape(&self.headline()), &escape(&json));
        page(self.status(), html)
    }
}

async fn verify(engine: &Engine, site: &Site, message: &Message, visitor: &Visitor) -> Outcome {
    // The form's backend is this process, which no limit on strangers' wrong secrets should meet.
    let caller = Visitor {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        origin: ClaimedOrigin::Absent,
        shared_address: true,
        client: Default::default(),
    };
    let command = Siteverify {
        secret: Some(site.secret().expose()),
        vendor: None,
        response: Some(&message.token),
        site_key: Some(site.site_key()),
        remote_ip: Some(visitor.address),
        idempotency_key: None,
        caller: &caller,
    };
    match engine.siteverify(command).await {
        Ok(verdict) => Outcome::Accepted { name: message.name.clone(), verdict },
        Err(error) => Outcome::Refused(error),
    }
}

/// Puts both texts into their places in one pass, so that neither can hold the other's placeholder.
fn fill(template: &str, message: &str, verdict: &str) -> String {
    let mut html = String::with_capacity(template.len() + message.len() + verdict.len());
    let mut rest = template;
    while let Some(at) = rest.find("__") {
        html.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("__MESSAGE__") {
            html.push_str(message);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("__VERDICT__") {
            html.push_str(verdict);
            rest = after;
        } else {
            html.push_str("__");
            rest = &rest[2..];
        }
    }
    html.push_str(rest);
    html
}

fn accepts_json(headers: &HeaderMap) -> bool {
    let mut accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.any(|value| value.contains("application/json"))
}

/// The moment in UTC; empty for one that no calendar has.
pub(super) fn rfc3339(moment: UnixMs) -> String {
    let moment = i64::try_from(moment.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.map(|moment| format!("{moment:.3}")).unwrap_or_default()
}

const FORM: &str = include_str!("../../../../web/dist/index.html");
const RESULT: &str = include_str!("../../../../web/dist/result.html");

const WITHOUT_DEMO: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Portcullis</title>\n\
    <link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/favicon.svg\">\n\
    <link rel=\"stylesheet\" href=\"/assets/demo.css\">\n\
    <h1>Portcullis is running</h1>\n<p class=\"lead\">This server has no demo site.</p>\n</html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_in_what_is_filled_in_stay_what_they_are() {
        let filled = fill("a __MESSAGE__ b __VERDICT__ c __OTHER__", "__VERDICT__", "__MESSAGE__");
        assert_eq!(filled, "a __VERDICT__ b __MESSAGE__ c __OTHER__");
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(rfc3339(UnixMs(1_767_225_600_123)), "2026-01-01T00:00:00.123Z");
        assert_eq!(rfc3339(UnixMs(1_767_225_600_030)), "2026-01-01T00:00:00.030Z");
        assert_eq!(rfc3339(UnixMs(u64::MAX)), "");
    }
}
