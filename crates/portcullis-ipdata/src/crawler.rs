//! Crawlers that can prove whose they are.
//!
//! A search engine publishes the names of its machines. The address of a visitor leads to a name, and the name must
//! lead back to the address: a name alone proves nothing, since whoever holds an address chooses its name. The
//! User-Agent only says for whom to look; nothing is believed of it.

/// A crawler whose machines have names of their own.
#[derive(Debug, PartialEq, Eq)]
pub struct Crawler {
    /// The name, as it is shown.
    pub name: &'static str,
    /// What its User-Agent contains, in lower case.
    token: &'static str,
    /// The domains of its machines.
    domains: &'static [&'static str],
}

impl Crawler {
    /// The crawler that a User-Agent claims to be.
    #[must_use]
    pub fn claimed(user_agent: &str) -> Option<&'static Self> {
        let end =
            (0..=user_agent.len().min(USER_AGENT_MAX)).rev().find(|end| user_agent.is_char_boundary(*end));
        let user_agent = user_agent[..end.unwrap_or(0)].to_ascii_lowercase();
        CRAWLERS.iter().find(|crawler| user_agent.contains(crawler.token))
    }

    /// The crawler of this name, whatever its case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CRAWLERS.iter().find(|crawler| crawler.name.eq_ignore_ascii_case(name))
    }

    /// Whether a machine of this name is the crawler's.
    #[must_use]
    pub fn owns(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        self.domains.iter().any(|domain| host.strip_suffix(domain).is_some_and(|front| front.ends_with('.')))
    }
}

/// Every crawler that is looked for. Domains are those that the engines' own documentation names.
pub const CRAWLERS: [Crawler; 11] = [
    Crawler { name: "Googlebot", token: "googlebot", domains: &["googlebot.com", "google.com"] },
    Crawler {
        name: "Google-InspectionTool",
        token: "google-inspectiontool",
        domains: &["googlebot.com", "google.com"],
    },
    Crawler { name: "AdsBot-Google", token: "adsbot-google", domains: &["googlebot.com", "google.com"] },
    Crawler { name: "Bingbot", token: "bingbot", domains: &["search.msn.com"] },
    Crawler { name: "Applebot", token: "applebot", domains: &["applebot.apple.com"] },
    Crawler { name: "DuckDuckBot", token: "duckduckbot", domains: &["duckduckgo.com"] },
    Crawler { name: "YandexBot", token: "yandex", domains: &["yandex.com", "yandex.net", "yandex.ru"] },
    Crawler { name: "Baiduspider", token: "baiduspider", domains: &["baidu.com", "baidu.jp"] },
    Crawler { name: "SeznamBot", token: "seznambot", domains: &["seznam.cz"] },
    Crawler { name: "PetalBot", token: "petalbot", domains: &["petalsearch.com", "aspiegel.com"] },
    Crawler { name: "Qwantbot", token: "qwantbot", domains: &["qwant.com"] },
];

/// Bytes of a User-Agent that are looked at.
const USER_AGENT_MAX: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_agents_name_their_crawler() {
        let google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        assert_eq!(Crawler::claimed(google).unwrap().name, "Googlebot");
        assert_eq!(Crawler::claimed("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0"), None);
        assert_eq!(Crawler::claimed(""), None);
        // A token behind the bound is not looked for, and a bound within a letter cuts none in half.
        assert_eq!(Crawler::claimed(&format!("{}bingbot", "ä".repeat(512))), None);
        assert_eq!(Crawler::claimed(&format!("a{}bingbot", "ä".repeat(512))), None);
        assert_eq!(Crawler::named("bingBOT").unwrap().name, "Bingbot");
        assert_eq!(Crawler::named("curl"), None);
    }

    #[test]
    fn a_name_must_lie_within_the_crawlers_domain() {
        let google = Crawler::named("Googlebot").unwrap();
        for (host, owned) in [
            ("crawl-66-249-66-1.googlebot.com", true),
            ("Crawl-66-249-66-1.GoogleBot.com.", true),
            ("geo-crawl-1.geo.googlebot.com", true),
            ("googlebot.com", false),
            ("evilgooglebot.com", false),
            ("googlebot.com.evil.example", false),
            ("x.googlebot.com..", false),
            ("", false),
        ] {
            assert_eq!(google.owns(host), owned, "{host}");
        }
    }
}
