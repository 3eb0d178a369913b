//! What the cold side promises.

use tokio::task::JoinSet;

use super::NOON;
use crate::{Count, Duplicate, KeyRecord, MODEL_MAX, SiteId, SiteRecord, StoreError, Stores};

/// A site comes back as it went in, in every field, until it is changed or removed.
pub async fn sites_are_added_changed_and_removed(stores: &Stores) {
    assert_eq!(sites(stores).await, []);
    assert_eq!(stores.sites.add(&site(1)).await.expect("answers"), Ok(()));
    assert_eq!(sites(stores).await, [site(1)]);
    let changed = SiteRecord {
        name: "Käse & Brot 🥨\0'; DROP TABLE sites".into(),
        settings: "{\"difficulty\":5}".repeat(10_000),
        sealed_secret: vec![0; 3],
        sealed_signing_key: Vec::new(),
        ..site(1)
    };
    assert_eq!(stores.sites.update(&site(1), &changed).await.expect("answers"), Ok(true));
    assert_eq!(sites(stores).await, [changed]);
    assert_eq!(stores.sites.update(&site(2), &site(2)).await.expect("answers"), Ok(false));
    assert!(stores.sites.remove(site(1).id).await.expect("answers"));
    assert!(!stores.sites.remove(site(1).id).await.expect("answers"));
    assert_eq!(sites(stores).await, []);
    assert_eq!(stores.sites.add(&site(1)).await.expect("answers"), Ok(()));
}

/// Who changes what another changed meanwhile is told so, and changes nothing.
pub async fn a_change_does_not_undo_another(stores: &Stores) {
    stores.sites.add(&site(1)).await.expect("answers").expect("is new");
    let rotated = SiteRecord { secret_index: [9; 32], sealed_secret: vec![9], ..site(1) };
    assert_eq!(stores.sites.update(&site(1), &rotated).await.expect("answers"), Ok(true));
    let moved = SiteRecord { settings: "{}".into(), ..site(1) };
    assert_eq!(stores.sites.update(&site(1), &moved).await.expect("answers"), Ok(false));
    assert_eq!(sites(stores).await, std::slice::from_ref(&rotated));
    let both = SiteRecord { settings: "{}".into(), name: "renamed".into(), ..rotated.clone() };
    assert_eq!(stores.sites.update(&rotated, &both).await.expect("answers"), Ok(true));
    assert_eq!(stores.sites.update(&rotated, &site(1)).await.expect("answers"), Ok(false));
    assert_eq!(sites(stores).await, [both]);
}

/// Sites are listed by age, not by when they were written.
pub async fn sites_come_oldest_first(stores: &Stores) {
    for number in [3, 1, 2] {
        stores.sites.add(&site(number)).await.expect("answers").expect("is new");
    }
    stores
        .sites
        .update(&site(1), &SiteRecord { name: "renamed".into(), ..site(1) })
        .await
        .expect("answers")
        .expect("is unique");
    let ids: Vec<SiteId> = sites(stores).await.into_iter().map(|site| site.id).collect();
    assert_eq!(ids, [site(1).id, site(2).id, site(3).id]);
}

/// Neither adding nor changing gives a site the id, the site key or the secret of another, and a refusal
/// changes nothing.
pub async fn a_site_key_and_a_secret_belong_to_one_site(stores: &Stores) {
    for number in [1, 2] {
        stores.sites.add(&site(number)).await.expect("answers").expect("is new");
    }
    let same_id = SiteRecord { id: site(1).id, ..site(3) };
    let same_key = SiteRecord { site_key: site(1).site_key, ..site(3) };
    let same_secret = SiteRecord { secret_index: site(1).secret_index, ..site(3) };
    for copy in [same_id, same_key.clone(), same_secret.clone()] {
        assert_eq!(stores.sites.add(&copy).await.expect("answers"), Err(Duplicate));
    }
    for copy in [same_key, same_secret] {
        let second = SiteRecord { id: site(2).id, ..copy };
        assert_eq!(stores.sites.update(&site(2), &second).await.expect("answers"), Err(Duplicate));
    }
    assert_eq!(sites(stores).await, [site(1), site(2)]);
    let same_name = SiteRecord { name: site(1).name, ..site(3) };
    assert_eq!(stores.sites.add(&same_name).await.expect("answers"), Ok(()));
}

