//! What is handed in: by the widget as JSON, by a backend as JSON or as a form of either kind.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::failure::Failure;
use super::{Payload, PayloadError, ServerPayload};
use crate::Request;
use crate::json;
use crate::multipart::{is_multipart, parts};
use crate::request::Unreadable;

/// A request to verify something.
#[derive(Default)]
pub(super) struct Body {
    /// Whether it can only be a backend's: it is a form, or it names a secret. A secret that is named and empty is a
    /// backend whose settings are missing, never a widget: what a widget is told of a stranger's work is no verdict.
    pub(super) is_backends: bool,
    /// The JSON of the payload.
    pub(super) payload: Option<Box<RawValue>>,
    /// The site's secret key, empty where it is named and nothing else.
    pub(super) secret: Option<String>,
    /// The site key that comes with a secret, where one does.
    pub(super) site_key: Option<String>,
    /// The form's fields, by name.
    pub(super) fields: BTreeMap<String, String>,
    /// The address from which a backend received the form.
    pub(super) remote_ip: Option<IpAddr>,
}

/// What a payload is.
pub(super) enum Kind {
    /// A browser's work.
    Work(Payload),
    /// What a server found.
    Signed(ServerPayload),
}

impl Body {
    /// Reads a body. Other members are ignored, `code` and `timeZone` among them, as there are no codes here.
    pub(super) async fn read(request: &Request<'_>) -> Result<Self, Failure> {
        if let Some(content_type) = request.content_type.filter(|named| is_multipart(named)) {
            let body = request.bounded_body().map_err(Failure::unreadable)?;
            return Self::of_form(parts(content_type, body).await.map_err(Failure::unreadable)?);
        }
        let text = request.text().map_err(Failure::unreadable)?;
        if text.trim_ascii_start().starts_with('{') {
            return Self::of_json(text);
        }
        // Of many thousand empty fields only what is looked for is kept.
        let fields = form_urlencoded::parse(text.as_bytes()).into_owned();
        Self::of_form(fields.filter(|(name, _)| FORM_FIELDS.contains(&&**name)).collect())
    }

    /// The same with the site key and the secret of a header `Authorization: Basic`, where the body names no secret.
    pub(super) fn or_basic(self, authorization: Option<&str>) -> Self {
        match authorization.and_then(basic) {
            Some((site_key, secret)) if self.secret.is_none() => {
                Self { site_key: Some(site_key), secret: Some(secret), ..self }
            }
            _ => self,
        }
    }

    fn of_json(text: &str) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Sent<'a> {
            #[serde(borrow)]
            payload: Option<&'a RawValue>,
            #[serde(borrow)]
            altcha: Option<&'a RawValue>,
            #[serde(default, deserialize_with = "named")]
            secret: Option<String>,
            #[serde(borrow)]
            remoteip: Option<Cow<'a, str>>,
            fields: Option<BTreeMap<String, String>>,
        }
        let sent: Sent<'_> =
            json::object(text.as_bytes()).map_err(|_| Failure::unreadable(Unreadable::Malformed))?;
        let fields = sent.fields.unwrap_or_default();
        let names: usize = fields.keys().map(String::len).sum();
        if fields.len() > FIELDS_MAX || names > NAMES_MAX {
            let words = format!("Up to {FIELDS_MAX} fields with {NAMES_MAX} bytes of names are verified");
            return Err(Failure::new(400, words, "invalid_fields"));
        }
        Ok(Self {
            payload: sent.payload.or(sent.altcha).map(decoded).transpose()?.flatten(),
            is_backends: sent.secret.is_some(),
            secret: sent.secret,
            fields,
            remote_ip: sent.remoteip.and_then(|address| address.trim().parse().ok()),
            ..Self::default()
        })
    }

    /// Where a field comes twice the first one that is not empty counts. Two secrets are refused: backends that append
    /// what they received to their own secret would let the visitor name another.
    fn of_form(fields: Vec<(String, String)>) -> Result<Self, Failure> {
        let mut secrets = fields.iter().filter(|(name, _)| name == "secret");
        let secret = secrets.next().map(|(_, secret)| secret.clone());
        if secrets.next().is_some() {
            return Err(Failure::new(400, "The form has two fields `secret`", "invalid_body"));
        }
        let field = |wanted: &[&str]| {
            let mut found = fields.iter().filter(|(name, _)| wanted.contains(&&**name));
            found.find(|(_, value)| !value.is_empty()).map(|(_, value)| value.clone())
        };
        let payload = field(&["payload", "altcha"]);
        Ok(Self {
            payload: payload.map(|text| of_base64(&text)).transpose().map_err(Failure::payload)?,
            is_backends: true,
            secret,
            remote_ip: field(&["remoteip"]).and_then(|address| address.trim().parse().ok()),
            ..Self::default()
        })
    }

    /// The payload, read.
    pub(super) fn kind(&self) -> Result<Kind, Failure> {
        let missing = || Failure::new(400, "The payload is missing", "missing_payload");
        let json = self.payload.as_ref().ok_or_else(missing)?.get();
        #[derive(Deserialize)]
        struct Outline<'a> {
            #[serde(borrow, rename = "verificationData")]
            data: Option<&'a RawValue>,
        }
        let outline = json::object::<Outline<'_>>(json.as_bytes());
        let read = match outline {
            Ok(Outline { data: Some(_) }) => ServerPayload::of_json(json).map(Kind::Signed),
            Ok(Outline { data: None }) => Payload::of_json(json).map(Kind::Work),
            Err(_) => Err(PayloadError::Shape),
        };
        read.map_err(Failure::payload)
    }
}

/// A member that is there; null is as good as empty.
fn named<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::<String>::deserialize(deserializer)?.unwrap_or_default()))
}

/// A payload as it stands in JSON: base64 in a text or, from helpers that decoded it, an object.
fn decoded(value: &RawValue) -> Result<Option<Box<RawValue>>, Failure> {
    let invalid = || Failure::payload(PayloadError::Shape);
    match value.get().as_bytes() {
        [b'{', ..] => Ok(Some(value.to_owned())),
        b"null" | b"\"\"" => Ok(None),
        _ => {
            let text: Cow<'_, str> = serde_json::from_str(value.get()).map_err(|_| invalid())?;
            of_base64(&text).map(Some).map_err(Failure::payload)
        }
    }
}

fn of_base64(text: &str) -> Result<Box<RawValue>, PayloadError> {
    if text.len() > ServerPayload::TEXT_MAX {
        return Err(PayloadError::TooLong);
    }
    let json = BASE64_STANDARD.decode(text).map_err(|_| PayloadError::Base64)?;
    let json = String::from_utf8(json).map_err(|_| PayloadError::Shape)?;
    RawValue::from_string(json).map_err(|_| PayloadError::Shape)
}

/// Name and password of HTTP's basic authentication (RFC 7617).
fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let credentials = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (name, password) = credentials.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// What a backend's form may have.
const FORM_FIELDS: [&str; 4] = ["altcha", "payload", "remoteip", "secret"];
/// The most fields whose values are hashed, and the bytes that their names may have together.
const FIELDS_MAX: usize = 100;
const NAMES_MAX: usize = 4096;
