use std::sync::Arc;

use portcullis_engine::{EngineParts, LimitSettings, ManualClock, StartError, SystemEntropy};

use crate::gate::{Gate, MINUTE, START, start};

#[tokio::test]
async fn what_an_earlier_key_sealed_is_accepted_until_the_key_is_retired() {
    let gate = Gate::open().await;
    let (challenge, token) = (gate.issue().await.unwrap(), gate.token().await);
    assert_eq!(gate.engine.rotate_sealing_key().await.unwrap(), 2);
    gate.verify(&token).await.unwrap();
    gate.redeem(&challenge).await.unwrap();
    let (old, new) = (challenge, gate.issue().await.unwrap());
    gate.clock.advance(5 * MINUTE);
    assert!(gate.engine.retire_sealing_keys(10 * MINUTE).await.unwrap().is_empty());
    assert_eq!(gate.engine.retire_sealing_keys(4 * MINUTE).await.unwrap(), [1]);
    gate.redeem(&new).await.unwrap();
    assert_eq!(gate.redeem(&old).await.unwrap_err().code(), "invalid_token");
}

#[tokio::test]
async fn engines_over_one_store_share_sites_keys_and_spending() {
    let stores = portcullis_store::memory::open();
    let clock = Arc::new(ManualClock::new(START));
    let one = start(stores.clone(), clock.clone(), LimitSettings::default()).await;
    let two = start(stores, clock.clone(), LimitSettings::default()).await;
    let settings = crate::gate::light();
    let new = portcullis_engine::NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings };
    let site = one.add_site(new).await.unwrap();
    assert!(two.site(site.site_key()).is_none());
    assert!(two.refresh().await.unwrap());
    assert!(!two.refresh().await.unwrap());
    let gate = Gate { engine: one, clock: clock.clone(), site: site.clone() };
    let token = gate.token().await;
    let gate = Gate { engine: two, clock, site };
    gate.verify(&token).await.unwrap();
    assert!(gate.verify(&token).await.is_err());
}

#[tokio::test]
async fn another_master_key_is_refused_at_the_start() {
    let stores = portcullis_store::memory::open();
    let clock = Arc::new(ManualClock::new(START));
    drop(start(stores.clone(), clock.clone(), LimitSettings::default()).await);
    let parts = EngineParts {
        stores,
        clock,
        entropy: Arc::new(SystemEntropy),
        master_key: "a5".repeat(32).parse().unwrap(),
        defaults: portcullis_engine::SiteDefaults::default(),
        limits: LimitSettings::default(),
        default_site: None,
        capjs_server: crate::gate::no_format(),
        passes: crate::gate::no_passes(),
        addresses: Arc::new(portcullis_engine::NoAddresses),
        second_opinion: Arc::new(portcullis_engine::NoSecondOpinion),
    };
    assert!(matches!(portcullis_engine::Engine::start(parts).await, Err(StartError::MasterKey)));
}
