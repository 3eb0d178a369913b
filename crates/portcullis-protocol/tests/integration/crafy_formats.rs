//! The Crafy door's formats: what the published SDKs write is read, what is written is what they read, and whatever
//! else comes is refused by name.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use portcullis_engine::{
    Entropy, FlowMode, OldCiphers, Plan, PlanLimits, PuzzleKind, SecretKey, StepAnswer, UnixMs,
};
use portcullis_protocol::crafy::{
    Action, Authenticate, Bearer, BearerError, BodyError, CheckFlow, Colour, Completion, FlowOptions,
    FlowToken, FlowTokenError, FormError, Message, OptionsError, PostedAnswer, PostedForm, PostedStep,
    Sealed, SealedError, Theme, failure, failure_for_now, public_key, seal, success,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

/// Yields the same byte over and over.
struct Byte(u8);

impl Entropy for Byte {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/crafy.json")).unwrap()
}

/// The vectors' secret key.
fn secret() -> SecretKey {
    SecretKey::generate(&Byte(0xab))
}

pub(crate) mod options {
    use super::*;

    fn read(options: &Value) -> Result<FlowOptions, OptionsError> {
        read_text(&options.to_string())
    }

    fn read_text(options: &str) -> Result<FlowOptions, OptionsError> {
        let text = seal(&Byte(1), &secret(), options.as_bytes());
        let Ok(Sealed::V3(sealed)) = Sealed::parse(&text, OldCiphers::default()) else { panic!("{text}") };
        FlowOptions::read(&sealed.open(&secret()).unwrap())
    }

    fn with(name: &str, value: Value) -> Value {
        let mut options = json!({ "nonce": "0f".repeat(32) });
        options[name] = value;
        options
    }

    #[test]
    fn what_the_sdks_encrypt_is_read() {
        let vectors = vectors();
        let ciphertext = |number: usize| vectors["ciphertexts"][number]["ciphertext"].as_str().unwrap();
        let open = |text: &str| match Sealed::parse(text, OldCiphers { v1: true, v2: false }).unwrap() {
            Sealed::V1(sealed) => sealed.open(&secret()).unwrap(),
            Sealed::V3(sealed) => sealed.open(&secret()).unwrap(),
            Sealed::V2(_) => unreachable!("version 2 is off"),
        };
        let auto = FlowOptions::read(&open(ciphertext(2))).unwrap();
        let plain = FlowOptions {
            nonce: [0x0f; 32],
            mode: FlowMode::Auto,
            puzzles: vec![],
            language: None,
            theme: None,
        };
        assert_eq!(auto, plain);
        let puzzle = FlowOptions {
            nonce: [0x1e; 32],
            mode: FlowMode::Puzzle,
            puzzles: vec![PuzzleKind::Slider],
            language: Some("es".to_owned()),
            theme: Some(Theme::Dark),
        };
        assert_eq!(FlowOptions::read(&open(ciphertext(5))), Ok(puzzle.clone()));
        assert_eq!(FlowOptions::read(&open(ciphertext(3))), Ok(puzzle), "version 1");
        // Whoever carries version 1 could have written the mode, and hidden the list.
        let from_v1 = FlowOptions::read(&open(ciphertext(0))).unwrap();
        assert_eq!(from_v1.mode, FlowMode::Puzzle);
        assert_eq!(from_v1.puzzles, [PuzzleKind::Slider, PuzzleKind::Connect]);
        for number in [8, 11] {
            assert_eq!(FlowOptions::read(&open(ciphertext(number))), Err(OptionsError::Json));
        }
    }

    /// As an old SDK encrypted it: AES-256-CBC of whole blocks, under an authentication code that leaves out the
    /// initialisation vector.
    pub(crate) fn sealed_v1(secret: &SecretKey, options: &str) -> String {
        use cbc::cipher::block_padding::Pkcs7;
        use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
        use sha2::Digest;
        let key: [u8; 32] = Sha256::digest(secret.expose()).into();
        let cipher = cbc::Encryptor::<aes::Aes256>::new((&key).into(), &[7; 16].into());
        let ciphertext = cipher.encrypt_padded_vec::<Pkcs7>(options.as_bytes());
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(&key).unwrap();
        mac.update(&ciphertext);
        let bytes = [&[7; 16][..], &mac.finalize().into_bytes(), &ciphertext].concat();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn no_part_of_a_nonce_is_its_carriers() {
        let nonce = "0123456789abcdef".repeat(4);
        let read = |options: &str| {
            let Ok(Sealed::V1(sealed)) =
                Sealed::parse(&sealed_v1(&secret(), options), OldCiphers { v1: true, v2: false })
            else {
                panic!("{options}")
            };
            FlowOptions::read(&sealed.open(&secret()).unwrap())
        };
        for (options, expected) in [
            (format!(r#"{{"nonce":"{nonce}"}}"#), false),
            (format!(r#"{{"nonce":"{nonce}","mode":"auto"}}"#), false),
            (format!(r#"{{"":1,"nonce":"{nonce}"}}"#), false),
            (format!(r#"{{"a":1,"nonce":"{nonce}"}}"#), true),
            (format!(r#"{{"mode":"auto","nonce":"{nonce}"}}"#), true),
        ] {
            let found = read(&options);
            assert_eq!(found.is_ok(), expected, "{options}");
            assert!(expected || found == Err(OptionsError::NonceFirst), "{options}");
            assert!(read_text(&options).is_ok(), "version 3 protects everything");
        }
    }

    #[test]
    fn every_mode_and_puzzle_has_its_word() {
        for (word, mode) in [
            (json!("auto"), FlowMode::Auto),
            (json!("hidden"), FlowMode::Hidden),
            (json!("invisible"), FlowMode::Hidden),
            (json!("puzzle"), FlowMode::Puzzle),
            (Value::Null, FlowMode::Auto),
        ] {
            assert_eq!(read(&with("mode", word)).unwrap().mode, mode);
        }
        let list = json!(["connect", "checkbox", "connect", "press_hold", "slider"]);
        let kinds = [PuzzleKind::Connect, PuzzleKind::Checkbox, PuzzleKind::PressHold, PuzzleKind::Slider];
        assert_eq!(read(&with("puzzles", list)).unwrap().puzzles, kinds, "each once");
        assert_eq!(read(&with("puzzles", Value::Null)).unwrap().puzzles, []);
    }

    #[test]
    fn what_has_no_meaning_is_ignored_and_what_is_wrong_is_named() {
        let free = with("extra", json!({ "deep": [[[1]]] }));
        assert_eq!(read(&free).unwrap().mode, FlowMode::Auto);
        for language in ["e", "en_US", "en\"", "<script>", &"x".repeat(36)] {
            assert_eq!(read(&with("lang", json!(language))).unwrap().language, None, "{language}");
        }
        assert_eq!(read(&with("lang", json!("pt-BR"))).unwrap().language.as_deref(), Some("pt-BR"));
        assert_eq!(read(&with("theme", json!("sepia"))).unwrap().theme, None);
        for (name, value, error) in [
            ("mode", json!("easy"), OptionsError::Mode),
            ("mode", json!(1), OptionsError::Type),
            ("puzzles", json!("slider"), OptionsError::Type),
            ("puzzles", json!(["rotate"]), OptionsError::Puzzle),
            ("puzzles", json!([1]), OptionsError::Type),
            ("puzzles", json!(vec!["slider"; 17]), OptionsError::Type),
            ("lang", json!(["en"]), OptionsError::Type),
            ("theme", json!(true), OptionsError::Type),
            ("nonce", Value::Null, OptionsError::Nonce),
            ("nonce", json!("0F".repeat(32)), OptionsError::Nonce),
            ("nonce", json!("0f".repeat(31)), OptionsError::Nonce),
            ("nonce", json!(5), OptionsError::Type),
        ] {
            assert_eq!(read(&with(name, value.clone())), Err(error), "{name} {value}");
        }
        for text in ["", "[]", "x", "{", "null", r#"["0f"]"#] {
            assert_eq!(read_text(text), Err(OptionsError::Json), "{text}");
        }
        let deep = format!(r#"{{"x":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
        assert!(read_text(&deep).is_err());
    }

    proptest! {
        #[test]
        fn any_options_are_read_or_refused(text in r#"[{}\[\]":,a-z0-9]{0,80}"#) {
            let _ = read_text(&text);
        }
    }
}

mod tokens {
    use super::*;

    /// 2026-11-20T12:34:56.789Z.
    const NOW: UnixMs = UnixMs(1_795_178_096_789);
    const FLOW: &str = "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11";

    fn complete() -> Message {
        let completion = Completion {
            flow_token: FLOW,
            nonce: &[0x5a; 32],
            risk_score: 0.123_456,
            hostname: "shop.example",
            expires_at: UnixMs(NOW.0 + 1_200_000),
        };
        Message::complete(completion, &secret(), &signing_key(), &Byte(9))
    }

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn read(token: &str, now: UnixMs) -> Result<FlowToken, FlowTokenError> {
        FlowToken::read(token, &secret(), now)
    }

    /// A token of `payload` that is signed as it should be.
    fn token_of(payload: &str) -> String {
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(secret().expose().as_bytes()).unwrap();
        mac.update(payload.as_bytes());
        let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        BASE64_STANDARD.encode(json!({ "payload": payload, "server_sign": code }).to_string())
    }

    #[test]
    fn the_vectors_token_is_read() {
        let vector = &vectors()["flow_tokens"][0];
        let token = read(vector["token"].as_str().unwrap(), NOW).unwrap();
        assert_eq!(token.flow_token, FLOW);
        assert_eq!(token.nonce, [0x5a; 32]);
        assert_eq!((token.risk_score, token.hostname), (Some(0.12), None));
        let payload = vector["payload"].as_str().unwrap();
        let again = String::from_utf8(BASE64_STANDARD.decode(token_of(payload)).unwrap()).unwrap();
        assert!(again.contains(vector["server_sign"].as_str().unwrap()));
    }

    #[test]
    fn what_is_written_holds_what_the_sdks_look_for_and_reads_back() {
        let message = complete();
        let payload: Value = serde_json::from_str(&message.payload).unwrap();
        assert_eq!(payload["status"], "success");
        assert_eq!(payload["flow_token"], FLOW);
        assert_eq!(payload["risk_score"], 0.12);
        assert_eq!(payload["hostname"], "shop.example");
        assert_eq!(payload["expires_at"], "2026-11-20T12:54:56Z");
        assert!(payload["nonce"].as_str().unwrap().starts_with(";v3_;"));
        let token = read(&message.token().unwrap(), NOW).unwrap();
        assert_eq!((token.nonce, token.flow_token.as_str()), ([0x5a; 32], FLOW));
        assert_eq!(token.expires_at, UnixMs(1_795_179_296_000));
    }

    #[test]
    fn every_message_carries_a_signature_that_verifies() {
        let key = signing_key();
        let handshake = Message::handshake(FLOW, &key);
        let with = Message::turnstile_site_key(Some("0x4AAA"), &key);
        let without = Message::turnstile_site_key(None, &key);
        for message in [&handshake, &with, &without, &complete()] {
            let signature = BASE64_STANDARD.decode(&message.signature).unwrap();
            let signature = Signature::from_slice(&signature).unwrap();
            assert!(key.verifying_key().verify_strict(message.payload.as_bytes(), &signature).is_ok());
        }
        let payload =
            |message: &Message| serde_json::from_str::<Value>(&message.payload).unwrap()["payload"].clone();
        assert_eq!(payload(&handshake), json!({ "flow_token": FLOW }));
        assert_eq!(payload(&with), json!({ "site_key": "0x4AAA" }));
        assert_eq!(payload(&without), json!({ "site_key": null }));
        assert_eq!(handshake.token(), None);
        assert_eq!(serde_json::to_value(&handshake).unwrap().as_object().unwrap().len(), 2);
    }

    #[test]
    fn each_fault_of_a_token_has_its_name() {
        let payload = complete().payload;
        let changed = |from: &str, to: &str| {
            assert!(payload.contains(from), "{from}");
            token_of(&payload.replace(from, to))
        };
        let unsigned = json!({ "payload": payload, "server_sign": "00".repeat(32) }).to_string();
        let upper = json!({ "payload": payload, "server_sign": "AB".repeat(32) }).to_string();
        for (token, error) in [
            (String::new(), FlowTokenError::Empty),
            ("?".to_owned(), FlowTokenError::Undecodable),
            (BASE64_STANDARD.encode("[]"), FlowTokenError::Undecodable),
            (BASE64_STANDARD.encode("{}"), FlowTokenError::Undecodable),
            ("A".repeat(FlowToken::MAX + 4), FlowTokenError::Undecodable),
            (BASE64_STANDARD.encode(unsigned), FlowTokenError::Signature),
            (BASE64_STANDARD.encode(upper), FlowTokenError::Signature),
            (changed("success", "failure"), FlowTokenError::Status),
            (changed("2026-11-20T12:54:56Z", "2026-11-20T12:34:56Z"), FlowTokenError::Expired),
            (changed("2026-11-20T12:54:56Z", "tomorrow"), FlowTokenError::Undecodable),
            (changed("2026-11-20T12:54:56Z", "1969-11-20T12:54:56Z"), FlowTokenError::Undecodable),
            (changed(";v3_;", ";v2_;"), FlowTokenError::Nonce),
        ] {
            assert_eq!(read(&token, NOW).map(|_| ()), Err(error), "{error}");
        }
        let token = complete().token().unwrap();
        assert!(read(&token, UnixMs(1_795_179_295_999)).is_ok());
        assert_eq!(read(&token, UnixMs(1_795_179_296_000)).map(|_| ()), Err(FlowTokenError::Expired));
        let other = SecretKey::generate(&Byte(0xac));
        assert_eq!(FlowToken::read(&token, &other, NOW).map(|_| ()), Err(FlowTokenError::Signature));
        // Other clocks and other zones mean the same moment.
        assert!(read(&changed("2026-11-20T12:54:56Z", "2026-11-20T14:54:56.5+02:00"), NOW).is_ok());
    }
}

mod bearers {
    use super::*;

    const NOW: UnixMs = UnixMs(1_795_178_096_789);

    /// Two keys, of which 7 is the newest.
    fn keys(id: Option<u32>, message: &[u8]) -> Option<(u32, [u8; 32])> {
        let id = id.unwrap_or(7);
        if !matches!(id, 6 | 7) {
            return None;
        }
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(&id.to_be_bytes()).unwrap();
        mac.update(message);
        Some((id, mac.finalize().into_bytes().into()))
    }

    fn read(token: &str, now: UnixMs) -> Result<Bearer, BearerError> {
        Bearer::read(Some(&format!("Bearer {token}")), now, keys)
    }

    fn decoded(part: &str) -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    /// A token with these claims, rightly signed.
    fn token_of(claims: &Value) -> String {
        signed(r#"{"alg":"HS256","typ":"JWT","kid":"7"}"#, claims, 7)
    }

    fn signed(header: &str, claims: &Value, key: u32) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let content = format!("{}.{}", encode(header), encode(&claims.to_string()));
        let (_, code) = keys(Some(key), content.as_bytes()).unwrap();
        format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(code))
    }

    #[test]
    fn a_bearer_comes_back_for_a_day() {
        for plan in Plan::ALL {
            let bearer = Bearer::new("pk_1", "mark", plan, NOW);
            let token = bearer.write(keys).unwrap();
            assert_eq!(read(&token, NOW), Ok(bearer.clone()));
            assert_eq!(bearer.expires_at, UnixMs(1_795_178_096_000 + 86_400_000));
            assert_eq!(read(&token, UnixMs(bearer.expires_at.0 - 1)), Ok(bearer.clone()));
            assert_eq!(read(&token, bearer.expires_at), Err(BearerError::Expired));
        }
        assert_eq!(Bearer::new("pk_1", "mark", Plan::Growth, NOW).write(|_, _| None), None);
    }

    #[test]
    fn the_token_says_which_key_signed_it_and_what_the_plan_allowed() {
        let token = Bearer::new("pk_1", "mark", Plan::Starter, NOW).write(keys).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(decoded(parts[0]), json!({ "alg": "HS256", "typ": "JWT", "kid": "7" }));
        let claims = decoded(parts[1]);
        assert_eq!((&claims["sub"], &claims["plan"]), (&json!("pk_1"), &json!("Starter")));
        assert_eq!(claims["limits"], json!({ "per_minute": 8, "per_second": 2, "per_month": 10_000 }));
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 86_400);
        // What the token says holds, whatever the plan is by now.
        let mut earlier = claims;
        earlier["limits"]["per_minute"] = json!(5);
        let limits = read(&token_of(&earlier), NOW).unwrap().limits;
        assert_eq!(limits, Some(PlanLimits { per_minute: 5, per_second: 2, per_month: 10_000 }));
    }

    #[test]
    fn an_earlier_key_is_good_while_it_is_kept() {
        let claims = decoded(
            Bearer::new("pk_1", "mark", Plan::Scale, NOW).write(keys).unwrap().split('.').nth(1).unwrap(),
        );
        let under =
            |id: u32, key| signed(&format!(r#"{{"alg":"HS256","typ":"JWT","kid":"{id}"}}"#), &claims, key);
        assert!(read(&under(6, 6), NOW).is_ok());
        assert_eq!(read(&under(7, 6), NOW), Err(BearerError::Signature));
        assert_eq!(read(&under(8, 6), NOW), Err(BearerError::Signature));
    }

    #[test]
    fn no_token_chooses_how_it_is_checked() {
        let claims = decoded(
            Bearer::new("pk_1", "mark", Plan::Scale, NOW).write(keys).unwrap().split('.').nth(1).unwrap(),
        );
        for header in [
            r#"{"alg":"none","typ":"JWT","kid":"7"}"#,
            r#"{"alg":"HS512","typ":"JWT","kid":"7"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":7}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"07"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"+7"}"#,
            r#"{"typ":"JWT","alg":"HS256","kid":"7"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"7","crit":["x"]}"#,
            r#"{"alg":"HS256","typ":"JWT"}"#,
            "[]",
            "",
        ] {
            assert_eq!(read(&signed(header, &claims, 7), NOW), Err(BearerError::Unreadable), "{header}");
        }
        for (name, value) in [
            ("iss", json!("astracaph")),
            ("plan", json!("Gold")),
            ("exp", json!(-1)),
            ("exp", json!(u64::MAX)),
            ("sub", Value::Null),
        ] {
            let mut changed = claims.clone();
            changed[name] = value;
            assert_eq!(read(&token_of(&changed), NOW), Err(BearerError::Unreadable), "{name}");
        }
    }

    #[test]
    fn headers_are_read_as_http_has_them() {
        let token = Bearer::new("pk_1", "mark", Plan::Scale, NOW).write(keys).unwrap();
        let read = |header: Option<&str>| Bearer::read(header, NOW, keys).map(|_| ());
        assert_eq!(read(Some(&format!("bearer  {token} "))), Ok(()));
        for header in [None, Some(""), Some("Bearer"), Some(&token), Some(&format!("Basic {token}"))] {
            assert_eq!(read(header), Err(BearerError::Missing), "{header:?}");
        }
        assert_eq!(read(Some(&format!("Bearer {}", "a".repeat(5000)))), Err(BearerError::Unreadable));
    }

    proptest! {
        #[test]
        fn a_changed_character_is_refused(place: usize, with in "[A-Za-z0-9_.-]") {
            let token = Bearer::new("pk_1", "mark", Plan::Scale, NOW).write(keys).unwrap();
            let place = place % token.len();
            let changed = format!("{}{with}{}", &token[..place], &token[place + 1..]);
            prop_assume!(changed != token);
            prop_assert!(read(&changed, NOW).is_err());
        }
    }
}

mod calls {
    use super::*;

    #[test]
    fn envelopes_are_the_protocols() {
        let reply = success(&json!({ "valid": true }));
        assert_eq!(
            (reply.status, reply.body.as_slice()),
            (200, &br#"{"data":{"valid":true},"status":"success"}"#[..])
        );
        let reply = failure(401, "no");
        assert_eq!(
            (reply.status, reply.body.as_slice()),
            (401, &br#"{"message":"no","status":"error"}"#[..])
        );
        let wait = |ms| {
            let headers = failure_for_now(429, "later", ms).headers;
            headers.into_iter().find(|(name, _)| *name == "retry-after").map(|(_, value)| value)
        };
        assert_eq!(
            (wait(1), wait(2001), wait(60_000)),
            (Some("1".into()), Some("3".into()), Some("6".into()))
        );
    }

    #[test]
    fn actions_and_keys_come_from_the_query() {
        assert_eq!(Action::of(Some("action=authenticate")), Some(Action::Authenticate));
        assert_eq!(Action::of(Some("x=1&action=check%5Fflow&action=other")), Some(Action::CheckFlow));
        for query in
            [None, Some(""), Some("action"), Some("action=Authenticate"), Some("actions=authenticate")]
        {
            assert_eq!(Action::of(query), None, "{query:?}");
        }
        assert_eq!(public_key(Some("pk=pk_1")).as_deref(), Some("pk_1"));
        assert_eq!(public_key(Some("pk=")), None);
        assert_eq!(public_key(Some(&format!("pk={}", "p".repeat(129)))), None);
    }

    #[test]
    fn bodies_are_read_or_refused_by_name() {
        let keys = Authenticate::read(br#"{"public_key":"pk_1","secret_key":"sk_1","x":[]}"#).unwrap();
        assert_eq!((keys.public_key.as_str(), keys.secret_key.as_str()), ("pk_1", "sk_1"));
        assert!(!format!("{keys:?}").contains("sk_1"));
        let long = format!(r#"{{"public_key":"pk_1","secret_key":"{}"}}"#, "s".repeat(129));
        for (body, error) in [
            ("", BodyError::Json),
            ("[\"pk\",\"sk\"]", BodyError::Json),
            ("{", BodyError::Json),
            ("{}", BodyError::Field("public_key")),
            (r#"{"public_key":"pk_1"}"#, BodyError::Field("secret_key")),
            (r#"{"public_key":"pk_1","secret_key":""}"#, BodyError::Field("secret_key")),
            (r#"{"public_key":1,"secret_key":"s"}"#, BodyError::Type),
            (long.as_str(), BodyError::Field("secret_key")),
        ] {
            assert_eq!(Authenticate::read(body.as_bytes()).map(|_| ()), Err(error), "{body}");
        }
        assert_eq!(Authenticate::read(&[b' '; 65_537]).map(|_| ()), Err(BodyError::TooLarge));
        let flow = |text: &str| CheckFlow::read(json!({ "flow_token": text }).to_string().as_bytes());
        let uuid = "6f1c1a9e-5b0a-4a0a-9a55-1b6b1d0d7a11";
        assert_eq!(flow(&uuid.to_uppercase()).unwrap().flow_token, uuid);
        for text in ["", "6f1c1a9e5b0a4a0a9a551b6b1d0d7a11", &uuid.replace('f', "g"), &uuid.replace('-', "0")]
        {
            assert_eq!(flow(text), Err(BodyError::Field("flow_token")), "{text}");
        }
    }
}

mod forms {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Result<PostedForm, FormError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        PostedForm::read(form.extend_pairs(fields).finish().as_bytes())
    }

    fn telemetry() -> Value {
        json!({
            "eo": ";v3_;AAAA",
            "fingerprint": {
                "userAgent": "Mozilla/5.0", "language": "en", "timezone": "Europe/Berlin", "platform": "Linux",
                "webdriver": false, "screen": { "width": 1920, "height": 1080, "pixelRatio": 1 },
            },
            "motion": [{ "x": 3, "y": 4, "t": 20 }, { "x": 1, "y": 2, "t": 10 }],
            "behavior": { "dwellMs": 1500, "keyPresses": 2, "pointerMoves": 3, "focusChanges": 1, "clickCount": 1 },
            "other": true,
        })
    }

    fn with_telemetry(path: &str, value: Value) -> Result<PostedForm, FormError> {
        let mut sent = telemetry();
        *sent.pointer_mut(path).unwrap() = value;
        form(&[("pt", "pt_1"), ("cdweo", &sent.to_string())])
    }

    #[test]
    fn what_the_widget_posts_is_read() {
        let read = form(&[
            ("pt", "pt_1"),
            ("cdweo", &telemetry().to_string()),
            ("theme", "dark"),
            ("bg", "#fff"),
            ("text", " rgb(1, 2, 3) "),
            ("primary", "red;}body{display:none"),
            ("border", "teal"),
            ("parent_origin", "https://Shop.example:443"),
            ("pt", "pt_2"),
            ("else", "ignored"),
        ])
        .unwrap();
        assert_eq!((read.public_token.as_str(), read.encrypted_options.as_str()), ("pt_1", ";v3_;AAAA"));
        assert_eq!(read.theme, Some(Theme::Dark));
        let colours =
            [&read.colours.background, &read.colours.text, &read.colours.primary, &read.colours.border];
        let colours = colours.map(|colour| colour.as_ref().map(Colour::as_str));
        assert_eq!(colours, [Some("#fff"), Some("rgb(1, 2, 3)"), None, Some("teal")]);
        assert_eq!(read.parent_origin.unwrap().as_str(), "https://shop.example");
        assert_eq!(read.signals.fingerprint.unwrap().timezone, "Europe/Berlin");
        assert_eq!(read.signals.motion.iter().map(|point| point.t).collect::<Vec<_>>(), [10.0, 20.0]);
        assert_eq!(read.signals.behavior.unwrap().dwell_ms, 1500.0);
    }

    #[test]
    fn telemetry_may_be_absent_but_not_wrong() {
        let read = form(&[("pt", "pt_1"), ("cdweo", r#"{"eo":"x"}"#)]).unwrap();
        assert!(read.signals.fingerprint.is_none() && read.signals.behavior.is_none());
        assert!(read.signals.motion.is_empty());
        assert!(with_telemetry("/fingerprint", Value::Null).is_ok());
        for (path, value) in [
            ("/fingerprint", json!({})),
            ("/fingerprint/userAgent", json!("x".repeat(513))),
            ("/fingerprint/screen/width", json!(1e7)),
            ("/behavior/dwellMs", json!(-1)),
            ("/behavior", json!([])),
            ("/motion", json!(vec![json!({ "x": 1, "y": 1, "t": 1 }); 257])),
            ("/motion/0/t", json!("soon")),
        ] {
            assert_eq!(
                with_telemetry(path, value.clone()).map(|_| ()),
                Err(FormError::Telemetry),
                "{path} {value}"
            );
        }
    }

    #[test]
    fn each_fault_of_a_form_has_its_name() {
        let boxed = r#"{"ephemeral_pk":"AA==","nonce":"AA==","ciphertext":"AA=="}"#;
        let long = json!({ "eo": "e".repeat(16 * 1024 + 1) }).to_string();
        let sent = telemetry().to_string();
        for (fields, error) in [
            (vec![], FormError::PublicToken),
            (vec![("pt", ""), ("cdweo", sent.as_str())], FormError::PublicToken),
            (vec![("pt", "p")], FormError::Options),
            (vec![("pt", "p"), ("cdweo", "[]")], FormError::Options),
            (vec![("pt", "p"), ("cdweo", "{}")], FormError::Options),
            (vec![("pt", "p"), ("cdweo", r#"{"eo":""}"#)], FormError::Options),
            (vec![("pt", "p"), ("cdweo", r#"{"eo":1}"#)], FormError::Options),
            (vec![("pt", "p"), ("cdweo", long.as_str())], FormError::Options),
            (vec![("pt", "p"), ("cdweo", boxed)], FormError::Boxed),
            (
                vec![("pt", "p"), ("cdweo", sent.as_str()), ("parent_origin", "https://a.b/c")],
                FormError::ParentOrigin,
            ),
            (
                vec![("pt", "p"), ("cdweo", sent.as_str()), ("parent_origin", "ftp://a.b")],
                FormError::ParentOrigin,
            ),
        ] {
            assert_eq!(form(&fields).map(|_| ()), Err(error), "{fields:?}");
        }
        assert_eq!(PostedForm::read(&[b'a'; 65_537]).map(|_| ()), Err(FormError::TooLarge));
        for nowhere in ["", "null"] {
            let read = form(&[("pt", "p"), ("cdweo", &sent), ("parent_origin", nowhere)]).unwrap();
            assert_eq!(read.parent_origin, None);
        }
    }

    #[test]
    fn only_colours_are_colours() {
        for text in [
            "#abc",
            "#ABCD",
            "#a1b2c3",
            "#a1b2c3d4",
            "red",
            "transparent",
            "rgb(0,0,0)",
            "rgba(0, 0, 0, .5)",
            "rgb(10 20 30 / 50%)",
            "hsl(120deg 50% 50%)",
            "HSLA(-10,5.5%,5%,0.1)",
        ] {
            assert_eq!(Colour::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in [
            "",
            "#",
            "#ab",
            "#abcde",
            "#ggg",
            "re",
            "re-d",
            "url(x)",
            "rgb()",
            "rgb(1,2)",
            "rgb(1,2,3,4,5)",
            "rgb(1,2,3);",
            "rgb(a,b,c)",
            "rgb(1,2,3",
            "rgb(1,2,3))",
            "rgb(1,2,1.2.3)",
            "rgb(.,.,.)",
            "rgb(--1,2,3)",
            "rgb (1,2,3)",
            "var(--x)",
            "expression(1,2,3)",
            "red blue",
            "red}",
            "</style>",
            "rgb(1,\n2,3)",
            "rgb(1,\t2,3)",
            "rgb(1,\u{a0}2,3)",
            "red/**/",
            "röt",
            "1.5",
            &"a".repeat(33),
            &format!("rgb(1,2,{})", "1".repeat(60)),
        ] {
            assert!(Colour::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_colour_never_leaves_its_place(text in r#"(rgb\([0-9, \n\t\u{a0}]{0,12}\)|[#a-z0-9(),.%/ \n\t\u{a0};{}<>"'\\:-]{0,20})"#) {
            if let Ok(colour) = Colour::try_from(text) {
                let clean = |character: char| character.is_ascii_alphanumeric() || "#(),.%/ -".contains(character);
                prop_assert!(colour.as_str().chars().all(clean));
                prop_assert!(!colour.as_str().contains("url") || !colour.as_str().contains('('));
            }
        }

        #[test]
        fn any_form_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300), json in ".{0,100}") {
            let _ = PostedForm::read(&body);
            let _ = form(&[("pt", "p"), ("cdweo", &json)]);
            let _ = form(&[("pt", "p"), ("cdweo", &format!(r#"{{"eo":"x","motion":{json}}}"#))]);
        }
    }
}

mod answers {
    use super::*;

    fn honest() -> Value {
        json!({
            "flow": "f", "step": "s", "solutions": [1, 2, 9_007_199_254_740_992_u64], "answer": {},
            "behavior": { "dwellMs": 1, "keyPresses": 2, "pointerMoves": 3, "focusChanges": 1, "clickCount": 1 },
        })
    }

    fn with(name: &str, value: Value) -> Result<PostedAnswer, BodyError> {
        let mut body = honest();
        body[name] = value;
        PostedAnswer::read(body.to_string().as_bytes())
    }

    #[test]
    fn what_the_page_sends_is_read() {
        let read = with("turnstile", json!("t")).unwrap();
        assert_eq!((read.flow.as_str(), read.step.as_str()), ("f", "s"));
        assert_eq!(read.solutions, [1, 2, 1 << 53]);
        assert_eq!(read.signals.behavior.unwrap().key_presses, 2.0);
        assert_eq!(read.turnstile.as_deref(), Some("t"));
        assert_eq!(read.answer(), StepAnswer::Nothing);
        assert_eq!(with("answer", json!({ "travel": 0.25 })).unwrap().answer(), StepAnswer::Travel(0.25));
        let pairs = with("answer", json!({ "pairs": [[0, 5], [255, 1]] })).unwrap();
        assert_eq!(pairs.answer(), StepAnswer::Pairs(&[(0, 5), (255, 1)]));
        assert_eq!(with("answer", Value::Null).unwrap().answer(), StepAnswer::Nothing);
        let step = PostedStep::read(br#"{"flow":"f","step":"s"}"#).unwrap();
        assert_eq!((step.flow.as_str(), step.step.as_str()), ("f", "s"));
    }

    #[test]
    fn each_fault_has_its_name() {
        for (name, value, error) in [
            ("flow", Value::Null, BodyError::Field("flow")),
            ("flow", json!("f".repeat(4097)), BodyError::Field("flow")),
            ("step", json!(""), BodyError::Field("step")),
            ("step", json!(1), BodyError::Type),
            ("solutions", Value::Null, BodyError::Field("solutions")),
            ("solutions", json!([(1_u64 << 53) + 1]), BodyError::Field("solutions")),
            ("solutions", json!([-1]), BodyError::Type),
            ("solutions", json!([1.5]), BodyError::Type),
            ("solutions", json!(["1"]), BodyError::Type),
            ("solutions", json!(vec![1; 501]), BodyError::Type),
            ("answer", json!({ "travel": 1.01 }), BodyError::Field("answer")),
            ("answer", json!({ "travel": -0.01 }), BodyError::Field("answer")),
            ("answer", json!({ "travel": 0.5, "pairs": [] }), BodyError::Field("answer")),
            ("answer", json!({ "pairs": vec![[0, 1]; 17] }), BodyError::Type),
            ("answer", json!({ "pairs": [[0]] }), BodyError::Type),
            ("answer", json!({ "pairs": [[0, 256]] }), BodyError::Type),
            ("behavior", json!({}), BodyError::Type),
            ("motion", json!(vec![json!({ "x": 1, "y": 1, "t": 1 }); 257]), BodyError::Field("behavior")),
            ("turnstile", json!(""), BodyError::Field("turnstile")),
            ("turnstile", json!("t".repeat(2049)), BodyError::Field("turnstile")),
        ] {
            assert_eq!(with(name, value.clone()).map(|_| ()), Err(error), "{name}");
        }
        assert!(with("solutions", json!(vec![1; 500])).is_ok());
        assert!(with("flow", json!("f".repeat(4096))).is_ok());
        let deep = format!(r#"{{"flow":"f","step":"s","solutions":{}}}"#, "[".repeat(60_000));
        assert!(PostedAnswer::read(deep.as_bytes()).is_err());
        for body in [&b"[]"[..], b"", b"\xff", &[b' '; 65_537]] {
            assert!(PostedAnswer::read(body).is_err() && PostedStep::read(body).is_err());
        }
        assert_eq!(BodyError::TooLarge.status(), 413);
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300), text in ".{0,60}") {
            let _ = (PostedAnswer::read(&body), PostedStep::read(&body));
            let _ = PostedAnswer::read(format!(r#"{{"flow":"f","step":"s","solutions":[1],"answer":{text}}}"#).as_bytes());
        }

        #[test]
        fn answers_come_back_as_they_were_sent(
            travel in 0..=1024_u16,
            pairs in prop::collection::vec(any::<(u8, u8)>(), 0..=16),
        ) {
            // A number whose decimals end is read without rounding.
            let travel = f64::from(travel) / 1024.0;
            let read = with("answer", json!({ "travel": travel })).unwrap();
            prop_assert_eq!(read.answer(), StepAnswer::Travel(travel));
            let read = with("answer", json!({ "pairs": pairs })).unwrap();
            prop_assert_eq!(read.answer(), StepAnswer::Pairs(&pairs));
        }
    }
}

#[test]
fn a_sealed_text_of_another_version_says_how_to_let_it_in() {
    let vectors = vectors();
    let v2 = vectors["ciphertexts"][1]["ciphertext"].as_str().unwrap();
    let refused = Sealed::parse(v2, OldCiphers::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, SealedError::Off(_)));
    assert!(refused.to_string().contains("--old-cipher v2"), "{refused}");
}
