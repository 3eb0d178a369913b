//! What the status page shows, and its HTML.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use portcullis_engine::{Engine, Site, Statistics, StoreError, UnixMs};

use crate::http::demo::rfc3339;
use crate::http::html::escape;

/// Everything that the page shows.
pub(super) struct Numbers {
    total: Spans,
    sites: Vec<(Arc<Site>, Spans)>,
    /// Sites that are not shown, so that the page stays a page.
    left_out: usize,
}

/// One site's numbers, or all sites'.
struct Spans {
    hour: Statistics,
    day: Statistics,
}

/// Reads everything that the page shows.
pub(super) async fn numbers(engine: &Engine) -> Result<Numbers, StoreError> {
    let mut sites = Vec::new();
    let all = engine.sites();
    for site in all.iter().take(SITES_MAX) {
        sites.push((site.clone(), spans(engine, Some(site)).await?));
    }
    Ok(Numbers { total: spans(engine, None).await?, sites, left_out: all.len().saturating_sub(SITES_MAX) })
}

/// The page.
pub(super) fn html(numbers: &Numbers, now: UnixMs) -> String {
    let mut html = String::with_capacity(4096);
    html.push_str(HEAD);
    let _ = write!(
        html,
        "<h1>Status</h1>\n<p>Counts at <time>{}</time>, at most a few seconds behind. Reload for newer ones.</p>\n",
        rfc3339(now)
    );
    table(&mut html, "All sites", None, &numbers.total);
    for (site, spans) in &numbers.sites {
        table(&mut html, site.name(), Some(site.site_key()), spans);
    }
    if numbers.left_out > 0 {
        let _ = writeln!(
            html,
            "<p>{} more sites are not shown. <code>portcullis site stats SITE_KEY</code> shows each.</p>",
            grouped(numbers.left_out as u64)
        );
    }
    html.push_str(FOOT);
    html
}

/// The page for those who did not show the token.
pub(super) fn refusal() -> String {
    format!(
        "{HEAD}<h1>Status</h1>\n<p>This page needs the status token.</p>\n<p>The server printed the address of this \
         page with its token when it started. The token is also in the file <code>status.token</code> in the data \
         folder. Open <code>/status?token=…</code> once, or send <code>Authorization: Bearer …</code>.</p>\n{FOOT}"
    )
}

async fn spans(engine: &Engine, site: Option<&Arc<Site>>) -> Result<Spans, StoreError> {
    let site = site.map(|site| site.id());
    Ok(Spans { hour: engine.statistics(site, 60).await?, day: engine.statistics(site, 24 * 60).await? })
}

fn table(html: &mut String, name: &str, site_key: Option<&str>, spans: &Spans) {
    let key = site_key.map(|key| format!(" <code>{}</code>", escape(key))).unwrap_or_default();
    let _ = write!(
        html,
        "<table>\n<caption>{}{key}</caption>\n<thead><tr><th scope=\"col\">Event</th>\
         <th scope=\"col\">Last hour</th><th scope=\"col\">Last day</th></tr></thead>\n<tbody>\n",
        escape(name)
    );
    row(html, "Challenges issued", spans.hour.challenges, spans.day.challenges);
    row(html, "Challenges passed", spans.hour.redeemed, spans.day.redeemed);
    row(html, "Tokens verified", spans.hour.verified, spans.day.verified);
    let codes: BTreeSet<&String> = spans.hour.failures.keys().chain(spans.day.failures.keys()).collect();
    for code in codes {
        let number = |statistics: &Statistics| statistics.failures.get(code).copied().unwrap_or_default();
        row(html, &failure(code), number(&spans.hour), number(&spans.day));
    }
    html.push_str("</tbody>\n</table>\n");
}

fn row(html: &mut String, event: &str, hour: u64, day: u64) {
    let (hour, day) = (grouped(hour), grouped(day));
    let _ = writeln!(html, "<tr><th scope=\"row\">{}</th><td>{hour}</td><td>{day}</td></tr>", escape(event));
}

/// `redeem_failed:wrong_solution` in words: `Redeem failed: wrong solution`.
fn failure(code: &str) -> String {
    let words = code.replace('_', " ").replace(':', ": ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Sites on one page. Two queries are made for each.
const SITES_MAX: usize = 50;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
    <title>Portcullis status</title>\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/favicon.svg\">\n\
    <link rel=\"stylesheet\" href=\"/assets/status.css\">\n</head>\n<body>\n<main>\n";
const FOOT: &str = "</main>\n</body>\n</html>\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_codes_are_words() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(failure("redeem_failed:wrong_solution"), "Redeem failed: wrong solution");
        assert_eq!(failure(""), "");
    }
}
