//! `portcullis site turnstile-sync` against an API of our own that follows Cloudflare's published one, and the keys
//! that `site set` takes.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{command, failure, json, run, text};

const ACCOUNT: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const TOKEN: &str = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY";

/// One account's widgets. The list has pages of five, whatever is asked for, and shows no secrets.
struct Account {
    url: String,
    widgets: Arc<Mutex<Vec<Value>>>,
    /// Every call but those of the list: method and body.
    changes: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Account {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/client/v4", listener.local_addr().unwrap());
        let widgets = Arc::<Mutex<Vec<Value>>>::default();
        let changes = Arc::<Mutex<Vec<(String, Value)>>>::default();
        let (kept, noted) = (widgets.clone(), changes.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(call) = Call::read(&mut BufReader::new(stream.try_clone().unwrap())) else {
                    continue;
                };
                if !call.path.contains('?') {
                    noted.lock().unwrap().push((call.method.clone(), call.body.clone()));
                }
                let (status, body) = call.answer(&mut kept.lock().unwrap());
                let body = body.to_string();
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { url, widgets, changes }
    }

    fn put(&self, name: &str, domains: &[&str]) -> String {
        let mut widgets = self.widgets.lock().unwrap();
        let new = json!({ "name": name, "mode": "managed", "domains": domains, "clearance_level": "no_clearance", "bot_fight_mode": true, "offlabel": false });
        made(&mut widgets, &new)["sitekey"].as_str().unwrap().to_owned()
    }

    fn sync(&self, data: &Path, site: &str, token: &str) -> Output {
        let arguments = ["site", "turnstile-sync", site, "--account", ACCOUNT, "--json"];
        let variables =
            [("PORTCULLIS_TURNSTILE_API_URL", self.url.as_str()), ("PORTCULLIS_TURNSTILE_API_TOKEN", token)];
        run_with(data, &arguments, &variables)
    }

    fn synced(&self, data: &Path, site: &str) -> Value {
        let output = self.sync(data, site, TOKEN);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{complaint}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn methods(&self) -> Vec<String> {
        std::mem::take(&mut *self.changes.lock().unwrap()).into_iter().map(|(method, _)| method).collect()
    }
}

struct Call {
    method: String,
    path: String,
    authorization: String,
    body: Value,
}

impl Call {
    fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let mut words = line.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let (mut length, mut authorization) = (0, String::new());
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).ok().filter(|read| *read > 0)?;
            match header.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().ok()?;
                }
                Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                    value.clone_into(&mut authorization);
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Some(Self { method, path, authorization, body })
    }

    fn answer(&self, widgets: &mut Vec<Value>) -> (u16, Value) {
        let refused = |code: i64, message: &str| json!({ "success": false, "errors": [{ "code": code, "message": message }], "messages": [], "result": null });
        if self.authorization != format!("Bearer {TOKEN}") {
            return (403, refused(10000, "Authentication error"));
        }
        let root = format!("/client/v4/accounts/{ACCOUNT}/challenges/widgets");
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let Some(rest) = path.strip_prefix(&root) else { return (404, refused(7003, "Could not route")) };
        let shown =
            |widget: &Value| json!({ "success": true, "errors": [], "messages": [], "result": widget });
        let place = widgets.iter().position(|widget| widget["sitekey"] == rest.trim_start_matches('/'));
        match (self.method.as_str(), place) {
            ("GET", None) if rest.is_empty() => (200, list(widgets, query)),
            ("POST", None) if rest.is_empty() => match self.body["domains"].as_array() {
                Some(domains) if (1..=10).contains(&domains.len()) => {
                    (200, shown(&made(widgets, &self.body)))
                }
                _ => (400, refused(10400, "too many domains")),
            },
            ("GET", Some(place)) => (200, shown(&widgets[place])),
            ("PUT", Some(place)) => {
                let (sitekey, secret) = (widgets[place]["sitekey"].clone(), widgets[place]["secret"].clone());
                widgets[place] = self.body.clone();
                widgets[place]["sitekey"] = sitekey;
                widgets[place]["secret"] = secret;
                (200, shown(&widgets[place]))
            }
            _ => (404, refused(10404, "no such widget")),
        }
    }
}

