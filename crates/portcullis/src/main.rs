//! Portcullis: one binary that guards forms.
//!
//! This is the outermost room, and the only one that knows files, the environment, HTTP and a terminal. It puts
//! the parts together and judges nothing: the rules live in `portcullis-engine`, the dialects in
//! `portcullis-protocol`.
//!
//! - [`cli`] reads the command line, which scripts rely on, and runs one command;
//! - [`config`] reads the settings from file, environment and flags;
//! - [`data_folder`] is what the embedded mode keeps on disk, and [`gate`] opens an engine on it;
//! - [`address`] knows something about visitors' addresses, [`turnstile`] asks Cloudflare about them;
//! - [`serve`] accepts connections and hands them to [`http`];
//! - [`client`] is the other side: it solves challenges and verifies tokens over HTTP;
//! - [`http_client`] has the rules by which this server asks others, [`circuit`] when it leaves them alone;
//! - [`log`] says where log lines go, [`failure`] how an operator's error reads.

use std::process::ExitCode;

use clap::Parser;

mod address;
mod base_url;
mod circuit;
mod cli;
mod client;
mod config;
mod data_folder;
mod domain_files;
mod failure;
mod gate;
mod http;
mod http_client;
mod log;
mod serve;
mod site_check;
mod turnstile;
mod upstash;

fn main() -> ExitCode {
    match cli::run(cli::Arguments::parse()) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
