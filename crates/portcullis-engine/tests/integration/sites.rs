use portcullis_engine::{NewSite, SecretKey, SiteChange, SiteError, SiteSettings};

use crate::gate::{Gate, light};

#[tokio::test]
async fn keys_have_the_houses_form_and_differ() {
    let gate = Gate::open().await;
    let new = || NewSite { name: "Blog".to_owned(), site_key: None, secret: None, settings: light() };
    let (one, two) = (gate.engine.add_site(new()).await.unwrap(), gate.engine.add_site(new()).await.unwrap());
    let is_hex = |text: &str, digits| {
        text.len() == digits && text.bytes().all(|byte| b"0123456789abcdef".contains(&byte))
    };
    assert!(is_hex(one.site_key().strip_prefix("pk_").unwrap(), 32));
    assert!(is_hex(one.secret().expose().strip_prefix("sk_").unwrap(), 64));
    assert_eq!(one.signing_public_key().len(), 44, "standard base64 of 32 bytes");
    assert_ne!(one.site_key(), two.site_key());
    assert_ne!(one.secret().expose(), two.secret().expose());
    assert_ne!(one.signing_public_key(), two.signing_public_key());
}

#[tokio::test]
async fn a_secret_belongs_to_one_site() {
    let gate = Gate::open().await;
    let secret: SecretKey = "q8Zr2LmX0vB7nT4kY1wJ6sD3hF5gA9cE".parse().unwrap();
    let new = || NewSite {
        name: "Blog".to_owned(),
        site_key: None,
        secret: Some(secret.clone()),
        settings: light(),
    };
    gate.engine.add_site(new()).await.unwrap();
    assert!(matches!(gate.engine.add_site(new()).await, Err(SiteError::Duplicate(_))));
}

#[tokio::test]
async fn a_rotated_secret_takes_over_at_once_and_the_site_keeps_the_rest() {
    let mut gate = Gate::open().await;
    let (old, token) = (gate.site.clone(), gate.token().await);
    gate.site = gate.engine.rotate_secret(old.site_key()).await.unwrap();
    assert_eq!(gate.site.signing_public_key(), old.signing_public_key());
    let asked = portcullis_engine::Siteverify { response: Some(&token.value), ..crate::gate::question(&old) };
    assert_eq!(gate.ask(asked).await.unwrap_err().code(), "unknown_secret");
    gate.verify(&token).await.unwrap();
}

#[tokio::test]
async fn a_removed_site_is_unknown() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    gate.engine.remove_site(gate.site.site_key()).await.unwrap();
    assert_eq!(gate.issue().await.unwrap_err().code(), "unknown_site");
    assert_eq!(gate.redeem(&challenge).await.unwrap_err().code(), "unknown_site");
    assert!(matches!(gate.engine.remove_site(gate.site.site_key()).await, Err(SiteError::Unknown(_))));
}

#[tokio::test]
async fn settings_change_at_once_and_bad_ones_not_at_all() {
    let gate = Gate::open().await;
    let set = |settings| {
        gate.engine.change_site(
            gate.site.site_key(),
            SiteChange { settings: Some(settings), ..SiteChange::default() },
        )
    };
    let changed = set(SiteSettings { difficulty: Some(2), ..light() }).await.unwrap();
    assert_eq!(changed.settings().difficulty, Some(2));
    assert_eq!(gate.issue().await.unwrap().parameters.difficulty(), 2);
    assert!(matches!(
        set(SiteSettings { difficulty: Some(0), ..light() }).await,
        Err(SiteError::Settings(_))
    ));
    assert_eq!(gate.issue().await.unwrap().parameters.difficulty(), 2);
    for name in ["", "a\nb", &"n".repeat(101)] {
        let renamed = gate.engine.change_site(
            gate.site.site_key(),
            SiteChange { name: Some(name.to_owned()), ..SiteChange::default() },
        );
        assert!(matches!(renamed.await, Err(SiteError::Name)));
    }
}

#[tokio::test]
async fn what_happened_is_counted_per_site() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    gate.verify(&token).await.unwrap();
    gate.verify(&token).await.unwrap_err();
    gate.engine.tidy().await.unwrap();
    let statistics = gate.engine.statistics(Some(gate.site.id()), 60).await.unwrap();
    assert_eq!((statistics.challenges, statistics.redeemed, statistics.verified), (1, 1, 1));
    assert_eq!(
        statistics.failures.into_iter().collect::<Vec<_>>(),
        [("verify_failed:already_spent".to_owned(), 1)]
    );
    gate.clock.advance(2 * 3_600_000);
    assert_eq!(gate.engine.statistics(None, 60).await.unwrap().challenges, 0);
    assert_eq!(gate.engine.statistics(None, 24 * 60).await.unwrap().challenges, 1);
}

#[tokio::test]
async fn the_default_site_is_the_oldest_that_lists_an_origin() {
    let demo = SiteSettings::default();
    let gate = Gate::with(demo, portcullis_engine::LimitSettings::default()).await;
    assert_eq!(gate.engine.site_or_default(None).unwrap().site_key(), gate.site.site_key());
    let new = |name: &str| NewSite { name: name.to_owned(), site_key: None, secret: None, settings: light() };
    let first = gate.engine.add_site(new("first")).await.unwrap();
    gate.clock.advance(1000);
    gate.engine.add_site(new("second")).await.unwrap();
    assert_eq!(gate.engine.site_or_default(None).unwrap().site_key(), first.site_key());
}
