//! Addresses of the web, as pages write them.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::{Authority, PathAndQuery, Scheme};

/// An absolute `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

impl Address {
    pub(super) fn scheme(&self) -> &str {
        self.scheme.as_str()
    }

    /// In lower case.
    pub(super) fn host(&self) -> &str {
        self.authority.host()
    }

    pub(super) fn port(&self) -> u16 {
        let ordinary = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(ordinary)
    }

    /// With the query.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether both have the same origin.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.host() == other.host() && self.port() == other.port()
    }

    /// What `reference` in a page at this address means (RFC 3986, section 5.2); absent where that is not of the web.
    pub(crate) fn join(&self, reference: &str) -> Option<Self> {
        let reference = reference.trim();
        let reference = reference.split('#').next().unwrap_or_default();
        if let Some(rest) = reference.strip_prefix("//") {
            return format!("{}://{rest}", self.scheme).parse().ok();
        }
        let scheme = reference.split(['/', '?']).next().and_then(|head| head.split_once(':'));
        if scheme.is_some() {
            return reference.parse().ok();
        }
        let own = self.path.split('?').next().unwrap_or_default();
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = match reference.chars().next() {
            None => return Some(self.clone()),
            Some('/') => without_dots(reference),
            Some('?') => format!("{own}{reference}"),
            Some(_) => without_dots(&format!("{folder}/{reference}")),
        };
        let path: PathAndQuery = path.parse().ok()?;
        Some(Self { path: path.as_str().to_owned(), ..self.clone() })
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected an address such as https://shop.example/sign-up";
        let uri: Uri = text.trim().to_owned().parse().map_err(|_| EXPECTED)?;
        let parts = uri.into_parts();
        let scheme = parts.scheme.filter(|scheme| [Scheme::HTTP, Scheme::HTTPS].contains(scheme));
        let authority = parts.authority.filter(|authority| !authority.as_str().contains('@'));
        let authority = authority.and_then(|authority| authority.as_str().to_ascii_lowercase().parse().ok());
        let path = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str).to_owned();
        Ok(Self { scheme: scheme.ok_or(EXPECTED)?, authority: authority.ok_or(EXPECTED)?, path })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
    }
}

/// A path with `.` and `..` taken out; the query stays as it is.
fn without_dots(path: &str) -> String {
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if segments.peek().is_none() {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_mean_what_browsers_take_them_for() {
        let page: Address = "https://Shop.example/a/b/page?x=1".parse().unwrap();
        for (reference, meant) in [
            ("script.js", Some("https://shop.example/a/b/script.js")),
            ("./script.js?v=..", Some("https://shop.example/a/b/script.js?v=..")),
            ("../../../up.js#part", Some("https://shop.example/up.js")),
            ("/top.js", Some("https://shop.example/top.js")),
            ("/a/./b/..", Some("https://shop.example/a/")),
            ("//cdn.example/x.js", Some("https://cdn.example/x.js")),
            ("?y=2", Some("https://shop.example/a/b/page?y=2")),
            ("", Some("https://shop.example/a/b/page?x=1")),
            (" http://other.example:8080 ", Some("http://other.example:8080/")),
            ("data:text/javascript,1", None),
            ("javascript:void(0)", None),
            ("https://user@shop.example/", None),
        ] {
            let found = page.join(reference).map(|address| address.to_string());
            assert_eq!(found.as_deref(), meant, "{reference}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let one: Address = "https://shop.example/a".parse().unwrap();
        for (text, same) in [
            ("https://shop.example:443/b", true),
            ("https://SHOP.example", true),
            ("http://shop.example/a", false),
            ("https://shop.example:8443/a", false),
            ("https://www.shop.example/a", false),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().is_of(&one), same, "{text}");
        }
    }
}
