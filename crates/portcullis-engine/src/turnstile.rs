//! A site's keys at Turnstile: as they are given, as they are kept, and as they are used.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::vault::Vault;
use crate::{Entropy, SiteId};

/// Keys of a widget, as Cloudflare gave them.
#[derive(Clone, Debug)]
pub struct TurnstileWidget {
    /// The public key, which pages name.
    pub site_key: TurnstileSiteKey,
    /// The secret that goes with it.
    pub secret: TurnstileSecret,
}

/// Keys of a widget, as they are kept in a site's settings.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnstileKeys {
    /// The public key.
    pub(crate) site_key: String,
    /// The secret, sealed for this site alone, in standard base64.
    pub(crate) sealed_secret: String,
}

impl TurnstileKeys {
    /// Keys to be kept for the site `owner`.
    pub(crate) fn seal(
        widget: &TurnstileWidget,
        owner: SiteId,
        vault: &Vault,
        entropy: &dyn Entropy,
    ) -> Self {
        let sealed = vault.seal(entropy, &owner.0, PURPOSE, widget.secret.expose().as_bytes());
        Self { site_key: widget.site_key.0.clone(), sealed_secret: BASE64_STANDARD.encode(sealed) }
    }

    /// The keys as [`TurnstileKeys::seal`] was given them. The error says what is wrong.
    pub(crate) fn open(&self, owner: SiteId, vault: &Vault) -> Result<TurnstileWidget, String> {
        let sealed = BASE64_STANDARD.decode(&self.sealed_secret).map_err(|problem| problem.to_string())?;
        let secret = vault
            .open(&owner.0, PURPOSE, &sealed)
            .ok_or(format!("its {PURPOSE} was sealed under another master key"))?;
        let secret = std::str::from_utf8(&secret).map_err(|problem| problem.to_string())?;
        let wrong = |problem: TurnstileKeyError| problem.to_string();
        Ok(TurnstileWidget {
            site_key: self.site_key.parse().map_err(wrong)?,
            secret: secret.parse().map_err(wrong)?,
        })
    }
}

impl fmt::Debug for TurnstileKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TurnstileKeys({:?})", self.site_key)
    }
}

/// The public key of a widget: 1 to 64 characters that paths and pages carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnstileSiteKey(String);

impl TurnstileSiteKey {
    /// The key itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TurnstileSiteKey {
    type Err = TurnstileKeyError;

    fn from_str(text: &str) -> Result<Self, TurnstileKeyError> {
        check(text, 64).map(|()| Self(text.to_owned()))
    }
}

/// The secret of a widget. Cloudflare's published test secrets are taken too.
#[derive(Clone)]
pub struct TurnstileSecret(Zeroizing<String>);

impl TurnstileSecret {
    /// The secret itself. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for TurnstileSecret {
    type Err = TurnstileKeyError;

    fn from_str(text: &str) -> Result<Self, TurnstileKeyError> {
        check(text, 128).map(|()| Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for TurnstileSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TurnstileSecret(***)")
    }
}

/// A text is no key of Turnstile's. Does not repeat it: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key of Turnstile has letters, digits, - and _, up to 64 of them, or 128 in a secret")]
pub struct TurnstileKeyError;

fn check(text: &str, most: usize) -> Result<(), TurnstileKeyError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=most).contains(&text.len()) && text.bytes().all(is_plain) {
        Ok(())
    } else {
        Err(TurnstileKeyError)
    }
}

/// What the secret is sealed as.
const PURPOSE: &str = "turnstile secret";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemEntropy;

    fn widget() -> TurnstileWidget {
        TurnstileWidget {
            site_key: "0x4AAF00AAAABn0R22HWm-YUc".parse().unwrap(),
            secret: "0x4AAF00AAAABn0R22HWm098HVBjhdsYUc".parse().unwrap(),
        }
    }

    #[test]
    fn kept_keys_open_for_their_site_alone_and_show_nothing() {
        let vault = Vault::new(&"11".repeat(32).parse().unwrap());
        let keys = TurnstileKeys::seal(&widget(), SiteId([1; 16]), &vault, &SystemEntropy);
        let opened = keys.open(SiteId([1; 16]), &vault).unwrap();
        assert_eq!((opened.site_key, opened.secret.expose()), (widget().site_key, widget().secret.expose()));
        assert!(keys.open(SiteId([2; 16]), &vault).is_err());
        let shown = format!("{keys:?} {:?} {}", widget(), serde_json::to_string(&keys).unwrap());
        assert!(!shown.contains("098HVBjhdsYUc"), "{shown}");
        assert!(!format!("{keys:?}").contains(&keys.sealed_secret));
    }

    #[test]
    fn keys_are_short_and_plain() {
        for wrong in ["", "with space", "quote\"", "läng", "a/b", &"x".repeat(129)] {
            assert!(wrong.parse::<TurnstileSecret>().is_err(), "{wrong}");
            assert!(wrong.parse::<TurnstileSiteKey>().is_err(), "{wrong}");
        }
        assert!("1x0000000000000000000000000000000AA".parse::<TurnstileSecret>().is_ok());
        assert!("1x00000000000000000000AA".parse::<TurnstileSiteKey>().is_ok());
    }
}
