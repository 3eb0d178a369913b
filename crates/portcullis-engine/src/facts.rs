//! What a challenge and a token carry, and its byte form inside an envelope.
//!
//! Fields stand in a fixed order; those of variable length have theirs in front. So no two sets of facts share
//! bytes, and nothing is read past its end.

use portcullis_store::ChallengeId;
use serde::{Deserialize, Serialize};

use crate::{ChallengeForm, Origin, Parameters, SiteId, UnixMs};

/// What every challenge says of itself, whatever its work is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueFacts {
    /// Names the challenge in the ledger.
    pub id: ChallengeId,
    /// The site that it was issued for.
    pub site: SiteId,
    /// When it was issued.
    pub issued_at: UnixMs,
    /// From when on it is too late for a first redemption.
    pub expires_at: UnixMs,
    /// What goes over into the token.
    pub bindings: Bindings,
}

/// What a challenge of our own puzzles says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeFacts {
    /// What any challenge says.
    pub issue: IssueFacts,
    /// How the puzzles were sent, and so how they are derived.
    pub form: ChallengeForm,
    /// How many puzzles of which kind.
    pub parameters: Parameters,
}

/// What a token says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The challenge that it was issued for.
    pub challenge: ChallengeId,
    /// Its place among the tokens of that challenge, from 0.
    pub ordinal: u8,
    /// The site that it was issued for.
    pub site: SiteId,
    /// When its challenge was issued.
    pub issued_at: UnixMs,
    /// From when on it is no longer accepted.
    pub expires_at: UnixMs,
    /// What was learnt on the way.
    pub bindings: Bindings,
}

/// What a challenge hands on to its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings {
    /// The origin that the visitor's browser named and the site allowed.
    pub origin: Option<Origin>,
    /// The page's name for what is being done; at most 100 characters of `[A-Za-z0-9_/-]`.
    pub action: Option<String>,
    /// Anything that the page wants back at verification; at most 255 characters of `[A-Za-z0-9_-]`.
    pub cdata: Option<String>,
    /// Risk in hundredths as the challenge shows it, 0 (surely a person) to 100 (surely a bot). What is missing
    /// at verification is added there.
    pub risk: u8,
    /// Keyed digest of the network that received the challenge; zero where it is not known.
    pub visitor: [u8; 8],
    /// Whether the visitor's address asked for many challenges.
    pub busy: bool,
    /// Whether what the visitor's software and address show adds to the risk.
    pub suspicious: bool,
    /// The vendor whose script the page says it works with.
    pub vendor: Option<Vendor>,
}

/// A vendor whose browser script and siteverify are stood in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    /// Google reCAPTCHA: a checkbox, or an invisible client of version 2.
    Recaptcha,
    /// Google reCAPTCHA: a token for each call, which has a score.
    RecaptchaV3,
    /// hCaptcha.
    Hcaptcha,
    /// Cloudflare Turnstile.
    Turnstile,
}

impl Vendor {
    /// Whether tokens of both are verified at one address.
    pub(crate) fn verifies_with(self, other: Self) -> bool {
        let door = |vendor| if vendor == Self::RecaptchaV3 { Self::Recaptcha } else { vendor };
        door(self) == door(other)
    }

    const ALL: [Self; 4] = [Self::Recaptcha, Self::RecaptchaV3, Self::Hcaptcha, Self::Turnstile];
}

impl Bindings {
    /// The risk of a visitor of whom nothing is known but that the work was done, in hundredths.
    pub const RISK_LEAST: u8 = 10;
}

impl Default for Bindings {
    /// Nothing is bound and nothing known.
    fn default() -> Self {
        Self {
            origin: None,
            action: None,
            cdata: None,
            risk: Self::RISK_LEAST,
            visitor: [0; 8],
            busy: false,
            suspicious: false,
            vendor: None,
        }
    }
}

