//! The ALTCHA door as strangers call it: queries, bodies of widgets and backends, and payloads that were changed after
//! they were earned. Whatever is accepted is what was earned, and whatever was signed here is taken back.
#![no_main]

use std::sync::{LazyLock, Mutex};

use arbitrary::Arbitrary;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{ClaimedOrigin, Site, Visitor};
use portcullis_fuzz::{Change, Gate, wait};
use portcullis_protocol::altcha::{self, Entrance, Payload, ServerPayload};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);
/// The JSON of work that nobody handed in yet, of either version.
static WORK: [LazyLock<Mutex<String>>; 2] =
    [LazyLock::new(|| Mutex::new(work(site(0), ""))), LazyLock::new(|| Mutex::new(work(site(1), "")))];
/// The JSON of a payload that was signed and not handed in yet.
static SIGNED: LazyLock<Mutex<String>> = LazyLock::new(|| Mutex::new(signed(site(0), "", &json!({}))));

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    Challenge {
        is_published: bool,
        query: &'a str,
        origin: Option<&'a str>,
    },
    /// What nobody earned.
    Any {
        is_signature: bool,
        query: Option<&'a str>,
        authorization: Option<&'a str>,
        body: &'a [u8],
    },
    /// An honest call with one member, or a field of a form, in a stranger's words.
    Member {
        is_signature: bool,
        member: u8,
        json: &'a str,
    },
    Form {
        is_signature: bool,
        fields: Vec<(u8, &'a str)>,
    },
    /// Work that was changed, from a widget or a backend.
    Work {
        is_v1: bool,
        is_backends: bool,
        change: Change<'a>,
    },
    /// A signed payload that was changed.
    Signed(Change<'a>),
    /// A payload that somebody else signed who has the secret and a token.
    SignedText {
        begin: &'a str,
        end: &'a str,
        remote_ip: &'a str,
    },
    /// Params and fields of an honest widget's.
    Widget {
        params: Vec<(&'a str, &'a str)>,
        fields: Vec<(&'a str, &'a str)>,
    },
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Challenge { is_published, query, origin } => challenge(is_published, query, origin),
    Input::Any { is_signature, query, authorization, body } => {
        refused(&call(is_signature, query, authorization, body));
    }
    Input::Member { is_signature, member, json } => {
        let name = MEMBERS[usize::from(member) % MEMBERS.len()];
        let mut body =
            json!({ "payload": SPENT, "secret": "sk_wrong", "remoteip": "192.0.2.1", "fields": {} });
        body[name] = json!("@@");
        let body = body.to_string().replace("\"@@\"", json);
        refused(&call(is_signature, Some(&query(site(0))), None, body.as_bytes()));
    }
    Input::Form { is_signature, fields } => {
        let name = |number: &u8| MEMBERS[usize::from(*number) % MEMBERS.len()];
        let fields = fields.iter().map(|(number, text)| (name(number), *text));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        refused(&call(is_signature, Some(&query(site(0))), None, body.as_bytes()));
    }
    Input::Work { is_v1, is_backends, change } => changed_work(is_v1, is_backends, &change),
    Input::Signed(change) => changed_signed(&change),
    Input::SignedText { begin, end, remote_ip } => signed_text(begin, end, remote_ip),
    Input::Widget { params, fields } => widget(&params, &fields),
});

fn challenge(is_published: bool, query: &str, origin: Option<&str>) {
    let origin = ClaimedOrigin::from_header(origin.map(str::as_bytes));
    let visitor = Visitor { origin, ..GATE.visitor.clone() };
    let request = Request { visitor: &visitor, ..GATE.request(None, Some(query), b"") };
    let entrance = if is_published { Entrance::Published } else { Entrance::Own };
    let reply = wait(altcha::challenge(&GATE.engine, &GATE.altcha, entrance, &request));
    assert!(matches!(reply.status, 200 | 400 | 403 | 404), "{}", reply.status);
    let answer = answer(&reply);
    assert!(answer["signature"].is_string() == (reply.status == 200), "{answer}");
    let _ = altcha::preflight(&GATE.engine, Some(query), &visitor);
}

fn changed_work(is_v1: bool, is_backends: bool, change: &Change<'_>) {
    let site = site(usize::from(is_v1));
    let mut honest = WORK[usize::from(is_v1)].lock().unwrap();
    let changed = change.apply(&honest);
    let mut body = json!({ "payload": BASE64_STANDARD.encode(&changed) });
    if is_backends {
        body["secret"] = json!(site.secret().expose());
    }
    let reply = call(false, Some(&query(site)), None, body.to_string().as_bytes());
    if answer(&reply)["verified"] == true {
        // JSON may be written in other ways, but not with another content.
        assert_eq!(Payload::of_json(&changed), Payload::of_json(&honest), "{changed}");
        *honest = work(site, "");
    }
}

fn changed_signed(change: &Change<'_>) {
    let mut honest = SIGNED.lock().unwrap();
    let changed = change.apply(&honest);
    if answer(&hand_in(site(0), &changed, ""))["verified"] == true {
        assert_eq!(ServerPayload::of_json(&changed), ServerPayload::of_json(&honest), "{changed}");
        *honest = signed(site(0), "", &json!({}));
    }
}

