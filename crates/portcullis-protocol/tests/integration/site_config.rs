//! hCaptcha's question whether a site key may be used on a host.

use portcullis_engine::SiteSettings;
use portcullis_protocol::Request;
use portcullis_protocol::siteverify::{TestKeys, check_site_config};
use serde_json::{Value, json};

use crate::gate::{Gate, SECRET, add, content, easy, header, post};

fn ask(gate: &Gate, test_keys: TestKeys, query: &str, body: &str) -> Value {
    let request = Request { query: Some(query), ..post(body.as_bytes(), &gate.visitor) };
    let reply = check_site_config(&gate.engine, test_keys, &request);
    assert_eq!((reply.status, header(&reply, "access-control-allow-origin")), (200, None), "{query}");
    content(&reply)
}

#[tokio::test]
async fn a_key_passes_on_the_hosts_that_its_site_lists() {
    let origins = ["https://shop.example", "http://127.0.0.1:8080", "https://*.inner.example"];
    let origins = origins.map(|origin| origin.parse().unwrap()).to_vec();
    let gate = Gate::open(SiteSettings { origins, allow_localhost: false, ..easy() }).await;
    let key = gate.key();
    for (host, passes) in [
        ("shop.example", true),
        ("Shop.Example", true),
        ("127.0.0.1", true),
        ("a.inner.example", true),
        ("", true),
        ("inner.example", false),
        ("localhost", false),
        ("www.shop.example", false),
        ("shop.example/..", false),
        ("user%40shop.example", false),
        ("%00", false),
    ] {
        let answer =
            ask(&gate, TestKeys::Refused, &format!("host={host}&sitekey={key}&sc=1&swa=1&spst=0"), "");
        assert_eq!(answer["pass"], json!(passes), "{host}: {answer}");
        // The plugin takes an answer without words for a good one.
        assert_eq!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), !passes, "{host}");
    }
    let in_a_form = ask(&gate, TestKeys::Refused, "", &format!("host=shop.example&sitekey={key}"));
    assert_eq!(in_a_form, json!({ "pass": true, "features": { "custom_theme": false } }));
}

#[tokio::test]
async fn what_is_no_key_does_not_pass() {
    let gate = Gate::open(easy()).await;
    let open = SiteSettings { origins: vec!["*".parse().unwrap()], ..easy() };
    let anywhere = add(&gate.engine, &SECRET.chars().rev().collect::<String>(), open).await;
    let with_star = ask(&gate, TestKeys::Refused, &format!("sitekey={}&host=x.y", anywhere.site_key()), "");
    assert_eq!(with_star["pass"], json!(true));
    for query in ["", "sitekey=", "sitekey=nobodys", "sitekey=%ff", "sitekey[]=x", &"&".repeat(9000)] {
        let answer = ask(&gate, TestKeys::Refused, query, "");
        assert_eq!(answer["pass"], json!(false), "{query}");
        assert!(!answer["error"].as_str().unwrap().is_empty());
    }
    let test_key = "sitekey=10000000-ffff-ffff-ffff-000000000001&host=localhost";
    assert_eq!(ask(&gate, TestKeys::Refused, test_key, "")["pass"], json!(false));
    assert_eq!(ask(&gate, TestKeys::Accepted, test_key, "")["pass"], json!(true));
}
