//! `POST …/verify` and `POST …/verify/signature`.
//!
//! JSON that names no secret is a widget's: its work is worth a token, which goes back in a payload that we sign and that
//! the widget puts into the form. Whatever names a secret, and every form, is a backend's, which hands in whatever it
//! found in the page's form: work, or such a payload. Either is good once.

use std::sync::Arc;

use portcullis_engine::{Engine, RedeemForeign, Redeemed, Site, Siteverify, SiteverifyError, VerifyForeign};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::body::{Body, Kind};
use super::cors::{site_key, with_origin};
use super::deriving::Handed;
use super::failure::{Failure, JUDGED};
use super::fields_hash::fields_hash;
use super::verification_data::VerificationData;
use super::{Door, Payload, PayloadError, ServerPayload};
use crate::{Reply, Request};

/// Verifies a widget's work, or what a backend found in a form.
pub async fn verify(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let body = match Body::read(request).await {
        // Nothing of it is said to pages.
        Ok(body) if body.is_backends => return answer_backend(engine, door, &body, request).await,
        body => body,
    };
    let site_key = site_key(request.query);
    let reply = match body {
        Ok(body) => answer_widget(engine, door, site_key.as_deref(), &body, request).await,
        Err(failure) => failure.into_reply(),
    };
    with_origin(reply, engine, site_key.as_deref(), request.visitor)
}

/// Verifies what a backend found in a form. The secret stands in the body or, where the body names none, behind the site
/// key in the header `Authorization: Basic`.
pub async fn verify_signature(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    match Body::read(request).await {
        Ok(body) => {
            let body = body.or_basic(request.authorization);
            answer_backend(engine, door, &body, request).await
        }
        Err(failure) => failure.into_reply(),
    }
}

async fn answer_widget(
    engine: &Engine,
    door: &Door,
    site_key: Option<&str>,
    body: &Body,
    request: &Request<'_>,
) -> Reply {
    #[derive(Serialize)]
    struct Success {
        payload: String,
        verified: bool,
    }
    #[derive(Serialize)]
    struct Refusal<'a> {
        code: &'a str,
        error: &'a str,
        /// What the widget shows its visitor.
        reason: &'a str,
        verified: bool,
    }
    match redeem(engine, door, site_key, body, request).await {
        Ok(payload) => Reply::json(200, &Success { payload, verified: true }),
        Err(failure) if failure.is_verdict() => {
            let Failure { code, error, .. } = &failure;
            Reply::json(JUDGED, &Refusal { code, error, reason: error, verified: false })
        }
        Err(failure) => failure.into_reply(),
    }
}

async fn redeem(
    engine: &Engine,
    door: &Door,
    site_key: Option<&str>,
    body: &Body,
    request: &Request<'_>,
) -> Result<String, Failure> {
    // Without it the payload itself would say whose it is, and that of any site would be good.
    let missing = || Failure::new(400, "The query names no site: apiKey is missing", "missing_api_key");
    let site_key = site_key.ok_or_else(missing)?;
    let site = engine.site(site_key).ok_or_else(Failure::unknown_site)?;
    Door::open_to(&site)?;
    let payload = match body.kind()? {
        Kind::Work(payload) => payload,
        Kind::Signed(_) => return Err(Failure::payload(PayloadError::Shape)),
    };
    let visitor = request.visitor;
    let work = Handed { payload: &payload, aside: &*door.deriving };
    let redeemed = engine.redeem_foreign(RedeemForeign { site_key, visitor, work: &work }).await;
    let Redeemed { token, verdict } = redeemed.map_err(|error| Failure::redeem(&error))?;
    let mut data = VerificationData::of(&verdict, &payload, engine.now().0);
    data.add("expire", (token.expires_at.0 / 1000).to_string());
    data.add("id", token.value);
    if let Some((names, hash)) = fields_hash(&body.fields) {
        data.add("fields", names);
        data.add("fieldsHash", hash);
    }
    if !visitor.shared_address {
        data.add("ipAddress", visitor.address.to_canonical().to_string());
    }
    Ok(ServerPayload::signed(&data, site.site_key(), site.secret().expose().as_bytes()))
}

