//! What comes back of ALTCHA's challenges: any payload, honest ones with a change to their JSON, and challenges that
//! carry a stranger's data. Whatever is accepted is the challenge that was issued: the same name, time and data.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{Entropy, UnixMs};
use portcullis_fuzz::Change;
use portcullis_protocol::altcha::v2::{Algorithm, Search, Work};
use portcullis_protocol::altcha::{Data, DataValue, Hash, Payload, Secrets, Verified, v1, v2};
use serde_json::{Value, json};

static SECRETS: LazyLock<Secrets> =
    LazyLock::new(|| Secrets::new(b"signature.secret", b"key.secret").unwrap());
static V1: LazyLock<Honest> = LazyLock::new(|| Honest::new(v1_payload(None, &form())));
/// PBKDF2 with a counter that was drawn, as the published library issued and solved it.
static S2: LazyLock<Honest> = LazyLock::new(|| Honest::new(S2_JSON.to_owned()));
/// A prefix, whose key is derived again.
static V2: LazyLock<Honest> = LazyLock::new(|| Honest::new(v2_payload(None, &form())));

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// What stands in a form's field.
    Any(&'a str),
    V1(Change<'a>),
    S2(Change<'a>),
    V2(Change<'a>),
    /// Members of a payload in a stranger's words.
    Members {
        salt: &'a str,
        number: u64,
        data: &'a str,
        prefix: &'a str,
        key: &'a str,
    },
    /// What a visitor has signed with its challenge.
    Data {
        members: Vec<(&'a str, Member<'a>)>,
        id: Option<&'a str>,
    },
}

#[derive(Arbitrary, Debug)]
enum Member<'a> {
    Null,
    Truth(bool),
    Integer(i64),
    Text(&'a str),
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Any(text) => {
        for text in [text, &BASE64_STANDARD.encode(text)] {
            assert!(verified(text).is_none_or(|found| is_honest(&found)), "{text}");
        }
    }
    Input::V1(change) => V1.changed(&change),
    Input::S2(change) => S2.changed(&change),
    Input::V2(change) => V2.changed(&change),
    Input::Members { salt, number, data, prefix, key } => members(salt, number, data, prefix, key),
    Input::Data { members, id } => issued(&members, id),
});

/// A payload that is accepted, and what it says.
struct Honest {
    json: String,
    verified: Verified,
}

impl Honest {
    fn new(json: String) -> Self {
        let verified = verified(&BASE64_STANDARD.encode(&json)).expect("an honest payload");
        Self { json, verified }
    }

    /// JSON may be written in other ways, but not with another content.
    fn changed(&self, change: &Change<'_>) {
        let changed = change.apply(&self.json);
        if let Some(found) = verified(&BASE64_STANDARD.encode(&changed)) {
            assert_eq!(found, self.verified, "{changed}");
        }
    }
}

fn is_honest(found: &Verified) -> bool {
    [&*V1, &*S2, &*V2].iter().any(|honest| honest.verified == *found)
}

fn verified(text: &str) -> Option<Verified> {
    Payload::read(text).ok()?.verify(&SECRETS, NOW).ok()
}

fn members(salt: &str, number: u64, data: &str, prefix: &str, key: &str) {
    let mut payload: Value = serde_json::from_str(&V1.json).expect("JSON");
    payload["salt"] = json!(salt);
    payload["number"] = json!(number);
    assert!(verified(&BASE64_STANDARD.encode(payload.to_string())).is_none_or(|found| found == V1.verified));

    let mut payload: Value = serde_json::from_str(&V2.json).expect("JSON");
    payload["challenge"]["parameters"]["data"] = json!("@@");
    payload["challenge"]["parameters"]["keyPrefix"] = json!(prefix);
    let payload = payload.to_string().replace("\"@@\"", data);
    assert!(verified(&BASE64_STANDARD.encode(payload)).is_none_or(|found| found == V2.verified));

    let mut payload: Value = serde_json::from_str(&S2.json).expect("JSON");
    payload["solution"]["derivedKey"] = json!(key);
    assert!(verified(&BASE64_STANDARD.encode(payload.to_string())).is_none_or(|found| found == S2.verified));
}

/// Whatever data and name are let in come back, and with them the challenge's own expiry.
fn issued(members: &[(&str, Member<'_>)], id: Option<&str>) {
    let data = members.iter().fold(Data::default(), |data, (name, value)| {
        let value = match value {
            Member::Null => DataValue::Null,
            Member::Truth(truth) => DataValue::Truth(*truth),
            Member::Integer(number) => DataValue::Integer(*number),
            Member::Text(text) => DataValue::Text((*text).to_owned()),
        };
        data.clone().with(name, value).unwrap_or(data)
    });
    let id =
        id.filter(|id| (1..=100).contains(&id.len()) && id.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    let found = verified(&BASE64_STANDARD.encode(v1_payload(id, &data))).expect("what is issued is accepted");
    assert_eq!(found.expires_at(), Some(EXPIRES_AT));
    assert!(id.is_none_or(|id| found.replay_id() == id));
    assert!(found.data().iter().map(|(name, _)| name).eq(data.iter().map(|(name, _)| name)));

    let found = verified(&BASE64_STANDARD.encode(v2_payload(id, &data))).expect("what is issued is accepted");
    assert_eq!((found.expires_at(), found.data()), (Some(EXPIRES_AT), &data));
    assert_eq!(found.replay_id(), id.map_or_else(|| "01".repeat(16), str::to_owned));
}

fn form() -> Data {
    Data::default().with("form", DataValue::Text("login".to_owned())).expect("a value")
}

/// A payload that hid the number 0.
fn v1_payload(id: Option<&str>, data: &Data) -> String {
    let issued = v1::Challenge::issue(Hash::Sha256, 0, EXPIRES_AT, id, data.clone(), &SECRETS, &Byte(1));
    let mut payload = serde_json::to_value(issued.expect("a name")).expect("a challenge serialises");
    payload.as_object_mut().expect("an object").remove("maxnumber");
    payload["number"] = json!(0);
    payload.to_string()
}

/// A payload with the first key that begins as it should; nonce and salt are the same in all of them.
fn v2_payload(id: Option<&str>, data: &Data) -> String {
    let work = Work::new(Algorithm::Sha(Hash::Sha256), 1, 32, Search::Prefix { digits: 1 }).expect("work");
    let issued = v2::Challenge::issue(work, EXPIRES_AT, id, data.clone(), &SECRETS, &Byte(1));
    let issued = issued.expect("a name").json();
    format!(r#"{{"challenge":{issued},"solution":{{"counter":{COUNTER},"derivedKey":"{KEY}"}}}}"#)
}

struct Byte(u8);

impl Entropy for Byte {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

const NOW: UnixMs = UnixMs(1_800_000_000_000);
const EXPIRES_AT: UnixMs = UnixMs(4_102_444_800_000);
/// The first counter whose key begins with a zero, where nonce and salt are ones.
const COUNTER: u32 = 21;
const KEY: &str = "0e80790b4b99a00cf5e9462aa5ac973baab141b92b7329a8f101aabd2bfedc99";
const S2_JSON: &str = r#"{"challenge":{"parameters":{"algorithm":"PBKDF2/SHA-256","cost":1000,"data":{"alpha":"x","n":7,"nul":null,"zeta":true},"expiresAt":4102444800,"keyLength":32,"keyPrefix":"1e3b7202991cbd7f807cf29404f215cf","keySignature":"088221baab6061c7a43018a00d960ca1203eb857e8b2a1ede0c037ab7f10126d","nonce":"000102030405060708090a0b0c0d0e0f","salt":"101112131415161718191a1b1c1d1e1f"},"signature":"d2200229c240b0a0502c6b8ef3366d36f710a9d690b5cc562b124d547e9ffc45"},"solution":{"counter":123,"derivedKey":"1e3b7202991cbd7f807cf29404f215cfd80e22364e56eb7a548b65572f6dac9c","time":10}}"#;
