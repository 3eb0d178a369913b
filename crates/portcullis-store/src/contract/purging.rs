//! What adapters promise that forget when they are told to, and know no other clock than `now`.
//!
//! A remote store that lets rows expire by its own clock keeps the other rules, and refuses what that clock says is
//! over.

use super::tokens::{redeem, spend};
use super::{KEEP_MS, NOON, TOKEN_MS, challenge, flows, quotas, redemption, redemption_at, spending};
use crate::{ChallengeId, Consumed, Redeemed, Redemption, Spending, Spent, Stores, UnixMs};

/// Purging removes a row once its time has come, and not a millisecond sooner.
pub async fn purge_keeps_what_must_be_kept(stores: &Stores) {
    spend(stores, spending(1, 0), NOON).await;
    let last = NOON.plus(KEEP_MS - 1);
    assert_eq!(stores.tokens.purge(1_000, last).await.expect("purges"), 0);
    assert_eq!(spend(stores, spending(1, 0), last).await, Spent::Already);
    let over = NOON.plus(KEEP_MS);
    assert_eq!(stores.tokens.purge(1_000, over).await.expect("purges"), 1);
    assert_eq!(stores.tokens.purge(1_000, over).await.expect("purges"), 0);
}

/// A purge in steps takes every row in the end.
pub async fn purge_removes_no_more_than_asked(stores: &Stores) {
    for number in 0..400 {
        spend(stores, spending(number, 0), NOON).await;
    }
    let over = NOON.plus(KEEP_MS);
    for (most, removed) in [(0, 0), (1, 1), (300, 300), (300, 99), (300, 0)] {
        assert_eq!(stores.tokens.purge(most, over).await.expect("purges"), removed);
    }
}

/// Where a later token must be remembered longer, so is the row.
pub async fn a_later_token_keeps_the_row_longer(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let later = NOON.plus(TOKEN_MS);
    let keep_until = NOON.plus(2 * KEEP_MS);
    let longer = Redemption { keep_until, ..redemption_at(1, later) };
    assert_eq!(redeem(stores, longer, later).await, Redeemed::Reissued(1));
    assert_eq!(stores.tokens.purge(1_000, NOON.plus(KEEP_MS)).await.expect("purges"), 0);
    assert_eq!(stores.tokens.purge(1_000, keep_until).await.expect("purges"), 1);
}

/// A token that was spent and forgotten stays spent when the clock goes back.
pub async fn a_clock_set_back_does_not_revive_what_was_purged(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Now);
    assert_eq!(stores.tokens.purge(1_000, NOON.plus(KEEP_MS)).await.expect("purges"), 1);
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Already);
    assert_eq!(redeem(stores, redemption(1), NOON).await, Redeemed::TooLate);
}

/// The beginning of time is a time like others.
pub async fn the_beginning_of_time_is_no_trouble(stores: &Stores) {
    let first_ever = ChallengeId::new(UnixMs(0), [0xff; 16]);
    let ancient = Spending { challenge: first_ever, keep_until: UnixMs(2), ..spending(1, 0) };
    assert_eq!(spend(stores, ancient, UnixMs(1)).await, Spent::Now);
    assert_eq!(stores.attempts.begin(first_ever, UnixMs(2), UnixMs(0)).await.expect("answers"), UnixMs(0));
    let attempt = stores.attempts.attempt(first_ever, 1, UnixMs(2), UnixMs(1)).await.expect("answers");
    assert_eq!(attempt.and_then(|attempt| attempt.began_at), Some(UnixMs(0)));
}

/// Purging removes a step once its time has come, not a millisecond sooner, and no more than asked.
pub async fn purge_keeps_budgets_that_must_be_kept(stores: &Stores) {
    for number in 0..300 {
        attempt(stores, number, NOON).await.expect("is granted");
    }
    let (last, over) = (NOON.plus(KEEP_MS - 1), NOON.plus(KEEP_MS));
    assert_eq!(stores.attempts.purge(1_000, last).await.expect("purges"), 0);
    assert_eq!(attempt(stores, 0, last).await, None);
    for (most, removed) in [(0, 0), (1, 1), (200, 200), (200, 99), (200, 0)] {
        assert_eq!(stores.attempts.purge(most, over).await.expect("purges"), removed);
    }
}

