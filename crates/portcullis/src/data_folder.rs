//! The folder that holds everything the embedded mode keeps.
//!
//! | file | what it is |
//! | --- | --- |
//! | `portcullis.db` | sites, keys (sealed), spent tokens, counts |
//! | `master.key` | the key that secrets are sealed under; not there where the environment has it |
//! | `status.token` | what opens the status page |
//! | `demo.site` | the site key of the demo page |
//! | `open.site` | the site key of the open site |
//! | `ipdata/` | range lists and MaxMind files, for facts about addresses |
//! | `server.lock` | held by the one server that runs on the folder; says where it listens, or did |
//!
//! The folder is made for its owner alone. A running server and commands work on it at the same time, so every
//! file is made in one step that no other process sees half done.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use portcullis_engine::{Entropy, MasterKey};

use crate::failure::Failure;

/// A data folder that exists.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder at `path`, which is made where there is none.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| cannot("make the data folder", path, &error))?;
        Ok(Self { path: path.to_owned() })
    }

    /// The folder at `path`, which must hold data.
    pub(crate) fn existing(path: &Path) -> Result<Self, Failure> {
        let folder = Self { path: path.to_owned() };
        if folder.has_data() {
            return Ok(folder);
        }
        Err(Failure::new(
            format!("there is no data in {}", path.display()),
            "name its folder with --data, or start a server or add a site first",
        ))
    }

    /// Where the folder is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the database is, or will be.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("portcullis.db")
    }

    /// Where facts about addresses are, or will be.
    pub(crate) fn address_data(&self) -> PathBuf {
        self.path.join(ADDRESS_DATA)
    }

    /// Whether there is a database.
    pub(crate) fn has_data(&self) -> bool {
        self.database().exists()
    }

    /// Takes the folder for one server, until the lock is dropped or the process dies.
    pub(crate) fn lock(&self) -> Result<ServerLock, Failure> {
        let path = self.path.join("server.lock");
        let opened = owner_only().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| cannot("write", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(ServerLock { file }),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                format!("another server runs on {}", self.path.display()),
                "stop it, or name another folder with --data",
            )),
            Err(TryLockError::Error(error)) => Err(cannot("lock", &path, &error)),
        }
    }

    /// Where the folder's server listens, or did when it last ran.
    pub(crate) fn listening(&self) -> Option<SocketAddr> {
        read_line(File::open(self.path.join("server.lock"))).ok()?.parse().ok()
    }

    /// The master key: from the environment, from its file, or made where the folder holds no data yet.
    pub(crate) fn master_key(
        &self,
        variable: Option<&str>,
        entropy: &dyn Entropy,
    ) -> Result<MasterKey, Failure> {
        if let Some(text) = variable {
            let parsed = text.parse();
            return parsed.map_err(|error| Failure::new(error, "correct PORTCULLIS_MASTER_KEY"));
        }
        let path = self.path.join("master.key");
        let text = if self.has_data() && !path.exists() {
            return Err(Failure::new(
                format!("there is data in {}, but no master key", self.path.display()),
                "put back its master.key, or set PORTCULLIS_MASTER_KEY",
            ));
        } else {
            read_or_make(&path, || MasterKey::generate(entropy).to_hex().to_string())?
        };
        let exposed = fs::metadata(&path).is_ok_and(|file| file.mode() & 0o077 != 0);
        if exposed {
            tracing::warn!(file = %path.display(), "others may read the master key; chmod 600 it");
        }
        text.parse()
            .map_err(|error| Failure::new(format!("{}: {error}", path.display()), "put back the right file"))
    }

    /// What opens the status page; made where there is none.
    pub(crate) fn status_token(&self, entropy: &dyn Entropy) -> Result<String, Failure> {
        let text = read_or_make(&self.path.join("status.token"), || {
            let mut bytes = [0; 24];
            entropy.fill(&mut bytes);
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        })?;
        Ok(text.trim().to_owned())
    }

    /// The demo's site key. `None` where there never was a demo.
    pub(crate) fn demo_site(&self) -> Option<String> {
        fs::read_to_string(self.demo_file()).ok().map(|text| text.trim().to_owned())
    }

    /// Notes the demo's site key.
    pub(crate) fn set_demo_site(&self, site_key: &str) -> Result<(), Failure> {
        let path = self.demo_file();
        fs::write(&path, format!("{site_key}\n")).map_err(|error| cannot("write", &path, &error))
    }

    /// Whether the open site was made once, so that one that was removed stays away.
    pub(crate) fn had_open_site(&self) -> bool {
        self.open_file().exists()
    }

    /// Notes that the open site was made.
    pub(crate) fn note_open_site(&self, site_key: &str) -> Result<(), Failure> {
        let path = self.open_file();
        fs::write(&path, format!("{site_key}\n")).map_err(|error| cannot("write", &path, &error))
    }

    fn open_file(&self) -> PathBuf {
        self.path.join("open.site")
    }

    fn demo_file(&self) -> PathBuf {
        self.path.join("demo.site")
    }
}