fn list(widgets: &[Value], query: &str) -> Value {
    let page: usize = query.split('&').find_map(|pair| pair.strip_prefix("page=")).unwrap().parse().unwrap();
    let shown: Vec<Value> = widgets.iter().skip((page - 1) * 5).take(5).cloned().collect();
    let without = |mut widget: Value| {
        widget.as_object_mut().unwrap().remove("secret");
        widget
    };
    let shown: Vec<Value> = shown.into_iter().map(without).collect();
    json!({
        "success": true, "errors": [], "messages": [],
        "result_info": { "page": page, "per_page": 5, "count": shown.len(), "total_count": widgets.len() },
        "result": shown,
    })
}

fn made(widgets: &mut Vec<Value>, new: &Value) -> Value {
    let number = widgets.len();
    let mut widget = new.clone();
    widget["sitekey"] = format!("0x4AAF00AAAABn0R22HWm-{number}").into();
    widget["secret"] = format!("0x4AAF00AAAABn0R22HWm098HVBjhd-{number}").into();
    widgets.push(widget.clone());
    widget
}

fn run_with(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    command(data, arguments).envs(variables.iter().copied()).output().unwrap()
}

fn added(data: &Path, origins: &[&str]) -> String {
    let mut arguments = vec!["site", "add", "shop", "--json"];
    arguments.extend(origins.iter().flat_map(|origin| ["--origin", origin]));
    json(data, &arguments)["site_key"].as_str().unwrap().to_owned()
}

#[test]
fn a_widget_is_made_then_found_then_extended() {
    let (data, account) = (tempdir().unwrap(), Account::start());
    let data = data.path();
    for number in 0..12 {
        account.put("Somebody's", &[&format!("other{number}.example")]);
    }
    let key = added(data, &["https://*.shop.example", "http://localhost:3000"]);
    let first = account.synced(data, &key);
    assert_eq!(first["widget"], "created");
    assert_eq!(first["changed"], true);
    assert_eq!(first["domains"], json!(["shop.example"]));
    let made = account.widgets.lock().unwrap()[12].clone();
    assert_eq!(made["name"], format!("Portcullis {key}"));
    assert_eq!((&made["mode"], &made["domains"]), (&json!("managed"), &json!(["shop.example"])));
    let shown = text(data, &["site", "show", &key, "--secret", "--json"]);
    assert!(shown.contains(made["sitekey"].as_str().unwrap()));
    assert!(!shown.contains(made["secret"].as_str().unwrap()), "Turnstile's secret is not shown");
    assert_eq!(account.methods(), ["POST"]);

    let again = account.synced(data, &key);
    assert_eq!((&again["widget"], &again["changed"]), (&json!("found"), &json!(false)));
    assert_eq!(again["turnstile_site_key"], first["turnstile_site_key"]);
    assert_eq!(account.methods(), ["GET"]);

    json(
        data,
        &[
            "site",
            "set",
            &key,
            "--json",
            "--origin",
            "https://shop.example",
            "--origin",
            "https://inn.example",
        ],
    );
    let wider = account.synced(data, &key);
    assert_eq!((&wider["widget"], &wider["changed"]), (&json!("extended"), &json!(false)));
    assert_eq!(account.widgets.lock().unwrap()[12]["domains"], json!(["shop.example", "inn.example"]));
    assert_eq!(account.methods(), ["PUT"]);
    assert_eq!(account.widgets.lock().unwrap().len(), 13);
}

