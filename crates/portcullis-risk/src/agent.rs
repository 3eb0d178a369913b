//! A user agent text, read for three things only: which system, which browser family, and whether it calls itself a
//! program. What is not recognised is unknown, and unknown never counts against a visit.

use crate::Signals;

/// What a user agent text claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agent {
    pub(crate) system: Option<System>,
    pub(crate) browser: Option<Browser>,
    pub(crate) mobile: bool,
    /// The text names a bot, a tool or a library.
    pub(crate) bot: bool,
    /// The text says that no window is shown.
    pub(crate) headless: bool,
    /// An app that shows pages; such send fewer headers.
    pub(crate) embedded: bool,
}

impl Agent {
    /// The request's user agent, and the page's where a script ran. Mostly they are one text, read once.
    pub(crate) fn of(signals: &Signals) -> (Self, Option<Self>) {
        let sent = &signals.client.user_agent;
        let agent = Self::read(sent);
        let shown = signals.fingerprint.as_ref().map(|fingerprint| &fingerprint.user_agent);
        (agent, shown.map(|shown| if shown == sent { agent } else { Self::read(shown) }))
    }

    /// Reads `text`, of which the first [`Signals::TEXT_MAX`] bytes count.
    pub(crate) fn read(text: &str) -> Self {
        let text = bounded(text).to_ascii_lowercase();
        let has = |word: &str| text.contains(word);
        Self {
            system: SYSTEMS
                .into_iter()
                .find(|(words, _)| words.iter().any(|word| has(word)))
                .map(|found| found.1),
            browser: Browser::read(&text),
            mobile: has("mobile"),
            // A maker of telephones is called Cubot.
            bot: text.replace("cubot", "").contains("bot") || TOOLS.into_iter().any(has),
            headless: has("headless"),
            embedded: has("; wv)"),
        }
    }
}

/// An operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Windows,
    Mac,
    Ios,
    Android,
    ChromeOs,
    Linux,
}

impl System {
    /// What `Sec-CH-UA-Platform` names, if it is one of these.
    pub(crate) fn of_hint(platform: &str) -> Option<Self> {
        let names = [
            ("Windows", Self::Windows),
            ("macOS", Self::Mac),
            ("iOS", Self::Ios),
            ("Android", Self::Android),
            ("Chrome OS", Self::ChromeOs),
            ("Chromium OS", Self::ChromeOs),
            ("Linux", Self::Linux),
        ];
        names.into_iter().find(|(name, _)| *name == platform.trim_matches('"')).map(|found| found.1)
    }

    /// What `navigator.platform` names, if it is one of these.
    pub(crate) fn of_navigator(platform: &str) -> Option<Self> {
        let names = [
            ("Win", Self::Windows),
            ("Mac", Self::Mac),
            ("iP", Self::Ios),
            ("Android", Self::Android),
            ("Linux", Self::Linux),
        ];
        names.into_iter().find(|(name, _)| platform.starts_with(name)).map(|found| found.1)
    }

    /// Whether one visit may well claim both: an iPad asks for desktop pages as a Mac, Android and Chrome OS are
    /// Linux below.
    pub(crate) fn may_be(self, other: Self) -> bool {
        self.kin() == other.kin()
    }

    fn kin(self) -> u8 {
        match self {
            Self::Windows => 0,
            Self::Mac | Self::Ios => 1,
            Self::Android | Self::ChromeOs | Self::Linux => 2,
        }
    }
}

/// A browser's family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chrome, Edge, Opera and their like, by Chromium's major version.
    Chromium(u32),
    Firefox,
    /// Safari, and every browser on iOS.
    Safari,
}

impl Browser {
    fn read(text: &str) -> Option<Self> {
        let major = |name: &str| {
            let digits = text.split_once(name)?.1;
            digits.split(|each: char| !each.is_ascii_digit()).next()?.parse().ok()
        };
        if ["crios/", "fxios/", "edgios/"].into_iter().any(|name| text.contains(name)) {
            return Some(Self::Safari);
        }
        if text.contains("firefox/") {
            return Some(Self::Firefox);
        }
        let chromium = major("chrome/").or_else(|| major("chromium/")).map(Self::Chromium);
        chromium.or_else(|| (text.contains("safari/") && text.contains("version/")).then_some(Self::Safari))
    }
}

/// At most [`Signals::TEXT_MAX`] bytes of `text`.
pub(crate) fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(Signals::TEXT_MAX)]
}

/// Words of a system, the narrower one first: Android's text names Linux too.
const SYSTEMS: [(&[&str], System); 6] = [
    (&["windows"], System::Windows),
    (&["iphone", "ipad", "ipod"], System::Ios),
    (&["android"], System::Android),
    (&["cros "], System::ChromeOs),
    (&["macintosh", "mac os x"], System::Mac),
    (&["linux", "x11"], System::Linux),
];

/// Words by which tools and libraries name themselves.
const TOOLS: [&str; 17] = [
    "spider",
    "crawl",
    "curl/",
    "wget/",
    "python",
    "scrapy",
    "httpclient",
    "go-http-client",
    "okhttp",
    "java/",
    "libwww",
    "axios",
    "node-fetch",
    "undici",
    "phantomjs",
    "selenium",
    "puppeteer",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        for (text, system, browser, mobile) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                System::Windows,
                Browser::Chromium(141),
                false,
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.0.0 Mobile/15E148 Safari/604.1",
                System::Ios,
                Browser::Safari,
                true,
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                System::Android,
                Browser::Chromium(141),
                true,
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
                System::Linux,
                Browser::Firefox,
                false,
            ),
        ] {
            let agent = Agent::read(text);
            assert_eq!(
                (agent.system, agent.browser, agent.mobile),
                (Some(system), Some(browser), mobile),
                "{text}"
            );
            assert!(!agent.bot && !agent.headless, "{text}");
        }
    }

    #[test]
    fn tools_are_bots_and_a_telephone_is_not() {
        for text in
            ["curl/8.5.0", "python-requests/2.32", "Googlebot/2.1", "Go-http-client/2.0", "SomeCrawler"]
        {
            assert!(Agent::read(text).bot, "{text}");
        }
        let phone = "Mozilla/5.0 (Linux; Android 11; CUBOT X30) Chrome/120.0.0.0 Mobile Safari/537.36";
        assert!(!Agent::read(phone).bot);
    }
}
