//! Addresses and hosts, as scripts write them.
//!
//! A library keeps its address whole (`"https://js.hcaptcha.com/1/api.js"`), or the host alone, and puts the address
//! together when it runs (`"https://" + host + "/recaptcha/api.js"`). So a host counts behind `//` and at the start of
//! a literal, and not in the midst of words.

use std::borrow::Cow;

/// What one script names.
pub(super) struct Names<'a> {
    text: &'a str,
    names: Vec<Name<'a>>,
}

/// A host, and what stands behind it.
pub(super) struct Name<'a> {
    /// In lower case.
    pub(super) host: String,
    pub(super) port: Option<u16>,
    /// What follows, from its first slash to the end of the script; empty where the host stands alone.
    pub(super) path: &'a str,
}

impl<'a> Names<'a> {
    /// Reads a script, [`unescaped`].
    pub(super) fn read(text: &'a str) -> Self {
        let behind_slashes = text.match_indices("//").map(|(place, _)| place + 2);
        let in_quotes = text.match_indices(QUOTES).map(|(place, _)| place + 1);
        let names = behind_slashes.chain(in_quotes).filter_map(|start| Name::read(&text[start..])).collect();
        Self { text, names }
    }

    /// Whether a name is so.
    pub(super) fn any(&self, is_meant: impl FnMut(&Name<'a>) -> bool) -> bool {
        self.names.iter().any(is_meant)
    }

    /// Whether these letters are in the script, wherever.
    pub(super) fn has(&self, letters: &str) -> bool {
        self.text.contains(letters)
    }

    /// Whether a literal begins with this path, and has at most a query behind it.
    pub(super) fn has_literal(&self, path: &str) -> bool {
        self.text.match_indices(path).any(|(place, _)| {
            self.text[..place].ends_with(QUOTES) && is_whole(&self.text[place + path.len()..])
        })
    }
}

impl<'a> Name<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let is_of_host = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
        let (host, rest) = text.split_at(text.find(|sign| !is_of_host(sign)).unwrap_or(text.len()));
        let digits = rest.strip_prefix(':').unwrap_or_default();
        let digits = &digits[..digits.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(digits.len())];
        let port = digits.parse().ok();
        let rest = if port.is_some() { &rest[1 + digits.len()..] } else { rest };
        let path = if rest.starts_with('/') { rest } else { "" };
        host.contains('.').then(|| Self { host: host.to_ascii_lowercase(), port, path })
    }

    /// Whether this very path follows, with at most a query behind it.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.path.strip_prefix(path).is_some_and(is_whole)
    }
}

/// A script with the slashes of JSON (`https:\/\/`) made plain.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains(r"\/") { text.replace(r"\/", "/").into() } else { text.into() }
}

/// Whether a path ends before `rest`.
fn is_whole(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(QUOTES) || rest.starts_with('?')
}

const QUOTES: [char; 3] = ['"', '\'', '`'];
