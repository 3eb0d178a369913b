//! The demo of each rung, taken through as a browser does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portcullis_store::{Consumed, FlowId, Flows, StoreError, Stores, UnixMs, memory};
use serde_json::{Value, json};

use super::{Answer, Gate, solve};

const FORM: &str = "content-type: application/x-www-form-urlencoded";
const JSON: &str = "content-type: application/json";
const ORIGIN: &str = "http://localhost:8080";

/// The document in the page that the challenge of a rung begins with.
pub(super) async fn opened(gate: &Gate, kind: &str) -> Value {
    let options = gate.ask("POST", "/demo/options", &[JSON], json!({ "kind": kind }).to_string()).await;
    assert_eq!(options.status, StatusCode::OK, "{}", options.text());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("pt", gate.site.public_token()).append_pair("parent_origin", ORIGIN);
    form.append_pair("cdweo", options.text());
    let page = gate.ask("POST", "/challenge/", &[FORM, &format!("origin: {ORIGIN}")], form.finish()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors https://shop.example http://localhost:*"), "{policy}");
    let document = page.text().split_once("id=\"flow\">").unwrap().1.split_once("</script>").unwrap().0;
    serde_json::from_str(document).unwrap()
}

/// Takes a flow of work alone to its end, and answers what the form then brings.
async fn passed(gate: &Gate) -> String {
    let document = opened(gate, "hidden").await;
    let mut step = document["step"].clone();
    for _ in 0..4 {
        assert_eq!(step["kind"], "work");
        let puzzles = step["work"]["challenges"].as_array().unwrap().iter();
        let solutions: Vec<u64> = puzzles.map(|pair| solve(pair[0].as_str(), pair[1].as_str())).collect();
        let body =
            json!({ "flow": document["flow"], "step": step["id"], "solutions": solutions }).to_string();
        let answer = gate.ask("POST", "/challenge/answer", &[JSON, "origin: http://127.0.0.1"], body).await;
        let answer = answer.json();
        match answer["outcome"].as_str() {
            Some("step") => step = answer["step"].clone(),
            Some("complete") => {
                let Value::Object(mut message) = answer["message"].clone() else { panic!("{answer}") };
                message.remove("signature");
                return BASE64_STANDARD.encode(Value::Object(message).to_string());
            }
            _ => panic!("{answer}"),
        }
    }
    panic!("a flow of work has few steps");
}

async fn verify(gate: &Gate, token: &str) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("CrafyCAPTCHA_token", token);
    gate.ask("POST", "/demo/verify", &[FORM], form.finish()).await
}

#[tokio::test]
async fn each_rung_has_a_page_and_nothing_else_has() {
    let gate = Gate::open().await;
    for kind in ["auto", "hidden", "checkbox", "press-hold", "slider", "connect"] {
        let page = gate.fetch(&format!("/demo/{kind}")).await;
        assert_eq!(page.status, StatusCode::OK, "{kind}");
        assert!(page.text().contains(gate.site.public_token()) && !page.text().contains("__"), "{kind}");
        assert!(page.header("content-security-policy").contains("frame-src 'self'"));
    }
    assert_eq!(gate.fetch("/demo/other").await.status, StatusCode::NOT_FOUND);
    let options = gate.ask("POST", "/demo/options", &[JSON], r#"{"kind":"other"}"#).await;
    assert_eq!((options.status, &*options.reason()), (StatusCode::BAD_REQUEST, "invalid_form"));
}

#[tokio::test]
async fn a_flow_of_work_is_believed_once() {
    let gate = Gate::open().await;
    assert_eq!(gate.fetch("/demo/hidden").await.status, StatusCode::OK);
    let token = passed(&gate).await;
    let first = verify(&gate, &token).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!((&first.json()["success"], &first.json()["hostname"]), (&json!(true), &json!("localhost")));
    let again = verify(&gate, &token).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert_eq!(again.json()["success"], false);
    for token in ["", "junk", "e30=", &token[4..]] {
        assert_eq!(verify(&gate, token).await.status, StatusCode::FORBIDDEN, "{token}");
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_no_refusal() {
    let stores = memory::open();
    let flows = Arc::new(Breaking { flows: stores.flows.clone(), is_broken: AtomicBool::new(false) });
    let gate = Gate::over(Stores { flows: flows.clone(), ..stores }, |_| {}).await;
    let token = passed(&gate).await;
    flows.is_broken.store(true, Ordering::Relaxed);
    let answer = verify(&gate, &token).await;
    assert_eq!((answer.status, &*answer.reason()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(!answer.text().contains("secret.host"), "{}", answer.text());
    flows.is_broken.store(false, Ordering::Relaxed);
    assert_eq!(verify(&gate, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_rotated_secret_ends_the_log_ins_that_were_made_with_it() {
    let gate = Gate::open().await;
    let keys = json!({ "public_key": gate.site.site_key(), "secret_key": gate.site.secret().expose() });
    let login = gate.ask("POST", "/api/?action=authenticate", &[JSON], keys.to_string()).await;
    assert_eq!(login.status, StatusCode::OK, "{}", login.text());
    let bearer = format!("authorization: Bearer {}", login.json()["data"]["token"].as_str().unwrap());
    let flow = json!({ "flow_token": "00000000-0000-4000-8000-000000000000" }).to_string();
    let headers = [JSON, &*bearer];
    let check = || gate.ask("POST", "/api/?action=check_flow", &headers, flow.clone());
    assert_eq!(check().await.status, StatusCode::NOT_FOUND, "it is logged in");
    gate.engine.rotate_secret(gate.site.site_key()).await.unwrap();
    assert_eq!(check().await.status, StatusCode::UNAUTHORIZED);
}

/// Verdicts that cannot be fetched for a while.
struct Breaking {
    flows: Arc<dyn Flows>,
    is_broken: AtomicBool,
}

#[async_trait]
impl Flows for Breaking {
    async fn finish(
        &self,
        flow: FlowId,
        verdict: &[u8],
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.flows.finish(flow, verdict, keep_until, now).await
    }

    async fn consume(&self, flow: FlowId, now: UnixMs) -> Result<Consumed, StoreError> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("secret.host is down".to_owned()));
        }
        self.flows.consume(flow, now).await
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.flows.purge(most, now).await
    }
}
