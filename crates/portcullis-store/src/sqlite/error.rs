//! What can be wrong with a database file, and with a statement on it.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::StoreError;

/// Why a database could not be opened or copied. Each reads as one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The file or its folder is missing or may not be written.
    #[error("cannot write {}: {detail}; check that its folder exists and that this user may write there", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// Another process holds the file and did not let go in time.
    #[error("{} is locked by another process; stop that process or try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else, or is damaged.
    #[error("{} is not a Portcullis database, or is damaged; choose another file or restore a backup", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A later version wrote the file.
    #[error(
        "{} was written by a newer version (schema {found}, this version knows {known}); run that version",
        path.display()
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The file's schema.
        found: u32,
        /// The latest schema that this version knows.
        known: u32,
    },
    /// The backup would overwrite something.
    #[error("{} exists already; name a new file for the backup", path.display())]
    BackupExists {
        /// The file that exists.
        path: PathBuf,
    },
    /// Anything else, such as a full disk.
    #[error("cannot use {}: {detail}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
}

/// Why a statement gave no answer. It turns into a [`DatabaseError`] where a file is opened, and into a
/// [`StoreError`] where a store is asked.
#[derive(Debug)]
pub(super) enum Fault {
    /// SQLite refused.
    Sqlite(rusqlite::Error),
    /// A value is there that this version does not write.
    Unreadable { what: &'static str, detail: String },
    /// The schema is one of a later version.
    Newer { found: u32, known: u32 },
    /// The file belongs to another program.
    Foreign,
    /// SQLite took back the whole transaction.
    Undone,
}

impl Fault {
    /// Says which file it was.
    pub(super) fn at(self, path: &Path) -> DatabaseError {
        let path = path.to_owned();
        match self {
            Self::Newer { found, known } => DatabaseError::NewerSchema { path, found, known },
            Self::Foreign => DatabaseError::NotADatabase { path },
            Self::Undone => DatabaseError::Other { path, detail: UNDONE.into() },
            Self::Unreadable { what, detail } => {
                DatabaseError::Other { path, detail: format!("unreadable {what}: {detail}") }
            }
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    DatabaseError::NotADatabase { path }
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseError::Locked { path },
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                    DatabaseError::NotWritable { path, detail: error.to_string() }
                }
                _ => DatabaseError::Other { path, detail: error.to_string() },
            },
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreadable { what, detail } => Self::Corrupt { what, detail },
            Fault::Newer { .. } | Fault::Foreign => {
                Self::Corrupt { what: "schema", detail: "another version wrote it".into() }
            }
            Fault::Undone => Self::Unavailable(UNDONE.into()),
            Fault::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                    Self::Corrupt { what: "database file", detail: error.to_string() }
                }
                _ => Self::Unavailable(error.to_string()),
            },
        }
    }
}

const UNDONE: &str = "the database took back a transaction; the disk may be full";
