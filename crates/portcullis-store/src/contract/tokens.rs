//! What the ledger promises.

use tokio::task::JoinSet;

use super::{KEEP_MS, NOON, TOKEN_MS, redemption, redemption_at, repeatable, spending};
use crate::{Redeemed, Redemption, Spending, Spent, StoreError, Stores, UnixMs};

/// Of 64 racing redemptions of one challenge, one is the first, and all others find its token.
pub async fn racing_redeems_give_one_first(stores: &Stores) {
    for number in 0..8 {
        let answers = race(64, |_| {
            let tokens = stores.tokens.clone();
            async move { tokens.redeem(&redemption(number), NOON).await.expect("answers") }
        });
        let answers = answers.await;
        assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::First).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::TokenLive).count(), 63);
    }
}

/// Of 64 racing redemptions after the first token ran out, one is answered with the next.
pub async fn racing_reissues_give_one(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let later = NOON.plus(TOKEN_MS);
    let answers = race(64, |_| {
        let tokens = stores.tokens.clone();
        async move { tokens.redeem(&redemption_at(1, later), later).await.expect("answers") }
    });
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::Reissued(1)).count(), 1);
    assert_eq!(answers.iter().filter(|answer| **answer == Redeemed::TokenLive).count(), 63);
}

/// Of 64 racing spendings of one token, one spends it.
pub async fn racing_spends_give_one_now(stores: &Stores) {
    for number in 0..8 {
        redeem(stores, redemption(number), NOON).await;
        let answers = race_to_spend(stores, |_| spending(number, 0)).await;
        assert_eq!(answers.iter().filter(|answer| **answer == Spent::Now).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == Spent::Already).count(), 63);
    }
}

/// The same where the ledger never heard of the challenge.
pub async fn racing_spends_of_an_unknown_row_give_one_now(stores: &Stores) {
    let answers = race_to_spend(stores, |_| spending(1, 0)).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Now).count(), 1);
}

/// A token that the ledger never issued is spent once, and blocks its challenge from then on.
pub async fn an_unknown_row_is_spent_once(stores: &Stores) {
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Now);
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Already);
    assert_eq!(redeem(stores, redemption(1), NOON).await, Redeemed::TokenSpent);
}

/// A token blocks another until the millisecond in which it expires.
pub async fn a_live_token_blocks_and_an_expired_one_does_not(stores: &Stores) {
    assert_eq!(redeem(stores, redemption(1), NOON).await, Redeemed::First);
    let last = NOON.plus(TOKEN_MS - 1);
    assert_eq!(redeem(stores, redemption_at(1, last), last).await, Redeemed::TokenLive);
    let expired = NOON.plus(TOKEN_MS);
    assert_eq!(redeem(stores, redemption_at(1, expired), expired).await, Redeemed::Reissued(1));
}

/// Once a token was spent, no other follows, expired or not.
pub async fn a_spent_token_ends_the_challenge(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Now);
    for later in [0, TOKEN_MS, KEEP_MS - 1] {
        let now = NOON.plus(later);
        assert_eq!(redeem(stores, redemption_at(1, now), now).await, Redeemed::TokenSpent);
    }
}

/// Ordinals count up to `reissues` and no further.
pub async fn reissues_count_up_and_end(stores: &Stores) {
    let mut now = NOON;
    assert_eq!(redeem(stores, redemption_at(1, now), now).await, Redeemed::First);
    for ordinal in 1..=3 {
        now = now.plus(TOKEN_MS);
        assert_eq!(redeem(stores, redemption_at(1, now), now).await, Redeemed::Reissued(ordinal));
    }
    assert_eq!(redeem(stores, redemption_at(1, now), now).await, Redeemed::TokenLive);
    now = now.plus(TOKEN_MS);
    assert_eq!(redeem(stores, redemption_at(1, now), now).await, Redeemed::Exhausted);
}

/// With no reissues, a challenge gives one token.
pub async fn without_reissues_there_is_one_token(stores: &Stores) {
    let once = |now| Redemption { reissues: 0, ..redemption_at(1, now) };
    assert_eq!(redeem(stores, once(NOON), NOON).await, Redeemed::First);
    let later = NOON.plus(TOKEN_MS);
    assert_eq!(redeem(stores, once(later), later).await, Redeemed::Exhausted);
}

