//! What adapters promise that outlive their process.

use super::{
    KEEP_MS, NOON, TOKEN_MS, challenge, cold, flows, quotas, redemption, redemption_at, repeatable, spending,
};
use crate::{Attempt, Consumed, Count, KeyRecord, Redeemed, SiteId, Spent, StoreError, Stores};

/// What was redeemed and spent stays so.
pub async fn the_ledger_survives_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    let stores = reopen();
    for number in [1, 2] {
        stores.tokens.redeem(&redemption(number), NOON).await.expect("answers");
    }
    stores.tokens.spend(&spending(1, 0), NOON).await.expect("answers");
    let stores = reopen();
    assert_eq!(stores.tokens.spend(&spending(1, 0), NOON).await.expect("answers"), Spent::Already);
    assert_eq!(stores.tokens.redeem(&redemption(2), NOON).await.expect("answers"), Redeemed::TokenLive);
    let later = NOON.plus(TOKEN_MS);
    let again = redemption_at(2, later);
    assert_eq!(stores.tokens.redeem(&again, later).await.expect("answers"), Redeemed::Reissued(1));
    let stores = reopen();
    assert_eq!(stores.tokens.spend(&spending(2, 0), later).await.expect("answers"), Spent::Already);
    assert_eq!(stores.tokens.spend(&spending(2, 1), later).await.expect("answers"), Spent::Now);
}

/// An idempotency key gets its receipt after a restart too.
pub async fn receipts_survive_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    reopen().tokens.spend(&repeatable(1, 7, b"receipt"), NOON).await.expect("answers");
    let again = reopen().tokens.spend(&repeatable(1, 7, b""), NOON).await.expect("answers");
    assert_eq!(again, Spent::Repeated(b"receipt".to_vec()));
}

/// A clock set back by a restart does not revive what was purged before it.
pub async fn the_horizon_survives_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    let stores = reopen();
    stores.tokens.spend(&spending(1, 0), NOON).await.expect("answers");
    assert_eq!(stores.tokens.purge(10, NOON.plus(KEEP_MS)).await.expect("answers"), 1);
    assert_eq!(reopen().tokens.spend(&spending(1, 0), NOON).await.expect("answers"), Spent::Already);
}

/// What was begun and attempted stays so, and what was purged is not revived.
pub async fn budgets_survive_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    let over = NOON.plus(KEEP_MS);
    let attempts = reopen().attempts;
    assert_eq!(attempts.begin(challenge(1), over, NOON).await.expect("answers"), NOON);
    attempts.attempt(challenge(1), 2, over, NOON).await.expect("answers").expect("is granted");
    let attempts = reopen().attempts;
    let second = attempts.attempt(challenge(1), 2, over, NOON.plus(1)).await.expect("answers");
    assert_eq!(second, Some(Attempt { began_at: Some(NOON), number: 2 }));
    assert_eq!(attempts.purge(10, over).await.expect("answers"), 1);
    let revived = reopen().attempts.attempt(challenge(1), 2, over, NOON).await.expect("answers");
    assert_eq!(revived, None);
}

/// What was finished and fetched stays so, and what was purged is not revived.
pub async fn flows_survive_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    let stores = reopen();
    for number in [1, 2] {
        assert!(flows::finish(&stores, number, b"verdict", NOON).await);
    }
    assert_eq!(flows::consume(&stores, 1, NOON).await, Consumed::Now(b"verdict".to_vec()));
    let stores = reopen();
    assert_eq!(flows::consume(&stores, 1, NOON).await, Consumed::Already);
    assert_eq!(flows::consume(&stores, 2, NOON).await, Consumed::Now(b"verdict".to_vec()));
    let stores = reopen();
    assert_eq!(flows::consume(&stores, 2, NOON).await, Consumed::Already);
    assert_eq!(stores.flows.purge(10, NOON.plus(KEEP_MS)).await.expect("answers"), 2);
    assert!(!flows::finish(&reopen(), 1, b"again", NOON).await);
}

/// What was counted of a quota stays so.
pub async fn quotas_survive_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    for number in [1, 2] {
        assert_eq!(quotas::count(&reopen(), 1, 2, NOON).await, Some(number));
    }
    assert_eq!(quotas::count(&reopen(), 1, 2, NOON).await, None);
}

/// Sites, keys, models, counts and the revision are there after a restart.
pub async fn what_was_set_up_survives_a_restart(reopen: &mut dyn FnMut() -> Stores) {
    let stores = reopen();
    let key = KeyRecord { id: 1, sealed: vec![9; 60], created_at: NOON };
    let count = Count { site: SiteId([1; 16]), minute: 3, event: "issued".into(), number: 4 };
    stores.sites.add(&cold::site(1)).await.expect("answers").expect("is new");
    stores.signing_keys.add(&key).await.expect("answers");
    stores.events.add(std::slice::from_ref(&count)).await.expect("answers");
    stores.models.save(cold::site(1).id, b"model").await.expect("answers");
    let revision = stores.sites.revision().await.expect("answers");
    let stores = reopen();
    assert_eq!(stores.sites.all().await.expect("answers"), [cold::site(1)]);
    assert_eq!(stores.signing_keys.all().await.expect("answers"), [key]);
    assert_eq!(stores.events.sums(Some(count.site), 3, 4).await.expect("answers"), [count]);
    assert_eq!(stores.models.load(cold::site(1).id).await.expect("answers"), Some(b"model".to_vec()));
    assert_eq!(stores.sites.revision().await.expect("answers"), revision);
}

/// Stores whose database was closed answer so, instead of waiting or guessing.
pub async fn closed_stores_are_unavailable(reopen: &mut dyn FnMut() -> Stores) {
    let closed = reopen();
    let _open = reopen();
    let spent = closed.tokens.spend(&spending(1, 0), NOON).await;
    assert!(matches!(spent, Err(StoreError::Unavailable(_))), "{spent:?}");
    let sites = closed.sites.all().await;
    assert!(matches!(sites, Err(StoreError::Unavailable(_))), "{sites:?}");
}
