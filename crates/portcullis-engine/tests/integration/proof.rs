//! Domains that name their sites: what a proof takes, what it gives, and who loses it.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use portcullis_engine::{
    Assess, DomainFiles, DomainProof, LimitSettings, Origin, Site, SiteSettings, Unread, Visitor,
};

use crate::gate::{Gate, MINUTE, ORIGIN, claiming, from, light, visitor};
use crate::registration::{code, register};
use crate::visits::{asked, finish, open, open_settings, open_with, operators, refusal, token, wish};

const DAY: u64 = 24 * 60 * MINUTE;

/// A domain whose file has this text.
struct File(String, AtomicUsize);

impl File {
    fn of(sites: &[&Site]) -> Self {
        let lines = sites.iter().map(|site| format!("portcullis-site={}\r\n", site.site_key()));
        Self(lines.collect(), AtomicUsize::new(0))
    }

    fn saying(text: &str) -> Self {
        Self(text.to_owned(), AtomicUsize::new(0))
    }

    fn asked(&self) -> usize {
        self.1.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl DomainFiles for File {
    async fn read(&self, host: &str) -> Result<String, Unread> {
        assert_eq!(host, "shop.example");
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok(self.0.clone())
    }
}

/// A domain that cannot be read.
struct Silent(Unread);

#[async_trait]
impl DomainFiles for Silent {
    async fn read(&self, _: &str) -> Result<String, Unread> {
        Err(self.0)
    }
}

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

async fn prove(gate: &Gate, site: &Site, files: &dyn DomainFiles) -> Result<(), &'static str> {
    let proved = gate.engine.prove(&visitor(), &origin(ORIGIN), site.secret().expose(), files).await;
    proved.map(|proved| assert!(proved.is_proved())).map_err(|error| code(&error))
}

/// Whether a page of this origin may ask for a pass of the site.
async fn admits(gate: &Gate, site_key: &str, page: &str) -> bool {
    let visitor: Visitor = claiming(Some(page));
    gate.engine.assess(Assess { site_key: Some(site_key), ..wish(&visitor) }).await.is_ok()
}

#[tokio::test]
async fn a_proved_site_has_its_host_to_itself() {
    let gate = open().await;
    let older = register(&gate, "192.0.2.7").await.unwrap();
    let site = register(&gate, "192.0.2.7").await.unwrap();
    assert!(!site.is_proved());
    for site_key in [Site::OPEN, older.site_key(), site.site_key()] {
        assert!(admits(&gate, site_key, ORIGIN).await, "nobody proved anything");
    }
    prove(&gate, &site, &File::of(&[&site])).await.unwrap();
    assert!(!admits(&gate, Site::OPEN, ORIGIN).await);
    assert!(
        !admits(&gate, Site::OPEN, "http://shop.example:8080").await,
        "a backend may verify by host alone"
    );
    assert!(!admits(&gate, older.site_key(), ORIGIN).await);
    assert!(admits(&gate, Site::OPEN, "https://www.shop.example").await, "another host");
    let visitor = visitor();
    let own = || Assess { site_key: Some(site.site_key()), ..wish(&visitor) };
    let step = asked(&gate, own()).await;
    let pass = crate::passes::verify(&gate, &token(finish(&gate, own(), &step).await)).await.unwrap();
    assert_eq!(pass.site_key, site.site_key());
}

#[tokio::test]
async fn a_step_that_was_asked_for_before_the_proof_earns_nothing_after_it() {
    let (gate, visitor) = (open().await, visitor());
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let step = asked(&gate, wish(&visitor)).await;
    prove(&gate, &site, &File::of(&[&site])).await.unwrap();
    assert_eq!(refusal(finish(&gate, wish(&visitor), &step).await), "origin_refused");
}

#[tokio::test]
async fn only_a_whole_line_with_the_sites_own_key_proves_it() {
    let gate = open().await;
    let (site, other) =
        (register(&gate, "192.0.2.7").await.unwrap(), register(&gate, "192.0.2.7").await.unwrap());
    let key = site.site_key();
    for text in [
        String::new(),
        key.to_owned(),
        format!("portcullis-site={}", other.site_key()),
        format!("portcullis-site={key}0"),
        format!("<p>portcullis-site={key}</p>"),
        format!("not portcullis-site={key}"),
    ] {
        assert_eq!(prove(&gate, &site, &File::saying(&text)).await, Err("not_named"), "{text}");
    }
    assert!(admits(&gate, Site::OPEN, ORIGIN).await);
    prove(&gate, &site, &File::saying(&format!("\u{feff}\nothers=1\n  portcullis-site={key} \r\n")))
        .await
        .unwrap();
}

#[tokio::test]
async fn whoever_cannot_be_read_proves_nothing_and_loses_nothing() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    prove(&gate, &site, &File::of(&[&site])).await.unwrap();
    let other = register(&gate, "192.0.2.7").await.unwrap();
    for (unread, code) in [(Unread::NotReached, "not_read"), (Unread::Busy, "busy")] {
        assert_eq!(prove(&gate, &other, &Silent(unread)).await, Err(code));
        assert_eq!(prove(&gate, &site, &Silent(unread)).await, Err(code));
    }
    assert_eq!(prove(&gate, &other, &File::of(&[&site])).await, Err("not_named"));
    assert!(gate.engine.site(site.site_key()).unwrap().is_proved());
    assert!(!gate.engine.site(other.site_key()).unwrap().is_proved());
}

