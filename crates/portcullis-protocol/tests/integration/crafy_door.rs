//! The Crafy door: the page that a widget's form is answered with, its calls, and the backend's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use argon2::{Algorithm, Argon2, Params};
use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use portcullis_engine::{
    ClaimedOrigin, LimitSettings, OldCiphers, Plan, PuzzleAnswer, Site, SiteChange, SiteSettings, StoreError,
    Stores, UnixMs, Visitor,
};
use portcullis_protocol::crafy::{
    self, ChallengePage, FlowToken, Message, Opened, SealedError, SealedV2, SlowOpening, SlowPlace,
};
use portcullis_protocol::{Reply, Request};
use portcullis_store::{Attempt, Attempts, ChallengeId, QuotaId, Quotas};
use serde_json::{Value, json};

use crate::astracaph::human;
use crate::crafy_formats::options::sealed_v1;
use crate::gate::{Gate, NOW, Repeatable, content, easy, header, post, solved, text, visitor};

const SHOP: &str = "https://shop.example.com";

/// The door, and the one place where slow texts are opened.
struct House {
    gate: Gate,
    slow: Slow,
}

#[derive(Default)]
struct Slow {
    is_taken: AtomicBool,
    opened: Arc<AtomicUsize>,
}

impl SlowOpening for Slow {
    fn take(&self) -> Option<Box<dyn SlowPlace>> {
        let is_taken = self.is_taken.load(Ordering::SeqCst);
        (!is_taken).then(|| Box::new(Place(self.opened.clone())) as Box<dyn SlowPlace>)
    }
}

struct Place(Arc<AtomicUsize>);

#[async_trait]
impl SlowPlace for Place {
    async fn open(self: Box<Self>, sealed: SealedV2, site: &Site) -> Option<Result<Opened, SealedError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Some(sealed.open_slowly(site.secret()))
    }
}

impl House {
    async fn open() -> Self {
        Self::with(settings(), portcullis_store::memory::open()).await
    }

    async fn with(settings: SiteSettings, stores: Stores) -> Self {
        Self { gate: Gate::with(settings, LimitSettings::default(), stores).await, slow: Slow::default() }
    }

    /// Options of the site's backend, as a present SDK encrypts them.
    fn sealed(&self, options: &Value) -> String {
        crafy::seal(&Repeatable::default(), self.gate.site.secret(), options.to_string().as_bytes())
    }

    async fn page_as(&self, visitor: &Visitor, form: &[(&str, &str)]) -> ChallengePage {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let body = body.finish();
        crafy::challenge(&self.gate.engine, &self.slow, &post(body.as_bytes(), visitor)).await
    }

    /// The page for these encrypted options, as the shop's visitors see it.
    async fn page(&self, encrypted: &str) -> ChallengePage {
        let context = context(encrypted);
        let form = [("pt", self.gate.site.public_token()), ("cdweo", &context), ("parent_origin", SHOP)];
        self.page_as(&self.gate.visitor, &form).await
    }

    /// The page for this visitor, whose widget says to be in the shop.
    async fn page_for(&self, visitor: &Visitor) -> ChallengePage {
        let context = context(&self.sealed(&auto()));
        let form = [("pt", self.gate.site.public_token()), ("cdweo", &context), ("parent_origin", SHOP)];
        self.page_as(visitor, &form).await
    }

    async fn answer(&self, body: &Value) -> Reply {
        let body = body.to_string();
        crafy::answer(&self.gate.engine, &post(body.as_bytes(), &self.gate.visitor)).await
    }

    async fn picture(&self, query: &str) -> Option<Reply> {
        crafy::picture(&self.gate.engine, Some(query), &self.gate.visitor).await.err()
    }

    async fn api(&self, query: &str, authorization: Option<&str>, body: &Value) -> Reply {
        let body = body.to_string();
        let request =
            Request { authorization, query: Some(query), ..post(body.as_bytes(), &self.gate.visitor) };
        crafy::api(&self.gate.engine, &request).await
    }

