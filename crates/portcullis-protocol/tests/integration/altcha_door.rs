//! The ALTCHA door from outside: a widget and a backend of the tests' own against a real engine.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portcullis_engine::{
    AltchaWork, LimitSettings, Profile, Site, SiteChange, SiteSettings, Stores, UnixMs, Visitor,
};
use portcullis_protocol::altcha::v2::{Derivation, DerivedKey};
use portcullis_protocol::altcha::{self, Deriving, Door, Entrance, Hash};
use portcullis_protocol::{Reply, Request};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::gate::{Gate, SECRET, add, content, easy, header, text, visitor};

const MINUTE: u64 = 60_000;

/// Derives at once, and counts; or has no place.
#[derive(Default)]
struct Place {
    derived: AtomicU32,
    is_full: Mutex<bool>,
}

#[async_trait]
impl Deriving for Place {
    async fn derive(&self, derivation: Derivation) -> Option<DerivedKey> {
        self.derived.fetch_add(1, Ordering::SeqCst);
        (!*self.is_full.lock().unwrap()).then(|| derivation.derive())
    }
}

struct Visit {
    gate: Gate,
    door: Door,
    place: Arc<Place>,
}

impl Visit {
    async fn to(altcha: AltchaWork) -> Self {
        Self::with(Gate::open(ordinary(altcha)).await)
    }

    async fn limited(altcha: AltchaWork) -> Self {
        Self::with(
            Gate::with(ordinary(altcha), LimitSettings::default(), portcullis_store::memory::open()).await,
        )
    }

    fn with(gate: Gate) -> Self {
        let place = Arc::<Place>::default();
        let door = Door { public_url: Some("https://captcha.example".to_owned()), deriving: place.clone() };
        Self { gate, door, place }
    }

    async fn fetch(&self, query: &str) -> Reply {
        self.fetch_as(query, &self.gate.visitor).await
    }

    async fn fetch_as(&self, query: &str, visitor: &Visitor) -> Reply {
        let request = Request { query: Some(query), ..bare(b"", visitor) };
        altcha::challenge(&self.gate.engine, &self.door, Entrance::Own, &request).await
    }

    async fn challenge(&self) -> Value {
        let reply = self.fetch("").await;
        assert_eq!(reply.status, 200, "{}", text(&reply));
        content(&reply)
    }

    /// A payload, honestly come by.
    async fn payload(&self) -> String {
        payload(&self.challenge().await)
    }

    async fn post(&self, body: &Value) -> Reply {
        self.post_bytes(body.to_string().as_bytes(), &self.gate.visitor).await
    }

    async fn post_bytes(&self, body: &[u8], visitor: &Visitor) -> Reply {
        let query = format!("apiKey={}", self.gate.key());
        let request = Request { query: Some(&query), ..bare(body, visitor) };
        altcha::verify(&self.gate.engine, &self.door, &request).await
    }

    /// As backends do, which name no site.
    async fn post_plainly(&self, body: &str, authorization: Option<&str>) -> Reply {
        let backend = visitor(None);
        let request = Request { authorization, ..bare(body.as_bytes(), &backend) };
        altcha::verify(&self.gate.engine, &self.door, &request).await
    }

    /// As backends do that say what they send.
    async fn post_as(&self, content_type: &str, body: &str) -> Reply {
        let backend = visitor(None);
        let request = Request { content_type: Some(content_type), ..bare(body.as_bytes(), &backend) };
        altcha::verify(&self.gate.engine, &self.door, &request).await
    }

    async fn ask(&self, body: &Value) -> Reply {
        self.ask_with(body, None).await
    }

    async fn ask_with(&self, body: &Value, authorization: Option<&str>) -> Reply {
        let (backend, body) = (visitor(None), body.to_string());
        let request = Request { authorization, ..bare(body.as_bytes(), &backend) };
        altcha::verify_signature(&self.gate.engine, &self.door, &request).await
    }

    /// What the widget puts into the form after its work was verified here.
    async fn signed(&self) -> String {
        let reply = self.post(&json!({ "payload": self.payload().await })).await;
        content(&reply)["payload"].as_str().expect("a payload").to_owned()
    }
}

/// A site that asks for the ordinary work.
fn ordinary(altcha: AltchaWork) -> SiteSettings {
    SiteSettings { altcha, count: None, difficulty: None, ..easy() }
}

/// Every way to work.
fn every_work() -> impl Iterator<Item = AltchaWork> {
    AltchaWork::ALL.into_iter().filter(|work| *work != AltchaWork::Off)
}

fn bare<'a>(body: &'a [u8], visitor: &'a Visitor) -> Request<'a> {
    Request { content_type: None, authorization: None, query: None, body, visitor }
}

fn encoded(payload: &Value) -> String {
    BASE64_STANDARD.encode(payload.to_string())
}

fn decoded(payload: &str) -> Value {
    serde_json::from_slice(&BASE64_STANDARD.decode(payload).unwrap()).unwrap()
}

/// What a widget makes of a challenge.
fn payload(challenge: &Value) -> String {
    if challenge.get("challenge").is_some() { payload_v1(challenge) } else { payload_v2(challenge) }
}

fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit, Mac};
    Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(message).finalize().into_bytes().to_vec()
}

fn payload_v1(challenge: &Value) -> String {
    let (salt, wanted) = (challenge["salt"].as_str().unwrap(), challenge["challenge"].as_str().unwrap());
    let number = (0_u64..).find(|number| hex(&Sha256::digest(format!("{salt}{number}"))) == wanted).unwrap();
    encoded(&json!({
        "algorithm": challenge["algorithm"], "challenge": wanted, "number": number, "salt": salt,
        "signature": challenge["signature"], "took": 7,
    }))
}

fn payload_v2(challenge: &Value) -> String {
    let parameters = &challenge["parameters"];
    let prefix = parameters["keyPrefix"].as_str().unwrap();
    // A test does not wait for a whole search in memory: it begins where a program would.
    let first = if parameters.get("memoryCost").is_some() { 100 } else { 0 };
    let (counter, key) = (first..)
        .map(|counter| (counter, hex(&key(parameters, counter))))
        .find(|(_, key)| key.starts_with(prefix))
        .unwrap();
    solved(challenge, counter, &key)
}

fn solved(challenge: &Value, counter: u32, key: &str) -> String {
    encoded(&json!({
        "challenge": { "parameters": challenge["parameters"], "signature": challenge["signature"] },
        "solution": { "counter": counter, "derivedKey": key, "time": 12.5 },
    }))
}

