//! The challenge page: a widget posts its form into a frame, and the page that is served there goes on by itself.

use async_trait::async_trait;
use portcullis_engine::{ClaimedOrigin, Engine, Flow, FlowError, OpenFlow, Site, Visitor};

use super::document::{Content, Document, Opening, Step, Stop};
use super::{FlowOptions, Message, Opened, PostedForm, Sealed, SealedError, SealedV2};
use crate::Request;

/// Opens what takes long to open: one at a time, off the threads that answer requests, and no queue.
#[async_trait]
pub trait SlowOpening: Send + Sync {
    /// `None` where another is being opened.
    async fn open(&self, sealed: SealedV2, site: &Site) -> Option<Result<Opened, SealedError>>;
}

/// The page to be served.
pub struct ChallengePage {
    /// The HTTP status.
    pub status: u16,
    /// What its script reads: JSON.
    pub document: Vec<u8>,
    /// Whose pages may frame it, as Content-Security-Policy writes it; empty for nobody's.
    pub frame_ancestors: Vec<String>,
    /// When to come again, in milliseconds, where that helps.
    pub retry_after_ms: Option<u64>,
}

/// Reads a widget's form and answers with the page for its frame.
///
/// A widget learns nothing of a page that is refused, so every refusal is a page too, which says why to the site's
/// owner and asks the widget for new options where they help.
pub async fn challenge(engine: &Engine, slow: &dyn SlowOpening, request: &Request<'_>) -> ChallengePage {
    let form = match PostedForm::read(request.body) {
        Ok(form) => form,
        Err(error) => return ChallengePage::unframed(error.status(), "invalid_form", &error.to_string()),
    };
    let Some(site) = engine.site_of_public_token(&form.public_token) else {
        return ChallengePage::unframed(404, "unknown_public_token", UNKNOWN_PUBLIC_TOKEN);
    };
    let visitor = Visitor { origin: framed_by(&request.visitor.origin, &form), ..request.visitor.clone() };
    let ancestors = ancestors(&site, &visitor.origin);
    match open(engine, slow, &site, &visitor, &form).await {
        Ok((options, flow)) => {
            let document = document(&site, &form, &options, flow);
            ChallengePage { status: 200, document, frame_ancestors: ancestors, retry_after_ms: None }
        }
        Err(refused) => refused.page(&form, &visitor.origin, ancestors),
    }
}

/// The page around the frame. The browser names it, unless the page asks it not to; then what the widget says stands,
/// and the browser holds the page to it by `frame-ancestors`.
fn framed_by(named: &ClaimedOrigin, form: &PostedForm) -> ClaimedOrigin {
    match (named, &form.parent_origin) {
        (ClaimedOrigin::Absent | ClaimedOrigin::Opaque, Some(parent)) => {
            ClaimedOrigin::Stated(parent.clone())
        }
        (named, _) => named.clone(),
    }
}

/// Why there is no flow.
enum Refused {
    Sealed(SealedError),
    Options(super::OptionsError),
    /// Another text of version 2 is being opened, or this address sent one less than a minute ago.
    Busy,
    Flow(FlowError),
}

async fn open(
    engine: &Engine,
    slow: &dyn SlowOpening,
    site: &Site,
    visitor: &Visitor,
    form: &PostedForm,
) -> Result<(FlowOptions, Flow), Refused> {
    site.allows(&visitor.origin).map_err(|refused| Refused::Flow(refused.into()))?;
    let sealed = Sealed::parse(&form.encrypted_options, site.settings().old_ciphers);
    let opened = match sealed.map_err(Refused::Sealed)? {
        Sealed::V1(sealed) => sealed.open(site.secret()),
        Sealed::V3(sealed) => sealed.open(site.secret()),
        Sealed::V2(sealed) => {
            if !engine.may_open_slowly(visitor).await.map_err(|error| Refused::Flow(error.into()))? {
                return Err(Refused::Busy);
            }
            slow.open(sealed, site).await.ok_or(Refused::Busy)?
        }
    };
    let options = FlowOptions::read(&opened.map_err(Refused::Sealed)?).map_err(Refused::Options)?;
    let command = OpenFlow {
        site,
        visitor,
        signals: form.signals.clone(),
        nonce: options.nonce,
        mode: options.mode,
        puzzles: &options.puzzles,
    };
    let flow = engine.open_flow(command).await.map_err(Refused::Flow)?;
    Ok((options, flow))
}