    async fn change(&self, settings: SiteSettings) {
        let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
        self.gate.engine.change_site(self.gate.key(), change).await.unwrap();
    }
}

/// A site for the shop alone that lets in every cipher.
fn settings() -> SiteSettings {
    SiteSettings { old_ciphers: OldCiphers { v1: true, v2: true }, allow_localhost: false, ..easy() }
}

fn auto() -> Value {
    json!({ "mode": "auto", "puzzles": [], "nonce": "0f".repeat(32) })
}

/// Options that ask for a picture.
fn slider() -> Value {
    json!({ "mode": "puzzle", "puzzles": ["slider"], "nonce": "1e".repeat(32) })
}

/// What a widget says of somebody who came by keyboard: what people show, and no path that would come twice.
fn context(encrypted: &str) -> String {
    let mut context = human();
    context["eo"] = json!(encrypted);
    context["fingerprint"]["userAgent"] = json!(visitor(None).client.user_agent);
    context["motion"] = json!([]);
    context["behavior"] = json!({
        "dwellMs": 4000, "keyPresses": 12, "pointerMoves": 0, "focusChanges": 3, "clickCount": 0,
    });
    context.to_string()
}

/// Options as an SDK before the present one encrypted them.
fn sealed_v2(secret: &str, options: &Value) -> String {
    let (salt, nonce, mut key) = ([3; 16], [4; 24], [0; 32]);
    let limits = Params::new(64 * 1024, 2, 1, Some(32)).unwrap();
    Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, limits)
        .hash_password_into(secret.as_bytes(), &salt, &mut key)
        .unwrap();
    let cipher = XChaCha20Poly1305::new(&key.into());
    let ciphertext = cipher.encrypt(&XNonce::from(nonce), options.to_string().as_bytes()).unwrap();
    format!(";v2_;{}", BASE64_STANDARD.encode([&salt[..], &nonce, &ciphertext].concat()))
}

fn document(page: &ChallengePage) -> Value {
    serde_json::from_slice(&page.document).unwrap()
}

/// An honest answer to the step of a page or of an answer.
fn done(flow: &Value, step: &Value) -> Value {
    let work = solved(&json!({ "token": "", "challenge": step["work"]["challenges"] }));
    json!({ "flow": flow, "step": step["id"], "solutions": work["solutions"], "answer": {} })
}

/// Checks that a page stops, how, and that its document says why.
#[track_caller]
fn assert_stop(page: &ChallengePage, status: u16, outcome: &str, reason: &str) {
    let document = document(page);
    assert_eq!((page.status, document["outcome"].as_str()), (status, Some(outcome)), "{document}");
    assert_eq!(document["reason"], reason);
    assert!(document["message"].as_str().is_some_and(|message| message.len() > 9), "{document}");
    assert!(document.get("flow").is_none() && document.get("step").is_none());
}

#[track_caller]
fn assert_failure(reply: &Reply, status: u16, code: &str) {
    let failure = content(reply);
    assert_eq!((reply.status, failure["code"].as_str()), (status, Some(code)), "{failure}");
    assert_eq!(failure["status"], "error");
    assert!(failure["message"].as_str().is_some_and(|message| message.len() > 9), "{failure}");
}

