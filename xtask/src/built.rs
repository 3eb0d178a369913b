//! Whether the committed browser files are what their sources make, told from hashes and so without npm and
//! without a WebAssembly compiler.
//!
//! Whoever builds `web/dist` writes a lock file beside it: the SHA-256 of everything that went in and of
//! everything that came out. If all of them still hold, building again would change nothing. That the builds
//! really yield these bytes is checked by `npm run check` and by `build.sh --check`, which need the tools.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use crate::sizes::list;

/// Every built file or source that its lock file does not vouch for.
pub(crate) fn stale(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for build in &BUILDS {
        problems.extend(build.stale(root)?);
    }
    Ok(problems)
}

/// One lock file and what it vouches for.
struct Build {
    /// The lock file.
    lock: &'static str,
    /// The folder to which the names of its inputs are relative.
    sources: &'static str,
    /// Every file and folder in there that goes in, so that a new file is noticed.
    inputs: &'static [&'static str],
    /// What to do where something is stale.
    remedy: &'static str,
}

impl Build {
    fn stale(&self, root: &Path) -> anyhow::Result<Vec<String>> {
        let text = std::fs::read_to_string(root.join(self.lock))
            .with_context(|| format!("cannot read {}: {}", self.lock, self.remedy))?;
        let lock: serde_json::Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", self.lock))?;
        let sources = root.join(self.sources);
        let inputs = hashes(&sources, &self.files(&sources)?);
        let outputs = entries(&lock, "outputs");
        let folder = root.join(self.lock).parent().unwrap_or(root).to_path_buf();
        let found = hashes(&folder, &outputs.keys().cloned().collect());
        let mut problems = differences(self.sources, &entries(&lock, "inputs"), &inputs);
        problems.extend(differences("web/dist", &outputs, &found));
        Ok(problems.into_iter().map(|problem| format!("{problem}: {}", self.remedy)).collect())
    }

    /// The names of the inputs that are there now.
    fn files(&self, sources: &Path) -> anyhow::Result<BTreeSet<String>> {
        let mut files: Vec<PathBuf> = Vec::new();
        for input in self.inputs {
            let path = sources.join(input);
            if path.is_dir() { list(&path, &mut files)? } else { files.push(path) }
        }
        let name =
            |file: &PathBuf| file.strip_prefix(sources).unwrap_or(file).to_string_lossy().replace('\\', "/");
        Ok(files.iter().map(name).collect())
    }
}

/// A lock file's names and hashes.
fn entries(lock: &serde_json::Value, field: &str) -> BTreeMap<String, String> {
    let text = |hash: &serde_json::Value| hash.as_str().unwrap_or_default().to_owned();
    let object = lock[field].as_object().into_iter().flatten();
    object.map(|(name, hash)| (name.clone(), text(hash))).collect()
}

/// The hashes of files; a file that cannot be read has none.
fn hashes(folder: &Path, names: &BTreeSet<String>) -> BTreeMap<String, String> {
    names
        .iter()
        .filter_map(|name| std::fs::read(folder.join(name)).ok().map(|bytes| (name.clone(), sha256(&bytes))))
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn differences(
    folder: &str,
    locked: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> Vec<String> {
    let names: BTreeSet<&String> = locked.keys().chain(found.keys()).collect();
    let differs = |name: &&String| locked.get(*name) != found.get(*name);
    let mut problems: Vec<String> = names
        .into_iter()
        .filter(differs)
        .map(|name| format!("{folder}/{name} has changed since the build"))
        .collect();
    if locked.is_empty() {
        problems.push(format!("the lock file names nothing in {folder}"));
    }
    problems
}

const BUILDS: [Build; 2] = [
    Build {
        lock: "web/dist/web.lock.json",
        sources: "web",
        inputs: &["package.json", "package-lock.json", "src", "scripts"],
        remedy: "run `npm run build` in web/",
    },
    Build {
        lock: "web/dist/wasm.lock.json",
        sources: "crates/portcullis-solver",
        inputs: &["build.sh", "src"],
        remedy: "run crates/portcullis-solver/build.sh",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
        entries.iter().map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned())).collect()
    }

    #[test]
    fn changed_new_and_missing_files_are_told() {
        let locked = map(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(differences("web", &locked, &locked), [""; 0]);
        let found = map(&[("a", "1"), ("b", "9"), ("d", "4")]);
        assert_eq!(differences("web", &locked, &found).len(), 3);
    }

    #[test]
    fn a_lock_file_that_names_nothing_vouches_for_nothing() {
        let lock = serde_json::json!({ "outputs": [] });
        assert_eq!(differences("web/dist", &entries(&lock, "outputs"), &map(&[])).len(), 1);
    }

    #[test]
    fn a_file_that_is_not_there_has_no_hash() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let names = ["no such file".to_owned(), "Cargo.toml".to_owned()].into();
        assert_eq!(hashes(folder, &names).into_keys().collect::<Vec<_>>(), ["Cargo.toml"]);
    }

    #[test]
    fn hashes_are_written_as_sha256sum_writes_them() {
        // The first example of FIPS 180-4.
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