impl IssueFacts {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160);
        bytes.extend(self.id.0);
        bytes.extend(self.site.0);
        bytes.extend(self.expires_at.0.to_be_bytes());
        self.bindings.encode(&mut bytes);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let facts = Self::read(&mut reader)?;
        reader.0.is_empty().then_some(facts)
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let id = ChallengeId(reader.array()?);
        Some(Self {
            id,
            site: SiteId(reader.array()?),
            issued_at: issued_at(id),
            expires_at: reader.time()?,
            bindings: Bindings::decode(reader)?,
        })
    }
}

impl ChallengeFacts {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.issue.encode();
        bytes.push(match self.form {
            ChallengeForm::Salted => 0,
            ChallengeForm::Seeded => 1,
        });
        bytes.extend(self.parameters.count().to_be_bytes());
        bytes.extend([self.parameters.salt_length(), self.parameters.difficulty()]);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let facts = Self {
            issue: IssueFacts::read(&mut reader)?,
            form: match reader.byte()? {
                0 => ChallengeForm::Salted,
                1 => ChallengeForm::Seeded,
                _ => return None,
            },
            parameters: {
                let count = u16::from_be_bytes(reader.array()?);
                let salt_length = reader.byte()?;
                Parameters::new(count.into(), salt_length.into(), reader.byte()?.into()).ok()?
            },
        };
        reader.0.is_empty().then_some(facts)
    }
}

impl TokenFacts {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160);
        bytes.extend(self.challenge.0);
        bytes.push(self.ordinal);
        bytes.extend(self.site.0);
        bytes.extend(self.expires_at.0.to_be_bytes());
        self.bindings.encode(&mut bytes);
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let challenge = ChallengeId(reader.array()?);
        let facts = Self {
            challenge,
            ordinal: reader.byte()?,
            site: SiteId(reader.array()?),
            issued_at: issued_at(challenge),
            expires_at: reader.time()?,
            bindings: Bindings::decode(&mut reader)?,
        };
        reader.0.is_empty().then_some(facts)
    }
}

impl Bindings {
    fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.risk);
        bytes.extend(self.visitor);
        for text in [self.origin.as_ref().map(Origin::as_str), self.action.as_deref(), self.cdata.as_deref()]
        {
            // An absent text has length 0, a present one its length and one more.
            let text_length = text.map_or(0, |text| u16::try_from(text.len() + 1).unwrap_or(u16::MAX));
            bytes.extend(text_length.to_be_bytes());
            bytes.extend(text.unwrap_or_default().as_bytes());
        }
        // Its place among all, from 1; without one 0.
        let vendor = (1..).zip(Vendor::ALL).find(|(_, each)| Some(*each) == self.vendor);
        bytes.push(
            u8::from(self.busy) | u8::from(self.suspicious) << 1 | vendor.map_or(0, |(place, _)| place) << 2,
        );
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let risk = reader.byte()?;
        let visitor = reader.array()?;
        let origin = match reader.text()? {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        let (action, cdata) = (reader.text()?.map(str::to_owned), reader.text()?.map(str::to_owned));
        let flags = reader.byte()?;
        let vendor = match usize::from(flags >> 2).checked_sub(1) {
            Some(place) => Some(*Vendor::ALL.get(place)?),
            None => None,
        };
        let (busy, suspicious) = (flags & 1 == 1, flags & 2 == 2);
        Some(Self { origin, action, cdata, risk, visitor, busy, suspicious, vendor })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn time(&mut self) -> Option<UnixMs> {
        self.array().map(u64::from_be_bytes).map(UnixMs)
    }

    fn text(&mut self) -> Option<Option<&'a str>> {
        let Some(length) = u16::from_be_bytes(self.array()?).checked_sub(1) else { return Some(None) };
        let (text, rest) = self.0.split_at_checked(length.into())?;
        self.0 = rest;
        std::str::from_utf8(text).ok().map(Some)
    }
}

