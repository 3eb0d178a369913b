//! Sites that their owners register: how many, whose, and for how long.

use std::sync::Arc;

use portcullis_engine::{
    Assess, Clock as _, FlowMode, Issue, Keeping, LimitSettings, ManualClock, NewSite, OpenFlow, Origin,
    OriginPattern, RegistrationError, Site, SiteChange, SiteSettings,
};

use crate::gate::{Gate, MINUTE, ORIGIN, START, from, light, start, visitor};
use crate::visits::{asked, finish, open, open_settings, open_with, operators, token, wish};

const DAY: u64 = 24 * 60 * MINUTE;

fn origin() -> Origin {
    ORIGIN.parse().unwrap()
}

pub(crate) fn code(error: &RegistrationError) -> &'static str {
    match error {
        RegistrationError::Full => "full",
        RegistrationError::RateLimited { .. } => "rate_limited",
        RegistrationError::UnknownSecret => "unknown_secret",
        RegistrationError::OtherOrigin => "other_origin",
        RegistrationError::NoDomain => "no_domain",
        RegistrationError::NotRead => "not_read",
        RegistrationError::NotNamed => "not_named",
        RegistrationError::Busy => "busy",
        RegistrationError::Site(_) => "site",
        RegistrationError::Unavailable(_) => "unavailable",
    }
}

pub(crate) async fn register(gate: &Gate, address: &str) -> Result<Arc<Site>, &'static str> {
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
    let operators = operators(&gate, light()).await;
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
    gate.engine.tidy().await.unwrap();
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

#[tokio::test]
async fn there_are_ten_thousand_registered_sites_at_most() {
    assert_eq!(LimitSettings::default().registered_sites, 10_000);
    let gate =
        open_with(open_settings(), LimitSettings { registered_sites: 3, ..LimitSettings::default() }).await;
    operators(&gate, light()).await;
    let mut sites = Vec::new();
    for _ in 0..3 {
        sites.push(register(&gate, "192.0.2.7").await.unwrap());
        gate.clock.advance(MINUTE);
    }
    assert_eq!(register(&gate, "192.0.2.8").await.err(), Some("full"));
    unregister(&gate, "192.0.2.7", sites[2].secret().expose()).await.unwrap();
    register(&gate, "192.0.2.8").await.unwrap();
    assert_eq!(
        register(&gate, "192.0.2.8").await.err(),
        Some("full"),
        "and whoever was refused took no place"
    );
}

#[tokio::test]
async fn a_site_that_lay_unused_for_long_makes_room_for_another() {
    let gate =
        open_with(open_settings(), LimitSettings { registered_sites: 2, ..LimitSettings::default() }).await;
    let oldest = register(&gate, "192.0.2.7").await.unwrap();
    gate.clock.advance(MINUTE);
    let other = register(&gate, "192.0.2.7").await.unwrap();
    gate.clock.advance(7 * DAY);
    assert_eq!(register(&gate, "192.0.2.7").await.err(), Some("full"));
    gate.clock.advance(DAY);
    let visitor = visitor();
    let _ = gate.engine.assess(Assess { site_key: Some(oldest.site_key()), ..wish(&visitor) }).await;
    register(&gate, "192.0.2.7").await.unwrap();
    let is_there = |site: &Site| gate.engine.site(site.site_key()).is_some();
    assert!(is_there(&oldest) && !is_there(&other), "the oldest is in use");
}

#[tokio::test]
async fn use_at_any_door_keeps_a_site() {
    let gate = open().await;
    let sites = [register(&gate, "192.0.2.7").await.unwrap(), register(&gate, "192.0.2.7").await.unwrap()];
    let idle = register(&gate, "192.0.2.7").await.unwrap();
    for _ in 0..3 {
        gate.clock.advance(4 * DAY);
        let visitor = visitor();
        let site_key = Some(sites[0].site_key());
        gate.engine
            .issue(Issue { site_key, visitor: &visitor, action: None, cdata: None, vendor: None })
            .await
            .unwrap();
        let (site, signals, mode) = (&*sites[1], crate::flows::shown(&visitor), FlowMode::Hidden);
        let nonce = gate.clock.now().0.to_be_bytes().repeat(4).try_into().unwrap();
        let command = OpenFlow { site, visitor: &visitor, signals, nonce, mode, puzzles: &[] };
        gate.engine.open_flow(command).await.unwrap();
        gate.engine.tidy().await.unwrap();
    }
    assert!(sites.iter().all(|site| gate.engine.site(site.site_key()).is_some()));
    assert!(gate.engine.site(idle.site_key()).is_none());
}

#[tokio::test]
async fn time_in_which_the_server_stood_still_costs_nobody_a_site() {
    let (stores, clock) = (portcullis_store::memory::open(), Arc::new(ManualClock::new(START)));
    let open = || start(stores.clone(), clock.clone(), LimitSettings::default());
    let engine = open().await;
    let site = engine.register(&visitor(), &origin(), None).await.unwrap();
    engine.finish().await.unwrap();
    clock.advance(30 * DAY);
    let engine = open().await;
    engine.tidy().await.unwrap();
    clock.advance(6 * DAY);
    engine.tidy().await.unwrap();
    assert!(engine.site(site.site_key()).is_some(), "nobody could have used it");
    clock.advance(2 * DAY);
    engine.tidy().await.unwrap();
    assert!(engine.site(site.site_key()).is_none(), "seven days since the start");
}

#[tokio::test]
async fn noting_use_undoes_nothing_that_another_process_changed_meanwhile() {
    let (stores, clock) = (portcullis_store::memory::open(), Arc::new(ManualClock::new(START)));
    let open = || start(stores.clone(), clock.clone(), LimitSettings::default());
    let (one, other) = (open().await, open().await);
    let site = one.register(&visitor(), &origin(), None).await.unwrap();
    clock.advance(2 * 60 * MINUTE);
    let visitor = visitor();
    let _ = one.assess(Assess { site_key: Some(site.site_key()), ..wish(&visitor) }).await;
    other.refresh().await.unwrap();
    let settings = Some(SiteSettings { difficulty: Some(5), ..site.settings().clone() });
    other.change_site(site.site_key(), SiteChange { settings, ..SiteChange::default() }).await.unwrap();
    one.tidy().await.unwrap();
    let kept = one.site(site.site_key()).unwrap().settings().clone();
    assert_eq!(kept.difficulty, Some(5));
    assert_eq!(kept.keeping, Keeping::Registered { last_used_ms: clock.now().0, proved: false });
}

#[tokio::test]
async fn hundreds_of_sites_lapse_in_a_few_rounds() {
    let gate = open().await;
    for number in 0..450_u32 {
        let keeping = Keeping::Registered { last_used_ms: START.0, proved: false };
        let settings = SiteSettings { keeping, ..light() };
        let new = NewSite { name: number.to_string(), site_key: None, secret: None, settings };
        gate.engine.add_site(new).await.unwrap();
    }
    gate.engine.tidy().await.unwrap();
    gate.clock.advance(8 * DAY);
    let mut left = Vec::new();
    for _ in 0..3 {
        gate.engine.tidy().await.unwrap();
        left.push(gate.engine.sites().len() - 1);
    }
    assert_eq!(left, [250, 50, 0], "some at a time, so that nothing else waits for long");
}
