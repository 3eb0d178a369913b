//! Providers behind real sockets, a name server made up, and a clock that stands still.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};

use portcullis_engine::{ManualClock, UnixMs};
use portcullis_ipdata::AddressClass;

use super::*;

/// An HTTP server that answers every request alike, and counts them.
struct Stub {
    url: String,
    asked: Arc<AtomicUsize>,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    /// Answers nobody until `release` is dropped.
    fn start(status: &'static str, body: String, release: Option<Receiver<()>>) -> Self {
        let release = Arc::new(Mutex::new(release));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, paths) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (count, seen) = (asked.clone(), paths.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, body, count, seen, release) =
                    (stream.unwrap(), body.clone(), count.clone(), seen.clone(), release.clone());
                std::thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                    seen.lock().unwrap().extend(lines.next().and_then(Result::ok));
                    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                    count.fetch_add(1, Ordering::SeqCst);
                    if let Some(release) = &*release.lock().unwrap() {
                        let _ = release.recv();
                    }
                    let head = format!(
                        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                        body.len()
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes());
                });
            }
        });
        Self { url, asked, paths }
    }

    fn quick(body: &str) -> Self {
        Self::start("200 OK", body.to_owned(), None)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Knows some names, and counts how often it was asked.
#[derive(Default)]
struct Names {
    names: HashMap<IpAddr, &'static str>,
    addresses: HashMap<&'static str, Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl NameServer for Names {
    fn name(&self, address: IpAddr) -> io::Result<String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.names.get(&address).map(|name| (*name).to_owned()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.addresses.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(UnixMs(1_800_000_000_000)))
}

fn open(providers: &[String], clock: &Arc<ManualClock>, names: &Arc<Names>) -> Addresses {
    let settings = AddressSettings {
        providers: providers.iter().map(|text| text.parse().unwrap()).collect(),
        // Long, so that a busy machine does not decide the outcome; tests of the budget set their own.
        budget_ms: 5_000,
        provider_timeout_ms: 10_000,
        ..AddressSettings::default()
    };
    let folder = PathBuf::from("/nowhere/at/all");
    Addresses::with_name_server(settings, folder, clock.clone(), names.clone())
}

#[tokio::test]
async fn what_providers_say_is_merged_and_kept() {
    let is = Stub::quick(
        r#"{"is_vpn":true,"company":{"type":"isp","name":"Example Telecom"},"asn":{"asn":64500}}"#,
    );
    let co = Stub::quick(r#"{"country_code":"FR","asn":"AS64500","org":"Other"}"#);
    let who = Stub::quick(r#"{"success":false,"message":"Reserved range"}"#);
    let providers =
        [format!("ipapi.is={}", is.url), format!("ipapi.co={}", co.url), format!("ipwho.is={}", who.url)];
    let clock = clock();
    let addresses = open(&providers, &clock, &Arc::default());
    assert_eq!(addresses.look_up(address("8.8.8.8"), ""), AddressFacts::default());
    let facts = addresses.ask(address("8.8.8.8"), "").await;
    assert_eq!(facts.class, AddressClass::Residential);
    assert!(facts.flags.vpn && !facts.flags.hosting);
    assert_eq!((facts.country.as_deref(), facts.asn), (Some("FR"), Some(64500)));
    assert_eq!(facts.sources.len(), 2);
    assert_eq!(addresses.look_up(address("::ffff:8.8.8.8"), ""), facts, "known at once from now on");
    assert_eq!(addresses.ask(address("8.8.8.8"), "").await, facts);
    assert_eq!((is.asked(), co.asked(), who.asked()), (1, 1, 1));
    assert_eq!(*is.paths.lock().unwrap(), ["GET /?q=8.8.8.8 HTTP/1.1"]);
    assert_eq!(*co.paths.lock().unwrap(), ["GET /8.8.8.8/json/ HTTP/1.1"]);
    clock.advance(24 * 3_600_000);
    assert_eq!(addresses.look_up(address("8.8.8.8"), ""), AddressFacts::default());
    addresses.ask(address("8.8.8.8"), "").await;
    assert_eq!(is.asked(), 2);
}

#[tokio::test]
async fn only_addresses_of_the_open_net_leave_the_machine() {
    let stub = Stub::quick("{}");
    let names = Arc::default();
    let addresses = open(&[format!("ipapi.is={}", stub.url)], &clock(), &names);
    for own in [
        "127.0.0.1",
        "10.0.0.1",
        "192.168.1.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "100.64.0.1",
        "192.0.2.1",
        "2001:db8::1",
        "224.0.0.1",
        "0.0.0.0",
    ] {
        addresses.ask(address(own), "Googlebot").await;
        assert_eq!(addresses.verify_bot(address(own), "Googlebot").await, None);
    }
    assert_eq!((stub.asked(), names.asked.load(Ordering::SeqCst)), (0, 0));
}

#[tokio::test]
async fn a_visitor_waits_for_the_budget_and_the_next_finds_the_answer() {
    let (release, released) = mpsc::channel();
    let slow = Stub::start("200 OK", r#"{"is_tor":true}"#.to_owned(), Some(released));
    let mut addresses = open(&[format!("ipapi.is={}", slow.url)], &clock(), &Arc::default());
    addresses.settings.budget_ms = 5;
    assert_eq!(addresses.ask(address("8.8.8.8"), "").await, AddressFacts::default(), "unknown is neutral");
    drop(release);
    addresses.settings.budget_ms = 5_000;
    assert!(addresses.ask(address("8.8.8.8"), "").await.flags.tor);
    assert_eq!(slow.asked(), 1, "the first question was not in vain");
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_and_tried_again() {
    let dead = Stub::start("500 Oh", "{}".to_owned(), None);
    let clock = clock();
    let addresses = open(&[format!("ipwho.is={}", dead.url)], &clock, &Arc::default());
    for last in 0..20_u8 {
        addresses.ask(IpAddr::from([8, 8, 8, last]), "").await;
    }
    assert_eq!(dead.asked(), 5);
    clock.advance(60_000);
    addresses.ask(address("8.8.9.1"), "").await;
    addresses.ask(address("8.8.9.2"), "").await;
    assert_eq!(dead.asked(), 6, "one question tries whether it lives");
}

#[tokio::test]
async fn an_answer_of_another_kind_is_nothing() {
    let long = format!("{{\"org\":\"{}\"}}", "x".repeat(100_000));
    for body in [long.as_str(), "<html>", "", "[1]", "{\"is_tor\":\"yes\"}"] {
        let stub = Stub::quick(body);
        let addresses = open(&[format!("ipapi.is={}", stub.url)], &clock(), &Arc::default());
        let facts = addresses.ask(address("8.8.8.8"), "").await;
        assert_eq!((facts.class, facts.flags.tor, facts.organisation), (AddressClass::Unknown, false, None));
        assert_eq!(stub.asked(), 1);
    }
    let away = Stub::start("302 Away\r\nlocation: http://127.0.0.1:1/", String::new(), None);
    let addresses = open(&[format!("ipapi.is={}", away.url)], &clock(), &Arc::default());
    assert_eq!(addresses.ask(address("8.8.8.8"), "").await, AddressFacts::default());
}

#[tokio::test]
async fn a_crawler_must_have_a_name_that_leads_back() {
    let google = address("66.249.66.1");
    let (forger, liar, nobody) = (address("8.8.8.1"), address("8.8.8.2"), address("8.8.8.3"));
    let crawl = "crawl-66-249-66-1.googlebot.com";
    let names = Arc::new(Names {
        names: HashMap::from([(google, crawl), (forger, crawl), (liar, "googlebot.com.evil.example")]),
        addresses: HashMap::from([(crawl, vec![google]), ("googlebot.com.evil.example", vec![liar])]),
        asked: AtomicUsize::new(0),
    });
    let addresses = open(&[], &clock(), &names);
    let agent = "Mozilla/5.0 (compatible; Googlebot/2.1)";
    assert_eq!(addresses.ask(google, agent).await.good_bot.as_deref(), Some("Googlebot"));
    assert_eq!(
        addresses.verify_bot("::ffff:66.249.66.1".parse().unwrap(), agent).await.as_deref(),
        Some("Googlebot")
    );
    assert_eq!(names.asked.load(Ordering::SeqCst), 1, "the second answer was known");
    assert_eq!(addresses.look_up(google, agent).good_bot.as_deref(), Some("Googlebot"), "and at once");
    assert_eq!(addresses.look_up(google, "Firefox/140").good_bot, None, "nobody claimed anything");
    assert_eq!(addresses.look_up(address("66.249.66.2"), agent).good_bot, None, "never asked");
    for other in [forger, liar, nobody] {
        assert_eq!(addresses.ask(other, agent).await.good_bot, None, "{other}");
    }
    assert_eq!(addresses.verify_bot(google, "bingbot").await, None);
    let before = names.asked.load(Ordering::SeqCst);
    assert_eq!(
        addresses.ask(google, "Mozilla/5.0 Firefox/140").await.good_bot,
        None,
        "nobody claimed anything"
    );
    assert_eq!(names.asked.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn a_changed_file_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let open = || Addresses::open(AddressSettings::default(), folder.path().join("ipdata"), clock.clone());
    let addresses = open();
    assert!(!addresses.look_up(address("192.0.2.1"), "").flags.vpn);
    std::fs::create_dir(folder.path().join("ipdata")).unwrap();
    std::fs::write(folder.path().join("ipdata/vpn.txt"), "192.0.2.1\n").unwrap();
    assert!(addresses.reload().changed);
    assert!(addresses.look_up(address("192.0.2.1"), "").flags.vpn);
    assert!(open().look_up(address("192.0.2.1"), "").flags.vpn);
}
