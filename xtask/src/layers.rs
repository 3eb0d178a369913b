//! The arrows of the house: which crate may depend on which, and who may touch a third party.
//!
//! The list below is the rule and `cargo metadata` the fact. An edge that is not listed fails, so a shortcut
//! between rooms is a decision that shows in a diff of this file.

use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// The workspace as Cargo sees it.
pub(crate) struct Workspace {
    /// Every dependency of every member.
    pub(crate) edges: Vec<Edge>,
    /// Name and description of every member, in order of name.
    pub(crate) members: Vec<(String, String)>,
}

/// One dependency of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The member.
    pub(crate) from: String,
    /// What it depends on.
    pub(crate) to: String,
    /// Whether only its tests and benches do.
    pub(crate) dev: bool,
}

/// Reads the workspace at `root`.
pub(crate) fn read(root: &Path) -> anyhow::Result<Workspace> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata did not answer")?;
    let mut edges = Vec::new();
    let mut members = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.to_string();
        members.push((name.clone(), package.description.clone().unwrap_or_default()));
        edges.extend(package.dependencies.iter().map(|dependency| Edge {
            from: name.clone(),
            to: dependency.name.clone(),
            dev: dependency.kind == DependencyKind::Development,
        }));
    }
    members.sort();
    Ok(Workspace { edges, members })
}

/// Every edge that the rules do not allow, as a sentence.
pub(crate) fn violations(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(violation).collect()
}

fn violation(edge: &Edge) -> Option<String> {
    let Edge { from, to, dev } = edge;
    let own = from == "xtask" || from == "portcullis" || from.starts_with("portcullis-");
    let inner = to == "xtask" || to == "portcullis" || to.starts_with("portcullis-");
    let pair = (from.as_str(), to.as_str());
    if inner {
        let allowed = ARROWS.contains(&pair) || (*dev && DEV_ARROWS.contains(&pair));
        return (!allowed)
            .then(|| format!("{from} must not depend on {to}: no such arrow in xtask/src/layers.rs"));
    }
    if !own {
        return Some(format!("{from} is not a room of this house: name it portcullis-…"));
    }
    if let Some((_, allowed)) = CLOSED.iter().find(|(room, _)| room == from)
        && !dev
        && !allowed.contains(&to.as_str())
    {
        return Some(format!("{from} must not depend on {to}: it stands alone but for {allowed:?}"));
    }
    let fence = FENCES.iter().find(|fence| fence.parties.contains(&to.as_str()))?;
    let allowed = fence.rooms.contains(&from.as_str()) || (*dev && fence.dev_rooms.contains(&from.as_str()));
    (!allowed).then(|| format!("{from} must not depend on {to}: {}", fence.reason))
}

/// A third party that only some rooms may touch.
struct Fence {
    parties: &'static [&'static str],
    rooms: &'static [&'static str],
    dev_rooms: &'static [&'static str],
    reason: &'static str,
}

/// Who may call whom. Nothing points up.
const ARROWS: [(&str, &str); 11] = [
    ("portcullis", "portcullis-protocol"),
    ("portcullis", "portcullis-engine"),
    // The binary opens the stores that it hands to the engine.
    ("portcullis", "portcullis-store"),
    // `portcullis solve` solves.
    ("portcullis", "portcullis-pow"),
    ("portcullis-protocol", "portcullis-engine"),
    // The binary says where facts about addresses come from.
    ("portcullis", "portcullis-ipdata"),
    // Facts about addresses are written as they are judged.
    ("portcullis-ipdata", "portcullis-risk"),
    ("portcullis-engine", "portcullis-risk"),
    ("portcullis-engine", "portcullis-pow"),
    ("portcullis-engine", "portcullis-puzzle"),
    ("portcullis-engine", "portcullis-store"),
];

