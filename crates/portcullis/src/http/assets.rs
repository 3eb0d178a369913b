//! The files that browsers fetch from us: widget, solver, the demo's and the status page's own.
//!
//! All of them are in the binary, so the server needs no network and no folder. Each is there under its plain name,
//! which follows an update within minutes, and under a name with its hash, which never changes and may be kept for
//! ever. Any page may load them.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha384};

use super::encoding::accepts_gzip;
use super::refusal::Refusal;
use super::security_headers::{ISOLATED, NOSNIFF};

/// One file, as an operator refers to it in a page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Asset {
    /// The path that follows updates.
    pub(crate) path: String,
    /// The path that always answers this very content.
    pub(crate) hashed_path: String,
    /// The content's hash for an `integrity` attribute.
    pub(crate) integrity: String,
}

/// Every file, in the order of their names.
pub(crate) fn listing() -> Vec<Asset> {
    let assets = FILES.iter().map(|file| {
        let digest = Sha384::digest(file.content);
        Asset {
            path: format!("/assets/{}", file.name),
            hashed_path: format!("/assets/{}", hashed_name(file.name, &tag(&digest))),
            integrity: format!("sha384-{}", STANDARD.encode(digest)),
        }
    });
    assets.collect()
}

/// Every file, ready to be sent.
pub(super) struct Assets {
    by_name: HashMap<String, (Arc<Prepared>, Keep)>,
}

impl Assets {
    /// Hashes and compresses every file, once.
    pub(super) fn new() -> Self {
        let mut by_name = HashMap::new();
        for file in &FILES {
            let prepared = Arc::new(Prepared::new(file));
            by_name.insert(hashed_name(file.name, &prepared.tag), (prepared.clone(), Keep::ForEver));
            by_name.insert(file.name.to_owned(), (prepared, Keep::Briefly));
        }
        Self { by_name }
    }
}

impl Assets {
    /// The file of this name at another address than its own.
    pub(super) fn by_plain_name(&self, name: &str, headers: &HeaderMap) -> Response {
        match self.by_name.get(name) {
            Some((prepared, keep)) => prepared.answer(*keep, headers),
            None => Refusal::NotFound.into_response(),
        }
    }
}

/// A file of ours
#[utoipa::path(
    get,
    path = "/assets/{name}",
    tag = "assets",
    params(("name" = String, Path, description = "`widget.js`, `floating.js`, … or a copy under a hashed name")),
    responses(
        (status = 200, description = "The file, compressed where the client reads gzip"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "There is no such file", body = super::schemas::Failure),
    )
)]
pub(super) async fn asset(
    State(assets): State<Arc<Assets>>,
    parameters: RawPathParams,
    headers: HeaderMap,
) -> Response {
    let name = parameters.iter().next().map_or("", |(_, name)| name);
    assets.by_plain_name(name, &headers)
}

struct File {
    name: &'static str,
    content_type: &'static str,
    content: &'static [u8],
}

struct Prepared {
    content_type: &'static str,
    plain: &'static [u8],
    /// Absent where compression gains nothing.
    gzip: Option<Bytes>,
    tag: String,
}

impl Prepared {
    fn new(file: &File) -> Self {
        let gzip = gzip(file.content).filter(|gzip| gzip.len() < file.content.len());
        let tag = tag(&Sha384::digest(file.content));
        Self { content_type: file.content_type, plain: file.content, gzip, tag }
    }

    fn answer(&self, keep: Keep, asked: &HeaderMap) -> Response {
        let gzip = self.gzip.as_ref().filter(|_| accepts_gzip(asked));
        // The two encodings are different bytes, so they need different strong tags.
        let etag =
            if gzip.is_some() { format!("\"{}-gzip\"", self.tag) } else { format!("\"{}\"", self.tag) };
        let mut headers = HeaderMap::from_iter(OPEN);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep.cache_control()));
        if has_tag(asked, &etag) {
            insert(&mut headers, header::ETAG, &etag);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        insert(&mut headers, header::ETAG, &etag);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        let body = if let Some(gzip) = gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            gzip.clone()
        } else {
            Bytes::from_static(self.plain)
        };
        (headers, body).into_response()
    }
}

