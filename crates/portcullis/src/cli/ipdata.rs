//! `portcullis ipdata …`: facts about addresses, from files and public lists.

use std::fmt::Write;
use std::net::IpAddr;
use std::path::Path;

use clap::Subcommand;
use portcullis_ipdata::{AddressFacts, AddressFlags, Lookup, PUBLIC_LISTS, Report};
use serde::Serialize;

use super::{Answer, Setup};
use crate::address::{Fetched, ListSource, fetch_all};
use crate::base_url::BaseUrl;
use crate::data_folder::{DataFolder, cannot};
use crate::failure::Failure;

/// What to do with facts about addresses.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Fetch public lists and those of `addresses.lists` into the data folder; a running server takes them over
    Update {
        /// Fetch the public lists from a mirror instead of their publishers
        #[arg(long, value_name = "URL")]
        from: Option<BaseUrl>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell what the files say of an address; nobody is asked
    Show {
        /// The address
        address: IpAddr,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// What became of all lists.
#[derive(Serialize)]
struct UpdateReport {
    /// Where the files are.
    folder: String,
    lists: Vec<ListReport>,
}

/// What became of one list.
#[derive(Serialize)]
struct ListReport {
    file: String,
    url: String,
    /// Ranges, or nodes of a MaxMind file, that are in use now: the last good ones where `error` is set.
    entries: usize,
    error: Option<String>,
}

/// Runs one of the commands.
pub(super) fn run(command: &Command, setup: &Setup) -> Result<Answer, Failure> {
    match command {
        Command::Update { from, json } => update(from.as_ref(), *json, setup),
        Command::Show { address, json } => Ok(show(*address, *json, setup)),
    }
}

fn update(mirror: Option<&BaseUrl>, json: bool, setup: &Setup) -> Result<Answer, Failure> {
    let folder = DataFolder::create(&setup.data)?.address_data();
    std::fs::create_dir_all(&folder).map_err(|error| cannot("make the folder", &folder, &error))?;
    let fetched = fetch_all(sources(mirror, setup), &folder);
    let is_success = fetched.iter().any(|fetched| fetched.outcome.is_ok());
    let report = report(fetched, &folder, &Lookup::built_in().load(&folder));
    let text = if json { super::pretty(&report) } else { table(&report) };
    Ok(Answer { text, is_success })
}

/// The public lists and the operator's, each file once. The operator's word wins, but not over a mirror.
fn sources(mirror: Option<&BaseUrl>, setup: &Setup) -> Vec<ListSource> {
    let public = PUBLIC_LISTS.iter().map(|list| match mirror {
        Some(mirror) => ListSource::mirrored(list, mirror),
        None => ListSource::public(list),
    });
    let mut sources: Vec<_> = public.collect();
    for own in setup.config.addresses.list_sources() {
        match sources.iter_mut().find(|source| source.file == own.file) {
            Some(source) if mirror.is_none() => *source = own,
            Some(_) => {}
            None => sources.push(own),
        }
    }
    sources
}

fn report(fetched: Vec<Fetched>, folder: &Path, loaded: &Report) -> UpdateReport {
    let lists = fetched.into_iter().map(|Fetched { source, outcome }| {
        let file = loaded.files.iter().find(|file| file.file == source.file);
        let entries = file.map_or(0, |file| file.entries);
        let unusable = file.and_then(|file| file.problem.as_ref()).map(ToString::to_string);
        let error = outcome.err().map(|error| error.to_string()).or(unusable);
        ListReport { file: source.file, url: source.url, entries, error }
    });
    UpdateReport { folder: folder.display().to_string(), lists: lists.collect() }
}

fn table(report: &UpdateReport) -> String {
    let mut text = format!("{}\n", report.folder);
    for ListReport { file, url, entries, error } in &report.lists {
        // Writing to a string does not fail.
        let _ = match error {
            None => writeln!(text, "  {file:<30}{entries:>9} entries"),
            Some(error) if *entries > 0 => {
                writeln!(text, "  {file:<30}{entries:>9} entries stay; {url}: {error}")
            }
            Some(error) => writeln!(text, "  {file:<30}  none; {url}: {error}"),
        };
    }
    text
}

fn show(address: IpAddr, json: bool, setup: &Setup) -> Answer {
    let lookup = Lookup::built_in();
    for file in lookup.load(&setup.data.join(crate::data_folder::ADDRESS_DATA)).files {
        if let Some(problem) = file.problem {
            tracing::warn!(file = file.file, %problem, "a file of address data cannot be used");
        }
    }
    let facts = lookup.look_up(address);
    if json { Answer::json(&facts) } else { Answer::success(told(&facts)) }
}

fn told(facts: &AddressFacts) -> String {
    let mut text = format!("class         {:?}\n", facts.class).to_lowercase();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "{name:<14}{value}");
        }
    };
    line("flags", Some(names(facts.flags)));
    line("country", facts.country.clone());
    line("network", facts.asn.map(|number| format!("AS{number}")));
    line("organisation", facts.organisation.clone());
    line("crawler", facts.good_bot.clone());
    let sources: Vec<_> = facts.sources.iter().map(|source| source.source.as_str()).collect();
    line("sources", Some(sources.join(", ")));
    text
}

/// The flags that are raised, by name.
fn names(flags: AddressFlags) -> String {
    let AddressFlags { hosting, proxy, vpn, tor, mobile, datacenter } = flags;
    let all = [
        (hosting, "hosting"),
        (proxy, "proxy"),
        (vpn, "vpn"),
        (tor, "tor"),
        (mobile, "mobile"),
        (datacenter, "datacenter"),
    ];
    all.iter().filter(|(is_raised, _)| *is_raised).map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}
