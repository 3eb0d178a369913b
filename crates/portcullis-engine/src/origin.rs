//! Web origins, and the patterns by which a site lists its own.
//!
//! Two origins are the same where scheme, host and port are (RFC 6454). A pattern may stand for every subdomain
//! (`https://*.example.com`, which does not include `https://example.com` itself) or for every origin (`*`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Scheme, host and port of a page, in one spelling: lower case, no default port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    host_start: usize,
    host_end: usize,
}

impl Origin {
    /// The longest origin that is read, in bytes.
    pub const MAX: usize = 300;

    /// The origin as browsers write it, such as `https://example.com:8443`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host alone, without brackets: `example.com`, `127.0.0.1`, `::1`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.text[self.host_start..self.host_end].trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether the page was served by the visitor's own machine.
    #[must_use]
    pub fn is_localhost(&self) -> bool {
        matches!(self.scheme(), "http" | "https") && matches!(self.host(), "localhost" | "127.0.0.1" | "::1")
    }

    /// Whether it is a web page's: `http` or `https`.
    #[must_use]
    pub fn is_web(&self) -> bool {
        matches!(self.scheme(), "http" | "https")
    }

    /// Whether `other` is on a subdomain of this host, at any depth.
    fn is_above(&self, other: &Self) -> bool {
        let left = other.host().strip_suffix(self.host());
        left.is_some_and(|left| left.len() > 1 && left.ends_with('.'))
    }

    fn scheme(&self) -> &str {
        &self.text[..self.host_start - "://".len()]
    }

    fn port(&self) -> &str {
        &self.text[self.host_end..]
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        parse(text, false)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Which origins a site calls its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginPattern {
    /// `*`: any origin.
    Any,
    /// Exactly this one.
    Exact(Origin),
    /// Every subdomain at any depth, with this scheme and port; held as the origin of the parent domain.
    Subdomains(Origin),
}

impl OriginPattern {
    /// Whether the host of `origin` is meant by name, or by the name of its domain, whatever the scheme and port.
    /// Hosts of the visitor's own machine are told apart by their ports, as they belong to nobody.
    #[must_use]
    pub fn names_host(&self, origin: &Origin) -> bool {
        match self {
            Self::Any => false,
            Self::Exact(own) if origin.is_localhost() => own == origin,
            Self::Exact(own) => own.host() == origin.host(),
            Self::Subdomains(parent) => parent.is_above(origin),
        }
    }

    /// Whether `origin` is one of those meant.
    #[must_use]
    pub fn matches(&self, origin: &Origin) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(own) => own == origin,
            Self::Subdomains(parent) => {
                parent.scheme() == origin.scheme()
                    && parent.port() == origin.port()
                    && parent.is_above(origin)
            }
        }
    }
}

impl FromStr for OriginPattern {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        match text.split_once("://*.") {
            Some((scheme, parent)) => parse(&format!("{scheme}://{parent}"), true).map(Self::Subdomains),
            None => parse(text, false).map(Self::Exact),
        }
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exact(origin) => origin.fmt(f),
            Self::Subdomains(parent) => {
                write!(f, "{}://*.{}", parent.scheme(), &parent.text[parent.host_start..])
            }
        }
    }
}

impl Serialize for OriginPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OriginPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a request's `Origin` header claims. A browser tells the truth here; a script says what it likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClaimedOrigin {
    /// There was no such header: not a browser's cross-origin request.
    #[default]
    Absent,
    /// `null`: a sandboxed frame, a local file, a redirected form.
    Opaque,
    /// A readable origin.
    Stated(Origin),
    /// Something else; no browser sends it.
    Unreadable,
}

impl ClaimedOrigin {
    /// Reads the header's value; `None` where there was no header.
    #[must_use]
    pub fn from_header(value: Option<&[u8]>) -> Self {
        match value.map(std::str::from_utf8) {
            None => Self::Absent,
            Some(Ok("null")) => Self::Opaque,
            Some(Ok(text)) => text.parse().map_or(Self::Unreadable, Self::Stated),
            Some(Err(_)) => Self::Unreadable,
        }
    }
}

/// Why a text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Longer than [`Origin::MAX`].
    #[error("an origin has at most {} characters", Origin::MAX)]
    TooLong,
    /// No `scheme://`.
    #[error("an origin begins with a scheme, as in https://example.com")]
    Scheme,
    /// No host, or characters that no host has.
    #[error(
        "the host of an origin is a domain name in ASCII (xn--… for others) or an address, as in https://example.com"
    )]
    Host,
    /// A port that is not a number from 1 to 65535.
    #[error("the port of an origin is a number from 1 to 65535")]
    Port,
    /// A path, query or user name, which origins do not have.
    #[error("an origin ends after the host or port: https://example.com, not https://example.com/path")]
    Trailing,
}

fn parse(text: &str, parent_domain: bool) -> Result<Origin, OriginError> {
    if text.len() > Origin::MAX {
        return Err(OriginError::TooLong);
    }
    let (scheme, rest) = text.split_once("://").ok_or(OriginError::Scheme)?;
    let scheme_is_sound = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !scheme_is_sound {
        return Err(OriginError::Scheme);
    }
    if rest.contains(['/', '?', '#', '@']) {
        return Err(OriginError::Trailing);
    }
    let (host, port) = split_port(rest)?;
    if !host_is_sound(host) || (parent_domain && host.starts_with('[')) {
        return Err(OriginError::Host);
    }
    let scheme = scheme.to_ascii_lowercase();
    let port = match (scheme.as_str(), port) {
        (_, None) | ("https", Some(443)) | ("http", Some(80)) => String::new(),
        (_, Some(port)) => format!(":{port}"),
    };
    let host_start = scheme.len() + "://".len();
    let text = format!("{scheme}://{}{port}", host.to_ascii_lowercase());
    Ok(Origin { host_end: text.len() - port.len(), host_start, text })
}

