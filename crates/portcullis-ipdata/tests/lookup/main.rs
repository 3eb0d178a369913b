//! What is known of an address, from a folder of files as an operator has it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use portcullis_ipdata::{Finding, LoadError, Lookup};
use portcullis_risk::{AddressClass, AddressFacts, AddressFlags, AddressSource};

mod mmdb;

use mmdb::Value;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn loaded(files: &[(&str, &str)]) -> (tempfile::TempDir, Lookup) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let lookup = Lookup::built_in();
    let report = lookup.load(folder.path());
    assert!(report.changed && report.files.iter().all(|file| file.problem.is_none()), "{report:?}");
    (folder, lookup)
}

fn sources(facts: &AddressFacts) -> Vec<&str> {
    facts.sources.iter().map(|source| source.source.as_str()).collect()
}

#[test]
fn with_no_files_local_networks_and_data_centres_are_known() {
    let lookup = Lookup::built_in();
    for local in ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "::ffff:192.168.0.1", "100.64.0.1"] {
        let facts = lookup.look_up(address(local));
        assert_eq!((facts.class, facts.flags), (AddressClass::Local, AddressFlags::default()), "{local}");
        assert_eq!(sources(&facts), ["built-in"]);
    }
    for hosting in ["52.95.110.1", "::ffff:52.95.110.1", "2600:1f00::1"] {
        let facts = lookup.look_up(address(hosting));
        assert_eq!(facts.class, AddressClass::Hosting, "{hosting}");
        assert!(facts.flags.hosting && facts.flags.datacenter && !facts.flags.vpn);
        assert_eq!(facts.organisation.as_deref(), Some("Amazon Web Services"));
    }
    assert_eq!(lookup.look_up(address("192.0.2.1")), AddressFacts::default());
    assert!(!lookup.load(Path::new("/nowhere/at/all")).changed);
}

#[test]
fn lists_flag_what_their_names_say() {
    let (_folder, lookup) = loaded(&[
        ("tor.txt", "192.0.2.1\n"),
        ("vpn-home.txt", "192.0.2.0/28\n2001:db8:1::/48\n"),
        ("proxy.txt", "192.0.2.2\n"),
        ("mobile.txt", "192.0.2.64/26\n"),
        ("datacenter-x.txt", "192.0.2.128/25\n"),
        ("good-bots-bingbot.txt", "192.0.2.200\n"),
        ("good-bots-ours.txt", "192.0.2.201\n"),
        ("residential.txt", "192.0.2.32/28\n"),
    ]);
    let facts = |text| lookup.look_up(address(text));
    let tor = facts("192.0.2.1");
    assert!(tor.flags.tor && tor.flags.vpn && !tor.flags.proxy);
    assert_eq!((tor.class, sources(&tor)), (AddressClass::Unknown, vec!["tor", "vpn-home"]));
    assert_eq!(tor.sources[0].kind.as_deref(), Some("tor"));
    assert!(facts("192.0.2.2").flags.proxy);
    assert!(facts("2001:db8:1::7").flags.vpn && !facts("2001:db8:2::7").flags.vpn);
    assert_eq!(facts("192.0.2.100").class, AddressClass::Mobile);
    assert_eq!(facts("192.0.2.129").class, AddressClass::Hosting);
    assert_eq!(facts("192.0.2.40").class, AddressClass::Residential);
    assert_eq!(facts("192.0.2.200").good_bot.as_deref(), Some("Bingbot"));
    assert_eq!(facts("192.0.2.201").good_bot.as_deref(), Some("ours"));
}

#[test]
fn the_operators_word_wins_over_lists_and_the_built_in_table() {
    let files =
        [("residential-office.txt", "52.95.110.0/28\n192.0.2.1\n"), ("datacenter.txt", "192.0.2.0/24\n")];
    let (_folder, lookup) = loaded(&files);
    for office in ["52.95.110.1", "192.0.2.1"] {
        let facts = lookup.look_up(address(office));
        assert_eq!(
            (facts.class, facts.flags),
            (AddressClass::Residential, AddressFlags::default()),
            "{office}"
        );
        assert_eq!(sources(&facts), ["residential-office"]);
    }
    assert_eq!(lookup.look_up(address("52.95.110.16")).class, AddressClass::Hosting);
    assert_eq!(lookup.look_up(address("192.0.2.2")).class, AddressClass::Hosting);
}

