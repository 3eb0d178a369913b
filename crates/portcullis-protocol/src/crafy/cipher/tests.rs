use portcullis_engine::Entropy;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::crafy::tests::{Given, secret, vectors};
use crate::hex;

const ALL: OldCiphers = OldCiphers { v1: true, v2: true };

fn open(text: &str) -> Result<Opened, SealedError> {
    match Sealed::parse(text, ALL)? {
        Sealed::V1(sealed) => sealed.open(&secret()),
        Sealed::V2(sealed) => sealed.open_slowly(&secret()),
        Sealed::V3(sealed) => sealed.open(&secret()),
    }
}

fn cases(version: u64) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let vectors = vectors();
    let all = vectors["ciphertexts"].as_array().unwrap().iter();
    let cases: Vec<_> = all
        .filter(|case| case["version"] == version)
        .map(|case| (text(&case["plaintext"]), text(&case["ciphertext"])))
        .collect();
    assert_eq!(cases.len(), 4);
    cases
}

#[test]
fn keys_are_the_vectors() {
    assert_eq!(hex::hex(&*v3::key(&secret())), vectors()["v3_key_hex"]);
    assert_eq!(hex::hex(&*v1::key(&secret())), vectors()["v1_key_hex"]);
}

#[test]
fn every_vector_opens() {
    for (number, version) in [(1, Version::V1), (2, Version::V2), (3, Version::V3)] {
        for (plaintext, ciphertext) in cases(number) {
            let opened = open(&ciphertext).unwrap();
            assert_eq!(opened.version(), version);
            assert_eq!(opened.plaintext(), plaintext.as_bytes());
        }
    }
}

#[test]
fn every_vector_is_written_again_from_its_nonce() {
    for (plaintext, ciphertext) in cases(3) {
        let bytes = BASE64_STANDARD.decode(ciphertext.strip_prefix(v3::PREFIX).unwrap()).unwrap();
        assert_eq!(seal(&Given(bytes[..NONCE].to_vec()), &secret(), plaintext.as_bytes()), ciphertext);
    }
    for (plaintext, ciphertext) in cases(2) {
        let parts = Parts::<{ v2::SALT }>::parse(ciphertext.strip_prefix(v2::PREFIX).unwrap()).unwrap();
        let key = v2::key(&secret(), &parts.head).unwrap();
        let again = encrypt(&parts.head, parts.nonce, &key, plaintext.as_bytes());
        assert_eq!(format!("{}{again}", v2::PREFIX), ciphertext);
    }
    for (plaintext, ciphertext) in cases(1) {
        let iv = hex::array(&ciphertext[..32]).unwrap();
        assert_eq!(v1::seal(iv, &secret(), plaintext.as_bytes()), ciphertext);
    }
}

#[test]
fn old_versions_are_off_until_they_are_let_in_one_by_one() {
    let parse = |version, policy| Sealed::parse(&cases(version)[0].1, policy).map(|_| ());
    let (only_v1, only_v2) = (OldCiphers { v1: true, v2: false }, OldCiphers { v1: false, v2: true });
    assert_eq!(parse(1, OldCiphers::default()), Err(SealedError::Off(Version::V1)));
    assert_eq!(parse(2, OldCiphers::default()), Err(SealedError::Off(Version::V2)));
    assert_eq!(parse(3, OldCiphers::default()), Ok(()));
    assert_eq!((parse(1, only_v1), parse(2, only_v1)), (Ok(()), Err(SealedError::Off(Version::V2))));
    assert_eq!((parse(1, only_v2), parse(2, only_v2)), (Err(SealedError::Off(Version::V1)), Ok(())));
    let message = SealedError::Off(Version::V2).to_string();
    assert!(message.contains("version 2") && message.contains("--old-cipher v2"), "{message}");
}

