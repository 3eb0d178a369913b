//! Facts about addresses: fetched from a publisher, shown by a command, and used by a running server.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Server, json, run, text};

/// A publisher of documents, by path; anything else is 404.
struct Publisher {
    base: String,
    documents: Arc<Mutex<HashMap<&'static str, &'static str>>>,
}

impl Publisher {
    fn start(documents: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let documents = Arc::new(Mutex::new(documents.iter().copied().collect::<HashMap<_, _>>()));
        let served = documents.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let request = lines.next().unwrap_or_default();
                while lines.next().is_some_and(|line| !line.is_empty()) {}
                let path = request.split(' ').nth(1).unwrap_or_default();
                let found = served.lock().unwrap().get(path).copied();
                let (status, body) = found.map_or(("404 Not Found", "nothing here"), |body| ("200 OK", body));
                let head = format!(
                    "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { base, documents }
    }

    fn set(&self, path: &'static str, document: &'static str) {
        self.documents.lock().unwrap().insert(path, document);
    }

    fn clear(&self) {
        self.documents.lock().unwrap().clear();
    }
}

fn update(data: &Path, publisher: &Publisher) -> (Option<i32>, Value) {
    let output = run(data, &["ipdata", "update", "--from", &publisher.base, "--json"]);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

fn list<'a>(report: &'a Value, file: &str) -> &'a Value {
    report["lists"].as_array().unwrap().iter().find(|list| list["file"] == file).unwrap()
}

#[test]
fn lists_are_fetched_shown_and_kept_when_a_publisher_fails() {
    let data = tempdir().unwrap();
    let publisher = Publisher::start(&[
        ("/datacenter-aws.json", r#"{"prefixes":[{"ip_prefix":"203.0.113.0/24"}],"ipv6_prefixes":[]}"#),
        ("/tor.txt", "198.51.100.7\n198.51.100.8\n"),
        ("/good-bots-bingbot.json", r#"{"prefixes":[{"ipv4Prefix":"198.51.100.64/26"}]}"#),
        ("/vpn-x4bnet.txt", "<!doctype html><title>Down for maintenance</title>\n"),
    ]);
    let (code, report) = update(data.path(), &publisher);
    assert_eq!(code, Some(0), "some came");
    assert_eq!(
        (&list(&report, "tor.txt")["entries"], &list(&report, "tor.txt")["error"]),
        (&json!(1), &Value::Null)
    );
    assert!(list(&report, "asn.mmdb")["error"].as_str().unwrap().contains("404"));
    assert!(
        list(&report, "vpn-x4bnet.txt")["error"].as_str().unwrap().contains("neither ranges nor comments")
    );
    assert!(!data.path().join("ipdata/vpn-x4bnet.txt").exists());

    let shown = json(data.path(), &["ipdata", "show", "203.0.113.9", "--json"]);
    assert_eq!((&shown["class"], &shown["flags"]["datacenter"]), (&json!("hosting"), &json!(true)));
    assert_eq!(shown["sources"][0]["source"], "datacenter-aws");
    assert!(text(data.path(), &["ipdata", "show", "198.51.100.7"]).contains("flags         tor\n"));
    assert!(text(data.path(), &["ipdata", "show", "198.51.100.70"]).contains("crawler       Bingbot\n"));
    assert_eq!(json(data.path(), &["ipdata", "show", "::1", "--json"])["class"], "local");

    publisher.set("/tor.txt", "[]");
    publisher.set("/vpn-x4bnet.txt", "198.51.100.128/25\n");
    let (code, report) = update(data.path(), &publisher);
    assert_eq!(code, Some(0));
    let tor = list(&report, "tor.txt");
    assert_eq!((&tor["entries"], tor["error"].as_str()), (&json!(1), Some("there is no range in it")));
    assert!(
        text(data.path(), &["ipdata", "show", "198.51.100.7"]).contains("tor"),
        "the last good one stays"
    );
    assert!(text(data.path(), &["ipdata", "show", "198.51.100.129"]).contains("vpn"));

    publisher.clear();
    assert_eq!(update(data.path(), &publisher).0, Some(1), "nothing could be fetched");
    assert!(text(data.path(), &["ipdata", "show", "198.51.100.129"]).contains("vpn"));
    let left = fs::read_dir(data.path().join("ipdata")).unwrap().map(|file| file.unwrap().file_name());
    assert!(
        left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')),
        "nothing half written is left"
    );
}

#[test]
fn a_server_fetches_its_lists_takes_files_over_and_names_no_address() {
    let data = tempdir().unwrap();
    let publisher = Publisher::start(&[("/mine", "198.51.100.7\n")]);
    let lists = format!("vpn-mine={}/mine, tor={}/gone", publisher.base, publisher.base);
    let variables = [
        ("PORTCULLIS_ADDRESSES_LISTS", lists.as_str()),
        ("PORTCULLIS_ADDRESSES_RELOAD_SECS", "1"),
        ("PORTCULLIS_ADDRESSES_PROVIDERS", "ipapi.co=http://127.0.0.1:9"),
        ("PORTCULLIS_SERVER_TRUSTED_PROXIES", "127.0.0.1"),
        ("PORTCULLIS_LIMITS_ENABLED", "false"),
    ];
    let server = Server::start_with(data.path(), &[], &variables);
    let flags = |address: &str| {
        let body = json!({
            "fingerprint": { "userAgent": "Mozilla/5.0", "language": "en", "timezone": "UTC", "platform": "x",
                "webdriver": false, "canvas": "x", "webglVendor": "x", "webglRenderer": "x",
                "screen": { "width": 800, "height": 600, "pixelRatio": 1 } },
            "motion": [],
            "behavior": { "dwellMs": 900, "keyPresses": 0, "pointerMoves": 0, "focusChanges": 0, "clickCount": 0 },
        });
        let url = format!("{}/api/v1/challenge", server.base);
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let request =
            agent.post(&url).header("x-forwarded-for", address).header("content-type", "application/json");
        let mut answer = request.send(body.to_string()).unwrap();
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        answer["ipIntel"].clone()
    };
    let hosting = flags("52.95.110.1");
    assert_eq!(hosting["classification"], "hosting", "{hosting}");
    until(|| flags("198.51.100.7")["flags"]["vpn"] == true);
    fs::write(data.path().join("ipdata/proxy.txt"), "198.51.100.9\n").unwrap();
    until(|| flags("198.51.100.9")["flags"]["proxy"] == true);
    fs::write(data.path().join("ipdata/proxy.txt"), "<html>\n").unwrap();
    // Files are read by their names, so whoever sees these has read the other; the second shows that the first is told.
    for address in ["198.51.100.10", "198.51.100.11"] {
        fs::write(data.path().join("ipdata/vpn-more.txt"), address).unwrap();
        until(|| flags(address)["flags"]["vpn"] == true);
    }
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    for line in [
        "visitors' addresses are sent to a third party",
        "a list of addresses was fetched",
        "a list of addresses was not fetched",
        "address data loaded",
        "a file of address data cannot be used",
    ] {
        assert!(log.contains(line), "{line}: {log}");
    }
    assert!(!log.contains("198.51.100") && !log.contains("52.95"), "{log}");
}

/// Asks again until it is so.
fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("it never became so");
}
