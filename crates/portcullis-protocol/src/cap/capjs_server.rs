//! The tokens of the Python package `capjs-server` (0.1.0 to 0.2.1), byte for byte, so that a site may mint here
//! and check there, or the other way round, with one secret.
//!
//! - challenge: `nonce (50 hex) : expiry (ms) : c : s : d : signature`
//! - token: `random (30 hex) : expiry (ms) : signature`
//!
//! The signature is HMAC-SHA-256 under the site's secret over everything before its colon, in lower-case hex. It
//! has no label for its purpose: only the number of fields tells a challenge from a token, so exactly that number
//! is read, in the one spelling that the package writes. Its other texts are refused although it would read them.
//!
//! Neither carries an origin, an action or who asked. Of the token's random digits, ours are chosen: 28 that follow
//! from the challenge's nonce and 2 for the token's place among those of its challenge. So one row of the ledger
//! serves a challenge and its tokens, as with our own format. A token that the package wrote has a row to itself.
//!
//! The package checks tokens without asking anybody, so nobody here knows whether a token was spent there. That is
//! why a challenge is redeemed again only once, where our own format allows three times: it cures a widget whose
//! token ran out, and one solved challenge never buys more than two verdicts, on whichever side.

use hmac::{Hmac, KeyInit, Mac};
use portcullis_engine::{
    Bindings, ChallengeFacts, ChallengeForm, ChallengeId, Entropy, IssueFacts, Parameters, Site, TokenFacts,
    TokenFormat, UnixMs,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Writes and reads the package's challenges and tokens.
#[derive(Clone, Copy, Debug, Default)]
pub struct CapjsServer;

impl TokenFormat for CapjsServer {
    fn seal_challenge(&self, site: &Site, facts: &ChallengeFacts, entropy: &dyn Entropy) -> Option<String> {
        let (count, salt_length, difficulty) =
            (facts.parameters.count(), facts.parameters.salt_length(), facts.parameters.difficulty());
        let nonce = random_hex::<25>(entropy);
        Some(signed(site, format!("{nonce}:{}:{count}:{salt_length}:{difficulty}", facts.issue.expires_at)))
    }

    fn open_challenge(&self, site: &Site, text: &str) -> Option<ChallengeFacts> {
        let [nonce, expires_at, count, salt_length, difficulty] = opened(site, text)?;
        let expires_at = number(expires_at, TIME_DIGITS)?;
        let small = |text| number(text, 3).and_then(|value| u32::try_from(value).ok());
        Some(ChallengeFacts {
            issue: IssueFacts {
                id: ledger_id(site, stem_of(hex_of(nonce, 50)?)),
                site: site.id(),
                issued_at: UnixMs(expires_at.saturating_sub(site.challenge_ttl_ms())),
                expires_at: UnixMs(expires_at),
                bindings: Bindings::default(),
            },
            form: ChallengeForm::Seeded,
            parameters: Parameters::new(small(count)?, small(salt_length)?, small(difficulty)?).ok()?,
        })
    }

    fn seal_token(&self, site: &Site, facts: &TokenFacts, _entropy: &dyn Entropy) -> Option<String> {
        let stem = facts.challenge.0.first_chunk::<STEM>()?;
        Some(signed(site, format!("{}{}:{}", hex(stem), hex(&[facts.ordinal]), facts.expires_at)))
    }

    fn open_token(&self, site: &Site, text: &str) -> Option<TokenFacts> {
        let [random, expires_at] = opened(site, text)?;
        let expires_at = number(expires_at, TIME_DIGITS)?;
        let random: [u8; STEM + 1] = bytes_of(hex_of(random, 2 * (STEM + 1))?)?;
        let (ordinal, stem) = random.split_last()?;
        Some(TokenFacts {
            challenge: ledger_id(site, *stem.first_chunk()?),
            ordinal: *ordinal,
            site: site.id(),
            issued_at: UnixMs(expires_at.saturating_sub(site.token_ttl_ms())),
            expires_at: UnixMs(expires_at),
            bindings: Bindings::default(),
        })
    }

    fn reissues(&self) -> u8 {
        1
    }
}

/// `payload`, a colon and its signature.
fn signed(site: &Site, mut payload: String) -> String {
    let signature = sign(site.secret().expose(), &payload);
    payload.push(':');
    payload.push_str(&signature);
    payload
}

/// The fields of a text that this site's secret signed and that has just as many; `None` for any other.
fn opened<'a, const FIELDS: usize>(site: &Site, text: &'a str) -> Option<[&'a str; FIELDS]> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let (payload, signature) = text.rsplit_once(':')?;
    let mut parts = payload.split(':');
    let mut fields = [""; FIELDS];
    for field in &mut fields {
        *field = parts.next()?;
    }
    if parts.next().is_some() {
        return None;
    }
    let expected = sign(site.secret().expose(), payload);
    bool::from(expected.as_bytes().ct_eq(signature.as_bytes())).then_some(fields)
}

