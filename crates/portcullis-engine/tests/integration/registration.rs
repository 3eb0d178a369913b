//! Sites that their owners register: how many, whose, and for how long.

use portcullis_engine::{
    Assess, NewSite, Origin, OriginPattern, RegistrationError, Site, SiteChange, SiteSettings,
};

use crate::gate::{Gate, MINUTE, ORIGIN, from, light, visitor};
use crate::visits::{asked, finish, open, token, wish};

const DAY: u64 = 24 * 60 * MINUTE;

fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

fn code(error: &RegistrationError) -> &'static str {
    match error {
        RegistrationError::Full => "full",
        RegistrationError::RateLimited { .. } => "rate_limited",
        RegistrationError::UnknownSecret => "unknown_secret",
        RegistrationError::OtherOrigin => "other_origin",
        RegistrationError::Site(_) => "site",
        RegistrationError::Unavailable(_) => "unavailable",
    }
}

async fn register(gate: &Gate, address: &str) -> Result<std::sync::Arc<Site>, &'static str> {
    gate.engine.register(&from(address), &origin(), None).await.map_err(|error| code(&error))
}

async fn unregister(gate: &Gate, address: &str, secret: &str) -> Result<String, &'static str> {
    gate.engine.unregister(&from(address), &origin(), secret).await.map_err(|error| code(&error))
}

#[tokio::test]
async fn an_address_registers_twelve_sites_an_hour() {
    let gate = open().await;
    for _ in 0..12 {
        register(&gate, "192.0.2.7").await.unwrap();
    }
    assert_eq!(register(&gate, "192.0.2.7").await.err(), Some("rate_limited"));
    register(&gate, "192.0.2.8").await.unwrap();
    let mut more = 0;
    for _ in 0..60 {
        gate.clock.advance(MINUTE);
        more += u32::from(register(&gate, "192.0.2.7").await.is_ok());
    }
    assert_eq!(more, 12, "in the hour after");
}

#[tokio::test]
async fn whoever_may_register_no_more_is_told_when_and_may_still_give_up() {
    let gate = open().await;
    let mut last = None;
    for _ in 0..12 {
        last = register(&gate, "192.0.2.7").await.ok();
    }
    let refused = gate.engine.register(&from("192.0.2.7"), &origin(), None).await;
    let Err(RegistrationError::RateLimited { retry_after_ms }) = refused else { panic!("not refused") };
    unregister(&gate, "192.0.2.7", last.unwrap().secret().expose()).await.unwrap();
    gate.clock.advance(retry_after_ms);
    register(&gate, "192.0.2.7").await.unwrap();
}

#[tokio::test]
async fn giving_up_is_limited_too_so_that_no_secret_is_guessed() {
    let gate = open().await;
    let mut codes = Vec::new();
    for _ in 0..17 {
        codes.push(unregister(&gate, "192.0.2.7", "sk_live_guess").await.unwrap_err());
    }
    assert_eq!((codes[0], codes[15], codes[16]), ("unknown_secret", "unknown_secret", "rate_limited"));
}

#[tokio::test]
async fn a_registered_site_has_keys_of_its_own_and_duplicates_coexist() {
    let gate = open().await;
    let (one, two) =
        (register(&gate, "192.0.2.7").await.unwrap(), register(&gate, "192.0.2.7").await.unwrap());
    assert!(one.site_key().starts_with("pk_live_") && one.secret().expose().starts_with("sk_live_"));
    assert_eq!(one.settings().origins, [OriginPattern::Exact(origin())]);
    assert_ne!(one.site_key(), two.site_key());
    assert_ne!(one.secret().expose(), two.secret().expose());
    let visitor = visitor();
    for site in [&one, &two] {
        let own = || Assess { site_key: Some(site.site_key()), ..wish(&visitor) };
        let step = asked(&gate, own()).await;
        let pass = crate::passes::verify(&gate, &token(finish(&gate, own(), &step).await)).await.unwrap();
        assert_eq!(pass.site_key, site.site_key());
    }
}

