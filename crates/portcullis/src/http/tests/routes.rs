//! Which paths there are, for which methods, and what they say to browsers of other origins.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

use super::Gate;
use crate::http::openapi;
use crate::http::reserved::RESERVED;

/// Every path and method of the OpenAPI document.
fn described() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&openapi::document()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

#[tokio::test]
async fn every_described_path_is_there_and_refuses_other_methods() {
    let gate = Gate::open().await;
    let described = described();
    assert_eq!(described.len(), 60);
    for (method, path) in described {
        let path = path
            .replace("{site_key}", gate.site.site_key())
            .replace("{name}", "widget.js")
            .replace("{kind}", "auto")
            .replace("{hash}", "0a1b");
        let answer = gate.ask(&method, &path, &[], "").await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            !text.contains("not_found") && !text.contains("method_not_allowed"),
            "{method} {path}: {text}"
        );
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
        let refused = gate.ask("PUT", &path, &[], "").await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(refused.reason(), "method_not_allowed", "{path}");
        assert!(refused.header("allow").contains(&method), "{path}: {}", refused.header("allow"));
    }
}

#[tokio::test]
async fn every_path_is_described() {
    let gate = Gate::open().await;
    let metrics = gate.fetch("/metrics").await;
    let routes: BTreeSet<&str> = metrics
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("portcullis_http_requests_total{route=\"")?.split('"').next())
        .filter(|route| *route != "unknown")
        .collect();
    let described = described();
    assert_eq!(routes, described.iter().map(|(_, path)| path.as_str()).collect());
    for route in routes {
        let first = route.split('/').nth(1).unwrap();
        assert!(
            first.is_empty() || first.starts_with('{') || RESERVED.contains(&first),
            "{route} is not reserved"
        );
    }
    assert!(RESERVED.is_sorted());
}

#[tokio::test]
async fn the_three_addresses_of_a_site_are_one_door() {
    let gate = Gate::open().await;
    let key = gate.site.site_key();
    for path in [format!("/cap/{key}/challenge"), format!("/{key}/challenge"), "/cap/challenge".to_owned()] {
        let answer = gate.ask("POST", &path, &["origin: https://shop.example"], "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.json()["challenge"].as_array().unwrap().len(), 2, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn a_whole_cycle_ends_with_one_verdict() {
    let gate = Gate::open().await;
    let token = gate.token("https://shop.example").await;
    let secret = gate.site.secret().expose();
    let form = format!("secret={secret}&response={token}");
    let form_type = "content-type: application/x-www-form-urlencoded";
    let wrong = gate.ask("POST", "/siteverify", &[form_type], format!("secret=no&response={token}")).await;
    assert_eq!(wrong.json()["success"], false);
    let first = gate.ask("POST", "/turnstile/v0/siteverify", &[form_type], form.clone()).await;
    assert_eq!(first.json()["success"], true, "{}", first.text());
    assert_eq!(first.json()["hostname"], "shop.example");
    assert_eq!(first.header("access-control-allow-origin"), "", "no browser verifies");
    for path in ["/siteverify", "/recaptcha/api/siteverify", "/hcaptcha/siteverify"] {
        let again = gate.ask("POST", path, &[form_type], form.clone()).await;
        assert_eq!((again.status, &again.json()["success"]), (StatusCode::OK, &Value::Bool(false)), "{path}");
    }
    let caps = gate.ask("POST", &gate.at("siteverify"), &[form_type], form).await;
    assert_eq!(caps.status, StatusCode::NOT_FOUND, "{}", caps.text());
}

#[tokio::test]
async fn parameters_of_siteverify_may_stand_in_the_query() {
    let gate = Gate::open().await;
    let token = gate.token("https://shop.example").await;
    let target = format!("/recaptcha/api/siteverify?secret={}&response={token}", gate.site.secret().expose());
    assert_eq!(gate.ask("POST", &target, &[], "").await.json()["success"], true);
}

#[tokio::test]
async fn hcaptchas_plugin_may_ask_for_a_key() {
    let gate = Gate::open().await;
    for path in ["/checksiteconfig", "/hcaptcha/checksiteconfig"] {
        let query = format!("host=shop.example&sitekey={}&sc=1&swa=1&spst=0", gate.site.site_key());
        assert_eq!(
            gate.ask("POST", &format!("{path}?{query}"), &[], "").await.json()["pass"],
            true,
            "{path}"
        );
        assert_eq!(gate.ask("POST", path, &[], "").await.json()["pass"], false, "{path}");
    }
}

#[tokio::test]
async fn pages_of_the_sites_origins_may_ask_and_others_may_not() {
    let gate = Gate::open().await;
    let asks = "access-control-request-method: POST";
    for path in [gate.at("redeem"), format!("/{}/redeem", gate.site.site_key()), "/cap/redeem".to_owned()] {
        let own = gate.ask("OPTIONS", &path, &["origin: https://shop.example", asks], "").await;
        assert_eq!(own.status, StatusCode::NO_CONTENT, "{path}");
        assert_eq!(own.header("access-control-allow-origin"), "https://shop.example");
        assert_eq!(own.header("access-control-max-age"), "7200");
        let other = gate.ask("OPTIONS", &path, &["origin: https://other.example", asks], "").await;
        assert_eq!(other.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(other.header("access-control-allow-origin"), "");
    }
    let challenge = gate.ask("POST", &gate.at("challenge"), &["origin: https://other.example"], "").await;
    assert_eq!(challenge.status, StatusCode::FORBIDDEN, "refused by the server, not only by the browser");
    let siteverify = gate.ask("OPTIONS", "/siteverify", &["origin: https://shop.example", asks], "").await;
    assert_eq!(siteverify.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_no_path_of_ours_is_not_found() {
    let gate = Gate::open().await;
    for path in
        ["/nowhere", "/cap", "/cap/x/y/z", "//", "/assets/", "/assets/../Cargo.toml", "/assets/none.js"]
    {
        let answer = gate.fetch(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.reason(), "not_found", "{path}");
    }
}

#[tokio::test]
async fn what_is_no_site_key_is_no_path() {
    let gate = Gate::open().await;
    let long = "k".repeat(129);
    for key in ["a.b", "a%20b", "%2e%2e", "a%2Fb", "%ff", "k%00", &long].into_iter().chain(RESERVED) {
        let ours = [
            "/assets/siteverify",
            "/assets/redeem",
            "/demo/siteverify",
            "/demo/redeem",
            "/hcaptcha/siteverify",
            "/cap/redeem",
        ];
        let paths =
            [format!("/{key}/siteverify"), format!("/{key}/redeem"), format!("/cap/{key}/siteverify")];
        for path in paths.into_iter().filter(|path| !ours.contains(&path.as_str())) {
            let answer = gate.ask("POST", &path, &[], "").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.reason(), "not_found", "{path}");
        }
    }
    let unknown = gate.ask("POST", &format!("/cap/{}/challenge", "k".repeat(128)), &[], "").await;
    assert_eq!((unknown.status, &*unknown.reason()), (StatusCode::NOT_FOUND, "unknown_site"));
}
