//! The folder that facts are read from, and what became of each of its files.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::atlas::Atlas;
use crate::lookup::{List, Loaded};
use crate::maxmind::Database;
use crate::{ListError, RangeList, list_of_file};

/// What a load found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Every file that is known by its name, in order.
    pub files: Vec<FileReport>,
    /// Files that mean nothing here, by name; at most 16.
    pub ignored: Vec<String>,
    /// Why the folder could not be listed. What was loaded before stays.
    pub problem: Option<String>,
    /// Whether look-ups may answer otherwise from now on.
    pub changed: bool,
}

/// What became of one file.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// Its name.
    pub file: String,
    /// Ranges and autonomous systems of a list, or nodes of a MaxMind file, that are in use.
    pub entries: usize,
    /// Lines of a list that are no entries.
    pub skipped: usize,
    /// Why the file as it is cannot be used. Its last good version is, if `entries` is not 0.
    #[serde(serialize_with = "as_text")]
    pub problem: Option<LoadError>,
    /// Whether this load read the file, or would have.
    pub changed: bool,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The system does not let it be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is longer than memory is given for.
    #[error("it is over {} MiB", .0 >> 20)]
    TooLong(u64),
    /// It is no range list.
    #[error(transparent)]
    List(#[from] ListError),
    /// It is no MaxMind file.
    #[error("it is no MaxMind file: {0}")]
    MaxMind(String),
    /// There are more files than are searched for each visitor.
    #[error("there are over {FILES_MAX} files")]
    TooMany,
}

/// What is known of the files from the last load.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    files: BTreeMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    stamp: Stamp,
    good: Option<Content>,
    problem: Option<LoadError>,
}

#[derive(Clone, Debug)]
enum Content {
    List(Arc<List>),
    Database(Arc<Database>),
}

/// Tells whether a file is the one that was read. Another file under the same name has another inode, even where
/// two were written within one tick of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Folder {
    /// Reads what changed.
    pub(crate) fn load(&mut self, path: &Path) -> Report {
        let mut report = Report::default();
        let names = match names(path) {
            Ok(names) => names,
            Err(error) => {
                report.problem = Some(error.to_string());
                report.files = self.files.iter().map(|(name, known)| known.report(name, false)).collect();
                return report;
            }
        };
        let before = self.files.len();
        self.files.retain(|name, _| names.contains(name));
        report.changed = self.files.len() < before;
        for name in names {
            if !is_known(&name) {
                if report.ignored.len() < IGNORED_MAX && !name.starts_with('.') {
                    report.ignored.push(name);
                }
                continue;
            }
            let is_full = report.files.len() >= FILES_MAX;
            let changed = self.look_at(&name, &path.join(&name), is_full);
            report.changed |= changed;
            if let Some(known) = self.files.get(&name) {
                report.files.push(known.report(&name, changed));
            }
        }
        report
    }

    /// What look-ups are to use.
    pub(crate) fn loaded(&self) -> Loaded {
        let (mut lists, mut databases) = (Vec::new(), Vec::new());
        for content in self.files.values().filter_map(|known| known.good.as_ref()) {
            match content {
                Content::List(list) => lists.push(list.clone()),
                Content::Database(database) => databases.push(database.clone()),
            }
        }
        lists.sort_by_key(|list: &Arc<List>| list.kind);
        Loaded { atlas: Atlas::new(lists.iter().map(|list| &list.content)), lists, databases }
    }

    /// Reads one file if it is not the one that was read. Answers whether that is news.
    fn look_at(&mut self, name: &str, path: &Path, is_full: bool) -> bool {
        let seen = self.files.get(name);
        let known = if is_full {
            Known { stamp: Stamp::NONE, good: None, problem: Some(LoadError::TooMany) }
        } else {
            let stamp = fs::metadata(path).map(|metadata| Stamp::of(&metadata));
            if matches!((&stamp, seen), (Ok(stamp), Some(known)) if known.stamp == *stamp) {
                return false;
            }
            let last_good = || seen.and_then(|known| known.good.clone());
            let content = match &stamp {
                Ok(_) => read(name, path),
                Err(error) => Err(LoadError::Unreadable(error.to_string())),
            };
            let stamp = stamp.unwrap_or(Stamp::NONE);
            match content {
                Ok(content) => Known { stamp, good: Some(content), problem: None },
                Err(problem) => Known { stamp, good: last_good(), problem: Some(problem) },
            }
        };
        let is_news = seen.is_none_or(|seen| seen.problem != known.problem || known.problem.is_none());
        self.files.insert(name.to_owned(), known);
        is_news
    }
}

impl Known {
    fn report(&self, name: &str, changed: bool) -> FileReport {
        let (entries, skipped) = match &self.good {
            Some(Content::List(list)) => (list.content.len(), list.content.skipped()),
            Some(Content::Database(database)) => (database.len(), 0),
            None => (0, 0),
        };
        FileReport { file: name.to_owned(), entries, skipped, problem: self.problem.clone(), changed }
    }
}

impl Stamp {
    /// Of a file whose metadata could not be read; no file has it.
    const NONE: Self = Self { length: u64::MAX, inode: 0, modified: (0, 0), changed: (0, 0) };

    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The names in a folder, in order. One that is not there is empty.
fn names(path: &Path) -> io::Result<Vec<String>> {
    let listed = match fs::read_dir(path) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in listed.take(LISTED_MAX) {
        // A name that is no text is none of ours.
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

fn is_known(name: &str) -> bool {
    !name.starts_with('.') && (name.ends_with(".mmdb") || list_of_file(name).is_some())
}

fn read(name: &str, path: &Path) -> Result<Content, LoadError> {
    match list_of_file(name) {
        Some((kind, detail)) => {
            let content = RangeList::read(&bytes(path, LIST_BYTES_MAX)?)?;
            let name = name.trim_end_matches(".txt").to_owned();
            Ok(Content::List(Arc::new(List { name, kind, detail: detail.map(str::to_owned), content })))
        }
        None => {
            let read = Database::read(name, bytes(path, DATABASE_BYTES_MAX)?);
            let database = read.map_err(|error| LoadError::MaxMind(error.to_string()))?;
            Ok(Content::Database(Arc::new(database)))
        }
    }
}

/// A file's content, if it is a plain file of at most `most` bytes.
fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let unreadable = |error: io::Error| LoadError::Unreadable(error.to_string());
    // A pipe of that name would be waited for.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(LoadError::Unreadable("it is no plain file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > most { Err(LoadError::TooLong(most)) } else { Ok(bytes) }
}

#[expect(clippy::ref_option, reason = "serde hands the field over as it is")]
fn as_text<S: Serializer>(problem: &Option<LoadError>, serializer: S) -> Result<S::Ok, S::Error> {
    match problem {
        Some(problem) => serializer.collect_str(problem),
        None => serializer.serialize_none(),
    }
}

/// Files that count; an atlas has a bit for each.
pub(crate) const FILES_MAX: usize = 32;
/// Names that are looked at in the folder.
const LISTED_MAX: usize = 1024;
/// Names without a meaning that are reported.
const IGNORED_MAX: usize = 16;
/// The longest range list.
pub(crate) const LIST_BYTES_MAX: u64 = 32 << 20;
/// The longest MaxMind file; those with cities have some 150 MiB.
pub(crate) const DATABASE_BYTES_MAX: u64 = 256 << 20;
