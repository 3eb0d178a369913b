//! The database file: opening connections to it, and copying it.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::error::{DatabaseError, Fault};
use super::{Durability, schema};

/// Opens the writing connection, and makes the file where there is none.
pub(super) fn open(path: &Path, durability: Durability) -> Result<Connection, DatabaseError> {
    make(path).map_err(not_writable(path))?;
    prepare(path, durability).map_err(|fault| fault.at(path))
}

/// Makes the file where there is none, so that nobody else may read it: SQLite would ask the umask. Its log and
/// its shared memory take after it.
fn make(path: &Path) -> io::Result<()> {
    match owner_only(OpenOptions::new().write(true).create_new(true)).open(path) {
        Ok(file) => {
            // Never closed: POSIX would drop all locks that this process holds on the file, and SQLite may have
            // taken some by now for another connection.
            std::mem::forget(file);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn prepare(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    let connection = connect(path)?;
    schema::check_owner(&connection)?;
    switch_to_log(&connection)?;
    let synchronous = match durability {
        Durability::ProcessDeath => "NORMAL",
        Durability::PowerLoss => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// Turns on the write-ahead log. The file remembers it, so this is work for the first opening only.
fn switch_to_log(connection: &Connection) -> Result<(), Fault> {
    connection.busy_timeout(BUSY_WAIT / SWITCH_TRIES)?;
    for tries_left in (0..SWITCH_TRIES).rev() {
        let journal: rusqlite::Result<String> =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0));
        match journal {
            Ok(journal) if journal == "wal" => break,
            Ok(_) => {
                let detail = "the file system does not support a write-ahead log; use a local disk".into();
                return Err(Fault::Unreadable { what: "journal mode", detail });
            }
            // Of two processes that switch at once, SQLite turns one away without waiting.
            Err(error) if tries_left > 0 && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(SWITCH_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
    connection.busy_timeout(BUSY_WAIT)?;
    Ok(())
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
/// How often the write-ahead log is asked for.
const SWITCH_TRIES: u32 = 20;
const SWITCH_PAUSE: Duration = Duration::from_millis(10);
/// Pages of 4 KiB in the log before they are folded into the file: fewer folds, at 16 MiB of disk.
const CHECKPOINT_PAGES: u32 = 4_000;
/// Bytes that the log keeps on disk once it was folded in. A backup lets it grow while it lasts.
const LOG_BYTES: u32 = 64 << 20;
/// KiB of pages that a connection may hold in memory. The working end of the ledger fits many times over.
const CACHE_KIB: i32 = 8_192;
/// Prepared statements that a connection keeps: more than there are.
const STATEMENTS: usize = 40;