/// A country and a network as MaxMind writes them, and as others do.
fn databases(folder: &Path) {
    let maxmind = Value::Map(vec![
        ("continent", Value::Map(vec![("code", Value::Text("EU"))])),
        ("country", Value::Map(vec![("geoname_id", Value::Number(7)), ("iso_code", Value::Text("de"))])),
    ]);
    let flat = Value::Map(vec![("country_code", Value::Text("US")), ("country", Value::Text("US"))]);
    let unsound = Value::Map(vec![("country", Value::List(vec![Value::Number(1)]))]);
    let records = [("192.0.2.0/25", maxmind), ("2001:db8::/32", flat), ("198.51.100.0/24", unsound)];
    fs::write(folder.join("country.mmdb"), mmdb::file(&records)).unwrap();
    let asn = Value::Map(vec![
        ("autonomous_system_number", Value::Number(64500)),
        ("autonomous_system_organization", Value::Text("Example Networks\u{7}")),
    ]);
    let rented =
        Value::Map(vec![("asn", Value::Text("AS14061")), ("as_name", Value::Text("DigitalOcean, LLC"))]);
    let anonymous = Value::Map(vec![
        ("is_anonymous_vpn", Value::Flag(true)),
        ("is_tor_exit_node", Value::Flag(false)),
        ("connection_type", Value::Text("Cellular")),
    ]);
    let records = [("192.0.2.0/24", asn), ("2001:db8::/32", rented), ("198.51.100.0/24", anonymous)];
    fs::write(folder.join("asn.mmdb"), mmdb::file(&records)).unwrap();
}

#[test]
fn country_and_network_come_from_maxmind_files() {
    let folder = tempfile::tempdir().unwrap();
    databases(folder.path());
    fs::write(folder.path().join("vpn.txt"), "AS64500\n").unwrap();
    let lookup = Lookup::built_in();
    let report = lookup.load(folder.path());
    assert!(report.files.iter().all(|file| file.problem.is_none() && file.entries > 0), "{report:?}");
    let facts = lookup.look_up(address("::ffff:192.0.2.1"));
    assert_eq!((facts.country.as_deref(), facts.asn), (Some("DE"), Some(64500)));
    assert_eq!(facts.organisation.as_deref(), Some("Example Networks"));
    assert!(facts.flags.vpn, "the list names the network");
    assert_eq!(sources(&facts), ["asn.mmdb", "country.mmdb", "vpn"]);
    assert_eq!(lookup.look_up(address("192.0.2.200")).country, None);
    let rented = lookup.look_up(address("2001:db8::1"));
    assert_eq!((rented.country.as_deref(), rented.class), (Some("US"), AddressClass::Hosting));
    let phone = lookup.look_up(address("198.51.100.1"));
    assert_eq!((phone.class, phone.flags.vpn, phone.country), (AddressClass::Mobile, true, None));
    assert_eq!(lookup.look_up(address("203.0.113.1")), AddressFacts::default());
}

#[test]
fn others_add_to_what_files_say_and_their_network_is_looked_up() {
    let (_folder, lookup) = loaded(&[("mobile.txt", "AS64501\n")]);
    let says = |asn, flags| {
        let source = AddressSource { source: "other".to_owned(), asn, flags, ..AddressSource::default() };
        Finding {
            source,
            class: Some(AddressClass::Residential),
            country: Some("FR".to_owned()),
            good_bot: None,
        }
    };
    let look_up = |asn, flags| lookup.look_up_with(address("192.0.2.1"), [says(asn, flags)]);
    let home = look_up(Some(64500), AddressFlags::default());
    assert_eq!((home.class, home.country.as_deref()), (AddressClass::Residential, Some("FR")));
    assert_eq!(look_up(Some(64501), AddressFlags::default()).class, AddressClass::Mobile);
    assert_eq!(look_up(Some(24940), AddressFlags::default()).class, AddressClass::Hosting);
    let proxy = look_up(None, AddressFlags { proxy: true, ..AddressFlags::default() });
    assert!(proxy.flags.proxy);
    let many = lookup.look_up_with(address("192.0.2.1"), vec![says(None, AddressFlags::default()); 20]);
    assert_eq!(many.sources.len(), 8);
    let local = lookup.look_up_with(address("127.0.0.1"), [says(Some(24940), AddressFlags::default())]);
    assert_eq!((local.class, local.asn), (AddressClass::Local, None));
}

