//! The same request, many times.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};
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

    /// `rate` requests per second for `seconds`, sent when they are due.
    pub async fn steady(
        self,
        server: SocketAddr,
        connections: usize,
        rate: u64,
        seconds: u64,
    ) -> anyhow::Result<()> {
        let flood = Rc::new(self);
        let local = LocalSet::new();
        let start = Instant::now() + Duration::from_millis(50);
        let mut tasks = Vec::new();
        for lane in 0..connections {
            let flood = flood.clone();
            tasks.push(local.spawn_local(async move {
                let mut connection = Connection::open(server).await?;
                let mut n = lane;
                while n < (rate * seconds) as usize {
                    let due = start + Duration::from_secs_f64(n as f64 / rate as f64);
                    tokio::time::sleep_until(due.into()).await;
                    connection.send(&flood.request(n)).await?;
                    n += connections;
                }
                anyhow::Ok(())
            }));
        }
        local.await;
        for task in tasks {
            task.await??;
        }
        Ok(())
    }

    fn request(&self, n: usize) -> Vec<u8> {
        let number = n.to_string();
        post(&self.path.replace("{n}", &number), &self.content_type, &self.body.replace("{n}", &number))
    }
}