fn key(parameters: &Value, counter: u32) -> Vec<u8> {
    let number = |name: &str| u32::try_from(parameters[name].as_u64().unwrap()).unwrap();
    let bytes = |name: &str| unhex(parameters[name].as_str().unwrap());
    let (salt, cost) = (bytes("salt"), number("cost"));
    let password = [bytes("nonce"), counter.to_be_bytes().to_vec()].concat();
    let mut key = vec![0; 32];
    match parameters["algorithm"].as_str().unwrap() {
        "SHA-256" => {
            let first = Sha256::digest([salt, password].concat());
            key = (1..cost).fold(first, |key, _| Sha256::digest(key)).to_vec();
        }
        "PBKDF2/SHA-256" => pbkdf2::pbkdf2_hmac::<Sha256>(&password, &salt, cost, &mut key),
        "ARGON2ID" => {
            let limits = argon2::Params::new(number("memoryCost"), cost, number("parallelism"), Some(32));
            argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, limits.unwrap())
                .hash_password_into(&password, &salt, &mut key)
                .unwrap();
        }
        "SCRYPT" => {
            let limits = scrypt::Params::new(cost.ilog2() as u8, number("memoryCost"), number("parallelism"));
            scrypt::scrypt(&password, &salt, &limits.unwrap(), &mut key).unwrap();
        }
        other => panic!("{other}"),
    }
    key
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(&digits[place..place + 2], 16).unwrap())
        .collect()
}

/// A base64 text made anew from its JSON.
fn changed(payload: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut json = decoded(payload);
    change(&mut json);
    encoded(&json)
}