/// Of 16 that want a site key at once, one gets it.
pub async fn racing_additions_of_a_site_key_give_one(stores: &Stores) {
    let mut running = JoinSet::new();
    for number in 1..=16 {
        let sites = stores.sites.clone();
        let wanted = SiteRecord { site_key: "pk_wanted".into(), ..site(number) };
        running.spawn(async move { sites.add(&wanted).await.expect("answers") });
    }
    let answers = running.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(sites(stores).await.len(), 1);
}

/// A key id is given once; whoever comes second finds the first one's key.
pub async fn signing_keys_are_added_once_and_removed(stores: &Stores) {
    let key = |id: u32, byte: u8| KeyRecord { id, sealed: vec![byte; 60], created_at: NOON };
    let mut running = JoinSet::new();
    for byte in 0..16 {
        let keys = stores.signing_keys.clone();
        running.spawn(async move { (byte, keys.add(&key(5, byte)).await.expect("answers")) });
    }
    let winners: Vec<u8> =
        running.join_all().await.into_iter().filter(|(_, won)| *won).map(|(byte, _)| byte).collect();
    let [winner] = winners[..] else { panic!("{} calls have added the key", winners.len()) };
    assert!(stores.signing_keys.add(&key(u32::MAX, 1)).await.expect("answers"));
    assert!(stores.signing_keys.add(&key(1, 2)).await.expect("answers"));
    let all = stores.signing_keys.all().await.expect("answers");
    assert_eq!(all, [key(1, 2), key(5, winner), key(u32::MAX, 1)]);
    assert!(stores.signing_keys.remove(5).await.expect("answers"));
    assert!(!stores.signing_keys.remove(5).await.expect("answers"));
    assert_eq!(stores.signing_keys.all().await.expect("answers"), [key(1, 2), key(u32::MAX, 1)]);
}

/// A model comes back as it went in, until it is replaced or removed, and belongs to one site.
pub async fn models_are_kept_replaced_and_removed(stores: &Stores) {
    for number in [1, 2] {
        stores.sites.add(&site(number)).await.expect("answers").expect("is new");
    }
    assert_eq!(model(stores, 1).await, None);
    let longest: Vec<u8> = (0..MODEL_MAX).map(|place| (place % 251) as u8).collect();
    for kept in [vec![0, 255, 39], longest, Vec::new()] {
        stores.models.save(site(1).id, &kept).await.expect("answers");
        assert_eq!(model(stores, 1).await, Some(kept));
        assert_eq!(model(stores, 2).await, None);
    }
    assert!(stores.models.remove(site(1).id).await.expect("answers"));
    assert!(!stores.models.remove(site(1).id).await.expect("answers"));
    assert_eq!(model(stores, 1).await, None);
}

/// A model that is too long is refused, and the one before stays.
pub async fn a_model_that_is_too_long_replaces_nothing(stores: &Stores) {
    stores.sites.add(&site(1)).await.expect("answers").expect("is new");
    stores.models.save(site(1).id, b"before").await.expect("answers");
    let refused = stores.models.save(site(1).id, &vec![0; MODEL_MAX + 1]).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(model(stores, 1).await, Some(b"before".to_vec()));
}

/// A model goes with its site, and one that is saved too late leaves nothing behind.
pub async fn a_site_takes_its_model_with_it(stores: &Stores) {
    for number in [1, 2] {
        stores.sites.add(&site(number)).await.expect("answers").expect("is new");
        stores.models.save(site(number).id, &[number]).await.expect("answers");
    }
    stores.sites.remove(site(1).id).await.expect("answers");
    stores.models.save(site(1).id, b"late").await.expect("answers");
    assert_eq!(model(stores, 1).await, None);
    stores.sites.add(&site(1)).await.expect("answers").expect("is new");
    assert_eq!(model(stores, 1).await, None);
    assert_eq!(model(stores, 2).await, Some(vec![2]));
}

