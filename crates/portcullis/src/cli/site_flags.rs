//! The flags of `site add` and `site set`.

use clap::{Args, ValueEnum};
use portcullis_engine::{
    AltchaWork, ChallengeForm, OldCiphers, OriginPattern, Plan, Profile, SecretKey, SiteSettings,
};

use super::policy_flags::PolicyFlags;
use super::secret_argument;
use crate::failure::Failure;

/// What can be set for a site. What is not given stays, or is the default.
#[derive(Args, Debug)]
pub(super) struct SiteFlags {
    /// An origin of the site's pages, such as https://www.example.com or https://*.example.com; may be repeated.
    /// Given to `set`, these replace the list
    #[arg(long = "origin", value_name = "URL")]
    origins: Vec<OriginPattern>,
    /// A secret key brought from another system (32 to 128 characters); - reads it from standard input
    #[arg(long)]
    secret: Option<String>,
    /// The form of challenges: salted or seeded
    #[arg(long, value_name = "FORM")]
    cap_challenge: Option<ChallengeForm>,
    /// Whose answers the Cap door imitates: standalone or capjs-server
    #[arg(long, value_name = "PROFILE")]
    cap_profile: Option<Profile>,
    /// Leading hex digits that must match, 1 to 8; one more is sixteen times the work
    #[arg(long, value_name = "D")]
    difficulty: Option<u32>,
    /// Puzzles per challenge, 1 to 500
    #[arg(long, value_name = "N")]
    count: Option<u32>,
    /// Length of each salt in hex digits, 1 to 44
    #[arg(long, value_name = "S")]
    salt_size: Option<u32>,
    /// Seconds that a challenge may take to solve, 10 to 7200
    #[arg(long, value_name = "SECS")]
    challenge_ttl: Option<u64>,
    /// Seconds that a token may wait for its verification, 1 to 86399
    #[arg(long, value_name = "SECS")]
    token_ttl: Option<u64>,
    /// What the ALTCHA door asks of browsers: pbkdf2, sha-256, v1, argon2id, scrypt, or off to close it
    #[arg(long, value_name = "WORK")]
    altcha: Option<AltchaWork>,
    /// How much the site may ask: Unlimited, Starter, Growth or Scale. Changing it changes the public token
    #[arg(long, value_name = "NAME")]
    plan: Option<Plan>,
    /// A cipher of an earlier Crafy SDK to take beside the present one: v1, v2 or none; may be repeated. Given to
    /// `set`, these replace the list
    #[arg(long = "old-cipher", value_name = "NAME")]
    old_ciphers: Vec<OldCipher>,
    /// Refuse requests without an Origin header
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    browsers_only: Option<bool>,
    /// Let pages on localhost use the site, whatever the port (the default)
    #[arg(long, overrides_with = "no_localhost")]
    localhost: bool,
    /// Do not
    #[arg(long, overrides_with = "localhost")]
    no_localhost: bool,
    #[command(flatten)]
    policy: PolicyFlags,
}

/// A cipher that is taken only where a site asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OldCipher {
    V1,
    V2,
    None,
}

impl SiteFlags {
    /// Puts what was given into `settings`.
    pub(super) fn apply(&self, settings: &mut SiteSettings) {
        if !self.origins.is_empty() {
            settings.origins.clone_from(&self.origins);
        }
        settings.cap_challenge = self.cap_challenge.or(settings.cap_challenge);
        settings.cap_profile = self.cap_profile.unwrap_or(settings.cap_profile);
        settings.difficulty = self.difficulty.or(settings.difficulty);
        settings.count = self.count.or(settings.count);
        settings.salt_size = self.salt_size.or(settings.salt_size);
        settings.challenge_ttl = self.challenge_ttl.or(settings.challenge_ttl);
        settings.token_ttl = self.token_ttl.or(settings.token_ttl);
        settings.browsers_only = self.browsers_only.unwrap_or(settings.browsers_only);
        settings.allow_localhost = (settings.allow_localhost || self.localhost) && !self.no_localhost;
        self.policy.apply(settings);
        settings.altcha = self.altcha.unwrap_or(settings.altcha);
        settings.plan = self.plan.unwrap_or(settings.plan);
        if !self.old_ciphers.is_empty() {
            let v1 = self.old_ciphers.contains(&OldCipher::V1);
            settings.old_ciphers = OldCiphers { v1, v2: self.old_ciphers.contains(&OldCipher::V2) };
        }
    }

    /// The secret that was given. The message of a bad one does not repeat it.
    pub(super) fn secret(&self) -> Result<Option<SecretKey>, Failure> {
        let Some(argument) = &self.secret else { return Ok(None) };
        secret_argument(argument)?.parse().map(Some).map_err(Failure::usage)
    }
}
