//! What a site's backend asked for: the decrypted options of a flow.

use portcullis_engine::{FlowMode, PuzzleKind};
use serde::{Deserialize, Serialize};

use super::body::{AtMost, BodyError, object};
use super::{Opened, Version};
use crate::hex;

/// The options of a flow, within their bounds.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowOptions {
    /// What the backend's SDK made up to know the flow by.
    pub nonce: [u8; 32],
    /// How much of the ladder the flow may use.
    pub mode: FlowMode,
    /// The puzzles to choose from, in the backend's order and none twice; empty for the ordinary ones.
    pub puzzles: Vec<PuzzleKind>,
    /// The language that the page should have, as a tag such as `pt-BR`.
    pub language: Option<String>,
    /// How the page should look.
    pub theme: Option<Theme>,
}

impl FlowOptions {
    /// Reads what was decrypted. Members that have no meaning here are ignored, and so are languages and themes that
    /// nobody knows.
    ///
    /// The first sixteen bytes of a version 1 text are whatever its carrier wanted (see
    /// [`SealedV1`](super::SealedV1)): enough to write another mode, or to hide the list of puzzles under another
    /// name. So from version 1 the mode is always `puzzle`, and no list means pictures only. Where the nonce stood
    /// first, part of it would be the carrier's too, and one text would be worth sixteen million flows; so from
    /// version 1 the whole nonce has to stand behind them. The SDKs write it last, behind the mode.
    ///
    /// # Errors
    ///
    /// Not a JSON object, no nonce or one that its carrier could have changed, or a member with a value that nobody
    /// knows or of another type.
    pub fn read(opened: &Opened) -> Result<Self, OptionsError> {
        #[derive(Deserialize)]
        struct Sent {
            nonce: Option<String>,
            mode: Option<String>,
            puzzles: Option<AtMost<String, PUZZLES_MAX>>,
            lang: Option<String>,
            theme: Option<String>,
        }
        let sent: Sent = object(opened.plaintext()).map_err(|problem| match problem {
            BodyError::Type => OptionsError::Type,
            BodyError::TooLarge | BodyError::Json | BodyError::Field(_) => OptionsError::Json,
        })?;
        let digits = sent.nonce.unwrap_or_default();
        let nonce = hex::array(&digits).ok_or(OptionsError::Nonce)?;
        let mut mode = mode(sent.mode.as_deref())?;
        let mut puzzles = puzzles(sent.puzzles.unwrap_or_default().0)?;
        if opened.version() == Version::V1 {
            let mut places = opened.unchangeable().windows(digits.len());
            if !places.any(|place| place == digits.as_bytes()) {
                return Err(OptionsError::NonceFirst);
            }
            mode = FlowMode::Puzzle;
            if puzzles.is_empty() {
                puzzles = vec![PuzzleKind::Slider, PuzzleKind::Connect];
            }
        }
        Ok(Self {
            nonce,
            mode,
            puzzles,
            language: sent.lang.filter(|tag| is_language_tag(tag)),
            theme: sent.theme.as_deref().and_then(Theme::named),
        })
    }
}

impl std::fmt::Debug for FlowOptions {
    /// Leaves the nonce out: who knows it has the flow.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlowOptions")
            .field("mode", &self.mode)
            .field("puzzles", &self.puzzles)
            .field("language", &self.language)
            .field("theme", &self.theme)
            .finish_non_exhaustive()
    }
}

/// How a page of ours looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The theme of this name, if it is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }
}

/// Why options are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Not a JSON object.
    #[error("the options are not a JSON object")]
    Json,
    /// A member is of another type than it should be, or a list too long.
    #[error("one of `nonce`, `mode`, `puzzles`, `lang` and `theme` has the wrong type")]
    Type,
    /// No nonce, or not 64 lower-case hex digits.
    #[error("the options have no nonce of 64 lower-case hexadecimal digits")]
    Nonce,
    /// The nonce begins where whoever carries version 1 can change it.
    #[error("the nonce stands first, where version 1 does not protect it; update the SDK, or name a mode")]
    NonceFirst,
    /// A mode that nobody knows.
    #[error("`mode` is auto, hidden, invisible or puzzle")]
    Mode,
    /// A puzzle that nobody knows.
    #[error("`puzzles` lists checkbox, press_hold, slider and connect")]
    Puzzle,
}

fn mode(name: Option<&str>) -> Result<FlowMode, OptionsError> {
    match name {
        None | Some("auto") => Ok(FlowMode::Auto),
        Some("hidden" | "invisible") => Ok(FlowMode::Hidden),
        Some("puzzle") => Ok(FlowMode::Puzzle),
        Some(_) => Err(OptionsError::Mode),
    }
}

fn puzzles(names: Vec<String>) -> Result<Vec<PuzzleKind>, OptionsError> {
    let mut kinds = Vec::with_capacity(PuzzleKind::ALL.len());
    for name in names {
        let kind = match name.as_str() {
            "checkbox" => PuzzleKind::Checkbox,
            "press_hold" => PuzzleKind::PressHold,
            "slider" => PuzzleKind::Slider,
            "connect" => PuzzleKind::Connect,
            _ => return Err(OptionsError::Puzzle),
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}

/// Whether `tag` has the characters of a language tag (RFC 5646) and is no longer than any in use.
fn is_language_tag(tag: &str) -> bool {
    (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Names that a list of puzzles may have, with those that stand in it twice.
const PUZZLES_MAX: usize = 16;
