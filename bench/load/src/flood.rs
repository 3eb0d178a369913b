//! The same request, many times.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use crate::connection::{Connection, post};
use crate::latency::Latencies;

/// What is sent. `{n}` in the path or body is replaced by a running number.
#[derive(Args)]
pub struct Flood {
    /// The path.
    path: String,
    /// The body.
    body: String,
    #[arg(long, default_value = "application/x-www-form-urlencoded")]
    content_type: String,
}

impl Flood {
    /// As fast as it is answered.
    pub async fn run(self, server: SocketAddr, connections: usize, number: usize) -> anyhow::Result<Value> {
        let (flood, next, latencies) = (Rc::new(self), Rc::new(Cell::new(0)), Rc::default());
        let local = LocalSet::new();
        let start = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..connections {
            let (flood, next) = (flood.clone(), next.clone());
            let latencies: Rc<std::cell::RefCell<Latencies>> = Rc::clone(&latencies);
            tasks.push(local.spawn_local(async move {
                let mut connection = Connection::open(server).await?;
                let (mut own, mut statuses) = (Latencies::default(), std::collections::BTreeMap::new());
                loop {
                    let n = next.replace(next.get() + 1);
                    if n >= number {
                        latencies.borrow_mut().extend(&own);
                        return anyhow::Ok(statuses);
                    }
                    let request = flood.request(n);
                    let sent = Instant::now();
                    let (status, _) = connection.send(&request).await?;
                    own.push(sent.elapsed());
                    *statuses.entry(status).or_insert(0_u64) += 1;
                }
            }));
        }
        local.await;
        let elapsed = start.elapsed().as_secs_f64();
        let mut statuses = std::collections::BTreeMap::new();
        for task in tasks {
            for (status, number) in task.await?? {
                *statuses.entry(status.to_string()).or_insert(0_u64) += number;
            }
        }
        let per_second = (number as f64 / elapsed).round();
        let latency = latencies.borrow_mut().summary();
        Ok(json!({ "per_second": per_second, "statuses": statuses, "latency": latency }))
    }

    /// `rate` requests per second for `seconds`, sent when they are due whether or not the earlier are answered.
    pub async fn steady(
        self,
        server: SocketAddr,
        connections: usize,
        rate: u64,
        seconds: u64,
    ) -> anyhow::Result<Value> {
        let (flood, next) = (Rc::new(self), Rc::new(Cell::new(0)));
        let due = Arc::new(Semaphore::new(0));
        let metronome = beat(due.clone(), rate, rate * seconds);
        let local = LocalSet::new();
        let mut tasks = Vec::new();
        for _ in 0..connections {
            let (flood, next, due) = (flood.clone(), next.clone(), due.clone());
            tasks.push(local.spawn_local(async move {
                let mut connection = Connection::open(server).await?;
                while let Ok(permit) = due.acquire().await {
                    permit.forget();
                    connection.send(&flood.request(next.replace(next.get() + 1))).await?;
                }
                anyhow::Ok(())
            }));
        }
        local.await;
        metronome.join().map_err(|_| anyhow::anyhow!("the metronome stopped"))?;
        for task in tasks {
            task.await??;
        }
        Ok(json!({ "answered": next.get(), "due": rate * seconds }))
    }

    fn request(&self, n: usize) -> Vec<u8> {
        let number = n.to_string();
        post(&self.path.replace("{n}", &number), &self.content_type, &self.body.replace("{n}", &number))
    }
}

/// Lets `rate` requests per second go, `number` in all, from a thread of its own: tokio's timers tick in
/// milliseconds, and twenty requests at once are another load than a few.
fn beat(due: Arc<Semaphore>, rate: u64, number: u64) -> JoinHandle<()> {
    spawn(move || {
        let (start, mut sent) = (Instant::now(), 0);
        while sent < number {
            sleep(BEAT);
            let until_now = (start.elapsed().as_secs_f64() * rate as f64) as u64;
            // Who slept too long catches up at twice the rate, not all at once.
            let most = (2.0 * BEAT.as_secs_f64() * rate as f64) as u64 + 1;
            let step = (until_now.min(number) - sent).min(most);
            due.add_permits(step as usize);
            sent += step;
        }
        // What is still due is dropped with the semaphore; the probe has seen enough by then.
        due.close();
    })
}

/// How often requests are let go.
const BEAT: Duration = Duration::from_micros(250);