/// How long a copy may be kept without asking.
#[derive(Clone, Copy)]
enum Keep {
    Briefly,
    ForEver,
}

impl Keep {
    const fn cache_control(self) -> &'static str {
        match self {
            Self::Briefly => "public, max-age=300",
            Self::ForEver => "public, max-age=31536000, immutable",
        }
    }
}

fn has_tag(asked: &HeaderMap, etag: &str) -> bool {
    let values = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// The first 64 bits of a hash in hex: they tell versions of one file apart, the full hash is in `integrity`.
fn tag(digest: &[u8]) -> String {
    digest.iter().take(8).fold(String::with_capacity(16), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    })
}

/// `widget.js` becomes `widget.<tag>.js`.
fn hashed_name(name: &str, tag: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{tag}.{extension}"),
        None => format!("{name}.{tag}"),
    }
}

/// `None` cannot happen for bytes in memory; such a file would go out as it is.
fn gzip(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 2), Compression::best());
    encoder.write_all(content).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// The file of this name in `web/dist`.
macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!("../../../../web/dist/", $name))
    };
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const WASM: &str = "application/wasm";

/// Every file, in the order of their names.
const FILES: [File; 22] = [
    File { name: "CrafyCAPTCHA.js", content_type: JAVASCRIPT, content: built!("CrafyCAPTCHA.js") },
    File { name: "CrafyCAPTCHA.min.js", content_type: JAVASCRIPT, content: built!("CrafyCAPTCHA.min.js") },
    File { name: "astracaph.js", content_type: JAVASCRIPT, content: built!("astracaph.js") },
    File { name: "astracaph_frame.css", content_type: CSS, content: built!("astracaph_frame.css") },
    File { name: "astracaph_frame.js", content_type: JAVASCRIPT, content: built!("astracaph_frame.js") },
    File { name: "cap_wasm_bg.wasm", content_type: WASM, content: built!("cap_wasm_bg.wasm") },
    File { name: "cap_wasm_scalar.wasm", content_type: WASM, content: built!("cap_wasm_scalar.wasm") },
    File { name: "cap_worker.js", content_type: JAVASCRIPT, content: built!("cap_worker.js") },
    File { name: "challenge.css", content_type: CSS, content: built!("challenge.css") },
    File { name: "challenge.js", content_type: JAVASCRIPT, content: built!("challenge.js") },
    File { name: "demo.css", content_type: CSS, content: built!("demo.css") },
    File { name: "demo.js", content_type: JAVASCRIPT, content: built!("demo.js") },
    File { name: "demo_ladder.js", content_type: JAVASCRIPT, content: built!("demo_ladder.js") },
    File { name: "favicon.svg", content_type: "image/svg+xml", content: built!("favicon.svg") },
    File { name: "floating.js", content_type: JAVASCRIPT, content: built!("floating.js") },
    File { name: "hcaptcha.js", content_type: JAVASCRIPT, content: built!("hcaptcha.js") },
    File { name: "recaptcha.js", content_type: JAVASCRIPT, content: built!("recaptcha.js") },
    File { name: "sandbox.css", content_type: CSS, content: built!("sandbox.css") },
    File { name: "sandbox.js", content_type: JAVASCRIPT, content: built!("sandbox.js") },
    File { name: "status.css", content_type: CSS, content: include_bytes!("status/status.css") },
    File { name: "turnstile.js", content_type: JAVASCRIPT, content: built!("turnstile.js") },
    File { name: "widget.js", content_type: JAVASCRIPT, content: built!("widget.js") },
];

/// Any page may load these files, pages that isolate themselves included.
const OPEN: [(HeaderName, HeaderValue); 5] = [
    NOSNIFF,
    ISOLATED,
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    (header::VARY, HeaderValue::from_static("accept-encoding")),
];