#[tokio::test]
async fn any_name_is_made_a_sound_one() {
    let gate = open().await;
    for (number, name) in ["", "\u{0}\u{7}", &"ж".repeat(5000), "line\nbreak"].into_iter().enumerate() {
        let visitor = from(&format!("192.0.2.{number}"));
        let site = gate.engine.register(&visitor, &origin(), Some(name)).await.unwrap();
        assert!((1..=100).contains(&site.name().chars().count()), "{name}");
        assert!(!site.name().contains(char::is_control));
    }
}

#[tokio::test]
async fn only_its_own_secret_gives_a_registered_site_up() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let operators = crate::visits::operators(&gate, light()).await;
    for secret in ["", "sk_live_wrong", operators.secret().expose(), gate.site.secret().expose()] {
        assert_eq!(unregister(&gate, "192.0.2.7", secret).await, Err("unknown_secret"));
    }
    let secret = site.secret().expose();
    for other in ["https://else.example", "http://shop.example", "https://shop.example:8443"] {
        let refused = gate.engine.unregister(&visitor(), &other.parse().unwrap(), secret).await;
        assert_eq!(refused.map_err(|error| code(&error)), Err("other_origin"), "{other}");
    }
    assert!(gate.engine.site(site.site_key()).is_some(), "nothing was removed");
    assert_eq!(unregister(&gate, "192.0.2.7", secret).await.as_deref(), Ok(site.site_key()));
    assert!(gate.engine.site(site.site_key()).is_none());
    assert_eq!(unregister(&gate, "192.0.2.7", secret).await, Err("unknown_secret"));
    assert!(gate.engine.site(operators.site_key()).is_some() && gate.engine.site(Site::OPEN).is_some());
}

#[tokio::test]
async fn giving_up_one_of_two_origins_keeps_the_other() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let other = OriginPattern::Exact("https://else.example".parse().unwrap());
    let mut settings = site.settings().clone();
    settings.origins.push(other.clone());
    let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
    gate.engine.change_site(site.site_key(), change).await.unwrap();
    unregister(&gate, "192.0.2.7", site.secret().expose()).await.unwrap();
    assert_eq!(gate.engine.site(site.site_key()).unwrap().settings().origins, [other]);
}

#[tokio::test]
async fn a_site_that_nobody_used_for_seven_days_lapses_and_others_do_not() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let new =
        NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings: SiteSettings::default() };
    let operators = gate.engine.add_site(new).await.unwrap();
    gate.clock.advance(7 * DAY);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(site.site_key()).is_some(), "seven days are not over");
    gate.clock.advance(DAY / 2);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(site.site_key()).is_none());
    assert!(gate.engine.site(operators.site_key()).is_some() && gate.engine.site(Site::OPEN).is_some());
}

#[tokio::test]
async fn use_keeps_a_site_for_seven_days_from_then_on() {
    let (gate, visitor) = (open().await, visitor());
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let own = || Assess { site_key: Some(site.site_key()), ..wish(&visitor) };
    // Late on the first day, when the registration itself is not long ago.
    gate.clock.advance(DAY - MINUTE);
    let step = asked(&gate, own()).await;
    gate.engine.tidy().await.unwrap();
    gate.clock.advance(7 * DAY - MINUTE);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(site.site_key()).is_some(), "a challenge is use");
    let again = asked(&gate, own()).await;
    let token = token(finish(&gate, own(), &again).await);
    gate.engine.tidy().await.unwrap();
    gate.clock.advance(2 * MINUTE);
    crate::passes::verify(&gate, &token).await.unwrap();
    gate.engine.tidy().await.unwrap();
    gate.clock.advance(7 * DAY - MINUTE);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(site.site_key()).is_some());
    assert_eq!(crate::visits::refusal(finish(&gate, own(), &step).await), "invalid_step");
    gate.clock.advance(8 * DAY);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(site.site_key()).is_none());
}