/// Status and code, for what is no success.
fn refused(reply: &Reply) -> (u16, String) {
    let answer = content(reply);
    assert_ne!(answer["verified"], json!(true), "{answer}");
    assert!(answer["error"].as_str().is_some_and(|error| error.len() > 3), "{answer}");
    assert!(!text(reply).contains("null"), "{answer}");
    assert_eq!(header(reply, "retry-after").is_some(), matches!(reply.status, 429 | 503));
    let is_shown = answer.get("verification").is_none() && reply.status == 200;
    assert_eq!(answer["reason"], answer[if is_shown { "error" } else { "code" }], "widgets show reasons");
    (reply.status, answer["code"].as_str().unwrap().to_owned())
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn is(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

mod challenges {
    use super::*;

    #[tokio::test]
    async fn every_way_to_work_has_its_form() {
        let mut shown = String::new();
        for altcha in every_work() {
            let visit = Visit::to(altcha).await;
            let challenge = text(&visit.fetch("params.form=a").await).to_owned();
            let (_, rest) = challenge.split_once("challengeId").unwrap();
            let id = rest.trim_start_matches(['"', ':', '=']);
            let id = &id[..id.find(['"', '&']).unwrap()];
            assert!((150..1000).contains(&id.len()), "{}", id.len());
            shown += &format!("{altcha}: {}\n", challenge.replace(id, "NAME"));
        }
        insta::assert_snapshot!(shown, @r#"
        pbkdf2: {"parameters":{"algorithm":"PBKDF2/SHA-256","cost":2000,"data":{"challengeId":"NAME","form":"a"},"expiresAt":1795178696,"keyLength":32,"keyPrefix":"00","nonce":"8d85f8467240628a94819b26bee26e3a","salt":"0b5000b73a53f0916c93c68f4b9b6ba8"},"signature":"c71aba9daadb0d0d06f29079406cb183e2cdb31e44be7a19d201a1df4cdb6587"}
        sha-256: {"parameters":{"algorithm":"SHA-256","cost":8,"data":{"challengeId":"NAME","form":"a"},"expiresAt":1795178696,"keyLength":32,"keyPrefix":"000","nonce":"8d85f8467240628a94819b26bee26e3a","salt":"0b5000b73a53f0916c93c68f4b9b6ba8"},"signature":"1396105421d90b75b85d2a46e1f75183ef837105dc8ad139dbceac7c056613e3"}
        v1: {"algorithm":"SHA-256","challenge":"e2a276a8b4f572f20e8e3ee8ccf9adfe83fe3127b09b0eb3ecf146dab0458c2a","maxnumber":50000,"salt":"8d85f8467240628a94819b26?expires=1795178696&challengeId=NAME&form=a&","signature":"14459825ac1c80b1bd8122f25a3b4a4354071376760eb1b91cfdfcb80aa69c4f"}
        argon2id: {"parameters":{"algorithm":"ARGON2ID","cost":1,"data":{"challengeId":"NAME","form":"a"},"expiresAt":1795178696,"keyLength":32,"keyPrefix":"d0d818d90ddc7fab321e8eb47df75a8a","keySignature":"93f939f76f6f207e162b95c548959b0418b4486c238ca2a5b05903604de40675","memoryCost":16384,"nonce":"8d85f8467240628a94819b26bee26e3a","parallelism":1,"salt":"0b5000b73a53f0916c93c68f4b9b6ba8"},"signature":"5cde6cb68f22a9c26666f78983a65de51ef0138c96a3d3e500c2bb2e9f0a7af3"}
        scrypt: {"parameters":{"algorithm":"SCRYPT","cost":16384,"data":{"challengeId":"NAME","form":"a"},"expiresAt":1795178696,"keyLength":32,"keyPrefix":"9ffef0ee451dc9053b3ebfcbe306e346","keySignature":"46f126ff3781c15011f0d464f67cb4d0c8ba25e06ca466f04682630fb6d377e2","memoryCost":8,"nonce":"8d85f8467240628a94819b26bee26e3a","parallelism":1,"salt":"0b5000b73a53f0916c93c68f4b9b6ba8"},"signature":"316ee0de28f90e8e5c18b3caa3880245dc4a2b4f239f54c77290e3f816406129"}
        "#);
    }

    #[tokio::test]
    async fn params_are_signed_and_come_back() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let reply = visit.fetch("params.form=log-in+%26+out&params.n=7&language=de&params.empty=").await;
        let challenge = content(&reply);
        let data = &challenge["parameters"]["data"];
        assert_eq!(
            (&data["form"], &data["n"], &data["empty"]),
            (&json!("log-in & out"), &json!("7"), &json!(""))
        );
        let answer = visit.ask(&json!({ "payload": payload(&challenge), "secret": SECRET })).await;
        let found = &content(&answer)["verificationData"];
        assert_eq!((&found["params.form"], &found["params.n"]), (&json!("log-in & out"), &json!(7)));
        assert_eq!(found.get("params.challengeId"), None);
    }

    /// Names that JavaScript takes for indexes stand before the others, and in the order of their numbers.
    #[tokio::test]
    async fn params_have_the_names_that_pages_give_them() {
        for altcha in [AltchaWork::Sha256, AltchaWork::V1] {
            let visit = Visit::to(altcha).await;
            let reply = visit
                .fetch("params.utm-source=a&params.user.name=b&params.10=c&params.9=d&params.2fa=e")
                .await;
            let signed = text(&reply).replace("%2E", ".");
            let places: Vec<_> = ["9", "10", "2fa", "challengeId", "user.name", "utm-source"]
                .map(|name| {
                    let written = if altcha == AltchaWork::V1 {
                        [format!("&{name}="), format!("&{name}=")]
                    } else {
                        [format!("{{\"{name}\":"), format!(",\"{name}\":")]
                    };
                    written.iter().find_map(|name| signed.find(name)).expect("the name")
                })
                .into();
            assert!(places.is_sorted(), "{signed}");
            let answer = visit.ask(&json!({ "payload": payload(&content(&reply)), "secret": SECRET })).await;
            let found = &content(&answer)["verificationData"];
            for (name, value) in
                [("utm-source", "a"), ("user.name", "b"), ("10", "c"), ("9", "d"), ("2fa", "e")]
            {
                assert_eq!(found[format!("params.{name}")], value, "{altcha}");
            }
        }
    }

    #[tokio::test]
    async fn params_are_bounded() {
        let visit = Visit::to(AltchaWork::V1).await;
        let ten: String = (0..10).map(|number| format!("params.n{number}={}&", "%25".repeat(100))).collect();
        assert_eq!(visit.fetch(&ten).await.status, 200);
        for query in [
            format!("{ten}params.n10=x"),
            format!("params.n={}", "v".repeat(101)),
            format!("params.{}=v", "n".repeat(21)),
            "params.=v".to_owned(),
            "params.-a=v".to_owned(),
            "params.a=%C3%A9".to_owned(),
            "params.a=1&params.a=2".to_owned(),
            "params.expires=9999999999".to_owned(),
            "params.challengeId=x".to_owned(),
        ] {
            assert_eq!(refused(&visit.fetch(&query).await), is(400, "invalid_params"), "{query}");
        }
    }

    #[tokio::test]
    async fn the_site_is_named_in_either_word_or_is_the_default_one() {
        let visit = Visit::to(AltchaWork::Pbkdf2).await;
        visit.gate.clock.advance(1);
        let settings = SiteSettings { altcha: AltchaWork::Sha256, ..easy() };
        let other = add(&visit.gate.engine, &SECRET.replace('q', "Q"), settings).await;
        for name in ["apiKey", "sitekey"] {
            let challenge = content(&visit.fetch(&format!("{name}={}", other.site_key())).await);
            assert_eq!(challenge["parameters"]["algorithm"], "SHA-256");
        }
        assert_eq!(visit.challenge().await["parameters"]["algorithm"], "PBKDF2/SHA-256");
        assert_eq!(refused(&visit.fetch("apiKey=pk_unknown").await), is(404, "unknown_site"));
    }

    #[tokio::test]
    async fn a_widget_is_told_where_to_verify_only_where_it_asks() {
        let visit = Visit::to(AltchaWork::Pbkdf2).await;
        let reply = visit.fetch("verification=server").await;
        let expected =
            format!(r#"{{"verifyurl":"https://captcha.example/altcha/verify?apiKey={}"}}"#, visit.gate.key());
        assert_eq!(header(&reply, "x-altcha-config"), Some(expected.as_str()));
        assert_eq!(header(&reply, "access-control-expose-headers"), Some("X-Altcha-Config"));
        assert_eq!(header(&visit.fetch("").await, "x-altcha-config"), None);
    }

    #[tokio::test]
    async fn pages_of_other_origins_have_none() {
        let visit = Visit::to(AltchaWork::Pbkdf2).await;
        for origin in ["https://evil.example", "null"] {
            let reply = visit.fetch_as("", &visitor(Some(origin))).await;
            assert_eq!(refused(&reply), is(403, "origin_refused"));
            assert_eq!(header(&reply, "access-control-allow-origin"), None);
        }
        let preflight = |origin, query| altcha::preflight(&visit.gate.engine, query, &visitor(Some(origin)));
        let own = preflight("https://shop.example.com", None);
        assert_eq!(
            (own.status, header(&own, "access-control-allow-headers")),
            (204, Some("content-type, x-altcha-spam-filter"))
        );
        assert_eq!(header(&own, "access-control-allow-origin"), Some("https://shop.example.com"));
        assert_eq!(refused(&preflight("https://evil.example", None)), is(403, "origin_refused"));
        assert_eq!(
            refused(&preflight("https://shop.example.com", Some("apiKey=x"))),
            is(404, "unknown_site")
        );
    }

    #[tokio::test]
    async fn whoever_asks_often_has_harder_work() {
        let visit = Visit::limited(AltchaWork::Pbkdf2).await;
        let mut costs = Vec::new();
        for _ in 0..400 {
            let parameters = visit.challenge().await["parameters"].take();
            costs.push((
                parameters["keyPrefix"].as_str().unwrap().len(),
                parameters["cost"].as_u64().unwrap(),
            ));
        }
        costs.dedup();
        assert_eq!(costs, [(2, 2000), (2, 4000), (2, 8000), (2, 16_000), (3, 2000), (3, 4000), (3, 8000)]);
    }

    #[tokio::test]
    async fn a_sites_own_puzzles_say_how_much_it_asks() {
        for (count, difficulty, digits, cost) in
            [(50, 4, 2, 2000), (100, 4, 2, 4000), (50, 5, 3, 2000), (50, 3, 1, 2000), (500, 8, 3, 2000)]
        {
            let (count, difficulty) = (Some(count), Some(difficulty));
            let settings = SiteSettings { count, difficulty, ..ordinary(AltchaWork::Pbkdf2) };
            let parameters = Visit::with(Gate::open(settings).await).challenge().await["parameters"].take();
            assert_eq!(parameters["keyPrefix"], "0".repeat(digits), "{count:?} of {difficulty:?}");
            assert_eq!(parameters["cost"], cost);
        }
    }

    #[tokio::test]
    async fn a_site_may_close_the_door() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let (work, signed) = (visit.payload().await, visit.signed().await);
        let change = SiteChange { settings: Some(ordinary(AltchaWork::Off)), ..SiteChange::default() };
        visit.gate.engine.change_site(visit.gate.key(), change).await.unwrap();
        let reply = visit.fetch("").await;
        assert_eq!(refused(&reply), is(403, "altcha_off"));
        assert!(header(&reply, "access-control-allow-origin").is_some(), "its pages may read why");
        assert_eq!(refused(&visit.post(&json!({ "payload": work })).await), is(403, "altcha_off"));
        for payload in [&work, &signed] {
            let question = json!({ "payload": payload, "secret": SECRET });
            assert_eq!(refused(&visit.post(&question).await), is(403, "altcha_off"));
            assert_eq!(refused(&visit.ask(&question).await), is(403, "altcha_off"));
            let wrong = json!({ "payload": payload, "secret": "sk_wrong" });
            assert_eq!(refused(&visit.ask(&wrong).await), is(401, "unknown_secret"), "secrets come first");
        }
        // Nothing was used up.
        let change = SiteChange { settings: Some(ordinary(AltchaWork::Sha256)), ..SiteChange::default() };
        visit.gate.engine.change_site(visit.gate.key(), change).await.unwrap();
        assert_eq!(content(&visit.post(&json!({ "payload": work })).await)["verified"], true);
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_derived_in_time_is_a_503() {
        let visit = Visit::to(AltchaWork::Scrypt).await;
        *visit.place.is_full.lock().unwrap() = true;
        assert_eq!(refused(&visit.fetch("").await), is(503, "busy"));
    }

    #[tokio::test]
    async fn keys_in_memory_are_had_so_often_and_no_more() {
        let settings = SiteSettings { altcha: AltchaWork::Argon2id, ..easy() };
        let stores = portcullis_store::memory::open();
        let visit = Visit::with(Gate::with(settings, LimitSettings::default(), stores).await);
        *visit.place.is_full.lock().unwrap() = true;
        for _ in 0..30 {
            assert_eq!(refused(&visit.fetch("").await), is(503, "busy"));
        }
        assert_eq!(refused(&visit.fetch("").await), is(429, "rate_limited"));
        assert_eq!(visit.place.derived.load(Ordering::SeqCst), 30);
    }
}

mod widgets {
    use super::*;

    #[tokio::test]
    async fn work_is_worth_a_payload_that_the_published_libraries_verify() {
        for altcha in every_work() {
            let visit = Visit::to(altcha).await;
            let work = visit.payload().await;
            let fields = json!({ "message": "Hello\nWorld", "email": "a@b.c", "a,b": "left out" });
            let reply = visit
                .post(&json!({ "payload": work, "fields": fields, "timeZone": "UTC", "code": "x" }))
                .await;
            let answer = content(&reply);
            assert_eq!((reply.status, &answer["verified"]), (200, &json!(true)), "{answer}");
            assert_eq!(header(&reply, "access-control-allow-origin"), Some("https://shop.example.com"));
            let signed = decoded(answer["payload"].as_str().unwrap());
            assert_eq!((&signed["algorithm"], &signed["verified"]), (&json!("SHA-256"), &json!(true)));
            assert_eq!(signed["apiKey"], visit.gate.key());
            let data = signed["verificationData"].as_str().unwrap();
            // HMAC of the binary hash of the text, under the site's secret key.
            let mac = hmac(SECRET.as_bytes(), &Sha256::digest(data));
            assert_eq!(signed["signature"], hex(&mac));
            let found: Vec<(String, String)> = form_urlencoded::parse(data.as_bytes()).into_owned().collect();
            let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(
                names,
                [
                    "classification",
                    "hostname",
                    "reasons",
                    "score",
                    "time",
                    "verified",
                    "expire",
                    "id",
                    "fields",
                    "fieldsHash",
                    "ipAddress",
                ]
            );
            let value = |name: &str| found.iter().find(|(found, _)| found == name).unwrap().1.as_str();
            assert_eq!((value("classification"), value("score"), value("verified")), ("GOOD", "0.1", "true"));
            assert_eq!((value("time"), value("expire")), ("1795178096", "1795179296"));
            assert_eq!((value("fields"), value("ipAddress")), ("email,message", "192.0.2.7"));
            assert_eq!(
                value("fieldsHash"),
                "2de67a20b66e820640cbd561a97dcff97f97195c9aca056fabb46154381787fa"
            );
            // Its id is a token as any other.
            let verdict = portcullis_protocol::siteverify::siteverify(
                &visit.gate.engine,
                portcullis_protocol::siteverify::Profile::Turnstile,
                portcullis_protocol::siteverify::TestKeys::Refused,
                &bare(
                    json!({ "secret": SECRET, "response": value("id") }).to_string().as_bytes(),
                    &visitor(None),
                ),
            )
            .await;
            assert_eq!(content(&verdict)["hostname"], "shop.example.com");
            let again = visit.post(&json!({ "payload": work })).await;
            assert_eq!(refused(&again), is(200, "already_redeemed"));
        }
    }

    #[tokio::test]
    async fn an_address_of_many_is_not_told() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let shared = Visitor { shared_address: true, ..visit.gate.visitor.clone() };
        let body = json!({ "payload": visit.payload().await }).to_string();
        let answer = content(&visit.post_bytes(body.as_bytes(), &shared).await);
        let signed = decoded(answer["payload"].as_str().unwrap());
        let data = signed["verificationData"].as_str().unwrap();
        assert!(!data.contains("ipAddress") && !data.contains("fields"), "{data}");
    }

    #[tokio::test]
    async fn what_was_not_solved_is_refused_and_uses_nothing_up() {
        for altcha in [AltchaWork::Pbkdf2, AltchaWork::Sha256, AltchaWork::Argon2id] {
            let visit = Visit::to(altcha).await;
            let challenge = visit.challenge().await;
            let parameters = &challenge["parameters"];
            let prefix = parameters["keyPrefix"].as_str().unwrap();
            // Counter 0 with its honest key is what verifiers that forgot the prefix took.
            let honest = hex(&key(parameters, 0));
            if !honest.starts_with(prefix) {
                let reply = visit.post(&json!({ "payload": solved(&challenge, 0, &honest) })).await;
                assert_eq!(refused(&reply), is(200, "invalid_solution"));
            }
            let reply = visit.post(&json!({ "payload": made_up(&challenge) })).await;
            assert_eq!(refused(&reply), is(200, "invalid_solution"));
            let reply = visit.post(&json!({ "payload": payload(&challenge) })).await;
            assert_eq!(content(&reply)["verified"], true);
        }
    }

    /// What the payload says of its site is anybody's word.
    #[tokio::test]
    async fn a_widget_names_its_site() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        visit.gate.clock.advance(1);
        let settings = SiteSettings { altcha: AltchaWork::Sha256, ..easy() };
        let other = add(&visit.gate.engine, &SECRET.replace('q', "Q"), settings).await;
        let body = json!({ "payload": visit.payload().await }).to_string();
        for (query, expected) in [
            (None, is(400, "missing_api_key")),
            (Some("apiKey=".to_owned()), is(400, "missing_api_key")),
            (Some("apiKey=pk_unknown".to_owned()), is(404, "unknown_site")),
            (Some(format!("apiKey={}", other.site_key())), is(200, "scope_mismatch")),
        ] {
            let request = Request { query: query.as_deref(), ..bare(body.as_bytes(), &visit.gate.visitor) };
            let reply = altcha::verify(&visit.gate.engine, &visit.door, &request).await;
            assert_eq!(refused(&reply), expected, "{query:?}");
        }
        let query = format!("sitekey={}", visit.gate.key());
        let request = Request { query: Some(&query), ..bare(body.as_bytes(), &visit.gate.visitor) };
        let reply = altcha::verify(&visit.gate.engine, &visit.door, &request).await;
        assert_eq!(content(&reply)["verified"], true);
    }

    #[tokio::test]
    async fn what_was_changed_is_refused() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let work = visit.payload().await;
        let other = visit.challenge().await["parameters"]["data"]["challengeId"].take();
        for change in [
            |json: &mut Value, _: &Value| json["challenge"]["parameters"]["keyPrefix"] = json!("d"),
            |json: &mut Value, _: &Value| {
                json["challenge"]["parameters"]["expiresAt"] = json!(9_999_999_999_u64)
            },
            |json: &mut Value, _: &Value| json["challenge"]["parameters"]["cost"] = json!(1),
            |json: &mut Value, other: &Value| {
                json["challenge"]["parameters"]["data"]["challengeId"] = other.clone();
            },
            |json: &mut Value, _: &Value| json["challenge"]["parameters"]["data"] = json!({}),
            |json: &mut Value, _: &Value| json["challenge"]["signature"] = json!("00".repeat(32)),
        ] {
            let forged = changed(&work, |json| change(json, &other));
            assert_eq!(refused(&visit.post(&json!({ "payload": forged })).await), is(200, "invalid_token"));
        }
    }

    #[tokio::test]
    async fn a_spliced_salt_is_refused() {
        let visit = Visit::to(AltchaWork::V1).await;
        let work = visit.payload().await;
        let number = decoded(&work)["number"].to_string();
        let splice = |salt: String, number: u64| {
            changed(&work, |json| {
                json["salt"] = json!(salt);
                json["number"] = json!(number);
            })
        };
        let salt = decoded(&work)["salt"].as_str().unwrap().to_owned();
        let (first, rest) = number.split_at(1);
        let rest = rest.parse().unwrap_or(0);
        let reply = visit.post(&json!({ "payload": splice(format!("{salt}{first}"), rest) })).await;
        assert_eq!(refused(&reply), is(400, "invalid_payload"));
        let reply = visit.post(&json!({ "payload": splice(format!("{salt}{first}&"), rest) })).await;
        assert_eq!(refused(&reply), is(200, "invalid_solution"));
        let without = salt.trim_end_matches('&').to_owned();
        let reply = visit.post(&json!({ "payload": splice(format!("{without}{first}&"), rest) })).await;
        assert_eq!(refused(&reply), is(200, "invalid_token"), "the name has a digit more");
        assert_eq!(content(&visit.post(&json!({ "payload": work })).await)["verified"], true);
    }

    #[tokio::test]
    async fn time_is_up_when_it_is() {
        for altcha in [AltchaWork::Sha256, AltchaWork::V1] {
            let visit = Visit::to(altcha).await;
            let work = visit.payload().await;
            visit.gate.clock.advance(10 * MINUTE);
            let reply = visit.post(&json!({ "payload": work })).await;
            assert_eq!(refused(&reply), is(200, "expired"));
            let reply = visit.ask(&json!({ "payload": work, "secret": SECRET })).await;
            assert_eq!(refused(&reply), is(200, "expired"));
        }
    }

    #[tokio::test]
    async fn bodies_that_cannot_be_read_are_named() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let test = encoded(&json!({ "challenge": null, "solution": null, "test": true }));
        let many: serde_json::Map<_, _> = (0..101).map(|number| (format!("f{number}"), json!("x"))).collect();
        let signed = visit.signed().await;
        for (body, reason) in [
            (json!({}).to_string(), "missing_payload"),
            (json!({ "payload": "" }).to_string(), "missing_payload"),
            (json!({ "payload": null }).to_string(), "missing_payload"),
            (json!({ "payload": test, "secret": 7 }).to_string(), "invalid_body"),
            (String::new(), "missing_secret"),
            ("nonsense".to_owned(), "missing_secret"),
            (json!({ "payload": test }).to_string(), "test_payload"),
            (json!({ "payload": 7 }).to_string(), "invalid_payload"),
            (json!({ "payload": [] }).to_string(), "invalid_payload"),
            (json!({ "payload": "%" }).to_string(), "invalid_payload"),
            (json!({ "payload": encoded(&json!([])) }).to_string(), "invalid_payload"),
            (json!({ "payload": encoded(&json!({ "challenge": {} })) }).to_string(), "invalid_payload"),
            (json!({ "payload": "A".repeat(30_000) }).to_string(), "invalid_payload"),
            (json!({ "payload": signed }).to_string(), "invalid_payload"),
            (json!({ "payload": test, "fields": many }).to_string(), "invalid_fields"),
            (json!({ "payload": test, "fields": { "f".repeat(5000): "x" } }).to_string(), "invalid_fields"),
            (json!({ "payload": test, "fields": { "f": 7 } }).to_string(), "invalid_body"),
            ("{".to_owned(), "invalid_body"),
        ] {
            let reply = visit.post_bytes(body.as_bytes(), &visit.gate.visitor).await;
            assert_eq!(refused(&reply), is(400, reason), "{}", &body[..body.len().min(80)]);
        }
        let reply = visit.post_bytes(&[0xff, 0xfe], &visit.gate.visitor).await;
        assert_eq!(refused(&reply), is(400, "invalid_body"));
        let long = vec![b' '; Request::BODY_MAX + 1];
        let reply = visit.post_bytes(&long, &visit.gate.visitor).await;
        assert_eq!(refused(&reply), is(413, "body_too_large"));
    }

    /// A payload whose key begins as it should and is made up.
    fn made_up(challenge: &Value) -> String {
        let prefix = challenge["parameters"]["keyPrefix"].as_str().unwrap();
        solved(challenge, 3, &format!("{prefix}{}", "5".repeat(64 - prefix.len())))
    }

    #[tokio::test]
    async fn wrong_work_and_replays_cost_three_keys_a_challenge_on_either_way() {
        let visit = Visit::limited(AltchaWork::Pbkdf2).await;
        for work in [made_up(&visit.challenge().await), visit.payload().await] {
            visit.place.derived.store(0, Ordering::SeqCst);
            let (widget, backend) =
                (json!({ "payload": work }), json!({ "payload": work, "secret": SECRET }));
            for _ in 0..100 {
                visit.post(&widget).await;
                visit.post(&backend).await;
                visit.ask(&backend).await;
            }
            assert_eq!(visit.place.derived.load(Ordering::SeqCst), 3);
            for reply in [visit.post(&widget).await, visit.ask(&backend).await] {
                assert_eq!(refused(&reply), is(200, "exhausted"));
            }
        }
    }

    #[tokio::test]
    async fn what_is_refused_at_a_glance_costs_no_key_and_no_attempt() {
        let visit = Visit::limited(AltchaWork::Pbkdf2).await;
        let work = visit.payload().await;
        let forged = changed(&work, |json| json["challenge"]["signature"] = json!("00".repeat(32)));
        let beside = changed(&work, |json| json["solution"]["derivedKey"] = json!("f".repeat(64)));
        for _ in 0..10 {
            assert_eq!(refused(&visit.post(&json!({ "payload": forged })).await), is(200, "invalid_token"));
            assert_eq!(
                refused(&visit.post(&json!({ "payload": beside })).await),
                is(200, "invalid_solution")
            );
        }
        assert_eq!(visit.place.derived.load(Ordering::SeqCst), 0);
        assert_eq!(content(&visit.post(&json!({ "payload": work })).await)["verified"], true);
    }

    #[tokio::test]
    async fn a_neighbour_with_wrong_work_holds_nobody_up() {
        let visit = Visit::limited(AltchaWork::Pbkdf2).await;
        for _ in 0..10 {
            let wrong = json!({ "payload": made_up(&visit.challenge().await) });
            for _ in 0..20 {
                visit.post(&wrong).await;
            }
        }
        let own = json!({ "payload": visit.payload().await });
        assert_eq!(content(&visit.post(&own).await)["verified"], true);
    }

    #[tokio::test]
    async fn no_place_for_a_key_is_a_503() {
        let visit = Visit::to(AltchaWork::Pbkdf2).await;
        let work = json!({ "payload": visit.payload().await });
        *visit.place.is_full.lock().unwrap() = true;
        assert_eq!(refused(&visit.post(&work).await), is(503, "busy"));
        *visit.place.is_full.lock().unwrap() = false;
        assert_eq!(content(&visit.post(&work).await)["verified"], true);
    }
}

