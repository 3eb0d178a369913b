//! The status page: who may look, and what is to be seen.

use axum::http::StatusCode;

use super::Gate;

#[tokio::test]
async fn the_token_is_taken_out_of_the_address() {
    let gate = Gate::open().await;
    let answer = gate.fetch("/status?token=status-token").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/status"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.ends_with("; Path=/status; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = format!("cookie: {}", cookie.split(';').next().unwrap());
    let page = gate.ask("GET", "/status", &[&cookie], "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let by_https = gate.ask("GET", "/status?token=status-token", &["x-forwarded-proto: https"], "").await;
    assert!(by_https.header("set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn a_stranger_is_told_where_the_token_is_and_nothing_else() {
    let gate = Gate::open().await;
    for (target, header) in [
        ("/status", "x: y"),
        ("/status?token=wrong", "x: y"),
        ("/status", "authorization: Bearer wrong"),
        ("/status", "cookie: portcullis_status=wrong"),
    ] {
        let answer = gate.ask("GET", target, &[header], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{target} {header}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.header("set-cookie"), "");
        assert!(answer.text().contains("status.token"));
        assert!(!answer.text().contains("Shop") && !answer.text().contains("status-token"));
    }
}

#[tokio::test]
async fn the_page_counts_what_happened() {
    let gate = Gate::open().await;
    gate.token("https://shop.example").await;
    gate.ask("POST", &gate.at("challenge"), &["origin: https://other.example"], "").await;
    gate.engine.tidy().await.unwrap();
    let page = gate.ask("GET", "/status", &["authorization: Bearer status-token"], "").await;
    assert_eq!(page.status, StatusCode::OK);
    let html = page.text();
    assert!(
        html.contains(&format!("<caption>Shop &lt;b&gt; <code>{}</code></caption>", gate.site.site_key()))
    );
    let site = &html[html.find("<caption>Shop").unwrap()..];
    for of in [html, site] {
        assert!(of.contains("<th scope=\"row\">Challenges issued</th><td>1</td><td>1</td>"));
        assert!(of.contains("<th scope=\"row\">Challenges passed</th><td>1</td><td>1</td>"));
        assert!(of.contains("<th scope=\"row\">Tokens verified</th><td>0</td><td>0</td>"));
        assert!(
            of.contains("<th scope=\"row\">Challenge refused: origin refused</th><td>1</td><td>1</td>"),
            "{of}"
        );
    }
    assert!(!html.contains(gate.site.secret().expose()));
}