/// A first redemption that is not allowed any more changes nothing.
pub async fn a_late_first_redemption_leaves_no_row(stores: &Stores) {
    let late = Redemption { first_allowed: false, ..redemption(1) };
    assert_eq!(redeem(stores, late, NOON).await, Redeemed::TooLate);
    assert_eq!(redeem(stores, redemption(1), NOON).await, Redeemed::First);
}

/// A further redemption does not ask whether a first one would still be allowed.
pub async fn a_late_reissue_needs_no_first(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let later = NOON.plus(TOKEN_MS);
    let late = Redemption { first_allowed: false, ..redemption_at(1, later) };
    assert_eq!(redeem(stores, late, later).await, Redeemed::Reissued(1));
}

/// The token that was replaced is worth nothing; the one that replaced it is.
pub async fn a_superseded_token_cannot_be_spent(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let later = NOON.plus(TOKEN_MS);
    redeem(stores, redemption_at(1, later), later).await;
    assert_eq!(spend(stores, spending(1, 0), later).await, Spent::Already);
    assert_eq!(spend(stores, spending(1, 1), later).await, Spent::Now);
    assert_eq!(spend(stores, spending(1, 1), later).await, Spent::Already);
}

/// A token later than any that the ledger remembers is good once, and replaces those it remembers.
pub async fn a_token_whose_issue_was_lost_is_spent_once(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    assert_eq!(spend(stores, spending(1, 2), NOON).await, Spent::Now);
    for ordinal in 0..4 {
        assert_eq!(spend(stores, spending(1, ordinal), NOON).await, Spent::Already);
    }
}

/// The idempotency key under which a token was spent gets the first receipt; any other, or none, gets nothing.
pub async fn the_same_key_gets_the_receipt_again(stores: &Stores) {
    for unknown in [false, true] {
        let number = u32::from(unknown);
        if !unknown {
            redeem(stores, redemption(number), NOON).await;
        }
        assert_eq!(spend(stores, repeatable(number, 7, b"first"), NOON).await, Spent::Now);
        let again = spend(stores, repeatable(number, 7, b"second"), NOON).await;
        assert_eq!(again, Spent::Repeated(b"first".to_vec()));
        assert_eq!(spend(stores, repeatable(number, 8, b""), NOON).await, Spent::Already);
        assert_eq!(spend(stores, spending(number, 0), NOON).await, Spent::Already);
        let other_token = Spending { ordinal: 1, ..repeatable(number, 7, b"") };
        assert_eq!(spend(stores, other_token, NOON).await, Spent::Already);
    }
    assert_eq!(spend(stores, spending(9, 0), NOON).await, Spent::Now);
    assert_eq!(spend(stores, repeatable(9, 7, b""), NOON).await, Spent::Already);
}

/// Of 64 racing spendings under one key, one spends, and all others get its receipt.
pub async fn racing_spends_under_one_key_give_one_now(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let answers = race_to_spend(stores, |runner| repeatable(1, 7, &[runner])).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Now).count(), 1);
    let winner = answers.iter().position(|answer| *answer == Spent::Now).expect("one has won");
    let receipt = vec![u8::try_from(winner).expect("64 runners")];
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Repeated(receipt.clone())).count(), 63);
}

/// The largest receipt is kept whole; a larger one is refused before anything is spent.
pub async fn a_receipt_that_is_too_long_spends_nothing(stores: &Stores) {
    let longest = vec![0xa5; Spending::RECEIPT_MAX];
    let too_long = repeatable(1, 7, &[&longest[..], &[0]].concat());
    let refused = stores.tokens.spend(&too_long, NOON).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(spend(stores, repeatable(1, 7, &longest), NOON).await, Spent::Now);
    assert_eq!(spend(stores, repeatable(1, 7, &[]), NOON).await, Spent::Repeated(longest));
}

/// What happens to one challenge is nothing to the next, though they differ in one bit.
pub async fn challenges_are_independent(stores: &Stores) {
    for number in 0..32 {
        assert_eq!(redeem(stores, redemption(number), NOON).await, Redeemed::First);
        assert_eq!(spend(stores, spending(number, 0), NOON).await, Spent::Now);
    }
}