mod backends {
    use super::*;

    #[tokio::test]
    async fn work_out_of_a_form_is_good_once() {
        for altcha in every_work() {
            let visit = Visit::to(altcha).await;
            let question = json!({ "payload": visit.payload().await, "secret": SECRET });
            let reply = visit.post(&question).await;
            let mut answer = content(&reply);
            assert_eq!(reply.status, 200);
            assert_eq!(header(&reply, "access-control-allow-origin"), None, "no page reads this");
            assert_eq!(answer["payload"].take(), decoded(question["payload"].as_str().unwrap()));
            assert_eq!(answer["apiKey"].take(), visit.gate.key());
            let expected = json!({
                "apiKey": null, "payload": null, "verified": true,
                "verification": {
                    "expired": false, "invalidSignature": false, "invalidSolution": false, "time": 0, "verified": true,
                },
                "verificationData": {
                    "classification": "GOOD", "hostname": "shop.example.com", "reasons": [], "score": 0.1,
                    "time": 1_795_178_096, "verified": true,
                },
            });
            assert_eq!(answer, expected);
            let again = visit.post(&question).await;
            assert_eq!(refused(&again), is(200, "already_spent"));
            let verification = content(&again)["verification"].take();
            assert_eq!((&verification["verified"], &verification["expired"]), (&json!(false), &json!(false)));
        }
    }

