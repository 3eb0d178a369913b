//! Which widget serves a site: decided from the account's list alone, so that it can be tried without an account.
//!
//! A widget works on its domains and their subdomains, on ten domains at most. A site has one widget, since a page has
//! to name its key before anybody knows more of it than the site.

use std::net::IpAddr;

use portcullis_engine::{OriginPattern, TurnstileSiteKey};

use super::{NewWidget, Widget, WidgetMode};

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// This widget works everywhere already.
    Use(TurnstileSiteKey),
    /// This one is ours, and is to work on these domains.
    SetDomains(Widget, Vec<String>),
    /// One is to be made.
    Create(NewWidget),
}

/// Why no widget can serve a site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlanError {
    /// It lists nothing but this machine, or any origin.
    #[error("the site lists no domain: portcullis site set SITE_KEY --origin URL")]
    NoDomain,
    /// It lists too many domains.
    #[error(
        "the site's pages are on {found} domains, and a widget works on {} at most; a site has one widget, so list a common domain such as https://*.example.com, or make sites of their own",
        Widget::DOMAINS_MAX
    )]
    TooMany {
        /// How many it lists.
        found: usize,
    },
    /// The widget that was made here has no room for the site's domains beside those that it has.
    #[error(
        "the widget {site_key} works on {} and would have to work on {} too, and {} is the most; take off at Cloudflare what it does not need any more, and run this again",
        .has.join(", "),
        .lacks.join(", "),
        Widget::DOMAINS_MAX
    )]
    Full {
        /// The widget's.
        site_key: String,
        /// Where it works.
        has: Vec<String>,
        /// Where it does not work, and is to.
        lacks: Vec<String>,
    },
}

/// The domains that a widget must work on, shortest first and none within another. This machine is left out.
pub(crate) fn wanted_domains(origins: &[OriginPattern]) -> Result<Vec<String>, PlanError> {
    let mut domains: Vec<String> = origins
        .iter()
        .filter_map(|pattern| match pattern {
            OriginPattern::Any => None,
            OriginPattern::Exact(origin) | OriginPattern::Subdomains(origin) => {
                Some(origin).filter(|origin| origin.is_web() && !origin.is_localhost())
            }
        })
        .map(|origin| origin.host().to_owned())
        .collect();
    domains.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    let mut wanted = Vec::<String>::new();
    for domain in domains {
        if !wanted.iter().any(|shorter| covers(shorter, &domain)) {
            wanted.push(domain);
        }
    }
    match wanted.len() {
        0 => Err(PlanError::NoDomain),
        found if found > Widget::DOMAINS_MAX => Err(PlanError::TooMany { found }),
        _ => Ok(wanted),
    }
}

/// What to do so that one widget of `widgets` works on all of `wanted`. `current` is the one that the site has now,
/// `name` what ours is called.
///
/// # Errors
///
/// [`PlanError::Full`] where ours would have to work on too many domains.
pub(crate) fn plan(
    wanted: &[String],
    widgets: &[Widget],
    current: Option<&str>,
    name: &str,
    mode: WidgetMode,
) -> Result<Plan, PlanError> {
    let is_current = |widget: &&Widget| Some(widget.site_key.as_str()) == current;
    let is_ours = |widget: &&Widget| widget.name == name;
    let mut fitting = widgets.iter().filter(|widget| wanted.iter().all(|domain| widget.covers(domain)));
    let found = fitting.clone().find(is_current).or_else(|| fitting.clone().find(is_ours));
    if let Some(widget) = found.or_else(|| fitting.next()) {
        return Ok(Plan::Use(widget.site_key.clone()));
    }
    // Only a widget that was made here is changed: others serve pages that we know nothing of.
    let ours = widgets.iter().filter(is_ours);
    match ours.clone().find(is_current).or_else(|| ours.clone().next()) {
        Some(widget) => Ok(Plan::SetDomains(widget.clone(), extended(widget, wanted)?)),
        None => Ok(Plan::Create(NewWidget { name: name.to_owned(), mode, domains: wanted.to_vec() })),
    }
}

/// The widget's domains and those wanted. None is dropped: whether a page still needs it is not known here.
fn extended(widget: &Widget, wanted: &[String]) -> Result<Vec<String>, PlanError> {
    let missing = wanted.iter().filter(|domain| !widget.covers(domain));
    let lacks: Vec<String> = missing.cloned().collect();
    let has = widget.domains.clone();
    if has.len() + lacks.len() > Widget::DOMAINS_MAX {
        return Err(PlanError::Full { site_key: widget.site_key.as_str().to_owned(), has, lacks });
    }
    Ok(has.into_iter().chain(lacks).collect())
}

