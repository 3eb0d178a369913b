//! The Turnstile widgets of a Cloudflare account, through Cloudflare's API.
//!
//! `GET /accounts/{account}/challenges/widgets` lists them without their secrets, `GET …/{sitekey}` shows one with its
//! secret, `POST` makes one and `PUT …/{sitekey}` replaces what is set for one. Every answer is an envelope of
//! `success`, `errors` and `result`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use portcullis_engine::{TurnstileSecret, TurnstileSiteKey, TurnstileWidget};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ureq::Agent;
use ureq::http::{Method, Request};

use crate::base_url::BaseUrl;
use crate::http_client;

/// The widgets of one account.
pub(crate) struct Widgets {
    agent: Agent,
    /// Where they are listed.
    url: String,
    token: ApiToken,
}

/// A widget, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Widget {
    /// Its public key.
    #[serde(rename = "sitekey", deserialize_with = "parsed")]
    pub(crate) site_key: TurnstileSiteKey,
    /// What it is called; not unique.
    pub(crate) name: String,
    /// Where it works, subdomains included.
    pub(crate) domains: Vec<String>,
    /// Whatever else is set for it.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A widget to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct NewWidget {
    /// What it is called, up to 254 characters.
    pub(crate) name: String,
    /// How it behaves.
    pub(crate) mode: WidgetMode,
    /// Where it works, at most [`Widget::DOMAINS_MAX`].
    pub(crate) domains: Vec<String>,
}

/// How a widget behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WidgetMode {
    /// Cloudflare decides whether a box is to be ticked
    #[default]
    Managed,
    /// A visitor sees that something happens, and does nothing
    NonInteractive,
    /// A visitor sees nothing
    Invisible,
}

/// What opens an account. Silent in logs.
pub(crate) struct ApiToken(String);

/// Why Cloudflare did not do as asked.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WidgetError {
    /// The account's name would not be one.
    #[error("{0:?} is no account: an account id has 1 to 32 letters and digits")]
    Account(String),
    /// The token opens nothing, or not this.
    #[error(
        "Cloudflare refuses the API token: {0}; it needs the permission Account / Turnstile / Edit for this account"
    )]
    Token(String),
    /// Cloudflare refused.
    #[error("Cloudflare refuses: {0}")]
    Refused(String),
    /// It could not be asked.
    #[error("Cloudflare's API does not answer: {0}; try again later")]
    Unreachable(String),
    /// The answer is not as documented.
    #[error("Cloudflare's API answers something else than it documents: {0}")]
    Unreadable(String),
}

impl Widgets {
    /// The widgets of `account`. Nobody is asked yet.
    pub(crate) fn of(api_url: &BaseUrl, account: &str, token: ApiToken) -> Result<Self, WidgetError> {
        let is_account =
            (1..=32).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_account {
            return Err(WidgetError::Account(account.chars().take(64).collect()));
        }
        let agent = http_client::agent(ANSWER_WITHIN);
        Ok(Self { agent, url: api_url.at(&format!("/accounts/{account}/challenges/widgets")), token })
    }

    /// All of them, oldest first.
    pub(crate) fn list(&self) -> Result<Vec<Widget>, WidgetError> {
        let mut widgets = Vec::new();
        for page in 1..=PAGES_MAX {
            let url = format!("{}?page={page}&per_page={PER_PAGE}&order=created_on&direction=asc", self.url);
            let found: Envelope<Vec<Widget>> = self.call(Method::GET, &url, None)?;
            let (shown, total) = (found.result.len(), found.result_info.and_then(|info| info.total_count));
            widgets.extend(found.result);
            let is_last = total.map_or(shown < PER_PAGE, |total| widgets.len() >= total);
            if shown == 0 || is_last {
                return Ok(widgets);
            }
        }
        Err(WidgetError::Unreadable("the list of widgets does not end".to_owned()))
    }

    /// The keys of a widget.
    pub(crate) fn keys(&self, site_key: &TurnstileSiteKey) -> Result<TurnstileWidget, WidgetError> {
        self.call(Method::GET, &self.at(site_key), None).and_then(keys)
    }

    /// Makes a widget.
    pub(crate) fn create(&self, new: &NewWidget) -> Result<TurnstileWidget, WidgetError> {
        self.call(Method::POST, &self.url, Some(json(new))).and_then(keys)
    }