/// The revision is another one after every change, and the same after everything that changed nothing.
pub async fn every_change_moves_the_revision_and_nothing_else_does(stores: &Stores) {
    let mut revisions = vec![revision(stores).await];
    let key = KeyRecord { id: 1, sealed: vec![1], created_at: NOON };
    stores.sites.add(&site(1)).await.expect("answers").expect("is new");
    revisions.push(revision(stores).await);
    stores
        .sites
        .update(&site(1), &SiteRecord { name: "renamed".into(), ..site(1) })
        .await
        .expect("answers")
        .expect("is unique");
    revisions.push(revision(stores).await);
    stores.signing_keys.add(&key).await.expect("answers");
    revisions.push(revision(stores).await);

    let _ = stores.sites.add(&site(1)).await.expect("answers");
    let _ = stores.sites.update(&site(2), &site(2)).await.expect("answers");
    stores.sites.remove(site(2).id).await.expect("answers");
    stores.signing_keys.add(&key).await.expect("answers");
    stores.signing_keys.remove(2).await.expect("answers");
    stores.events.add(&[count(1, 1, "issued", 1)]).await.expect("answers");
    stores.models.save(site(1).id, b"model").await.expect("answers");
    stores.models.remove(site(1).id).await.expect("answers");
    assert_eq!(revisions.last(), Some(&revision(stores).await));

    stores.signing_keys.remove(1).await.expect("answers");
    revisions.push(revision(stores).await);
    stores.sites.remove(site(1).id).await.expect("answers");
    revisions.push(revision(stores).await);
    let number = revisions.len();
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), number);
}

/// Counts of one site, minute and event add up; sums take in the minutes asked for and no others.
pub async fn counts_add_up_by_site_and_minute(stores: &Stores) {
    let counts = [
        count(1, 9, "redeemed", 1_000),
        count(1, 10, "redeemed", 1),
        count(1, 10, "issued", 2),
        count(1, 10, "issued", 3),
        count(2, 10, "issued", 10),
        count(1, 19, "issued", 100),
        count(1, 20, "issued", 1_000),
    ];
    stores.events.add(&counts).await.expect("answers");
    stores.events.add(&[count(1, 11, "issued", 20)]).await.expect("answers");
    stores.events.add(&[]).await.expect("answers");
    let of_one = stores.events.sums(Some(site(1).id), 10, 20).await.expect("answers");
    assert_eq!(of_one, [count(1, 10, "issued", 125), count(1, 10, "redeemed", 1)]);
    let of_all = stores.events.sums(None, 10, 20).await.expect("answers");
    assert_eq!(of_all, [count(0, 10, "issued", 135), count(0, 10, "redeemed", 1)]);
    assert_eq!(stores.events.sums(Some(site(3).id), 0, u32::MAX).await.expect("answers"), []);
    assert_eq!(stores.events.sums(None, 20, 10).await.expect("answers"), []);
}

/// A count stops at its limit, and sums of such counts are still told.
pub async fn counts_stop_instead_of_overflowing(stores: &Stores) {
    for _ in 0..3 {
        stores
            .events
            .add(&[count(1, 1, "issued", u64::MAX), count(1, 2, "issued", 1)])
            .await
            .expect("answers");
    }
    let sums = stores.events.sums(None, 0, u32::MAX).await.expect("answers");
    assert_eq!(sums, [count(0, 0, "issued", Count::NUMBER_MAX + 3)]);
}

/// Counts of minutes before a given one go, however many there are; all others stay.
pub async fn old_counts_are_purged(stores: &Stores) {
    let counts: Vec<Count> =
        (0..600).flat_map(|minute| [count(1, minute, "a", 1), count(2, minute, "a", 1)]).collect();
    stores.events.add(&counts).await.expect("answers");
    assert_eq!(stores.events.purge(400).await.expect("answers"), 800);
    assert_eq!(stores.events.purge(400).await.expect("answers"), 0);
    assert_eq!(stores.events.sums(None, 0, u32::MAX).await.expect("answers"), [count(0, 0, "a", 400)]);
}

pub(super) fn site(number: u8) -> SiteRecord {
    SiteRecord {
        id: SiteId([number; 16]),
        site_key: format!("pk_{number:032x}"),
        name: "A bakery".into(),
        secret_index: [number; 32],
        sealed_secret: vec![number; 80],
        sealed_signing_key: vec![number; 72],
        settings: "{}".into(),
        created_at: NOON.plus(number.into()),
    }
}

fn count(site: u8, minute: u32, event: &str, number: u64) -> Count {
    Count { site: SiteId([site; 16]), minute, event: event.into(), number }
}

async fn sites(stores: &Stores) -> Vec<SiteRecord> {
    stores.sites.all().await.expect("sites are listed")
}

async fn model(stores: &Stores, number: u8) -> Option<Vec<u8>> {
    stores.models.load(site(number).id).await.expect("a model is answered")
}

async fn revision(stores: &Stores) -> u64 {
    stores.sites.revision().await.expect("the revision is told")
}