    #[tokio::test]
    async fn a_signed_payload_is_good_once_wherever_it_is_handed_in() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:{SECRET}", visit.gate.key())));
        for way in 0..5 {
            let signed = visit.signed().await;
            let ask = async || match way {
                0 => visit.ask(&json!({ "payload": signed, "secret": SECRET })).await,
                // The helpers of the published library hand in what they decoded.
                1 => visit.ask(&json!({ "payload": decoded(&signed), "secret": SECRET })).await,
                2 => visit.ask_with(&json!({ "payload": signed }), Some(&basic)).await,
                3 => visit.post(&json!({ "altcha": signed, "secret": SECRET })).await,
                _ => visit.post_plainly(&form(&[("altcha", &signed), ("secret", SECRET)]), None).await,
            };
            let answer = content(&ask().await);
            assert_eq!(answer["verified"], true, "{way}: {answer}");
            assert_eq!(answer["apiKey"], visit.gate.key());
            assert_eq!(answer["verificationData"]["ipAddress"], "192.0.2.7");
            assert_eq!(answer["verificationData"]["reasons"], json!([]));
            assert_eq!(refused(&ask().await), is(200, "already_spent"), "{way}");
        }
    }

    /// As long as fields and params can make it.
    #[tokio::test]
    async fn the_longest_payload_that_is_signed_is_taken_back() {
        for cap_profile in [Profile::Standalone, Profile::CapjsServer] {
            longest_payload(SiteSettings { altcha: AltchaWork::V1, cap_profile, ..easy() }).await;
        }
    }

    async fn longest_payload(settings: SiteSettings) {
        let host = format!("https://{}.example.com", vec!["a".repeat(60); 3].join("."));
        let origins = vec![host.parse().unwrap()];
        let mut visit = Visit::with(Gate::open(SiteSettings { origins, ..settings }).await);
        visit.gate.visitor = Visitor { address: [0xffff; 8].into(), ..visitor(Some(&host)) };
        let params: String = (0..10)
            .map(|number| format!("&params.{number}{}={}", "n".repeat(19), "%25".repeat(100)))
            .collect();
        let reply = visit.fetch(&params).await;
        // 100 names with 4,096 bytes, none of which is written as itself.
        let letters: Vec<char> = "äëïöüàèìòù".chars().collect();
        let name = |number: usize| {
            let rest = "ÿ".repeat(if number < 48 { 19 } else { 18 });
            format!("{}{}{rest}", letters[number / 10], letters[number % 10])
        };
        let fields: serde_json::Map<_, _> = (0..100).map(|number| (name(number), json!("x"))).collect();
        assert_eq!(fields.keys().map(String::len).sum::<usize>(), 4096);
        let longest = json!({ "payload": payload(&content(&reply)), "fields": fields });
        let answer = content(&visit.post(&longest).await);
        let signed = answer["payload"].as_str().expect("a payload");
        assert!((20_000..23 * 1024).contains(&signed.len()), "{} characters", signed.len());
        for body in [
            json!({ "payload": signed, "secret": SECRET, "remoteip": "203.0.113.9" }).to_string(),
            form(&[("altcha", signed), ("secret", SECRET)]),
        ] {
            let answer = visit.post_plainly(&body, None).await;
            let is_first = body.starts_with('{');
            assert_eq!(content(&answer)["verified"], json!(is_first), "{}", text(&answer));
            assert!(is_first || refused(&answer) == is(200, "already_spent"));
        }
    }

    #[tokio::test]
    async fn a_signed_payload_that_was_changed_is_refused_and_not_spent() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let signed = visit.signed().await;
        let ask = async |payload: String| visit.ask(&json!({ "payload": payload, "secret": SECRET })).await;
        let text = decoded(&signed)["verificationData"].as_str().unwrap().to_owned();
        let with_text = |text: String| changed(&signed, |json| json["verificationData"] = json!(text));
        for forged in [
            with_text(text.replace("GOOD", "BAD")),
            with_text(format!("{text}&expire=9999999999")),
            changed(&signed, |json| json["signature"] = json!("00".repeat(32))),
        ] {
            assert_eq!(refused(&ask(forged).await), is(200, "invalid_token"));
        }
        let denied = changed(&signed, |json| json["verified"] = json!(false));
        assert_eq!(refused(&ask(denied).await), is(200, "invalid_solution"));
        // Signed as it should be, and a verdict against the visitor all the same.
        let denied = text.replace("verified=true", "verified=false");
        let mac = hex(&hmac(SECRET.as_bytes(), &Sha256::digest(&denied)));
        let denied = changed(&with_text(denied), |json| json["signature"] = json!(mac));
        assert_eq!(refused(&ask(denied).await), is(200, "invalid_solution"));
        let sha1 = changed(&signed, |json| json["algorithm"] = json!("SHA-1"));
        assert_eq!(refused(&ask(sha1).await), is(400, "invalid_payload"));
        // Whatever stands outside of the signed text counts for nothing.
        let id = changed(&signed, |json| json["id"] = json!("another"));
        assert_eq!(content(&ask(id).await)["verified"], true);
        assert_eq!(refused(&ask(signed.clone()).await), is(200, "already_spent"));
    }

    #[tokio::test]
    async fn a_signed_payload_expires_with_its_token() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let signed = visit.signed().await;
        visit.gate.clock.advance(20 * MINUTE);
        assert_eq!(
            refused(&visit.ask(&json!({ "payload": signed, "secret": SECRET })).await),
            is(200, "expired")
        );
    }

    #[tokio::test]
    async fn a_signed_payload_is_good_until_the_widget_says_that_its_challenge_expired() {
        let own = SiteSettings { token_ttl: Some(60), ..easy() };
        let capjs = SiteSettings { cap_profile: Profile::CapjsServer, ..easy() };
        for (settings, lives) in [(own, MINUTE), (capjs, 5 * MINUTE)] {
            let settings = SiteSettings { altcha: AltchaWork::Sha256, ..settings };
            let visit = Visit::with(Gate::open(settings).await);
            let challenge = visit.challenge().await;
            let expires_at = challenge["parameters"]["expiresAt"].as_u64().unwrap();
            assert_eq!(expires_at, visit.gate.engine.now().plus(lives).0 / 1000);
            visit.gate.clock.advance(1);
            let reply = visit.post(&json!({ "payload": payload(&challenge) })).await;
            let signed = content(&reply)["payload"].as_str().expect("a payload").to_owned();
            visit.gate.clock.set(UnixMs(expires_at * 1000 - 1));
            let reply = visit.ask(&json!({ "payload": signed, "secret": SECRET })).await;
            assert_eq!(content(&reply)["verified"], true, "{}", text(&reply));
        }
    }

    #[tokio::test]
    async fn secrets_come_first() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        visit.gate.clock.advance(1);
        let other: Arc<Site> = add(&visit.gate.engine, &SECRET.replace('q', "Q"), easy()).await;
        let (work, signed) = (visit.payload().await, visit.signed().await);
        let wrong = "sk_wrong_wrong_wrong_wrong_wrong_wrong";
        let basic =
            |key: &str, secret: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:{secret}")));
        for payload in [work.as_str(), &signed, "junk"] {
            let ask = visit.ask(&json!({ "payload": payload })).await;
            let expected = if payload == "junk" { "invalid_payload" } else { "missing_secret" };
            assert_eq!(refused(&ask), is(400, expected));
        }
        for payload in [&work, &signed] {
            let ask = visit.ask(&json!({ "payload": payload, "secret": wrong })).await;
            assert_eq!(refused(&ask), is(401, "unknown_secret"));
            let ask = visit.ask(&json!({ "payload": payload, "secret": other.secret().expose() })).await;
            assert_eq!(refused(&ask), is(200, "invalid_token"));
            for (key, secret, reason) in
                [(visit.gate.key(), wrong, "unknown_secret"), (other.site_key(), SECRET, "sitekey_mismatch")]
            {
                let ask = visit.ask_with(&json!({ "payload": payload }), Some(&basic(key, secret))).await;
                assert_eq!(refused(&ask), is(401, reason));
            }
        }
        let rotated = visit.gate.engine.rotate_secret(visit.gate.key()).await.unwrap();
        let question = json!({ "payload": work, "secret": rotated.secret().expose() });
        assert_eq!(
            refused(&visit.ask(&question).await),
            is(200, "invalid_token"),
            "signed under the earlier secret"
        );
    }

    /// Backends whose settings are missing ask with an empty secret, or with none at all.
    #[tokio::test]
    async fn a_backend_without_a_secret_is_told_so_and_nothing_else() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let (work, signed) = (visit.payload().await, visit.signed().await);
        let key = visit.gate.key();
        let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:{SECRET}")));
        for payload in [&work, &signed] {
            let own = ("altcha", payload.as_str());
            for body in [
                json!({ "payload": payload, "secret": "" }).to_string(),
                json!({ "payload": payload, "secret": null }).to_string(),
                form(&[("secret", ""), own]),
                form(&[own]),
                form(&[own, ("sitekey", key)]),
            ] {
                assert_eq!(
                    refused(&visit.post_plainly(&body, None).await),
                    is(400, "missing_secret"),
                    "{body}"
                );
                let reply = visit.post_bytes(body.as_bytes(), &visit.gate.visitor).await;
                assert_eq!(refused(&reply), is(400, "missing_secret"), "whatever the query names: {body}");
                assert_eq!(header(&reply, "access-control-allow-origin"), None);
            }
            // The header is not for here, and it fills in for nothing that the body names.
            let body = form(&[own]);
            assert_eq!(refused(&visit.post_plainly(&body, Some(&basic)).await), is(400, "missing_secret"));
            let empty = json!({ "payload": payload, "secret": "" });
            assert_eq!(refused(&visit.ask_with(&empty, Some(&basic)).await), is(400, "missing_secret"));
        }
        assert_eq!(
            content(&visit.ask_with(&json!({ "payload": work }), Some(&basic)).await)["verified"],
            true
        );
    }

    /// As a page does behind the password of its staging site: the browser sends it along.
    #[tokio::test]
    async fn a_widgets_call_stays_one_whatever_its_browser_logs_in_with() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let basic = format!("Basic {}", BASE64_STANDARD.encode("staging:password"));
        let query = format!("apiKey={}", visit.gate.key());
        let body = json!({ "payload": visit.payload().await }).to_string();
        let request = Request {
            authorization: Some(&basic),
            query: Some(&query),
            ..bare(body.as_bytes(), &visit.gate.visitor)
        };
        let reply = altcha::verify(&visit.gate.engine, &visit.door, &request).await;
        assert_eq!(content(&reply)["verified"], true, "{}", text(&reply));
    }

    #[tokio::test]
    async fn a_form_may_be_of_any_kind_and_json_of_any_type() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        let part = |name: &str, value: &str| {
            format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let multipart = "multipart/form-data; boundary=b";
        let parts = |secret: &str, work: &str| {
            format!("{}{}{}--b--\r\n", part("message", "hello"), part("secret", secret), part("altcha", work))
        };
        for content_type in [multipart, "Multipart/Form-Data;boundary=\"b\""] {
            let body = parts(SECRET, &visit.payload().await);
            assert_eq!(
                content(&visit.post_as(content_type, &body).await)["verified"],
                true,
                "{content_type}"
            );
            assert_eq!(refused(&visit.post_as(content_type, &body).await), is(200, "already_spent"));
        }
        for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            let body = json!({ "payload": visit.payload().await, "secret": SECRET }).to_string();
            assert_eq!(
                content(&visit.post_as(content_type, &body).await)["verified"],
                true,
                "{content_type}"
            );
            let body = form(&[("altcha", &visit.payload().await), ("secret", SECRET)]);
            assert_eq!(
                content(&visit.post_as(content_type, &body).await)["verified"],
                true,
                "{content_type}"
            );
        }
        let work = visit.payload().await;
        let twice = part("secret", SECRET) + &parts(SECRET, &work);
        for (content_type, body, code) in [
            (multipart, twice.as_str(), "invalid_body"),
            (multipart, &parts(SECRET, &work)[..300], "invalid_body"),
            ("multipart/form-data", &parts(SECRET, &work), "invalid_body"),
            (multipart, &parts("", &work), "missing_secret"),
            (multipart, "--b--\r\n", "missing_secret"),
        ] {
            assert_eq!(refused(&visit.post_as(content_type, body).await), is(400, code), "{body}");
        }
        assert_eq!(content(&visit.post_as(multipart, &parts(SECRET, &work)).await)["verified"], true);
    }

    #[tokio::test]
    async fn of_two_secrets_none_is_taken() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        visit.gate.clock.advance(1);
        let theirs = SECRET.replace('q', "Q");
        let settings = SiteSettings { altcha: AltchaWork::Sha256, ..easy() };
        let other = add(&visit.gate.engine, &theirs, settings).await;
        let challenge = content(&visit.fetch(&format!("apiKey={}", other.site_key())).await);
        let work = payload(&challenge);
        for first in ["", SECRET, &theirs] {
            let body = form(&[("secret", first), ("secret", &theirs), ("altcha", &work)]);
            assert_eq!(refused(&visit.post_plainly(&body, None).await), is(400, "invalid_body"), "{first}");
        }
        let json = format!(r#"{{"secret":"{SECRET}","payload":"{work}","secret":"{theirs}"}}"#);
        assert_eq!(refused(&visit.post_plainly(&json, None).await), is(400, "invalid_body"));
        let body = form(&[("secret", &theirs), ("altcha", &work)]);
        assert_eq!(content(&visit.post_plainly(&body, None).await)["verified"], true);
    }

    #[tokio::test]
    async fn what_another_server_signed_under_the_same_secret_has_no_name_and_is_refused() {
        use portcullis_protocol::altcha::v2::{Algorithm, Challenge, Search, Work};
        use portcullis_protocol::altcha::{Data, Secrets};
        let visit = Visit::to(AltchaWork::Sha256).await;
        let work = Work::new(Algorithm::Sha(Hash::Sha256), 1, 32, Search::Prefix { digits: 1 }).unwrap();
        let secrets = Secrets::of_master(SECRET.as_bytes()).unwrap();
        let expires_at = visit.gate.engine.now().plus(MINUTE);
        for id in [None, Some("c-1")] {
            let entropy = visit.gate.engine.entropy();
            let own = Challenge::issue(work, expires_at, id, Data::default(), &secrets, entropy).unwrap();
            let payload = payload(&serde_json::from_str(&own.json()).unwrap());
            assert_eq!(refused(&visit.post(&json!({ "payload": payload })).await), is(200, "invalid_token"));
            let ask = visit.ask(&json!({ "payload": payload, "secret": SECRET })).await;
            assert_eq!(refused(&ask), is(200, "invalid_token"));
        }
    }

    #[tokio::test]
    async fn a_form_from_another_network_is_a_reason() {
        let visit = Visit::to(AltchaWork::Sha256).await;
        for payload in [visit.payload().await, visit.signed().await] {
            let question = json!({ "payload": payload, "secret": SECRET, "remoteip": "203.0.113.9" });
            let data = content(&visit.ask(&question).await)["verificationData"].take();
            assert_eq!(data["reasons"], json!(["remote-ip-differs"]));
            assert_eq!((&data["score"], &data["classification"]), (&json!(0.1), &json!("GOOD")));
        }
        let question = json!({ "payload": visit.signed().await, "secret": SECRET, "remoteip": "192.0.2.7" });
        assert_eq!(content(&visit.ask(&question).await)["verificationData"]["reasons"], json!([]));
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_a_503() {
        let failing =
            Stores { tokens: Arc::new(crate::cap_redeem::Down), ..portcullis_store::memory::open() };
        let limits = LimitSettings { enabled: false, ..LimitSettings::default() };
        let settings = SiteSettings { altcha: AltchaWork::Sha256, ..easy() };
        let visit = Visit::with(Gate::with(settings, limits, failing).await);
        let work = visit.payload().await;
        assert_eq!(refused(&visit.post(&json!({ "payload": work })).await), is(503, "unavailable"));
        let question = json!({ "payload": work, "secret": SECRET });
        assert_eq!(refused(&visit.ask(&question).await), is(503, "unavailable"));
    }
}
