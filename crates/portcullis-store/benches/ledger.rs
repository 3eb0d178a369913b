//! How many tokens per second can be taken out and spent, how many flows finished and fetched, how fast one quota
//! is counted up, and what the disk costs.
//!
//! `cargo bench -p portcullis-store` prints operations per second for each adapter at several numbers of tasks
//! that each wait for their answer before they ask again. A plain program and no statistics: what is to be known
//! is a rate over seconds, under the concurrency that a server has.

#![expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use portcullis_store::sqlite::{Database, Durability};
use portcullis_store::{
    ChallengeId, Consumed, FlowId, LimitKey, Quota, QuotaId, Redemption, Spending, Stores, UnixMs, memory,
};
use tokio::task::JoinSet;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        println!(
            "{:<24} {:>6} {:>12} {:>12} {:>12} {:>9}",
            "store", "tasks", "redeem/s", "spend/s", "both/s", "p99 ms"
        );
        for tasks in [1, 64, 256] {
            rates("memory", tasks, &memory::open()).await;
        }
        for (name, durability) in
            [("sqlite", Durability::ProcessDeath), ("sqlite, power loss", Durability::PowerLoss)]
        {
            for tasks in [1, 64, 256] {
                let folder = tempfile::tempdir().expect("a folder is made");
                let database = Database::open(&folder.path().join("ledger.db"), durability).expect("opens");
                rates(name, tasks, &database.stores()).await;
            }
        }
        spends_during_a_purge().await;
        println!("{:<24} {:>6} {:>12} {:>12} {:>12}", "store", "tasks", "finish/s", "consume/s", "count/s");
        flow_rates("memory", &memory::open()).await;
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = folder.path().join("flows.db");
        let database = Database::open(&path, Durability::ProcessDeath).expect("opens");
        flow_rates("sqlite", &database.stores()).await;
        limit_hits(&memory::open()).await;
    });
}

/// Redeems fresh challenges, spends their tokens, then does both by turns.
async fn rates(name: &str, tasks: u32, stores: &Stores) {
    let number = if tasks == 1 || name.ends_with("power loss") { 10_000 } else { 200_000 };
    let (redeems, _) = rate(tasks, number, stores, |stores, number| async move {
        stores.tokens.redeem(&redemption(number), NOON).await.expect("answers");
    })
    .await;
    let (spends, p99_ms) = rate(tasks, number, stores, |stores, number| async move {
        stores.tokens.spend(&spending(number), NOON).await.expect("answers");
    })
    .await;
    let (both, _) = rate(tasks, number / 2, stores, |stores, number| async move {
        let number = number + 1_000_000;
        stores.tokens.redeem(&redemption(number), NOON).await.expect("answers");
        stores.tokens.spend(&spending(number), NOON).await.expect("answers");
    })
    .await;
    println!("{name:<24} {tasks:>6} {redeems:>12.0} {spends:>12.0} {:>12.0} {p99_ms:>9.2}", both * 2.0);
}

/// Finishes flows, fetches their verdicts, then counts one quota up, as a plan's is: all on one row.
async fn flow_rates(name: &str, stores: &Stores) {
    for tasks in [1, 64] {
        let number = if tasks == 1 { 10_000 } else { 200_000 };
        let first = tasks * 1_000_000;
        let (finishes, _) = rate(tasks, number, stores, move |stores, number| async move {
            let finished = stores.flows.finish(flow(first + number), &[7; 160], NOON.plus(7_200_000), NOON);
            assert!(finished.await.expect("answers"), "each flow is a new one");
        })
        .await;
        let (consumes, _) = rate(tasks, number, stores, move |stores, number| async move {
            let consumed = stores.flows.consume(flow(first + number), NOON).await.expect("answers");
            assert!(matches!(consumed, Consumed::Now(_)), "each verdict is there once");
        })
        .await;
        let (counts, _) = rate(tasks, number, stores, move |stores, _| async move {
            let month = NOON.plus(31 * 86_400_000);
            let counted = stores.quotas.count(QuotaId(challenge(first).0), 500_000, month, NOON);
            counted.await.expect("answers").expect("the quota lasts");
        })
        .await;
        println!("{name:<24} {tasks:>6} {finishes:>12.0} {consumes:>12.0} {counts:>12.0}");
    }
}

