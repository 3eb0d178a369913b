//! Values of settings as they were found, the stronger over the weaker.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::environment::Environment;
use super::settings::{ALIASES, Kind, SECTIONS, SETTINGS, Setting};

/// Values by section and key. Only known names get in.
#[derive(Default)]
pub(super) struct Layers {
    values: BTreeMap<(&'static str, &'static str), Found>,
    /// What was wrong so far, one line each.
    pub(super) problems: Vec<String>,
}

/// A value and where it was found.
struct Found {
    value: Value,
    source: String,
    is_secret: bool,
}

impl Layers {
    /// Lays what the file says over what is there.
    pub(super) fn file(&mut self, path: &Path, text: &str) {
        let file = path.display();
        let table = match text.parse::<Table>() {
            Ok(table) => table,
            Err(error) => return self.problem(format!("{file}{} {}", line(text, &error), error.message())),
        };
        for (section, content) in table {
            let Some((section, _)) = SECTIONS.iter().find(|(known, _)| *known == section) else {
                let known = SECTIONS.map(|(name, _)| name).join(", ");
                self.problem(format!("[{section}] in {file} is unknown; the sections are {known}"));
                continue;
            };
            let Value::Table(content) = content else {
                self.problem(format!("{section} in {file} is {content}, but it is a section"));
                continue;
            };
            for (key, value) in content {
                self.file_entry(section, &key, value, &file);
            }
        }
    }

    fn file_entry(&mut self, section: &str, key: &str, value: Value, file: &impl fmt::Display) {
        match SETTINGS.iter().find(|setting| setting.section == section && setting.key == key) {
            Some(setting) => self.put(setting, value, file.to_string()),
            None => {
                let own = SETTINGS.iter().filter(|setting| setting.section == section);
                let known = own.map(|setting| setting.key).collect::<Vec<_>>().join(", ");
                self.problem(format!("{section}.{key} in {file} is unknown; [{section}] has {known}"));
            }
        }
    }

    /// Lays what the environment says over what is there.
    pub(super) fn environment(&mut self, environment: &Environment) {
        for (alias, section, key) in ALIASES {
            if let Some(text) = environment.value(alias) {
                self.text(section, key, text, alias);
            }
        }
        for setting in &SETTINGS {
            let variable = setting.variable();
            if let Some(text) = environment.value(&variable) {
                self.put(setting, read(setting.kind, text), variable);
            }
        }
    }

    /// Lays one text over what is there for `section.key`.
    pub(super) fn text(&mut self, section: &str, key: &str, text: &str, source: &str) {
        if let Some(setting) =
            SETTINGS.iter().find(|setting| setting.section == section && setting.key == key)
        {
            self.put(setting, read(setting.kind, text), source.to_owned());
        }
    }

    /// Reads one section. Each setting is tried by itself, so that one that is wrong does not hide the next.
    pub(super) fn section<T: DeserializeOwned + Default>(&mut self, section: &str) -> T {
        let mut sound = Table::new();
        let mut problems = Vec::new();
        for ((_, key), found) in self.values.iter().filter(|((own, _), _)| *own == section) {
            let alone = Table::from_iter([((*key).to_owned(), found.value.clone())]);
            match alone.clone().try_into::<T>() {
                Ok(_) => sound.extend(alone),
                Err(error) => {
                    let complaint = if found.is_secret { "it is a text" } else { error.message() };
                    problems.push(found.complaint(&format!("{section}.{key}"), complaint));
                }
            }
        }
        self.problems.extend(problems);
        sound.try_into().unwrap_or_default()
    }

    /// Complains about the value of `section.key` as it was found.
    pub(super) fn complain(&mut self, section: &str, key: &str, complaint: &str) {
        let name = format!("{section}.{key}");
        let found = self.values.iter().find(|((own, own_key), _)| *own == section && *own_key == key);
        let line =
            found.map_or_else(|| format!("{name}: {complaint}"), |(_, f)| f.complaint(&name, complaint));
        self.problem(line);
    }

    /// Notes one more problem.
    pub(super) fn problem(&mut self, line: String) {
        self.problems.push(line);
    }

    fn put(&mut self, setting: &Setting, value: Value, source: String) {
        let is_secret = setting.kind == Kind::Secret;
        self.values.insert((setting.section, setting.key), Found { value, source, is_secret });
    }
}

impl Found {
    fn complaint(&self, name: &str, complaint: &str) -> String {
        // What is wrong with a secret could repeat it.
        if self.is_secret {
            return format!("{name} in {} is not accepted: {}", self.source, complaint.trim_end());
        }
        format!("{name} is {} in {}: {}", self.value, self.source, complaint.trim_end())
    }
}

/// Reads a text from the environment. What does not read stays a text, and is refused for it later.
fn read(kind: Kind, text: &str) -> Value {
    let as_text = || Value::String(text.to_owned());
    match kind {
        Kind::Text | Kind::Secret => as_text(),
        Kind::Number => text.parse().map_or_else(|_| as_text(), Value::Integer),
        Kind::Switch => match text {
            "true" | "1" => Value::Boolean(true),
            "false" | "0" => Value::Boolean(false),
            _ => as_text(),
        },
        Kind::List => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
    }
}

/// Where in the file an error is: ` line 3:`.
fn line(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
    format!(" line {}:", before + 1)
}
