//! `portcullis site turnstile-sync`: a site's widget in a Cloudflare account, found or made.

use clap::Args;
use portcullis_engine::{Site, SiteChange, SiteError, TurnstileWidget};
use serde::Serialize;

use super::{Answer, Setup, secret_argument};
use crate::failure::Failure;
use crate::gate::Gate;
use crate::turnstile::{ApiToken, Plan, PlanError, WidgetError, WidgetMode, Widgets, plan, wanted_domains};

/// A site and a Cloudflare account.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The site
    site_key: String,
    /// The Cloudflare account's id. The token for its API comes from PORTCULLIS_TURNSTILE_API_TOKEN or, where that is
    /// unset, from standard input
    #[arg(long, value_name = "ACCOUNT_ID")]
    account: String,
    /// How a widget behaves that has to be made
    #[arg(long, value_enum, default_value_t)]
    mode: WidgetMode,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was done. The names are an interface.
#[derive(Serialize)]
struct SyncReport {
    site_key: String,
    turnstile_site_key: String,
    /// What the widget was: `found`, `extended` or `created`.
    widget: &'static str,
    /// Whether the site has other keys now than before.
    changed: bool,
    /// The site's domains, all of which the widget works on.
    domains: Vec<String>,
}

/// Runs the command.
pub(super) async fn run(arguments: &Arguments, gate: &Gate, setup: &Setup) -> Result<Answer, Failure> {
    let site_key = &arguments.site_key;
    let site = gate.engine.site(site_key).ok_or_else(|| SiteError::Unknown(site_key.clone()))?;
    let domains = wanted_domains(&site.settings().origins)?;
    let token = match setup.turnstile_api_token() {
        Some(token) => token.to_owned(),
        None => secret_argument("-")?,
    };
    let token: ApiToken = token.parse().map_err(Failure::usage)?;
    let widgets = Widgets::of(&setup.config.turnstile.api_url, &arguments.account, token)?;
    let (widget, keys) = settle(&widgets, &site, &domains, arguments.mode)?;
    let changed = !has(&site, &keys);
    let turnstile_site_key = keys.site_key.as_str().to_owned();
    if changed {
        let change = SiteChange { turnstile: Some(Some(keys)), ..SiteChange::default() };
        gate.engine.change_site(site_key, change).await?;
    }
    let report = SyncReport { site_key: site_key.clone(), turnstile_site_key, widget, changed, domains };
    Ok(if arguments.json { Answer::json(&report) } else { Answer::success(report.text()) })
}

/// Has a widget work on `domains`. Answers what it was and its keys.
fn settle(
    widgets: &Widgets,
    site: &Site,
    domains: &[String],
    mode: WidgetMode,
) -> Result<(&'static str, TurnstileWidget), Failure> {
    let name = format!("Portcullis {}", site.site_key());
    let listed = widgets.list()?;
    Ok(match plan(domains, &listed, site.turnstile_site_key(), &name, mode)? {
        Plan::Use(site_key) => ("found", widgets.keys(&site_key)?),
        Plan::SetDomains(widget, domains) => ("extended", widgets.set_domains(&widget, &domains)?),
        Plan::Create(new) => ("created", widgets.create(&new)?),
    })
}

fn has(site: &Site, keys: &TurnstileWidget) -> bool {
    site.turnstile()
        .is_some_and(|own| own.site_key == keys.site_key && own.secret.expose() == keys.secret.expose())
}

impl SyncReport {
    fn text(&self) -> String {
        let Self { site_key, turnstile_site_key, widget, domains, .. } = self;
        let domains = domains.join(", ");
        let kept = if self.changed { "has its keys now" } else { "had its keys already" };
        format!("The Turnstile widget {turnstile_site_key} was {widget} for {domains}. {site_key} {kept}.\n")
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        Self::line(error)
    }
}

impl From<WidgetError> for Failure {
    fn from(error: WidgetError) -> Self {
        match error {
            WidgetError::Account(_) => Self::usage(error),
            WidgetError::Token(_)
            | WidgetError::Refused(_)
            | WidgetError::Unreachable(_)
            | WidgetError::Unreadable(_) => Self::line(error),
        }
    }
}
