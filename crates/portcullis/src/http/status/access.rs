//! Who may look at the status page.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

/// The status token, and the forms in which it may be shown.
pub(in crate::http) struct Access {
    token: String,
    /// The token with no character that a cookie cannot hold.
    cookie: String,
}

impl Access {
    /// `token` opens the page; an empty one opens it for nobody.
    pub(in crate::http) fn new(token: String) -> Self {
        Self { cookie: URL_SAFE_NO_PAD.encode(&token), token }
    }

    /// Whether the query names the token.
    pub(super) fn is_named_in(&self, query: &str) -> bool {
        form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| name == "token" && self.is(&value, &self.token))
    }

    /// Whether a header shows the token or its cookie.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let bearer = values(headers.get_all(header::AUTHORIZATION).iter())
            .filter_map(|value| value.split_once(' '))
            .any(|(scheme, token)| {
                scheme.eq_ignore_ascii_case("bearer") && self.is(token.trim(), &self.token)
            });
        let cookie = values(headers.get_all(header::COOKIE).iter())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| name == COOKIE && self.is(value, &self.cookie));
        bearer || cookie
    }

    /// What sets the cookie. It lasts as long as the browser runs, and goes nowhere but to the status page.
    pub(super) fn cookie(&self, is_https: bool) -> String {
        let secure = if is_https { "; Secure" } else { "" };
        format!("{COOKIE}={}; Path=/status; HttpOnly; SameSite=Strict{secure}", self.cookie)
    }

    fn is(&self, shown: &str, expected: &str) -> bool {
        !self.token.is_empty() && bool::from(shown.as_bytes().ct_eq(expected.as_bytes()))
    }
}

fn values<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> impl Iterator<Item = &'a str> {
    values.filter_map(|value| value.to_str().ok())
}

const COOKIE: &str = "portcullis_status";

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(access: &Access, name: header::HeaderName, value: &str) -> bool {
        access.admits(&HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn only_the_token_opens() {
        let access = Access::new("s3cret &;token".to_owned());
        assert!(access.is_named_in("a=b&token=s3cret+%26%3Btoken"));
        assert!(
            !access.is_named_in("token=s3cret") && !access.is_named_in("token=") && !access.is_named_in("")
        );
        assert!(admits(&access, header::AUTHORIZATION, "bearer s3cret &;token"));
        assert!(!admits(&access, header::AUTHORIZATION, "Bearer s3cret"));
        assert!(!admits(&access, header::AUTHORIZATION, "Basic s3cret &;token"));
        let set = access.cookie(true);
        let (pair, attributes) = set.split_once("; ").unwrap();
        assert_eq!(attributes, "Path=/status; HttpOnly; SameSite=Strict; Secure");
        assert!(admits(&access, header::COOKIE, &format!("a=b; {pair}; c=d")));
        assert!(!admits(&access, header::COOKIE, &format!("other{pair}")));
        assert!(!admits(&access, header::COOKIE, "portcullis_status=s3cret &;token"));
    }

    #[test]
    fn an_empty_token_opens_for_nobody() {
        let access = Access::new(String::new());
        assert!(!access.is_named_in("token="));
        assert!(!admits(&access, header::COOKIE, "portcullis_status="));
        assert!(!admits(&access, header::AUTHORIZATION, "Bearer "));
    }
}
