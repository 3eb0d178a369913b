//! The command line. Scripts rely on it: what stands here is an interface.
//!
//! A command answers text for standard output and whether it succeeded; only the server prints by itself. The exit
//! status is 0, 1 for a failure or a refused token, 2 for a wrong command line.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::base_url::BaseUrl;
use crate::config;
use crate::failure::Failure;
use crate::http;

pub(crate) use setup::{GlobalFlags, Setup};

mod assets;
mod bench;
mod check_site;
mod folder;
mod healthcheck;
mod ipdata;
mod keys;
mod policy_flags;
mod puzzle;
mod setup;
mod site;
mod site_flags;
mod site_report;
mod site_snippet;
mod solve;
mod turnstile_flags;
mod turnstile_sync;
mod verify;

/// A self-hosted gate against bots. Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(flatten)]
    global: GlobalFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what happens without a command, too)
    Serve,
    /// Add, change, show and remove sites; a running server notices within two seconds
    #[command(subcommand)]
    Site(site::Command),
    /// Replace the keys that seal challenges and tokens
    #[command(subcommand)]
    Keys(keys::Command),
    /// Fetch and look at facts about addresses
    #[command(subcommand)]
    Ipdata(ipdata::Command),
    /// Fetch a challenge, solve it and print the token
    Solve(solve::Arguments),
    /// Verify a token as a site's backend does, which spends it
    Verify(verify::Arguments),
    /// Tell whether a page has left another captcha behind, and whether its policy lets this server in
    CheckSite(check_site::Arguments),
    /// Tell everything that is wrong with the settings
    CheckConfig,
    /// Print every setting, its default and its range, as Markdown
    ConfigReference,
    /// Write all data but the master key to a new file; a running server goes on
    Backup {
        /// The file to make
        file: PathBuf,
    },
    /// Replace all data by what a backup holds; no server may run on the folder
    Restore {
        /// The backup
        file: PathBuf,
        /// Overwrite the data that is there
        #[arg(long)]
        force: bool,
    },
    /// List the scripts that the server hands out, with the hashes for `integrity` attributes
    Assets {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document
    Openapi,
    /// Measure the functions that the server's speed depends on, on this machine
    Bench(bench::Arguments),
    /// Make puzzles' pictures and look at their answers
    #[command(subcommand)]
    Puzzle(puzzle::Command),
    /// Ask a running server whether it is ready
    Healthcheck {
        /// The server's address; without it, the one that the settings name
        base_url: Option<BaseUrl>,
    },
}

/// What a command has to say.
pub(crate) struct Answer {
    /// For standard output.
    text: String,
    /// Whether the exit status is 0.
    is_success: bool,
}

impl Answer {
    /// A success that prints `text`.
    fn success(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_success: true }
    }

    /// A success that prints JSON.
    fn json(value: &impl serde::Serialize) -> Self {
        Self::success(pretty(value))
    }
}

/// Runs one command.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let global = &arguments.global;
    let answer = match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            crate::serve::run(Setup::read(global)?)?;
            Answer::success("")
        }
        Command::Site(command) => site::run(command, &Setup::for_command(global)?)?,
        Command::Keys(command) => keys::run(&command, &Setup::for_command(global)?)?,
        Command::Ipdata(command) => ipdata::run(&command, &Setup::for_command(global)?)?,
        Command::Puzzle(command) => puzzle::run(&command, || Setup::for_command(global))?,
        Command::Solve(arguments) => solve::run(&arguments)?,
        Command::Verify(arguments) => verify::run(&arguments)?,
        Command::CheckSite(arguments) => check_site::run(&arguments)?,
        Command::CheckConfig => Answer::success(Setup::for_command(global)?.check()),
        Command::ConfigReference => Answer::success(config::reference()),
        Command::Backup { file } => folder::backup(&file, &Setup::for_command(global)?)?,
        Command::Restore { file, force } => folder::restore(&file, force, &Setup::for_command(global)?)?,
        Command::Assets { json } => assets::run(json),
        Command::Openapi => Answer::success(http::openapi::document()),
        Command::Bench(arguments) => bench::run(&arguments)?,
        Command::Healthcheck { base_url } => healthcheck::run(base_url, global)?,
    };
    print(&answer.text)?;
    Ok(if answer.is_success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints to standard output, with a line break at the end.
fn print(text: &str) -> Result<(), Failure> {
    let line_break = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let mut output = std::io::stdout().lock();
    match write!(output, "{text}{line_break}").and_then(|()| output.flush()) {
        // Whoever reads has seen enough, as with `| head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(error, "check where standard output goes")),
        Ok(()) => Ok(()),
    }
}

/// JSON for people and scripts alike.
fn pretty(value: &impl serde::Serialize) -> String {
    // Invariant: reports have string keys and no values that JSON cannot hold.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Runs a command's asynchronous part on this thread.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(error, "check the limits on files"))?.block_on(work)
}

/// A secret from the command line; `-` reads it from standard input, where no list of processes shows it.
fn secret_argument(argument: &str) -> Result<String, Failure> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| Failure::new(error, "write the secret to standard input"))?;
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