/// A budget that was spent and forgotten stays spent when the clock goes back; what began later is open.
pub async fn a_clock_set_back_does_not_revive_a_spent_budget(stores: &Stores) {
    attempt(stores, 1, NOON).await.expect("is granted");
    assert_eq!(stores.attempts.purge(1_000, NOON.plus(1 << 40)).await.expect("purges"), 1);
    assert_eq!(attempt(stores, 1, NOON).await, None);
    stores.attempts.begin(challenge(1), NOON.plus(KEEP_MS), NOON).await.expect("answers");
    assert_eq!(attempt(stores, 1, NOON).await, None);
    let later = NOON.plus(KEEP_MS + 1);
    let granted = stores.attempts.attempt(challenge(2), 1, later, NOON).await.expect("answers");
    assert_eq!(granted.map(|granted| granted.number), Some(1));
}

/// Purging removes a flow once its time has come, fetched or not, and neither sooner nor more than asked.
pub async fn purge_keeps_flows_that_must_be_kept(stores: &Stores) {
    for number in 0..300 {
        assert!(flows::finish(stores, number, b"verdict", NOON).await);
    }
    flows::consume(stores, 1, NOON).await;
    let (last, over) = (NOON.plus(KEEP_MS - 1), NOON.plus(KEEP_MS));
    assert_eq!(stores.flows.purge(1_000, last).await.expect("purges"), 0);
    assert_eq!(flows::consume(stores, 0, last).await, Consumed::Now(b"verdict".to_vec()));
    for (most, removed) in [(0, 0), (1, 1), (200, 200), (200, 99), (200, 0)] {
        assert_eq!(stores.flows.purge(most, over).await.expect("purges"), removed);
    }
}

/// A flow that was forgotten is not finished again when the clock goes back; one that is kept for longer is.
pub async fn a_clock_set_back_does_not_revive_a_flow(stores: &Stores) {
    assert!(flows::finish(stores, 1, b"verdict", NOON).await);
    assert_eq!(stores.flows.purge(1_000, NOON.plus(1 << 40)).await.expect("purges"), 1);
    assert!(!flows::finish(stores, 1, b"again", NOON).await);
    assert_eq!(flows::consume(stores, 1, NOON).await, Consumed::Unknown);
    let later = NOON.plus(KEEP_MS + 1);
    assert!(stores.flows.finish(flows::flow(2), b"verdict", later, NOON).await.expect("answers"));
}

/// Purging removes a quota once its time has come, used up or not, and neither sooner nor more than asked.
pub async fn purge_keeps_quotas_that_must_be_kept(stores: &Stores) {
    for number in 0..300 {
        assert_eq!(quotas::count(stores, number, 1, NOON).await, Some(1));
    }
    let last = NOON.plus(quotas::MONTH_MS - 1);
    assert_eq!(stores.quotas.purge(1_000, last).await.expect("purges"), 0);
    assert_eq!(quotas::count(stores, 0, 1, last).await, None);
    for (most, removed) in [(0, 0), (1, 1), (200, 200), (200, 99), (200, 0)] {
        assert_eq!(stores.quotas.purge(most, quotas::over()).await.expect("purges"), removed);
    }
}

/// A quota that a clock that ran ahead has purged starts over once the clock is set right, and so does every other.
/// To steps, flows and tokens it is nothing.
pub async fn a_forgotten_quota_starts_over_and_closes_nothing(stores: &Stores) {
    assert_eq!(quotas::count(stores, 1, 1, NOON).await, Some(1));
    assert_eq!(quotas::count(stores, 1, 1, NOON).await, None);
    assert_eq!(stores.quotas.purge(1_000, NOON.plus(1 << 40)).await.expect("purges"), 1);
    for quota in [1, 2] {
        assert_eq!(quotas::count(stores, quota, 1, NOON).await, Some(1));
        assert_eq!(quotas::count(stores, quota, 1, NOON).await, None);
    }
    assert_eq!(attempt(stores, 3, NOON).await, Some(1));
    assert!(flows::finish(stores, 3, b"verdict", NOON).await);
    assert_eq!(redeem(stores, redemption(3), NOON).await, Redeemed::First);
}

/// Makes the one attempt that the step has.
async fn attempt(stores: &Stores, number: u32, now: UnixMs) -> Option<u32> {
    let keep_until = NOON.plus(KEEP_MS);
    let granted = stores.attempts.attempt(challenge(number), 1, keep_until, now).await.expect("answers");
    granted.map(|granted| granted.number)
}
