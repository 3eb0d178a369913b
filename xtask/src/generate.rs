//! Files that are made from code, so that they cannot say something else than the code does.
//!
//! The crate table of docs/ARCHITECTURE.md comes from the manifests; the configuration reference and the OpenAPI
//! document come from the binary itself.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::layers;

/// Writes every generated file or, with `check`, answers which ones differ.
pub(crate) fn run(root: &Path, check: bool) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for (name, fresh) in fresh(root)? {
        let path = root.join(name);
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        if found == fresh {
            continue;
        }
        if check {
            stale.push(format!("{name} is not what the code makes: run `cargo xtask gen`"));
        } else {
            std::fs::write(&path, fresh).with_context(|| format!("cannot write {name}"))?;
        }
    }
    Ok(stale)
}

/// Every generated file and what it should hold.
fn fresh(root: &Path) -> anyhow::Result<Vec<(&'static str, String)>> {
    let workspace = layers::read(root)?;
    let document = std::fs::read_to_string(root.join(ARCHITECTURE))
        .with_context(|| format!("cannot read {ARCHITECTURE}"))?;
    let architecture = replaced(&document, &table(&workspace.members)).with_context(|| {
        format!("{ARCHITECTURE} must have one line `{BEGIN}` and, below it, one line `{END}`")
    })?;
    Ok(vec![
        (ARCHITECTURE, architecture),
        ("docs/config-reference.md", told_by_the_binary(root, "config-reference")?),
        ("docs/openapi.json", told_by_the_binary(root, "openapi")?),
    ])
}

/// What `portcullis <command>` prints, built from the tree as it is.
fn told_by_the_binary(root: &Path, command: &str) -> anyhow::Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "portcullis", "--", command])
        .current_dir(root)
        .output()
        .context("cargo does not start")?;
    if !output.status.success() {
        bail!("`portcullis {command}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let text =
        String::from_utf8(output.stdout).with_context(|| format!("`portcullis {command}` is not text"))?;
    ensure!(!text.trim().is_empty(), "`portcullis {command}` printed nothing");
    Ok(format!("{}\n", text.trim_end()))
}

/// The members as a table.
fn table(members: &[(String, String)]) -> String {
    let rows = members.iter().map(|(name, description)| format!("| `{name}` | {description} |\n"));
    format!("| crate | what it is |\n|---|---|\n{}", rows.collect::<String>())
}

/// `document` with `text` between the markers; `None` where they do not stand once each and in order.
fn replaced(document: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (between, after) = rest.split_once(END)?;
    let single = ![before, between, after].iter().any(|part| part.contains(BEGIN) || part.contains(END));
    single.then(|| format!("{before}{BEGIN}\n{text}{END}{after}"))
}

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
const BEGIN: &str = "<!-- crates: written by `cargo xtask gen` -->";
const END: &str = "<!-- /crates -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let document = format!("above\n{BEGIN}\nold\n{END}\nbelow\n");
        let once = replaced(&document, "new\n").unwrap();
        assert_eq!(once, format!("above\n{BEGIN}\nnew\n{END}\nbelow\n"));
        assert_eq!(replaced(&once, "new\n").unwrap(), once);
    }

    #[test]
    fn markers_that_are_missing_doubled_or_turned_round_are_refused() {
        for document in [
            "nothing".to_owned(),
            BEGIN.to_owned(),
            format!("{END}\n{BEGIN}"),
            format!("{BEGIN}\n{BEGIN}\n{END}"),
            format!("{BEGIN}\n{END}\n{END}"),
        ] {
            assert_eq!(replaced(&document, "new\n"), None, "{document}");
        }
    }

    #[test]
    fn a_member_is_a_row() {
        let members = [("one".to_owned(), "What it is.".to_owned())];
        assert!(table(&members).ends_with("|---|---|\n| `one` | What it is. |\n"));
    }
}
