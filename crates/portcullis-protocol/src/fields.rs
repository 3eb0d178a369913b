//! The fields of a backend's question, from whatever body they came in.
//!
//! Clients of siteverify send forms, multipart forms, JSON and query strings, often under the wrong content type.
//! All of them end here in one set of texts. Where a field comes twice the first one counts, and the body goes
//! before the query string, so that nothing appended later replaces what the backend's own code wrote. Other
//! fields are ignored.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::Request;
use crate::multipart;
use crate::request::Unreadable;

/// Which bodies a door reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// Form, multipart form and JSON.
    Any,
    /// Form and multipart form. A JSON body counts as one without fields.
    FormOnly,
}

/// The fields. Each is absent where no text came under its name.
#[derive(Default)]
pub(crate) struct Fields {
    /// `secret`.
    pub(crate) secret: Option<String>,
    /// `response`.
    pub(crate) response: Option<String>,
    /// `remoteip`.
    pub(crate) remote_ip: Option<String>,
    /// `sitekey`.
    pub(crate) site_key: Option<String>,
    /// `idempotency_key`.
    pub(crate) idempotency_key: Option<String>,
}

impl Fields {
    /// Reads the body, then the query string.
    pub(crate) async fn read(request: &Request<'_>, bodies: Bodies) -> Result<Self, Unreadable> {
        let body = request.bounded_body()?;
        let mut fields = Self::default();
        if !body.is_empty() {
            match (Encoding::of(request.content_type, body), bodies) {
                (Encoding::Json, Bodies::FormOnly) => return Ok(fields),
                (Encoding::Json, Bodies::Any) => fields.take_json(body)?,
                (Encoding::Multipart(content_type), _) => fields.take_multipart(content_type, body).await?,
                (Encoding::Form, _) => fields.take_form(body),
            }
        }
        fields.take_form(request.query.unwrap_or_default().as_bytes());
        Ok(fields)
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match name {
            "secret" => &mut self.secret,
            "response" => &mut self.response,
            "remoteip" => &mut self.remote_ip,
            "sitekey" => &mut self.site_key,
            "idempotency_key" => &mut self.idempotency_key,
            _ => return None,
        })
    }

    fn take_form(&mut self, form: &[u8]) {
        for (name, value) in form_urlencoded::parse(form) {
            if let Some(slot) = self.slot(&name) {
                slot.get_or_insert_with(|| value.into_owned());
            }
        }
    }

    fn take_json(&mut self, body: &[u8]) -> Result<(), Unreadable> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        reader
            .deserialize_map(JsonObject(self))
            .and_then(|()| reader.end())
            .map_err(|_| Unreadable::Malformed)
    }

    async fn take_multipart(&mut self, content_type: &str, body: &[u8]) -> Result<(), Unreadable> {
        for (name, value) in multipart::parts(content_type, body).await? {
            if let Some(slot) = self.slot(&name) {
                slot.get_or_insert(value);
            }
        }
        Ok(())
    }
}

/// How a body is written.
enum Encoding<'a> {
    Form,
    Json,
    /// With the whole content type, which names the boundary.
    Multipart(&'a str),
}

impl<'a> Encoding<'a> {
    /// Believes the content type where it names one of the three, and otherwise looks at the first character:
    /// many a client sends JSON or a form as `text/plain`.
    fn of(content_type: Option<&'a str>, body: &[u8]) -> Self {
        let content_type = content_type.unwrap_or_default();
        if multipart::is_multipart(content_type) {
            return Self::Multipart(content_type);
        }
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/x-www-form-urlencoded" => Self::Form,
            json if json.ends_with("/json") || json.ends_with("+json") => Self::Json,
            _ if body.trim_ascii_start().starts_with(b"{") => Self::Json,
            _ => Self::Form,
        }
    }
}

/// Reads an object's known fields. A known field is a text or null; another one may be anything.
struct JsonObject<'a>(&'a mut Fields);

impl<'de> Visitor<'de> for JsonObject<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match self.0.slot(&name) {
                Some(slot) => {
                    let value = map.next_value::<Option<String>>()?;
                    *slot = slot.take().or(value);
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
