//! The whole cycle: challenge, redeem, siteverify.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::connection::{Connection, post};
use crate::latency::Latencies;

struct Requests {
    challenge: Vec<u8>,
    redeem_path: String,
    secret: String,
}

/// Runs `number` cycles, and then `number` of each step alone.
pub async fn run(
    server: SocketAddr,
    connections: usize,
    site_key: &str,
    secret: &str,
    number: usize,
) -> anyhow::Result<Value> {
    let requests = Rc::new(Requests {
        challenge: post(&format!("/cap/{site_key}/challenge"), "application/json", ""),
        redeem_path: format!("/cap/{site_key}/redeem"),
        secret: secret.to_owned(),
    });
    let prepared = prepare(server, connections, &requests, number * 2).await?;
    let (for_cycles, for_steps) = prepared.split_at(number);

    let steps = Rc::new(RefCell::new([Latencies::default(), Latencies::default(), Latencies::default()]));
    let (recorded, shared) = (steps.clone(), requests.clone());
    let cycles = each(server, connections, for_cycles.to_vec(), async move |connection, redeem: &Vec<u8>| {
        let start = Instant::now();
        let (status, _) = connection.send(&shared.challenge).await?;
        ensure!(status == 200, "challenge: {status}");
        let challenged = start.elapsed();
        let verify = siteverify(connection.send(redeem).await?, &shared.secret)?;
        let redeemed = start.elapsed();
        verified(connection.send(&verify).await?)?;
        let done = start.elapsed();
        let mut steps = recorded.borrow_mut();
        steps[0].push(challenged);
        steps[1].push(redeemed - challenged);
        steps[2].push(done - redeemed);
        Ok(())
    })
    .await?;

    let shared = requests.clone();
    let challenge = each(server, connections, vec![(); number], async move |connection, ()| {
        let (status, _) = connection.send(&shared.challenge).await?;
        ensure!(status == 200, "challenge: {status}");
        Ok(())
    })
    .await?;
    let tokens = Rc::new(RefCell::new(Vec::with_capacity(number)));
    let (collected, shared) = (tokens.clone(), requests.clone());
    let redeem = each(server, connections, for_steps.to_vec(), async move |connection, redeem: &Vec<u8>| {
        let verify = siteverify(connection.send(redeem).await?, &shared.secret)?;
        collected.borrow_mut().push(verify);
        Ok(())
    })
    .await?;
    let verify = each(server, connections, tokens.take(), async move |connection, verify: &Vec<u8>| {
        verified(connection.send(verify).await?)
    })
    .await?;

    let total = 1.0 / challenge + 1.0 / redeem + 1.0 / verify;
    let mut steps = steps.borrow_mut();
    Ok(json!({
        "cycles_per_second": cycles.round(),
        "within_cycles": {
            "challenge": steps[0].summary(), "redeem": steps[1].summary(), "siteverify": steps[2].summary(),
        },
        "alone_per_second": { "challenge": challenge.round(), "redeem": redeem.round(), "siteverify": verify.round() },
        "share_of_a_cycle": {
            "challenge": 1.0 / challenge / total, "redeem": 1.0 / redeem / total, "siteverify": 1.0 / verify / total,
        },
    }))
}

/// Fetches and solves challenges; answers the redeem requests.
async fn prepare(
    server: SocketAddr,
    connections: usize,
    requests: &Rc<Requests>,
    number: usize,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let prepared = Rc::new(RefCell::new(Vec::with_capacity(number)));
    let (collected, shared) = (prepared.clone(), requests.clone());
    each(server, connections, vec![(); number], async move |connection, ()| {
        let (status, body) = connection.send(&shared.challenge).await?;
        ensure!(status == 200, "challenge: {status} {}", String::from_utf8_lossy(body));
        let body = solve(body)?;
        collected.borrow_mut().push(post(&shared.redeem_path, "application/json", &body));
        Ok(())
    })
    .await?;
    Ok(prepared.take())
}

/// The body of the redeem request for a salted challenge.
fn solve(challenge: &[u8]) -> anyhow::Result<String> {
    let challenge: Value = serde_json::from_slice(challenge)?;
    let solutions = solutions(&challenge["challenge"])?;
    Ok(json!({ "token": challenge["token"], "solutions": solutions }).to_string())
}

/// Solves puzzles that are written out.
pub fn solutions(puzzles: &Value) -> anyhow::Result<Vec<u64>> {
    let puzzles = puzzles.as_array().context("the site sends seeded challenges; make it salted")?;
    let solutions = puzzles.iter().map(|puzzle| {
        let text = |index: usize| puzzle[index].as_str().context("a puzzle is [salt, target]");
        let puzzle = portcullis_pow::Puzzle::new(text(0)?, text(1)?.parse()?)?;
        portcullis_pow::solve(&puzzle).context("a puzzle without a solution")
    });
    solutions.collect()
}

fn siteverify((status, body): (u16, &[u8]), secret: &str) -> anyhow::Result<Vec<u8>> {
    let body = std::str::from_utf8(body)?;
    let token = body.split_once("\"token\":\"").and_then(|(_, rest)| rest.split_once('"'));
    let (token, _) = token.with_context(|| format!("redeem: {status} {body}"))?;
    Ok(post("/siteverify", "application/x-www-form-urlencoded", &format!("secret={secret}&response={token}")))
}

fn verified((status, body): (u16, &[u8])) -> anyhow::Result<()> {
    let is_success = status == 200 && body.windows(14).any(|window| window == b"\"success\":true");
    ensure!(is_success, "siteverify: {status} {}", String::from_utf8_lossy(body));
    Ok(())
}

/// Hands every item to the next free connection. Answers items per second.
pub async fn each<T: 'static, F>(
    server: SocketAddr,
    connections: usize,
    items: Vec<T>,
    work: F,
) -> anyhow::Result<f64>
where
    F: AsyncFn(&mut Connection, &T) -> anyhow::Result<()> + 'static,
{
    let number = items.len();
    let (items, next, work) = (Rc::new(items), Rc::new(Cell::new(0)), Rc::new(work));
    let local = LocalSet::new();
    let mut tasks = Vec::new();
    let start = Instant::now();
    for _ in 0..connections {
        let (items, next, work) = (items.clone(), next.clone(), work.clone());
        tasks.push(local.spawn_local(async move {
            let mut connection = Connection::open(server).await?;
            while let Some(item) = items.get(next.replace(next.get() + 1)) {
                work(&mut connection, item).await?;
            }
            anyhow::Ok(())
        }));
    }
    local.await;
    for task in tasks {
        task.await??;
    }
    Ok(number as f64 / start.elapsed().as_secs_f64())
}
