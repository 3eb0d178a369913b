//! What a challenge or token looks like from outside: sealed bytes in URL-safe text.
//!
//! `base64url( version ‖ key id (u32, big endian) ‖ nonce (24) ‖ XChaCha20-Poly1305 ciphertext )`. The label of
//! the purpose, the version and the key id are authenticated with the content, so a challenge never opens as a
//! token. Each key id stands for 32 random bytes from which every purpose derives its own key, so keys can be
//! replaced while texts sealed by earlier ones are about.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::Hmac;
use portcullis_store::StoreError;
use sha2::Sha256;

use crate::Entropy;
use crate::entropy::random;
use crate::vault::{derive, digest, keyed};

/// What an envelope is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Challenge,
    ForeignChallenge,
    Token,
    Step,
    Page,
    Flow,
    FlowStep,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Challenge => b"portcullis challenge v1",
            Self::ForeignChallenge => b"portcullis foreign challenge v1",
            Self::Token => b"portcullis token v1",
            Self::Step => b"portcullis step v1",
            Self::Page => b"portcullis page v1",
            Self::Flow => b"portcullis flow v1",
            Self::FlowStep => b"portcullis flow step v1",
        }
    }
}

/// The sealing keys by id. The highest id seals, every id opens.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: BTreeMap<u32, PurposeKeys>,
}

struct PurposeKeys {
    challenge: XChaCha20Poly1305,
    foreign_challenge: XChaCha20Poly1305,
    token: XChaCha20Poly1305,
    step: XChaCha20Poly1305,
    page: XChaCha20Poly1305,
    flow: XChaCha20Poly1305,
    flow_step: XChaCha20Poly1305,
    bearers: Hmac<Sha256>,
    salts: Hmac<Sha256>,
}

impl PurposeKeys {
    fn cipher(&self, purpose: Purpose) -> &XChaCha20Poly1305 {
        match purpose {
            Purpose::Challenge => &self.challenge,
            Purpose::ForeignChallenge => &self.foreign_challenge,
            Purpose::Token => &self.token,
            Purpose::Step => &self.step,
            Purpose::Page => &self.page,
            Purpose::Flow => &self.flow,
            Purpose::FlowStep => &self.flow_step,
        }
    }
}

impl KeyRing {
    /// Adds the key `id`.
    pub(crate) fn insert(&mut self, id: u32, key: &[u8; 32]) {
        let cipher = |purpose: Purpose| XChaCha20Poly1305::new(&Key::from(*derive(key, purpose.label())));
        let keys = PurposeKeys {
            challenge: cipher(Purpose::Challenge),
            foreign_challenge: cipher(Purpose::ForeignChallenge),
            token: cipher(Purpose::Token),
            step: cipher(Purpose::Step),
            page: cipher(Purpose::Page),
            flow: cipher(Purpose::Flow),
            flow_step: cipher(Purpose::FlowStep),
            bearers: keyed(&derive(key, b"portcullis bearers v1")),
            salts: keyed(&derive(key, b"portcullis salts v1")),
        };
        self.keys.insert(id, keys);
    }

