//! How long things may be. A file fails beyond its bound unless its head says why it is long; the other bounds
//! are notes for whoever reads the change.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::outline::outline;

/// Looks at every production file. Answers the failures and the notes.
pub(crate) fn check(root: &Path) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        list(&root.join(folder), &mut files)?;
    }
    files.sort();
    let (mut failures, mut notes) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if is_production(&name) {
            let source = std::fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
            failures.extend(too_long(&name, &source));
            notes.extend(remarks(&name, &source));
        }
    }
    Ok((failures, notes))
}

/// Every file below `folder`, wherever it stands.
pub(crate) fn list(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Whether a file counts, by its path from the root.
fn is_production(name: &str) -> bool {
    let source = [".rs", ".ts", ".css", ".mjs"].iter().any(|ending| name.ends_with(ending));
    let aside = ["tests", "benches", "target", "node_modules"];
    source && !name.split('/').any(|part| aside.contains(&part)) && !name.ends_with("/tests.rs")
}

fn too_long(name: &str, source: &str) -> Option<String> {
    let lines = if name.ends_with(".rs") { outline(source).lines } else { source.lines().count() };
    let explained = source.lines().take(HEAD).any(|line| line.contains("Long because: "));
    (lines > FILE && !explained).then(|| {
        format!("{name} has {lines} lines of production code, the bound is {FILE}: cut it, or say `Long because: …` in its head")
    })
}

fn remarks(name: &str, source: &str) -> Vec<String> {
    if !name.ends_with(".rs") {
        return Vec::new();
    }
    let outline = outline(source);
    let mut remarks = Vec::new();
    for function in &outline.functions {
        let (what, bound) = if function.is_async && name.starts_with(HANDLERS) {
            ("handler", HANDLER)
        } else {
            ("function", FUNCTION)
        };
        if function.lines > bound {
            let (called, at, lines) = (&function.name, function.line, function.lines);
            remarks.push(format!("{name}:{at}: {what} {called} has {lines} lines, the bound is {bound}"));
        }
    }
    for each in outline.traits.iter().filter(|each| each.methods > METHODS) {
        let (called, at, methods) = (&each.name, each.line, each.methods);
        remarks.push(format!("{name}:{at}: trait {called} has {methods} methods, the bound is {METHODS}"));
    }
    remarks
}

/// Where production code stands.
const FOLDERS: [&str; 3] = ["crates", "xtask/src", "web/src"];
/// Where HTTP handlers stand; they are its async functions.
const HANDLERS: &str = "crates/portcullis/src/http/";
/// Lines of production code in a file.
const FILE: usize = 400;
/// Lines of a function.
const FUNCTION: usize = 60;
/// Lines of an HTTP handler.
const HANDLER: usize = 25;
/// Methods of a trait.
const METHODS: usize = 8;
/// Lines at the top of a file in which it may say why it is long.
const HEAD: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_gives_its_reason_or_fails() {
        let long = "const A: u8 = 1;\n".repeat(401);
        assert!(too_long("crates/a/src/a.rs", &long).is_some());
        assert!(too_long("crates/a/src/a.rs", &long[17..]).is_none());
        assert!(
            too_long("crates/a/src/a.rs", &format!("//! A.\n//! Long because: it is a table.\n{long}"))
                .is_none()
        );
        let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}\n", &long[17..]);
        assert!(too_long("crates/a/src/a.rs", &tested).is_none());
        assert!(too_long("web/src/a.ts", &"a();\n".repeat(401)).is_some());
    }

    #[test]
    fn handlers_have_a_bound_of_their_own() {
        let handler = format!("async fn a() {{\n{}}}\n", "    b();\n".repeat(30));
        assert_eq!(remarks("crates/portcullis/src/http/cap.rs", &handler).len(), 1);
        assert_eq!(remarks("crates/portcullis-engine/src/a.rs", &handler).len(), 0);
        let longer = format!("fn a() {{\n{}}}\n", "    b();\n".repeat(60));
        assert_eq!(remarks("crates/portcullis-engine/src/a.rs", &longer).len(), 1);
    }

    #[test]
    fn wide_traits_are_told() {
        let wide = format!("trait T {{\n{}}}\n", "    fn a();\n".repeat(9));
        assert_eq!(remarks("crates/a/src/a.rs", &wide).len(), 1);
    }

    #[test]
    fn tests_and_benches_are_not_production() {
        assert!(is_production("crates/a/src/a.rs") && is_production("web/src/core/a.ts"));
        for name in
            ["crates/a/tests/a.rs", "crates/a/benches/a.rs", "crates/a/src/b/tests.rs", "crates/a/README.md"]
        {
            assert!(!is_production(name), "{name}");
        }
    }
}
