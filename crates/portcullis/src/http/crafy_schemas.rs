//! The bodies of the Crafy door, for the OpenAPI document only.
#![expect(dead_code, reason = "described, never built")]

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// What a backend sends: its keys to log in, or the token of a flow.
#[derive(ToSchema)]
#[serde(untagged)]
pub(super) enum CrafyCall {
    /// For `authenticate`.
    Keys {
        /// The site key.
        public_key: String,
        /// The secret key.
        secret_key: String,
    },
    /// For `check_flow`, with the bearer token in `Authorization`.
    Flow {
        /// The flow's UUID.
        flow_token: String,
    },
}

/// What a backend asked for.
#[derive(ToSchema)]
pub(super) struct CrafySuccess {
    /// `success`.
    status: String,
    /// `token`, `public_token` and `expires_in`; or `valid`, `risk_score` and `message`; or `payload` and `signature`.
    data: BTreeMap<String, serde_json::Value>,
}

/// Why a backend did not get it.
#[derive(ToSchema)]
pub(super) struct CrafyFailure {
    /// `error`.
    status: String,
    /// What is wrong, and what to do.
    message: String,
}

/// What a widget posts into its frame.
#[derive(ToSchema)]
pub(super) struct CrafyForm {
    /// The public token of the site's plan.
    pt: String,
    /// JSON: `eo`, the encrypted options, and what was seen of the visitor.
    cdweo: String,
    /// `light` or `dark`.
    theme: Option<String>,
    /// The page's background, as CSS writes colours (`#fff`, `rgb(…)`, a name); what is none is ignored.
    bg: Option<String>,
    /// The colour of what is written.
    text: Option<String>,
    /// The colour of what can be acted on.
    primary: Option<String>,
    /// The colour of edges.
    border: Option<String>,
    /// Where the widget is.
    parent_origin: Option<String>,
}

/// The answer to a step.
#[derive(ToSchema)]
pub(super) struct CrafyAnswer {
    /// The flow, as the page was given it.
    flow: String,
    /// The step, as the page was given it.
    step: String,
    /// One number for each puzzle of the step's work.
    #[schema(max_items = 500)]
    solutions: Vec<u64>,
    /// `{travel}` for a slider, `{pairs}` for places to join, `{}` otherwise.
    answer: BTreeMap<String, serde_json::Value>,
    /// What the browser says of itself.
    fingerprint: Option<BTreeMap<String, serde_json::Value>>,
    /// How a device was moved meanwhile.
    motion: Option<BTreeMap<String, serde_json::Value>>,
    /// How pointer and keys were used meanwhile.
    behavior: Option<BTreeMap<String, serde_json::Value>>,
    /// What Turnstile's widget gave.
    turnstile: Option<String>,
}

/// A step that is named.
#[derive(ToSchema)]
pub(super) struct CrafyStepName {
    /// The flow, as the page was given it.
    flow: String,
    /// The step, as the page was given it.
    step: String,
}

/// What became of a call of the challenge page.
#[derive(ToSchema)]
pub(super) struct CrafyOutcome {
    /// `complete`, `step`, `waiting`, `reload` or `denied`.
    outcome: String,
    /// What is posted to the page around, where the flow is complete.
    message: Option<BTreeMap<String, String>>,
    /// The next step.
    step: Option<BTreeMap<String, serde_json::Value>>,
    /// Why there is another step, or why new options are needed.
    reason: Option<String>,
}

/// What is wrong with a call of the challenge page.
#[derive(ToSchema)]
pub(super) struct CrafyRefusal {
    /// `error`.
    status: String,
    /// A stable code.
    code: String,
    /// The same in a sentence.
    message: String,
}