#[test]
fn what_else_is_set_for_a_widget_stays() {
    let (data, account) = (tempdir().unwrap(), Account::start());
    let key = added(data.path(), &["https://a.example", "https://b.example"]);
    account.put(&format!("Portcullis {key}"), &["a.example"]);
    account.synced(data.path(), &key);
    let (_, body) = account.changes.lock().unwrap().pop().unwrap();
    assert_eq!(
        body,
        json!({
            "name": format!("Portcullis {key}"), "mode": "managed", "domains": ["a.example", "b.example"],
            "clearance_level": "no_clearance", "bot_fight_mode": true,
        })
    );
}

#[test]
fn an_operators_widget_is_found_on_a_later_page_and_left_as_it_is() {
    let (data, account) = (tempdir().unwrap(), Account::start());
    for number in 0..7 {
        account.put("Somebody's", &[&format!("other{number}.example")]);
    }
    let wide = account.put("Everything", &["example.org", "shop.example"]);
    let key = added(data.path(), &["https://www.shop.example", "https://example.org"]);
    let synced = account.synced(data.path(), &key);
    assert_eq!((&synced["widget"], &synced["turnstile_site_key"]), (&json!("found"), &json!(wide)));
    assert_eq!(account.methods(), ["GET"]);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let (data, account) = (tempdir().unwrap(), Account::start());
    let data = data.path();
    let complaint = |site: &str, token: &str| {
        let output = account.sync(data, site, token);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let key = added(data, &["https://a.example"]);
    let refused = complaint(&key, "a-token-of-nobodys");
    assert!(
        refused.contains("Authentication error (10000)") && refused.contains("Turnstile / Edit"),
        "{refused}"
    );
    assert!(!refused.contains("a-token-of-nobodys"));
    let alone = added(data, &["http://localhost:3000"]);
    assert!(complaint(&alone, TOKEN).contains("lists no domain"));
    let many: Vec<String> = (0..11).map(|number| format!("https://shop{number}.example")).collect();
    let many = added(data, &many.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(complaint(&many, TOKEN).contains("on 11 domains"));
    assert_eq!(account.methods(), [""; 0]);
    let gone =
        [("PORTCULLIS_TURNSTILE_API_URL", "http://127.0.0.1:1"), ("PORTCULLIS_TURNSTILE_API_TOKEN", TOKEN)];
    let output = run_with(data, &["site", "turnstile-sync", &key, "--account", ACCOUNT], &gone);
    assert!(String::from_utf8(output.stderr).unwrap().contains("does not answer"));
    let output = run_with(data, &["site", "turnstile-sync", &key, "--account", "../zones"], &gone);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(data, &["site", "show", &key, "--json"]).get("turnstile_site_key"), None);
}

#[test]
fn keys_are_set_by_hand_and_survive_other_changes() {
    let data = tempdir().unwrap();
    let data = data.path();
    let key = added(data, &["https://a.example"]);
    let secret = "1x0000000000000000000000000000000AA";
    let pair = ["--turnstile-site-key", "1x00000000000000000000AA", "--turnstile-secret", secret];
    let set = text(data, &[&["site", "set", &key], &pair[..]].concat());
    assert!(set.contains("1x00000000000000000000AA") && !set.contains(secret), "{set}");
    let changed = json(data, &["site", "set", &key, "--json", "--count", "7"]);
    assert_eq!(changed["turnstile_site_key"], "1x00000000000000000000AA");
    let half = ["--turnstile-site-key", "x"];
    let both = [&["--no-turnstile"], &pair[..]].concat();
    for flags in [&half[..], &both] {
        let output = run(data, &[&["site", "set", &key], flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
    }
    let wrong = ["site", "set", &key, "--turnstile-site-key", "x", "--turnstile-secret", "not a secret"];
    assert!(!failure(data, &wrong, 2).contains("not a secret"));
    let none = json(data, &["site", "set", &key, "--json", "--no-turnstile"]);
    assert_eq!(none.get("turnstile_site_key"), None);
}
