//! The AstraCaph door as it is at the start: its open site, and the sites that the configuration names.

use std::sync::Arc;

use portcullis_engine::{Keeping, NewSite, OriginPattern, SecretKey, Site, SiteChange, SiteSettings};
use portcullis_protocol::astracaph::{self, Door};

use crate::config::{Config, Registration, SeededSite};
use crate::data_folder::DataFolder;
use crate::domain_files::WebFiles;
use crate::failure::Failure;
use crate::gate::Gate;

/// Makes or updates the sites, and the door.
pub(super) async fn door(
    gate: &Gate,
    folder: &DataFolder,
    config: &Config,
    base_url: String,
    dev: bool,
) -> Result<Door, Failure> {
    let astracaph = &config.astracaph;
    let open_secret = astracaph.open_secret.as_ref().map(|secret| secret.expose().parse()).transpose();
    let open_secret = open_secret.map_err(|error| cannot("astracaph.open_secret", &error))?;
    let open = SiteSettings { keeping: Keeping::Open, ..SiteSettings::default() };
    if astracaph.open {
        // One that the operator removed since stays away.
        if gate.engine.site(Site::OPEN).is_some() || !folder.had_open_site() {
            ensure(gate, Site::OPEN, "open", open_secret, open).await?;
            folder.note_open_site(Site::OPEN)?;
        }
    } else if gate.engine.site(Site::OPEN).is_some() {
        gate.engine.remove_site(Site::OPEN).await?;
    }
    for seeded in astracaph.seeded().map_err(|problem| cannot("astracaph.sites", &problem))? {
        let name = format!("astracaph.sites: {}", seeded.site_key);
        let (secret, settings) = read(&seeded).map_err(|problem| cannot(&name, &problem))?;
        ensure(gate, &seeded.site_key, &seeded.name, Some(secret), settings).await?;
    }
    let registration = match (astracaph.registration, &astracaph.registration_token) {
        (Registration::Open, _) => astracaph::Registration::Open,
        (Registration::Token, Some(token)) => astracaph::Registration::Token(token.expose().to_owned()),
        (Registration::Token, None) | (Registration::Off, _) => astracaph::Registration::Off,
    };
    let mut door = Door::new(base_url, registration, astracaph.verifiers.clone(), dev);
    door.domains = Arc::new(WebFiles::new());
    Ok(door)
}

/// Adds a site, or gives one that is there the secret that the configuration names. What an operator set for it
/// meanwhile stays.
async fn ensure(
    gate: &Gate,
    site_key: &str,
    name: &str,
    secret: Option<SecretKey>,
    settings: SiteSettings,
) -> Result<(), Failure> {
    let Some(site) = gate.engine.site(site_key) else {
        let new = NewSite { name: name.to_owned(), site_key: Some(site_key.to_owned()), secret, settings };
        gate.engine.add_site(new).await?;
        return Ok(());
    };
    if let Some(secret) = secret.filter(|secret| !site.secret().is(secret.expose())) {
        let change = SiteChange { secret: Some(secret), ..SiteChange::default() };
        gate.engine.change_site(site_key, change).await?;
    }
    Ok(())
}

fn read(seeded: &SeededSite) -> Result<(SecretKey, SiteSettings), String> {
    let secret =
        seeded.secret.parse().map_err(|error: portcullis_engine::SecretKeyError| error.to_string())?;
    let origins: Result<Vec<OriginPattern>, _> = seeded.origins.iter().map(|origin| origin.parse()).collect();
    let origins = origins.map_err(|error| error.to_string())?;
    Ok((secret, SiteSettings { origins, ..SiteSettings::default() }))
}

fn cannot(setting: &str, problem: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{setting}: {problem}"), "correct it in the configuration")
}