fn document(site: &Site, form: &PostedForm, options: &FlowOptions, flow: Flow) -> Vec<u8> {
    let Flow { token, sealed, origin, step } = flow;
    let opening = Opening {
        handshake: Message::handshake(&token, site.signing_key()),
        flow: sealed,
        step: Step::new(step),
        turnstile: site.turnstile_site_key().is_some(),
    };
    written(&Document {
        parent_origin: origin.map(|origin| origin.to_string()),
        language: options.language.as_deref(),
        theme: form.theme.or(options.theme),
        colours: &form.colours,
        content: Content::Flow(Box::new(opening)),
    })
}

impl Refused {
    /// The status; what the widget is to do; a code; and a sentence for the site's owner.
    fn told(&self) -> (u16, &'static str, &'static str, String) {
        match self {
            Self::Sealed(error) => (400, "refused", "invalid_options", error.to_string()),
            Self::Options(error) => (400, "refused", "invalid_options", error.to_string()),
            Self::Busy => (429, "refused", "busy", BUSY.to_owned()),
            Self::Flow(error) => {
                let (status, outcome) = match error {
                    FlowError::Expired | FlowError::Answered | FlowError::Foreign => (200, "reload"),
                    FlowError::Denied => (200, "denied"),
                    FlowError::Origin(_) => (403, "refused"),
                    FlowError::Work | FlowError::Mismatch => (400, "refused"),
                    FlowError::Quota | FlowError::RateLimited { .. } => (429, "refused"),
                    FlowError::Unavailable(_) => (503, "refused"),
                };
                // The store's own words may name paths and hosts.
                let told = match error {
                    FlowError::Unavailable(_) => "the store does not answer".to_owned(),
                    known => known.to_string(),
                };
                (status, outcome, error.code(), told)
            }
        }
    }

    fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Busy => Some(60_000),
            Self::Flow(FlowError::RateLimited { retry_after_ms }) => Some(*retry_after_ms),
            Self::Flow(FlowError::Unavailable(_)) => Some(crate::reply::UNAVAILABLE_RETRY_MS),
            Self::Sealed(_) | Self::Options(_) | Self::Flow(_) => None,
        }
    }

    fn page(&self, form: &PostedForm, origin: &ClaimedOrigin, frame_ancestors: Vec<String>) -> ChallengePage {
        let (status, outcome, reason, message) = self.told();
        let parent = match origin {
            ClaimedOrigin::Stated(origin) if !frame_ancestors.is_empty() => Some(origin.to_string()),
            _ => None,
        };
        let document = written(&Document {
            parent_origin: parent,
            language: None,
            theme: form.theme,
            colours: &form.colours,
            content: Content::Stop(Stop { outcome, reason, message }),
        });
        ChallengePage { status, document, frame_ancestors, retry_after_ms: self.retry_after_ms() }
    }
}

impl ChallengePage {
    /// A refusal where no site is known, so that any page may show it: it says nothing but why.
    fn unframed(status: u16, reason: &'static str, message: &str) -> Self {
        let stop = Stop { outcome: "refused", reason, message: message.to_owned() };
        let document = written(&Document {
            parent_origin: None,
            language: None,
            theme: None,
            colours: &super::Colours::default(),
            content: Content::Stop(stop),
        });
        Self { status, document, frame_ancestors: vec!["*".to_owned()], retry_after_ms: None }
    }
}

/// Whose pages may frame the challenge of a site. Where the page around it may not use the site, any page may show
/// the refusal, and it goes nowhere.
fn ancestors(site: &Site, origin: &ClaimedOrigin) -> Vec<String> {
    if site.allows(origin).is_err() {
        return vec!["*".to_owned()];
    }
    let settings = site.settings();
    let mut ancestors: Vec<String> = settings.origins.iter().map(ToString::to_string).collect();
    if settings.allow_localhost {
        ancestors.extend(LOCALHOST.map(str::to_owned));
    }
    ancestors
}

fn written(document: &Document<'_>) -> Vec<u8> {
    // Invariant: a struct of texts, numbers and lists always serialises.
    #[expect(clippy::expect_used, reason = "only maps with odd keys and failing Serialize impls fail")]
    serde_json::to_vec(document).expect("a document serialises")
}

const BUSY: &str =
    "encrypted options of version 2 are opened one at a time and once a minute for each address";
const UNKNOWN_PUBLIC_TOKEN: &str =
    "no site has this public token; it changes with the site's plan, so fetch it anew with the SDK";

/// Pages of the visitor's own machine. Content-Security-Policy has no way to write an IPv6 address.
const LOCALHOST: [&str; 4] =
    ["http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*"];
