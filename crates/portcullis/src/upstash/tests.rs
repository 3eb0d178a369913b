//! The transport against a stand-in for Upstash, and against servers that misbehave.

use std::io::{Read, Write};
use std::net::TcpListener;

use portcullis_store::{ChallengeId, Spending, Spent, UnixMs, upstash};
use stand_in::{BEARER, StandIn};

use super::*;

#[path = "../../../portcullis-store/tests/stand_in/mod.rs"]
mod stand_in;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_are_spent_once_over_http_also_when_redis_comes_back() {
    let stand_in = Arc::new(StandIn::start());
    let tokens = hot(stand_in.address, BEARER).tokens;
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let tokens = tokens.clone();
        racing.spawn(async move { tokens.spend(&spending(1), NOW).await.unwrap() });
    }
    let answers = racing.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Spent::Now).count(), 1);

    stand_in.kill_redis();
    let gone = tokens.spend(&spending(2), NOW).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
    stand_in.start_redis();
    assert_eq!(tokens.spend(&spending(1), NOW).await.unwrap(), Spent::Already);
    assert_eq!(tokens.spend(&spending(2), NOW).await.unwrap(), Spent::Now);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_unavailable_and_is_not_told() {
    let stand_in = StandIn::start();
    let error = hot(stand_in.address, "not-the-token").tokens.spend(&spending(1), NOW).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(told.contains("status 401") && !told.contains("not-the-token"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let gone = hot(address, BEARER).tokens.spend(&spending(1), NOW).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_answer_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sending = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let _ = connection.read(&mut [0; 4096]);
        let mut sent = connection.write(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while let Ok(more) = connection.write(&[b'x'; 65_536]) {
            sent += more;
        }
        sent
    });
    let cut_off = hot(address, BEARER).tokens.spend(&spending(1), NOW).await;
    assert!(matches!(cut_off, Err(StoreError::Unavailable(_))), "{cut_off:?}");
    // What the kernel holds on top is a matter of its buffers.
    assert!(sending.join().unwrap() < 32 << 20);
}

fn hot(address: std::net::SocketAddr, bearer_token: &str) -> portcullis_store::Hot {
    let base_url = format!("http://{address}").parse().unwrap();
    upstash::open(Arc::new(Upstash::new(base_url, bearer_token)), "portcullis:")
}

fn spending(number: u8) -> Spending {
    let (challenge, keep_until) = (ChallengeId([number; 24]), NOW.plus(1_000));
    Spending { challenge, ordinal: 0, keep_until, idempotency: None, receipt: Vec::new() }
}

/// In the year 2100, ahead of any Redis's clock.
const NOW: UnixMs = UnixMs(4_102_488_000_000);
