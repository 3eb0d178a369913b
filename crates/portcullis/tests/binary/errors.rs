//! What an operator is told when something is wrong: one plain line, and an exit status that is not 0.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use tempfile::tempdir;

use crate::server::{Server, command, failure, one_line, run, text};

#[test]
fn a_port_that_is_taken() {
    let data = tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = failure(data.path(), &["--listen", &address], 1);
    assert!(line.contains(&address) && line.contains("--listen"), "{line}");
    assert!(!data.path().join("portcullis.db").exists(), "a start that fails changes nothing");
}

#[test]
fn a_folder_that_cannot_be_written() {
    let outer = tempdir().unwrap();
    // Under a file no folder can be made, whoever asks; permissions would not stop root.
    let file = outer.path().join("file");
    fs::write(&file, "").unwrap();
    for arguments in [&["serve"][..], &["site", "add", "x"]] {
        let line = failure(&file.join("data"), arguments, 1);
        assert!(line.contains("data folder"), "{line}");
    }
}

#[test]
fn a_second_server_on_the_same_folder() {
    let data = tempdir().unwrap();
    let server = Server::start(data.path());
    let line = failure(data.path(), &["--listen", "127.0.0.1:0"], 1);
    assert!(line.contains("another server runs"), "{line}");
    server.kill();
    let (code, _) = Server::start(data.path()).stop();
    assert_eq!(code, Some(0), "a lock does not outlive its server");
}

#[test]
fn settings_that_are_wrong() {
    let outer = tempdir().unwrap();
    let file = outer.path().join("portcullis.toml");
    fs::write(&file, "[server]\nlisten = 'x'\n[limits]\nrefuse_at = 1\n[colour]\n").unwrap();
    for subcommand in ["serve", "check-config"] {
        let output = run(outer.path(), &[subcommand, "--config", file.to_str().unwrap()]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(told.lines().count(), 3, "{told}");
        for name in ["server.listen is \"x\"", "limits.refuse_at is 1", "[colour]"] {
            assert!(told.contains(name), "{told}");
        }
    }
    let line = failure(outer.path(), &["check-config", "--config", "/nowhere/portcullis.toml"], 1);
    assert!(line.contains("/nowhere/portcullis.toml"), "{line}");
}

#[test]
fn a_master_key_that_is_wrong_or_gone() {
    let data = tempdir().unwrap();
    let data = data.path();
    text(data, &["site", "add", "x"]);
    let serve = ["--listen", "127.0.0.1:0"];
    let other = "ab".repeat(32);
    for (key, told) in [(other.as_str(), "not the one"), ("short", "64 hexadecimal digits")] {
        let output = command(data, &serve).env("PORTCULLIS_MASTER_KEY", key).output().unwrap();
        let line = one_line(&output, 1);
        assert!(
            line.contains(told) && line.contains("PORTCULLIS_MASTER_KEY") && !line.contains(key),
            "{line}"
        );
    }
    let key = fs::read_to_string(data.join("master.key")).unwrap();
    fs::remove_file(data.join("master.key")).unwrap();
    assert!(failure(data, &serve, 1).contains("no master key"));
    let output = command(data, &["site", "list"]).env("PORTCULLIS_MASTER_KEY", key.trim()).output().unwrap();
    assert!(output.status.success());
}

#[test]
fn data_of_a_newer_version_or_of_something_else() {
    let data = tempdir().unwrap();
    let data = data.path();
    text(data, &["site", "add", "x"]);
    let database = data.join("portcullis.db");
    // `user_version` in SQLite's file header: four bytes at offset 60, the highest first.
    let mut file = fs::OpenOptions::new().write(true).open(&database).unwrap();
    file.seek(SeekFrom::Start(60)).unwrap();
    file.write_all(&[0, 0, 0, 99]).unwrap();
    drop(file);
    assert!(failure(data, &["--listen", "127.0.0.1:0"], 1).contains("newer version"));
    fs::write(&database, "something else, long enough to be looked at as if it were a header of it").unwrap();
    assert!(failure(data, &["site", "list"], 1).contains("not a Portcullis database"));
}

#[test]
fn commands_on_a_folder_without_data() {
    let data = tempdir().unwrap();
    for arguments in [&["site", "list"][..], &["keys", "rotate"], &["backup", "copy.db"]] {
        let line = failure(data.path(), arguments, 1);
        assert!(line.contains("--data"), "{line}");
    }
}

#[test]
fn the_development_mode_stays_on_this_machine() {
    let data = tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let line = failure(data.path(), &["--dev", "--listen", address], 1);
        assert!(line.contains("--dev"), "{line}");
    }
    let unclear = command(data.path(), &["check-config"]).env("PORTCULLIS_DEV", "perhaps").output().unwrap();
    assert!(one_line(&unclear, 1).contains("PORTCULLIS_DEV"));
    let server = Server::start_with(data.path(), &["--dev"], &[]);
    let tell = ureq::post(format!("{}/turnstile/v0/siteverify", server.base));
    let test_keys =
        [("secret", "1x0000000000000000000000000000000AA"), ("response", "XXXX.DUMMY.TOKEN.XXXX")];
    let verdict = tell.send_form(test_keys).unwrap().body_mut().read_to_string().unwrap();
    assert!(verdict.contains("\"success\":true"), "{verdict}");
}

#[test]
fn a_secret_file_that_others_may_read_is_warned_about() {
    let data = tempdir().unwrap();
    let data = data.path();
    text(data, &["site", "add", "x"]);
    fs::set_permissions(data.join("master.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = run(data, &["site", "list"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("others may read the master key"));
}