fn split_port(rest: &str) -> Result<(&str, Option<u16>), OriginError> {
    let after_host = if rest.starts_with('[') {
        rest.find(']').ok_or(OriginError::Host)? + 1
    } else {
        rest.find(':').unwrap_or(rest.len())
    };
    let (host, port) = rest.split_at(after_host);
    if port.is_empty() {
        return Ok((host, None));
    }
    let digits = port.strip_prefix(':').ok_or(OriginError::Host)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse::<u16>() {
        Ok(port) if is_number && port > 0 => Ok((host, Some(port))),
        _ => Err(OriginError::Port),
    }
}

fn host_is_sound(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.len() <= 253
        && host.split('.').all(|label| !label.is_empty() && label.len() <= 63)
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().unwrap()
    }

    fn pattern(text: &str) -> OriginPattern {
        text.parse().unwrap()
    }

    #[test]
    fn spellings_of_one_origin_are_equal() {
        assert_eq!(origin("HTTPS://Example.COM:443"), origin("https://example.com"));
        assert_eq!(origin("http://example.com:80"), origin("http://example.com"));
        assert_ne!(origin("http://example.com:443"), origin("http://example.com"));
        assert_eq!(origin("https://[::1]:8443").host(), "::1");
        assert_eq!(origin("capacitor://localhost").as_str(), "capacitor://localhost");
    }

    #[test]
    fn scheme_host_and_port_all_count() {
        let own = pattern("https://example.com");
        for other in [
            "http://example.com",
            "https://example.com:8443",
            "https://example.org",
            "https://www.example.com",
        ] {
            assert!(!own.matches(&origin(other)), "{other}");
        }
    }

    #[test]
    fn subdomains_do_not_include_lookalikes_or_the_parent() {
        let own = pattern("https://*.example.com");
        assert!(own.matches(&origin("https://a.example.com")));
        assert!(own.matches(&origin("https://a.b.example.com")));
        for other in [
            "https://example.com",
            "https://evilexample.com",
            "https://a.example.com:444",
            "http://a.example.com",
            "https://a.example.com.evil.org",
        ] {
            assert!(!own.matches(&origin(other)), "{other}");
        }
        assert_eq!(own.to_string(), "https://*.example.com");
        assert_eq!(pattern("https://*.example.com:8443").to_string(), "https://*.example.com:8443");
    }

    #[test]
    fn what_is_no_origin_is_refused_with_a_reason() {
        for (text, reason) in [
            ("example.com", OriginError::Scheme),
            ("://example.com", OriginError::Scheme),
            ("https://", OriginError::Host),
            ("https://exa mple.com", OriginError::Host),
            ("https://bücher.example", OriginError::Host),
            ("https://*", OriginError::Host),
            ("https://a..b", OriginError::Host),
            ("https://[::zz]", OriginError::Host),
            ("https://example.com:0", OriginError::Port),
            ("https://example.com:+80", OriginError::Port),
            ("https://example.com:99999", OriginError::Port),
            ("https://user@example.com", OriginError::Trailing),
            ("https://example.com/path", OriginError::Trailing),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(reason), "{text}");
        }
        assert_eq!("a".repeat(301).parse::<Origin>(), Err(OriginError::TooLong));
        assert_eq!(pattern("https://example.com/"), pattern("https://example.com"));
    }

    #[test]
    fn localhost_is_known_on_any_port_and_under_no_other_name() {
        for own in ["http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:80"]
        {
            assert!(origin(own).is_localhost(), "{own}");
        }
        for other in ["http://localhost.example.com", "http://127.0.0.2", "app://localhost"] {
            assert!(!origin(other).is_localhost(), "{other}");
        }
    }

    #[test]
    fn claims_are_told_apart() {
        assert_eq!(ClaimedOrigin::from_header(None), ClaimedOrigin::Absent);
        assert_eq!(ClaimedOrigin::from_header(Some(b"null")), ClaimedOrigin::Opaque);
        assert_eq!(ClaimedOrigin::from_header(Some(b"\xff")), ClaimedOrigin::Unreadable);
        assert_eq!(ClaimedOrigin::from_header(Some(b"")), ClaimedOrigin::Unreadable);
        assert_eq!(
            ClaimedOrigin::from_header(Some(b"https://a.b")),
            ClaimedOrigin::Stated(origin("https://a.b"))
        );
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics_and_what_was_read_reads_again(text in ".{0,40}") {
            if let Ok(read) = text.parse::<Origin>() {
                proptest::prop_assert_eq!(read.as_str().parse::<Origin>(), Ok(read.clone()));
                proptest::prop_assert!(!read.host().is_empty());
            }
            if let Ok(read) = text.parse::<OriginPattern>() {
                proptest::prop_assert_eq!(read.to_string().parse::<OriginPattern>(), Ok(read));
            }
        }
    }
}
