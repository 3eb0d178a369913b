//! Forwarding headers, however many and whatever stands in them.
#![no_main]

use std::net::IpAddr;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/portcullis/src/http/forwarded.rs"]
#[allow(dead_code, reason = "the file's own documentation names items that only the server uses")]
mod forwarded;

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    peer: IpAddr,
    x_forwarded_for: Vec<&'a [u8]>,
    forwarded: Vec<&'a [u8]>,
    trust: u8,
}

fuzz_target!(|input: Input<'_>| {
    let trusted: Vec<ipnet::IpNet> = match input.trust % 4 {
        0 => vec![],
        1 => vec!["10.0.0.0/8".parse().unwrap()],
        2 => vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        _ => vec!["0.0.0.0/0".parse().unwrap(), "::/0".parse().unwrap()],
    };
    let decided = forwarded::client_address(
        input.peer,
        input.x_forwarded_for.iter().copied(),
        input.forwarded.iter().copied(),
        &trusted,
    );
    let peer = input.peer.to_canonical();
    let is_trusted = trusted.iter().any(|network| network.contains(&peer));
    // Nobody but a trusted proxy can make the server believe in another address than the connection's.
    assert!(is_trusted || decided.address == peer, "{decided:?}");
    // A doubtful address is never a claimed one.
    assert!(decided.doubt.is_none() || decided.address == peer, "{decided:?}");
});
