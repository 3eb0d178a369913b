//! What budgets of attempts promise.

use super::tokens::race;
use super::{KEEP_MS, NOON, challenge};
use crate::{Attempt, Stores, UnixMs};

/// Attempts are numbered up to the budget, and there are no more.
pub async fn attempts_count_up_to_the_budget(stores: &Stores) {
    for number in 1..=3 {
        assert_eq!(attempt(stores, 1, 3, NOON).await, Some(Attempt { began_at: None, number }));
    }
    for _ in 0..3 {
        assert_eq!(attempt(stores, 1, 3, NOON.plus(1)).await, None);
    }
    assert_eq!(attempt(stores, 2, 0, NOON).await, None);
}

/// Of 64 racing attempts, as many are granted as the budget has, each with a number of its own.
pub async fn racing_attempts_are_granted_up_to_the_budget(stores: &Stores) {
    for step in 0..4 {
        let answers = race(64, |_| {
            let attempts = stores.attempts.clone();
            async move { attempts.attempt(challenge(step), 5, over(), NOON).await.expect("answers") }
        });
        let mut numbers: Vec<u32> =
            answers.await.into_iter().flatten().map(|granted| granted.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    }
}

/// A step begins when it first began, whoever asks again, and every attempt tells so.
pub async fn a_step_begins_once(stores: &Stores) {
    assert_eq!(begin(stores, 1, NOON.plus(5)).await, NOON.plus(5));
    assert_eq!(begin(stores, 1, NOON.plus(9)).await, NOON.plus(5));
    assert_eq!(begin(stores, 1, NOON).await, NOON.plus(5));
    for number in [1, 2] {
        let granted = attempt(stores, 1, 2, NOON.plus(20)).await;
        assert_eq!(granted, Some(Attempt { began_at: Some(NOON.plus(5)), number }));
        assert_eq!(begin(stores, 1, NOON.plus(30)).await, NOON.plus(5));
    }
    assert_eq!(attempt(stores, 1, 2, NOON.plus(20)).await, None);
}

/// Of racing beginnings all are told the same moment, which is one of theirs.
pub async fn racing_beginnings_agree(stores: &Stores) {
    let answers = race(64, |runner| {
        let attempts = stores.attempts.clone();
        let now = NOON.plus(u64::from(runner));
        async move { attempts.begin(challenge(1), over(), now).await.expect("answers") }
    });
    let answers = answers.await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!((NOON..NOON.plus(64)).contains(&answers[0]));
}

/// A beginning after an attempt gives back no attempt.
pub async fn a_late_beginning_renews_nothing(stores: &Stores) {
    assert_eq!(attempt(stores, 1, 2, NOON).await, Some(Attempt { began_at: None, number: 1 }));
    assert_eq!(begin(stores, 1, NOON.plus(7)).await, NOON.plus(7));
    let granted = attempt(stores, 1, 2, NOON.plus(8)).await;
    assert_eq!(granted, Some(Attempt { began_at: Some(NOON.plus(7)), number: 2 }));
    assert_eq!(attempt(stores, 1, 2, NOON.plus(8)).await, None);
}

/// What counts is the budget named with the attempt.
pub async fn another_budget_holds_at_once(stores: &Stores) {
    assert_eq!(attempt(stores, 1, 9, NOON).await.map(|granted| granted.number), Some(1));
    assert_eq!(attempt(stores, 1, 1, NOON).await, None);
    assert_eq!(attempt(stores, 1, 2, NOON).await.map(|granted| granted.number), Some(2));
    assert_eq!(attempt(stores, 1, u32::MAX, NOON).await.map(|granted| granted.number), Some(3));
}

/// What happens to one step is nothing to the next, nor to the ledger's row of the same challenge.
pub async fn steps_are_independent(stores: &Stores) {
    let redemption = super::redemption(1);
    assert_eq!(stores.tokens.redeem(&redemption, NOON).await.expect("answers"), crate::Redeemed::First);
    for step in 0..32 {
        assert_eq!(attempt(stores, step, 1, NOON).await, Some(Attempt { began_at: None, number: 1 }));
    }
    assert_eq!(stores.tokens.redeem(&redemption, NOON).await.expect("answers"), crate::Redeemed::TokenLive);
}

/// From `keep_until` on no attempt is granted and no beginning noted, whether the step was purged yet or not.
pub async fn no_attempt_is_granted_once_it_may_be_forgotten(stores: &Stores) {
    assert_eq!(attempt(stores, 1, 9, NOON.plus(KEEP_MS - 1)).await.map(|granted| granted.number), Some(1));
    for _ in 0..2 {
        for step in [1, 2] {
            assert_eq!(begin(stores, step, over()).await, over());
            assert_eq!(attempt(stores, step, 9, over()).await, None);
        }
        stores.attempts.purge(1_000, over()).await.expect("purges");
    }
}

/// Moments at the end of what can be told are kept like others.
pub async fn the_end_of_time_is_no_trouble_for_steps(stores: &Stores) {
    let end = UnixMs(u64::MAX);
    for number in [1, 2] {
        let granted =
            stores.attempts.attempt(challenge(1), 2, end, NOON.plus(1 << 50)).await.expect("answers");
        assert_eq!(granted.map(|granted| granted.number), Some(number));
    }
    assert_eq!(stores.attempts.attempt(challenge(1), 2, end, UnixMs(0)).await.expect("answers"), None);
    assert_eq!(stores.attempts.attempt(challenge(2), 2, end, end).await.expect("answers"), None);
}

async fn begin(stores: &Stores, step: u32, now: UnixMs) -> UnixMs {
    stores.attempts.begin(challenge(step), over(), now).await.expect("a beginning is answered")
}

async fn attempt(stores: &Stores, step: u32, most: u32, now: UnixMs) -> Option<Attempt> {
    stores.attempts.attempt(challenge(step), most, over(), now).await.expect("an attempt is answered")
}

fn over() -> UnixMs {
    NOON.plus(KEEP_MS)
}
