//! What HTTP providers of facts are asked, and how their answers read.
//!
//! Only the translation is here; the binary asks, and only where the operator says so, because every question tells a
//! third party of a visitor. Answers are read leniently: a field that is absent or of another type says nothing.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use portcullis_risk::{AddressClass, AddressFlags, AddressSource};
use serde_json::Value;

use crate::Finding;
use crate::finding::{clipped, country_code};
use crate::range_list::autonomous_system;

/// A provider of facts about addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// <https://ipapi.is>: kind of network, data centres, VPNs, proxies, Tor.
    IpapiIs,
    /// <https://ipapi.co>: country and network.
    IpapiCo,
    /// <https://ipwho.is>: country and network; flags with a paid plan.
    IpwhoIs,
}

/// An answer says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It is longer than any answer of theirs.
    #[error("the answer is over 64 KiB")]
    TooLong,
    /// It is no JSON object.
    #[error("the answer is no JSON object")]
    Unreadable,
    /// The quota is used up.
    #[error("the quota is used up")]
    Exhausted,
    /// The provider says that it cannot answer.
    #[error("the provider does not know")]
    Refused,
}

/// Every provider.
pub const PROVIDERS: [Provider; 3] = [Provider::IpapiIs, Provider::IpapiCo, Provider::IpwhoIs];

impl Provider {
    /// The name, as settings have it and as it is shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IpapiIs => "ipapi.is",
            Self::IpapiCo => "ipapi.co",
            Self::IpwhoIs => "ipwho.is",
        }
    }

    /// Where it answers.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::IpapiIs => "https://api.ipapi.is",
            Self::IpapiCo => "https://ipapi.co",
            Self::IpwhoIs => "https://ipwho.is",
        }
    }

    /// Path and query of the question about `address`.
    #[must_use]
    pub fn path(self, address: IpAddr) -> String {
        let address = address.to_canonical();
        match self {
            Self::IpapiIs => format!("/?q={address}"),
            Self::IpapiCo => format!("/{address}/json/"),
            Self::IpwhoIs => format!("/{address}"),
        }
    }

    /// Reads an answer.
    ///
    /// # Errors
    ///
    /// Where it is over [`Provider::ANSWER_BYTES_MAX`], no JSON object, or the provider's own "no".
    pub fn read(self, answer: &[u8]) -> Result<Finding, ProviderError> {
        if answer.len() > Self::ANSWER_BYTES_MAX {
            return Err(ProviderError::TooLong);
        }
        let answer: Value = serde_json::from_slice(answer).map_err(|_| ProviderError::Unreadable)?;
        if !answer.is_object() {
            return Err(ProviderError::Unreadable);
        }
        if let Some(refusal) = refusal(&answer) {
            return Err(refusal);
        }
        Ok(match self {
            Self::IpapiIs => ipapi_is(&answer),
            Self::IpapiCo => ipapi_co(&answer),
            Self::IpwhoIs => ipwho_is(&answer),
        })
    }

    /// The longest answer that is read, in bytes.
    pub const ANSWER_BYTES_MAX: usize = 64 << 10;
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Provider {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let found = PROVIDERS.into_iter().find(|provider| provider.name() == text);
        found.ok_or("the providers are ipapi.is, ipapi.co and ipwho.is")
    }
}

/// The provider's own "no": `{"error": …}` or `{"success": false, "message": …}`.
fn refusal(answer: &Value) -> Option<ProviderError> {
    let is_error =
        answer.get("error").is_some_and(|error| error.as_bool() != Some(false) && !error.is_null());
    let is_failure = answer.get("success").and_then(Value::as_bool) == Some(false);
    if !is_error && !is_failure {
        return None;
    }
    let words = ["reason", "message", "error"].iter().filter_map(|name| answer.get(name)?.as_str());
    let is_exhausted = words
        .map(str::to_ascii_lowercase)
        .any(|text| ["limit", "quota", "too many"].iter().any(|word| text.contains(word)));
    Some(if is_exhausted { ProviderError::Exhausted } else { ProviderError::Refused })
}

fn ipapi_is(answer: &Value) -> Finding {
    let is = |name: &str| answer.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let kind = text("/company/type").or(text("/asn/type")).and_then(clipped);
    let flags = AddressFlags {
        hosting: kind.as_deref() == Some("hosting"),
        proxy: is("is_proxy"),
        vpn: is("is_vpn"),
        tor: is("is_tor"),
        mobile: is("is_mobile"),
        datacenter: is("is_datacenter"),
    };
    let class = match kind.as_deref() {
        Some("isp" | "business" | "education" | "government" | "banking") => Some(AddressClass::Residential),
        _ => None,
    };
    let source = AddressSource {
        source: Provider::IpapiIs.name().to_owned(),
        org: text("/company/name").or(text("/asn/org")).and_then(clipped),
        asn: network(answer.pointer("/asn/asn")),
        kind,
        flags,
    };
    Finding { source, class, country: text("/location/country_code").and_then(country_code), good_bot: None }
}

fn ipapi_co(answer: &Value) -> Finding {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let source = AddressSource {
        source: Provider::IpapiCo.name().to_owned(),
        org: text("org").and_then(clipped),
        asn: network(answer.get("asn")),
        ..AddressSource::default()
    };
    let country = text("country_code").or(text("country")).and_then(country_code);
    Finding { source, country, ..Finding::default() }
}

