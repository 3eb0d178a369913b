//! ALTCHA's formats from outside: what altcha-lib 2.8.0 computed is issued and verified alike, and whatever else comes
//! is refused by name.

use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use portcullis_engine::{Entropy, UnixMs};
use portcullis_protocol::altcha::v2::{Algorithm, Memory, Search, Work, WorkError};
use portcullis_protocol::altcha::{
    Data, DataError, DataValue, Hash, Payload, PayloadError, Refused, Secrets, Verified, v1, v2,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Yields the given bytes, one after another.
struct Given(Mutex<Vec<u8>>);

impl Given {
    fn new(parts: &[&[u8]]) -> Self {
        Self(Mutex::new(parts.concat()))
    }
}

impl Entropy for Given {
    fn fill(&self, bytes: &mut [u8]) {
        let mut given = self.0.lock().unwrap();
        let rest = given.split_off(bytes.len());
        bytes.copy_from_slice(&given);
        *given = rest;
    }
}

const EXPIRES_AT: UnixMs = UnixMs(4_102_444_800_000);
const NOW: UnixMs = UnixMs(1_800_000_000_000);

fn text(payload: &Value) -> String {
    BASE64_STANDARD.encode(payload.to_string())
}

fn verify(payload: &Value, secrets: &Secrets) -> Result<Verified, Refused> {
    Payload::read(&text(payload)).unwrap().verify(secrets, NOW)
}

mod version_1 {
    use super::*;

    /// Algorithm, salt, number, challenge, signature; the key is `hmac.key`.
    #[rustfmt::skip]
    const VECTORS: [(&str, &str, u64, &str, &str); 9] = [
        ("SHA-256", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&", 123, "10a313b9bc8b149fb16fbfb88c98961e4d9a9401faf38815cc3ba90b9b3791f6", "041b481785a2bd1bff0b5420f551017746ec1fa6ac4908415c643029a98e34d7"),
        ("SHA-256", "a1b2c3d4e5f60718293a4b5c&", 0, "aef190d4148057209441bad97d370770397d67daa42c41d5000b35d720181652", "31a2e485cc6f3554eec2cab87f20834254dcbb53d18003de10ec2369eb0286b7"),
        ("SHA-256", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&form=login&", 50_000, "5fac77bc6157e499837a4e3d9be9e1c588dc0772cea31916e92e006b52f0fb22", "965f1c958a2d8527ff00382eda07859f4aa1ea8f874629ea81e50dd4308057b3"),
        ("SHA-384", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&", 123, "471a8f6aa2f145badc0b7461288697b091bd72ec80450d91e970c0df425dea8b228925d2f4ab7fb82ee7a69a3be018c9", "6942de6ae9b360f66fc256b6eae034f686781652bd4b932ac2ccd6802da890e7330a0fe73d7f51d61640190b2b4595fa"),
        ("SHA-384", "a1b2c3d4e5f60718293a4b5c&", 0, "74f90015a51130948db3b8b1d585e574b40c38f973a4b15e761f502361e4ea0ebe6a5bc8a45f51f808214a44458e977c", "2b8d7f185fd18f1774589177882d248c4bf6508cf971c5516d00585fb8f431498d2b8cc537c8fca1bb3352ed717edde8"),
        ("SHA-384", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&form=login&", 50_000, "3803dc5cb4843ef6b96b3f3ccfcad26a39daa9b4bbd052a320e6a2db4c9fb591e99a5ee58da45da7ee23f1a8c644ff5d", "2f00e0ae56059c40203343bd3035048947ae909cf86d96bbd95e2092e45dedcba7932a610c60823d19328f2758e6597d"),
        ("SHA-512", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&", 123, "919bb4dcaa030933f7c644825abc76a78472a813cae4f4b13ba1b00a02f0556d35bbbb7eb30f5ebfbe159a66cbb461acd26808e2b67ca94401b5b66f05e036eb", "c8e6f62bf48dd47b329d1bb0cec51fe1e4262932376801a03f41660bddc2976fe598729714b777a9ba350fed621b3d28b88daeb2865a7f9e476236beafc3711a"),
        ("SHA-512", "a1b2c3d4e5f60718293a4b5c&", 0, "5d29b741be920f2e16fff98d68e9614fd95e1a9bec8f591ca6ab96217ce35e6e85b9d1331d1d4ba9654ceb6c57c42836d8fbbc1106c0ac7bbbc186b2ef2996c5", "93113e8da6e2f51f60b86925399396dd6990fcd0a640ca37e09e0c44e8c0c2c44d2e02fdb914b80203783ab04be3a11a2d38de799cf1b796fa15bc95d4354f54"),
        ("SHA-512", "a1b2c3d4e5f60718293a4b5c?expires=4102444800&form=login&", 50_000, "40271e6667c8fdf9c6b8632fc5e87b633dfb6fb3133100a6d0d0f5548075cef579961c6eb919b6562372787827eb8a76681933b5f17f68f4ddc7da27326ef03a", "f4bc13a8e4bc9feb9f766d2098297fbd1a9e5190bd8b3f1caebdc79794008400b946a67d4a339e13b5accbb8d3b7281219089eb8bacec6ddfa33d9eb023b12ad"),
    ];

    fn secrets() -> Secrets {
        Secrets::new(b"hmac.key", b"unused").unwrap()
    }

    fn payload(row: usize) -> Value {
        let (algorithm, salt, number, challenge, signature) = VECTORS[row];
        json!({
            "algorithm": algorithm, "challenge": challenge, "number": number, "salt": salt,
            "signature": signature, "took": 12.5,
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut payload = payload(0);
        payload[name] = value;
        payload
    }

    #[test]
    fn what_the_library_issued_is_verified() {
        for (row, (_, salt, _, challenge, _)) in VECTORS.into_iter().enumerate() {
            let verified = verify(&payload(row), &secrets()).unwrap();
            assert_eq!(verified.replay_id(), challenge);
            assert_eq!(verified.expires_at(), salt.contains("expires").then_some(EXPIRES_AT));
            assert_eq!(verified.data().text("form"), salt.contains("login").then_some("login"));
        }
    }

    #[test]
    fn what_is_issued_is_what_the_library_issues() {
        for (algorithm, salt, number, challenge, signature) in VECTORS {
            if !salt.contains("expires") {
                continue;
            }
            let hash = Hash::ALL.into_iter().find(|hash| hash.name() == algorithm).unwrap();
            let login = DataValue::Text("login".to_owned());
            let data = Data::default();
            let data = if salt.contains("form") { data.with("form", login).unwrap() } else { data };
            let random = [0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18, 0x29, 0x3a, 0x4b, 0x5c];
            let entropy = Given::new(&[&random, &number.to_be_bytes()]);
            let issued = v1::Challenge::issue(hash, 100_000, EXPIRES_AT, None, data, &secrets(), &entropy);
            let expected = json!({
                "algorithm": algorithm, "challenge": challenge, "maxnumber": 100_000, "salt": salt,
                "signature": signature,
            });
            assert_eq!(serde_json::to_value(issued.unwrap()).unwrap(), expected);
        }
    }

    #[test]
    fn a_number_is_within_its_bound_and_data_comes_back() {
        let data = Data::default().with("note", DataValue::Text("a&b=c? d".to_owned())).unwrap();
        let entropy = Given::new(&[&[7; 12], &u64::MAX.to_be_bytes()]);
        let issued = v1::Challenge::issue(Hash::Sha256, 9, EXPIRES_AT, None, data, &secrets(), &entropy);
        let issued = issued.unwrap();
        let mut payload = serde_json::to_value(&issued).unwrap();
        payload.as_object_mut().unwrap().remove("maxnumber");
        let solved: Vec<_> = (0..=9)
            .filter_map(|number| {
                payload["number"] = json!(number);
                verify(&payload, &secrets()).ok()
            })
            .collect();
        assert_eq!(solved.len(), 1);
        assert_eq!(solved[0].data().text("note"), Some("a&b=c? d"));
    }

    #[test]
    fn a_spliced_expiry_is_refused() {
        let secrets = Secrets::new(b"k", b"unused").unwrap();
        let mut payload = json!({
            "algorithm": "SHA-256",
            "challenge": "0d14e3fd72cbc0f2a600d0a107ea3e7641075a46f69511de999eef972619b126",
            "number": 4567,
            "salt": "aa?expires=1700000000&",
            "signature": "881bf0b428af3a06b6c4b5018c9496e299cbd05d4ba0616b6e2830a46ed12862",
        });
        let honest = Payload::read(&text(&payload)).unwrap();
        assert!(honest.verify(&secrets, UnixMs(1_700_000_000_000)).is_ok());
        assert_eq!(honest.verify(&secrets, UnixMs(1_700_000_000_001)), Err(Refused::Expired));
        for (salt, number, outcome) in [
            ("aa?expires=17000000004", 567, Err(PayloadError::Member("salt"))),
            ("aa?expires=1700000000&4", 567, Err(PayloadError::Member("salt"))),
            ("aa?expires=17000000004&", 567, Ok(Err(Refused::Solution))),
            ("aa?expires=1700000000&4&", 567, Ok(Err(Refused::Expired))),
            ("aa&", 4567, Ok(Err(Refused::Solution))),
        ] {
            payload["salt"] = json!(salt);
            payload["number"] = json!(number);
            let found = Payload::read(&text(&payload)).map(|read| read.verify(&secrets, NOW).map(|_| ()));
            assert_eq!(found, outcome, "{salt} {number}");
        }
    }

    #[test]
    fn what_was_changed_is_refused() {
        for (name, value, refused) in [
            ("number", json!(124), Refused::Solution),
            ("salt", json!("a1b2c3d4e5f60718293a4b5c?expires=4102444801&"), Refused::Solution),
            ("challenge", payload(1)["challenge"].clone(), Refused::Signature),
            ("signature", payload(1)["signature"].clone(), Refused::Signature),
            ("salt", json!("a1?expires=1&"), Refused::Expired),
            ("salt", json!("a1?expires=4102444800&expires=1&"), Refused::Expired),
            ("salt", json!("a1?expires=0&"), Refused::Expired),
            ("salt", json!("a1?expire=1&"), Refused::Expired),
        ] {
            assert_eq!(verify(&with(name, value), &secrets()), Err(refused), "{name}");
        }
        let other = Secrets::new(b"other", b"unused").unwrap();
        assert_eq!(verify(&payload(0), &other), Err(Refused::Signature));
    }

    #[test]
    fn what_is_malformed_is_not_read() {
        let mut sha1 = with("algorithm", json!("SHA-1"));
        sha1["challenge"] = json!("d0ddd0756a1d3d79a96e5b90dd15188d85b108b4");
        sha1["signature"] = json!("b587eaa67aadfb1871945c3b480b5fdc42283231");
        assert_eq!(Payload::read(&text(&sha1)), Err(PayloadError::Algorithm));
        for (name, value, error) in [
            ("algorithm", json!("sha-256"), PayloadError::Algorithm),
            ("algorithm", json!("SHA-512"), PayloadError::Member("challenge")),
            ("challenge", json!("AB".repeat(32)), PayloadError::Member("challenge")),
            ("number", json!("123"), PayloadError::Shape),
            ("number", json!(123.0), PayloadError::Shape),
            ("number", json!(-1), PayloadError::Shape),
            ("number", json!(1_u64 << 53), PayloadError::Member("number")),
            ("salt", json!(""), PayloadError::Member("salt")),
            ("salt", json!("a?expires=+4102444800&"), PayloadError::Member("salt")),
            ("salt", json!("a?expires=4102444800.5&"), PayloadError::Member("salt")),
            ("salt", json!("a?expires=04102444800&"), PayloadError::Member("salt")),
            ("salt", json!("a?expires=&"), PayloadError::Member("salt")),
            ("salt", json!("é&"), PayloadError::Member("salt")),
            ("salt", json!(format!("{}&", "a".repeat(9000))), PayloadError::Member("salt")),
            ("signature", json!("00"), PayloadError::Member("signature")),
            ("signature", json!(null), PayloadError::Shape),
            ("surplus", json!(1), PayloadError::Shape),
            ("test", json!(false), PayloadError::Test),
        ] {
            assert_eq!(Payload::read(&text(&with(name, value))), Err(error), "{name}");
        }
    }
}

mod version_2 {
    use super::*;

    const N0: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    const S0: [u8; 16] = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];

    /// A whole payload that the library made: PBKDF2 with a counter that was drawn.
    const S2: &str = "eyJjaGFsbGVuZ2UiOnsicGFyYW1ldGVycyI6eyJhbGdvcml0aG0iOiJQQktERjIvU0hBLTI1NiIsImNvc3QiOjEwMDAsImRhdGEiOnsiYWxwaGEiOiJ4IiwibiI6NywibnVsIjpudWxsLCJ6ZXRhIjp0cnVlfSwiZXhwaXJlc0F0Ijo0MTAyNDQ0ODAwLCJrZXlMZW5ndGgiOjMyLCJrZXlQcmVmaXgiOiIxZTNiNzIwMjk5MWNiZDdmODA3Y2YyOTQwNGYyMTVjZiIsImtleVNpZ25hdHVyZSI6IjA4ODIyMWJhYWI2MDYxYzdhNDMwMThhMDBkOTYwY2ExMjAzZWI4NTdlOGIyYTFlZGUwYzAzN2FiN2YxMDEyNmQiLCJub25jZSI6IjAwMDEwMjAzMDQwNTA2MDcwODA5MGEwYjBjMGQwZTBmIiwic2FsdCI6IjEwMTExMjEzMTQxNTE2MTcxODE5MWExYjFjMWQxZTFmIn0sInNpZ25hdHVyZSI6ImQyMjAwMjI5YzI0MGIwYTA1MDJjNmI4ZWYzMzY2ZDM2ZjcxMGE5ZDY5MGI1Y2M1NjJiMTI0ZDU0N2U5ZmZjNDUifSwic29sdXRpb24iOnsiY291bnRlciI6MTIzLCJkZXJpdmVkS2V5IjoiMWUzYjcyMDI5OTFjYmQ3ZjgwN2NmMjk0MDRmMjE1Y2ZkODBlMjIzNjRlNTZlYjdhNTQ4YjY1NTcyZjZkYWM5YyIsInRpbWUiOjEwfX0=";

    fn secrets() -> Secrets {
        Secrets::new(b"signature.secret", b"key.secret").unwrap()
    }

    fn s2() -> Value {
        serde_json::from_slice(&BASE64_STANDARD.decode(S2).unwrap()).unwrap()
    }

    fn changed(pointer: &str, value: Value) -> Value {
        let mut payload = s2();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        payload.pointer_mut(parent).unwrap()[name] = value;
        payload
    }

    #[test]
    fn what_the_library_issued_is_verified() {
        let verified = Payload::read(S2).unwrap().verify(&secrets(), NOW).unwrap();
        assert_eq!(verified.replay_id(), "000102030405060708090a0b0c0d0e0f");
        assert_eq!(verified.expires_at(), Some(EXPIRES_AT));
        assert_eq!(verified.data().text("alpha"), Some("x"));
        assert_eq!(verified.data().value("n"), Some(&DataValue::Integer(7)));
        assert_eq!(verified.data().value("nul"), Some(&DataValue::Null));
    }

    #[test]
    fn what_is_issued_is_what_the_library_issues() {
        let search = Search::Counter { least: 50, most: 149 };
        let work = Work::new(Algorithm::Pbkdf2(Hash::Sha256), 1000, 32, search).unwrap();
        let data = Data::default()
            .with("zeta", DataValue::Truth(true))
            .and_then(|data| data.with("n", DataValue::Integer(7)))
            .and_then(|data| data.with("nul", DataValue::Null))
            .and_then(|data| data.with("alpha", DataValue::Text("x".to_owned())))
            .unwrap();
        let entropy = Given::new(&[&N0, &S0, &1_000_073_u64.to_be_bytes()]);
        let issued = v2::Challenge::issue(work, EXPIRES_AT, None, data, &secrets(), &entropy).unwrap();
        let sent: Value = serde_json::from_str(&issued.json()).unwrap();
        assert_eq!(sent, s2()["challenge"]);
        assert_eq!(issued.nonce(), N0);
    }

    #[test]
    fn what_was_changed_is_refused() {
        let parameters = "/challenge/parameters";
        let other_key = "1e3b7202991cbd7f807cf29404f215cfd80e22364e56eb7a548b65572f6dac9d";
        for (pointer, value, refused) in [
            (format!("{parameters}/cost"), json!(1), Refused::Signature),
            (format!("{parameters}/keyPrefix"), json!("1"), Refused::Signature),
            (format!("{parameters}/expiresAt"), json!(4_102_444_801_u64), Refused::Signature),
            (format!("{parameters}/expiresAt"), json!(0), Refused::Signature),
            (format!("{parameters}/expiresAt"), json!(1), Refused::Expired),
            (format!("{parameters}/data/alpha"), json!("y"), Refused::Signature),
            (format!("{parameters}/data/more"), json!(1), Refused::Signature),
            ("/challenge/signature".to_owned(), json!("00".repeat(32)), Refused::Signature),
            ("/solution/derivedKey".to_owned(), json!(other_key), Refused::Solution),
        ] {
            assert_eq!(verify(&changed(&pointer, value), &secrets()), Err(refused), "{pointer}");
        }
        let wrong_key = Secrets::new(b"signature.secret", b"other").unwrap();
        assert_eq!(verify(&s2(), &wrong_key), Err(Refused::Solution));
        let mut without_key_signature = s2();
        without_key_signature["challenge"]["parameters"].as_object_mut().unwrap().remove("keySignature");
        assert_eq!(verify(&without_key_signature, &secrets()), Err(Refused::Signature));
    }

    #[test]
    fn a_payload_is_good_up_to_its_last_second() {
        let payload = Payload::read(S2).unwrap();
        assert!(payload.verify(&secrets(), EXPIRES_AT).is_ok());
        assert_eq!(payload.verify(&secrets(), EXPIRES_AT.plus(1)), Err(Refused::Expired));
    }

    #[test]
    fn what_is_malformed_is_not_read() {
        let member = PayloadError::Member;
        for (pointer, value, error) in [
            ("/challenge/parameters/algorithm", json!("SHA-1"), PayloadError::Algorithm),
            ("/challenge/parameters/algorithm", json!("ARGON2ID"), PayloadError::Algorithm),
            ("/challenge/parameters/algorithm", json!("PBKDF2/SHA-1"), PayloadError::Algorithm),
            ("/challenge/parameters/cost", json!(0), member("cost")),
            ("/challenge/parameters/cost", json!(Work::COST_MAX + 1), member("cost")),
            ("/challenge/parameters/cost", json!(1000.0), PayloadError::Shape),
            ("/challenge/parameters/keyLength", json!(0), member("keyLength")),
            ("/challenge/parameters/keyLength", json!(33), member("keyLength")),
            ("/challenge/parameters/keyPrefix", json!(""), member("keyPrefix")),
            ("/challenge/parameters/keyPrefix", json!("0".repeat(33)), member("keyPrefix")),
            ("/challenge/parameters/keyPrefix", json!("0G"), member("keyPrefix")),
            ("/challenge/parameters/keySignature", json!("00"), member("keySignature")),
            ("/challenge/parameters/keySignature", json!(null), PayloadError::Shape),
            ("/challenge/parameters/expiresAt", json!(null), PayloadError::Shape),
            ("/challenge/parameters/expiresAt", json!(1_u64 << 53), member("expiresAt")),
            ("/challenge/parameters/data", json!(null), PayloadError::Shape),
            ("/challenge/parameters/data", json!({"a": {}}), PayloadError::Shape),
            ("/challenge/parameters/memoryCost", json!(1), member("memoryCost")),
            ("/challenge/parameters/parallelism", json!(1), member("memoryCost")),
            ("/challenge/parameters/nonce", json!("00"), member("nonce")),
            ("/challenge/parameters/salt", json!("AB".repeat(16)), member("salt")),
            ("/challenge/parameters", json!([]), PayloadError::Shape),
            ("/challenge/signature", json!(""), member("signature")),
            ("/challenge/his", json!({}), PayloadError::Shape),
            ("/solution/counter", json!(1_u64 << 32), PayloadError::Shape),
            ("/solution/counter", json!("123"), PayloadError::Shape),
            ("/solution/derivedKey", json!(""), member("derivedKey")),
            ("/solution/derivedKey", json!("00".repeat(31)), member("derivedKey")),
            ("/solution", json!([1, "00"]), PayloadError::Shape),
            ("/solution", json!(null), PayloadError::Shape),
            ("/challenge", json!(null), PayloadError::Shape),
            ("/challenge", json!([]), PayloadError::Shape),
            ("/test", json!(true), PayloadError::Test),
        ] {
            assert_eq!(Payload::read(&text(&changed(pointer, value))), Err(error), "{pointer}");
        }
    }

    #[test]
    fn what_a_widget_cannot_do_is_not_asked() {
        let prefix = Search::Prefix { digits: 2 };
        let counter = |least, most| Search::Counter { least, most };
        let (sha, pbkdf2) = (Algorithm::Sha(Hash::Sha384), Algorithm::Pbkdf2(Hash::Sha512));
        for (algorithm, cost, key_length, search, error) in [
            (sha, 0, 48, prefix, WorkError::Cost),
            (sha, Work::COST_MAX + 1, 48, prefix, WorkError::Cost),
            (sha, 1, 32, prefix, WorkError::KeyLength),
            (pbkdf2, 1, 24, prefix, WorkError::KeyLength),
            (pbkdf2, 1, 64, prefix, WorkError::KeyLength),
            (pbkdf2, 1, 16, Search::Prefix { digits: 0 }, WorkError::Prefix),
            (pbkdf2, 1, 16, Search::Prefix { digits: 6 }, WorkError::Prefix),
            (pbkdf2, 96, 16, Search::Prefix { digits: 5 }, WorkError::Total),
            (pbkdf2, 1, 16, counter(2, 1), WorkError::Counters),
            (pbkdf2, 1, 16, counter(7, 7), WorkError::Counters),
            (pbkdf2, 1, 16, counter(0, 98), WorkError::Counters),
            (pbkdf2, 1, 16, counter(101, 200), WorkError::Counters),
            (pbkdf2, 1, 16, counter(u32::MAX, u32::MAX), WorkError::Counters),
            (pbkdf2, 1, 16, counter(0, u32::MAX), WorkError::Total),
            (pbkdf2, 10_000, 16, counter(0, 10_000), WorkError::Total),
        ] {
            assert_eq!(Work::new(algorithm, cost, key_length, search), Err(error), "{search:?}");
        }
        // What the vendor advises, and the bounds.
        for (cost, search) in [
            (5000, counter(5000, 10_000)),
            (20_000, counter(100, 199)),
            (10_000, counter(0, 9999)),
            (95, Search::Prefix { digits: 5 }),
        ] {
            assert!(Work::new(pbkdf2, cost, 16, search).is_ok(), "{cost} {search:?}");
        }
    }

    #[test]
    fn keys_in_memory_are_asked_within_what_a_telephone_has() {
        let memory = |memory, lanes| Memory { memory, lanes };
        let counter = |least, most| Search::Counter { least, most };
        let (argon2id, scrypt) = (Algorithm::Argon2id(memory(16_384, 1)), Algorithm::Scrypt(memory(8, 1)));
        for (algorithm, cost, key_length, search, error) in [
            (argon2id, 1, 32, Search::Prefix { digits: 2 }, WorkError::Search),
            (scrypt, 16_384, 32, Search::Prefix { digits: 2 }, WorkError::Search),
            (argon2id, 1, 64, counter(100, 200), WorkError::KeyLength),
            (argon2id, 17, 32, counter(100, 200), WorkError::Memory),
            (argon2id, 1, 32, counter(1000, 3000), WorkError::Total),
            (Algorithm::Argon2id(memory(7, 1)), 1, 32, counter(100, 200), WorkError::Memory),
            (Algorithm::Argon2id(memory(64, 0)), 1, 32, counter(100, 200), WorkError::Memory),
            (Algorithm::Argon2id(memory(64, 5)), 1, 32, counter(100, 200), WorkError::Memory),
            (Algorithm::Argon2id(memory(65_537, 1)), 1, 32, counter(100, 200), WorkError::Memory),
            (scrypt, 1, 32, counter(100, 200), WorkError::Memory),
            (scrypt, 1000, 32, counter(100, 200), WorkError::Memory),
            (scrypt, 16_384, 32, counter(2000, 5000), WorkError::Total),
            (Algorithm::Scrypt(memory(0, 1)), 1024, 32, counter(100, 200), WorkError::Memory),
            (Algorithm::Scrypt(memory(33, 1)), 16_384, 32, counter(100, 200), WorkError::Memory),
            (Algorithm::Scrypt(memory(u32::MAX, 4)), 16_384, 32, counter(100, 200), WorkError::Memory),
        ] {
            assert_eq!(
                Work::new(algorithm, cost, key_length, search),
                Err(error),
                "{algorithm:?} {search:?}"
            );
        }
        for (algorithm, cost) in [(argon2id, 1), (scrypt, 16_384)] {
            assert!(Work::new(algorithm, cost, 32, counter(100, 200)).is_ok());
            assert!(Work::new(algorithm, cost, 32, counter(800, 1600)).is_ok());
        }
    }

    #[test]
    fn a_key_in_memory_is_derived_once_and_verified_by_its_signature() {
        for (name, algorithm, cost) in [
            ("ARGON2ID", Algorithm::Argon2id(Memory { memory: 64, lanes: 2 }), 1),
            ("SCRYPT", Algorithm::Scrypt(Memory { memory: 1, lanes: 1 }), 16),
        ] {
            let work = Work::new(algorithm, cost, 32, Search::Counter { least: 10, most: 119 }).unwrap();
            let entropy = Given::new(&[&N0, &S0, &[0; 8]]);
            let draft = v2::Draft::draw(work, EXPIRES_AT, Some("c-1"), Data::default(), &entropy).unwrap();
            let derivation = draft.derivation().unwrap();
            assert!(derivation.is_dear());
            let issued = draft.sign(Some(derivation.derive()), &secrets());
            let challenge: Value = serde_json::from_str(&issued.json()).unwrap();
            assert_eq!(challenge["parameters"]["algorithm"], name);
            let again = v2::Challenge::issue(
                work,
                EXPIRES_AT,
                Some("c-1"),
                Data::default(),
                &secrets(),
                &Given::new(&[&N0, &S0, &[0; 8]]),
            );
            assert_eq!(again.unwrap().json(), issued.json());
            let password = [&N0[..], &10_u32.to_be_bytes()].concat();
            let mut key = [0; 32];
            if name == "SCRYPT" {
                scrypt::scrypt(&password, &S0, &scrypt::Params::new(4, 1, 1).unwrap(), &mut key).unwrap();
            } else {
                let limits = argon2::Params::new(64, 1, 2, Some(32)).unwrap();
                argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, limits)
                    .hash_password_into(&password, &S0, &mut key)
                    .unwrap();
            }
            let mut payload = json!({
                "challenge": challenge, "solution": { "counter": 10, "derivedKey": digits(&key), "time": 1 },
            });
            let read = Payload::read(&text(&payload)).unwrap();
            assert!(read.authenticate(&secrets(), NOW).unwrap().derivation().is_none());
            assert_eq!(read.verify(&secrets(), NOW).unwrap().replay_id(), "c-1");
            key[31] ^= 1;
            payload["solution"]["derivedKey"] = json!(digits(&key));
            assert_eq!(verify(&payload, &secrets()), Err(Refused::Solution));
            payload["challenge"]["parameters"].as_object_mut().unwrap().remove("keySignature");
            assert_eq!(Payload::read(&text(&payload)), Err(PayloadError::Member("keySignature")));
        }
    }

    /// The key of a counter as the widget derives it with SHA-256.
    fn sha_key(salt: &[u8], nonce: &[u8], cost: u32, counter: u32) -> [u8; 32] {
        let first = Sha256::new().chain_update(salt).chain_update(nonce).chain_update(counter.to_be_bytes());
        (1..cost).fold(first.finalize(), |key, _| Sha256::digest(key)).into()
    }

    fn digits(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Every counter below `tries`, as payloads with honest keys: those that begin as they should, and the others.
    fn payloads(challenge: &Value, cost: u32, tries: u32) -> (Vec<Value>, Vec<Value>) {
        let prefix = challenge["parameters"]["keyPrefix"].as_str().unwrap();
        let all = (0..tries).map(|counter| digits(&sha_key(&S0, &N0, cost, counter)));
        let (mut right, mut wrong) = (Vec::new(), Vec::new());
        for (counter, key) in all.enumerate() {
            let solution = json!({ "counter": counter, "derivedKey": key, "time": 0.5 });
            let payload = json!({ "challenge": challenge, "solution": solution });
            if key.starts_with(prefix) { right.push(payload) } else { wrong.push(payload) }
        }
        (right, wrong)
    }

    #[test]
    fn only_a_key_that_begins_as_it_should_was_searched_for() {
        for prefix in [1, 2] {
            let search = Search::Prefix { digits: prefix };
            let work = Work::new(Algorithm::Sha(Hash::Sha256), 3, 32, search).unwrap();
            let entropy = Given::new(&[&N0, &S0]);
            let data = Data::default();
            let issued = v2::Challenge::issue(work, EXPIRES_AT, None, data, &secrets(), &entropy).unwrap();
            let challenge: Value = serde_json::from_str(&issued.json()).unwrap();
            assert_eq!(challenge["parameters"].get("keySignature"), None);
            let (right, wrong) = payloads(&challenge, 3, 2000);
            assert!(!right.is_empty());
            assert!(right.iter().all(|payload| verify(payload, &secrets()).is_ok()));
            // Counter 0 with its honest key is what verifiers that forgot the prefix took.
            assert!(wrong.iter().all(|payload| verify(payload, &secrets()) == Err(Refused::Solution)));
            let mut dishonest = right[0].clone();
            dishonest["solution"]["counter"] = json!(4_000_000);
            assert_eq!(verify(&dishonest, &secrets()), Err(Refused::Solution));
        }
    }

    #[test]
    fn the_drawn_counter_is_the_only_solution_and_half_of_its_key_is_told() {
        let search = Search::Counter { least: 20, most: 119 };
        let work = Work::new(Algorithm::Sha(Hash::Sha256), 5, 32, search).unwrap();
        let entropy = Given::new(&[&N0, &S0, &u64::MAX.to_be_bytes()]);
        let data = Data::default();
        let issued = v2::Challenge::issue(work, EXPIRES_AT, Some("c-1"), data, &secrets(), &entropy).unwrap();
        let challenge: Value = serde_json::from_str(&issued.json()).unwrap();
        assert_eq!(challenge["parameters"]["keyPrefix"].as_str().unwrap().len(), 32);
        let (right, wrong) = payloads(&challenge, 5, 120);
        assert_eq!(right.len(), 1);
        let counter = right[0]["solution"]["counter"].as_u64().unwrap();
        assert!((20..=119).contains(&counter), "{counter}");
        assert_eq!(verify(&right[0], &secrets()).unwrap().replay_id(), "c-1");
        assert!(wrong.iter().all(|payload| verify(payload, &secrets()) == Err(Refused::Solution)));
    }

    #[test]
    fn a_name_is_none_that_browsers_could_spell_in_two_ways() {
        let work = Work::new(Algorithm::Sha(Hash::Sha256), 1, 32, Search::Prefix { digits: 1 }).unwrap();
        for id in ["", "é", "a\nb", &"a".repeat(Data::CHALLENGE_ID_MAX + 1)] {
            let entropy = Given::new(&[&N0, &S0]);
            let issued =
                v2::Challenge::issue(work, EXPIRES_AT, Some(id), Data::default(), &secrets(), &entropy);
            assert_eq!(issued.map(|_| ()), Err(DataError::Value), "{id:?}");
        }
    }
}

mod custom_data {
    use super::*;

    fn value() -> impl Strategy<Value = DataValue> {
        prop_oneof![
            Just(DataValue::Null),
            any::<bool>().prop_map(DataValue::Truth),
            (-(1_i64 << 54)..1 << 54).prop_map(DataValue::Integer),
            "[ -~]{0,101}".prop_map(DataValue::Text),
        ]
    }

    /// Whatever is let in of up to twenty values, some under names that stand for something else.
    fn data() -> impl Strategy<Value = Data> {
        let name =
            prop_oneof![3 => "[a-zA-Z][a-zA-Z0-9_]{0,20}", 1 => "expires?|challengeId|params|__proto__"];
        prop::collection::vec((name, value()), 0..20).prop_map(|members| {
            members
                .into_iter()
                .fold(Data::default(), |data, (name, value)| data.clone().with(&name, value).unwrap_or(data))
        })
    }

    fn secrets() -> Secrets {
        Secrets::new(b"signature.secret", b"key.secret").unwrap()
    }

    /// What stands in a salt for a value.
    fn written(value: &DataValue) -> String {
        match value {
            DataValue::Null => String::new(),
            DataValue::Truth(truth) => truth.to_string(),
            DataValue::Integer(number) => number.to_string(),
            DataValue::Text(text) => text.clone(),
        }
    }

    /// A salt as long as one can be: every character of every value is encoded.
    #[test]
    fn the_longest_payload_that_is_issued_is_read() {
        let name = |number: usize| format!("{}{number:02}", "n".repeat(Data::NAME_MAX - 2));
        let value = DataValue::Text("%".repeat(Data::TEXT_MAX));
        let data = (0..Data::MEMBERS_MAX)
            .try_fold(Data::default(), |data, number| data.with(&name(number), value.clone()))
            .unwrap();
        let id = "%".repeat(Data::CHALLENGE_ID_MAX);
        let mut payload = solved(Hash::Sha512, Some(&id), &data);
        payload["took"] = json!(89_999.999_999_9);
        assert!((11_400..11_700).contains(&text(&payload).len()), "{}", text(&payload).len());
        let verified = verify(&payload, &secrets()).unwrap();
        assert_eq!((verified.data(), verified.replay_id()), (&data, id.as_str()));
    }

    /// A version 1 payload that hid nothing.
    fn solved(hash: Hash, id: Option<&str>, data: &Data) -> Value {
        let entropy = Given::new(&[&[7; 12], &[0; 8]]);
        let issued = v1::Challenge::issue(hash, 0, EXPIRES_AT, id, data.clone(), &secrets(), &entropy);
        let mut payload = serde_json::to_value(issued.unwrap()).unwrap();
        payload.as_object_mut().unwrap().remove("maxnumber");
        payload["number"] = json!(0);
        payload
    }

    proptest! {
        #[test]
        fn whatever_data_is_issued_comes_back_and_changes_no_expiry(data in data(), id in prop::option::of("[ -~]{1,200}")) {
            let payload = solved(Hash::Sha256, id.as_deref(), &data);
            let read = Payload::read(&text(&payload)).unwrap();
            prop_assert_eq!(read.challenge_id(), id.as_deref());
            let verified = verify(&payload, &secrets()).unwrap();
            let named = id.clone().unwrap_or_else(|| payload["challenge"].as_str().unwrap().to_owned());
            prop_assert_eq!(verified.replay_id(), named);
            prop_assert_eq!(verified.expires_at(), Some(EXPIRES_AT));
            let texts = data.iter().map(|(name, value)| (name, written(value)));
            let found = verified.data().iter().map(|(name, value)| (name, written(value)));
            prop_assert!(texts.eq(found));

            let work = Work::new(Algorithm::Sha(Hash::Sha256), 1, 32, Search::Prefix { digits: 1 }).unwrap();
            let entropy = Given::new(&[&[1; 16], &[2; 16]]);
            let issued = v2::Challenge::issue(work, EXPIRES_AT, id.as_deref(), data.clone(), &secrets(), &entropy);
            let challenge: Value = serde_json::from_str(&issued.unwrap().json()).unwrap();
            let counter = (0_u32..).find(|counter| key(*counter).starts_with('0')).unwrap();
            let solution = json!({ "counter": counter, "derivedKey": key(counter) });
            let verified = verify(&json!({ "challenge": challenge, "solution": solution }), &secrets()).unwrap();
            prop_assert_eq!(verified.expires_at(), Some(EXPIRES_AT));
            prop_assert_eq!(verified.data(), &data);
            prop_assert_eq!(verified.replay_id(), id.unwrap_or_else(|| "01".repeat(16)));
        }
    }

    fn key(counter: u32) -> String {
        let key =
            Sha256::new().chain_update([2; 16]).chain_update([1; 16]).chain_update(counter.to_be_bytes());
        key.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

mod hostile {
    use super::*;

    #[test]
    fn what_is_no_payload_is_named() {
        let test_mode = json!({ "challenge": null, "solution": null, "test": true });
        assert_eq!(Payload::read(&text(&test_mode)), Err(PayloadError::Test));
        assert_eq!(Payload::read(&"A".repeat(Payload::TEXT_MAX + 1)), Err(PayloadError::TooLong));
        assert_eq!(Payload::read(&BASE64_URL_SAFE_NO_PAD.encode("{}")), Err(PayloadError::Base64));
        for json in ["", "null", "[]", "{}", "{} {}", "\"x\"", "{\"challenge\":7}", "{\"challenge\":{}}"] {
            assert_eq!(Payload::read(&BASE64_STANDARD.encode(json)), Err(PayloadError::Shape), "{json}");
        }
        let twice = r#"{"challenge":{"parameters":{},"signature":""},"challenge":{}}"#;
        assert_eq!(Payload::read(&BASE64_STANDARD.encode(twice)), Err(PayloadError::Shape));
        assert_eq!(Payload::read(&BASE64_STANDARD.encode([0xff; 9])), Err(PayloadError::Shape));
        let deep = format!("{{\"challenge\":{}", "[".repeat(5000));
        assert_eq!(Payload::read(&BASE64_STANDARD.encode(deep)), Err(PayloadError::Shape));
    }

    fn is_refused(text: &str) -> bool {
        let secrets = Secrets::new(b"another secret", b"another key").unwrap();
        Payload::read(text).map_or(true, |payload| payload.verify(&secrets, NOW).is_err())
    }

    proptest! {
        #[test]
        fn junk_is_refused(text in ".{0,300}", bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(is_refused(&text));
            prop_assert!(is_refused(&BASE64_STANDARD.encode(&text)));
            prop_assert!(is_refused(&BASE64_STANDARD.encode(bytes)));
        }

        #[test]
        fn any_salt_and_number_is_refused(salt in "[a-z0-9?&=%+]{0,40}&", number in any::<u64>()) {
            let payload = json!({
                "algorithm": "SHA-256", "challenge": "00".repeat(32), "number": number, "salt": salt,
                "signature": "00".repeat(32),
            });
            prop_assert!(is_refused(&text(&payload)));
        }

        #[test]
        fn any_data_is_refused(data in prop::collection::btree_map(".{0,9}", ".{0,9}", 0..20), cost in any::<u32>()) {
            let parameters = json!({
                "algorithm": "SHA-256", "cost": cost, "keyLength": 32, "keyPrefix": "0",
                "nonce": "00".repeat(16), "salt": "00".repeat(16), "data": data,
            });
            let payload = json!({
                "challenge": { "parameters": parameters, "signature": "00".repeat(32) },
                "solution": { "counter": 0, "derivedKey": "00".repeat(32) },
            });
            prop_assert!(is_refused(&text(&payload)));
        }
    }
}
