//! The schema, step by step.
//!
//! Each step is a numbered SQL file that is never edited once released. `user_version` in the file tells how
//! many steps it has taken, and a step and its number are one transaction, so that a death in between or two
//! processes that open a new file at once do no harm.

use rusqlite::{Connection, TransactionBehavior};

use super::error::Fault;

/// Refuses a file that another program made.
pub(super) fn check_owner(connection: &Connection) -> Result<(), Fault> {
    // In this order: another process that makes the file just now marks it no later than it makes its tables.
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if application == APPLICATION || (application == 0 && tables == 0) { Ok(()) } else { Err(Fault::Foreign) }
}

/// Takes the steps that the file has not taken yet.
pub(super) fn bring_up_to_date(connection: &mut Connection) -> Result<(), Fault> {
    if taken(connection)? == STEPS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in STEPS.iter().skip(taken(&transaction)?) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", KNOWN)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    Ok(())
}

/// How many steps the file has taken.
fn taken(connection: &Connection) -> Result<usize, Fault> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let taken = usize::try_from(found).unwrap_or(usize::MAX);
    if taken > STEPS.len() {
        return Err(Fault::Newer { found, known: KNOWN });
    }
    Ok(taken)
}

const STEPS: [&str; 4] = [
    include_str!("schema/0001_stores.sql"),
    include_str!("schema/0002_attempts_and_models.sql"),
    include_str!("schema/0003_flows.sql"),
    include_str!("schema/0004_quotas.sql"),
];
/// The schema that this version writes.
const KNOWN: u32 = STEPS.len() as u32;
/// Marks a file as ours: "Port" in ASCII.
const APPLICATION: i64 = 0x506f_7274;
