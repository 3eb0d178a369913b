//! The siteverify doors: the backend's question as reCAPTCHA, hCaptcha and Turnstile put it.
//!
//! Backends come with the client library that they have, and those libraries differ in what they post, which
//! fields and codes they know, and which of them they refuse to see. So each vendor has a [`Profile`] with exactly
//! its fields and codes; the bare `/siteverify` answers a superset for everybody else.
//!
//! The status is 200 whatever the verdict, as with all three vendors; only when the store does not answer is it
//! 503 with `Retry-After`, which those libraries take for a failure. There are no CORS headers: the secret has no
//! business in a browser.

use portcullis_engine::{Engine, Siteverify, SiteverifyError, Vendor, Verdict};

use crate::fields::{Bodies, Fields};
use crate::{Reply, Request};

mod codes;
mod refusal;
mod site_config;
mod test_keys;
mod verdict;

pub use site_config::check_site_config;

use refusal::Refusal;

/// Whose fields and codes are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Everything that any of the vendors' libraries reads.
    Superset,
    /// Google reCAPTCHA v2 and v3.
    Recaptcha,
    /// hCaptcha, with the score of its Enterprise plan.
    Hcaptcha,
    /// Cloudflare Turnstile.
    Turnstile,
}

impl Profile {
    fn vendor(self) -> Option<Vendor> {
        match self {
            Self::Superset => None,
            Self::Recaptcha => Some(Vendor::Recaptcha),
            Self::Hcaptcha => Some(Vendor::Hcaptcha),
            Self::Turnstile => Some(Vendor::Turnstile),
        }
    }
}

/// Whether the vendors' documented test secrets are answered as their vendors do. Anybody knows them, so whoever
/// accepts them protects nothing: never outside development.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TestKeys {
    /// They are unknown secrets.
    #[default]
    Refused,
    /// They pass or fail the vendors' dummy tokens, and nothing else.
    Accepted,
}

/// Verifies a token, once, for a site's backend.
pub async fn siteverify(
    engine: &Engine,
    profile: Profile,
    test_keys: TestKeys,
    request: &Request<'_>,
) -> Reply {
    let bodies = match profile {
        Profile::Hcaptcha => Bodies::FormOnly,
        Profile::Superset | Profile::Recaptcha | Profile::Turnstile => Bodies::Any,
    };
    let outcome = match Fields::read(request, bodies).await {
        Ok(fields) => match test_keys::answer(profile, test_keys, &fields, engine.now()) {
            Some(answer) => answer,
            None => verify(engine, profile, &fields, request).await,
        },
        Err(_) => Err(Refusal::new(&["bad-request"])),
    };
    match outcome {
        Ok(verdict) => verdict::reply(profile, &verdict),
        Err(refusal) => refusal.into_reply(profile),
    }
}

/// Asks the engine, which keeps to the vendors' order: secret, token, expiry, and the spending last.
async fn verify(
    engine: &Engine,
    profile: Profile,
    fields: &Fields,
    request: &Request<'_>,
) -> Result<Verdict, Refusal> {
    let Options { site_key, idempotency_key } = Options::of(profile, fields)?;
    let command = Siteverify {
        secret: fields.secret.as_deref(),
        response: fields.response.as_deref(),
        site_key,
        vendor: profile.vendor(),
        remote_ip: fields.remote_ip.as_deref().and_then(|address| address.trim().parse().ok()),
        idempotency_key,
        caller: request.visitor,
    };
    engine.siteverify(command).await.map_err(|error| match (&error, site_key) {
        // hCaptcha tells a site key that is another site's from one that is nobody's.
        (SiteverifyError::SitekeyMismatch, Some(site_key)) if engine.site(site_key).is_none() => {
            Refusal::new(&["invalid-sitekey"])
        }
        _ => Refusal::of(profile, &error),
    })
}

/// The fields that only some vendors know.
struct Options<'a> {
    site_key: Option<&'a str>,
    idempotency_key: Option<&'a str>,
}

impl<'a> Options<'a> {
    fn of(profile: Profile, fields: &'a Fields) -> Result<Self, Refusal> {
        let given = |field: &'a Option<String>| field.as_deref().filter(|text| !text.is_empty());
        let mut options = Self { site_key: None, idempotency_key: None };
        match profile {
            Profile::Recaptcha => {}
            Profile::Hcaptcha => {
                options.site_key = given(&fields.site_key);
                // Looked at once the two fields are there that come first, and before anything is spent.
                let asked = given(&fields.secret).is_some() && given(&fields.response).is_some();
                let is_address = |text: &str| text.trim().parse::<std::net::IpAddr>().is_ok();
                if asked && given(&fields.remote_ip).is_some_and(|text| !is_address(text)) {
                    return Err(Refusal::new(&["invalid-remoteip"]));
                }
            }
            Profile::Turnstile => options.idempotency_key = given(&fields.idempotency_key),
            Profile::Superset => {
                options.site_key = given(&fields.site_key);
                options.idempotency_key = given(&fields.idempotency_key);
            }
        }
        match options.idempotency_key {
            Some(key) if key.len() > IDEMPOTENCY_KEY_MAX => Err(Refusal::new(&["bad-request"])),
            _ => Ok(options),
        }
    }
}

/// The longest idempotency key, in bytes. A UUID, which Turnstile asks for, has 36.
const IDEMPOTENCY_KEY_MAX: usize = 255;
