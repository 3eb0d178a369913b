//! `portcullis assets`: what the server hands out, for `integrity` attributes.

use super::Answer;
use crate::http;

/// Lists the assets.
pub(super) fn run(json: bool) -> Answer {
    let assets = http::assets::listing();
    if json {
        let entry = |asset: &http::assets::Asset| {
            serde_json::json!({
                "path": asset.path,
                "hashed_path": asset.hashed_path,
                "integrity": asset.integrity,
            })
        };
        return Answer::json(&assets.iter().map(entry).collect::<Vec<_>>());
    }
    let rows = assets
        .iter()
        .map(|asset| format!("{}\n  {}\n  {}\n", asset.path, asset.hashed_path, asset.integrity));
    Answer::success(rows.collect::<String>())
}
