//! Running one script on one key, and reading what it answers.

use std::sync::Arc;

use serde_json::Value;

use super::Transport;
use crate::{StoreError, UnixMs};

/// Runs scripts.
pub(super) struct Scripts {
    transport: Arc<dyn Transport>,
    prefix: String,
}

impl Scripts {
    pub(super) fn new(transport: Arc<dyn Transport>, prefix: &str) -> Self {
        Self { transport, prefix: prefix.to_owned() }
    }

    /// Runs a script on the key of this kind and name.
    pub(super) async fn run(
        &self,
        script: &str,
        kind: char,
        name: &[u8],
        arguments: &[&str],
    ) -> Result<Answer, StoreError> {
        let key = format!("{}{kind}:{}", self.prefix, hex(name));
        let mut command = vec!["EVAL", script, "1", &key];
        command.extend_from_slice(arguments);
        let body = Value::from(command).to_string().into_bytes();
        let reply = self.transport.post("/", body).await?;
        // Whatever else answers instead of the store (a proxy's page, half a reply) is as good as no answer.
        let mut reply: Value =
            serde_json::from_slice(&reply).map_err(|_| unavailable("something else than JSON"))?;
        if let Some(error) = reply.get("error") {
            let told: String = error.as_str().unwrap_or_default().chars().take(ERROR_CHARS_MAX).collect();
            return Err(unavailable(&told));
        }
        match reply.get_mut("result") {
            Some(result) => Ok(Answer(result.take())),
            None => Err(unavailable("no result")),
        }
    }
}

/// What a script answered.
pub(super) struct Answer(Value);

impl Answer {
    pub(super) fn is_nil(&self) -> bool {
        self.0.is_null()
    }

    /// A text at a place of the answer.
    pub(super) fn text(&self, place: usize) -> Result<&str, StoreError> {
        self.0.get(place).and_then(Value::as_str).ok_or_else(|| unreadable(place))
    }

    /// A whole number at a place of the answer, as JSON or as text.
    pub(super) fn number(&self, place: usize) -> Result<u64, StoreError> {
        let value = self.0.get(place).ok_or_else(|| unreadable(place))?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        number.ok_or_else(|| unreadable(place))
    }

    /// Bytes at a place of the answer.
    pub(super) fn bytes(&self, place: usize) -> Result<Vec<u8>, StoreError> {
        let digits = self.text(place)?.as_bytes();
        let (pairs, rest) = digits.as_chunks::<2>();
        let bytes = pairs.iter().map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?));
        let bytes: Option<Vec<u8>> = bytes.collect();
        bytes.filter(|_| rest.is_empty()).ok_or_else(|| unreadable(place))
    }
}

/// What a script answered in a form that none of ours has.
pub(super) fn unreadable(place: usize) -> StoreError {
    StoreError::Corrupt { what: "Upstash answer", detail: format!("part {place} has another form") }
}

fn unavailable(told: &str) -> StoreError {
    StoreError::Unavailable(format!("Upstash answered: {told}"))
}

/// A moment as scripts take it. Lua's numbers are doubles: a moment beyond the year 287,000 is kept as that year,
/// which leaves the order of moments as it is.
pub(super) fn moment(moment: UnixMs) -> String {
    moment.0.min(MOMENT_MAX).to_string()
}

/// Bytes as they stand in a command: JSON carries text only.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The largest whole number up to which doubles tell all apart.
const MOMENT_MAX: u64 = (1 << 53) - 1;
/// How much of an error's text is told on.
const ERROR_CHARS_MAX: usize = 200;