/// Spends while a purge removes half a million rows.
async fn spends_during_a_purge() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let database = Database::open(&folder.path().join("ledger.db"), Durability::ProcessDeath).expect("opens");
    let stores = database.stores();
    let fill = |stores: Stores, number| async move {
        let row = Redemption { keep_until: NOON.plus(1), ..redemption(number) };
        stores.tokens.redeem(&row, NOON).await.expect("answers");
    };
    rate(256, 500_000, &stores, fill).await;
    let tokens = stores.tokens.clone();
    let purging = tokio::spawn(async move { tokens.purge(u32::MAX, NOON.plus(2)).await.expect("answers") });
    let (spends, p99_ms) = rate(64, 100_000, &stores, |stores, number| async move {
        stores.tokens.spend(&spending(number + 1_000_000), NOON).await.expect("answers");
    })
    .await;
    let meanwhile = if purging.is_finished() { "the purge ended first" } else { "the purge went on" };
    println!(
        "{:<24} {:>6} {:>12} {spends:>12.0} {:>12} {p99_ms:>9.2}   ({meanwhile})",
        "sqlite, purging", 64, "", ""
    );
    purging.await.expect("the purge ends");
}

/// Hits one limit store from one task, over ten thousand keys.
async fn limit_hits(stores: &Stores) {
    let quota = Quota { per_minute: 120, burst: 60, ceiling: 2_400 };
    let begun = Instant::now();
    for number in 0..2_000_000_u32 {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&(number % 10_000).to_le_bytes());
        stores.limits.hit(&LimitKey(key), quota, NOON).await.expect("answers");
    }
    println!("a hit on a limit: {:.0} ns", begun.elapsed().as_nanos() as f64 / 2e6);
}

/// Operations per second, and the 99th percentile of how long one took.
async fn rate<F>(
    tasks: u32,
    number: u32,
    stores: &Stores,
    run: impl Fn(Stores, u32) -> F + Copy + Send + 'static,
) -> (f64, f64)
where
    F: Future<Output = ()> + Send + 'static,
{
    let next = Arc::new(AtomicU32::new(0));
    let mut running = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..tasks {
        let (stores, next) = (stores.clone(), next.clone());
        running.spawn(async move {
            let mut waits = Vec::new();
            loop {
                let mine = next.fetch_add(1, Ordering::Relaxed);
                if mine >= number {
                    return waits;
                }
                let asked = Instant::now();
                run(stores.clone(), mine).await;
                waits.push(asked.elapsed());
            }
        });
    }
    let mut waits = running.join_all().await.concat();
    let seconds = begun.elapsed().as_secs_f64();
    waits.sort_unstable();
    (f64::from(number) / seconds, waits[waits.len() * 99 / 100].as_secs_f64() * 1e3)
}

fn redemption(number: u32) -> Redemption {
    Redemption {
        challenge: challenge(number),
        token_expires_at: NOON.plus(1_200_000),
        keep_until: NOON.plus(7_200_000),
        first_allowed: true,
        reissues: 3,
    }
}

fn spending(number: u32) -> Spending {
    Spending {
        challenge: challenge(number),
        ordinal: 0,
        keep_until: NOON.plus(7_200_000),
        idempotency: None,
        receipt: Vec::new(),
    }
}

/// Flows in no order, as keyed names are.
fn flow(number: u32) -> FlowId {
    let mut bytes = [0; 24];
    let scattered = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    bytes[..16].copy_from_slice(&scattered.to_be_bytes());
    FlowId(bytes)
}

/// A hundred challenges a millisecond, with nonces in no order, as a server issues them.
fn challenge(number: u32) -> ChallengeId {
    let nonce = u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    ChallengeId::new(NOON.plus(u64::from(number / 100)), nonce.to_be_bytes())
}

const NOON: UnixMs = UnixMs(1_800_000_000_000);
