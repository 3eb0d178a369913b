//! The ledger in Redis: one hash per challenge.

use std::sync::Arc;

use async_trait::async_trait;

use super::script::{Scripts, hex, moment, unreadable};
use crate::{Redeemed, Redemption, Spending, Spent, StoreError, Tokens, UnixMs};

/// Rows under keys of kind `t`.
pub(super) struct Ledger {
    pub(super) scripts: Arc<Scripts>,
}

#[async_trait]
impl Tokens for Ledger {
    async fn redeem(&self, redemption: &Redemption, now: UnixMs) -> Result<Redeemed, StoreError> {
        let arguments: [&str; 5] = [
            &moment(now),
            &moment(redemption.token_expires_at),
            &moment(redemption.keep_until),
            if redemption.first_allowed { "1" } else { "0" },
            &redemption.reissues.to_string(),
        ];
        let answer = self.scripts.run(REDEEM, 't', &redemption.challenge.0, &arguments).await?;
        Ok(match answer.text(0)? {
            "first" => Redeemed::First,
            "reissued" => Redeemed::Reissued(answer.number(1)?.try_into().map_err(|_| unreadable(1))?),
            "live" => Redeemed::TokenLive,
            "spent" => Redeemed::TokenSpent,
            "exhausted" => Redeemed::Exhausted,
            "too late" => Redeemed::TooLate,
            _ => return Err(unreadable(0)),
        })
    }

    async fn spend(&self, spending: &Spending, now: UnixMs) -> Result<Spent, StoreError> {
        spending.check()?;
        let idempotency = spending.idempotency.map(|key| hex(&key));
        // Without an idempotency key nobody can ever ask for the receipt again.
        let receipt = idempotency.as_ref().map(|_| hex(&spending.receipt));
        let arguments: [&str; 5] = [
            &moment(now),
            &spending.ordinal.to_string(),
            &moment(spending.keep_until),
            idempotency.as_deref().unwrap_or_default(),
            receipt.as_deref().unwrap_or_default(),
        ];
        let answer = self.scripts.run(SPEND, 't', &spending.challenge.0, &arguments).await?;
        Ok(match answer.text(0)? {
            "now" => Spent::Now,
            "repeated" => Spent::Repeated(answer.bytes(1)?),
            "already" => Spent::Already,
            _ => return Err(unreadable(0)),
        })
    }

    async fn purge(&self, _most: u32, _now: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

const REDEEM: &str = include_str!("redeem.lua");
const SPEND: &str = include_str!("spend.lua");
