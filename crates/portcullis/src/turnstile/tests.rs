//! A siteverify of our own that follows Cloudflare's published one, behind a real socket.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener};

use portcullis_engine::ManualClock;
use serde_json::Value;

use super::*;

const SECRET: &str = "0x4AAF00AAAABn0R22HWm098HVBjhdsYUc";

/// Accepts tokens that begin with `good` once, or again under the same idempotency key. Everything else is what the
/// token says: `bad`, `error`, `page`, `refused`, `busy` or `slow`.
struct StandIn {
    url: String,
    questions: Arc<Mutex<Vec<Value>>>,
}

impl StandIn {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/turnstile/v0/siteverify", listener.local_addr().unwrap());
        let questions = Arc::<Mutex<Vec<Value>>>::default();
        let used = Arc::<Mutex<HashMap<String, String>>>::default();
        let seen = questions.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, used, seen) = (stream.unwrap(), used.clone(), seen.clone());
                std::thread::spawn(move || {
                    let question = read_question(&mut BufReader::new(stream.try_clone().unwrap()));
                    seen.lock().unwrap().push(question.clone());
                    let (status, body) = answer(&question, &used);
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
                    );
                    let _ = stream.write_all(format!("{head}{body}").as_bytes());
                });
            }
        });
        Self { url, questions }
    }

    fn asked(&self) -> usize {
        self.questions.lock().unwrap().len()
    }
}

fn read_question(stream: &mut impl BufRead) -> Value {
    let mut length = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).is_ok_and(|read| read > 0) && line != "\r\n" {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    serde_json::from_slice(&body).unwrap()
}

fn answer(question: &Value, used: &Mutex<HashMap<String, String>>) -> (u16, String) {
    let refusal = |code: &str| json!({ "success": false, "error-codes": [code], "messages": [] }).to_string();
    if question["secret"] != SECRET {
        return (200, refusal("invalid-input-secret"));
    }
    let token = question["response"].as_str().unwrap();
    match token {
        "error" => return (500, "oh".to_owned()),
        "internal" => return (200, refusal("internal-error")),
        "page" => return (200, "<html>".to_owned()),
        "refused" => return (400, refusal("bad-request")),
        "busy" => return (429, String::new()),
        "slow" => std::thread::sleep(Duration::from_secs(20)),
        _ => {}
    }
    if !token.starts_with("good") {
        return (200, refusal("invalid-input-response"));
    }
    let key = question["idempotency_key"].as_str().unwrap().to_owned();
    let mut used = used.lock().unwrap();
    if *used.entry(token.to_owned()).or_insert_with(|| key.clone()) != key {
        return (200, refusal("timeout-or-duplicate"));
    }
    let passed = json!({
        "success": true, "challenge_ts": "2026-11-20T12:34:56.789Z", "hostname": "shop.example",
        "error-codes": [], "action": "", "cdata": "",
    });
    (200, passed.to_string())
}

struct Asking {
    turnstile: Turnstile,
    clock: Arc<ManualClock>,
}

impl Asking {
    /// Waits long, so that a busy machine does not decide the outcome.
    fn at(url: &str) -> Self {
        Self::within(5000, url)
    }

    fn within(timeout_ms: u64, url: &str) -> Self {
        let clock = Arc::new(ManualClock::new(UnixMs(1_800_000_000_000)));
        let settings = TurnstileSettings {
            siteverify_url: url.parse().unwrap(),
            timeout_ms,
            ..TurnstileSettings::default()
        };
        Self { turnstile: Turnstile::new(&settings, clock.clone()), clock }
    }

    async fn ask(&self, token: &str, retry_key: &str) -> Opinion {
        self.ask_with(SECRET, token, retry_key, None).await
    }

    async fn ask_with(&self, secret: &str, token: &str, key: &str, address: Option<IpAddr>) -> Opinion {
        let secret = secret.parse().unwrap();
        let question =
            OpinionQuestion { site_key: "pk_1", secret: &secret, token, address, retry_key: key.to_owned() };
        self.turnstile.ask(question).await
    }
}

