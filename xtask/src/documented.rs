//! Documents that name things in the code, and must name them right: docs/dependencies.md has one row for each
//! dependency, and the tests that docs/manual/security.md cites exist.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use crate::layers::Workspace;
use crate::sizes::list;

/// Dependencies that are declared but not written down or the other way round, and tests that are nowhere.
pub(crate) fn violations(root: &Path, workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let read =
        |name: &str| std::fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"));
    let mut used = declared(&read("Cargo.toml")?);
    used.extend(workspace.edges.iter().map(|edge| edge.to.clone()));
    used.retain(|name| !workspace.members.iter().any(|(member, _)| member == name));
    let mut problems = compare(&used, &rows(&read(DEPENDENCIES)?));
    let mut files = Vec::new();
    for folder in TESTS {
        list(&root.join(folder), &mut files)?;
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "rs" || ending == "mjs"));
    let sources: String = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    problems.extend(unknown_tests(&read(SECURITY)?, &sources));
    Ok(problems)
}

/// The tests that a document cites and no source has. They stand as code in the last cell of a row, in tables whose
/// last column is headed "held by": a name for a Rust test, a title with spaces for one in JavaScript.
fn unknown_tests(document: &str, sources: &str) -> Vec<String> {
    let (mut in_table, mut cites) = (false, false);
    let mut problems = Vec::new();
    for line in document.lines() {
        if !in_table {
            cites = line.ends_with("| held by |");
        }
        in_table = line.starts_with('|');
        let Some((_, cell)) = line.strip_suffix(" |").and_then(|row| row.rsplit_once(" | ")) else {
            continue;
        };
        let tests = cell.split('`').skip(1).step_by(2).filter(|_| cites);
        problems.extend(
            tests
                .filter(|test| !is_test(test, sources))
                .map(|test| format!("{SECURITY} cites the test `{test}`, which is nowhere")),
        );
    }
    problems
}

fn is_test(name: &str, sources: &str) -> bool {
    let text = if name.contains(' ') { format!("\"{name}\"") } else { format!("fn {name}(") };
    sources.contains(&text)
}

fn compare(used: &BTreeSet<String>, written: &BTreeSet<String>) -> Vec<String> {
    let missing = used.difference(written).map(|name| format!("{name} has no row in {DEPENDENCIES}"));
    let stale = written
        .difference(used)
        .map(|name| format!("{DEPENDENCIES} has a row for {name}, which nobody uses"));
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

const DEPENDENCIES: &str = "docs/dependencies.md";
const SECURITY: &str = "docs/manual/security.md";
/// Where tests stand.
const TESTS: [&str; 3] = ["crates", "web/test", "xtask/src"];

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

    #[test]
    fn cited_tests_must_exist() {
        let document = "| what | held by |\n|---|---|\n| a | `one`, `two` |\n| `x` | `a page works` |\n";
        let sources = "fn one() {}\ntest(\"a page works\", async () => {})";
        assert_eq!(unknown_tests(document, sources).len(), 1);
        assert_eq!(unknown_tests(document, &format!("{sources} async fn two(x)")), [""; 0]);
        assert_eq!(unknown_tests("| what | default |\n|---|---|\n| a | `--flag` |\n", sources), [""; 0]);
    }
}
