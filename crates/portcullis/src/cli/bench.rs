//! `portcullis bench`: what the functions that the server's speed depends on cost on this machine.
//!
//! No network is involved: what a server does over HTTP is measured by the project's `bench/`. Every figure is
//! the median of several rounds, as the first one warms the caches and a busy machine spoils some.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use portcullis_engine::{
    Challenge, ChallengeForm, ClaimedOrigin, Clock, Engine, Entropy, Issue, MasterKey, NewSite, NoAddresses,
    Parameters, Redeem, Site, SiteSettings, Siteverify, SystemClock, SystemEntropy, Token, Visitor,
};
use portcullis_pow::{Puzzle, salted, seeded, verify};
use portcullis_store::sqlite::Database;
use portcullis_store::{ChallengeId, Spending, Stores, memory};
use serde::Serialize;

use super::{Answer, block_on};
use crate::client::solve_all;
use crate::config::{Config, Durability};
use crate::data_folder::{DataFolder, cannot};
use crate::failure::Failure;
use crate::gate;

/// How to print, and which disk to measure.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Where to make the folder for measuring the disk; it is removed again
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One figure.
#[derive(Serialize)]
struct Figure {
    name: &'static str,
    microseconds: f64,
    per_second: f64,
}

impl Figure {
    fn new(name: &'static str, time: Duration, times: usize) -> Self {
        let seconds = time.as_secs_f64() / times.max(1) as f64;
        Self { name, microseconds: seconds * 1e6, per_second: 1.0 / seconds }
    }
}

/// Measures everything. Takes some seconds.
pub(super) fn run(arguments: &Arguments) -> Result<Answer, Failure> {
    let mut figures = vec![verify_salted()?, verify_seeded()?];
    block_on(async {
        figures.extend(cycle().await?);
        figures.extend(spends(arguments.folder.clone()).await?);
        Ok(())
    })?;
    if arguments.json {
        return Ok(Answer::json(&figures));
    }
    let mut table =
        format!("{:<58}{:>12}{:>14}\n", "on one thread, unless it says otherwise", "µs", "per second");
    for figure in &figures {
        // Writing to a string does not fail.
        let _ =
            writeln!(table, "{:<58}{:>12.2}{:>14.0}", figure.name, figure.microseconds, figure.per_second);
    }
    Ok(Answer::success(table))
}

fn verify_salted() -> Result<Figure, Failure> {
    let parameters = cap_parameters()?;
    let puzzles = || salted(&[7; 32], parameters);
    let solutions = solve_all(&puzzles().collect::<Vec<_>>())?;
    Ok(repeated("verify 50 solutions, salted, difficulty 4", || verify(puzzles(), &solutions).is_ok()))
}

fn verify_seeded() -> Result<Figure, Failure> {
    let parameters = cap_parameters()?;
    // As long as the tokens of the Python package.
    let token = "0123456789abcdef".repeat(9);
    let puzzles = || seeded(&token, parameters);
    let solutions = solve_all(&puzzles().collect::<Vec<_>>())?;
    Ok(repeated("verify 50 solutions, seeded, difficulty 4", || verify(puzzles(), &solutions).is_ok()))
}

/// Issue, redeem and siteverify in memory: all of a visit but HTTP and the disk.
async fn cycle() -> Result<Vec<Figure>, Failure> {
    let gate = InMemory::open().await?;
    let (issue, issued) = time(gate.issue()).await;
    let mut solved = Vec::with_capacity(CYCLES);
    for challenge in issued {
        let puzzles = challenge.puzzles.map(Iterator::collect::<Vec<Puzzle>>).unwrap_or_default();
        solved.push((challenge.token, solve_all(&puzzles)?));
    }
    let (redeem, tokens) = time(gate.redeem(&solved)).await;
    let (siteverify, accepted) = time(gate.siteverify(gate.site.secret().expose(), &tokens)).await;
    let (junk, _) = time(gate.siteverify("sk_of_nobody_0123456789abcdef0123456789", &tokens)).await;
    if accepted != CYCLES {
        return Err(Failure::line(format!("{accepted} of {CYCLES} visits succeeded")));
    }
    Ok(vec![
        Figure::new("issue a challenge of 50 puzzles, sealed", issue, CYCLES),
        Figure::new("redeem it: open, verify, seal the token; in memory", redeem, CYCLES),
        Figure::new("siteverify a token: open, spend; in memory", siteverify, CYCLES),
        Figure::new("siteverify with a wrong secret", junk, CYCLES),
    ])
}

/// An engine in memory with one site, whose puzzles are many and easy, and one visitor without limits.
struct InMemory {
    engine: Engine,
    site: Arc<Site>,
    visitor: Visitor,
}