#[test]
fn a_file_that_breaks_keeps_its_last_good_version() {
    let (folder, lookup) = loaded(&[("tor.txt", "192.0.2.1\n"), ("vpn.txt", "192.0.2.2\n")]);
    databases(folder.path());
    assert!(lookup.load(folder.path()).changed);
    assert!(!lookup.load(folder.path()).changed, "nothing was written since");

    fs::write(folder.path().join("tor.txt"), "<!doctype html>\n<title>\n").unwrap();
    fs::write(folder.path().join("country.mmdb"), "no such thing").unwrap();
    fs::write(folder.path().join("vpn.txt"), "192.0.2.3\n").unwrap();
    let report = lookup.load(folder.path());
    let problems: Vec<_> =
        report.files.iter().filter(|file| file.problem.is_some()).map(|file| file.file.as_str()).collect();
    assert_eq!(problems, ["country.mmdb", "tor.txt"]);
    assert!(report.files.iter().all(|file| file.entries > 0), "{report:?}");
    assert!(lookup.look_up(address("192.0.2.1")).flags.tor);
    assert_eq!(lookup.look_up(address("192.0.2.1")).country.as_deref(), Some("DE"));
    assert!(!lookup.look_up(address("192.0.2.2")).flags.vpn);
    assert!(lookup.look_up(address("192.0.2.3")).flags.vpn);
    assert!(!lookup.load(folder.path()).changed, "a broken file is told once");

    fs::remove_file(folder.path().join("tor.txt")).unwrap();
    assert!(lookup.load(folder.path()).changed);
    assert!(!lookup.look_up(address("192.0.2.1")).flags.tor, "a file that was removed counts no more");
}

#[test]
fn what_is_not_ours_is_named_or_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.md"), "mine").unwrap();
    fs::write(folder.path().join(".tor.txt.new"), "half").unwrap();
    fs::create_dir(folder.path().join("vpn.txt")).unwrap();
    let lookup = Lookup::built_in();
    let report = lookup.load(folder.path());
    assert_eq!(report.ignored, ["notes.md"]);
    assert_eq!(report.files.len(), 1);
    assert!(matches!(report.files[0].problem, Some(LoadError::Unreadable(_))));
    for number in 0..40 {
        fs::write(folder.path().join(format!("proxy-{number:02}.txt")), "192.0.2.9\n").unwrap();
    }
    let report = lookup.load(folder.path());
    let too_many = report.files.iter().filter(|file| file.problem == Some(LoadError::TooMany)).count();
    assert_eq!((report.files.len(), too_many), (41, 9));
    assert_eq!(lookup.load(folder.path()).files.len(), 41);
}

#[test]
fn a_damaged_maxmind_file_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    databases(folder.path());
    let sound = fs::read(folder.path().join("asn.mmdb")).unwrap();
    let lookup = Lookup::built_in();
    let mut state = 1_u32;
    for round in 0..400 {
        let mut damaged = sound.clone();
        for _ in 0..=round % 6 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let place = state as usize % damaged.len();
            damaged[place] = (state >> 24) as u8;
        }
        fs::write(folder.path().join("asn.mmdb"), &damaged[..damaged.len() - round % 3]).unwrap();
        lookup.load(folder.path());
        for text in ["192.0.2.1", "2001:db8::1", "198.51.100.1", "203.0.113.9", "2a00::1"] {
            let _ = lookup.look_up(address(text));
        }
    }
}

#[test]
fn look_ups_go_on_while_files_are_replaced() {
    let (folder, lookup) = loaded(&[("vpn.txt", "192.0.2.0/24\n")]);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| (0..20_000).all(|_| lookup.look_up(address("192.0.2.1")).flags.vpn));
        for round in 0..50 {
            let new = folder.path().join(".new");
            fs::write(&new, format!("192.0.2.0/24\n198.51.100.{round}\n")).unwrap();
            fs::rename(&new, folder.path().join("vpn.txt")).unwrap();
            assert!(lookup.load(folder.path()).changed);
        }
        assert!(reader.join().unwrap());
    });
}
