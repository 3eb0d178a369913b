//! `backup` and `restore`.

use std::fs;

use tempfile::tempdir;

use crate::server::{Server, failure, json, text};

#[test]
fn a_backup_is_restored_with_its_key() {
    let outer = tempdir().unwrap();
    let (old, new) = (outer.path().join("old"), outer.path().join("new"));
    let file = outer.path().join("copy.db");
    let file = file.to_str().unwrap();
    let server = Server::start(&old);
    text(&old, &["site", "add", "kept", "--origin", "https://a.test"]);
    text(&old, &["backup", file]);
    assert!(failure(&old, &["backup", file], 1).contains("exists already"));
    let sites = json(&old, &["site", "list", "--json"]);
    text(&old, &["site", "add", "later"]);
    assert!(failure(&old, &["restore", file, "--force"], 1).contains("another server"));
    drop(server);

    assert!(text(&new, &["restore", file]).contains("master.key"));
    assert!(failure(&new, &["site", "list"], 1).contains("no master key"));
    fs::copy(old.join("master.key"), new.join("master.key")).unwrap();
    assert_eq!(json(&new, &["site", "list", "--json"]), sites);
    let adopted = Server::start(&new);
    assert_eq!(json(&new, &["site", "list", "--json"]), sites, "the demo comes along");
    drop(adopted);

    assert!(failure(&old, &["restore", file], 1).contains("--force"));
    text(&old, &["restore", file, "--force"]);
    assert_eq!(json(&old, &["site", "list", "--json"]), sites);
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let outer = tempdir().unwrap();
    let (data, other) = (outer.path().join("data"), outer.path().join("other"));
    text(&data, &["site", "add", "kept"]);
    text(&other, &["site", "add", "sealed under another key"]);
    let sites = json(&data, &["site", "list", "--json"]);
    let file = |name: &str, content: &str| {
        let path = outer.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let foreign = outer.path().join("foreign.db").to_str().unwrap().to_owned();
    text(&other, &["backup", &foreign]);
    for (file, told) in [
        (
            file("text", "this is not a database, though it is long enough to look for a header in it"),
            "not a Portcullis",
        ),
        (file("empty", ""), "empty"),
        (outer.path().join("absent").to_str().unwrap().to_owned(), "cannot read"),
        (foreign, "master key"),
    ] {
        let line = failure(&data, &["restore", &file, "--force"], 1);
        assert!(line.contains(told), "{line}");
        assert_eq!(json(&data, &["site", "list", "--json"]), sites);
    }
    let left = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.starts_with("restore")));
}
