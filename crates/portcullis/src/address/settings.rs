//! `[addresses]`: where facts about visitors' addresses come from.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use portcullis_ipdata::published::is_file_name;
use portcullis_ipdata::{PUBLIC_LISTS, Provider};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ListSource;
use crate::base_url::BaseUrl;

/// `[addresses]`: where facts about visitors' addresses come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AddressSettings {
    /// HTTP providers that are asked about every visitor who is not known; at most three.
    pub(crate) providers: Vec<ProviderSetting>,
    /// How long a visitor may wait for providers and name servers, 0 to 5000 milliseconds.
    pub(crate) budget_ms: u64,
    /// How long a provider may take, 100 to 10000 milliseconds.
    pub(crate) provider_timeout_ms: u64,
    /// Whether visitors that claim to be crawlers are looked up at the name server.
    pub(crate) crawlers: bool,
    /// How often the files are looked at, 1 to 3600 seconds.
    pub(crate) reload_secs: u64,
    /// Lists that the server itself fetches; at most 32.
    pub(crate) lists: Vec<ListSetting>,
    /// The age at which they are fetched anew, 600 to 2592000 seconds.
    pub(crate) lists_refresh_secs: u64,
}

impl AddressSettings {
    /// What is out of range: the setting's name and what is allowed.
    pub(crate) fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let checks = [
            (self.providers.len() <= 3, "providers", "there are three"),
            (self.budget_ms <= 5000, "budget_ms", "it goes from 0 to 5000"),
            (
                (100..=10_000).contains(&self.provider_timeout_ms),
                "provider_timeout_ms",
                "it goes from 100 to 10000",
            ),
            ((1..=3600).contains(&self.reload_secs), "reload_secs", "it goes from 1 to 3600"),
            (self.list_sources().len() <= 32, "lists", "at most 32 are used"),
            (
                (600..=2_592_000).contains(&self.lists_refresh_secs),
                "lists_refresh_secs",
                "it goes from 600 to 2592000",
            ),
        ];
        checks.into_iter().filter(|(holds, ..)| !holds).map(|(_, name, range)| (name, range)).collect()
    }

    /// The lists to fetch, each file once; a later setting wins.
    pub(crate) fn list_sources(&self) -> Vec<ListSource> {
        let mut sources = Vec::<ListSource>::new();
        for source in self.lists.iter().flat_map(|setting| setting.0.clone()) {
            sources.retain(|earlier| earlier.file != source.file);
            sources.push(source);
        }
        sources
    }
}

impl Default for AddressSettings {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            budget_ms: 150,
            provider_timeout_ms: 1200,
            crawlers: true,
            reload_secs: 5,
            lists: Vec::new(),
            lists_refresh_secs: 86_400,
        }
    }
}

/// A provider, and where it answers if not at its own address: `ipapi.is` or `ipapi.is=https://proxy.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProviderSetting {
    /// The provider.
    pub(crate) provider: Provider,
    base_url: Option<BaseUrl>,
}

impl ProviderSetting {
    /// Where it answers.
    pub(super) fn base_url(&self) -> BaseUrl {
        #[expect(clippy::expect_used, reason = "a test reads every one of them")]
        let own = || self.provider.base_url().parse().expect("the providers' addresses are URLs");
        self.base_url.clone().unwrap_or_else(own)
    }
}

impl FromStr for ProviderSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, base_url) = text.split_once('=').map_or((text, None), |(name, url)| (name, Some(url)));
        let base_url = base_url.map(str::parse).transpose()?;
        Ok(Self { provider: name.parse()?, base_url })
    }
}

impl fmt::Display for ProviderSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.base_url {
            Some(base_url) => write!(f, "{}={base_url}", self.provider),
            None => self.provider.fmt(f),
        }
    }
}

/// Lists to fetch: `default` for all public ones, the name of one (`tor`), or one of the operator's own
/// (`vpn-mine=https://lists.example.com/vpn.txt`). Without an extension a name is that of a range list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListSetting(Vec<ListSource>);

impl FromStr for ListSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let file_of =
            |name: &str| if name.ends_with(".mmdb") { name.to_owned() } else { format!("{name}.txt") };
        let Some((name, url)) = text.split_once('=') else {
            let wanted = file_of(text);
            let found = PUBLIC_LISTS.iter().filter(|list| text == "default" || list.file == wanted);
            let found: Vec<_> = found.map(ListSource::public).collect();
            let complaint =
                || format!("{text:?} is no public list; write default, or NAME=URL for one of your own");
            return if found.is_empty() { Err(complaint()) } else { Ok(Self(found)) };
        };
        let (file, url) = (file_of(name), url.to_owned());
        if !is_file_name(&file) {
            return Err(format!("{name:?} names no list: they are called like tor, vpn-mine or asn.mmdb"));
        }
        if !is_web(&url) {
            return Err(format!("{url:?} is no http or https URL"));
        }
        Ok(Self(vec![ListSource { file, url }]))
    }
}

impl fmt::Display for ListSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, source) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{}={}", source.file.trim_end_matches(".txt"), source.url)?;
        }
        Ok(())
    }
}

fn is_web(url: &str) -> bool {
    url.parse::<Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
}

macro_rules! as_text {
    ($setting:ty) => {
        impl Serialize for $setting {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $setting {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

as_text!(ProviderSetting);
as_text!(ListSetting);

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_ipdata::PROVIDERS;

    #[test]
    fn providers_are_named_with_or_without_an_address() {
        for provider in PROVIDERS {
            let setting: ProviderSetting = provider.name().parse().unwrap();
            assert_eq!(setting.base_url().to_string(), provider.base_url());
            assert_eq!(setting.to_string(), provider.name());
        }
        let own: ProviderSetting = "ipapi.is=http://127.0.0.1:9".parse().unwrap();
        assert_eq!(own.base_url().to_string(), "http://127.0.0.1:9");
        assert_eq!(own.to_string(), "ipapi.is=http://127.0.0.1:9");
        for wrong in ["", "ipapi", "ipapi.is=", "ipapi.is=ftp://x", "=http://x"] {
            assert!(wrong.parse::<ProviderSetting>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_are_public_ones_or_the_operators() {
        let sources = |text: &[&str]| {
            let lists = text.iter().map(|text| text.parse().unwrap()).collect();
            AddressSettings { lists, ..AddressSettings::default() }.list_sources()
        };
        assert_eq!(sources(&["default"]).len(), PUBLIC_LISTS.len());
        assert_eq!(sources(&["tor"])[0].file, "tor.txt");
        assert_eq!(sources(&["asn.mmdb"])[0].file, "asn.mmdb");
        let own = sources(&["default", "tor=http://127.0.0.1/tor?x=1", "vpn-mine=https://example.com/v"]);
        assert_eq!(own.len(), PUBLIC_LISTS.len() + 1);
        assert!(own.contains(&ListSource { file: "tor.txt".into(), url: "http://127.0.0.1/tor?x=1".into() }));
        for wrong in
            ["", "mine", "mine=https://x", "tor=", "tor=/x", "tor=file:///etc/passwd", "tor-/../x=https://x"]
        {
            assert!(wrong.parse::<ListSetting>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ranges_are_told_by_name() {
        let wrong = AddressSettings {
            budget_ms: 5001,
            provider_timeout_ms: 0,
            reload_secs: 0,
            lists_refresh_secs: 1,
            ..AddressSettings::default()
        };
        let names: Vec<_> = wrong.problems().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["budget_ms", "provider_timeout_ms", "reload_secs", "lists_refresh_secs"]);
        assert_eq!(AddressSettings::default().problems(), []);
    }
}
