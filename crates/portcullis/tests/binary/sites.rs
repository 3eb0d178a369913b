//! `portcullis site …` on a folder without a server.

use serde_json::json;
use tempfile::tempdir;

use crate::server::{failure, json, run, text};

#[test]
fn a_site_is_added_changed_shown_and_removed() {
    let data = tempdir().unwrap();
    let data = data.path();
    let origin = ["--origin", "https://example.com", "--origin", "https://*.example.org"];
    let added = json(data, &[&["site", "add", "shop", "--json", "--difficulty", "3"], &origin[..]].concat());
    let key = added["site_key"].as_str().unwrap();
    let secret = added["secret_key"].as_str().unwrap();
    assert!(key.starts_with("pk_") && key.len() == 35, "{key}");
    assert!(secret.starts_with("sk_") && secret.len() == 67);
    assert_eq!(added["signing_public_key"].as_str().unwrap().len(), 44);
    assert_eq!(added["origins"], json!(["https://example.com", "https://*.example.org"]));
    assert_eq!((&added["difficulty"], &added["count"]), (&json!(3), &json!(50)));
    assert_eq!((&added["challenge_ttl"], &added["token_ttl"]), (&json!(600), &json!(1200)));
    assert_eq!((&added["cap_challenge"], &added["allow_localhost"]), (&json!("salted"), &json!(true)));

    let set = ["site", "set", key, "--json", "--count", "5", "--no-localhost", "--browsers-only"];
    let changed = json(data, &set);
    assert_eq!((&changed["count"], &changed["difficulty"]), (&json!(5), &json!(3)));
    assert_eq!((&changed["allow_localhost"], &changed["browsers_only"]), (&json!(false), &json!(true)));
    assert_eq!(changed["origins"], added["origins"]);
    let replaced =
        json(data, &["site", "set", key, "--json", "--origin", "http://a.test:81", "--name", "inn"]);
    assert_eq!(replaced["origins"], json!(["http://a.test:81"]));
    assert_eq!((&replaced["name"], &replaced["count"]), (&json!("inn"), &json!(5)));
    let back = json(data, &["site", "set", key, "--json", "--localhost", "--browsers-only=false"]);
    assert_eq!((&back["allow_localhost"], &back["browsers_only"]), (&json!(true), &json!(false)));

    assert!(back.get("old_ciphers").is_none() && back.get("policy").is_none());
    let steps = r#"[{"from":0.5,"friction":{"kind":"slider"}}]"#;
    let set = ["site", "set", key, "--json", "--old-cipher", "v2", "--challenge-at", "0.5", "--steps", steps];
    let chosen = json(data, &set);
    assert_eq!((&chosen["old_ciphers"], &chosen["policy"]["challenge_at"]), (&json!(["v2"]), &json!(0.5)));
    let told = text(data, &["site", "show", key]);
    assert!(told.contains("old ciphers") && told.contains("v2"), "{told}");
    assert!(told.contains("act from 0.5; steps: slider from 0.5"), "{told}");
    let back = json(data, &["site", "set", key, "--json", "--old-cipher", "none", "--default-policy"]);
    assert!(back.get("old_ciphers").is_none() && back.get("policy").is_none());

    assert_eq!(json(data, &["site", "list", "--json"]), json!([back]));
    assert_eq!(json(data, &["site", "show", key, "--json"]), back);
    let shown = json(data, &["site", "show", key, "--secret", "--json"]);
    assert_eq!(shown["secret_key"].as_str(), Some(secret));

    let rotated = text(data, &["site", "rotate-secret", key]);
    assert!(rotated.starts_with("sk_") && rotated.trim() != secret);
    text(data, &["site", "remove", key]);
    assert_eq!(json(data, &["site", "list", "--json"]), json!([]));
    assert!(failure(data, &["site", "show", key], 1).contains(key));
}

#[test]
fn the_capjs_server_profile_brings_its_own_numbers() {
    let data = tempdir().unwrap();
    let add = ["site", "add", "app", "--origin", "https://a.test", "--cap-profile", "capjs-server", "--json"];
    let added = json(data.path(), &add);
    assert_eq!(added["cap_challenge"], "seeded");
    assert_eq!((&added["challenge_ttl"], &added["token_ttl"]), (&json!(600), &json!(300)));
}

