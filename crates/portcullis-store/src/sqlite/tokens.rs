//! The ledger in SQLite: read a row, judge it, write it, inside the writer's transaction.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::Connection;

use super::error::Fault;
use super::forgetting::{Forgetting, forgetting};
use super::values::{from_moment, moment, read};
use super::writer::Writer;
use crate::ledger::{self, Row, Spend};
use crate::{ChallengeId, Redeemed, Redemption, Spending, Spent, StoreError, Tokens, UnixMs};

/// The table `ledger`.
pub(super) struct Ledger {
    pub(super) writer: Arc<Writer>,
}

#[async_trait]
impl Tokens for Ledger {
    async fn redeem(&self, redemption: &Redemption, now: UnixMs) -> Result<Redeemed, StoreError> {
        let redemption = *redemption;
        self.writer
            .once(move |transaction| {
                let (row, horizon) = look_up(transaction, redemption.challenge)?;
                let (redeemed, changed) = ledger::redeem(row.as_ref(), &redemption, horizon, now);
                write(transaction, redemption.challenge, row.as_ref(), changed.as_ref())?;
                Ok(redeemed)
            })
            .await
    }

    async fn spend(&self, spending: &Spending, now: UnixMs) -> Result<Spent, StoreError> {
        spending.check()?;
        let spending = spending.clone();
        self.writer
            .once(move |transaction| {
                let (row, horizon) = look_up(transaction, spending.challenge)?;
                let (spent, changed) = ledger::spend(row.as_ref(), &spending, horizon, now);
                write(transaction, spending.challenge, row.as_ref(), changed.as_ref())?;
                Ok(spent)
            })
            .await
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        FORGETTING.purge(&self.writer, most, now).await
    }
}

/// The row of a challenge, and the horizon where there is no row and so it matters.
///
/// Two plain statements and not a join: for a join SQLite looks at the bound values to choose a plan, and so
/// compiles the statement anew at every use, which took longer than all the rest.
fn look_up(connection: &Connection, challenge: ChallengeId) -> Result<(Option<Row>, UnixMs), Fault> {
    let mut statement = connection.prepare_cached(LOOK_UP)?;
    let mut rows = statement.query([challenge.0])?;
    let Some(row) = rows.next()? else { return Ok((None, FORGETTING.horizon(connection)?)) };
    let spent = if read(row, 3, "ledger")? {
        let key: Option<[u8; 32]> = read(row, 4, "ledger")?;
        let receipt: Option<Vec<u8>> = read(row, 5, "ledger")?;
        Some(Spend { repeatable: key.zip(receipt) })
    } else {
        None
    };
    let (token_expires_at, keep_until) = (moment(row, 1, "ledger")?, moment(row, 2, "ledger")?);
    let row = Row { ordinal: read(row, 0, "ledger")?, token_expires_at, keep_until, spent };
    Ok((Some(row), UnixMs(0)))
}

/// Writes what became of a row, with at most one statement.
fn write(
    connection: &Connection,
    challenge: ChallengeId,
    before: Option<&Row>,
    after: Option<&Row>,
) -> Result<(), Fault> {
    let Some(after) = after else { return Ok(()) };
    let statement = match before {
        None => INSERT,
        // Naming a column rewrites its index, whether it changes or not.
        Some(before) if before.keep_until == after.keep_until => UPDATE,
        Some(_) => UPDATE_AND_KEEP,
    };
    let repeatable = after.spent.as_ref().and_then(|spend| spend.repeatable.as_ref());
    let mut statement = connection.prepare_cached(statement)?;
    statement.raw_bind_parameter(1, challenge.0)?;
    statement.raw_bind_parameter(2, after.ordinal)?;
    statement.raw_bind_parameter(3, from_moment(after.token_expires_at))?;
    statement.raw_bind_parameter(4, after.spent.is_some())?;
    statement.raw_bind_parameter(5, repeatable.map(|(key, _)| key))?;
    statement.raw_bind_parameter(6, repeatable.map(|(_, receipt)| receipt))?;
    if statement.parameter_count() > 6 {
        statement.raw_bind_parameter(7, from_moment(after.keep_until))?;
    }
    statement.raw_execute()?;
    Ok(())
}

const LOOK_UP: &str = "SELECT ordinal, token_expires_at, keep_until, spent, idempotency, receipt FROM ledger WHERE challenge = ?1";
const INSERT: &str = "INSERT INTO ledger \
     (challenge, ordinal, token_expires_at, spent, idempotency, receipt, keep_until) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
const UPDATE: &str = "UPDATE ledger SET ordinal = ?2, token_expires_at = ?3, spent = ?4, idempotency = ?5, \
     receipt = ?6 WHERE challenge = ?1";
const UPDATE_AND_KEEP: &str = "UPDATE ledger SET ordinal = ?2, token_expires_at = ?3, spent = ?4, \
     idempotency = ?5, receipt = ?6, keep_until = ?7 WHERE challenge = ?1";
static FORGETTING: Forgetting = forgetting!("ledger", "challenge");

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::sqlite::schema;

    #[test]
    fn no_statement_of_the_hot_path_is_compiled_twice() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.set_prepared_statement_cache_capacity(40);
        schema::bring_up_to_date(&mut connection).unwrap();
        for number in 0..9 {
            let challenge = ChallengeId([number; 24]);
            let row = Row { ordinal: 0, token_expires_at: UnixMs(5), keep_until: UnixMs(9), spent: None };
            assert_eq!(look_up(&connection, challenge).unwrap(), (None, UnixMs(0)));
            write(&connection, challenge, None, Some(&row)).unwrap();
            let repeatable = Some(([number; 32], vec![number]));
            let spent = Row { ordinal: 1, spent: Some(Spend { repeatable }), ..row.clone() };
            write(&connection, challenge, Some(&row), Some(&spent)).unwrap();
            let longer = Row { keep_until: UnixMs(90), ..spent.clone() };
            write(&connection, challenge, Some(&spent), Some(&longer)).unwrap();
            assert_eq!(look_up(&connection, challenge).unwrap(), (Some(longer), UnixMs(0)));
        }
        let horizon = FORGETTING.horizon.as_ref().unwrap().read;
        for statement in [LOOK_UP, horizon, INSERT, UPDATE, UPDATE_AND_KEEP] {
            let statement = connection.prepare_cached(statement).unwrap();
            assert!(statement.get_status(StatementStatus::Run) >= 9);
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
        }
    }
}
