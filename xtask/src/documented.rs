//! Every dependency earns its place in docs/dependencies.md: one row there for each one declared, and none more.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use crate::layers::Workspace;

/// What is declared but not written down, and what is written down but not declared.
pub(crate) fn violations(root: &Path, workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let read =
        |name: &str| std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    let mut used = declared(&read("Cargo.toml")?);
    used.extend(workspace.edges.iter().map(|edge| edge.to.clone()));
    used.retain(|name| !workspace.members.iter().any(|(member, _)| member == name));
    Ok(compare(&used, &rows(&read(DOCUMENT)?)))
}

fn compare(used: &BTreeSet<String>, written: &BTreeSet<String>) -> Vec<String> {
    let missing = used.difference(written).map(|name| format!("{name} has no row in {DOCUMENT}"));
    let stale =
        written.difference(used).map(|name| format!("{DOCUMENT} has a row for {name}, which nobody uses"));
    missing.chain(stale).collect()
}

/// The names in the manifest's `[workspace.dependencies]`.
fn declared(manifest: &str) -> BTreeSet<String> {
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

/// The names that stand as code in the first cell of a table row; one row may name several.
fn rows(document: &str) -> BTreeSet<String> {
    document
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split('|').next())
        .flat_map(|cell| cell.split(','))
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect()
}

const DOCUMENT: &str = "docs/dependencies.md";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_names_are_found() {
        let manifest = "[workspace]\na = 1\n[workspace.dependencies]\n# why\nserde = { version = \"1\" }\n\
                        sha2 = \"0.11\"\n[profile.dev]\nopt-level = 2\n";
        assert_eq!(declared(manifest), ["serde", "sha2"].map(String::from).into());
    }

    #[test]
    fn rows_name_one_or_several() {
        let document = "| crate | what |\n|---|---|\n| `serde`, `serde_json` | `other` |\n| `sha2` | x |\n";
        assert_eq!(rows(document), ["serde", "serde_json", "sha2"].map(String::from).into());
    }

    #[test]
    fn both_directions_are_compared() {
        let used = ["a", "b"].map(String::from).into();
        let written = ["b", "c"].map(String::from).into();
        assert_eq!(compare(&used, &written).len(), 2);
        assert_eq!(compare(&used, &used).len(), 0);
    }
}