fn ipwho_is(answer: &Value) -> Finding {
    let flag = |name: &str| {
        answer
            .get("security")
            .and_then(|security| security.get(name))
            .and_then(Value::as_bool)
            .unwrap_or(false)
    };
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let flags = AddressFlags {
        hosting: flag("hosting"),
        proxy: flag("proxy"),
        vpn: flag("vpn"),
        tor: flag("tor"),
        mobile: flag("mobile"),
        datacenter: false,
    };
    let source = AddressSource {
        source: Provider::IpwhoIs.name().to_owned(),
        org: text("/connection/org").or(text("/connection/isp")).and_then(clipped),
        asn: network(answer.pointer("/connection/asn")),
        kind: text("/connection/type").and_then(clipped),
        flags,
    };
    Finding { source, country: text("/country_code").and_then(country_code), ..Finding::default() }
}

/// A number of an autonomous system: `15169` or `"AS15169"`.
fn network(value: Option<&Value>) -> Option<u32> {
    match value? {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => autonomous_system(text).or_else(|| text.parse().ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn questions_are_as_the_providers_document_them() {
        let (v4, v6) = ("8.8.8.8".parse().unwrap(), "2001:4860:4860::8888".parse().unwrap());
        assert_eq!(Provider::IpapiIs.path(v6), "/?q=2001:4860:4860::8888");
        assert_eq!(Provider::IpapiCo.path(v4), "/8.8.8.8/json/");
        assert_eq!(Provider::IpwhoIs.path("::ffff:8.8.8.8".parse().unwrap()), "/8.8.8.8");
        for provider in PROVIDERS {
            assert_eq!(provider.to_string().parse(), Ok(provider));
        }
        assert!("example.com".parse::<Provider>().is_err());
    }

    #[test]
    fn ipapi_is_tells_kind_and_flags() {
        let answer = br#"{"ip":"3.5.140.2","is_bogon":false,"is_mobile":false,"is_crawler":false,"is_datacenter":true,
            "is_tor":false,"is_proxy":false,"is_vpn":true,"company":{"name":"Amazon.com, Inc.","type":"hosting"},
            "asn":{"asn":16509,"org":"Amazon","type":"hosting"},"location":{"country_code":"kr"}}"#;
        let finding = Provider::IpapiIs.read(answer).unwrap();
        let flags = AddressFlags { hosting: true, vpn: true, datacenter: true, ..AddressFlags::default() };
        assert_eq!(finding.source.flags, flags);
        assert_eq!((finding.source.asn, finding.country.as_deref()), (Some(16509), Some("KR")));
        assert_eq!(finding.source.org.as_deref(), Some("Amazon.com, Inc."));
        let household = br#"{"is_datacenter":false,"company":{"type":"isp"},"asn":{"asn":"AS3320"}}"#;
        let finding = Provider::IpapiIs.read(household).unwrap();
        assert_eq!((finding.class, finding.source.asn), (Some(AddressClass::Residential), Some(3320)));
    }

    #[test]
    fn the_others_tell_country_and_network() {
        let co = br#"{"ip":"8.8.8.8","country":"US","country_code":"US","asn":"AS15169","org":"GOOGLE"}"#;
        let finding = Provider::IpapiCo.read(co).unwrap();
        assert_eq!((finding.source.asn, finding.country.as_deref()), (Some(15169), Some("US")));
        let who = br#"{"ip":"8.8.4.4","success":true,"type":"IPv4","country_code":"US",
            "connection":{"asn":15169,"org":"Google LLC","isp":"Google LLC"},"security":{"tor":true,"hosting":true}}"#;
        let finding = Provider::IpwhoIs.read(who).unwrap();
        assert!(finding.source.flags.tor && finding.source.flags.hosting && !finding.source.flags.vpn);
        assert_eq!(finding.source.org.as_deref(), Some("Google LLC"));
    }

    #[test]
    fn a_no_is_told_from_an_answer() {
        for (answer, error) in [
            (&br#"{"error":true,"reason":"RateLimited","message":"quota"}"#[..], ProviderError::Exhausted),
            (br#"{"success":false,"message":"Reserved range"}"#, ProviderError::Refused),
            (br#"{"error":"Too many requests"}"#, ProviderError::Exhausted),
            (b"[]", ProviderError::Unreadable),
            (b"<html>", ProviderError::Unreadable),
            (b"", ProviderError::Unreadable),
        ] {
            assert_eq!(Provider::IpapiCo.read(answer), Err(error));
        }
        let long = format!("{{\"org\":\"{}\"}}", "x".repeat(Provider::ANSWER_BYTES_MAX));
        assert_eq!(Provider::IpapiCo.read(long.as_bytes()), Err(ProviderError::TooLong));
        let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        assert_eq!(Provider::IpapiIs.read(deep.as_bytes()), Err(ProviderError::Unreadable));
    }

    #[test]
    fn fields_of_another_type_say_nothing() {
        let answer = br#"{"is_datacenter":"yes","company":7,"asn":{"asn":-1,"type":[]},"location":{"country_code":"Germany"}}"#;
        let finding = Provider::IpapiIs.read(answer).unwrap();
        assert_eq!(
            finding.source,
            AddressSource { source: "ipapi.is".to_owned(), ..AddressSource::default() }
        );
        assert_eq!(finding.country, None);
        let long = format!("{{\"org\":\"{}\\n\"}}", "ä".repeat(500));
        assert_eq!(Provider::IpapiCo.read(long.as_bytes()).unwrap().source.org.unwrap(), "ä".repeat(120));
    }

    proptest! {
        #[test]
        fn any_answer_is_read_or_refused(answer in "\\PC{0,200}", at in 0_usize..3) {
            let _ = PROVIDERS[at].read(answer.as_bytes());
        }
    }
}
