//! The challenge page: a widget posts its form into a frame, and the page that is served there goes on by itself.

use async_trait::async_trait;
use portcullis_engine::{ClaimedOrigin, Engine, Flow, FlowError, OpenFlow, Site, Visitor};

use super::document::{Content, Document, Opening, Step, Stop};
use super::refusal::{Outcome, Refusal};
use super::{FlowOptions, Message, Opened, OptionsError, PostedForm, Sealed, SealedError, SealedV2};
use crate::Request;

/// Where what takes long to open is opened: one at a time, and no queue.
pub trait SlowOpening: Send + Sync {
    /// Takes the one place that there is; `None` where it is taken. It is free again when what is answered is gone,
    /// and whatever was begun there is done.
    fn take(&self) -> Option<Box<dyn SlowPlace>>;
}

/// The place, taken.
#[async_trait]
pub trait SlowPlace: Send {
    /// Opens a text, off the threads that answer requests. `None` where that was broken off.
    async fn open(self: Box<Self>, sealed: SealedV2, site: &Site) -> Option<Result<Opened, SealedError>>;
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

/// The page around the frame. The browser names it, unless the page asks it not to and it says `null`; then what the
/// widget says stands, and the browser holds the page to it by `frame-ancestors`. Who sends no `Origin` at all is no
/// browser, and nothing would hold it to its word.
fn framed_by(named: &ClaimedOrigin, form: &PostedForm) -> ClaimedOrigin {
    match (named, &form.parent_origin) {
        (ClaimedOrigin::Opaque, Some(parent)) => ClaimedOrigin::Stated(parent.clone()),
        (named, _) => named.clone(),
    }
}

/// Why there is no flow.
enum Refused {
    Sealed(SealedError),
    Options(OptionsError),
    /// Another text of version 2 is being opened.
    Taken,
    /// This address sent a text of version 2 less than a minute ago.
    Often,
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
    let opened = unsealed(engine, slow, site, visitor, &form.encrypted_options).await?;
    let options = FlowOptions::read(&opened).map_err(Refused::Options)?;
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

async fn unsealed(
    engine: &Engine,
    slow: &dyn SlowOpening,
    site: &Site,
    visitor: &Visitor,
    text: &str,
) -> Result<Opened, Refused> {
    let opened = match Sealed::parse(text, site.settings().old_ciphers).map_err(Refused::Sealed)? {
        Sealed::V1(sealed) => sealed.open(site.secret()),
        Sealed::V3(sealed) => sealed.open(site.secret()),
        Sealed::V2(sealed) => {
            // Who finds the place taken has not had the one text a minute that an address may send.
            let place = slow.take().ok_or(Refused::Taken)?;
            if !engine.may_open_slowly(visitor).await.map_err(|error| Refused::Flow(error.into()))? {
                return Err(Refused::Often);
            }
            place.open(sealed, site).await.ok_or(Refused::Taken)?
        }
    };
    opened.map_err(Refused::Sealed)
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
    fn refusal(&self) -> Refusal {
        let again = |milliseconds| Refusal {
            retry_after_ms: Some(milliseconds),
            ..Refusal::new(429, "busy", BUSY.to_owned())
        };
        match self {
            Self::Sealed(error) => Refusal::new(400, "invalid_options", error.to_string()),
            Self::Options(error) => Refusal::new(400, "invalid_options", error.to_string()),
            Self::Taken => again(TAKEN_RETRY_MS),
            Self::Often => again(OFTEN_RETRY_MS),
            Self::Flow(error) => Refusal::of(error),
        }
    }

    fn page(&self, form: &PostedForm, origin: &ClaimedOrigin, frame_ancestors: Vec<String>) -> ChallengePage {
        let Refusal { status, outcome, code, message, retry_after_ms } = self.refusal();
        let parent = match origin {
            ClaimedOrigin::Stated(origin) if !frame_ancestors.is_empty() => Some(origin.to_string()),
            _ => None,
        };
        let document = written(&Document {
            parent_origin: parent,
            language: None,
            theme: form.theme,
            colours: &form.colours,
            content: Content::Stop(Stop { outcome, reason: code, message }),
        });
        ChallengePage { status, document, frame_ancestors, retry_after_ms }
    }
}

impl ChallengePage {
    /// A refusal where no site is known, so that any page may show it: it says nothing but why.
    fn unframed(status: u16, reason: &'static str, message: &str) -> Self {
        let stop = Stop { outcome: Outcome::Refused, reason, message: message.to_owned() };
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

/// How long a text of version 2 takes to open, with some to spare.
const TAKEN_RETRY_MS: u64 = 1000;
/// How long an address waits between two of them.
const OFTEN_RETRY_MS: u64 = 60_000;
const BUSY: &str =
    "encrypted options of version 2 are opened one at a time and once a minute for each address";
const UNKNOWN_PUBLIC_TOKEN: &str =
    "no site has this public token; it changes with the site's plan, so fetch it anew with the SDK";

/// Pages of the visitor's own machine. Content-Security-Policy has no way to write an IPv6 address.
const LOCALHOST: [&str; 4] =
    ["http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*"];