fn signed_text(begin: &str, end: &str, remote_ip: &str) {
    let mut honest = SIGNED.lock().unwrap();
    let mut payload: Value = serde_json::from_str(&honest).expect("JSON");
    let data = payload["verificationData"].as_str().expect("a text").to_owned();
    let text = format!("{begin}&{data}&{end}");
    let mac = Hmac::<Sha256>::new_from_slice(site(0).secret().expose().as_bytes()).expect("any length");
    payload["signature"] = json!(hex(&mac.chain_update(Sha256::digest(&text)).finalize().into_bytes()));
    payload["verificationData"] = json!(text);
    let answer = answer(&hand_in(site(0), &payload.to_string(), remote_ip));
    if answer["verified"] == true {
        assert!(answer["verificationData"]["reasons"].is_array(), "{answer}");
        *honest = signed(site(0), "", &json!({}));
    }
}

fn widget(params: &[(&str, &str)], fields: &[(&str, &str)]) {
    let params: Vec<_> = params.iter().map(|(name, value)| (format!("params.{name}"), *value)).collect();
    let params = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    let fields: Value = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let is_taken = fields
        .as_object()
        .is_some_and(|fields| fields.len() <= 100 && fields.keys().map(String::len).sum::<usize>() <= 4096);
    if !is_taken || fetch(site(0), &params).status != 200 {
        return;
    }
    let payload = signed(site(0), &params, &fields);
    let answer = answer(&hand_in(site(0), &payload, "192.0.2.1"));
    assert_eq!(answer["verified"], true, "{payload} {answer}");
}

fn hand_in(site: &Site, payload: &str, remote_ip: &str) -> Reply {
    let secret = site.secret().expose();
    let body = json!({ "payload": BASE64_STANDARD.encode(payload), "secret": secret, "remoteip": remote_ip });
    call(true, None, None, body.to_string().as_bytes())
}

fn call(is_signature: bool, query: Option<&str>, authorization: Option<&str>, body: &[u8]) -> Reply {
    let request = Request { authorization, ..GATE.request(None, query, body) };
    let reply = if is_signature {
        wait(altcha::verify_signature(&GATE.engine, &GATE.altcha, &request))
    } else {
        wait(altcha::verify(&GATE.engine, &GATE.altcha, &request))
    };
    assert!(matches!(reply.status, 200 | 400 | 401 | 403 | 404 | 413), "{}", reply.status);
    reply
}

/// Nobody has done the work or has the secret, so nobody is told that it is good.
fn refused(reply: &Reply) {
    let answer = answer(reply);
    assert!(answer["verified"] != true && answer["code"].is_string(), "{answer}");
}

fn answer(reply: &Reply) -> Value {
    assert!(reply.body.len() < 128 * 1024, "{} bytes", reply.body.len());
    let answer: Value = serde_json::from_slice(&reply.body).expect("an answer is JSON");
    assert!(answer.as_object().is_some_and(|members| members.values().all(|value| !value.is_null())));
    answer
}

/// One site of either version.
fn site(number: usize) -> &'static Site {
    if number == 0 { &GATE.standalone } else { &GATE.capjs_server }
}

fn query(site: &Site) -> String {
    format!("apiKey={}", site.site_key())
}

fn fetch(site: &Site, params: &str) -> Reply {
    let query = format!("{}&{params}", query(site));
    let request = GATE.request(None, Some(&query), b"");
    wait(altcha::challenge(&GATE.engine, &GATE.altcha, Entrance::Own, &request))
}

/// The JSON of honest work.
fn work(site: &Site, params: &str) -> String {
    let challenge = answer(&fetch(site, params));
    if let Some(salt) = challenge["salt"].as_str() {
        let wanted = challenge["challenge"].as_str().expect("a hash");
        let number = (0_u64..).find(|number| hex(&Sha256::digest(format!("{salt}{number}"))) == wanted);
        let mut payload = challenge.clone();
        payload.as_object_mut().expect("an object").remove("maxnumber");
        payload["number"] = json!(number);
        return payload.to_string();
    }
    let parameters = &challenge["parameters"];
    let text = |name: &str| parameters[name].as_str().expect("a text");
    let prefix = [unhex(text("salt")), unhex(text("nonce"))].concat();
    let rounds = parameters["cost"].as_u64().expect("a number");
    let key = |counter: u32| {
        let first = Sha256::digest([&prefix[..], &counter.to_be_bytes()].concat());
        hex(&(1..rounds).fold(first, |key, _| Sha256::digest(key)))
    };
    let found =
        (0..).map(|counter| (counter, key(counter))).find(|(_, key)| key.starts_with(text("keyPrefix")));
    let (counter, key) = found.expect("a key");
    json!({ "challenge": challenge, "solution": { "counter": counter, "derivedKey": key } }).to_string()
}

/// The JSON of what a widget gets for honest work.
fn signed(site: &Site, params: &str, fields: &Value) -> String {
    let body = json!({ "payload": BASE64_STANDARD.encode(work(site, params)), "fields": fields });
    let answer = answer(&call(false, Some(&query(site)), None, body.to_string().as_bytes()));
    let payload = answer["payload"].as_str().unwrap_or_else(|| panic!("{answer}"));
    String::from_utf8(BASE64_STANDARD.decode(payload).expect("base64")).expect("a text")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let pair = |place| u8::from_str_radix(&digits[place..place + 2], 16).expect("hex");
    (0..digits.len()).step_by(2).map(pair).collect()
}

const MEMBERS: [&str; 5] = ["payload", "altcha", "secret", "remoteip", "fields"];
/// Work of another server's.
const SPENT: &str = "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiMDAiLCJudW1iZXIiOjAsInNhbHQiOiIwMCYiLCJzaWduYXR1cmUiOiIwMCJ9";
