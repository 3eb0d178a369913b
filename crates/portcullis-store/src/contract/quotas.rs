//! What quotas promise.

use super::tokens::race;
use super::{NOON, challenge};
use crate::{QuotaId, Stores, UnixMs};

/// Of 64 racing uses, as many are granted as the quota has, each with a number of its own.
pub async fn racing_uses_are_granted_up_to_the_quota(stores: &Stores) {
    for quota in 0..4 {
        let answers = race(64, |_| {
            let quotas = stores.quotas.clone();
            async move { quotas.count(id(quota), 40, over(), NOON).await.expect("answers") }
        });
        let mut numbers: Vec<u32> = answers.await.into_iter().flatten().collect();
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(1..=40), "{numbers:?}");
        assert_eq!(count(stores, quota, 40, NOON).await, None);
    }
}

/// What counts is the number named with the use: a site that changes its plan has it at once.
pub async fn another_quota_holds_at_once(stores: &Stores) {
    assert_eq!(count(stores, 1, 0, NOON).await, None);
    assert_eq!(count(stores, 1, 9, NOON).await, Some(1));
    assert_eq!(count(stores, 1, 1, NOON).await, None);
    assert_eq!(count(stores, 1, 2, NOON).await, Some(2));
    assert_eq!(count(stores, 1, u32::MAX, NOON).await, Some(3));
}

/// A month is counted to its last millisecond, through purges, and the next month has a quota of its own, before the
/// earlier one is over too.
pub async fn months_are_counted_apart(stores: &Stores) {
    for number in 1..=20 {
        assert_eq!(count(stores, 1, 21, NOON.plus(u64::from(number))).await, Some(number));
    }
    let last = NOON.plus(MONTH_MS - 1);
    stores.quotas.purge(1_000, last).await.expect("purges");
    assert_eq!(count(stores, 1, 21, last).await, Some(21));
    for now in [NOON, last] {
        assert_eq!(count(stores, 1, 21, now).await, None);
    }
    let next = stores.quotas.count(id(2), 21, over().plus(MONTH_MS), last).await;
    assert_eq!(next.expect("answers"), Some(1));
    assert_eq!(count(stores, 1, 21, last).await, None);
}

/// What happens to a quota is nothing to a step or a flow of the same name.
pub async fn quotas_are_independent_of_steps_and_flows(stores: &Stores) {
    let step = challenge(1);
    for number in 1..=2 {
        assert_eq!(count(stores, 1, 2, NOON).await, Some(number));
    }
    let granted = stores.attempts.attempt(step, 1, over(), NOON).await.expect("answers");
    assert_eq!(granted.map(|granted| granted.number), Some(1));
    assert!(super::flows::finish(stores, 1, b"verdict", NOON).await);
    assert_eq!(count(stores, 1, 2, NOON).await, None);
}

/// From `keep_until` on a quota starts over, whether it was purged yet or not. A later `keep_until` keeps it longer,
/// an earlier one shortens nothing.
pub async fn a_quota_starts_over_once_its_time_has_passed(stores: &Stores) {
    assert_eq!(count(stores, 1, 2, NOON).await, Some(1));
    let again = |keep_until, now| {
        let quotas = stores.quotas.clone();
        async move { quotas.count(id(1), 2, keep_until, now).await.expect("answers") }
    };
    assert_eq!(again(NOON.plus(1), NOON).await, Some(2));
    assert_eq!(count(stores, 1, 2, NOON.plus(MONTH_MS - 1)).await, None);
    let later = over().plus(MONTH_MS);
    assert_eq!(again(later, over()).await, Some(1));
    assert_eq!(again(over(), over()).await, Some(2));
    assert_eq!(again(later, UnixMs(later.0 - 1)).await, None);
}

/// Moments at the end of what can be told are kept like others.
pub async fn the_end_of_time_is_no_trouble_for_quotas(stores: &Stores) {
    let (end, late) = (UnixMs(u64::MAX), NOON.plus(1 << 50));
    for number in [1, 2] {
        let granted = stores.quotas.count(id(1), 2, end, late).await.expect("answers");
        assert_eq!(granted, Some(number));
    }
    assert_eq!(stores.quotas.count(id(1), 2, end, UnixMs(0)).await.expect("answers"), None);
}

pub(super) async fn count(stores: &Stores, quota: u32, most: u32, now: UnixMs) -> Option<u32> {
    stores.quotas.count(id(quota), most, over(), now).await.expect("a use is answered")
}

/// A quota; each number is another one.
fn id(number: u32) -> QuotaId {
    QuotaId(challenge(number).0)
}

/// When the quotas of the tests may be forgotten.
pub(super) fn over() -> UnixMs {
    NOON.plus(MONTH_MS)
}

/// The longest month, in milliseconds.
pub(super) const MONTH_MS: u64 = 31 * 86_400_000;