/// What tests and benches may use besides.
const DEV_ARROWS: [(&str, &str); 3] = [
    // The browser's solver is tested against the server's verifier.
    ("portcullis-solver", "portcullis-pow"),
    // The doors are tested over a real engine on the memory store, with real solutions.
    ("portcullis-protocol", "portcullis-pow"),
    ("portcullis-protocol", "portcullis-store"),
];

/// Rooms whose third parties are all named.
const CLOSED: [(&str, &[&str]); 4] = [
    ("portcullis-pow", &["chacha20", "cpufeatures", "sha2"]),
    ("portcullis-puzzle", &["chacha20", "image-webp", "jpeg-encoder"]),
    ("portcullis-risk", &["serde", "serde_json", "sha2"]),
    ("portcullis-solver", &[]),
];

const FENCES: [Fence; 5] = [
    Fence {
        parties: &["axum", "tower", "tower-http", "hyper", "hyper-util", "http-body-util", "utoipa"],
        rooms: &["portcullis"],
        dev_rooms: &[],
        reason: "only the binary speaks HTTP",
    },
    Fence {
        parties: &["rusqlite"],
        rooms: &["portcullis-store"],
        dev_rooms: &[],
        reason: "only the store speaks SQL",
    },
    Fence {
        parties: &["tokio"],
        rooms: &["portcullis", "portcullis-store"],
        dev_rooms: &["portcullis-engine", "portcullis-protocol"],
        reason: "the rules and the doors run on any executor",
    },
    Fence {
        parties: &["clap", "toml"],
        rooms: &["portcullis", "xtask"],
        dev_rooms: &[],
        reason: "only the binary reads arguments and configuration",
    },
    Fence {
        parties: &["anyhow"],
        rooms: &["portcullis", "xtask"],
        dev_rooms: &[],
        reason: "libraries have typed errors",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str, dev: bool) -> Edge {
        Edge { from: from.into(), to: to.into(), dev }
    }

    #[test]
    fn arrows_point_down_only() {
        assert_eq!(violations(&[edge("portcullis-protocol", "portcullis-engine", false)]), [""; 0]);
        for (from, to) in [
            ("portcullis-engine", "portcullis-protocol"),
            ("portcullis-store", "portcullis-engine"),
            ("portcullis-store", "portcullis-pow"),
            ("portcullis-pow", "portcullis-store"),
            ("portcullis-protocol", "portcullis-store"),
            ("xtask", "portcullis"),
        ] {
            assert_eq!(violations(&[edge(from, to, false)]).len(), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn tests_may_use_what_production_may_not() {
        assert_eq!(violations(&[edge("portcullis-solver", "portcullis-pow", true)]).len(), 0);
        assert_eq!(violations(&[edge("portcullis-solver", "portcullis-pow", false)]).len(), 1);
        assert_eq!(violations(&[edge("portcullis-engine", "tokio", true)]).len(), 0);
        assert_eq!(violations(&[edge("portcullis-engine", "tokio", false)]).len(), 1);
        assert_eq!(violations(&[edge("portcullis-pow", "tokio", true)]).len(), 1);
    }

    #[test]
    fn third_parties_stay_behind_their_fence() {
        for (from, to) in [
            ("portcullis-engine", "axum"),
            ("portcullis-protocol", "hyper"),
            ("portcullis", "rusqlite"),
            ("portcullis-store", "toml"),
            ("portcullis-store", "anyhow"),
            ("portcullis-pow", "serde"),
            ("portcullis-solver", "sha2"),
        ] {
            assert_eq!(violations(&[edge(from, to, false)]).len(), 1, "{from} -> {to}");
        }
        assert_eq!(violations(&[edge("portcullis", "axum", false), edge("xtask", "clap", false)]), [""; 0]);
        assert_eq!(violations(&[edge("portcullis-pow", "serde", true)]), [""; 0]);
    }

    #[test]
    fn a_member_of_another_name_is_noticed() {
        assert_eq!(violations(&[edge("utils", "serde", false)]).len(), 1);
    }
}