/// What a backend is told, in the members that any of the published libraries and their helpers read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    verification: Verification,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_data: Option<Value>,
    verified: bool,
}

/// How the helpers of the published libraries say it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verification {
    expired: bool,
    invalid_signature: bool,
    invalid_solution: bool,
    /// Milliseconds that it took.
    time: u64,
    verified: bool,
}

async fn answer_backend(engine: &Engine, door: &Door, body: &Body, request: &Request<'_>) -> Reply {
    let began = engine.now();
    let outcome = judge(engine, door, body, request).await;
    let verification = |code: &str| Verification {
        expired: code == "expired",
        invalid_signature: code == "invalid_token",
        invalid_solution: code == "invalid_solution",
        time: engine.now().since(began),
        verified: code.is_empty(),
    };
    let payload = body.payload.as_deref();
    match outcome {
        Ok((site, data)) => {
            let answer = Answer {
                api_key: Some(site.site_key()),
                code: None,
                error: None,
                payload,
                reason: None,
                verification: verification(""),
                verification_data: Some(data.to_json()),
                verified: true,
            };
            Reply::json(200, &answer)
        }
        Err(failure) if failure.is_verdict() => {
            let answer = Answer {
                api_key: None,
                code: Some(failure.code),
                error: Some(&failure.error),
                payload,
                reason: Some(failure.code),
                verification: verification(failure.code),
                verification_data: None,
                verified: false,
            };
            Reply::json(JUDGED, &answer)
        }
        Err(failure) => failure.into_reply(),
    }
}

/// The secret comes first, then what may be wrong with the payload, and the spending last.
async fn judge(
    engine: &Engine,
    door: &Door,
    body: &Body,
    request: &Request<'_>,
) -> Result<(Arc<Site>, VerificationData), Failure> {
    let secret = body.secret.as_deref();
    let site = engine.site_of_secret(secret, request.visitor).await;
    let site = site.map_err(|error| Failure::siteverify(&error))?;
    if body.site_key.as_ref().is_some_and(|named| named != site.site_key()) {
        return Err(Failure::siteverify(&SiteverifyError::SitekeyMismatch));
    }
    Door::open_to(&site)?;
    let data = match body.kind()? {
        Kind::Work(payload) => judge_work(engine, door, &payload, body, request).await?,
        Kind::Signed(payload) => judge_signed(engine, &site, &payload, body, request).await?,
    };
    Ok((site, data))
}

async fn judge_work(
    engine: &Engine,
    door: &Door,
    payload: &Payload,
    body: &Body,
    request: &Request<'_>,
) -> Result<VerificationData, Failure> {
    let work = Handed { payload, aside: &*door.deriving };
    let question = VerifyForeign {
        secret: body.secret.as_deref(),
        work: &work,
        remote_ip: body.remote_ip,
        caller: request.visitor,
    };
    let verdict = engine.verify_foreign(question).await.map_err(|error| Failure::verify(&error))?;
    Ok(VerificationData::of(&verdict, payload, engine.now().0))
}

async fn judge_signed(
    engine: &Engine,
    site: &Site,
    payload: &ServerPayload,
    body: &Body,
    request: &Request<'_>,
) -> Result<VerificationData, Failure> {
    if let Err(refused) = payload.verify(site.secret().expose().as_bytes(), engine.now()) {
        let not_done = refused.into();
        engine.note_not_done(site, not_done);
        return Err(Failure::not_done(not_done));
    }
    let data = payload.data();
    let question = Siteverify {
        secret: body.secret.as_deref(),
        response: data.text("id"),
        vendor: None,
        site_key: None,
        remote_ip: body.remote_ip,
        idempotency_key: None,
        caller: request.visitor,
    };
    let verdict = engine.siteverify(question).await.map_err(|error| match error {
        // A payload that names no token was signed by somebody else who has the secret.
        SiteverifyError::MissingResponse => Failure::siteverify(&SiteverifyError::InvalidResponse),
        error => Failure::siteverify(&error),
    })?;
    Ok(data.merged(&verdict))
}
