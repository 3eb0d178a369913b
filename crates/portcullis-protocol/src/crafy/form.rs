//! The form that a widget posts into its frame: who asks, what the backend encrypted, and what was seen of the visitor.

use portcullis_engine::Origin;
use portcullis_engine::risk::Signals;
use serde::{Deserialize, Serialize};

use super::body::{BodyError, object};
use super::{Colour, Sealed, Theme};
use crate::Request;
use crate::telemetry::{SentBehavior, SentFingerprint, SentMotion, SentSignals};

/// A posted form, within its bounds.
pub struct PostedForm {
    /// The public token of the site's plan.
    pub public_token: String,
    /// What the backend's SDK encrypted; not parsed yet.
    pub encrypted_options: String,
    /// What the widget saw of the visitor, with what only the server knows left out.
    pub signals: Signals,
    /// How the page should look.
    pub theme: Option<Theme>,
    /// In which colours.
    pub colours: Colours,
    /// Where the widget says that it is; whoever posts messages there checks the site's origins first.
    pub parent_origin: Option<Origin>,
}

/// Colours of the page; each is absent where none was sent or what was sent is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Colours {
    /// Behind everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Colour>,
    /// Of what is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Colour>,
    /// Of what can be acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<Colour>,
    /// Of edges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub border: Option<Colour>,
}

/// Why a form is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Longer than [`Request::BODY_MAX`].
    #[error("the form is longer than {} bytes", Request::BODY_MAX)]
    TooLarge,
    /// No public token, or one that is too long.
    #[error("the form has no public token `pt`")]
    PublicToken,
    /// What was sent is in the box of the vendor's script, which only the vendor can open.
    #[error("this is the vendor's script, which speaks to the vendor alone; load the script of this server")]
    Boxed,
    /// `cdweo` is missing or is no JSON object with encrypted options in it.
    #[error("the form has no encrypted options in `cdweo`")]
    Options,
    /// What was seen of the visitor is of another shape or out of its bounds.
    #[error("the telemetry in `cdweo` cannot be read")]
    Telemetry,
    /// `parent_origin` is no web origin.
    #[error("`parent_origin` is not the origin of a web page")]
    ParentOrigin,
}

impl FormError {
    /// The HTTP status that it calls for.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::PublicToken | Self::Boxed | Self::Options | Self::Telemetry | Self::ParentOrigin => 400,
        }
    }
}

impl PostedForm {
    /// Reads a form-encoded body. Where a field comes twice the first one counts; other fields are ignored.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read. Themes and colours never are an error.
    pub fn read(body: &[u8]) -> Result<Self, FormError> {
        if body.len() > Request::BODY_MAX {
            return Err(FormError::TooLarge);
        }
        let fields = Fields::read(body);
        let public_token = fields.public_token.filter(|token| (1..=PUBLIC_TOKEN_MAX).contains(&token.len()));
        let public_token = public_token.ok_or(FormError::PublicToken)?;
        let (encrypted_options, signals) = context(fields.context.as_deref().unwrap_or_default())?;
        let colour = |sent: Option<String>| sent.and_then(|text| Colour::try_from(text).ok());
        Ok(Self {
            public_token,
            encrypted_options,
            signals,
            theme: fields.theme.as_deref().and_then(Theme::named),
            colours: Colours {
                background: colour(fields.background),
                text: colour(fields.text),
                primary: colour(fields.primary),
                border: colour(fields.border),
            },
            parent_origin: parent_origin(fields.parent_origin.as_deref())?,
        })
    }
}

impl std::fmt::Debug for PostedForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostedForm").field("parent_origin", &self.parent_origin).finish_non_exhaustive()
    }
}

/// The fields as they were sent.
#[derive(Default)]
struct Fields {
    public_token: Option<String>,
    context: Option<String>,
    theme: Option<String>,
    background: Option<String>,
    text: Option<String>,
    primary: Option<String>,
    border: Option<String>,
    parent_origin: Option<String>,
}

impl Fields {
    fn read(body: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            if let Some(slot) = fields.slot(&name) {
                slot.get_or_insert_with(|| value.into_owned());
            }
        }
        fields
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "pt" => &mut self.public_token,
            "cdweo" => &mut self.context,
            "theme" => &mut self.theme,
            "bg" => &mut self.background,
            "text" => &mut self.text,
            "primary" => &mut self.primary,
            "border" => &mut self.border,
            "parent_origin" => &mut self.parent_origin,
            _ => return None,
        })
    }
}

/// The encrypted options and the telemetry of `cdweo`.
fn context(json: &str) -> Result<(String, Signals), FormError> {
    #[derive(Deserialize)]
    struct Options {
        eo: Option<String>,
        ephemeral_pk: Option<serde::de::IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Telemetry {
        fingerprint: Option<SentFingerprint>,
        motion: Option<SentMotion>,
        behavior: Option<SentBehavior>,
    }
    // Read twice, so that broken telemetry is not taken for missing options.
    let options: Options = object(json.as_bytes()).map_err(|_| FormError::Options)?;
    let Some(eo) = options.eo else {
        return Err(if options.ephemeral_pk.is_some() { FormError::Boxed } else { FormError::Options });
    };
    if !(1..=Sealed::MAX).contains(&eo.len()) {
        return Err(FormError::Options);
    }
    let Telemetry { fingerprint, motion, behavior } =
        object(json.as_bytes()).map_err(|_: BodyError| FormError::Telemetry)?;
    let signals = SentSignals { fingerprint, motion, behavior }.sound().ok_or(FormError::Telemetry)?;
    Ok((eo, signals))
}

/// A page without an origin of its own says `null`.
fn parent_origin(sent: Option<&str>) -> Result<Option<Origin>, FormError> {
    match sent {
        None | Some("" | "null") => Ok(None),
        Some(text) => {
            let origin = text.parse().ok().filter(Origin::is_web);
            origin.map(Some).ok_or(FormError::ParentOrigin)
        }
    }
}

/// The longest public token. Ours have 35 characters.
const PUBLIC_TOKEN_MAX: usize = 128;