#[test]
fn what_is_no_sealed_text_is_told_from_one_that_does_not_open() {
    let long = |length| "0".repeat(length);
    for (text, error) in [
        (String::new(), SealedError::Malformed),
        (";v4_;AAAA".to_owned(), SealedError::Unknown),
        (";".to_owned(), SealedError::Unknown),
        (";v3_;".to_owned(), SealedError::Malformed),
        (";v3_;????".to_owned(), SealedError::Malformed),
        (format!(";v3_;{}", BASE64_STANDARD.encode([0; NONCE + TAG - 1])), SealedError::Malformed),
        (format!(";v3_;{}", BASE64_STANDARD.encode([0; NONCE + TAG])), SealedError::Broken),
        (format!(";v2_;{}", BASE64_STANDARD.encode([0; 16 + NONCE + TAG - 1])), SealedError::Malformed),
        (long(2 * 64 - 2), SealedError::Malformed),
        (long(2 * 64), SealedError::Broken),
        (long(2 * 64 + 2), SealedError::Malformed),
        (long(2 * 64 - 1) + "A", SealedError::Malformed),
        (long(Sealed::MAX + 1), SealedError::TooLong),
    ] {
        assert_eq!(open(&text).map(|_| ()), Err(error), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn another_sites_key_opens_nothing() {
    let other = format!("sk_{}", "0123456789abcdef".repeat(4)).parse().unwrap();
    let text = seal(&Given(vec![1; NONCE]), &other, b"{}");
    assert_eq!(open(&text).map(|_| ()), Err(SealedError::Broken));
    assert_eq!(open(&v1::seal([1; 16], &other, b"{}")).map(|_| ()), Err(SealedError::Broken));
}

#[test]
fn the_first_block_of_version_1_can_be_exchanged_and_nothing_else() {
    let written = v1::seal([7; 16], &secret(), br#"{"mode":"puzzle","nonce":"0"}"#);
    let mut bytes = hex::vec(&written).unwrap();
    for (byte, (is, was)) in bytes.iter_mut().zip(br#"{"mode":"hidden""#.iter().zip(br#"{"mode":"puzzle""#)) {
        *byte ^= is ^ was;
    }
    let opened = open(&hex::hex(&bytes)).unwrap();
    assert_eq!(opened.plaintext(), br#"{"mode":"hidden","nonce":"0"}"#);
    for place in v1::BLOCK..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(open(&hex::hex(&changed)).map(|_| ()), Err(SealedError::Broken));
    }
}

#[test]
fn nothing_of_the_content_is_printed() {
    let opened = open(&seal(&Given(vec![1; NONCE]), &secret(), b"quite private")).unwrap();
    assert!(!format!("{opened:?}").contains("private") && !format!("{opened:?}").contains("113"));
}

struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = (self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(place as u32) & 255) as u8;
        }
    }
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plaintext in prop::collection::vec(any::<u8>(), 0..500), seed: u64, iv: [u8; 16]) {
        let text = seal(&Seeded(seed), &secret(), &plaintext);
        let opened = open(&text).unwrap();
        prop_assert_eq!(opened.plaintext(), plaintext.as_slice());
        let text = v1::seal(iv, &secret(), &plaintext);
        let opened = open(&text).unwrap();
        prop_assert_eq!(opened.plaintext(), plaintext.as_slice());
    }

    #[test]
    fn a_changed_byte_opens_nothing(plaintext in prop::collection::vec(any::<u8>(), 0..100), place: usize, flip in 1u8..) {
        let text = seal(&Seeded(3), &secret(), &plaintext);
        let mut bytes = BASE64_STANDARD.decode(text.strip_prefix(v3::PREFIX).unwrap()).unwrap();
        let place = place % bytes.len();
        bytes[place] ^= flip;
        let changed = format!("{}{}", v3::PREFIX, BASE64_STANDARD.encode(bytes));
        prop_assert_eq!(open(&changed).map(|_| ()), Err(SealedError::Broken));
    }

    #[test]
    fn any_text_is_refused(text in "(;v3_;|;v2_;|;|)[0-9a-zA-Z+/=é;]{0,200}") {
        let policy = OldCiphers { v1: true, v2: false };
        if let Ok(sealed) = Sealed::parse(&text, policy) {
            let opened = match sealed {
                Sealed::V1(sealed) => sealed.open(&secret()),
                Sealed::V3(sealed) => sealed.open(&secret()),
                Sealed::V2(_) => unreachable!("version 2 is off"),
            };
            prop_assert!(opened.is_err());
        }
    }
}