/// Says that no other server runs on the folder, for as long as it lives.
#[derive(Debug)]
pub(crate) struct ServerLock {
    file: File,
}

impl ServerLock {
    /// Notes where the server listens, for what commands print.
    pub(crate) fn note(&mut self, address: SocketAddr) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        writeln!(self.file, "{address}")
    }
}

/// Reads a file of the owner's, or makes it with one line. Of racing processes one makes it and all read the same.
fn read_or_make(path: &Path, make: impl FnOnce() -> String) -> Result<String, Failure> {
    let attempt = || -> io::Result<String> {
        if let Ok(text) = read_line(File::open(path))
            && !text.is_empty()
        {
            return Ok(text);
        }
        let mut file = owner_only().read(true).write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        let mut text = read_line(file.try_clone())?;
        if text.is_empty() {
            text = make();
            writeln!(file, "{text}")?;
            file.sync_all()?;
        }
        Ok(text)
    };
    attempt().map_err(|error| cannot("read or write", path, &error))
}

fn read_line(file: io::Result<File>) -> io::Result<String> {
    let mut text = String::new();
    file?.take(LINE_MAX).read_to_string(&mut text)?;
    Ok(text.trim().to_owned())
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// "cannot do this; do that instead".
pub(crate) fn cannot(verb: &str, path: &Path, error: &io::Error) -> Failure {
    let remedy = match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "let this user write there, or name another folder with --data"
        }
        ErrorKind::StorageFull => "make room on the disk",
        _ => "check the path",
    };
    Failure::new(format!("cannot {verb} {}: {error}", path.display()), remedy)
}

/// The folder of facts about addresses.
pub(crate) const ADDRESS_DATA: &str = "ipdata";
/// More than any of these files holds.
const LINE_MAX: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_engine::SystemEntropy;

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let outer = tempfile::tempdir().unwrap();
        let folder = DataFolder::create(&outer.path().join("a/b")).unwrap();
        (outer, folder)
    }

    #[test]
    fn the_folder_and_its_secrets_are_the_owners_alone() {
        let (_outer, folder) = folder();
        let key = folder.master_key(None, &SystemEntropy).unwrap();
        let token = folder.status_token(&SystemEntropy).unwrap();
        assert_eq!(*folder.master_key(None, &SystemEntropy).unwrap().to_hex(), *key.to_hex());
        assert_eq!(folder.status_token(&SystemEntropy).unwrap(), token);
        assert_eq!(token.len(), 48);
        assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o777, 0o700);
        for name in ["master.key", "status.token"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().mode() & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn racing_processes_read_the_same_key() {
        let (_outer, folder) = folder();
        let keys = std::thread::scope(|scope| {
            let make = || folder.master_key(None, &SystemEntropy).unwrap().to_hex().to_string();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect::<std::collections::BTreeSet<_>>()
        });
        assert_eq!(keys.len(), 1);
    }

    #[test]
    fn a_key_is_never_made_up_for_data_that_has_one() {
        let (_outer, folder) = folder();
        fs::write(folder.database(), "data").unwrap();
        let failure = folder.master_key(None, &SystemEntropy).unwrap_err();
        assert!(failure.to_string().contains("no master key"), "{failure}");
        assert!(!folder.path().join("master.key").exists());
        assert!(folder.master_key(Some(&"ab".repeat(32)), &SystemEntropy).is_ok());
        assert!(folder.master_key(Some("ab"), &SystemEntropy).is_err());
    }

    #[test]
    fn one_server_holds_the_folder() {
        let (_outer, folder) = folder();
        let mut lock = folder.lock().unwrap();
        lock.note("[2001:db8::1]:8080".parse().unwrap()).unwrap();
        lock.note("192.0.2.1:80".parse().unwrap()).unwrap();
        assert_eq!(folder.listening(), Some("192.0.2.1:80".parse().unwrap()));
        assert!(folder.lock().unwrap_err().to_string().contains("another server"));
        drop(lock);
        // A program that another test starts just now may hold the file open for a moment more.
        let freed = (0..10_000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(1));
            folder.lock().is_ok()
        });
        assert!(freed);
    }
}
