//! What a verification found, as names and texts: what the published server calls `verificationData`.

use portcullis_engine::{Reason, Verdict};
use serde_json::{Map, Value};

use super::{DataValue, Payload};
use crate::score::two_decimals;

/// Names and texts, in the order in which they are signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct VerificationData(Vec<(String, String)>);

impl VerificationData {
    /// What a verdict says, and the params that were signed with the challenge. `now` is in milliseconds.
    pub(super) fn of(verdict: &Verdict, payload: &Payload, now: u64) -> Self {
        let mut data = Self::default();
        data.add("classification", classification(verdict.risk));
        if !verdict.hostname.is_empty() {
            data.add("hostname", verdict.hostname.clone());
        }
        for (name, value) in payload.params() {
            let text = match value {
                DataValue::Text(text) => text.clone(),
                DataValue::Null => String::new(),
                DataValue::Truth(truth) => truth.to_string(),
                DataValue::Integer(number) => number.to_string(),
            };
            data.add(format!("params.{name}"), text);
        }
        let reasons: Vec<_> = verdict.reasons.iter().copied().map(Reason::code).collect();
        data.add("reasons", reasons.join(","));
        data.add("score", two_decimals(verdict.risk).to_string());
        data.add("time", (now / 1000).to_string());
        data.add("verified", "true");
        data
    }

    /// The same with what a later verdict on it says: its reasons beside those that were signed, and its risk where
    /// that is higher.
    pub(super) fn merged(mut self, verdict: &Verdict) -> Self {
        let signed = self.text("reasons").unwrap_or_default();
        let mut reasons: Vec<_> =
            signed.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
        for code in verdict.reasons.iter().copied().map(Reason::code) {
            if !reasons.iter().any(|known| known == code) {
                reasons.push(code.to_owned());
            }
        }
        let signed = self.text("score").and_then(|text| text.parse::<f64>().ok());
        let score = two_decimals(verdict.risk);
        if signed.is_none_or(|signed| signed < score) {
            self.replace("score", score.to_string());
            self.replace("classification", classification(verdict.risk).to_owned());
        }
        self.replace("reasons", reasons.join(","));
        self
    }

    fn replace(&mut self, name: &str, text: String) {
        self.0.retain(|(found, _)| found != name);
        self.add(name, text);
    }

    /// Reads a text that was signed.
    pub(super) fn read(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    pub(super) fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.push((name.into(), text.into()));
    }

    /// The text of a name. Where it comes twice the last one counts, as in the published libraries.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find_map(|(found, text)| (found == name).then_some(text.as_str()))
    }

    /// The text that is signed.
    pub(super) fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.0);
        query.finish()
    }

    /// The same as the published libraries give it to their callers: lists, numbers and truths by what they look like.
    pub(super) fn to_json(&self) -> Value {
        let members = self.0.iter().map(|(name, text)| (name.clone(), typed(name, text)));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

fn typed(name: &str, text: &str) -> Value {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = match text.split_once('.') {
        None => is_digits(text),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
    };
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if LISTS.contains(&name) && text.is_empty() => Value::Array(Vec::new()),
        _ if is_number => match (text.parse::<u64>(), text.parse::<f64>()) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            _ => text.into(),
        },
        _ if LISTS.contains(&name) => text.split(',').map(Value::from).collect(),
        _ => text.into(),
    }
}

/// The vendor's words for a risk from 0 to 1.
fn classification(risk: f64) -> &'static str {
    match risk {
        risk if risk < NEUTRAL_FROM => "GOOD",
        risk if risk < BAD_FROM => "NEUTRAL",
        _ => "BAD",
    }
}

/// What holds several texts.
const LISTS: [&str; 2] = ["fields", "reasons"];
/// Above what an ordinary browser gets whose page named no origin.
const NEUTRAL_FROM: f64 = 0.4;
const BAD_FROM: f64 = 0.7;

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(risk: f64, reasons: Vec<Reason>) -> Verdict {
        let (site_key, hostname) = (String::new(), String::new());
        Verdict {
            site_key,
            hostname,
            challenge_ts: 0,
            action: None,
            cdata: None,
            vendor: None,
            risk,
            reasons,
        }
    }

    #[test]
    fn what_is_found_later_is_added_and_nothing_that_was_signed_gets_better() {
        let signed = |score| {
            VerificationData::read(&format!("classification=NEUTRAL&reasons=busy-address,own&score={score}"))
        };
        let later = verdict(0.1, vec![Reason::BusyAddress, Reason::RemoteIpDiffers]);
        let merged = signed("0.45").merged(&later);
        assert_eq!(merged.text("reasons"), Some("busy-address,own,remote-ip-differs"));
        assert_eq!((merged.text("score"), merged.text("classification")), (Some("0.45"), Some("NEUTRAL")));
        let merged = signed("0.45").merged(&verdict(0.95, vec![]));
        assert_eq!((merged.text("score"), merged.text("classification")), (Some("0.95"), Some("BAD")));
        for unreadable in ["", "x"] {
            assert_eq!(signed(unreadable).merged(&later).text("score"), Some("0.1"));
        }
        assert_eq!(VerificationData::default().merged(&verdict(0.1, vec![])).text("reasons"), Some(""));
    }
}