impl InMemory {
    async fn open() -> Result<Self, Failure> {
        let master_key = MasterKey::generate(&SystemEntropy);
        let engine =
            gate::start(&Config::default(), memory::open(), master_key, Arc::new(NoAddresses)).await?;
        let settings = SiteSettings {
            cap_challenge: Some(ChallengeForm::Salted),
            count: Some(50),
            difficulty: Some(1),
            ..SiteSettings::default()
        };
        let site = engine
            .add_site(NewSite { name: "bench".to_owned(), site_key: None, secret: None, settings })
            .await?;
        let address = [127, 0, 0, 1].into();
        let visitor = Visitor {
            address,
            origin: ClaimedOrigin::Absent,
            shared_address: true,
            client: Default::default(),
        };
        Ok(Self { engine, site, visitor })
    }

    async fn issue(&self) -> Vec<Challenge> {
        let mut issued = Vec::with_capacity(CYCLES);
        for _ in 0..CYCLES {
            let site_key = Some(self.site.site_key());
            let issue = Issue { site_key, visitor: &self.visitor, action: None, cdata: None, vendor: None };
            issued.extend(self.engine.issue(issue).await);
        }
        issued
    }

    async fn redeem(&self, solved: &[(String, Vec<u64>)]) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(CYCLES);
        for (token, solutions) in solved {
            let site_key = Some(self.site.site_key());
            let redeem = Redeem { site_key, visitor: &self.visitor, token, solutions };
            tokens.extend(self.engine.redeem(redeem).await);
        }
        tokens
    }

    /// Answers how many were accepted.
    async fn siteverify(&self, secret: &str, tokens: &[Token]) -> usize {
        let mut accepted = 0;
        for token in tokens {
            let question = Siteverify {
                secret: Some(secret),
                vendor: None,
                response: Some(&token.value),
                site_key: None,
                remote_ip: None,
                idempotency_key: None,
                caller: &self.visitor,
            };
            accepted += usize::from(self.engine.siteverify(question).await.is_ok());
        }
        accepted
    }
}

/// Spends on the embedded store, as many at a time as a busy server has.
async fn spends(folder: Option<PathBuf>) -> Result<Vec<Figure>, Failure> {
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes);
    let name = format!("portcullis-bench-{:016x}", u64::from_ne_bytes(bytes));
    let folder = DataFolder::create(&folder.unwrap_or_else(std::env::temp_dir).join(name))?;
    let mut figures = Vec::new();
    for (name, durability) in [
        ("spend a token, durable to process death, 64 at a time", Durability::ProcessDeath),
        ("spend a token, durable to power loss, 64 at a time", Durability::PowerLoss),
    ] {
        let database = Database::open(&folder.database(), durability.into())?;
        let (elapsed, ()) = time(spend_all(&database.stores())).await;
        figures.push(Figure::new(name, elapsed, SPENDERS * SPENDS));
        database.close()?;
    }
    std::fs::remove_dir_all(folder.path()).map_err(|error| cannot("remove", folder.path(), &error))?;
    Ok(figures)
}

async fn spend_all(stores: &Stores) {
    let now = SystemClock.now();
    let spenders = (0..SPENDERS).map(|_| {
        let tokens = stores.tokens.clone();
        tokio::spawn(async move {
            for _ in 0..SPENDS {
                let mut nonce = [0; 16];
                SystemEntropy.fill(&mut nonce);
                let challenge = ChallengeId::new(now, nonce);
                let keep_until = now.plus(60_000);
                let spending =
                    Spending { challenge, ordinal: 0, keep_until, idempotency: None, receipt: Vec::new() };
                // One that fails makes the figure smaller than it is told: nothing is hidden by it.
                let _ = tokens.spend(&spending, now).await;
            }
        })
    });
    for spender in spenders.collect::<Vec<_>>() {
        let _ = spender.await;
    }
}

fn cap_parameters() -> Result<Parameters, Failure> {
    Parameters::new(50, 32, 4).map_err(Failure::line)
}

/// Times a function that is over in microseconds.
fn repeated(name: &'static str, mut once: impl FnMut() -> bool) -> Figure {
    let mut round = |times: usize| {
        let start = now();
        for _ in 0..times {
            std::hint::black_box(once());
        }
        start.elapsed()
    };
    let mut times = 1;
    while round(times) < ROUND_AT_LEAST {
        times *= 2;
    }
    let mut rounds = [(); ROUNDS].map(|()| round(times));
    rounds.sort();
    Figure::new(name, rounds[ROUNDS / 2], times)
}

async fn time<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let start = now();
    let outcome = work.await;
    (start.elapsed(), outcome)
}

#[expect(clippy::disallowed_methods, reason = "a measurement is about real time")]
fn now() -> Instant {
    Instant::now()
}

/// Visits that are measured.
const CYCLES: usize = 4000;
/// Spends under way at the same time.
const SPENDERS: usize = 64;
/// Spends of each.
const SPENDS: usize = 500;
/// Rounds of which the median counts; odd.
const ROUNDS: usize = 9;
/// A round shorter than this would measure the clock.
const ROUND_AT_LEAST: Duration = Duration::from_millis(20);
