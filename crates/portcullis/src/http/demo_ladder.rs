//! The demo of each rung: a form with the widget in one mode, and that form's backend.
//!
//! The backend does what a site's own does with the published SDKs: it encrypts options, and it believes a token by
//! its signature. That a token is good once it leaves to this server, as it keeps no nonces.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portcullis_engine::{ConsumeError, Engine, Site};
use portcullis_protocol::crafy::{FlowToken, seal};
use serde::Deserialize;
use serde_json::{Value, json};

use super::demo::Demo;
use super::html::{escape, page};
use super::question::Question;
use super::refusal::Refusal;

/// One page.
struct Rung {
    /// Its name in the path.
    kind: &'static str,
    title: &'static str,
    lead: &'static str,
    /// What the backend asks for.
    mode: &'static str,
    puzzles: &'static [&'static str],
}

/// Every page, in the order of the links.
const RUNGS: [Rung; 6] = [
    Rung {
        kind: "auto",
        title: "As the risk calls for",
        lead: "Most visitors see nothing but a tick. Whoever looks like a program is asked for more, step by step.",
        mode: "auto",
        puzzles: &[],
    },
    Rung {
        kind: "hidden",
        title: "Never a question",
        lead: "Work alone, done in the background. The higher the risk, the more of it.",
        mode: "hidden",
        puzzles: &[],
    },
    Rung {
        kind: "checkbox",
        title: "A box to tick",
        lead: "One click, one tap or the space bar.",
        mode: "puzzle",
        puzzles: &["checkbox"],
    },
    Rung {
        kind: "press-hold",
        title: "A button to hold",
        lead: "Held for a second or so, by the server's own clock.",
        mode: "puzzle",
        puzzles: &["press_hold"],
    },
    Rung {
        kind: "slider",
        title: "A piece to put in its place",
        lead: "Drag, tap or use the arrow keys until the piece fits into the picture.",
        mode: "puzzle",
        puzzles: &["slider"],
    },
    Rung {
        kind: "connect",
        title: "Pairs to join",
        lead: "Join what belongs together, by dragging, tapping or with the keyboard.",
        mode: "puzzle",
        puzzles: &["connect"],
    },
];

/// A page with the widget in one mode
#[utoipa::path(
    get,
    path = "/demo/{kind}",
    tag = "demo",
    params(("kind" = String, Path, description = "auto, hidden, checkbox, press-hold, slider or connect")),
    responses(
        (status = 200, description = "A form with the widget", content_type = "text/html"),
        (status = 404, description = "There is no such page, or no demo site", body = super::schemas::Failure),
    )
)]
pub(super) async fn form(
    State(engine): State<Arc<Engine>>,
    State(demo): State<Arc<Demo>>,
    Path(kind): Path<String>,
) -> Response {
    let rung = RUNGS.iter().find(|rung| rung.kind == kind);
    match (rung, demo.site(&engine)) {
        (Some(rung), Some(site)) => {
            let mut response = page(StatusCode::OK, rung.html(&site));
            let policy = HeaderValue::from_static(POLICY);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        _ => Refusal::NotFound.into_response(),
    }
}

/// Encrypted options for a widget of the demo
#[utoipa::path(
    post,
    path = "/demo/options",
    tag = "demo",
    responses(
        (status = 200, description = "Encrypted options, as `eo`"),
        (status = 400, description = "There is no such page"),
        (status = 404, description = "There is no demo site", body = super::schemas::Failure),
    )
)]
pub(super) async fn options(
    State(engine): State<Arc<Engine>>,
    State(demo): State<Arc<Demo>>,
    question: Question,
) -> Response {
    #[derive(Deserialize)]
    struct Asked {
        kind: String,
    }
    let asked = serde_json::from_slice::<Asked>(question.body()).ok();
    let rung = asked.and_then(|asked| RUNGS.iter().find(|rung| rung.kind == asked.kind));
    match (rung, demo.site(&engine)) {
        (Some(rung), Some(site)) => Json(json!({ "eo": rung.options(&engine, &site) })).into_response(),
        (None, _) => {
            let failure =
                json!({ "success": false, "error": "`kind` names no demo", "reason": "invalid_form" });
            (StatusCode::BAD_REQUEST, Json(failure)).into_response()
        }
        (_, None) => Refusal::NotFound.into_response(),
    }
}

