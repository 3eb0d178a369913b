//! What the request's headers say, and whether they say one thing.
//!
//! A program that borrows a browser's `User-Agent` seldom borrows everything that goes with it. What is missing
//! weighs little, since proxies and privacy tools strip headers; what contradicts itself weighs more.

use crate::agent::{Agent, Browser, System, bounded};
use crate::score::Findings;
use crate::weights::Code;
use crate::{Client, Fingerprint, Signals};

/// Notes what the headers give away. `agent` is the request's user agent, `shown` the page's.
pub(crate) fn find(signals: &Signals, agent: Agent, shown: Option<Agent>, findings: &mut Findings) {
    let client = &signals.client;
    let either = |what: fn(&Agent) -> bool| what(&agent) || shown.as_ref().is_some_and(what);

    findings.note(Code::NoUserAgent, client.user_agent.trim().is_empty());
    // A crawler that proved whose it is may say so.
    findings.note(Code::BotUserAgent, either(|agent| agent.bot) && signals.address.good_bot.is_none());
    findings.note(
        Code::HeadlessBrowser,
        either(|agent| agent.headless)
            || client.brands.as_deref().is_some_and(|brands| brands.contains("Headless")),
    );
    findings.note(Code::NoAcceptLanguage, is_blank(client.accept_language.as_deref()));
    findings.note(Code::NoAcceptEncoding, is_blank(client.accept_encoding.as_deref()));
    find_in_hints(client, agent, findings);
    if let Some(fingerprint) = &signals.fingerprint {
        compare(client, fingerprint, findings);
    }
}

/// Client hints come from Chromium only, and over HTTPS only: their absence alone says little.
fn find_in_hints(client: &Client, agent: Agent, findings: &mut Findings) {
    let brands = client.brands.as_deref().map(bounded).filter(|brands| !brands.trim().is_empty());
    match (agent.browser, brands) {
        (Some(Browser::Chromium(major)), Some(brands)) => {
            findings.note(Code::HintsBrandDiffers, chromium(brands).is_some_and(|hinted| hinted != major));
        }
        (Some(Browser::Firefox | Browser::Safari), Some(_)) => findings.note(Code::HintsBrandDiffers, true),
        (Some(Browser::Chromium(major)), None) => {
            let secure = client.fetch_mode.is_some();
            findings.note(Code::NoClientHints, secure && major >= HINTS_SINCE && !agent.embedded);
        }
        _ => {}
    }
    findings.note(Code::NoFetchMetadata, brands.is_some() && client.fetch_mode.is_none());
    if let (Some(claimed), Some(hinted)) =
        (agent.system, client.platform.as_deref().and_then(System::of_hint))
    {
        findings.note(Code::HintsPlatformDiffers, !claimed.may_be(hinted));
    }
    // A tablet's text has no `Mobile`, but no telephone's hint says that it is none.
    findings.note(
        Code::HintsMobileDiffers,
        client.mobile.is_some_and(|mobile| mobile != agent.mobile) && brands.is_some(),
    );
}

/// The headers beside what a script in the page read.
fn compare(client: &Client, fingerprint: &Fingerprint, findings: &mut Findings) {
    let (sent, read) = (client.user_agent.trim(), fingerprint.user_agent.trim());
    findings.note(Code::AgentDiffers, !sent.is_empty() && !read.is_empty() && bounded(sent) != bounded(read));
    if let Some(accepted) = client.accept_language.as_deref() {
        let language = bounded(&fingerprint.language).split(['-', '_']).next().unwrap_or_default();
        let listed = bounded(accepted).split(',').any(|each| {
            let each = each.trim();
            each.starts_with('*')
                || each.get(..language.len()).is_some_and(|start| start.eq_ignore_ascii_case(language))
        });
        findings.note(Code::LanguageDiffers, !language.is_empty() && !accepted.trim().is_empty() && !listed);
    }
}

/// Chromium's major version, as the brands say.
fn chromium(brands: &str) -> Option<u32> {
    let version = brands.split_once("Chromium\";v=\"")?.1;
    version.split(['"', '.']).next()?.parse().ok()
}

fn is_blank(value: Option<&str>) -> bool {
    value.is_none_or(|value| value.trim().is_empty())
}

/// Chromium's first version that sends brands by default to every site.
const HINTS_SINCE: u32 = 90;
