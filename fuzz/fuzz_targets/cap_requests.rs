//! Bodies of the Cap door's three requests, for both profiles.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use portcullis_fuzz::{Gate, assert_refused, wait};
use portcullis_protocol::cap;

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);

fuzz_target!(|input: (u8, Option<&str>, &[u8])| {
    let (choice, content_type, body) = input;
    let site = if choice & 1 == 0 { &GATE.standalone } else { &GATE.capjs_server };
    let request = GATE.request(content_type, None, body);
    match choice >> 1 & 3 {
        0 => {
            let reply = wait(cap::challenge(&GATE.engine, Some(site.site_key()), &request));
            assert!(reply.status == 200 || reply.status == 400 || reply.status == 413, "{}", reply.status);
        }
        1 => assert_refused(&wait(cap::siteverify(&GATE.engine, site.site_key(), &request))),
        _ => assert_refused(&wait(cap::redeem(&GATE.engine, Some(site.site_key()), &request))),
    }
});
