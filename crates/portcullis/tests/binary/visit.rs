//! A visitor and a backend against a running server, through the binary's own client.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::server::{Server, failure, json, run, text};

fn add(data: &Path, flags: &[&str]) -> (String, String) {
    let easy =
        ["site", "add", "x", "--origin", "https://a.test", "--json", "--difficulty", "2", "--count", "3"];
    let added = json(data, &[&easy, flags].concat());
    let part = |name: &str| added[name].as_str().unwrap().to_owned();
    (part("site_key"), part("secret_key"))
}

/// Asks again until it is so: what another process changed takes a moment to be taken over.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..200 {
        if let Some(answer) = ask() {
            return answer;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("it never became so");
}

#[test]
fn the_first_start_makes_a_demo_that_works() {
    let data = tempdir().unwrap();
    let data = data.path().join("new");
    let server = Server::start(&data);
    let welcome = server.welcome.join("\n");
    assert!(welcome.contains(&format!("{}/status?token=", server.base)), "{welcome}");
    assert!(welcome.contains(&format!("{}/\n", server.base)), "{welcome}");
    let sites = json(&data, &["site", "list", "--json"]);
    assert_eq!(sites.as_array().unwrap().len(), 2);
    assert_eq!(sites[1]["site_key"], json!("pk_open_astracaph_public"));
    assert_eq!((&sites[0]["name"], &sites[0]["allow_localhost"]), (&json!("demo"), &json!(true)));
    let key = sites[0]["site_key"].as_str().unwrap();
    let page = ureq::get(&server.base).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(page.contains(key));
    let printed = text(&data, &["site", "add", "shop", "--origin", "https://a.test"]);
    assert!(printed.contains(&format!("{}/cap/", server.base)), "{printed}");
    for site in json(&data, &["site", "list", "--json"]).as_array().unwrap() {
        text(&data, &["site", "remove", site["site_key"].as_str().unwrap()]);
    }
    let (code, _) = server.stop();
    assert_eq!(code, Some(0));
    let again = Server::start(&data);
    assert_eq!(json(&data, &["site", "list", "--json"]), json!([]), "what was removed stays away");
    assert!(!again.welcome.join("\n").contains("is new"));
}

#[test]
fn a_token_is_verified_once_in_every_form() {
    let data = tempdir().unwrap();
    let data = data.path();
    let server = Server::start(data);
    let base = server.base.as_str();
    for flags in [
        &["--cap-challenge", "salted"][..],
        &["--cap-challenge", "seeded"],
        &["--cap-profile", "capjs-server"],
    ] {
        let (key, secret) = add(data, flags);
        let token = until(|| {
            let output = run(data, &["solve", base, &key]);
            output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
        });
        let verdict = json(data, &["verify", base, &secret, &token, "--json"]);
        assert_eq!(verdict["success"], true, "{flags:?}");
        let again = run(data, &["verify", base, &secret, &token, "--json"]);
        assert_eq!(again.status.code(), Some(1));
        let verdict: Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(verdict["success"], false, "{flags:?}");
    }
}

#[test]
fn the_origin_flag_is_what_a_browser_would_send() {
    let data = tempdir().unwrap();
    let data = data.path();
    let (key, secret) = add(data, &["--browsers-only", "--no-localhost"]);
    let server = Server::start(data);
    let base = server.base.as_str();
    assert!(failure(data, &["solve", base, &key], 1).contains("403"));
    let refused = run(data, &["solve", base, &key, "--origin", "https://b.test", "--json"]);
    assert_eq!(refused.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!((&report["success"], &report["status"]), (&json!(false), &json!(403)));
    let solved = json(data, &["solve", base, &key, "--origin", "https://a.test", "--json"]);
    assert_eq!((&solved["success"], &solved["puzzles"]), (&json!(true), &json!(3)));
    let token = solved["token"].as_str().unwrap();
    let verdict = json(data, &["verify", base, &secret, token, "--json"]);
    assert_eq!(verdict["hostname"], "a.test");
}

#[test]
fn a_running_server_takes_changes_over_and_counts() {
    let data = tempdir().unwrap();
    let data = data.path();
    let server = Server::start(data);
    let base = server.base.as_str();
    let (key, secret) = add(data, &[]);
    let solve = || {
        let output = run(data, &["solve", base, &key]);
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    let token = until(solve);
    text(data, &["keys", "rotate"]);
    assert!(text(data, &["verify", base, &secret, &token]).starts_with("accepted"));
    until(|| {
        let stats = json(data, &["site", "stats", &key, "--json"]);
        (stats["last_hour"]["verified"] == 1 && stats["last_day"]["challenges"] == 1).then_some(())
    });
    text(data, &["site", "remove", &key]);
    until(|| solve().is_none().then_some(()));
}

#[test]
fn connections_that_say_nothing_do_not_hold_up_the_end() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path());
    let address = server.base.strip_prefix("http://").unwrap().to_owned();
    let silent = TcpStream::connect(&address).unwrap();
    let mut idle = TcpStream::connect(&address).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    assert!(idle.read(&mut [0; 512]).unwrap() > 0);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0));
    assert!(!log.contains("cut off"), "{log}");
    drop(silent);
}

#[test]
fn the_health_check_tells_a_running_server_from_none() {
    let data = tempdir().unwrap();
    let data = data.path();
    let server = Server::start(data);
    let base = server.base.clone();
    assert_eq!(text(data, &["healthcheck", &base]), "ready\n");
    server.kill();
    assert!(failure(data, &["healthcheck", &base], 1).contains("cannot ask"));
}

#[test]
fn the_log_is_json_and_holds_no_secret() {
    let data = tempdir().unwrap();
    let data = data.path();
    let (key, secret) = add(data, &[]);
    let loud = [("PORTCULLIS_LOG_FORMAT", "json"), ("PORTCULLIS_LOG_LEVEL", "trace")];
    let server = Server::start_with(data, &[], &loud);
    let base = server.base.clone();
    let token = text(data, &["solve", &base, &key]).trim().to_owned();
    text(data, &["verify", &base, &secret, &token]);
    run(data, &["verify", &base, "sk_wrong_0123456789012345678901234567", &token]);
    let (code, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    let status_token = std::fs::read_to_string(data.join("status.token")).unwrap();
    for secret in [secret.as_str(), token.as_str(), "sk_wrong_", status_token.trim(), "\"127.0.0.1"] {
        let leaked = log.lines().find(|line| line.contains(secret) && !line.contains("listening"));
        assert_eq!(leaked, None);
    }
    let messages = log.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        line["message"].as_str().unwrap().to_owned()
    });
    let messages = messages.collect::<Vec<_>>();
    assert!(messages.iter().any(|message| message == "listening"), "{messages:?}");
    assert_eq!(messages.last().map(String::as_str), Some("stopped"));
}
