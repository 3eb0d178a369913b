//! The ALTCHA door's paths, and the place where its keys are derived.

use std::time::Duration;

use axum::http::StatusCode;
use portcullis_engine::{AltchaWork, SiteChange, SiteSettings, SystemEntropy, UnixMs};
use portcullis_protocol::altcha::v2::{Algorithm, Draft, Memory, Search, Work};
use portcullis_protocol::altcha::{Data, Deriving as _, Hash};

use super::Gate;
use crate::http::derivations::Derivations;

const PAGE: &str = "origin: https://shop.example";

#[tokio::test]
async fn a_challenge_is_readable_by_the_sites_pages_alone() {
    let gate = Gate::open().await;
    for path in ["/altcha/challenge", "/v1/challenge"] {
        let own = gate.ask("GET", path, &[PAGE], "").await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.text());
        assert_eq!(own.json()["parameters"]["algorithm"], "PBKDF2/SHA-256");
        assert_eq!(own.header("access-control-allow-origin"), "https://shop.example");
        assert_eq!(own.header("access-control-expose-headers"), "X-Altcha-Config");
        assert_eq!(own.header("content-type"), "application/json");
        let other = gate.ask("GET", path, &["origin: https://evil.example"], "").await;
        assert_eq!(
            (other.status, other.json()["reason"].as_str()),
            (StatusCode::FORBIDDEN, Some("origin_refused"))
        );
        assert!(!other.headers.contains_key("access-control-allow-origin"));
        let asked = gate.ask("OPTIONS", path, &[PAGE], "").await;
        assert_eq!(asked.status, StatusCode::NO_CONTENT);
        assert_eq!(asked.header("access-control-allow-methods"), "GET, POST, OPTIONS");
    }
}

#[tokio::test]
async fn a_widget_is_told_where_to_verify() {
    let gate = Gate::open().await;
    let key = gate.site.site_key();
    for path in ["/altcha/challenge", "/v1/challenge"] {
        let answer = gate.fetch(&format!("{path}?apiKey={key}&verification=server")).await;
        assert_eq!(answer.header("x-altcha-config"), format!(r#"{{"verifyurl":"verify?apiKey={key}"}}"#));
    }
    let gate = Gate::with(|parts| parts.public_url = Some("https://captcha.example/gate".to_owned())).await;
    let key = gate.site.site_key();
    for (path, expected) in [("/altcha/challenge", "/altcha/verify"), ("/v1/challenge", "/v1/verify")] {
        let answer = gate.fetch(&format!("{path}?apiKey={key}&verification=server")).await;
        let expected = format!(r#"{{"verifyurl":"https://captcha.example/gate{expected}?apiKey={key}"}}"#);
        assert_eq!(answer.header("x-altcha-config"), expected);
    }
}

/// Pages of the published server's say nothing of it.
#[tokio::test]
async fn at_the_published_path_work_is_verified_here_unless_the_page_says_otherwise() {
    let gate = Gate::open().await;
    let key = gate.site.site_key();
    for (query, is_told) in
        [("", true), ("&verification=server", true), ("&verification=none", false), ("&verification=", false)]
    {
        let answer = gate.fetch(&format!("/v1/challenge?apiKey={key}{query}")).await;
        assert_eq!(answer.headers.contains_key("x-altcha-config"), is_told, "{query}");
    }
    for query in ["", "&verification=none"] {
        let answer = gate.fetch(&format!("/altcha/challenge?apiKey={key}{query}")).await;
        assert!(!answer.headers.contains_key("x-altcha-config"), "{query}");
    }
}

#[tokio::test]
async fn a_key_in_memory_is_derived_for_its_challenge() {
    let gate = Gate::open().await;
    let settings = SiteSettings { altcha: AltchaWork::Argon2id, ..gate.site.settings().clone() };
    let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
    gate.engine.change_site(gate.site.site_key(), change).await.unwrap();
    let challenge = gate.ask("GET", "/altcha/challenge", &[PAGE], "").await.json();
    let parameters = &challenge["parameters"];
    assert_eq!((&parameters["algorithm"], &parameters["memoryCost"]), (&"ARGON2ID".into(), &16_384.into()));
    assert_eq!(parameters["keyPrefix"].as_str().unwrap().len(), 32);
    assert_eq!(parameters["keySignature"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn whoever_would_wait_too_long_for_a_key_is_told_so() {
    let draft = |algorithm, cost, search| {
        let work = Work::new(algorithm, cost, 32, search).unwrap();
        let draft = Draft::draw(work, UnixMs(1), None, Data::default(), &SystemEntropy).unwrap();
        draft.derivation().unwrap()
    };
    let counter = Search::Counter { least: 1, most: 100 };
    let dear = draft(Algorithm::Pbkdf2(Hash::Sha256), 1000, counter);
    let in_memory = draft(Algorithm::Argon2id(Memory { memory: 64, lanes: 1 }), 1, counter);
    let none = Derivations::with(0, Duration::from_millis(1));
    assert!(none.derive(dear).await.is_none());
    assert!(none.derive(in_memory).await.is_none());
    let one = Derivations::with(1, Duration::from_secs(60));
    let (first, second) = tokio::join!(one.derive(dear), one.derive(dear));
    assert!(first.is_some() && first == second && first == Some(dear.derive()));
    assert!(one.derive(in_memory).await == Some(in_memory.derive()));
}
