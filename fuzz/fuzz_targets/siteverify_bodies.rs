//! Bodies and query strings of the siteverify doors, whatever the content type says.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portcullis_fuzz::{Gate, assert_refused, wait};
use portcullis_protocol::siteverify::{Profile, TestKeys, siteverify};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    profile: u8,
    kind: Kind<'a>,
    query: Option<&'a str>,
    body: &'a [u8],
}

#[derive(Arbitrary, Debug)]
enum Kind<'a> {
    None,
    Form,
    Json,
    Multipart,
    Any(&'a str),
}

fuzz_target!(|input: Input<'_>| {
    let profile = match input.profile & 3 {
        0 => Profile::Superset,
        1 => Profile::Recaptcha,
        2 => Profile::Hcaptcha,
        _ => Profile::Turnstile,
    };
    let content_type = match input.kind {
        Kind::None => None,
        Kind::Form => Some("application/x-www-form-urlencoded"),
        Kind::Json => Some("application/json; charset=utf-8"),
        Kind::Multipart => Some("multipart/form-data; boundary=b"),
        Kind::Any(text) => Some(text),
    };
    let request = GATE.request(content_type, input.query, input.body);
    assert_refused(&wait(siteverify(&GATE.engine, profile, TestKeys::Refused, &request)));
});
