//! One site as the rules see it: its record opened, its settings resolved.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::SigningKey;
use portcullis_store::SiteRecord;

use crate::secret::hex;
use crate::settings::Resolved;
use crate::vault::Vault;
use crate::{Profile, SecretKey, SiteDefaults, SiteId, SiteSettings, TurnstileWidget, UnixMs};

/// A site, open for use.
#[derive(Debug)]
pub struct Site {
    pub(crate) id: SiteId,
    pub(crate) site_key: String,
    pub(crate) name: String,
    pub(crate) secret: SecretKey,
    pub(crate) signing_key: SigningKey,
    pub(crate) public_token: String,
    /// That of the plan before, which SDKs may still have.
    pub(crate) earlier_public_token: Option<String>,
    pub(crate) secret_mark: [u8; 8],
    pub(crate) settings: SiteSettings,
    pub(crate) resolved: Resolved,
    pub(crate) turnstile: Option<TurnstileWidget>,
    pub(crate) created_at: UnixMs,
}

impl Site {
    /// What secrets are sealed as.
    pub(crate) const SECRET_KEY: &'static str = "secret key";
    pub(crate) const SIGNING_KEY: &'static str = "signing key";

    /// Opens a record. The error says what is wrong with it.
    pub(crate) fn open(record: &SiteRecord, vault: &Vault, defaults: &SiteDefaults) -> Result<Self, String> {
        let unseal = |purpose, sealed: &[u8]| {
            vault
                .open(&record.id.0, purpose, sealed)
                .ok_or(format!("its {purpose} was sealed under another master key"))
        };
        let settings: SiteSettings =
            serde_json::from_str(&record.settings).map_err(|problem| problem.to_string())?;
        let resolved = settings.resolve(defaults).map_err(|problem| problem.to_string())?;
        let secret = unseal(Self::SECRET_KEY, &record.sealed_secret)?;
        let secret = std::str::from_utf8(&secret).map_err(|problem| problem.to_string())?;
        let signing_key = unseal(Self::SIGNING_KEY, &record.sealed_signing_key)?;
        let signing_key: [u8; 32] =
            signing_key.as_slice().try_into().map_err(|_| "its signing key has the wrong length")?;
        let turnstile = settings.turnstile.as_ref().map(|keys| keys.open(record.id, vault)).transpose()?;
        let public_token = |changes: u32| format!("pt_{}", hex(&vault.public_token(record.id, changes)));
        let mut secret_mark = [0; 8];
        secret_mark.copy_from_slice(&record.secret_index[..8]);
        Ok(Self {
            secret_mark,
            public_token: public_token(settings.plan_changes),
            earlier_public_token: settings.plan_changes.checked_sub(1).map(public_token),
            id: record.id,
            site_key: record.site_key.clone(),
            name: record.name.clone(),
            secret: secret.parse().map_err(|problem: crate::SecretKeyError| problem.to_string())?,
            signing_key: SigningKey::from_bytes(&signing_key),
            settings,
            resolved,
            turnstile,
            created_at: record.created_at,
        })
    }

    /// The site key of the open site, which pages of any origin use without a key of their own.
    pub const OPEN: &'static str = "pk_open_astracaph_public";

    /// Names the site for ever.
    #[must_use]
    pub fn id(&self) -> SiteId {
        self.id
    }

    /// The public key.
    #[must_use]
    pub fn site_key(&self) -> &str {
        &self.site_key
    }

    /// What the operator calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The secret key. For formats that sign with it, and for the operator who asked to see it.
    #[must_use]
    pub fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// Tells whether the secret key is still the same, and nothing else of it. Not a proof of anything by itself.
    #[must_use]
    pub fn secret_mark(&self) -> String {
        hex(&self.secret_mark)
    }

    /// The Ed25519 public key, in standard base64.
    #[must_use]
    pub fn signing_public_key(&self) -> String {
        BASE64_STANDARD.encode(self.signing_key.verifying_key().as_bytes())
    }

    /// The Ed25519 key pair. For formats that sign for this site.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.signing_key
    }

    /// What pages name beside the site key at the Crafy door. It changes with the site's plan.
    #[must_use]
    pub fn public_token(&self) -> &str {
        &self.public_token
    }

    /// Its keys at Turnstile, secret and all; absent where it asks for no second opinion.
    #[must_use]
    pub fn turnstile(&self) -> Option<&TurnstileWidget> {
        self.turnstile.as_ref()
    }

    /// The site key that its pages show Turnstile; absent where the site asks for no second opinion.
    #[must_use]
    pub fn turnstile_site_key(&self) -> Option<&str> {
        self.turnstile.as_ref().map(|widget| widget.site_key.as_str())
    }

    /// What was set for it.
    #[must_use]
    pub fn settings(&self) -> &SiteSettings {
        &self.settings
    }

    /// Whose statuses and tokens the Cap door imitates.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.settings.cap_profile
    }

    /// Milliseconds that a challenge of this site may take to solve.
    #[must_use]
    pub fn challenge_ttl_ms(&self) -> u64 {
        self.resolved.challenge_ttl_ms
    }

    /// Milliseconds that a token of this site may wait for its verification.
    #[must_use]
    pub fn token_ttl_ms(&self) -> u64 {
        self.resolved.token_ttl_ms
    }

    /// Whether its owner registered it, rather than the operator.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        matches!(self.settings.keeping, crate::Keeping::Registered { .. })
    }

    /// Whether its domain named it: see [`Engine::prove`](crate::Engine::prove).
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.settings.is_proved()
    }

    /// When it was added.
    #[must_use]
    pub fn created_at(&self) -> UnixMs {
        self.created_at
    }
}
