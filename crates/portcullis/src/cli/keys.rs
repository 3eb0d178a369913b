//! `portcullis keys …`: the keys that seal challenges and tokens.

use clap::Subcommand;
use serde::Serialize;

use super::{Answer, Setup, block_on};
use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::gate::Gate;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a key that seals from now on; what the earlier ones sealed is still accepted
    Rotate {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the keys by id and age; the last one seals
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove keys that a newer one replaced long ago; what they sealed ceases to be accepted
    Retire {
        /// How long ago they were replaced, at least
        #[arg(long, value_name = "SECS", default_value_t = LONGEST_LIFE_SECS)]
        older_than: u64,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// A key, without what it is.
#[derive(Serialize)]
struct KeyReport {
    id: u32,
    /// RFC 3339, UTC.
    created_at: String,
    /// Whether new challenges and tokens are sealed under it.
    seals: bool,
}

/// Runs one of the commands.
pub(super) fn run(command: &Command, setup: &Setup) -> Result<Answer, Failure> {
    let folder = DataFolder::existing(&setup.data)?;
    block_on(async {
        let gate = Gate::open(&setup.config, &folder, setup.master_key()).await?;
        let answer = run_on(&gate, command).await;
        let closed = gate.close();
        answer.and_then(|answer| closed.map(|()| answer))
    })
}

async fn run_on(gate: &Gate, command: &Command) -> Result<Answer, Failure> {
    match *command {
        Command::Rotate { json } => {
            let id = gate.engine.rotate_sealing_key().await?;
            let line = format!("Key {id} seals from now on.");
            Ok(if json { Answer::json(&serde_json::json!({ "id": id })) } else { Answer::success(line) })
        }
        Command::List { json } => {
            let keys = list(gate).await?;
            let row = |key: &KeyReport| {
                format!("{}  {}{}\n", key.id, key.created_at, if key.seals { "  seals" } else { "" })
            };
            let rows = keys.iter().map(row).collect::<String>();
            Ok(if json { Answer::json(&keys) } else { Answer::success(rows) })
        }
        Command::Retire { older_than, json } => {
            let retired = gate.engine.retire_sealing_keys(older_than.saturating_mul(1000)).await?;
            let line = match retired.as_slice() {
                [] => "No key was replaced so long ago.".to_owned(),
                retired => {
                    let ids = retired.iter().map(ToString::to_string).collect::<Vec<_>>();
                    format!("Removed: {}", ids.join(", "))
                }
            };
            let report = serde_json::json!({ "retired": retired });
            Ok(if json { Answer::json(&report) } else { Answer::success(line) })
        }
    }
}

async fn list(gate: &Gate) -> Result<Vec<KeyReport>, Failure> {
    let records = gate.stores.signing_keys.all().await?;
    let newest = records.last().map(|record| record.id);
    let report = |record: &portcullis_store::KeyRecord| KeyReport {
        id: record.id,
        created_at: i64::try_from(record.created_at.0)
            .ok()
            .and_then(|created_at| jiff::Timestamp::from_millisecond(created_at).ok())
            .map(|created_at| created_at.to_string())
            .unwrap_or_default(),
        seals: Some(record.id) == newest,
    };
    Ok(records.iter().map(report).collect())
}

/// What a key sealed may be shown for so long: 2 h until the last redemption of a challenge and a token of a day.
const LONGEST_LIFE_SECS: u64 = 2 * 3600 + 86_400;
