//! Where log lines go: standard error, as text or JSON.
//!
//! Lines are an interface: operators watch for them. Each is listed in docs/LOGGING.md. None carries a secret, a
//! token or a visitor's full address.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::config::{Log, LogFormat, LogLevel};

/// Starts logging for the server.
pub(crate) fn start(settings: &Log) {
    start_at(settings, level(settings.level));
    // A panic in one request is caught further out; here it is made a line like any other. Its message is left
    // to the debugger, as it may quote what a visitor sent.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "internal error");
    }));
}

/// Starts logging for a command that is over in a moment: only what went wrong.
pub(crate) fn start_quiet(settings: &Log) {
    start_at(settings, level(settings.level).min(LevelFilter::WARN));
}

fn start_at(settings: &Log, level: LevelFilter) {
    // Other people's libraries are listened to only where they warn.
    let filter = Targets::new().with_default(level.min(LevelFilter::WARN)).with_targets(
        ["portcullis", "portcullis_engine", "portcullis_protocol", "portcullis_store"]
            .map(|own| (own, level)),
    );
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match settings.format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_target(false).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