/// What decides is the latest `keep_until` that was seen of a challenge, also where a later token named an earlier one.
pub async fn an_earlier_keep_until_shortens_nothing(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let (later, soon) = (NOON.plus(TOKEN_MS), NOON.plus(2 * TOKEN_MS));
    let hasty = Redemption { keep_until: soon, ..redemption_at(1, later) };
    assert_eq!(redeem(stores, hasty, later).await, Redeemed::Reissued(1));
    let late = Spending { keep_until: soon, ..spending(1, 1) };
    assert_eq!(spend(stores, late, NOON.plus(KEEP_MS - 1)).await, Spent::Now);
}

/// From `keep_until` on nothing is issued or spent, whether the row was purged yet or not.
pub async fn nothing_is_accepted_once_it_may_be_forgotten(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let over = NOON.plus(KEEP_MS);
    for _ in 0..2 {
        assert_eq!(spend(stores, spending(1, 0), over).await, Spent::Already);
        assert_eq!(redeem(stores, redemption_at(1, over), over).await, Redeemed::TooLate);
        stores.tokens.purge(1_000, over).await.expect("purges");
    }
}

/// A purge by a clock that was years ahead leaves later challenges alone.
pub async fn a_clock_that_ran_ahead_does_not_close_the_ledger(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    stores.tokens.purge(1_000, NOON.plus(1 << 40)).await.expect("purges");
    let keep_until = NOON.plus(KEEP_MS + 1);
    assert_eq!(redeem(stores, Redemption { keep_until, ..redemption(2) }, NOON).await, Redeemed::First);
    assert_eq!(spend(stores, Spending { keep_until, ..spending(3, 0) }, NOON).await, Spent::Now);
}

/// A clock that goes back before the expiry of a replaced token does not make it good again.
pub async fn a_clock_set_back_does_not_revive_a_superseded_token(stores: &Stores) {
    redeem(stores, redemption(1), NOON).await;
    let later = NOON.plus(TOKEN_MS);
    assert_eq!(redeem(stores, redemption_at(1, later), later).await, Redeemed::Reissued(1));
    assert_eq!(spend(stores, spending(1, 0), NOON).await, Spent::Already);
    assert_eq!(redeem(stores, redemption(1), NOON).await, Redeemed::TokenLive);
    assert_eq!(spend(stores, spending(1, 1), NOON).await, Spent::Now);
}

/// Moments at the end of what can be told are kept like others.
pub async fn the_end_of_time_is_no_trouble(stores: &Stores) {
    let end = UnixMs(u64::MAX);
    let eternal = Redemption { token_expires_at: end, keep_until: end, ..redemption(1) };
    assert_eq!(redeem(stores, eternal, UnixMs(0)).await, Redeemed::First);
    assert_eq!(redeem(stores, eternal, NOON.plus(1 << 50)).await, Redeemed::TokenLive);
    assert_eq!(stores.tokens.purge(1_000, NOON.plus(1 << 50)).await.expect("purges"), 0);
    let forever = Spending { keep_until: end, ..spending(1, 0) };
    assert_eq!(spend(stores, forever.clone(), NOON).await, Spent::Now);
    assert_eq!(spend(stores, forever, UnixMs(0)).await, Spent::Already);
}

pub(super) async fn redeem(stores: &Stores, redemption: Redemption, now: UnixMs) -> Redeemed {
    stores.tokens.redeem(&redemption, now).await.expect("a redemption is answered")
}

pub(super) async fn spend(stores: &Stores, spending: Spending, now: UnixMs) -> Spent {
    stores.tokens.spend(&spending, now).await.expect("a spending is answered")
}

async fn race_to_spend(stores: &Stores, spending: impl Fn(u8) -> Spending) -> Vec<Spent> {
    race(64, |runner| {
        let (tokens, spending) = (stores.tokens.clone(), spending(runner));
        async move { tokens.spend(&spending, NOON).await.expect("a spending is answered") }
    })
    .await
}

/// Runs all at once. The answers come in the order of the runners.
pub(super) async fn race<T, F>(runners: u8, run: impl Fn(u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut running = JoinSet::new();
    for runner in 0..runners {
        let run = run(runner);
        running.spawn(async move { (runner, run.await) });
    }
    let mut answers = running.join_all().await;
    answers.sort_by_key(|(runner, _)| *runner);
    answers.into_iter().map(|(_, answer)| answer).collect()
}
