//! The files for browsers: names, headers, copies.

use std::io::Read as _;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha384};

use super::Gate;
use crate::http::assets::listing;
use crate::http::openapi;
use crate::http::vendor_scripts::script_paths;

#[tokio::test]
async fn both_names_of_a_file_answer_what_the_listing_promises() {
    let gate = Gate::open().await;
    let listing = listing();
    assert!(listing.is_sorted_by_key(|asset| &asset.path));
    for asset in listing {
        let plain = gate.fetch(&asset.path).await;
        let hashed = gate.fetch(&asset.hashed_path).await;
        assert_eq!((plain.status, hashed.status), (StatusCode::OK, StatusCode::OK), "{}", asset.path);
        assert_eq!(plain.body, hashed.body);
        assert_eq!(asset.integrity, format!("sha384-{}", STANDARD.encode(Sha384::digest(&plain.body))));
        assert_eq!(plain.header("cache-control"), "public, max-age=300");
        assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
        for answer in [plain, hashed] {
            assert_eq!(answer.header("access-control-allow-origin"), "*");
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("vary"), "accept-encoding");
            assert_eq!(answer.header("content-encoding"), "");
        }
    }
}

#[tokio::test]
async fn files_have_the_types_that_browsers_insist_on() {
    let gate = Gate::open().await;
    for (name, content_type) in [
        ("widget.js", "text/javascript; charset=utf-8"),
        ("floating.js", "text/javascript; charset=utf-8"),
        ("cap_wasm_bg.wasm", "application/wasm"),
        ("demo.css", "text/css; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
    ] {
        assert_eq!(
            gate.fetch(&format!("/assets/{name}")).await.header("content-type"),
            content_type,
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_script_is_known_by_its_path() {
    let gate = Gate::open().await;
    let known = script_paths();
    let is_script = async |path: &str| {
        let answer = gate.fetch(&path.replace("{hash}", "abc")).await;
        answer.status == StatusCode::OK && answer.header("content-type").contains("/javascript")
    };
    for path in &known {
        assert!(is_script(path).await, "{path}");
    }
    let document: serde_json::Value = serde_json::from_str(&openapi::document()).unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        assert_eq!(known.contains(path), is_script(path).await, "{path}");
    }
}

#[tokio::test]
async fn the_vendors_paths_answer_the_scripts_to_any_page_whatever_the_query() {
    let gate = Gate::open().await;
    for (path, file) in [
        ("/recaptcha/api.js", "recaptcha.js"),
        ("/recaptcha/api.js?render=explicit&onload=alert(1)&hl=%3Cscript%3E", "recaptcha.js"),
        ("/recaptcha/enterprise.js?render=6Lc", "recaptcha.js"),
        ("/1/api.js?host=example.com&endpoint=https://example.com", "hcaptcha.js"),
        ("/1/secure-api.js", "hcaptcha.js"),
        ("/hcaptcha/api.js", "hcaptcha.js"),
        ("/turnstile/v0/api.js?compat=recaptcha&_cb=1", "turnstile.js"),
        ("/turnstile/v0/g/3fb6d1e2/api.js?onload=x", "turnstile.js"),
    ] {
        let asset = gate.fetch(&format!("/assets/{file}")).await;
        let answer = gate.ask("GET", path, &["origin: https://shop.example", "cookie: a=b"], "").await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &asset.body), "{path}");
        for (name, value) in [
            ("content-type", "text/javascript; charset=utf-8"),
            ("cache-control", "public, max-age=300"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("set-cookie", ""),
            ("etag", asset.header("etag")),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        let tag = format!("if-none-match: {}", asset.header("etag"));
        assert_eq!(gate.ask("GET", path, &[&tag], "").await.status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(gate.ask("POST", path, &[], "").await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    for path in
        ["/recaptcha/api", "/1/api.js/", "/2/api.js", "/turnstile/v0/g/api.js", "/turnstile/v0/g/a/b/api.js"]
    {
        assert_eq!(gate.fetch(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn gzip_goes_to_those_who_read_it() {
    let gate = Gate::open().await;
    let plain = gate.fetch("/assets/widget.js").await;
    let packed = gate.ask("GET", "/assets/widget.js", &["accept-encoding: br, gzip"], "").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() * 2 < plain.body.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(&*packed.body).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert_ne!(packed.header("etag"), plain.header("etag"), "other bytes, other tag");
}

#[tokio::test]
async fn a_client_that_has_the_file_is_told_so() {
    let gate = Gate::open().await;
    let path = "/assets/widget.js";
    let etag = gate.fetch(path).await.header("etag").to_owned();
    for tags in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        let again = gate.ask("GET", path, &[&format!("if-none-match: {tags}")], "").await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{tags}");
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), etag);
        assert_eq!(again.header("access-control-allow-origin"), "*");
    }
    let stale = gate.ask("GET", path, &["if-none-match: \"x\""], "").await;
    assert_eq!(stale.status, StatusCode::OK);
    let packed = ["accept-encoding: gzip", &format!("if-none-match: {etag}")];
    assert_eq!(gate.ask("GET", path, &packed, "").await.status, StatusCode::OK, "it has the other encoding");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let gate = Gate::open().await;
    let get = gate.fetch("/assets/cap_wasm_bg.wasm").await;
    let head = gate.ask("HEAD", "/assets/cap_wasm_bg.wasm", &[], "").await;
    assert_eq!(head.status, StatusCode::OK);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn no_file_and_no_page_names_another_host() {
    let gate = Gate::open().await;
    let paths = listing().into_iter().map(|asset| asset.path).chain(["/".to_owned(), "/status".to_owned()]);
    for path in paths {
        let body = gate.fetch(&path).await.body;
        let text = String::from_utf8_lossy(&body);
        for (at, _) in text.match_indices("://") {
            let known = [
                // The name of a vocabulary, which nothing fetches.
                "://www.w3.org/",
                // Loaded where a site has keys of Turnstile's, to ask for a second opinion.
                "://challenges.cloudflare.com/turnstile/v0/api.js",
            ];
            let found: String = text[at.saturating_sub(8)..].chars().take(60).collect();
            let may_ask = path.contains("CrafyCAPTCHA");
            let known = &known[..if may_ask { 2 } else { 1 }];
            assert!(known.iter().any(|known| text[at..].starts_with(known)), "{path}: {found:?}");
        }
    }
}
