//! Pages of ours act for the page that was sealed into them.

use portcullis_engine::{Assess, Origin, SiteSettings};

use crate::gate::{ORIGIN, claiming, light, start, visitor};
use crate::visits::{asked, finish, open, operators, refusal, token, wish};

const DAY: u64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn a_pass_from_a_frame_is_bound_to_the_page_around_it() {
    let gate = open().await;
    let ours = claiming(Some("https://captcha.example"));
    let seal = gate.engine.seal_page(&ORIGIN.parse().unwrap()).unwrap();
    let page = || Some(gate.engine.open_page(&seal.text).unwrap().origin);
    let framed = || Assess { page: page(), ..wish(&ours) };
    let step = asked(&gate, framed()).await;
    assert_eq!(refusal(finish(&gate, wish(&ours), &step).await), "invalid_step", "the step is the page's");
    let token = token(finish(&gate, framed(), &step).await);
    let pass = crate::passes::verify(&gate, &token).await.unwrap();
    assert_eq!(pass.origin.unwrap().as_str(), ORIGIN);
}

#[tokio::test]
async fn a_framed_page_must_be_on_the_sites_list_as_any_other() {
    let (gate, visitor) = (open().await, visitor());
    let site = operators(&gate, SiteSettings::default()).await;
    let page: Origin = "https://else.example".parse().unwrap();
    let framed = Assess { site_key: Some(site.site_key()), page: Some(page.clone()), ..wish(&visitor) };
    assert_eq!(refusal(gate.engine.assess(framed).await), "origin_refused");
    operators(&gate, SiteSettings { origins: vec!["https://else.example".parse().unwrap()], ..light() })
        .await;
    let open = Assess { page: Some(page), ..wish(&visitor) };
    assert_eq!(refusal(gate.engine.assess(open).await), "origin_refused", "it is another site's by now");
}

#[tokio::test]
async fn a_seal_is_good_for_a_day_and_only_as_it_was_made() {
    let gate = open().await;
    let origin: Origin = ORIGIN.parse().unwrap();
    let seal = gate.engine.seal_page(&origin).unwrap();
    let page = gate.engine.open_page(&seal.text).unwrap();
    assert_eq!((&page.origin, &page.visit), (&origin, &seal.visit));
    assert_ne!(gate.engine.seal_page(&origin).unwrap().visit, seal.visit, "each visit is its own");
    for at in 0..seal.text.len() {
        let mut changed = seal.text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(gate.engine.open_page(std::str::from_utf8(&changed).unwrap()), None, "byte {at}");
        assert_eq!(gate.engine.open_page(&seal.text[..at]), None, "cut at {at}");
    }
    let visitor = visitor();
    let step = asked(&gate, wish(&visitor)).await;
    for foreign in ["", "é", &step.challenge_id, step.challenge_id.trim_start_matches("chl_")] {
        assert_eq!(gate.engine.open_page(foreign), None, "{foreign}");
    }
    gate.clock.advance(DAY - 1);
    assert!(gate.engine.open_page(&seal.text).is_some());
    gate.clock.advance(1);
    assert_eq!(gate.engine.open_page(&seal.text), None);
}

#[tokio::test]
async fn a_seal_of_another_server_is_refused() {
    let gate = open().await;
    let limits = portcullis_engine::LimitSettings::default();
    let other = start(portcullis_store::memory::open(), gate.clock.clone(), limits).await;
    // Both draw the same randomness here, so one goes ahead and adds a key of its own.
    other.rotate_sealing_key().await.unwrap();
    let seal = other.seal_page(&ORIGIN.parse().unwrap()).unwrap();
    assert_eq!(gate.engine.open_page(&seal.text), None);
    assert!(other.open_page(&seal.text).is_some());
}
