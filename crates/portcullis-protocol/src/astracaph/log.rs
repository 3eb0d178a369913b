//! The sandbox's log: what was asked and answered, newest first.
//!
//! An entry is shown to the sandbox visit that caused it and to nobody else, except while the server runs for
//! development. It is kept in memory only, and says neither who asked nor any token in full.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use portcullis_engine::{Engine, UnixMs};
use serde::Serialize;
use serde_json::{Value, json};

use super::Door;
use super::cors::with_origin;
use super::payload::shorten;
use crate::timestamp::rfc3339;
use crate::{Reply, Request};

/// The last things that were asked.
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    number: u64,
}

/// One question and its answer.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    id: String,
    created_at: String,
    route: &'static str,
    method: &'static str,
    site_key: String,
    ip: String,
    status: u16,
    summary: String,
    request: Value,
    response: Value,
    /// Whose sandbox caused it.
    #[serde(skip)]
    visit: String,
}

impl Entry {
    /// An entry without number and time. `asked` has nothing in it that names the visitor.
    pub(super) fn new(
        visit: &str,
        route: &'static str,
        request: &Request<'_>,
        status: u16,
        asked: &Value,
        answered: &Value,
    ) -> Self {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let too_long = Value::from("too long to be shown");
        let asked = if is_long(asked) { &too_long } else { asked };
        let site_key = text(asked, "siteKey").or_else(|| text(answered, "siteKey"));
        let summary = ["error", "state", "message"].iter().find_map(|name| text(answered, name));
        let mut answered = answered.clone();
        if let Value::Object(fields) = &mut answered {
            shorten(fields, "token");
            shorten(fields, "challengeId");
            fields.remove("work");
            fields.remove("fingerprintHash");
        }
        Self {
            id: String::new(),
            created_at: String::new(),
            route,
            method: "POST",
            site_key: site_key.unwrap_or_else(|| portcullis_engine::Site::OPEN.to_owned()),
            ip: shortened(request),
            status,
            summary: summary.unwrap_or_default(),
            request: asked.clone(),
            response: answered,
            visit: visit.to_owned(),
        }
    }
}

impl Log {
    pub(super) fn add(&self, now: UnixMs, mut entry: Entry) {
        let mut state = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        state.number += 1;
        entry.id = format!("log_{}", state.number);
        entry.created_at = rfc3339(now.0, 3);
        state.entries.push_front(entry);
        state.entries.truncate(ENTRIES_MAX);
    }

    fn of(&self, visit: Option<&str>, site_key: Option<&str>, most: usize) -> Vec<Entry> {
        let state = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let is_meant = |entry: &&Entry| {
            visit.is_none_or(|visit| visit == entry.visit)
                && site_key.is_none_or(|site_key| site_key == entry.site_key)
        };
        state.entries.iter().filter(is_meant).take(most).cloned().collect()
    }
}

/// `GET /api/v1/logs?visit=&siteKey=&limit=`.
pub fn logs(engine: &Engine, door: &Door, request: &Request<'_>) -> Reply {
    let mut asked = Asked::default();
    for (name, value) in form_urlencoded::parse(request.query.unwrap_or_default().as_bytes()) {
        match &*name {
            "visit" => asked.visit = Some(value.into_owned()),
            "siteKey" => asked.site_key = Some(value.into_owned()),
            "limit" => asked.limit = value.parse().ok(),
            _ => {}
        }
    }
    let most = asked.limit.unwrap_or(SHOWN_MAX).min(SHOWN_MAX);
    let visit = asked.visit.and_then(|seal| engine.open_page(&seal)).map(|page| page.visit);
    let entries = match (&visit, door.log_is_public) {
        (_, true) => door.log.of(None, asked.site_key.as_deref(), most),
        (Some(visit), false) => door.log.of(Some(visit), asked.site_key.as_deref(), most),
        (None, false) => Vec::new(),
    };
    with_origin(Reply::json(200, &json!({ "logs": entries })), request.visitor)
}

#[derive(Default)]
struct Asked {
    visit: Option<String>,
    site_key: Option<String>,
    limit: Option<usize>,
}

/// Whether more was asked than a page of ours asks: strangers choose what stands here, and many entries are kept.
fn is_long(asked: &Value) -> bool {
    serde_json::to_vec(asked).map_or(true, |text| text.len() > ASKED_MAX)
}

/// The address without its last part.
fn shortened(request: &Request<'_>) -> String {
    match request.visitor.network() {
        std::net::IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.x")
        }
        std::net::IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::x")
        }
    }
}

/// The longest question that is shown, in bytes.
const ASKED_MAX: usize = 2048;
/// The most entries that are kept.
const ENTRIES_MAX: usize = 200;
/// The most entries that are shown at once.
const SHOWN_MAX: usize = 100;
