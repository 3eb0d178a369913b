//! What the Crafy door reads of strangers: encrypted options, posted forms, answers, bearer tokens and the calls of
//! backends. Any bytes, honest ones with a change, and options that were encrypted as they should be.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{Entropy, OldCiphers, Plan, SecretKey, UnixMs};
use portcullis_fuzz::Change;
use portcullis_protocol::crafy::{
    Action, Authenticate, Bearer, CheckFlow, Completion, FlowOptions, FlowToken, Opened, PostedAnswer,
    PostedForm, PostedStep, Sealed, public_key, seal,
};
use serde_json::{Value, json};

/// The vectors' secret key.
static SECRET: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::generate(&Byte(0xab)));
static BEARER: LazyLock<String> =
    LazyLock::new(|| Bearer::new("pk_1", "mark", Plan::Growth, NOW).write(mac).unwrap());
static TOKEN: LazyLock<String> = LazyLock::new(token);

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Encrypted options, changed on the way.
    Sealed {
        version: u8,
        change: Change<'a>,
    },
    /// Options that the backend itself encrypted.
    Options {
        content: &'a [u8],
        member: u8,
        text: &'a str,
    },
    Form(&'a [u8]),
    /// A form with a member of its context, or all the rest, in a stranger's words.
    FormField {
        member: u8,
        json: &'a str,
        colour: &'a str,
        theme: &'a str,
        origin: &'a str,
    },
    Answer(&'a [u8]),
    AnswerField {
        member: u8,
        text: &'a str,
    },
    Bearer(Change<'a>),
    Token(Change<'a>),
    Call {
        body: &'a [u8],
        query: Option<&'a str>,
    },
}

fuzz_target!(|input: Input<'_>| match input {
    Input::Sealed { version, change } => {
        let original = SEALED[usize::from(version) % SEALED.len()];
        let changed = change.apply(original);
        // Version 1 leaves its first block open; whatever else was changed opens nothing.
        let opened = open(&changed);
        assert!(opened.is_none() || changed.get(32..) == original.get(32..), "{changed}");
        let _ = opened.map(|opened| FlowOptions::read(&opened));
    }
    Input::Options { content, member, text } => {
        read_options(content);
        read_options(replaced(&options(), member, text).as_bytes());
    }
    Input::Form(body) => drop(PostedForm::read(body)),
    Input::FormField { member, json, colour, theme, origin } => {
        read_form(&replaced(&context(), member, json), "teal", "dark", "https://shop.example");
        read_form(&context().to_string(), colour, theme, origin);
    }
    Input::Answer(body) => {
        let _ = PostedStep::read(body);
        read_answer(body);
    }
    Input::AnswerField { member, text } => read_answer(replaced(&answer(), member, text).as_bytes()),
    Input::Bearer(change) => {
        let changed = change.apply(&BEARER);
        let read = Bearer::read(Some(&format!("Bearer {changed}")), NOW, mac);
        assert!(read.is_err() || changed.trim() == *BEARER, "{changed}");
    }
    Input::Token(change) => {
        let changed = change.apply(&TOKEN);
        let read = FlowToken::read(&changed, &SECRET, NOW);
        // JSON may be written in other ways, but not with another content.
        assert!(read.is_err() || read == FlowToken::read(&TOKEN, &SECRET, NOW), "{changed}");
    }
    Input::Call { body, query } => {
        let _ = (Authenticate::read(body), CheckFlow::read(body), Action::of(query), public_key(query));
    }
});

/// Version 2 is taken apart but not opened: it would be all that there is time for.
fn open(text: &str) -> Option<Opened> {
    match Sealed::parse(text, OldCiphers { v1: true, v2: true }).ok()? {
        Sealed::V1(sealed) => sealed.open(&SECRET).ok(),
        Sealed::V2(_) => None,
        Sealed::V3(sealed) => sealed.open(&SECRET).ok(),
    }
}

fn read_options(content: &[u8]) {
    if content.len() > 8192 {
        return;
    }
    let opened = open(&seal(&Byte(1), &SECRET, content)).expect("what was sealed opens");
    assert_eq!(opened.plaintext(), content);
    if let Ok(options) = FlowOptions::read(&opened) {
        assert!(options.puzzles.len() <= 4);
        assert!(options.language.is_none_or(|tag| tag.is_ascii() && tag.len() <= 35));
    }
}

fn read_form(context: &str, colour: &str, theme: &str, origin: &str) {
    let form =
        [("pt", "pt_1"), ("cdweo", context), ("bg", colour), ("parent_origin", origin), ("theme", theme)];
    let mut body = String::new();
    for (name, value) in form {
        body.push_str(name);
        body.push('=');
        value.bytes().for_each(|byte| body.push_str(&format!("%{byte:02x}")));
        body.push('&');
    }
    if let Ok(form) = PostedForm::read(body.as_bytes()) {
        assert!(form.signals.motion.len() <= 256 && form.encrypted_options.len() <= Sealed::MAX);
        let colour = form.colours.background.as_ref().map(|colour| colour.as_str()).unwrap_or_default();
        let is_clean = |letter: char| letter.is_ascii_alphanumeric() || "#(),.%/ -".contains(letter);
        assert!(colour.chars().all(is_clean), "{colour:?}");
        assert!(form.parent_origin.is_none_or(|origin| origin.is_web()));
    }
}

fn read_answer(body: &[u8]) {
    if let Ok(answer) = PostedAnswer::read(body) {
        assert!(answer.solutions.len() <= 500 && answer.signals.motion.len() <= 256);
        let _ = answer.answer();
    }
}

/// `honest` with one member that is `text`, whatever that is.
fn replaced(honest: &Value, member: u8, text: &str) -> String {
    let mut honest = honest.clone();
    let members = honest.as_object_mut().expect("an object");
    let name = members.keys().nth(usize::from(member) % members.len()).expect("a member").clone();
    members[&name] = json!("@@");
    honest.to_string().replace("\"@@\"", text)
}

fn options() -> Value {
    json!({ "nonce": "0f".repeat(32), "mode": "auto", "puzzles": ["slider"], "lang": "es", "theme": "dark" })
}

fn context() -> Value {
    json!({
        "eo": ";v3_;AAAA",
        "fingerprint": {
            "userAgent": "Mozilla/5.0", "language": "en", "timezone": "Europe/Berlin", "platform": "Linux",
            "webdriver": false, "screen": { "width": 1920, "height": 1080, "pixelRatio": 1 },
        },
        "motion": [{ "x": 1, "y": 1, "t": 1 }, { "x": 5, "y": 9, "t": 17 }],
        "behavior": { "dwellMs": 1500, "keyPresses": 2, "pointerMoves": 30, "focusChanges": 1, "clickCount": 1 },
    })
}

fn answer() -> Value {
    json!({
        "flow": "f", "step": "s", "solutions": [1, 2, 3], "answer": { "pairs": [[0, 1], [2, 3]] },
        "behavior": context()["behavior"], "motion": context()["motion"], "turnstile": "t",
    })
}

fn token() -> String {
    let completion = Completion {
        flow_token: "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11",
        nonce: &[0x5a; 32],
        risk_score: 0.12,
        hostname: "shop.example",
        expires_at: UnixMs(NOW.0 + 1_200_000),
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    portcullis_protocol::crafy::Message::complete(completion, &SECRET, &key, &Byte(9)).token().unwrap()
}

/// A code that is none of HMAC's, but depends on every byte.
fn mac(key_id: Option<u32>, message: &[u8]) -> Option<(u32, [u8; 32])> {
    let key_id = key_id.unwrap_or(7);
    let mut code = [0x5a; 32];
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for (place, byte) in message.iter().enumerate() {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        code[place % 32] ^= (state >> 56) as u8;
    }
    code[..8].copy_from_slice(&state.to_be_bytes());
    (key_id == 7).then_some((key_id, code))
}

struct Byte(u8);

impl Entropy for Byte {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

const NOW: UnixMs = UnixMs(1_795_178_096_789);
/// The published SDKs' own, of every version.
const SEALED: [&str; 3] = [
    "bc417c3cf29da431be2d102aa153919b0f911036eaf4ec26f22f3da74caf7ab81fdbb788f672db15ac6285b027b3a823b7bcea05e0a694c1c27ebbca130dc68457b222de0daa3ab77061502fc76cd5d61b996ac89002399d5732d84324edebf755a7de9b78a6d05db6f088eebe278ec22844dcc572f0c0941dbdf00ef6ea43bc5e56e01baeb38af6784407fb619b999f7ce26cb46c2294947f42ad53cd97b864",
    ";v2_;acYPeUjbhAHxLdhmLXP7BQ8SowGQmVRmXuB5VcuJkNuPNimjz+NxOSX+wCHSmPbRScN8G7lk6KZy",
    ";v3_;0fe3WZPvEYnR7l6xMp5qBEFmI60gQtDEL6Iu94hSG66AobupZoUErHlg1MzzzEIMYl2qyStUoM1yTbGMGfyr3HpspmFgExpLKUeLH20e3lPW7mJiAVmg76vOmcHFCC+pTGQS3/Mm5n36mMjF7vvpwLR5kTRdEmUF/1bBG4D/W+aajPHp56B3/dbC/GzoaCw=",
];
