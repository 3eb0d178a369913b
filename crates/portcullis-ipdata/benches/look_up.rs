//! How long a look-up takes, and what a search of every range would take instead.
//!
//! `cargo bench -p portcullis-ipdata` prints nanoseconds per look-up: the median of rounds over the same addresses,
//! each form in turn, so that a slow moment of the machine meets all of them; in brackets the tenth and the
//! ninetieth of a hundred. A plain program and no statistics.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::fs;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use ipnet::{IpNet, Ipv4Net};
use portcullis_ipdata::{Lookup, RangeList, RangeSet};

#[path = "../tests/lookup/mmdb.rs"]
mod mmdb;

use mmdb::Value;

fn main() {
    let mut random = Random(7);
    let networks: Vec<IpNet> = (0..RANGES).map(|_| random.network()).collect();
    let text = networks.iter().map(|network| format!("{network}\n")).collect::<String>();
    let set: RangeSet = RangeList::read(text.as_bytes()).unwrap().ranges;
    let folder = tempfile::tempdir().unwrap();
    for number in 0..LISTS {
        let list = (0..RANGES / LISTS).map(|_| format!("{}\n", random.network())).collect::<String>();
        fs::write(folder.path().join(format!("vpn-{number:02}.txt")), list).unwrap();
    }
    let lookup = Lookup::built_in();
    lookup.load(folder.path());
    for name in ["country.mmdb", "asn.mmdb"] {
        fs::write(folder.path().join(name), database(&mut random)).unwrap();
    }
    let with_databases = Lookup::built_in();
    let report = with_databases.load(folder.path());
    assert!(report.files.iter().all(|file| file.problem.is_none()), "{report:?}");
    let addresses: Vec<IpAddr> = (0..4096).map(|_| random.address().into()).collect();
    for address in &addresses {
        assert_eq!(set.contains(*address), networks.iter().any(|network| network.contains(address)));
    }

    let forms: [(&str, usize, Form<'_>); 4] = [
        (
            "100,000 ranges, one after another (ipnet)",
            64,
            Box::new(|a| networks.iter().any(|n| n.contains(&a))),
        ),
        ("100,000 ranges, RangeSet", 512, Box::new(|address| set.contains(address))),
        ("all facts: 100,000 ranges in 14 lists", 512, Box::new(|a| lookup.look_up(a).flags.vpn)),
        (
            "all facts: the lists, country and network",
            4096,
            Box::new(|a| with_databases.look_up(a).flags.vpn),
        ),
    ];
    let mut rounds = vec![Vec::new(); forms.len()];
    for round in 0..ROUNDS {
        for ((_, count, form), rounds) in forms.iter().zip(&mut rounds) {
            let start = Instant::now();
            for address in addresses.iter().cycle().skip(round * count % addresses.len()).take(*count) {
                black_box(form(black_box(*address)));
            }
            rounds.push(start.elapsed().as_nanos() as f64 / *count as f64);
        }
    }
    for ((name, ..), mut rounds) in forms.iter().zip(rounds) {
        rounds.sort_by(f64::total_cmp);
        println!(
            "{name:<44} {:>10.0} ns   ({:.0} to {:.0})",
            rounds[ROUNDS / 2],
            rounds[0],
            rounds[ROUNDS - 1]
        );
    }
}

/// A way to look an address up.
type Form<'a> = Box<dyn Fn(IpAddr) -> bool + 'a>;

/// A file with 20,000 networks that have both a country and an organisation.
fn database(random: &mut Random) -> Vec<u8> {
    let networks: Vec<_> = (0..20_000).map(|_| random.network().to_string()).collect();
    let record = Value::Map(vec![
        ("autonomous_system_number", Value::Number(64500)),
        ("autonomous_system_organization", Value::Text("Example Networks GmbH")),
        ("country", Value::Map(vec![("iso_code", Value::Text("DE"))])),
        ("is_anonymous_vpn", Value::Flag(true)),
    ]);
    let mut networks: Vec<_> = networks.iter().map(|network| (network.as_str(), record.clone())).collect();
    // The writer cuts no wider network in two, so wider ones come first.
    networks
        .sort_by_key(|(network, _)| network.split('/').nth(1).and_then(|length| length.parse::<u8>().ok()));
    mmdb::file(&networks)
}

/// A stream of numbers that is the same in every run (Numerical Recipes' generator).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) as u32
    }

    /// Within a quarter of the space that has no local networks.
    fn address(&mut self) -> Ipv4Addr {
        let [_, b, c, d] = self.next().to_be_bytes();
        Ipv4Addr::new(32 + (self.next() % 64) as u8, b, c, d)
    }

    /// Wide enough that a visitor is on a list or two of them all.
    fn network(&mut self) -> IpNet {
        let length = 20 + (self.next() % 9) as u8;
        Ipv4Net::new(self.address(), length).unwrap().trunc().into()
    }
}

const RANGES: usize = 100_000;
const LISTS: usize = 14;
/// Rounds of which the median counts; odd. Each is shorter than the time that a busy machine gives to a program.
const ROUNDS: usize = 401;
