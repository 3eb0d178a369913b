//! The ALTCHA door: challenges of version 1, the cheapest to check, and the backend's verification of solved ones.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::connection::post;
use crate::cycles::each;

/// Whose challenges, and how many.
#[derive(Args)]
pub struct Altcha {
    site_key: String,
    secret: String,
    /// An origin that the site lists.
    #[arg(long, default_value = "https://bench.test")]
    origin: String,
    /// How many challenges; each is solved, which takes the most of the time, and verified.
    #[arg(long, default_value_t = 40_000)]
    number: usize,
}

impl Altcha {
    /// Times the challenges, solves them, and times their verification.
    pub async fn run(self, server: SocketAddr, connections: usize) -> anyhow::Result<Value> {
        let request = format!(
            "GET /altcha/challenge?apiKey={} HTTP/1.1\r\nHost: localhost\r\nOrigin: {}\r\n\r\n",
            self.site_key, self.origin
        );
        let challenges = Rc::new(RefCell::new(Vec::with_capacity(self.number)));
        let collected = challenges.clone();
        let issued = each(server, connections, vec![(); self.number], async move |connection, ()| {
            let (status, body) = connection.send(request.as_bytes()).await?;
            ensure!(status == 200, "challenge: {status} {}", String::from_utf8_lossy(body));
            collected.borrow_mut().push(body.to_vec());
            Ok(())
        });
        let issued = issued.await?;
        let payloads: Vec<String> =
            challenges.take().iter().map(|body| solved(body)).collect::<Result<_, _>>()?;
        let secret = self.secret;
        let verified = each(server, connections, payloads, async move |connection, payload: &String| {
            let body = json!({ "secret": secret, "altcha": payload }).to_string();
            let (status, body) = connection.send(&post("/altcha/verify", "application/json", &body)).await?;
            let is_verified = body.windows(15).any(|window| window == b"\"verified\":true");
            ensure!(status == 200 && is_verified, "verify: {status} {}", String::from_utf8_lossy(body));
            Ok(())
        });
        Ok(json!({
            "challenges_per_second": issued.round(),
            "verifications_per_second": verified.await?.round(),
        }))
    }
}

/// The payload of a form. The number is what follows the salt in the text whose digest the challenge is.
fn solved(challenge: &[u8]) -> anyhow::Result<String> {
    let challenge: Value = serde_json::from_slice(challenge)?;
    let text =
        |name: &str| challenge[name].as_str().with_context(|| format!("a challenge of version 1 has {name}"));
    let wanted = text("challenge")?;
    let salted = Sha256::new().chain_update(text("salt")?);
    let is_wanted = |number: &u64| {
        let digest = salted.clone().chain_update(number.to_string()).finalize();
        digest.iter().zip(wanted.as_bytes().chunks(2)).all(|(byte, digits)| {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            u8::from_str_radix(digits, 16) == Ok(*byte)
        })
    };
    let number = (0..10_000_000).find(is_wanted).context("a challenge without a number")?;
    let payload = json!({
        "algorithm": text("algorithm")?,
        "challenge": wanted,
        "number": number,
        "salt": text("salt")?,
        "signature": text("signature")?,
    });
    Ok(BASE64_STANDARD.encode(payload.to_string()))
}
