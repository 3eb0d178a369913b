//! The contract, and what is this adapter's own, over a real Redis behind a stand-in for Upstash.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, Weak};

use serde_json::{Value, json};
use stand_in::{BEARER, StandIn};

use super::*;
use crate::{
    Attempt, ChallengeId, Consumed, FlowId, LimitKey, Quota, QuotaId, Redeemed, Redemption, Spending, Spent,
    UnixMs, memory,
};

#[path = "../../tests/stand_in/mod.rs"]
mod stand_in;

mod contract {
    use super::*;

    crate::stamp_hot_contract!({
        let stand_in = shared();
        (memory::open().with_hot(open(&stand_in)), stand_in)
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_spent_twice_though_redis_is_killed() {
    let stand_in = Arc::new(StandIn::start());
    let tokens = open(&stand_in).tokens;
    let told = through_kills(&stand_in, |number| {
        let tokens = tokens.clone();
        async move { (number, tokens.spend(&spending(number), FAR).await) }
    });
    let (mut spent, mut unsure) = (Vec::new(), Vec::new());
    for told in told.await {
        match told {
            (number, Ok(Spent::Now)) => spent.push(number),
            (number, Err(StoreError::Unavailable(_))) => unsure.push(number),
            other => panic!("{other:?}"),
        }
    }
    assert!(spent.len() >= 200 && !unsure.is_empty(), "{} spent, {} unsure", spent.len(), unsure.len());
    for number in spent {
        assert_eq!(tokens.spend(&spending(number), FAR).await.unwrap(), Spent::Already);
    }
    for number in unsure {
        tokens.spend(&spending(number), FAR).await.unwrap();
        assert_eq!(tokens.spend(&spending(number), FAR).await.unwrap(), Spent::Already);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_finished_or_fetched_twice_though_redis_is_killed() {
    let stand_in = Arc::new(StandIn::start());
    let flows = open(&stand_in).flows;
    let told = through_kills(&stand_in, |number| {
        let (flows, flow) = (flows.clone(), flow(number));
        async move {
            let finished = flows.finish(flow, b"first", FAR.plus(1_000), FAR).await;
            let consumed = if finished.is_ok() { Some(flows.consume(flow, FAR).await) } else { None };
            (flow, finished, consumed)
        }
    });
    let verdict = |text: &[u8]| Consumed::Now(text.to_vec());
    let (mut fetched, mut unsure) = (0, 0);
    for (flow, finished, consumed) in told.await {
        let again = flows.finish(flow, b"second", FAR.plus(1_000), FAR).await.unwrap();
        let after = flows.consume(flow, FAR).await.unwrap();
        match (finished, consumed) {
            (Ok(true), Some(Ok(taken))) => {
                assert_eq!((taken, again, after), (verdict(b"first"), false, Consumed::Already));
                fetched += 1;
            }
            // The fetching was not answered: it may have taken the verdict, and nothing else.
            (Ok(true), Some(Err(StoreError::Unavailable(_)))) => {
                assert!(!again && (after == verdict(b"first") || after == Consumed::Already), "{after:?}");
                unsure += 1;
            }
            // Nor was the finish: one of the two stands, whole, and was fetched by nobody yet.
            (Err(StoreError::Unavailable(_)), None) => {
                assert_eq!(after, verdict(if again { b"second" } else { b"first" }));
                unsure += 1;
            }
            other => panic!("{other:?}"),
        }
        assert!(!flows.finish(flow, b"third", FAR.plus(1_000), FAR).await.unwrap());
        assert_eq!(flows.consume(flow, FAR).await.unwrap(), Consumed::Already);
    }
    assert!(fetched >= 200 && unsure > 0, "{fetched} fetched, {unsure} unsure");
}

/// Runs 400 at once and kills Redis in the middle, four times over; starts it again after each. What they were told.
async fn through_kills<T, F>(stand_in: &Arc<StandIn>, run: impl Fn(u32) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut told = Vec::new();
    for round in 0..4 {
        let mut running = tokio::task::JoinSet::new();
        for number in round * 400..(round + 1) * 400 {
            running.spawn(run(number));
        }
        for _ in 0..50 {
            told.push(running.join_next().await.unwrap().unwrap());
        }
        // Some are answered, the rest is under way.
        let killing = stand_in.clone();
        tokio::task::spawn_blocking(move || killing.kill_redis()).await.unwrap();
        told.extend(running.join_all().await);
        let starting = stand_in.clone();
        tokio::task::spawn_blocking(move || starting.start_redis()).await.unwrap();
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_redis_calls_over_is_refused_whatever_the_caller_thinks() {
    let stand_in = shared();
    let hot = open(&stand_in);
    let past = UnixMs(redis_now(&stand_in).0 - 1);
    let (now, id) = (UnixMs(past.0 - 60_000), ChallengeId([1; 24]));
    let late = Spending { challenge: id, keep_until: past, ..spending(0) };
    assert_eq!(hot.tokens.spend(&late, now).await.unwrap(), Spent::Already);
    let redemption = Redemption {
        challenge: id,
        token_expires_at: past,
        keep_until: past,
        first_allowed: true,
        reissues: 3,
    };
    assert_eq!(hot.tokens.redeem(&redemption, now).await.unwrap(), Redeemed::TooLate);
    assert_eq!(hot.attempts.begin(id, past, now).await.unwrap(), now);
    assert_eq!(hot.attempts.attempt(id, 9, past, now).await.unwrap(), None);
    assert!(!hot.flows.finish(FlowId([1; 24]), b"verdict", past, now).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_goes_by_itself_an_hour_after_its_time() {
    let stand_in = StandIn::start();
    let hot = open(&stand_in);
    let now = redis_now(&stand_in);
    let (keep_until, id) = (now.plus(60_000), ChallengeId([1; 24]));
    hot.tokens.spend(&Spending { challenge: id, keep_until, ..spending(0) }, now).await.unwrap();
    hot.attempts.begin(id, keep_until, now).await.unwrap();
    hot.flows.finish(FlowId([1; 24]), b"verdict", keep_until, now).await.unwrap();
    hot.flows.consume(FlowId([1; 24]), now).await.unwrap();
    assert_eq!(hot.flows.consume(FlowId([2; 24]), now).await.unwrap(), Consumed::Unknown);
    assert_eq!(hot.quotas.count(QuotaId([1; 24]), 1, keep_until, now).await.unwrap(), Some(1));
    let quota = Quota { per_minute: 1, burst: 1, ceiling: 9 };
    hot.limits.hit(&LimitKey([1; 32]), quota, now).await.unwrap();
    let names = command(&stand_in, &json!(["KEYS", "*"]));
    let names = names.as_array().unwrap();
    assert_eq!(names.len(), 5);
    for name in names {
        let left = command(&stand_in, &json!(["PTTL", name])).as_i64().unwrap();
        let most = if name.as_str().unwrap().contains("l:") { 120_000 } else { 3_660_000 };
        assert!((most - 30_000..=most).contains(&left), "{name} lives for {left} ms more");
    }
    // A later attempt does not shorten it.
    let granted = hot.attempts.attempt(id, 1, now.plus(10), now).await.unwrap();
    assert_eq!(granted, Some(Attempt { began_at: Some(now), number: 1 }));
    let name = names.iter().find(|name| name.as_str().unwrap().contains("a:")).unwrap();
    assert!(command(&stand_in, &json!(["PTTL", name])).as_i64().unwrap() > 3_600_010);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn installations_with_prefixes_of_their_own_share_nothing() {
    let stand_in = shared();
    let (first, second) = (open(&stand_in), open(&stand_in));
    assert_eq!(first.tokens.spend(&spending(1), FAR).await.unwrap(), Spent::Now);
    assert_eq!(second.tokens.spend(&spending(1), FAR).await.unwrap(), Spent::Now);
    assert_eq!(first.tokens.spend(&spending(1), FAR).await.unwrap(), Spent::Already);
}

/// A transport that answers everything alike.
struct Saying(&'static str);

#[async_trait]
impl Transport for Saying {
    async fn post(&self, _path: &str, _body: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        Ok(self.0.as_bytes().to_vec())
    }
}

#[tokio::test]
async fn an_answer_that_is_none_spends_nothing_and_grants_nothing() {
    let unavailable = [
        "",
        "<html>502 Bad Gateway</html>",
        "{\"result\":[\"no",
        "[]",
        "{}",
        "{\"error\":\"ERR max daily request limit exceeded\"}",
        "{\"error\":null}",
        "{\"error\":\"WRONGPASS\",\"result\":[\"now\"]}",
    ];
    let other = [
        "{\"result\":null}",
        "{\"result\":\"now\"}",
        "{\"result\":[]}",
        "{\"result\":[1]}",
        "{\"result\":[\"perhaps\"]}",
        "{\"result\":[\"repeated\",\"abc\"]}",
        "{\"result\":[\"repeated\",\"zz\"]}",
    ];
    for said in unavailable.into_iter().chain(other) {
        let hot = super::open(Arc::new(Saying(said)), "p:");
        let spent = hot.tokens.spend(&spending(1), FAR).await;
        let expected = if unavailable.contains(&said) {
            matches!(spent, Err(StoreError::Unavailable(_)))
        } else {
            matches!(spent, Err(StoreError::Corrupt { .. }))
        };
        assert!(expected, "{said} is {spent:?}");
        assert!(hot.limits.hit(&LimitKey([0; 32]), QUOTA, FAR).await.is_err(), "{said}");
        let granted = hot.attempts.attempt(ChallengeId([0; 24]), 1, FAR.plus(1), FAR).await;
        assert!(!matches!(granted, Ok(Some(_))), "{said} is {granted:?}");
        let finished = hot.flows.finish(FlowId([0; 24]), b"verdict", FAR.plus(1), FAR).await;
        assert!(finished.is_err(), "{said} is {finished:?}");
        let consumed = hot.flows.consume(FlowId([0; 24]), FAR).await;
        assert!(consumed.is_err(), "{said} is {consumed:?}");
        let counted = hot.quotas.count(QuotaId([0; 24]), 1, FAR.plus(1), FAR).await;
        assert!(counted.is_err(), "{said} is {counted:?}");
    }
}

/// A transport over one plain connection per request.
struct Plain(std::net::SocketAddr);

#[async_trait]
impl Transport for Plain {
    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let (address, path) = (self.0, path.to_owned());
        let posting = tokio::task::spawn_blocking(move || post(address, &path, &body));
        posting.await.unwrap().map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

fn post(address: std::net::SocketAddr, path: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(address)?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nauthorization: Bearer {BEARER}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(&[head.as_bytes(), body].concat())?;
    connection.shutdown(std::net::Shutdown::Write)?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer)?;
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n");
    Ok(head.map(|end| answer.split_off(end + 4)).unwrap_or_default())
}

/// Runs one command and answers its result.
fn command(stand_in: &StandIn, command: &Value) -> Value {
    let answer = post(stand_in.address, "/", command.to_string().as_bytes()).unwrap();
    serde_json::from_slice::<Value>(&answer).unwrap()["result"].take()
}

fn redis_now(stand_in: &StandIn) -> UnixMs {
    let time = command(stand_in, &json!(["TIME"]));
    let part = |place: usize| time[place].as_str().unwrap().parse::<u64>().unwrap();
    UnixMs(part(0) * 1_000 + part(1) / 1_000)
}

/// A stand-in that tests which run at once share.
fn shared() -> Arc<StandIn> {
    static SHARED: Mutex<Weak<StandIn>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    shared.upgrade().unwrap_or_else(|| {
        let started = Arc::new(StandIn::start());
        *shared = Arc::downgrade(&started);
        started
    })
}

/// An empty hot side: its keys are its own.
fn open(stand_in: &StandIn) -> Hot {
    static OPENED: AtomicU32 = AtomicU32::new(0);
    let prefix = format!("test-{}:", OPENED.fetch_add(1, Ordering::Relaxed));
    super::open(Arc::new(Plain(stand_in.address)), &prefix)
}

fn spending(number: u32) -> Spending {
    let challenge = ChallengeId::new(FAR, u128::from(number).to_be_bytes());
    Spending { challenge, ordinal: 0, keep_until: FAR.plus(1_000), idempotency: None, receipt: Vec::new() }
}

fn flow(number: u32) -> FlowId {
    FlowId(ChallengeId::new(FAR, u128::from(number).to_be_bytes()).0)
}

const QUOTA: Quota = Quota { per_minute: 60, burst: 10, ceiling: 40 };
/// In the year 2100, ahead of any Redis's clock.
const FAR: UnixMs = UnixMs(4_102_488_000_000);
