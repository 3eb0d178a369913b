//! `portcullis site …`: the operator's work on sites.

use std::sync::Arc;

use clap::Subcommand;
use portcullis_engine::{NewSite, Site, SiteChange, SiteError, SiteId, SiteSettings, Statistics};
use serde::Serialize;

use super::site_flags::SiteFlags;
use super::site_report::SiteReport;
use super::site_snippet::snippet;
use super::turnstile_flags::TurnstileFlags;
use super::{Answer, Setup, block_on, turnstile_sync};
use crate::base_url::BaseUrl;
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::gate::Gate;

/// What to do with sites.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a site and print its keys, with everything to paste
    Add {
        /// What you call it
        name: String,
        /// A site key brought from another system, so that pages stay as they are: letters, digits, - and _
        #[arg(long, value_name = "KEY")]
        site_key: Option<String>,
        #[command(flatten)]
        flags: Box<SiteFlags>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Change what is given, and nothing else
    Set {
        /// The site
        site_key: String,
        /// A new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        flags: Box<SiteFlags>,
        #[command(flatten)]
        turnstile: TurnstileFlags,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Find or make the Turnstile widget for a site's domains in a Cloudflare account, and keep its keys
    TurnstileSync(turnstile_sync::Arguments),
    /// List the sites, oldest first
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one site
    Show {
        /// The site
        site_key: String,
        /// And its secret key
        #[arg(long)]
        secret: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Count challenges, passes and failures of the last hour and day
    Stats {
        /// The site; without it, all of them
        site_key: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a site; its challenges and tokens cease to be accepted
    Remove {
        /// The site
        site_key: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a site a new secret key; the earlier one ceases to be accepted
    RotateSecret {
        /// The site
        site_key: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Counts of one site, or of all.
#[derive(Serialize)]
struct StatisticsReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    site_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    last_hour: Statistics,
    last_day: Statistics,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sites: Vec<StatisticsReport>,
}

/// Runs one of the commands.
pub(super) fn run(command: Command, setup: &Setup) -> Result<Answer, Failure> {
    let folder = match command {
        Command::Add { .. } => DataFolder::create(&setup.data)?,
        _ => DataFolder::existing(&setup.data)?,
    };
    let base = setup.base_url(folder.listening().unwrap_or(setup.config.server.listen));
    block_on(async {
        let gate = Gate::open(&setup.config, &folder, setup.master_key()).await?;
        let answer = run_on(&gate, command, setup, &base).await;
        let closed = gate.close();
        answer.and_then(|answer| closed.map(|()| answer))
    })
}

async fn run_on(gate: &Gate, command: Command, setup: &Setup, base: &BaseUrl) -> Result<Answer, Failure> {
    match command {
        Command::Add { name, site_key, flags, json } => {
            let site = add(gate, name, site_key, &flags).await?;
            let report = SiteReport::with_secret(&site, &setup.config.site_defaults);
            let text = || Answer::success(format!("{}\n{}", report.text(), snippet(&site, base)));
            Ok(if json { Answer::json(&report) } else { text() })
        }
        Command::Set { site_key, name, flags, turnstile, json } => {
            let change = SiteChange { name, ..turnstile.change()?.into_site_change() };
            set(gate, setup, &site_key, (&flags, change), json).await
        }
        Command::TurnstileSync(arguments) => turnstile_sync::run(&arguments, gate, setup).await,
        Command::List { json } => Ok(list(gate, setup, json)),
        Command::Show { site_key, secret, json } => show(gate, setup, &site_key, secret, json),
        Command::Stats { site_key, json } => stats(gate, site_key.as_deref(), json).await,
        Command::Remove { site_key, json } => {
            gate.engine.remove_site(&site_key).await?;
            Ok(if json {
                Answer::json(&serde_json::json!({ "site_key": site_key, "removed": true }))
            } else {
                Answer::success(format!("{site_key} is removed."))
            })
        }
        Command::RotateSecret { site_key, json } => {
            let site = gate.engine.rotate_secret(&site_key).await?;
            let report = SiteReport::with_secret(&site, &setup.config.site_defaults);
            Ok(if json { Answer::json(&report) } else { Answer::success(site.secret().expose()) })
        }
    }
}

async fn add(
    gate: &Gate,
    name: String,
    site_key: Option<String>,
    flags: &SiteFlags,
) -> Result<Arc<Site>, Failure> {
    let mut settings = SiteSettings::default();
    flags.apply(&mut settings);
    Ok(gate.engine.add_site(NewSite { name, site_key, secret: flags.secret()?, settings }).await?)
}

async fn set(
    gate: &Gate,
    setup: &Setup,
    site_key: &str,
    (flags, change): (&SiteFlags, SiteChange),
    json: bool,
) -> Result<Answer, Failure> {
    let before = gate.engine.site(site_key).ok_or_else(|| SiteError::Unknown(site_key.to_owned()))?;
    let mut settings = before.settings().clone();
    flags.apply(&mut settings);
    let change = SiteChange { secret: flags.secret()?, settings: Some(settings), ..change };
    let site = gate.engine.change_site(site_key, change).await?;
    let report = SiteReport::public(&site, &setup.config.site_defaults);
    Ok(if json { Answer::json(&report) } else { Answer::success(report.text()) })
}

fn list(gate: &Gate, setup: &Setup, json: bool) -> Answer {
    let defaults = &setup.config.site_defaults;
    let sites = gate.engine.sites();
    let reports = sites.iter().map(|site| SiteReport::public(site, defaults)).collect::<Vec<_>>();
    match reports.as_slice() {
        reports if json => Answer::json(&reports),
        [] => Answer::success("There is no site yet: portcullis site add NAME --origin URL"),
        reports => Answer::success(reports.iter().map(SiteReport::row).collect::<String>()),
    }
}

fn show(gate: &Gate, setup: &Setup, site_key: &str, secret: bool, json: bool) -> Result<Answer, Failure> {
    let site = gate.engine.site(site_key).ok_or_else(|| SiteError::Unknown(site_key.to_owned()))?;
    let report = if secret { SiteReport::with_secret } else { SiteReport::public };
    let report = report(&site, &setup.config.site_defaults);
    Ok(if json { Answer::json(&report) } else { Answer::success(report.text()) })
}

async fn stats(gate: &Gate, site_key: Option<&str>, json: bool) -> Result<Answer, Failure> {
    let report = match site_key {
        Some(site_key) => statistics_of(gate, site_key).await?,
        None => {
            let mut sites = Vec::new();
            for site in gate.engine.sites() {
                sites.push(statistics_of(gate, site.site_key()).await?);
            }
            StatisticsReport { sites, ..read(gate, None).await? }
        }
    };
    Ok(if json { Answer::json(&report) } else { Answer::success(report.text()) })
}

async fn statistics_of(gate: &Gate, site_key: &str) -> Result<StatisticsReport, Failure> {
    let site = gate.engine.site(site_key).ok_or_else(|| SiteError::Unknown(site_key.to_owned()))?;
    let counts = read(gate, Some(site.id())).await?;
    Ok(StatisticsReport { site_key: Some(site_key.to_owned()), name: Some(site.name().to_owned()), ..counts })
}

async fn read(gate: &Gate, site: Option<SiteId>) -> Result<StatisticsReport, Failure> {
    Ok(StatisticsReport {
        site_key: None,
        name: None,
        last_hour: gate.engine.statistics(site, 60).await?,
        last_day: gate.engine.statistics(site, 24 * 60).await?,
        sites: Vec::new(),
    })
}

impl StatisticsReport {
    fn text(&self) -> String {
        let mut text = self.name.as_deref().unwrap_or("all sites").to_owned();
        if let Some(site_key) = &self.site_key {
            text += &format!("  {site_key}");
        }
        text += "\n";
        for (span, counts) in [("last hour", &self.last_hour), ("last day", &self.last_day)] {
            text += &format!(
                "  {span:<10} {} challenges, {} redeemed, {} verified\n",
                counts.challenges, counts.redeemed, counts.verified
            );
            for (failure, number) in &counts.failures {
                text += &format!("  {:<10} {number} {failure}\n", "");
            }
        }
        self.sites.iter().fold(text, |text, site| text + "\n" + &site.text())
    }
}