    /// Lets a widget work on these domains and no others. Whatever else is set for it stays.
    pub(crate) fn set_domains(
        &self,
        widget: &Widget,
        domains: &[String],
    ) -> Result<TurnstileWidget, WidgetError> {
        let mut body = Map::from_iter([
            ("name".to_owned(), widget.name.clone().into()),
            ("domains".to_owned(), domains.into()),
        ]);
        // What a request leaves out is set back. What is not on is left out, as some of it costs a contract to name.
        let is_set = |value: &Value| value.is_string() || *value == Value::Bool(true);
        let kept =
            widget.rest.iter().filter(|(field, value)| KEPT.contains(&field.as_str()) && is_set(value));
        body.extend(kept.map(|(field, value)| (field.clone(), value.clone())));
        self.call(Method::PUT, &self.at(&widget.site_key), Some(json(&body))).and_then(keys)
    }

    fn at(&self, site_key: &TurnstileSiteKey) -> String {
        format!("{}/{}", self.url, site_key.as_str())
    }

    fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &str,
        body: Option<String>,
    ) -> Result<Envelope<T>, WidgetError> {
        let unreadable = |error: &dyn fmt::Display| WidgetError::Unreadable(shortened(&error.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header("authorization", format!("Bearer {}", self.token.0))
            .header("content-type", "application/json")
            .body(body.unwrap_or_default())
            .map_err(|error| unreadable(&error))?;
        // ureq's errors name the cause and at most the address, never a header's value.
        let response = self.agent.run(request);
        let mut response = response.map_err(|error| WidgetError::Unreachable(error.to_string()))?;
        let status = response.status().as_u16();
        if status == 429 || status >= 500 {
            return Err(WidgetError::Unreachable(format!("status {status}")));
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| WidgetError::Unreachable(error.to_string()))?;
        let complaint = || {
            let refusal = serde_json::from_slice::<Refusal>(&body).unwrap_or_default();
            refusal.text().unwrap_or_else(|| format!("status {status}"))
        };
        match status {
            401 | 403 => Err(WidgetError::Token(complaint())),
            200..=299 => serde_json::from_slice(&body).map_err(|error| unreadable(&error)),
            _ => Err(WidgetError::Refused(complaint())),
        }
    }
}

impl Widget {
    /// On how many domains one widget works, without a contract of one's own.
    pub(crate) const DOMAINS_MAX: usize = 10;

    /// Whether it works on `domain`.
    pub(crate) fn covers(&self, domain: &str) -> bool {
        self.domains.iter().any(|own| super::plan::covers(own, domain))
    }
}

impl FromStr for ApiToken {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err("an API token of Cloudflare is one word of printable ASCII characters")
        }
    }
}

#[derive(Deserialize)]
struct Envelope<T> {
    result: T,
    #[serde(default)]
    result_info: Option<ResultInfo>,
}

#[derive(Deserialize)]
struct ResultInfo {
    total_count: Option<usize>,
}

/// What an answer says that refuses.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
}

impl Refusal {
    fn text(&self) -> Option<String> {
        let complaints = self.errors.iter().map(|one| format!("{} ({})", one.message, one.code));
        let text = complaints.collect::<Vec<_>>().join(", ");
        (!text.is_empty()).then(|| shortened(&text))
    }
}

/// A widget's keys, as an answer about one widget shows them.
#[derive(Deserialize)]
struct Keys {
    sitekey: String,
    secret: Option<String>,
}

fn keys(found: Envelope<Keys>) -> Result<TurnstileWidget, WidgetError> {
    let Keys { sitekey, secret } = found.result;
    let secret = secret
        .filter(|secret| !secret.is_empty())
        .ok_or_else(|| WidgetError::Token("it lets nobody read a widget's secret".to_owned()))?;
    let unreadable = |error: &dyn fmt::Display| WidgetError::Unreadable(error.to_string());
    let secret: TurnstileSecret = secret.parse().map_err(|error| unreadable(&error))?;
    Ok(TurnstileWidget { site_key: sitekey.parse().map_err(|error| unreadable(&error))?, secret })
}

fn parsed<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<TurnstileSiteKey, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn json(value: &impl Serialize) -> String {
    // Invariant: names, domains and modes are all texts.
    serde_json::to_string(value).unwrap_or_default()
}

/// Somebody else's text, fit for a terminal.
fn shortened(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// What stays as it is when a widget's domains change.
const KEPT: [&str; 5] = ["mode", "bot_fight_mode", "clearance_level", "ephemeral_id", "offlabel"];
/// Widgets on a page of the list.
const PER_PAGE: usize = 50;
/// Pages that are read: more widgets than any account may have.
const PAGES_MAX: usize = 200;
/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 4 << 20;