    /// Seals `content` under the newest key. `None` where there is no key.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, purpose: Purpose, content: &[u8]) -> Option<String> {
        let (id, keys) = self.keys.last_key_value()?;
        let nonce = random::<24>(entropy);
        let header = header(*id);
        let payload = Payload { msg: content, aad: &authenticated(purpose, header) };
        let sealed = keys.cipher(purpose).encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(BASE64_URL_SAFE_NO_PAD.encode([&header[..], &nonce, &sealed].concat()))
    }

    /// Opens what [`KeyRing::seal`] made for the same purpose. `None` for anything else.
    pub(crate) fn open(&self, purpose: Purpose, text: &str) -> Option<Vec<u8>> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (header, rest) = bytes.split_first_chunk::<5>()?;
        let (nonce, sealed) = rest.split_first_chunk::<24>()?;
        let keys = self.keys_of(header)?;
        let payload = Payload { msg: sealed, aad: &authenticated(purpose, *header) };
        keys.cipher(purpose).decrypt(&XNonce::from(*nonce), payload).ok()
    }

    /// The key of the stream that yields a salted challenge's puzzles: one HMAC of the whole token, under the
    /// key that sealed it. `None` where the token names no key of ours.
    pub(crate) fn salts(&self, token: &str) -> Option<[u8; 32]> {
        // Seven characters hold the five bytes of the header.
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.get(..8)?).ok()?;
        let keys = self.keys_of(bytes.first_chunk::<5>()?)?;
        Some(digest(&keys.salts, token.as_bytes()))
    }

    /// Authenticates what a backend is given to show again: under the key with this id, or the newest. Answers the
    /// key's id with it; `None` where there is no such key.
    pub(crate) fn bearer_mac(&self, id: Option<u32>, message: &[u8]) -> Option<(u32, [u8; 32])> {
        let (id, keys) = match id {
            Some(id) => (id, self.keys.get(&id)?),
            None => self.keys.last_key_value().map(|(id, keys)| (*id, keys))?,
        };
        Some((id, digest(&keys.bearers, message)))
    }

    fn keys_of(&self, header: &[u8; 5]) -> Option<&PurposeKeys> {
        let [VERSION, id @ ..] = header else { return None };
        self.keys.get(&u32::from_be_bytes(*id))
    }
}

fn header(id: u32) -> [u8; 5] {
    let [a, b, c, d] = id.to_be_bytes();
    [VERSION, a, b, c, d]
}

fn authenticated(purpose: Purpose, header: [u8; 5]) -> Vec<u8> {
    [purpose.label(), &header].concat()
}

/// The version of the layout above.
const VERSION: u8 = 1;

/// The longest text that is opened: vendors promise their users that a token fits in 2048 characters.
pub(crate) const TEXT_MAX: usize = 2048;

/// What is said where nothing can be sealed.
pub(crate) fn no_key() -> StoreError {
    StoreError::Corrupt { what: "signing keys", detail: "there is none".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn ring(ids: &[u32]) -> KeyRing {
        let mut ring = KeyRing::default();
        for id in ids {
            ring.insert(*id, &[*id as u8; 32]);
        }
        ring
    }

    #[test]
    fn earlier_keys_open_and_the_newest_seals() {
        let old = ring(&[1]).seal(&SystemEntropy, Purpose::Token, b"content").unwrap();
        let both = ring(&[1, 2]);
        assert_eq!(both.open(Purpose::Token, &old).unwrap(), b"content");
        let new = both.seal(&SystemEntropy, Purpose::Token, b"content").unwrap();
        assert!(ring(&[1]).open(Purpose::Token, &new).is_none());
        assert!(ring(&[2]).open(Purpose::Token, &new).is_some());
    }

    #[test]
    fn a_challenge_is_not_a_token_and_no_character_can_be_changed() {
        let ring = ring(&[1]);
        let sealed = ring.seal(&SystemEntropy, Purpose::Challenge, b"content").unwrap();
        assert!(ring.open(Purpose::Token, &sealed).is_none());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert!(
                ring.open(Purpose::Challenge, std::str::from_utf8(&changed).unwrap()).is_none(),
                "{place}"
            );
        }
    }

    #[test]
    fn salts_follow_from_the_whole_token_and_the_key() {
        let ring = ring(&[1, 2]);
        let one = ring.seal(&SystemEntropy, Purpose::Challenge, b"content").unwrap();
        let two = ring.seal(&SystemEntropy, Purpose::Challenge, b"content").unwrap();
        assert_eq!(ring.salts(&one), ring.salts(&one));
        assert_ne!(ring.salts(&one), ring.salts(&two));
        assert!(ring.salts("AQ").is_none());
        assert!(ring.salts("not sealed by us").is_none());
    }

    proptest::proptest! {
        #[test]
        fn opening_junk_never_panics(text in ".{0,300}") {
            let ring = ring(&[1]);
            proptest::prop_assert!(ring.open(Purpose::Token, &text).is_none());
            let _ = ring.salts(&text);
        }
    }
}