#[tokio::test]
async fn a_flow_is_opened_answered_and_believed_by_both_ways_once() {
    let house = House::open().await;
    let page = house.page(&house.sealed(&auto())).await;
    let opening = document(&page);
    assert_eq!((page.status, page.retry_after_ms), (200, None), "{opening}");
    assert_eq!(page.frame_ancestors, [SHOP]);
    assert_eq!((&opening["parentOrigin"], &opening["step"]["kind"]), (&json!(SHOP), &json!("work")));
    let handshake: Value = serde_json::from_str(opening["handshake"]["payload"].as_str().unwrap()).unwrap();

    let done = done(&opening["flow"], &opening["step"]);
    let complete = content(&house.answer(&done).await);
    assert_eq!(complete["outcome"], "complete", "{complete}");
    let message = |name: &str| complete["message"][name].as_str().unwrap().to_owned();
    let message = Message {
        payload: message("payload"),
        signature: message("signature"),
        server_sign: Some(message("server_sign")),
    };
    let token = message.token().unwrap();
    let read = FlowToken::read(&token, house.gate.site.secret(), NOW).unwrap();
    assert_eq!(handshake["payload"]["flow_token"], json!(read.flow_token));
    assert_eq!((read.nonce, read.hostname.as_deref()), ([0x0f; 32], Some("shop.example.com")));
    assert_eq!(
        content(&house.answer(&done).await),
        json!({ "outcome": "reload", "reason": "already_answered" })
    );

    let keys = json!({ "public_key": house.gate.key(), "secret_key": house.gate.site.secret().expose() });
    let logged_in = content(&house.api("action=authenticate", None, &keys).await);
    assert_eq!(logged_in["data"]["public_token"], json!(house.gate.site.public_token()));
    let bearer = format!("Bearer {}", logged_in["data"]["token"].as_str().unwrap());
    let asked = json!({ "flow_token": read.flow_token });
    let check = async |bearer: Option<&str>| house.api("action=check_flow", bearer, &asked).await;
    assert_eq!(check(None).await.status, 401);
    assert_eq!(check(Some("Bearer x.y.z")).await.status, 401);
    let verdict = content(&check(Some(&bearer)).await);
    assert_eq!((&verdict["status"], &verdict["data"]["valid"]), (&json!("success"), &json!(true)));
    assert_eq!(verdict["data"]["risk_score"].as_f64(), read.risk_score);
    assert_eq!(check(Some(&bearer)).await.status, 409);
    assert_eq!(house.api("action=list", Some(&bearer), &asked).await.status, 404);
}