/// The backend of the demo's forms
#[utoipa::path(
    post,
    path = "/demo/verify",
    tag = "demo",
    responses(
        (status = 200, description = "The token is good and now spent"),
        (status = 403, description = "The token was refused"),
        (status = 404, description = "There is no demo site", body = super::schemas::Failure),
        (status = 413, description = "The body is longer than 64 KiB", body = super::schemas::Failure),
        (status = 503, description = "The store did not answer; the token may have been spent", body = super::schemas::Failure),
    )
)]
pub(super) async fn verify(
    State(engine): State<Arc<Engine>>,
    State(demo): State<Arc<Demo>>,
    question: Question,
) -> Response {
    let Some(site) = demo.site(&engine) else { return Refusal::NotFound.into_response() };
    let mut fields = form_urlencoded::parse(question.body());
    let token = fields.find(|(name, _)| name == "CrafyCAPTCHA_token").map(|(_, value)| value.into_owned());
    match verified(&engine, &site, &token.unwrap_or_default()).await {
        Ok(verdict) => Json(verdict).into_response(),
        Err(Unverified::Refused(problem)) => {
            let verdict = json!({ "success": false, "error": problem });
            (StatusCode::FORBIDDEN, Json(verdict)).into_response()
        }
        Err(Unverified::NotReady) => Refusal::NotReady.into_response(),
    }
}

/// Why a token is not accepted.
enum Unverified {
    /// It is not good, for this reason.
    Refused(String),
    /// The store did not answer.
    NotReady,
}

async fn verified(engine: &Engine, site: &Site, token: &str) -> Result<Value, Unverified> {
    let token = FlowToken::read(token, site.secret(), engine.now());
    let token = token.map_err(|problem| Unverified::Refused(problem.to_string()))?;
    let verdict = engine.consume_flow(site, &token.flow_token).await.map_err(|problem| match problem {
        ConsumeError::Unavailable(_) => Unverified::NotReady,
        known => Unverified::Refused(known.to_string()),
    })?;
    Ok(json!({ "success": true, "risk_score": verdict.score, "hostname": verdict.hostname }))
}

impl Rung {
    fn html(&self, site: &Site) -> String {
        let links = RUNGS.iter().map(|rung| {
            let current = if rung.kind == self.kind { " aria-current=\"page\"" } else { "" };
            format!("<a href=\"/demo/{}\"{current}>{}</a>", rung.kind, rung.title)
        });
        FORM.replace("__TITLE__", self.title)
            .replace("__LEAD__", self.lead)
            .replace("__KIND__", self.kind)
            .replace("__LINKS__", &links.collect::<Vec<_>>().join("\n      "))
            .replace("__SITE_KEY__", &escape(site.site_key()))
            .replace("__PUBLIC_TOKEN__", &escape(site.public_token()))
            .replace("__SIGNING_PUBLIC_KEY__", &escape(&site.signing_public_key()))
    }

    /// What the published SDKs' `create_flow` writes.
    fn options(&self, engine: &Engine, site: &Site) -> String {
        let mut nonce = [0; 32];
        engine.entropy().fill(&mut nonce);
        let nonce: String = nonce.iter().map(|byte| format!("{byte:02x}")).collect();
        let options = json!({ "mode": self.mode, "puzzles": self.puzzles, "nonce": nonce });
        seal(engine.entropy(), site.secret(), options.to_string().as_bytes())
    }
}

/// As for our other pages, with the challenge in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FORM: &str = include_str!("../../../../web/dist/ladder.html");
