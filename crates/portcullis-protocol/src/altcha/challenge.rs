//! `GET …/challenge`.

use portcullis_engine::{Engine, ForeignChallenge, Issue};

use super::asked::Asked;
use super::cors::{site_key, with_origin};
use super::deriving::derived;
use super::failure::{Failure, sentence};
use super::{Data, DataError, DataValue, Door, Entrance, Hash, Secrets, v1, v2};
use crate::{Reply, Request};

/// Issues a challenge in the format that the site is set to.
///
/// The query names the site and may have up to ten `params.…`, which are signed with the challenge and come back with
/// the verdict. With `verification=server` the widget is told to have its work verified by this server, and puts what
/// it gets there into the form. Where the published server has its challenges it is told so unless `verification` is
/// something else: pages that were written for that server say nothing, and their backends know no other payload.
pub async fn challenge(engine: &Engine, door: &Door, entrance: Entrance, request: &Request<'_>) -> Reply {
    let site_key = site_key(request.query);
    let reply = match issue(engine, door, site_key.as_deref(), entrance, request).await {
        Ok(reply) => reply,
        Err(failure) => failure.into_reply(),
    };
    with_origin(reply, engine, site_key.as_deref(), request.visitor)
}

async fn issue(
    engine: &Engine,
    door: &Door,
    site_key: Option<&str>,
    entrance: Entrance,
    request: &Request<'_>,
) -> Result<Reply, Failure> {
    let wish = Wish::read(request.query.unwrap_or_default(), entrance)?;
    let site = engine.site_or_default(site_key).ok_or_else(Failure::unknown_site)?;
    let work = Door::open_to(&site)?;
    let command = Issue { site_key, visitor: request.visitor, action: None, cdata: None, vendor: None };
    let issued = engine.issue_foreign(command, Asked::is_dear(work)).await;
    let issued = issued.map_err(|error| Failure::issue(&error))?;
    let json = written(engine, door, &issued, wish.params).await?;
    let reply = Reply::written(200, json.into_bytes());
    if !wish.is_verified_here {
        return Ok(reply);
    }
    let url = door.verify_url(entrance, issued.site.site_key());
    // The key is the one that widgets of every version read.
    Ok(reply.with("x-altcha-config", serde_json::json!({ "verifyurl": url }).to_string()))
}

async fn written(
    engine: &Engine,
    door: &Door,
    issued: &ForeignChallenge,
    data: Data,
) -> Result<String, Failure> {
    let ForeignChallenge { name, doublings, expires_at, site } = issued;
    // Names and secrets of ours are within their bounds, so neither fails.
    let unnamed = |error: DataError| Failure::new(500, sentence(&error), "internal");
    let secrets = Secrets::of_master(site.secret().expose().as_bytes())
        .map_err(|error| Failure::new(500, sentence(&error), "internal"))?;
    match Asked::of(site.settings().altcha, *doublings).ok_or_else(Failure::off)? {
        Asked::V1(number_max) => {
            let (hash, entropy) = (Hash::Sha256, engine.entropy());
            let name = Some(name.as_str());
            v1::Challenge::issue(hash, number_max, *expires_at, name, data, &secrets, entropy)
                .map(|challenge| challenge.json())
                .map_err(unnamed)
        }
        Asked::V2(work) => {
            let draft = v2::Draft::draw(work, *expires_at, Some(name), data, engine.entropy());
            let draft = draft.map_err(unnamed)?;
            let key = derived(draft.derivation(), &*door.deriving).await;
            let key = key.map_err(|_busy| Failure::busy())?;
            Ok(draft.sign(key, &secrets).json())
        }
    }
}

/// What a page may say when it asks for a challenge.
struct Wish {
    params: Data,
    is_verified_here: bool,
}

impl Wish {
    fn read(query: &str, entrance: Entrance) -> Result<Self, Failure> {
        let is_verified_here = entrance == Entrance::Published;
        let mut wish = Self { params: Data::default(), is_verified_here };
        let invalid = |problem: String| Failure::new(400, problem, "invalid_params");
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name == "verification" {
                wish.is_verified_here = value == "server";
            } else if let Some(param) = name.strip_prefix("params.") {
                if wish.params.iter().count() == PARAMS_MAX {
                    return Err(invalid(format!("A challenge carries up to {PARAMS_MAX} params")));
                }
                let value = DataValue::Text(value.into_owned());
                wish.params = wish.params.with(param, value).map_err(|error| invalid(sentence(&error)))?;
            }
        }
        Ok(wish)
    }
}

/// As many as the published server takes.
const PARAMS_MAX: usize = 10;
