//! The reference of every setting, printed from the table.

use std::fmt::Write;

use toml::{Table, Value};

use super::Config;
use super::settings::{SECTIONS, SETTINGS, Setting, VARIABLES};

/// The reference as Markdown: `docs/config-reference.md` is what this answers.
pub(crate) fn reference() -> String {
    let defaults = Table::try_from(Config::default()).unwrap_or_default();
    let mut page = String::from(PREFACE);
    for (section, about) in SECTIONS {
        let own = SETTINGS.iter().filter(|setting| setting.section == section);
        // Writing to a string does not fail.
        let _ = write!(page, "\n## `[{section}]`\n\n{about}\n\n{COLUMNS}");
        for setting in own {
            let _ = writeln!(page, "{}", row(setting, &defaults));
        }
    }
    page.push_str(VARIABLES_PREFACE);
    for (name, about) in VARIABLES {
        let _ = writeln!(page, "| `{name}` | {about} |");
    }
    page
}

fn row(setting: &Setting, defaults: &Table) -> String {
    let default = defaults.get(setting.section).and_then(|section| section.get(setting.key));
    let default = default.map_or_else(|| "unset".to_owned(), |value: &Value| format!("`{value}`"));
    let Setting { key, allowed, about, .. } = setting;
    format!("| `{key}` | {default} | {allowed} | {about} | `{}` |", setting.variable())
}

const PREFACE: &str = "# Settings

Printed by `portcullis config-reference`; do not edit.

A setting is looked for in this order: a flag, the environment, the file named by `--config`, the default. The file
is TOML. A name that is not listed here is an error in the file and a warning in the environment. A variable that is
set to nothing counts as unset; lists have commas between their parts. `portcullis check-config` tells everything
that is wrong at once.
";

const COLUMNS: &str =
    "| key | default | allowed | what it is | environment |\n| --- | --- | --- | --- | --- |\n";

const VARIABLES_PREFACE: &str = "
## Environment only

| variable | what it is |
| --- | --- |
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_every_setting_and_no_other() {
        // Absent ones are not written out, so they are named here.
        let absent = [
            "astracaph.open_secret",
            "astracaph.registration_token",
            "astracaph.sites",
            "astracaph.token_secret",
            "cap.default_site",
            "server.public_url",
            "store.upstash_token",
            "store.upstash_url",
        ];
        let mut fields = absent.map(str::to_owned).to_vec();
        for (section, content) in Table::try_from(Config::default()).unwrap() {
            let Value::Table(content) = content else { panic!("{section} is a section") };
            fields.extend(content.into_iter().map(|(key, _)| format!("{section}.{key}")));
        }
        let mut names = SETTINGS.iter().map(|own| format!("{}.{}", own.section, own.key)).collect::<Vec<_>>();
        fields.sort();
        names.sort();
        assert_eq!(names, fields);
        assert!(SETTINGS.iter().all(|own| SECTIONS.iter().any(|(section, _)| *section == own.section)));
    }

    #[test]
    fn the_reference_in_the_documentation_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/config-reference.md");
        let committed = std::fs::read_to_string(path).unwrap();
        assert_eq!(committed, reference(), "run: portcullis config-reference > docs/config-reference.md");
    }
}
