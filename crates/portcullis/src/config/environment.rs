//! The variables of the environment that are ours.

use super::settings::{ALIASES, SETTINGS, VARIABLES};

/// What the environment says, as far as its names begin with `PORTCULLIS_` or are an original's own. One of them may be the master key,
/// so this is not printable.
pub(crate) struct Environment(Vec<(String, String)>);

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::new(std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))))
    }

    /// An environment of these names and values.
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut ours: Vec<_> = variables.into_iter().filter(|(name, _)| is_ours(name)).collect();
        ours.sort();
        Self(ours)
    }

    /// The value of a variable. One that is set to nothing counts as unset, as compose files write it so.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(own, _)| own == name)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    /// The names that mean nothing. They are no error: an orchestrator sets such names on its own account.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str()).filter(|name| {
            name.starts_with(PREFIX)
                && !VARIABLES.iter().any(|(known, _)| known == name)
                && !SETTINGS.iter().any(|setting| setting.variable() == *name)
        })
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX) || ALIASES.iter().any(|(alias, ..)| *alias == name)
}

/// What our variables begin with.
const PREFIX: &str = "PORTCULLIS_";
