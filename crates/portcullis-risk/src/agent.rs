//! A user agent text, read for three things only: which system, which browser family, and whether it calls itself a
//! program. What is not recognised is unknown, and unknown never counts against a visit.

use crate::Signals;
use crate::marks::Marks;

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
        let text = bounded(text);
        let marks = WORDS.read(text);
        let has = |mark: u32| marks & mark != 0;
        Self {
            system: SYSTEMS.into_iter().find(|(mark, _)| has(*mark)).map(|found| found.1),
            browser: Browser::read(text, marks),
            mobile: has(MOBILE),
            bot: has(BOT),
            headless: has(HEADLESS),
            embedded: has(EMBEDDED),
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
    fn read(text: &str, marks: u32) -> Option<Self> {
        let has = |mark: u32| marks & mark == mark;
        let chromium = || {
            let digits = text.split_once("Chrome/").or_else(|| text.split_once("Chromium/"))?.1;
            digits.split(|each: char| !each.is_ascii_digit()).next()?.parse().ok().map(Self::Chromium)
        };
        if has(ON_IOS) {
            Some(Self::Safari)
        } else if has(FIREFOX) {
            Some(Self::Firefox)
        } else {
            chromium().or_else(|| has(SAFARI | VERSION).then_some(Self::Safari))
        }
    }
}

/// At most [`Signals::TEXT_MAX`] bytes of `text`.
pub(crate) fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(Signals::TEXT_MAX)]
}

/// Systems by mark, the narrower one first: Android's text names Linux too.
const SYSTEMS: [(u32, System); 6] = [
    (WINDOWS, System::Windows),
    (IOS, System::Ios),
    (ANDROID, System::Android),
    (CHROME_OS, System::ChromeOs),
    (MAC, System::Mac),
    (LINUX, System::Linux),
];

static WORDS: Marks<40> = Marks::new([
    ("windows", WINDOWS),
    ("iphone", IOS),
    ("ipad", IOS),
    ("ipod", IOS),
    ("android", ANDROID),
    ("cros ", CHROME_OS),
    ("macintosh", MAC),
    ("mac os x", MAC),
    ("linux", LINUX),
    ("x11", LINUX),
    ("mobile", MOBILE),
    ("headless", HEADLESS),
    ("; wv)", EMBEDDED),
    ("firefox/", FIREFOX),
    ("safari/", SAFARI),
    ("version/", VERSION),
    ("crios/", ON_IOS),
    ("fxios/", ON_IOS),
    ("edgios/", ON_IOS),
    // A maker of telephones is no bot.
    ("cubot", 0),
    // Words by which tools and libraries name themselves.
    ("bot", BOT),
    ("spider", BOT),
    ("crawl", BOT),
    ("curl/", BOT),
    ("wget/", BOT),
    ("python", BOT),
    ("scrapy", BOT),
    ("httpclient", BOT),
    ("go-http-client", BOT),
    ("okhttp", BOT),
    ("java/", BOT),
    ("libwww", BOT),
    ("axios", BOT),
    ("node-fetch", BOT),
    ("undici", BOT),
    ("phantomjs", BOT),
    ("selenium", BOT),
    ("puppeteer", BOT),
    ("playwright", BOT),
    ("aiohttp", BOT),
]);

const WINDOWS: u32 = 1;
const IOS: u32 = 1 << 1;
const ANDROID: u32 = 1 << 2;
const CHROME_OS: u32 = 1 << 3;
const MAC: u32 = 1 << 4;
const LINUX: u32 = 1 << 5;
const MOBILE: u32 = 1 << 6;
const HEADLESS: u32 = 1 << 7;
const EMBEDDED: u32 = 1 << 8;
const FIREFOX: u32 = 1 << 9;
const SAFARI: u32 = 1 << 10;
const VERSION: u32 = 1 << 11;
/// A browser on iOS that is not Safari by name.
const ON_IOS: u32 = 1 << 12;
const BOT: u32 = 1 << 13;

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

    /// What programs and apps send, and what is read from it.
    const AGENTS: [(&str, &[&str]); 33] = [
        ("", &[]),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", &[]),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            &[],
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
            &[],
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15",
            &["mobile"],
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            &["mobile"],
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240105.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.144 Mobile Safari/537.36",
            &["mobile", "embedded"],
        ),
        // A maker of telephones.
        ("Mozilla/5.0 (Linux; Android 11; CUBOT X30) Chrome/120.0.0.0 Mobile Safari/537.36", &["mobile"]),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
            &["headless"],
        ),
        (
            "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
            &["bot"],
        ),
        ("Googlebot/2.1 (+http://www.google.com/bot.html)", &["bot"]),
        (
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            &["bot", "mobile"],
        ),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", &["bot"]),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", &["bot"]),
        ("CCBot/2.0 (https://commoncrawl.org/faq/)", &["bot"]),
        ("SomeCrawler", &["bot"]),
        ("curl/8.5.0", &["bot"]),
        ("Wget/1.21.4", &["bot"]),
        ("python-requests/2.32.3", &["bot"]),
        ("Python-urllib/3.12", &["bot"]),
        ("Python/3.12 aiohttp/3.9.5", &["bot"]),
        ("Scrapy/2.11.2 (+https://scrapy.org)", &["bot"]),
        ("Go-http-client/2.0", &["bot"]),
        ("okhttp/4.12.0", &["bot"]),
        ("Java/17.0.11", &["bot"]),
        ("Apache-HttpClient/4.5.14 (Java/17.0.11)", &["bot"]),
        ("libwww-perl/6.72", &["bot"]),
        ("axios/1.7.2", &["bot"]),
        ("node-fetch/1.0 (+https://github.com/bitinn/node-fetch)", &["bot"]),
        ("undici", &["bot"]),
        ("selenium/4.21.0 (python linux)", &["bot"]),
        ("Playwright/1.44.0 (x64; ubuntu 22.04) node/20.13", &["bot"]),
        // Nothing of it is known, and so nothing is held against it.
        ("Ladybird/1.0", &[]),
    ];

    #[test]
    fn what_programs_and_apps_call_themselves_is_read() {
        for (text, flags) in AGENTS {
            let agent = Agent::read(text);
            let read = [
                ("bot", agent.bot),
                ("headless", agent.headless),
                ("embedded", agent.embedded),
                ("mobile", agent.mobile),
            ];
            for (flag, has) in read {
                assert_eq!(has, flags.contains(&flag), "{flag}: {text}");
            }
        }
    }
}
