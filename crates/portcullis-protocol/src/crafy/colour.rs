//! Colours that a site wants its challenge in. They come from the visitor's browser and end in a style sheet.

use serde::Serialize;

/// A colour as CSS writes it, in a form that cannot be anything but a colour: `#` and 3, 4, 6 or 8 hex digits; `rgb`,
/// `rgba`, `hsl` or `hsla` of three or four numbers; or a name of letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Colour(String);

impl Colour {
    /// The longest colour that is read, in bytes.
    pub const MAX: usize = 64;

    /// The colour as it was written, without spaces around it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Colour {
    type Error = NoColour;

    fn try_from(text: String) -> Result<Self, NoColour> {
        let trimmed = text.trim();
        let is_colour = trimmed.len() <= Self::MAX
            && match (trimmed.strip_prefix('#'), trimmed.split_once('(')) {
                (Some(digits), _) => {
                    matches!(digits.len(), 3 | 4 | 6 | 8)
                        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
                }
                (None, Some((function, rest))) => is_function(function, rest),
                (None, None) => {
                    (3..=32).contains(&trimmed.len())
                        && trimmed.bytes().all(|byte| byte.is_ascii_alphabetic())
                }
            };
        if is_colour { Ok(Self(trimmed.to_owned())) } else { Err(NoColour) }
    }
}

/// A text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no colour: write #rrggbb, rgb(…), hsl(…) or a name")]
pub struct NoColour;

fn is_function(name: &str, rest: &str) -> bool {
    let Some(arguments) = rest.strip_suffix(')') else { return false };
    let is_known = ["rgb", "rgba", "hsl", "hsla"].iter().any(|known| name.eq_ignore_ascii_case(known));
    let numbers: Vec<&str> = arguments.split([',', '/', ' ']).filter(|number| !number.is_empty()).collect();
    is_known && matches!(numbers.len(), 3 | 4) && numbers.into_iter().all(is_number)
}

/// Digits with at most one point, a sign before and a per cent or degree sign behind.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let text = text.strip_suffix('%').or_else(|| text.strip_suffix("deg")).unwrap_or(text);
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() || text.starts_with('.'))
        && !decimals.is_empty()
        && are_digits(whole)
        && are_digits(decimals)
}