#[tokio::test]
async fn one_look_at_the_file_judges_every_site_of_the_host() {
    let gate = open().await;
    let mut sites = Vec::new();
    for _ in 0..3 {
        sites.push(register(&gate, "192.0.2.7").await.unwrap());
    }
    prove(&gate, &sites[0], &File::of(&[&sites[0], &sites[1]])).await.unwrap();
    prove(&gate, &sites[1], &File::of(&[&sites[0], &sites[1]])).await.unwrap();
    let proved = |gate: &Gate| {
        sites.iter().map(|site| gate.engine.site(site.site_key()).unwrap().is_proved()).collect::<Vec<_>>()
    };
    assert_eq!(proved(&gate), [true, true, false]);
    for site in &sites[..2] {
        assert!(admits(&gate, site.site_key(), ORIGIN).await, "the domain names both");
    }
    // The domain was sold: its new owner names his own site only.
    prove(&gate, &sites[2], &File::of(&[&sites[2]])).await.unwrap();
    assert_eq!(proved(&gate), [false, false, true]);
    assert!(!admits(&gate, sites[0].site_key(), ORIGIN).await);
}

#[tokio::test]
async fn the_operators_sites_come_first() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    prove(&gate, &site, &File::of(&[&site])).await.unwrap();
    let own = operators(&gate, light()).await;
    assert!(!admits(&gate, site.site_key(), ORIGIN).await);
    assert!(admits(&gate, own.site_key(), ORIGIN).await);
    let others = SiteSettings { origins: vec!["https://*.shop.example".parse().unwrap()], ..light() };
    operators(&gate, others).await;
    for (page, is_admitted) in [
        ("https://a.shop.example", false),
        ("http://a.b.shop.example:81", false),
        ("https://ashop.example", true),
        ("https://example", true),
    ] {
        assert_eq!(admits(&gate, Site::OPEN, page).await, is_admitted, "{page}");
    }
}

#[tokio::test]
async fn its_own_secret_is_needed_and_no_domain_is_asked_without_it() {
    let gate = open().await;
    let site = register(&gate, "192.0.2.7").await.unwrap();
    let own = operators(&gate, SiteSettings { origins: Vec::new(), ..light() }).await;
    let file = File::of(&[&site]);
    let ask = async |page: &str, secret: &str| {
        let proved = gate.engine.prove(&visitor(), &origin(page), secret, &file).await;
        proved.map(drop).map_err(|error| code(&error))
    };
    assert_eq!(ask(ORIGIN, "sk_live_guess").await, Err("unknown_secret"));
    assert_eq!(ask(ORIGIN, own.secret().expose()).await, Err("unknown_secret"));
    assert_eq!(ask("https://else.example", site.secret().expose()).await, Err("other_origin"));
    assert_eq!(file.asked(), 0);
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(ask(ORIGIN, site.secret().expose()).await);
    }
    assert_eq!((codes[0], codes[8], codes[9]), (Ok(()), Ok(()), Err("rate_limited")));
    assert_eq!(file.asked(), 9, "twelve tries an hour, whatever came of them");
}

#[tokio::test]
async fn what_has_no_domain_is_not_asked() {
    let gate = open().await;
    for page in [
        "http://localhost:3000",
        "https://127.0.0.1",
        "https://93.184.215.14",
        "https://[2606:2800:21f:cb07::1]",
        "https://0x7f.1",
        "https://2130706433",
        "https://intranet",
        "https://10.1",
    ] {
        let visitor = from("192.0.2.9");
        let Ok(site) = gate.engine.register(&visitor, &origin(page), None).await else { panic!("{page}") };
        assert_eq!(DomainProof::of(&site, &origin(page)), None, "{page}");
        let file = File::of(&[&site]);
        let proved = gate.engine.prove(&visitor, &origin(page), site.secret().expose(), &file).await;
        assert_eq!((proved.err().map(|error| code(&error)), file.asked()), (Some("no_domain"), 0), "{page}");
    }
}

#[tokio::test]
async fn a_proved_site_lasts_longer_unused_and_their_number_is_bounded_too() {
    let gate =
        open_with(open_settings(), LimitSettings { registered_sites: 1, ..LimitSettings::default() }).await;
    let one = register(&gate, "192.0.2.7").await.unwrap();
    prove(&gate, &one, &File::of(&[&one])).await.unwrap();
    gate.engine.tidy().await.unwrap();
    let two = register(&gate, "192.0.2.7").await.unwrap();
    assert_eq!(prove(&gate, &two, &File::of(&[&one, &two])).await, Err("full"));
    gate.clock.advance(8 * DAY);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(two.site_key()).is_none());
    assert!(gate.engine.site(one.site_key()).is_some());
    gate.clock.advance(83 * DAY);
    gate.engine.tidy().await.unwrap();
    assert!(gate.engine.site(one.site_key()).is_none());
    assert!(admits(&gate, Site::OPEN, ORIGIN).await);
}