fn sign(secret: &str, payload: &str) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(payload.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// The part of a token that follows from its challenge's nonce.
fn stem_of(nonce: &str) -> [u8; STEM] {
    let digest: [u8; 32] =
        Sha256::new_with_prefix(b"portcullis capjs-server stem v1").chain_update(nonce).finalize().into();
    let mut stem = [0; STEM];
    stem.copy_from_slice(&digest[..STEM]);
    stem
}

/// What names a challenge and its tokens in the ledger: the stem, and a digest of the site and the stem, so that
/// no other site's has the same name.
fn ledger_id(site: &Site, stem: [u8; STEM]) -> ChallengeId {
    let digest: [u8; 32] = Sha256::new_with_prefix(b"portcullis capjs-server ledger v1")
        .chain_update(site.id().0)
        .chain_update(stem)
        .finalize()
        .into();
    let mut name = [0; 24];
    name[..STEM].copy_from_slice(&stem);
    name[STEM..].copy_from_slice(&digest[..24 - STEM]);
    ChallengeId(name)
}

/// The number that `text` spells as Python writes it: digits without a sign or a leading zero, `most` at most.
fn number(text: &str, most: usize) -> Option<u64> {
    let is_plain = (1..=most).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

/// `text` if it is that many lower-case hex digits.
fn hex_of(text: &str, length: usize) -> Option<&str> {
    let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == length && is_hex).then_some(text)
}

/// The bytes of lower-case hex digits.
fn bytes_of<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

fn random_hex<const BYTES: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; BYTES];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
        .collect()
}

/// The bytes of a token's random part that follow from its challenge.
const STEM: usize = 14;

/// The longest text of either kind has 50 + 15 + 3 + 3 + 3 + 64 characters and 5 colons.
const TEXT_MAX: usize = 160;

/// Milliseconds with 14 digits last until the year 5138.
const TIME_DIGITS: usize = 14;

#[cfg(test)]
mod tests {
    use super::*;

    /// The package's own signatures under a secret that is too short for a site of ours.
    #[test]
    fn signatures_are_the_packages_own() {
        for (secret, payload, signature) in [
            (
                "test-secret",
                "00112233445566778899aabbccddee:1893456000000",
                "75dd8d118a910fafc2a7f46dca2efce75b80b15b6d703df73bc98755d1aea8aa",
            ),
            (
                "test-secret",
                "00112233445566778899aabbccddeeff00112233445566778899:1893456000000:2:8:1",
                "21bf1458d2c050539b8e83568bdd3736cd6cecbf082b3ab37811561eddba34ec",
            ),
        ] {
            assert_eq!(sign(secret, payload), signature);
        }
    }

    #[test]
    fn signatures_of_the_shared_vectors_are_right() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/capjs_server.json")).unwrap();
        let check = |secret: &serde_json::Value, token: &serde_json::Value| {
            let (payload, signature) = token.as_str().unwrap().rsplit_once(':').unwrap();
            assert_eq!(sign(secret.as_str().unwrap(), payload), signature);
        };
        let challenges = &vectors["challenge_tokens"];
        for case in challenges["cases"].as_array().unwrap() {
            check(&challenges["secret"], &case["token"]);
        }
        check(&vectors["verification_token"]["secret"], &vectors["verification_token"]["token"]);
    }

    #[test]
    fn numbers_have_one_spelling() {
        assert_eq!(number("0", 3), Some(0));
        assert_eq!(number("500", 3), Some(500));
        for text in ["", "00", "01", "+1", "-1", " 1", "1.0", "1e2", "1_0", "٣", "1000"] {
            assert_eq!(number(text, 3), None, "{text}");
        }
    }
}