fn issued_at(id: ChallengeId) -> UnixMs {
    let mut time = [0; 8];
    time.copy_from_slice(&id.0[..8]);
    UnixMs(u64::from_be_bytes(time))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn bindings()(
            origin in prop::option::of("https?://[a-z]{1,20}(\\.[a-z]{1,10}){0,3}(:[1-9][0-9]{2})?"),
            action in prop::option::of("[A-Za-z0-9_/-]{0,100}"),
            cdata in prop::option::of("[A-Za-z0-9_-]{0,255}"),
            risk in 0..=100u8,
            visitor: [u8; 8],
            busy: bool,
            suspicious: bool,
            vendor in prop::option::of(prop::sample::select(&Vendor::ALL[..])),
        ) -> Bindings {
            Bindings {
                origin: origin.map(|text| text.parse().unwrap()), action, cdata, risk, visitor, busy, suspicious, vendor,
            }
        }
    }

    proptest! {
        #[test]
        fn challenges_read_back(bindings in bindings(), time: u64, nonce: [u8; 16], site: [u8; 16], count in 1..=500u32, salt in 1..=44u32, difficulty in 1..=8u32, seeded: bool) {
            let facts = ChallengeFacts {
                issue: IssueFacts {
                    id: ChallengeId::new(UnixMs(time), nonce),
                    site: SiteId(site),
                    issued_at: UnixMs(time),
                    expires_at: UnixMs(time ^ 1),
                    bindings,
                },
                form: if seeded { ChallengeForm::Seeded } else { ChallengeForm::Salted },
                parameters: Parameters::new(count, salt, difficulty).unwrap(),
            };
            let bytes = facts.encode();
            prop_assert_eq!(ChallengeFacts::decode(&bytes), Some(facts));
            prop_assert_eq!(ChallengeFacts::decode(&bytes[..bytes.len() - 1]), None);
            prop_assert_eq!(ChallengeFacts::decode(&[bytes.as_slice(), &[0]].concat()), None);
        }

        #[test]
        fn what_was_issued_reads_back(bindings in bindings(), time: u64, nonce: [u8; 16], site: [u8; 16]) {
            let id = ChallengeId::new(UnixMs(time), nonce);
            let (issued_at, expires_at) = (UnixMs(time), UnixMs(time ^ 1));
            let facts = IssueFacts { id, site: SiteId(site), issued_at, expires_at, bindings };
            let bytes = facts.encode();
            prop_assert_eq!(IssueFacts::decode(&bytes), Some(facts));
            prop_assert_eq!(IssueFacts::decode(&bytes[..bytes.len() - 1]), None);
            prop_assert_eq!(IssueFacts::decode(&[bytes.as_slice(), &[0]].concat()), None);
        }

        #[test]
        fn tokens_read_back(bindings in bindings(), time: u64, nonce: [u8; 16], site: [u8; 16], ordinal: u8) {
            let facts = TokenFacts {
                challenge: ChallengeId::new(UnixMs(time), nonce),
                ordinal,
                site: SiteId(site),
                issued_at: UnixMs(time),
                expires_at: UnixMs(!time),
                bindings,
            };
            prop_assert_eq!(TokenFacts::decode(&facts.encode()), Some(facts));
        }

        #[test]
        fn junk_is_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (ChallengeFacts::decode(&bytes), IssueFacts::decode(&bytes), TokenFacts::decode(&bytes));
        }
    }

    #[test]
    fn an_empty_text_is_not_an_absent_one() {
        let facts = |action| TokenFacts {
            challenge: ChallengeId([7; 24]),
            ordinal: 0,
            site: SiteId([1; 16]),
            issued_at: issued_at(ChallengeId([7; 24])),
            expires_at: UnixMs(1),
            bindings: Bindings { action, ..Bindings::default() },
        };
        assert_ne!(facts(None).encode(), facts(Some(String::new())).encode());
        assert_eq!(
            TokenFacts::decode(&facts(Some(String::new())).encode()),
            Some(facts(Some(String::new())))
        );
    }
}
