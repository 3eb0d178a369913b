//! The database file: opening connections to it, and copying it.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::error::{DatabaseError, Fault};
use super::{Durability, schema};

/// Opens the writing connection, and makes the file where there is none.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, DatabaseError> {
    // Made here and not by SQLite, so that nobody else may read it: SQLite would ask the umask. Its log and its
    // shared memory take after it.
    owner_only(OpenOptions::new().read(true).write(true).create(true))
        .open(path)
        .map_err(not_writable(path))?;
    prepare(path, durability).map_err(|fault| fault.at(path))
}

fn prepare(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    let connection = connect(path)?;
    schema::check_owner(&connection)?;
    let journal: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if journal != "wal" {
        let detail = "the file system does not support a write-ahead log; use a local disk".into();
        return Err(Fault::Unreadable { what: "journal mode", detail });
    }
    let synchronous = match durability {
        Durability::ProcessDeath => "NORMAL",
        Durability::PowerLoss => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, Fault> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Copies the database at `from` into the new file `to`, as it stands at one moment.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), DatabaseError> {
    let exists = |error: io::Error| match error.kind() {
        ErrorKind::AlreadyExists => DatabaseError::BackupExists { path: to.into() },
        _ => not_writable(to)(error),
    };
    // SQLite takes an empty file for a new one. Making it here settles a race for the name, and who may read it.
    let file = owner_only(OpenOptions::new().write(true).create_new(true)).open(to).map_err(exists)?;
    let copied = vacuum_into(from, to).and_then(|()| file.sync_all().map_err(not_writable(to)));
    if copied.is_err() {
        // The copy's own failure is the one to tell; an empty file left behind only asks for another name.
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn vacuum_into(from: &Path, to: &Path) -> Result<(), DatabaseError> {
    let Some(name) = to.to_str() else {
        return Err(DatabaseError::Other { path: to.into(), detail: "its name is not UTF-8".into() });
    };
    let connection = connect(from).map_err(|fault| fault.at(from))?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(|error| Fault::from(error).at(to))?;
    Ok(())
}

fn not_writable(path: &Path) -> impl Fn(io::Error) -> DatabaseError {
    move |error| DatabaseError::NotWritable { path: path.into(), detail: error.to_string() }
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// How long a statement waits for another process to finish writing.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Pages of 4 KiB in the log before they are folded into the file: fewer folds, at 16 MiB of disk.
const CHECKPOINT_PAGES: u32 = 4_000;
/// KiB of pages that a connection may hold in memory. The working end of the ledger fits many times over.
const CACHE_KIB: i32 = 8_192;
/// Prepared statements that a connection keeps: more than there are.
const STATEMENTS: usize = 40;
