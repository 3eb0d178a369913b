//! `portcullis backup` and `portcullis restore`: the data folder as a whole.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portcullis_engine::{NoAddresses, SystemEntropy};
use portcullis_store::sqlite::Database;

use super::{Answer, Setup, block_on};
use crate::data_folder::{DataFolder, cannot};
use crate::failure::Failure;
use crate::gate::Gate;

/// Writes everything but the master key to a new file.
pub(super) fn backup(file: &Path, setup: &Setup) -> Result<Answer, Failure> {
    let folder = DataFolder::existing(&setup.data)?;
    let database = Database::open(&folder.database(), setup.config.store.durability.into())?;
    database.backup(file)?;
    database.close()?;
    let file = file.display();
    Ok(Answer::success(format!(
        "{file} holds everything but the master key, which it cannot be read without."
    )))
}

/// Replaces everything by what a backup holds, once it has proved to be one.
pub(super) fn restore(file: &Path, force: bool, setup: &Setup) -> Result<Answer, Failure> {
    let folder = DataFolder::create(&setup.data)?;
    let _lock = folder.lock()?;
    if folder.has_data() && !force {
        return Err(Failure::new(
            format!("there is data in {} already", folder.path().display()),
            "restore into a new folder with --data, or overwrite it with --force",
        ));
    }
    let candidate = Candidate::copy(file, &folder)?;
    let has_key = setup.master_key().is_some() || folder.path().join("master.key").exists();
    candidate.try_out(setup, &folder, has_key)?;
    candidate.put_in_place(&folder)?;
    let path = folder.path().display();
    Ok(Answer::success(if has_key {
        format!("{path} holds what {} held.", file.display())
    } else {
        format!(
            "{path} holds what {} held. Put the master.key that belongs to it there, or set PORTCULLIS_MASTER_KEY.",
            file.display()
        )
    }))
}

/// A copy of the backup beside the data, so that nothing is lost when it turns out to be no backup.
struct Candidate {
    path: PathBuf,
}

impl Candidate {
    fn copy(file: &Path, folder: &DataFolder) -> Result<Self, Failure> {
        let candidate = Self { path: folder.path().join("restore.db") };
        candidate.remove();
        // An empty file would be taken for a new database.
        let length = fs::metadata(file).map_err(|error| cannot("read", file, &error))?.len();
        if length == 0 {
            return Err(Failure::new(format!("{} is empty", file.display()), "name a backup"));
        }
        fs::copy(file, &candidate.path).map_err(|error| cannot("copy", file, &error))?;
        Ok(candidate)
    }

    /// Opens the copy as a server would, with the master key where there is one.
    fn try_out(&self, setup: &Setup, folder: &DataFolder, has_key: bool) -> Result<(), Failure> {
        if !has_key {
            return Ok(Database::open(&self.path, setup.config.store.durability.into())?.close()?);
        }
        let master_key = folder.master_key(setup.master_key(), &SystemEntropy)?;
        block_on(async {
            Gate::open_file(&setup.config, &self.path, master_key, Arc::new(NoAddresses)).await?.close()
        })
    }

    /// Renames the copy over the data. The log of the data before goes first: it belongs to that file alone.
    fn put_in_place(self, folder: &DataFolder) -> Result<(), Failure> {
        let database = folder.database();
        for ending in LOG_ENDINGS {
            let log = with_ending(&database, ending);
            remove(&log).map_err(|error| cannot("remove", &log, &error))?;
        }
        fs::rename(&self.path, &database).map_err(|error| cannot("write", &database, &error))?;
        let synced = fs::File::open(folder.path()).and_then(|opened| opened.sync_all());
        synced.map_err(|error| cannot("write", folder.path(), &error))
    }

    fn remove(&self) {
        for ending in ["", LOG_ENDINGS[0], LOG_ENDINGS[1]] {
            // Nothing depends on it: the next restore removes it first.
            let _ = remove(&with_ending(&self.path, ending));
        }
    }
}

impl Drop for Candidate {
    fn drop(&mut self) {
        self.remove();
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What SQLite puts beside a database in use.
const LOG_ENDINGS: [&str; 2] = ["-wal", "-shm"];
