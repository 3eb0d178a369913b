//! The same request, many times.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use std::thread::{self, sleep, spawn};
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, LocalSet};

use crate::connection::{Connection, post};
use crate::latency::Latencies;
use crate::motion;

/// What is sent. `{n}` in the path or body is replaced by a running number, `{motion}` in the body by a pointer's path.
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
        LazyLock::force(&PATHS);
        let (flood, next, latencies) = (Rc::new(self), Rc::new(Cell::new(0)), Rc::default());
        let local = LocalSet::new();
        let start = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..connections {
            let (flood, next) = (flood.clone(), next.clone());
            let latencies: Rc<std::cell::RefCell<Latencies>> = Rc::clone(&latencies);
            tasks.push(local.spawn_local(async move {
                let mut connection = Connection::open(server).await?;
                let (mut own, mut statuses) = (Latencies::default(), Statuses::new());
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
                    *statuses.entry(status).or_insert(0) += 1;
                }
            }));
        }
        local.await;
        let elapsed = start.elapsed().as_secs_f64();
        let statuses = all(tasks).await?;
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
                let mut statuses = Statuses::new();
                while let Ok(permit) = due.acquire().await {
                    permit.forget();
                    let request = flood.request(next.replace(next.get() + 1));
                    let (status, _) = connection.send(&request).await?;
                    *statuses.entry(status).or_insert(0) += 1;
                }
                anyhow::Ok(statuses)
            }));
        }
        local.await;
        metronome.join().map_err(|_| anyhow::anyhow!("the metronome stopped"))?;
        let statuses = all(tasks).await?;
        let answered: u64 = statuses.values().sum();
        Ok(json!({ "answered": answered, "due": rate * seconds, "statuses": statuses }))
    }

    fn request(&self, n: usize) -> Vec<u8> {
        let number = n.to_string();
        let mut body = self.body.replace("{n}", &number);
        if body.contains(MOTION) {
            body = body.replace(MOTION, &PATHS[n % PATHS.len()]);
        }
        post(&self.path.replace("{n}", &number), &self.content_type, &body)
    }
}

/// What tasks counted, together.
async fn all(tasks: Vec<JoinHandle<anyhow::Result<Statuses>>>) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut statuses = BTreeMap::new();
    for task in tasks {
        for (status, number) in task.await?? {
            *statuses.entry(status.to_string()).or_insert(0) += number;
        }
    }
    Ok(statuses)
}

/// Lets `rate` requests per second go, `number` in all, from a thread of its own: tokio's timers tick in
/// milliseconds, and twenty requests at once are another load than a few.
fn beat(due: Arc<Semaphore>, rate: u64, number: u64) -> thread::JoinHandle<()> {
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

/// How many answers had which status.
type Statuses = BTreeMap<u16, u64>;

const MOTION: &str = "{motion}";
/// Made once, as making them would be most of the load's own time.
static PATHS: LazyLock<Vec<String>> = LazyLock::new(motion::paths);
/// How often requests are let go.
const BEAT: Duration = Duration::from_micros(250);
