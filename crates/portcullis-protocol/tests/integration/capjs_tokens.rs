//! The Python package's tokens, byte for byte, against what the package itself wrote.

use portcullis_engine::{
    Bindings, ChallengeFacts, ChallengeForm, ChallengeId, Entropy, IssueFacts, Parameters, Profile,
    TokenFacts, TokenFormat, UnixMs,
};
use portcullis_protocol::Reply;
use portcullis_protocol::cap::{self, CapjsServer};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::gate::{Gate, Repeatable, SECRET, add, assert_failure, content, easy, post};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/capjs_server_tokens.json")).unwrap()
}

async fn gate() -> Gate {
    Gate::standing_in_for(Profile::CapjsServer, None).await
}

/// Yields the bytes that a vector was made with.
struct Given(Vec<u8>);

impl Given {
    fn hex(text: &str) -> Self {
        Self(
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect(),
        )
    }
}

impl Entropy for Given {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

fn parameters(case: &Value) -> Parameters {
    let number = |name: &str| u32::try_from(case[name].as_u64().unwrap()).unwrap();
    Parameters::new(number("c"), number("s"), number("d")).unwrap()
}

fn facts(gate: &Gate, parameters: Parameters, expires_at: UnixMs) -> ChallengeFacts {
    ChallengeFacts {
        issue: IssueFacts {
            id: ChallengeId::new(UnixMs(0), [0; 16]),
            site: gate.site.id(),
            issued_at: UnixMs(0),
            expires_at,
            bindings: Bindings::default(),
        },
        form: ChallengeForm::Seeded,
        parameters,
    }
}

#[tokio::test]
async fn what_we_write_is_what_the_package_writes() {
    let gate = gate().await;
    let vectors = vectors();
    assert_eq!(vectors["secret"], json!(SECRET));
    for case in vectors["challenges"].as_array().unwrap() {
        let facts = facts(&gate, parameters(case), UnixMs(case["expires_ms"].as_u64().unwrap()));
        let nonce = Given::hex(case["nonce"].as_str().unwrap());
        let token = CapjsServer.seal_challenge(&gate.site, &facts, &nonce).unwrap();
        assert_eq!(json!(token), case["token"]);
    }
    // 28 of a token's digits name its challenge and 2 its ordinal, so the package's own can be asked for.
    let verification = &vectors["verification"];
    let random = Given::hex(verification["random"].as_str().unwrap()).0;
    let mut name = [0; 24];
    name[..14].copy_from_slice(&random[..14]);
    let facts = TokenFacts {
        challenge: ChallengeId(name),
        ordinal: random[14],
        site: gate.site.id(),
        issued_at: UnixMs(0),
        expires_at: UnixMs(verification["expires_ms"].as_u64().unwrap()),
        bindings: Bindings::default(),
    };
    let written = CapjsServer.seal_token(&gate.site, &facts, &Repeatable::default()).unwrap();
    assert_eq!(json!(written), verification["token"]);
}

#[tokio::test]
async fn what_the_package_writes_is_read() {
    let gate = gate().await;
    for case in vectors()["challenges"].as_array().unwrap() {
        let facts = CapjsServer.open_challenge(&gate.site, case["token"].as_str().unwrap()).unwrap();
        assert_eq!(facts.parameters, parameters(case));
        assert_eq!(json!(facts.issue.expires_at.0), case["expires_ms"]);
        assert_eq!(facts.issue.issued_at, UnixMs(facts.issue.expires_at.0 - 600_000));
    }
    let token = vectors()["verification"]["token"].as_str().unwrap().to_owned();
    let facts = CapjsServer.open_token(&gate.site, &token).unwrap();
    assert_eq!((facts.expires_at, facts.bindings), (UnixMs(1_893_456_000_000), Bindings::default()));
}

#[tokio::test]
async fn challenges_of_the_package_are_redeemed_and_its_tokens_spent_once() {
    let gate = gate().await;
    for case in vectors()["challenges"].as_array().unwrap() {
        let body = json!({ "token": case["token"], "solutions": case["solutions"] });
        assert_eq!(content(&gate.redeem(&body).await)["success"], json!(true), "{body}");
        assert_failure(&gate.redeem(&body).await, 200, "already_redeemed");
    }
    let question = json!({ "secret": SECRET, "response": vectors()["verification"]["token"] }).to_string();
    let request = post(question.as_bytes(), &gate.visitor);
    assert_eq!(cap::siteverify(&gate.engine, gate.key(), &request).await.status, 200);
    assert_failure(&cap::siteverify(&gate.engine, gate.key(), &request).await, 404, "already_spent");
}

#[tokio::test]
async fn a_challenge_whose_token_ran_out_unspent_is_redeemed_once_more() {
    let gate = gate().await;
    let case = &vectors()["challenges"][0];
    let body = json!({ "token": case["token"], "solutions": case["solutions"] });
    let token = |reply: &Reply| content(reply)["token"].as_str().unwrap().to_owned();
    let verify = async |token: &str| {
        let question = json!({ "secret": SECRET, "response": token }).to_string();
        cap::siteverify(&gate.engine, gate.key(), &post(question.as_bytes(), &gate.visitor)).await
    };
    let first = token(&gate.redeem(&body).await);
    assert_failure(&gate.redeem(&body).await, 200, "already_redeemed");
    gate.clock.advance(gate.site.token_ttl_ms() + 1);
    let second = token(&gate.redeem(&body).await);
    assert_ne!(first, second);
    assert_failure(&verify(&first).await, 403, "expired");
    gate.clock.advance(gate.site.token_ttl_ms() + 1);
    assert_failure(&gate.redeem(&body).await, 200, "already_redeemed");
}

#[tokio::test]
async fn a_challenge_whose_token_was_spent_is_never_redeemed_again() {
    let gate = gate().await;
    let case = &vectors()["challenges"][0];
    let body = json!({ "token": case["token"], "solutions": case["solutions"] });
    let token = content(&gate.redeem(&body).await)["token"].clone();
    let question = json!({ "secret": SECRET, "response": token }).to_string();
    let request = post(question.as_bytes(), &gate.visitor);
    assert_eq!(cap::siteverify(&gate.engine, gate.key(), &request).await.status, 200);
    gate.clock.advance(gate.site.token_ttl_ms() + 1);
    assert_failure(&gate.redeem(&body).await, 200, "already_redeemed");
}

#[tokio::test]
async fn every_changed_character_is_noticed() {
    let gate = gate().await;
    let challenge = vectors()["challenges"][0]["token"].as_str().unwrap().to_owned();
    let token = vectors()["verification"]["token"].as_str().unwrap().to_owned();
    for text in [&challenge, &token] {
        for place in 0..text.len() {
            for other in ["0", "a", ":", "F", "é", ""] {
                let changed = format!("{}{other}{}", &text[..place], &text[place + 1..]);
                if changed != *text {
                    assert!(CapjsServer.open_challenge(&gate.site, &changed).is_none(), "{changed}");
                    assert!(CapjsServer.open_token(&gate.site, &changed).is_none(), "{changed}");
                }
            }
        }
    }
}

#[tokio::test]
async fn neither_kind_is_read_as_the_other_nor_by_another_site() {
    let gate = gate().await;
    let challenge = vectors()["challenges"][0]["token"].as_str().unwrap().to_owned();
    let token = vectors()["verification"]["token"].as_str().unwrap().to_owned();
    assert!(CapjsServer.open_token(&gate.site, &challenge).is_none());
    assert!(CapjsServer.open_challenge(&gate.site, &token).is_none());
    let other = add(&gate.engine, "Wm4Kx9Tq2Rv7Yb1Zc6Nd3Lf8Gh5Jp0Sa", easy()).await;
    assert!(CapjsServer.open_challenge(&other, &challenge).is_none());
    assert!(CapjsServer.open_token(&other, &token).is_none());
}

#[tokio::test]
async fn well_signed_nonsense_is_refused() {
    let gate = gate().await;
    let nonce = "0".repeat(50);
    for payload in [
        format!("{nonce}:1893456000000:0:32:4"),
        format!("{nonce}:1893456000000:501:32:4"),
        format!("{nonce}:1893456000000:1000000000:32:4"),
        format!("{nonce}:1893456000000:50:45:4"),
        format!("{nonce}:1893456000000:50:32:0"),
        format!("{nonce}:1893456000000:50:32:9"),
        format!("{nonce}:1893456000000:050:32:4"),
        format!("{nonce}:1893456000000.0:50:32:4"),
        format!("{nonce}:999999999999999:50:32:4"),
        format!("{nonce}:inf:50:32:4"),
        format!("{nonce}:-1:50:32:4"),
        format!("{}:1893456000000:50:32:4", "A".repeat(50)),
        format!("{}:1893456000000:50:32:4", "0".repeat(49)),
        format!("{}:inf", "0".repeat(30)),
        format!("{}:1893456000000", "0".repeat(31)),
        ":".to_owned(),
        "::::".to_owned(),
    ] {
        let text = format!("{payload}:{}", signature(&payload));
        assert!(CapjsServer.open_challenge(&gate.site, &text).is_none(), "{payload}");
        assert!(CapjsServer.open_token(&gate.site, &text).is_none(), "{payload}");
    }
    let payload = format!("{nonce}:1893456000000:50:32:4");
    let signed = format!("{payload}:{}", signature(&payload));
    assert!(CapjsServer.open_challenge(&gate.site, &signed).is_some(), "the signature here is right");
    let upper = format!("{payload}:{}", signature(&payload).to_uppercase());
    assert!(CapjsServer.open_challenge(&gate.site, &upper).is_none());
}

fn signature(payload: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn names_in_the_ledger_differ_by_site_and_random_part() {
    let gate = gate().await;
    let open = |random: &str| {
        let payload = format!("{random}:1893456000000");
        CapjsServer.open_token(&gate.site, &format!("{payload}:{}", signature(&payload))).unwrap().challenge
    };
    let (first, second) = (open(&"0".repeat(30)), open(&"1".repeat(30)));
    assert_ne!(first, second);
    assert_eq!(first, open(&"0".repeat(30)));
    assert_eq!(first, open(&format!("{}ff", "0".repeat(28))), "the last two digits are the ordinal");
    let facts = facts(&gate, Parameters::new(1, 1, 1).unwrap(), UnixMs(1_893_456_000_000));
    let text = CapjsServer.seal_challenge(&gate.site, &facts, &Repeatable::default()).unwrap();
    assert_ne!(CapjsServer.open_challenge(&gate.site, &text).unwrap().issue.id, first);
}

#[tokio::test]
async fn strings_of_digits_are_solutions_in_this_profile_only() {
    let gate = gate().await;
    let case = &vectors()["challenges"][0];
    let solutions: Vec<String> =
        case["solutions"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let body = json!({ "token": case["token"], "solutions": solutions });
    assert_eq!(content(&gate.redeem(&body).await)["success"], json!(true));
    let standalone = Gate::open(easy()).await;
    assert_failure(&standalone.redeem(&body).await, 400, "invalid_solutions");
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,200}", fields in "[0-9a-f]{0,60}(:[0-9]{0,20}){0,6}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let gate = runtime.block_on(gate());
        for text in [&text, &fields] {
            prop_assert!(CapjsServer.open_challenge(&gate.site, text).is_none());
            prop_assert!(CapjsServer.open_token(&gate.site, text).is_none());
        }
    }
}