/// Whether a widget for `domain` works on `host`.
pub(super) fn covers(domain: &str, host: &str) -> bool {
    if domain.eq_ignore_ascii_case(host) {
        return true;
    }
    let is_name = domain.parse::<IpAddr>().is_err() && host.parse::<IpAddr>().is_err();
    let left = host.len().checked_sub(domain.len() + 1).filter(|_| is_name && !domain.is_empty());
    left.and_then(|left| host.get(left..))
        .and_then(|tail| tail.strip_prefix('.'))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "Portcullis pk_1";

    fn origins(texts: &[&str]) -> Vec<OriginPattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn widget(site_key: &str, name: &str, domains: &[&str]) -> Widget {
        let text =
            serde_json::json!({ "sitekey": site_key, "name": name, "domains": domains, "mode": "managed" });
        serde_json::from_value(text).unwrap()
    }

    fn texts(domains: &[&str]) -> Vec<String> {
        domains.iter().map(|domain| (*domain).to_owned()).collect()
    }

    #[test]
    fn domains_are_those_of_the_origins_without_this_machine() {
        let listed = [
            "https://www.shop.example",
            "https://*.shop.example",
            "https://shop.example:8443",
            "http://203.0.113.1:3000",
            "https://[2001:db8::1]",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:1",
            "*",
            "https://notshop.example",
        ];
        let wanted = wanted_domains(&origins(&listed)).unwrap();
        assert_eq!(wanted, ["2001:db8::1", "203.0.113.1", "shop.example", "notshop.example"]);
        assert_eq!(wanted_domains(&origins(&["http://localhost"])), Err(PlanError::NoDomain));
        let many: Vec<OriginPattern> =
            (0..11).map(|number| format!("https://shop{number}.example").parse().unwrap()).collect();
        assert_eq!(wanted_domains(&many), Err(PlanError::TooMany { found: 11 }));
        assert_eq!(wanted_domains(&many[1..]).unwrap().len(), 10);
    }

    #[test]
    fn a_domain_covers_itself_and_what_is_below() {
        assert!(covers("shop.example", "Shop.example") && covers("shop.example", "a.b.shop.example"));
        for host in ["notshop.example", "example", ".example", "shop.example.evil", "", "é.example"] {
            assert!(!covers("shop.example", host), "{host}");
        }
        assert!(!covers("0.0.1", "127.0.0.1") && covers("127.0.0.1", "127.0.0.1") && !covers("", "a."));
    }

    #[test]
    fn a_widget_that_works_everywhere_is_used_and_nothing_is_changed() {
        let wanted = texts(&["shop.example", "b.example"]);
        let widgets = [
            widget("one", "Somebody's", &["shop.example", "b.example", "c.example"]),
            widget("two", NAME, &["shop.example", "b.example"]),
            widget("three", "Mine", &["example", "b.example"]),
        ];
        let used =
            |widgets: &[Widget], current| match plan(&wanted, widgets, current, NAME, WidgetMode::Managed) {
                Ok(Plan::Use(site_key)) => site_key.as_str().to_owned(),
                other => panic!("{other:?}"),
            };
        assert_eq!(used(&widgets, Some("three")), "three", "the one that it has");
        assert_eq!(used(&widgets, Some("gone")), "two", "then ours");
        assert_eq!(used(&widgets[..1], None), "one", "then any");
    }

    #[test]
    fn only_ours_is_changed_and_otherwise_one_is_made() {
        let wanted = texts(&["shop.example", "b.example"]);
        let decide =
            |widgets: &[Widget], current| plan(&wanted, widgets, current, NAME, WidgetMode::Invisible);
        let theirs = widget("one", "Somebody's", &["shop.example"]);
        let new = NewWidget { name: NAME.to_owned(), mode: WidgetMode::Invisible, domains: wanted.clone() };
        assert_eq!(decide(std::slice::from_ref(&theirs), Some("one")), Ok(Plan::Create(new)));
        let ours = widget("two", NAME, &["shop.example", "old.example"]);
        let all = texts(&["shop.example", "old.example", "b.example"]);
        assert_eq!(decide(&[theirs, ours.clone()], None), Ok(Plan::SetDomains(ours, all)));
        let full = widget(
            "three",
            NAME,
            &[
                "0.example",
                "1.example",
                "2.example",
                "3.example",
                "4.example",
                "5.example",
                "6.example",
                "7.example",
                "shop.example",
            ],
        );
        let mut ten = full.domains.clone();
        ten.push("b.example".to_owned());
        assert_eq!(decide(std::slice::from_ref(&full), None), Ok(Plan::SetDomains(full.clone(), ten)));
        let mut overfull = full;
        overfull.domains.push("8.example".to_owned());
        let refused = decide(std::slice::from_ref(&overfull), None).unwrap_err();
        let (has, lacks) = (overfull.domains, texts(&["b.example"]));
        assert_eq!(refused, PlanError::Full { site_key: "three".to_owned(), has, lacks });
        let told = refused.to_string();
        assert!(told.contains("8.example") && told.contains("b.example") && told.contains("10 is the most"));
    }
}
