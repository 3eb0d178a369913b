//! The demo: a form, its backend, and what a visitor is shown.

use axum::http::StatusCode;

use super::{Answer, Gate};

const FORM: &str = "content-type: application/x-www-form-urlencoded";
const JSON: &str = "accept: application/json";

async fn submit(gate: &Gate, name: &str, token: &str, headers: &[&str]) -> Answer {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("name", name).append_pair("message", "Hello").append_pair("cap-token", token);
    gate.ask("POST", "/demo/submit", headers, body.finish()).await
}

fn assert_guarded(answer: &Answer) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    assert!(answer.header("permissions-policy").contains("camera=()"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn the_page_has_the_widget_of_the_demo_site() {
    let gate = Gate::open().await;
    let page = gate.fetch("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_guarded(&page);
    assert!(page.text().contains(&format!("\"/cap/{}/\"", gate.site.site_key())));
    assert!(!page.text().contains("__SITE_KEY__"));
}

#[tokio::test]
async fn a_message_goes_through_once() {
    let gate = Gate::open().await;
    let token = gate.token("http://localhost:8080").await;
    let first = submit(&gate, "Ada", &token, &[FORM, JSON]).await;
    assert_eq!(first.status, StatusCode::OK);
    insta::assert_snapshot!(first.text(), @r#"
    {
      "action": null,
      "challenge_ts": "2026-01-01T00:00:00.000Z",
      "hostname": "localhost",
      "reasons": [],
      "risk": 0.1,
      "success": true
    }
    "#);
    let again = submit(&gate, "Ada", &token, &[FORM, JSON]).await;
    assert_eq!((again.status, &*again.reason()), (StatusCode::FORBIDDEN, "already_spent"));
}

#[tokio::test]
async fn without_a_script_the_verdict_is_a_page() {
    let gate = Gate::open().await;
    let token = gate.token("http://localhost:8080").await;
    let name = "<script>__VERDICT__</script>";
    let page = submit(&gate, name, &token, &[FORM]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_guarded(&page);
    assert!(
        page.text().contains("Thank you, &lt;script&gt;__VERDICT__&lt;/script&gt;: the message went through")
    );
    assert!(page.text().contains("&quot;success&quot;: true"));
    assert!(!page.text().contains("<script>"));
    let refused = submit(&gate, "Ada", &token, &[FORM]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("already_spent"));
}

#[tokio::test]
async fn a_form_with_a_hole_does_not_spend_the_token() {
    let gate = Gate::open().await;
    let token = gate.token("http://localhost:8080").await;
    for name in ["", "   ", &"x".repeat(81)] {
        let answer = submit(&gate, name, &token, &[FORM, JSON]).await;
        assert_eq!((answer.status, &*answer.reason()), (StatusCode::BAD_REQUEST, "invalid_form"), "{name:?}");
    }
    assert_eq!(submit(&gate, "Ada", &token, &[FORM, JSON]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_message_without_a_good_token_is_refused() {
    let gate = Gate::open().await;
    for (token, reason) in
        [("", "missing_response"), ("junk", "invalid_token"), ("\u{0}\u{fffd}", "invalid_token")]
    {
        let answer = submit(&gate, "Ada", token, &[FORM, JSON]).await;
        assert_eq!((answer.status, &*answer.reason()), (StatusCode::FORBIDDEN, reason), "{token:?}");
    }
}

#[tokio::test]
async fn many_strangers_with_wrong_secrets_do_not_close_the_demo() {
    let gate = Gate::open().await;
    let token = gate.token("http://localhost:8080").await;
    for _ in 0..200 {
        gate.ask("POST", "/siteverify", &[FORM], "secret=wrong&response=x").await;
    }
    assert_eq!(submit(&gate, "Ada", &token, &[FORM, JSON]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_demo_site_the_server_still_says_that_it_runs() {
    for key in [None, Some("pk_gone".to_owned())] {
        let gate = Gate::with(|parts| parts.demo_site_key = key).await;
        let page = gate.fetch("/").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("no demo site"));
        let answer = submit(&gate, "Ada", "x", &[FORM, JSON]).await;
        assert_eq!((answer.status, &*answer.reason()), (StatusCode::NOT_FOUND, "unknown_site"));
    }
}
