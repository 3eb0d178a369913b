//! Who the visitor is taken for, seen from outside: a limit tells two visitors apart or takes them for one.

use axum::http::StatusCode;

use super::{Answer, Gate};

/// Wrong secrets until the address is refused, or until it clearly is not.
async fn exhaust(gate: &Gate, headers: &[&str]) -> bool {
    for _ in 0..200 {
        if is_limited(&guess(gate, headers).await) {
            return true;
        }
    }
    false
}

async fn guess(gate: &Gate, headers: &[&str]) -> Answer {
    let headers = [headers, &["content-type: application/x-www-form-urlencoded"]].concat();
    let body = format!("secret=wrong&response={}:y:z", gate.site.site_key());
    gate.ask("POST", &gate.at("siteverify"), &headers, body).await
}

fn is_limited(answer: &Answer) -> bool {
    answer.status == StatusCode::TOO_MANY_REQUESTS
}

#[tokio::test]
async fn a_stranger_cannot_change_address_with_a_header() {
    let gate = Gate::open().await;
    assert!(exhaust(&gate, &[]).await);
    for forged in ["x-forwarded-for: 203.0.113.9", "forwarded: for=203.0.113.9"] {
        assert!(is_limited(&guess(&gate, &[forged]).await), "{forged}");
    }
}

#[tokio::test]
async fn visitors_behind_a_trusted_proxy_are_told_apart() {
    let mut gate = Gate::with(|parts| parts.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]).await;
    gate.peer = "10.0.0.1:4711".parse().unwrap();
    assert!(exhaust(&gate, &["x-forwarded-for: 1.1.1.1, 203.0.113.5"]).await);
    assert!(is_limited(&guess(&gate, &["x-forwarded-for: 2.2.2.2, 203.0.113.5"]).await), "one visitor");
    assert!(!is_limited(&guess(&gate, &["x-forwarded-for: 1.1.1.1, 203.0.113.6"]).await), "another");
    assert!(!exhaust(&gate, &["x-forwarded-for: unknown"]).await, "nobody in particular");
    assert!(!exhaust(&gate, &[]).await, "nobody in particular");
}

#[tokio::test]
async fn a_proxy_that_nobody_told_us_about_does_not_close_the_site() {
    let mut gate = Gate::open().await;
    gate.peer = "172.17.0.1:4711".parse().unwrap();
    assert!(!exhaust(&gate, &["x-forwarded-for: 203.0.113.5"]).await, "limits stand down");
    assert!(exhaust(&gate, &[]).await, "a machine of the same network that speaks for itself");
}

#[tokio::test]
async fn two_origins_are_none() {
    let gate = Gate::open().await;
    let headers = ["origin: https://shop.example", "origin: https://shop.example"];
    let answer = gate.ask("POST", &gate.at("challenge"), &headers, "").await;
    assert_eq!((answer.status, &*answer.reason()), (StatusCode::FORBIDDEN, "origin_refused"));
}