#[test]
fn what_is_printed_for_people_can_be_pasted() {
    let data = tempdir().unwrap();
    let data = data.path();
    let add = ["site", "add", "shop", "--origin", "https://a.test", "--listen", "127.0.0.1:9999"];
    let printed = text(data, &add);
    let key = json(data, &["site", "list", "--json"])[0]["site_key"].as_str().unwrap().to_owned();
    let shown = json(data, &["site", "show", &key, "--secret", "--json"]);
    let secret = shown["secret_key"].as_str().unwrap();
    assert!(printed.contains("<script src=\"http://127.0.0.1:9999/assets/widget.js\""), "{printed}");
    assert!(printed.contains(&format!("data-cap-api-endpoint=\"http://127.0.0.1:9999/cap/{key}/\"")));
    assert!(printed.contains("curl -s http://127.0.0.1:9999/siteverify "));
    assert!(printed.matches(secret).count() >= 4, "{printed}");
    for command in [&["site", "list"][..], &["site", "show", &key], &["site", "stats"]] {
        assert!(!text(data, command).contains(secret), "{command:?}");
    }
}

#[test]
fn an_imported_secret_is_taken_over_and_never_repeated() {
    let data = tempdir().unwrap();
    let data = data.path();
    let secret = "Vq3xT8mZr1Lw6Yb0Nc5Hd9Kf2Gs7Jp4A";
    let added =
        json(data, &["site", "add", "moved", "--origin", "https://a.test", "--secret", secret, "--json"]);
    assert_eq!(added["secret_key"], secret);
    let twice = failure(data, &["site", "add", "again", "--secret", secret], 1);
    assert!(twice.contains("another site") && !twice.contains(secret), "{twice}");
    for weak in ["hunter2", "changeme-changeme-changeme-changeme-0123"] {
        let refused = failure(data, &["site", "add", "weak", "--secret", weak], 2);
        assert!(!refused.contains(weak), "{refused}");
    }
}

#[test]
fn an_imported_site_key_stays_in_the_pages_that_have_it() {
    let data = tempdir().unwrap();
    let data = data.path();
    for key in
        ["6LeAbCdEAAAAAHijKlMnOpQrStUvWxYz01234567", "a1b2c3d4-0000-4000-8000-123456789abc", "0x4AAAAAAA_b"]
    {
        let added = json(data, &["site", "add", "moved", "--site-key", key, "--json"]);
        assert_eq!(added["site_key"], json!(key));
        assert_eq!(json(data, &["site", "show", key, "--json"])["name"], json!("moved"));
    }
    failure(data, &["site", "add", "twice", "--site-key", "0x4AAAAAAA_b"], 1);
    failure(data, &["site", "add", "odd", "--site-key", "no spaces"], 2);
}

#[test]
fn a_wrong_command_line_is_usage() {
    let data = tempdir().unwrap();
    let data = data.path();
    for arguments in [
        &["site", "add"][..],
        &["site", "add", "x", "--origin", "nonsense"],
        &["site", "add", "x", "--difficulty", "9"],
        &["site", "add", "x", "--cap-challenge", "plain"],
        &["site", "add", "x", "--plan", "Gold"],
        &["site", "add", "x", "--cap-profile", "capjs-server", "--cap-challenge", "salted"],
        &["frobnicate"],
        &["--listen", "nowhere"],
        &["verify", "ftp://a.test", "secret", "token"],
    ] {
        assert_eq!(run(data, arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(run(data, &["--version"]).status.code(), Some(0));
}

#[test]
fn keys_are_rotated_listed_and_retired() {
    let data = tempdir().unwrap();
    let data = data.path();
    text(data, &["site", "add", "x"]);
    assert_eq!(json(data, &["keys", "rotate", "--json"]), json!({ "id": 2 }));
    let listed = json(data, &["keys", "list", "--json"]);
    let seals = listed.as_array().unwrap().iter().map(|key| key["seals"].as_bool().unwrap());
    assert_eq!(seals.collect::<Vec<_>>(), [false, true]);
    assert_eq!(json(data, &["keys", "retire", "--json"]), json!({ "retired": [] }));
    // Replaced in an earlier millisecond, which processes cannot help but be apart.
    assert_eq!(json(data, &["keys", "retire", "--older-than", "0", "--json"]), json!({ "retired": [1] }));
}

#[test]
fn printed_documents_are_whole() {
    let data = tempdir().unwrap();
    let data = data.path();
    let reference =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/config-reference.md"));
    assert_eq!(text(data, &["config-reference"]), reference.unwrap());
    assert!(json(data, &["openapi"])["openapi"].as_str().unwrap().starts_with("3."));
    let assets = json(data, &["assets", "--json"]);
    let widget =
        assets.as_array().unwrap().iter().find(|asset| asset["path"] == "/assets/widget.js").unwrap();
    assert!(widget["integrity"].as_str().unwrap().starts_with("sha"), "{widget}");
    assert!(text(data, &["check-config"]).contains("sound"));
    assert!(!data.join("portcullis.db").exists());
}
