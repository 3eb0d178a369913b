//! Kills a process that redeems, spends, finishes, fetches and counts, over and over, and looks at what is left.
//!
//! The promise is that an answer outlives the process that gave it. So a child process does the work and tells
//! each answer on its standard output once it has it; the parent kills it without warning, opens the file that is
//! left, and finds every answer that was told still true. The child is this same test program, started anew.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use portcullis_store::sqlite::{Database, Durability};
use portcullis_store::{
    ChallengeId, Consumed, FlowId, QuotaId, Redeemed, Redemption, Spending, Spent, Stores, UnixMs,
};

#[tokio::test]
async fn no_answer_is_lost_to_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut told = Vec::new();
    for round in 0..ROUNDS {
        let first = round * NUMBERS_PER_ROUND;
        // Spread over the child's life, from its first commits to well after.
        let answers = kill_after(Duration::from_millis(u64::from(round * 37 % 101)), &path, first);
        assert!(!answers.is_empty(), "the child of round {round} did nothing");
        let database = Database::open(&path, Durability::ProcessDeath).unwrap();
        still_true(&answers, &database.stores()).await;
        told.extend(answers);
        // Every other time the log is not folded in, and the next child goes on from it.
        if round % 2 == 0 {
            database.close().unwrap();
        } else {
            std::mem::forget(database);
        }
    }
    let database = Database::open(&path, Durability::ProcessDeath).unwrap();
    still_true(&told, &database.stores()).await;
    let integrity: String = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
    println!("{} answers were told before {ROUNDS} kills", told.len());
}

/// The child's part. It does nothing in an ordinary run.
#[test]
fn child_that_is_killed() {
    let (Ok(path), Ok(first)) = (std::env::var(PATH), std::env::var(FIRST)) else { return };
    let first: u32 = first.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let database = Database::open(Path::new(&path), Durability::ProcessDeath).unwrap();
        let mut running = tokio::task::JoinSet::new();
        for task in 0..TASKS {
            let Stores { tokens, flows, quotas, .. } = database.stores();
            running.spawn(async move {
                for number in (first + task..first + NUMBERS_PER_ROUND).step_by(TASKS as usize) {
                    assert_eq!(tokens.redeem(&redemption(number), NOON).await.unwrap(), Redeemed::First);
                    tell("redeemed", number);
                    assert_eq!(tokens.spend(&spending(number), NOON).await.unwrap(), Spent::Now);
                    tell("spent", number);
                    assert!(flows.finish(flow(number), VERDICT, over(), NOON).await.unwrap());
                    tell("finished", number);
                    let taken = flows.consume(flow(number), NOON).await.unwrap();
                    assert_eq!(taken, Consumed::Now(VERDICT.to_vec()));
                    tell("consumed", number);
                    let counted = quotas.count(quota(number), 1, over(), NOON).await.unwrap();
                    assert_eq!(counted, Some(1));
                    tell("counted", number);
                }
            });
        }
        running.join_all().await;
    });
}

#[derive(Clone, Copy, Debug)]
enum Told {
    Redeemed(u32),
    Spent(u32),
    Finished(u32),
    Consumed(u32),
    Counted(u32),
}

/// Starts a child, kills it some time after its first answer, and returns what it told.
fn kill_after(delay: Duration, path: &Path, first: u32) -> Vec<Told> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(PATH, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (begun, beginning) = mpsc::channel();
    let stdout = child.stdout.take().unwrap();
    let listening = std::thread::spawn(move || {
        let mut answers = Vec::new();
        // A line without its end was cut short by the kill, and may tell another number than was meant.
        let mut line = String::new();
        let mut lines = BufReader::new(stdout);
        while lines.read_line(&mut line).unwrap() > 0 {
            if let Some(answer) = line.strip_suffix('\n').and_then(told) {
                answers.push(answer);
                let _ = begun.send(());
            }
            line.clear();
        }
        answers
    });
    beginning.recv_timeout(Duration::from_secs(60)).expect("the child begins");
    std::thread::sleep(delay);
    kill(&mut child);
    listening.join().unwrap()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(!status.success(), "the child ended by itself: there was nothing to kill");
}

fn tell(what: &str, number: u32) {
    // One write per line, straight to the pipe: what is written outlives the child.
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(format!("{what} {number}\n").as_bytes()).unwrap();
    stdout.flush().unwrap();
}

fn told(line: &str) -> Option<Told> {
    let (what, number) = line.split_once(' ')?;
    match what {
        "redeemed" => Some(Told::Redeemed(number.parse().ok()?)),
        "spent" => Some(Told::Spent(number.parse().ok()?)),
        "finished" => Some(Told::Finished(number.parse().ok()?)),
        "consumed" => Some(Told::Consumed(number.parse().ok()?)),
        "counted" => Some(Told::Counted(number.parse().ok()?)),
        _ => None,
    }
}

async fn still_true(answers: &[Told], stores: &Stores) {
    for answer in answers {
        match *answer {
            Told::Redeemed(number) => {
                let again = stores.tokens.redeem(&redemption(number), NOON).await.unwrap();
                assert!(
                    matches!(again, Redeemed::TokenLive | Redeemed::TokenSpent),
                    "{answer:?}, now {again:?}"
                );
            }
            Told::Spent(number) => {
                let again = stores.tokens.spend(&spending(number), NOON).await.unwrap();
                assert_eq!(again, Spent::Already, "{answer:?}");
            }
            Told::Finished(number) => {
                assert!(!stores.flows.finish(flow(number), b"again", over(), NOON).await.unwrap());
            }
            Told::Consumed(number) => {
                let again = stores.flows.consume(flow(number), NOON).await.unwrap();
                assert_eq!(again, Consumed::Already, "{answer:?}");
            }
            Told::Counted(number) => {
                let again = stores.quotas.count(quota(number), 1, over(), NOON).await.unwrap();
                assert_eq!(again, None, "{answer:?}");
            }
        }
    }
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
    let (challenge, keep_until) = (challenge(number), NOON.plus(7_200_000));
    Spending { challenge, ordinal: 0, keep_until, idempotency: None, receipt: Vec::new() }
}

fn flow(number: u32) -> FlowId {
    FlowId(challenge(number).0)
}

fn quota(number: u32) -> QuotaId {
    QuotaId(challenge(number).0)
}

fn over() -> UnixMs {
    NOON.plus(7_200_000)
}

fn challenge(number: u32) -> ChallengeId {
    ChallengeId::new(NOON, u128::from(number).to_be_bytes())
}

const ROUNDS: u32 = 24;
const TASKS: u32 = 16;
const NUMBERS_PER_ROUND: u32 = 1 << 24;
const VERDICT: &[u8] = b"verdict";
const NOON: UnixMs = UnixMs(1_800_000_000_000);
const PATH: &str = "PORTCULLIS_STORE_KILL_PATH";
const FIRST: &str = "PORTCULLIS_STORE_KILL_FIRST";
