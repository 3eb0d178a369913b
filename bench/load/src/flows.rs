//! The Crafy door: flows that are made, taken through by work alone, and verified by a backend.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use blake2::digest::consts::U32;
use blake2::{Blake2b, Digest};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use clap::Args;
use serde_json::{Value, json};

use crate::connection::{Connection, post, post_with};
use crate::cycles::{each, solutions};

/// Whose flows, and how many.
#[derive(Args)]
pub struct Flows {
    site_key: String,
    secret: String,
    public_token: String,
    /// An origin that the site lists.
    #[arg(long, default_value = "https://bench.test")]
    origin: String,
    /// How many flows; half of them are verified in pairs of calls, half by `check_flow` alone.
    #[arg(long, default_value_t = 40_000)]
    number: usize,
}

impl Flows {
    /// Takes every flow through the challenge page, and then times its backend.
    pub async fn run(self, server: SocketAddr, connections: usize) -> anyhow::Result<Value> {
        let flows = Rc::new(self);
        let tokens = Rc::new(RefCell::new(Vec::with_capacity(flows.number)));
        let (collected, shared) = (tokens.clone(), flows.clone());
        let made: Vec<u64> = (0..flows.number as u64).collect();
        let taken = each(server, connections, made, async move |connection, number: &u64| {
            let token = shared.take(connection, *number).await?;
            collected.borrow_mut().push(token);
            Ok(())
        });
        let taken = taken.await?;
        let tokens = tokens.take();
        let (for_pairs, alone) = tokens.split_at(tokens.len() / 2);
        let shared = flows.clone();
        let pairs = each(server, connections, for_pairs.to_vec(), async move |connection, token: &String| {
            let bearer = shared.authenticate(connection).await?;
            checked(connection.send(&check_flow(&bearer, token)).await?)
        });
        let pairs = pairs.await?;
        let shared = flows.clone();
        let log_ins = each(server, connections, vec![(); flows.number], async move |connection, ()| {
            shared.authenticate(connection).await.map(drop)
        });
        let log_ins = log_ins.await?;
        let bearer = flows.authenticate(&mut Connection::open(server).await?).await?;
        let checks = each(server, connections, alone.to_vec(), async move |connection, token: &String| {
            checked(connection.send(&check_flow(&bearer, token)).await?)
        });
        Ok(json!({
            "opened_and_answered_per_second": taken.round(),
            "authenticate_then_check_flow_per_second": pairs.round(),
            "authenticate_per_second": log_ins.round(),
            "check_flow_per_second": checks.await?.round(),
        }))
    }

    /// Takes one flow through by work alone. Answers its token.
    async fn take(&self, connection: &mut Connection, number: u64) -> anyhow::Result<String> {
        let form = post_with(
            "/challenge/",
            &format!("Origin: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n", self.origin),
            &format!("pt={}&cdweo={}", self.public_token, encoded(&json!({ "eo": self.options(number)? }))),
        );
        let (status, body) = connection.send(&form).await?;
        let html = std::str::from_utf8(body)?;
        let document = html.split_once("id=\"flow\">").and_then(|(_, rest)| rest.split_once("</script>"));
        let (document, _) = document.with_context(|| format!("challenge: {status} {html}"))?;
        let document: Value = serde_json::from_str(document)?;
        let step = &document["step"];
        ensure!(step["kind"] == "work", "this visitor is asked for a {}: {document}", step["kind"]);
        let handshake: Value =
            serde_json::from_str(document["handshake"]["payload"].as_str().context("no handshake")?)?;
        let token = handshake["payload"]["flow_token"].as_str().context("no flow token")?.to_owned();
        let answer = json!({
            "flow": document["flow"],
            "step": step["id"],
            "solutions": solutions(&step["work"]["challenges"])?,
            "answer": {},
        });
        let answer = post("/challenge/answer", "application/json", &answer.to_string());
        let (status, body) = connection.send(&answer).await?;
        let body = std::str::from_utf8(body)?;
        ensure!(body.contains("\"complete\""), "answer: {status} {body}");
        Ok(token)
    }

    /// What a backend's SDK encrypts.
    fn options(&self, number: u64) -> anyhow::Result<String> {
        let options = json!({ "mode": "hidden", "nonce": format!("{number:064x}") }).to_string();
        let key = Blake2b::<U32>::digest(self.secret.as_bytes());
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&number.to_be_bytes());
        let sealed = XChaCha20Poly1305::new(&key)
            .encrypt(&XNonce::from(nonce), options.as_bytes())
            .map_err(|_| anyhow::anyhow!("the options are too long"))?;
        Ok(format!(";v3_;{}", BASE64_STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    async fn authenticate(&self, connection: &mut Connection) -> anyhow::Result<String> {
        let body = json!({ "public_key": self.site_key, "secret_key": self.secret }).to_string();
        let request = post("/api/?action=authenticate", "application/json", &body);
        let (status, body) = connection.send(&request).await?;
        let body = std::str::from_utf8(body)?;
        let bearer = body.split_once("\"token\":\"").and_then(|(_, rest)| rest.split_once('"'));
        bearer.map(|(bearer, _)| bearer.to_owned()).with_context(|| format!("authenticate: {status} {body}"))
    }
}

fn check_flow(bearer: &str, token: &str) -> Vec<u8> {
    let headers = format!("Authorization: Bearer {bearer}\r\nContent-Type: application/json\r\n");
    post_with("/api/?action=check_flow", &headers, &json!({ "flow_token": token }).to_string())
}

fn checked((status, body): (u16, &[u8])) -> anyhow::Result<()> {
    ensure!(status == 200, "check_flow: {status} {}", String::from_utf8_lossy(body));
    Ok(())
}

/// JSON as it may stand in a form.
fn encoded(value: &Value) -> String {
    let text = value.to_string();
    text.bytes().fold(String::with_capacity(text.len() * 3), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
