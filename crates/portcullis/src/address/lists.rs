//! Fetching lists over HTTP into the folder they are read from.
//!
//! A file is replaced only by one that reads and names addresses, and in one step: whatever goes wrong, the last good
//! one stays.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use portcullis_ipdata::published::{bytes_max, file_of_document};
use portcullis_ipdata::{DocumentError, PublicList};

use crate::base_url::BaseUrl;
use crate::http_client;

/// A file and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListSource {
    /// The file's name in the folder.
    pub(crate) file: String,
    /// Where its document is.
    pub(crate) url: String,
}

/// What became of one list.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The list.
    pub(crate) source: ListSource,
    /// Whether the file was replaced.
    pub(crate) outcome: Result<(), FetchError>,
}

/// Why a list was not fetched.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// Its publisher was not reached, or broke off.
    Unreachable(ureq::Error),
    /// Its publisher answered this status.
    Status(u16),
    /// What came is no list.
    Document(DocumentError),
    /// It could not be written.
    Write(io::Error),
}

impl ListSource {
    /// A public list at its publisher's.
    pub(crate) fn public(list: &PublicList) -> Self {
        Self { file: list.file.to_owned(), url: list.url.to_owned() }
    }

    /// A public list at a mirror, which has all documents under one address.
    pub(crate) fn mirrored(list: &PublicList, mirror: &BaseUrl) -> Self {
        Self { file: list.file.to_owned(), url: mirror.at(&format!("/{}", list.document)) }
    }
}

impl std::fmt::Display for FetchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(error) => write!(f, "not reached: {error}"),
            Self::Status(status) => write!(f, "the answer was {status}"),
            Self::Document(error) => error.fmt(f),
            Self::Write(error) => write!(f, "not written: {error}"),
        }
    }
}

/// Fetches lists into `folder`, some at the same time. Waits for all.
pub(crate) fn fetch_all(sources: Vec<ListSource>, folder: &Path) -> Vec<Fetched> {
    let mut all: Vec<_> = sources.into_iter().map(|source| (source, None)).collect();
    let waiting = Mutex::new(all.iter_mut());
    let next = || waiting.lock().ok()?.next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((source, outcome)) = next() {
                    *outcome = Some(fetch(source, folder));
                }
            });
        }
    });
    let finished = |(source, outcome): (_, Option<_>)| outcome.map(|outcome| Fetched { source, outcome });
    all.into_iter().filter_map(finished).collect()
}

fn fetch(source: &ListSource, folder: &Path) -> Result<(), FetchError> {
    let document = document(source)?;
    let note = format!("Fetched by portcullis from {}; the next fetch replaces it.", source.url);
    let file = file_of_document(&source.file, document, &note).map_err(FetchError::Document)?;
    replace(&folder.join(&source.file), &file).map_err(FetchError::Write)
}

fn document(source: &ListSource) -> Result<Vec<u8>, FetchError> {
    let rules = http_client::rules(FETCHED_WITHIN)
        .https_only(source.url.starts_with("https:"))
        .max_redirects(REDIRECTS_MAX);
    let agent = rules.build().new_agent();
    let mut response = agent.get(&source.url).call().map_err(FetchError::Unreachable)?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status(status));
    }
    let body = response.body_mut().with_config().limit(bytes_max(&source.file) + 1).read_to_vec();
    body.map_err(FetchError::Unreachable)
}

/// Writes a file beside the one of this name and puts it in its place.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Files that begin with a dot are not loaded.
    let new = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written =
        File::create(&new).and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
    let replaced = written.and_then(|()| fs::rename(&new, path));
    if replaced.is_err() {
        // It is in nobody's way, but it may be why the disk is full.
        let _ = fs::remove_file(&new);
    }
    replaced
}

/// Lists fetched at the same time.
const AT_ONCE: usize = 4;
/// Publishers move their documents now and then.
const REDIRECTS_MAX: u32 = 5;
/// The time for one list, in which the largest ones come over a slow line.
const FETCHED_WITHIN: Duration = Duration::from_secs(120);
