//! The address under which a Portcullis is reached from outside.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use portcullis_engine::Origin;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An `http` or `https` URL without query, fragment or trailing slash. Paths are put behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl(String);

impl BaseUrl {
    /// The host, in brackets where it is an IPv6 address.
    pub(crate) fn host(&self) -> String {
        let uri: Uri = self.0.parse().unwrap_or_default();
        uri.host().unwrap_or_default().to_owned()
    }

    /// Whether a secret may be sent there: over TLS, or within this machine.
    pub(crate) fn keeps_secrets(&self) -> bool {
        let host = format!("http://{}", self.host()).parse::<Origin>();
        self.0.starts_with("https://") || host.is_ok_and(|host| host.is_localhost())
    }

    /// The URL of `path`, which begins with a slash.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected a URL such as https://captcha.example.com, without query or fragment";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let has_host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !is_web || !has_host || uri.query().is_some() || text.contains('#') {
            return Err(EXPECTED);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for BaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_over_tls_or_stay_on_this_machine() {
        for text in ["https://a.example", "http://127.0.0.1:9/v4", "http://localhost", "http://[::1]:1"] {
            assert!(text.parse::<BaseUrl>().unwrap().keeps_secrets(), "{text}");
        }
        for text in ["http://proxy.example", "http://10.0.0.1", "http://localhost.example", "http://https"] {
            assert!(!text.parse::<BaseUrl>().unwrap().keeps_secrets(), "{text}");
        }
    }

    #[test]
    fn only_plain_web_addresses_are_taken() {
        for (text, base) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://example.com/captcha/", "https://example.com/captcha"),
            ("http://[::1]:1/", "http://[::1]:1"),
        ] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().to_string(), base);
        }
        for text in
            ["", "example.com", "ftp://example.com", "https://a@b", "https://a/?q", "https://a/#f", "/x"]
        {
            assert!(text.parse::<BaseUrl>().is_err(), "{text}");
        }
    }
}