#[tokio::test]
async fn a_text_of_version_1_is_let_in_and_asks_for_a_picture_whatever_it_says() {
    let house = House::open().await;
    let secret = house.gate.site.secret();
    let hidden = json!({ "mode": "hidden", "nonce": "2d".repeat(32) }).to_string();
    let opening = document(&house.page(&sealed_v1(secret, &hidden)).await);
    assert!(["slider", "connect"].contains(&opening["step"]["kind"].as_str().unwrap()), "{opening}");
    let nonce_first = format!(r#"{{"nonce":"{}"}}"#, "2d".repeat(32));
    assert_stop(&house.page(&sealed_v1(secret, &nonce_first)).await, 400, "refused", "invalid_options");
    house.change(SiteSettings { old_ciphers: OldCiphers::default(), ..settings() }).await;
    assert_stop(&house.page(&sealed_v1(secret, &hidden)).await, 400, "refused", "invalid_options");
}

#[tokio::test]
async fn a_text_of_version_2_is_opened_once_a_minute_for_each_address() {
    let house = House::open().await;
    let sealed = sealed_v2(house.gate.site.secret().expose(), &auto());
    assert_eq!(house.page(&sealed).await.status, 200);
    let refused = house.page(&sealed).await;
    assert_stop(&refused, 429, "refused", "busy");
    assert_eq!((refused.retry_after_ms, house.slow.opened.load(Ordering::SeqCst)), (Some(60_000), 1));
    assert_eq!(house.page(&house.sealed(&auto())).await.status, 200, "what opens fast is not counted");
    house.gate.clock.advance(60_000);
    assert_eq!(house.page(&sealed).await.status, 200);

    house.gate.clock.advance(60_000);
    house.change(SiteSettings { old_ciphers: OldCiphers::default(), ..settings() }).await;
    assert_stop(&house.page(&sealed).await, 400, "refused", "invalid_options");
    assert_eq!(house.slow.opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn who_finds_the_place_taken_loses_nothing_and_comes_again_soon() {
    let house = House::open().await;
    let sealed = sealed_v2(house.gate.site.secret().expose(), &auto());
    house.slow.is_taken.store(true, Ordering::SeqCst);
    let refused = house.page(&sealed).await;
    assert_stop(&refused, 429, "refused", "busy");
    assert!((1000..=2000).contains(&refused.retry_after_ms.unwrap()));
    house.slow.is_taken.store(false, Ordering::SeqCst);
    assert_eq!(house.page(&sealed).await.status, 200, "the minute's one text is still to be had");
}

/// Attempts that can be cut off from their store.
struct Cuttable {
    inner: Arc<dyn Attempts>,
    is_cut: Arc<AtomicBool>,
}

impl Cuttable {
    fn reach(&self) -> Result<(), StoreError> {
        if self.is_cut.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("connection to 10.0.0.5 refused".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl Attempts for Cuttable {
    async fn begin(&self, id: ChallengeId, keep_until: UnixMs, now: UnixMs) -> Result<UnixMs, StoreError> {
        self.reach()?;
        self.inner.begin(id, keep_until, now).await
    }

    async fn attempt(
        &self,
        id: ChallengeId,
        most: u32,
        keep_until: UnixMs,
        now: UnixMs,
    ) -> Result<Option<Attempt>, StoreError> {
        self.reach()?;
        self.inner.attempt(id, most, keep_until, now).await
    }

    async fn purge(&self, most: u32, now: UnixMs) -> Result<u64, StoreError> {
        self.inner.purge(most, now).await
    }
}

#[tokio::test]
async fn nothing_goes_on_without_the_store_and_its_words_are_its_own() {
    let memory = portcullis_store::memory::open();
    let is_cut = Arc::new(AtomicBool::new(false));
    let attempts = Cuttable { inner: memory.attempts.clone(), is_cut: is_cut.clone() };
    let house = House::with(settings(), Stores { attempts: Arc::new(attempts), ..memory }).await;
    let opening = document(&house.page(&house.sealed(&slider())).await);
    let step = opening["step"]["id"].as_str().unwrap();
    is_cut.store(true, Ordering::SeqCst);

    let page = house.page(&house.sealed(&auto())).await;
    assert_stop(&page, 503, "refused", "unavailable");
    assert_eq!(page.retry_after_ms, Some(1000));
    assert!(!String::from_utf8(page.document).unwrap().contains("10.0.0.5"));
    let mut body = done(&opening["flow"], &opening["step"]);
    body["answer"] = json!({ "travel": 0.5 });
    let answer = house.answer(&body).await;
    let picture = house.picture(&format!("step={step}")).await.unwrap();
    for reply in [answer, picture] {
        assert_failure(&reply, 503, "unavailable");
        assert_eq!(header(&reply, "retry-after"), Some("1"));
        assert!(!text(&reply).contains("10.0.0.5"));
    }
}

/// A month that is used up.
struct UsedUp;

#[async_trait]
impl Quotas for UsedUp {
    async fn count(&self, _: QuotaId, _: u32, _: UnixMs, _: UnixMs) -> Result<Option<u32>, StoreError> {
        Ok(None)
    }

    async fn purge(&self, _: u32, _: UnixMs) -> Result<u64, StoreError> {
        Ok(0)
    }
}

#[tokio::test]
async fn a_plan_that_is_used_up_is_said_to_the_sites_owner() {
    let stores = Stores { quotas: Arc::new(UsedUp), ..portcullis_store::memory::open() };
    let house = House::with(SiteSettings { plan: Plan::Starter, ..settings() }, stores).await;
    let page = house.page(&house.sealed(&auto())).await;
    assert_stop(&page, 429, "refused", "quota_exceeded");
    assert_eq!((page.retry_after_ms, &page.frame_ancestors[..]), (None, &[SHOP.to_owned()][..]));
}

#[tokio::test]
async fn a_picture_that_is_no_more_is_gone() {
    let house = House::open().await;
    let opening = document(&house.page(&house.sealed(&slider())).await);
    let step = opening["step"]["id"].as_str().unwrap();
    let query = format!("step={step}&part=piece&theme=dark&density=2");
    assert!(house.picture(&query).await.is_none(), "there is one");
    assert_failure(&house.picture("step=another").await.unwrap(), 410, "invalid_step");
    for (query, field) in [("", "step"), ("step=", "step"), ("step=x&part=all", "part")] {
        let refused = house.picture(query).await.unwrap();
        assert_failure(&refused, 400, "invalid_field");
        assert!(text(&refused).contains(field));
    }
    for query in ["step=x&theme=blue", "step=x&density=3", &format!("step={}", "x".repeat(4097))] {
        assert_failure(&house.picture(query).await.unwrap(), 400, "invalid_field");
    }
    house.gate.clock.advance(3000);
    let Some(PuzzleAnswer::Travel(travel)) = house.gate.engine.puzzle_answer(step) else {
        panic!("a slider")
    };
    let mut body = done(&opening["flow"], &opening["step"]);
    body["answer"] = json!({ "travel": travel });
    assert_eq!(content(&house.answer(&body).await)["outcome"], "complete");
    house.gate.clock.advance(20 * 60 * 1000);
    assert_failure(&house.picture(&query).await.unwrap(), 410, "expired");
}

#[tokio::test]
async fn a_refusal_is_framed_by_whoever_may_read_it() {
    let house = House::open().await;
    let (evil, everybody) = ("https://evil.example", "*".to_owned());
    let page = house.page_for(&visitor(Some(evil))).await;
    assert_stop(&page, 403, "refused", "origin_refused");
    assert_eq!(
        (&page.frame_ancestors[..], &document(&page)["parentOrigin"]),
        (&[everybody][..], &json!(evil))
    );

    let page = house.page(";v3_;AAAA").await;
    assert_stop(&page, 400, "refused", "invalid_options");
    assert_eq!(
        (&page.frame_ancestors[..], &document(&page)["parentOrigin"]),
        (&[SHOP.to_owned()][..], &json!(SHOP))
    );

    let unknown = house.page_as(&house.gate.visitor, &[("pt", "pt_nobody"), ("cdweo", &context("x"))]).await;
    assert_stop(&unknown, 404, "refused", "unknown_public_token");
    let broken = house.page_as(&house.gate.visitor, &[("cdweo", "{}")]).await;
    assert_stop(&broken, 400, "refused", "invalid_form");
    let long = house.page_as(&house.gate.visitor, &[("pt", &"x".repeat(Request::BODY_MAX))]).await;
    assert_stop(&long, 413, "refused", "invalid_form");
    for page in [unknown, broken, long] {
        assert_eq!(page.frame_ancestors, ["*"]);
    }
}

#[tokio::test]
async fn only_a_browser_that_hides_its_page_is_taken_at_the_widgets_word() {
    let house = House::open().await;
    let hidden = house.page_for(&visitor(Some("null"))).await;
    assert_eq!((hidden.status, &document(&hidden)["parentOrigin"]), (200, &json!(SHOP)));
    assert_eq!(hidden.frame_ancestors, [SHOP]);

    let script = visitor(None);
    assert_eq!(script.origin, ClaimedOrigin::Absent);
    let page = house.page_for(&script).await;
    assert_eq!((page.status, &document(&page)["parentOrigin"]), (200, &Value::Null), "no origin was proved");
    house.change(SiteSettings { browsers_only: true, ..settings() }).await;
    assert_stop(&house.page_for(&script).await, 403, "refused", "origin_refused");
    assert_eq!(house.page_for(&visitor(Some("null"))).await.status, 200);
}

#[tokio::test]
async fn a_page_whose_site_left_it_asks_for_new_options() {
    let house = House::open().await;
    let opening = document(&house.page(&house.sealed(&slider())).await);
    let elsewhere = vec!["https://else.example".parse().unwrap()];
    house.change(SiteSettings { origins: elsewhere, ..settings() }).await;
    let mut body = done(&opening["flow"], &opening["step"]);
    body["answer"] = json!({ "travel": 0.5 });
    let answer = house.answer(&body).await;
    assert_eq!(
        (answer.status, content(&answer)),
        (200, json!({ "outcome": "reload", "reason": "origin_refused" }))
    );
    assert_stop(&house.page(&house.sealed(&slider())).await, 403, "refused", "origin_refused");
}

#[tokio::test]
async fn hostile_fields_are_named_and_use_nothing_up() {
    let house = House::open().await;
    let opening = document(&house.page(&house.sealed(&auto())).await);
    let honest = done(&opening["flow"], &opening["step"]);
    for (name, value, code) in [
        ("flow", json!(""), "invalid_field"),
        ("flow", json!(7), "invalid_field"),
        ("flow", json!("x".repeat(4097)), "invalid_field"),
        ("step", Value::Null, "invalid_field"),
        ("step", json!("x".repeat(4097)), "invalid_field"),
        ("solutions", Value::Null, "invalid_field"),
        ("solutions", json!([-1]), "invalid_field"),
        ("solutions", json!([(1_u64 << 53) + 1]), "invalid_field"),
        ("solutions", json!(vec![0; 501]), "invalid_field"),
        ("solutions", json!([]), "invalid_solution"),
        ("solutions", json!(vec![0; 500]), "invalid_solution"),
        ("answer", json!({ "travel": 1.01 }), "invalid_field"),
        ("answer", json!({ "travel": 0.5, "pairs": [] }), "invalid_field"),
        ("answer", json!({ "pairs": vec![[0, 1]; 17] }), "invalid_field"),
        ("answer", json!({ "pairs": [[0, 256]] }), "invalid_field"),
        ("answer", json!({ "travel": 0.5 }), "invalid_answer"),
        ("motion", json!([{ "x": 1e300, "y": 0, "t": 0 }]), "invalid_field"),
        ("behavior", json!({ "dwellMs": -1 }), "invalid_field"),
        ("turnstile", json!("x".repeat(2049)), "invalid_field"),
    ] {
        let mut body = honest.clone();
        body[name] = value.clone();
        assert_failure(&house.answer(&body).await, 400, code);
    }
    for (body, status, code) in [
        ("", 400, "invalid_json"),
        ("[]", 400, "invalid_json"),
        ("{", 400, "invalid_json"),
        (r#"["f","s"]"#, 400, "invalid_json"),
        (&format!(r#"{{"flow":{}"#, "[".repeat(9000)), 400, "invalid_field"),
        (&"x".repeat(Request::BODY_MAX + 1), 413, "body_too_large"),
    ] {
        let request = post(body.as_bytes(), &house.gate.visitor);
        let engine = &house.gate.engine;
        for reply in [
            crafy::answer(engine, &request).await,
            crafy::begin(engine, &request).await,
            crafy::alternative(engine, &request).await,
        ] {
            assert_failure(&reply, status, code);
        }
    }
    let reload = json!({ "outcome": "reload", "reason": "invalid_step" });
    for name in ["flow", "step"] {
        let mut body = honest.clone();
        body[name] = json!("another");
        assert_eq!(content(&house.answer(&body).await), reload);
        let body = body.to_string();
        let request = post(body.as_bytes(), &house.gate.visitor);
        assert_eq!(content(&crafy::begin(&house.gate.engine, &request).await), reload);
        assert_eq!(content(&crafy::alternative(&house.gate.engine, &request).await), reload);
    }
    let body = honest.to_string();
    let request = post(body.as_bytes(), &house.gate.visitor);
    assert_failure(&crafy::begin(&house.gate.engine, &request).await, 400, "invalid_answer");
    assert_failure(&crafy::alternative(&house.gate.engine, &request).await, 400, "invalid_answer");
    assert_eq!(content(&house.answer(&honest).await)["outcome"], "complete");
}