#[tokio::test]
async fn a_token_passes_once_and_again_where_the_same_question_is_repeated() {
    let stand_in = StandIn::start();
    let asking = Asking::at(&stand_in.url);
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
    assert_eq!(asking.ask("good", "two").await, Opinion::Stale);
    assert_eq!(asking.ask("bad", "three").await, Opinion::Failed);
    assert_eq!(asking.ask("refused", "four").await, Opinion::Stale);
}

#[tokio::test]
async fn no_visitors_token_silences_cloudflare_for_the_others() {
    let stand_in = StandIn::start();
    let asking = Asking::at(&stand_in.url);
    for _ in 0..6 {
        assert_eq!(asking.ask("refused", "one").await, Opinion::Stale);
        assert_eq!(asking.ask("page", "one").await, Opinion::Unknown);
    }
    let asked = stand_in.asked();
    for token in ["a b", "\u{0}", "\"", &"x".repeat(2049)] {
        assert_eq!(asking.ask(token, "one").await, Opinion::Failed, "{token:?}");
    }
    assert_eq!(stand_in.asked(), asked, "what is no token is not sent");
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
}

#[tokio::test]
async fn what_is_sent_is_what_is_published() {
    let stand_in = StandIn::start();
    let asking = Asking::at(&stand_in.url);
    asking.ask_with(SECRET, "good", "one", Some("::ffff:192.0.2.7".parse().unwrap())).await;
    asking.ask("good", "one").await;
    let full =
        json!({ "secret": SECRET, "response": "good", "idempotency_key": "one", "remoteip": "192.0.2.7" });
    let bare = json!({ "secret": SECRET, "response": "good", "idempotency_key": "one" });
    assert_eq!(*stand_in.questions.lock().unwrap(), [full, bare]);
}

#[tokio::test]
async fn an_outage_is_no_opinion_and_leaves_cloudflare_alone_for_a_while() {
    let stand_in = StandIn::start();
    let asking = Asking::at(&stand_in.url);
    for token in ["error", "internal", "error", "error", "error", "good", "good", "bad"] {
        assert_eq!(asking.ask(token, "one").await, Opinion::Unknown, "{token}");
    }
    assert_eq!(stand_in.asked(), 5);
    asking.clock.advance(60_000);
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
    assert_eq!(asking.ask("bad", "two").await, Opinion::Failed);
    assert_eq!(asking.ask("busy", "three").await, Opinion::Unknown);
    assert_eq!(asking.ask("good", "one").await, Opinion::Unknown, "told to slow down");
    asking.clock.advance(60_000);
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed, "for a minute");
    let nobody = Asking::at("http://127.0.0.1:1/siteverify");
    assert_eq!(nobody.ask("good", "one").await, Opinion::Unknown);
}

#[tokio::test]
async fn one_sites_wrong_secret_is_no_outage_for_the_others() {
    let stand_in = StandIn::start();
    let asking = Asking::at(&stand_in.url);
    for _ in 0..20 {
        assert_eq!(asking.ask_with("wrong", "good", "one", None).await, Opinion::Unknown);
    }
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
}

#[tokio::test]
async fn a_visitor_waits_for_the_budget_at_most() {
    let stand_in = StandIn::start();
    let asking = Asking::within(100, &stand_in.url);
    assert_eq!(asking.ask("slow", "one").await, Opinion::Unknown);
}

#[tokio::test]
async fn more_questions_than_there_is_room_for_are_not_asked() {
    let stand_in = StandIn::start();
    let mut asking = Asking::at(&stand_in.url);
    let places = Arc::new(Semaphore::new(1));
    asking.turnstile.places = places.clone();
    let taken = places.acquire().await.unwrap();
    assert_eq!(asking.ask("good", "one").await, Opinion::Unknown);
    assert_eq!(stand_in.asked(), 0);
    drop(taken);
    assert_eq!(asking.ask("good", "one").await, Opinion::Passed);
}
