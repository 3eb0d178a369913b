//! The rule of the ledger: what one row, and a wish to change it, add up to.
//!
//! The rule is a pure function, so that every adapter that can read and write a row under one lock shares it
//! and differs only in how it locks. An adapter that cannot (a remote store with scripts of its own) restates
//! the rule there, and the contract suite compares the two.
//!
//! # The horizon
//!
//! Purging forgets rows, and a clock that is set back would make a forgotten token good again. So an adapter
//! remembers the *horizon*: the latest `keep_until` that it ever purged. What need not be remembered beyond the
//! horizon may have been forgotten already, and an absent row is then no proof of being new. The horizon never
//! passes the `keep_until` of a row that was there, so a clock that only jumped ahead and back closes the ledger to
//! nothing new. A clock that ran ahead for hours, long enough to issue challenges and purge them again, does: until
//! the time that it showed then, first redemptions are refused. Nothing less would be safe, because rows of before
//! the jump were purged with them.

use crate::{Redeemed, Redemption, Spending, Spent, UnixMs};

/// One challenge in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The ordinal of the latest token.
    pub(crate) ordinal: u8,
    /// When the latest token ceases to be spendable; the epoch where this ledger issued none.
    pub(crate) token_expires_at: UnixMs,
    /// Until when the row must be remembered.
    pub(crate) keep_until: UnixMs,
    /// How the latest token was spent, if it was.
    pub(crate) spent: Option<Spend>,
}

/// How a token was spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spend {
    /// Under which idempotency key, and what to answer to it again.
    pub(crate) repeatable: Option<([u8; 32], Vec<u8>)>,
}

/// Judges a redemption. Answers with the row to write where the ledger changes.
pub(crate) fn redeem(
    row: Option<&Row>,
    redemption: &Redemption,
    horizon: UnixMs,
    now: UnixMs,
) -> (Redeemed, Option<Row>) {
    let issued = |ordinal, keep_until| Row {
        ordinal,
        token_expires_at: redemption.token_expires_at,
        keep_until,
        spent: None,
    };
    let Some(row) = row else {
        let remembered = redemption.keep_until > now.max(horizon);
        return if redemption.first_allowed && remembered {
            (Redeemed::First, Some(issued(0, redemption.keep_until)))
        } else {
            (Redeemed::TooLate, None)
        };
    };
    let keep_until = row.keep_until.max(redemption.keep_until);
    if row.spent.is_some() {
        (Redeemed::TokenSpent, None)
    } else if now < row.token_expires_at {
        (Redeemed::TokenLive, None)
    } else if row.ordinal >= redemption.reissues {
        (Redeemed::Exhausted, None)
    } else if keep_until <= now {
        (Redeemed::TooLate, None)
    } else {
        // Below `reissues`, so one more still fits.
        let ordinal = row.ordinal + 1;
        (Redeemed::Reissued(ordinal), Some(issued(ordinal, keep_until)))
    }
}

/// Judges a spending. Answers with the row to write where the ledger changes.
pub(crate) fn spend(
    row: Option<&Row>,
    spending: &Spending,
    horizon: UnixMs,
    now: UnixMs,
) -> (Spent, Option<Row>) {
    let Some(row) = row else {
        return if spending.keep_until > now.max(horizon) {
            (Spent::Now, Some(spent(UnixMs(0), spending.keep_until, spending)))
        } else {
            (Spent::Already, None)
        };
    };
    let keep_until = row.keep_until.max(spending.keep_until);
    match &row.spent {
        Some(spend) if spending.ordinal == row.ordinal => match (&spend.repeatable, spending.idempotency) {
            (Some((key, receipt)), Some(again)) if *key == again => (Spent::Repeated(receipt.clone()), None),
            _ => (Spent::Already, None),
        },
        Some(_) => (Spent::Already, None),
        None if spending.ordinal < row.ordinal || keep_until <= now => (Spent::Already, None),
        // A later ordinal than the row's is one whose issue was lost with the disk: good, and never twice.
        None => (Spent::Now, Some(spent(row.token_expires_at, keep_until, spending))),
    }
}

fn spent(token_expires_at: UnixMs, keep_until: UnixMs, spending: &Spending) -> Row {
    // Without an idempotency key nobody can ever ask for the receipt again.
    let repeatable = spending.idempotency.map(|key| (key, spending.receipt.clone()));
    Row { ordinal: spending.ordinal, token_expires_at, keep_until, spent: Some(Spend { repeatable }) }
}
