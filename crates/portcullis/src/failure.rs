//! What went wrong, as an operator reads it: one plain line with what to do.
//!
//! Every error of a lower room ends up here. Nobody is helped by a chain of causes or a backtrace when a port is
//! taken, so a failure is text by the time it is made.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use portcullis_engine::{SiteError, StartError, StoreError};
use portcullis_store::sqlite::DatabaseError;

/// Why a command failed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    lines: Vec<String>,
    is_usage: bool,
}

impl Failure {
    /// A failure that reads `what; remedy`.
    pub(crate) fn new(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self::line(format!("{what}; {remedy}"))
    }

    /// A failure whose line says everything already.
    pub(crate) fn line(line: impl fmt::Display) -> Self {
        Self::lines(vec![line.to_string()])
    }

    /// Several failures at once, one line each.
    pub(crate) fn lines(lines: Vec<String>) -> Self {
        // A line break inside a file name or a library's message must not make two lines of one.
        Self { lines: lines.iter().map(|line| line.replace(['\n', '\r'], " ")).collect(), is_usage: false }
    }

    /// A command line that asks for something impossible.
    pub(crate) fn usage(line: impl fmt::Display) -> Self {
        Self { is_usage: true, ..Self::line(line) }
    }

    /// Writes the lines to standard error and answers the exit status: 1, or 2 for a wrong command line.
    pub(crate) fn report(&self) -> ExitCode {
        // Where standard error is closed nobody is left to be told.
        let _ = write!(std::io::stderr().lock(), "{self}");
        ExitCode::from(if self.is_usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "portcullis: {line}"))
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        Self::line(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error, "check the disk that holds the data folder")
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::MasterKey => Self::new(
                error,
                "put the right one into master.key in the data folder or into PORTCULLIS_MASTER_KEY",
            ),
            StartError::Store(error) => error.into(),
        }
    }
}

impl From<SiteError> for Failure {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Unknown(_) => Self::new(error, "portcullis site list shows the site keys there are"),
            SiteError::Name | SiteError::SiteKey | SiteError::Settings(_) => Self::usage(error),
            SiteError::Duplicate(_) => Self::new(error, "give each site a secret of its own"),
            SiteError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_one_line_per_problem() {
        assert_eq!(
            Failure::new("cannot read a\nb", "look again").to_string(),
            "portcullis: cannot read a b; look again\n"
        );
        let two = Failure::lines(vec!["one".to_owned(), "two".to_owned()]);
        assert_eq!(two.to_string(), "portcullis: one\nportcullis: two\n");
    }
}
