//! What finished flows promise.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::tokens::race;
use super::{KEEP_MS, NOON, challenge};
use crate::{Consumed, FlowId, StoreError, Stores, UnixMs, VERDICT_MAX};

/// Of 64 racing finishes of one flow, one finishes it, and its verdict is the one that is kept.
pub async fn racing_finishes_give_one(stores: &Stores) {
    for number in 0..8 {
        let answers = race(64, |runner| {
            let flows = stores.flows.clone();
            async move { flows.finish(flow(number), &[runner], over(), NOON).await.expect("answers") }
        });
        let answers = answers.await;
        assert_eq!(answers.iter().filter(|finished| **finished).count(), 1);
        let winner = answers.iter().position(|finished| *finished).expect("one has won");
        let verdict = vec![u8::try_from(winner).expect("64 runners")];
        assert_eq!(consume(stores, number, NOON).await, Consumed::Now(verdict));
    }
}

/// Of 64 racing fetchings of one verdict, one takes it.
pub async fn racing_consumes_give_one_now(stores: &Stores) {
    for number in 0..8 {
        assert!(finish(stores, number, b"verdict", NOON).await);
        let answers = race(64, |_| {
            let flows = stores.flows.clone();
            async move { flows.consume(flow(number), NOON).await.expect("answers") }
        });
        let answers = answers.await;
        let taken = Consumed::Now(b"verdict".to_vec());
        assert_eq!(answers.iter().filter(|answer| **answer == taken).count(), 1);
        assert_eq!(answers.iter().filter(|answer| **answer == Consumed::Already).count(), 63);
    }
}

/// Asking for a flow that was never finished changes nothing of it.
pub async fn asking_for_an_unknown_flow_leaves_no_row(stores: &Stores) {
    for _ in 0..2 {
        assert_eq!(consume(stores, 1, NOON).await, Consumed::Unknown);
    }
    assert_eq!(stores.flows.purge(1_000, over()).await.expect("purges"), 0);
    assert!(finish(stores, 1, b"verdict", NOON).await);
    assert_eq!(consume(stores, 1, NOON).await, Consumed::Now(b"verdict".to_vec()));
}

/// A flow is finished once, whether its verdict was fetched meanwhile or not, and the first verdict stands.
pub async fn a_finished_flow_stays_finished(stores: &Stores) {
    assert!(finish(stores, 1, b"first", NOON).await);
    assert!(!finish(stores, 1, b"second", NOON).await);
    assert_eq!(consume(stores, 1, NOON).await, Consumed::Now(b"first".to_vec()));
    for later in [0, KEEP_MS - 1] {
        assert!(!finish(stores, 1, b"third", NOON.plus(later)).await);
        assert_eq!(consume(stores, 1, NOON.plus(later)).await, Consumed::Already);
    }
}

/// A verdict can be fetched up to the last millisecond before `keep_until`, and from then on nothing is known and
/// nothing finished, whether the flow was purged yet or not.
pub async fn nothing_is_known_of_a_flow_once_it_may_be_forgotten(stores: &Stores) {
    for number in [1, 2] {
        assert!(finish(stores, number, b"verdict", NOON).await);
    }
    assert_eq!(consume(stores, 1, NOON.plus(KEEP_MS - 1)).await, Consumed::Now(b"verdict".to_vec()));
    for _ in 0..2 {
        for number in [1, 2, 3] {
            assert_eq!(consume(stores, number, over()).await, Consumed::Unknown);
            assert!(!finish(stores, number, b"late", over()).await);
        }
        stores.flows.purge(1_000, over()).await.expect("purges");
    }
}

/// The longest verdict and the empty one are kept whole; a longer one is refused and finishes nothing.
pub async fn a_verdict_that_is_too_long_finishes_nothing(stores: &Stores) {
    let longest: Vec<u8> = (0..=255).cycle().take(VERDICT_MAX).collect();
    let too_long = [&longest[..], &[0]].concat();
    let refused = stores.flows.finish(flow(1), &too_long, over(), NOON).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert_eq!(consume(stores, 1, NOON).await, Consumed::Unknown);
    for (number, verdict) in [(1, longest), (2, Vec::new())] {
        assert!(finish(stores, number, &verdict, NOON).await);
        assert_eq!(consume(stores, number, NOON).await, Consumed::Now(verdict));
        assert_eq!(consume(stores, number, NOON).await, Consumed::Already);
    }
}

/// What happens to one flow is nothing to the next, nor to a step of the same name.
pub async fn flows_are_independent(stores: &Stores) {
    let attempt = stores.attempts.attempt(challenge(1), 1, over(), NOON).await.expect("answers");
    assert_eq!(attempt.map(|granted| granted.number), Some(1));
    for number in 0..32_u8 {
        assert!(finish(stores, u32::from(number), &[number], NOON).await);
    }
    for number in 0..32_u8 {
        assert_eq!(consume(stores, u32::from(number), NOON).await, Consumed::Now(vec![number]));
    }
    assert_eq!(stores.attempts.attempt(challenge(1), 1, over(), NOON).await.expect("answers"), None);
}

/// Moments at the end of what can be told are kept like others.
pub async fn the_end_of_time_is_no_trouble_for_flows(stores: &Stores) {
    let (end, late) = (UnixMs(u64::MAX), NOON.plus(1 << 50));
    assert!(stores.flows.finish(flow(1), b"verdict", end, UnixMs(0)).await.expect("answers"));
    assert!(!stores.flows.finish(flow(1), b"again", end, late).await.expect("answers"));
    assert_eq!(consume(stores, 1, late).await, Consumed::Now(b"verdict".to_vec()));
    assert_eq!(consume(stores, 1, UnixMs(0)).await, Consumed::Already);
    assert!(!stores.flows.finish(flow(2), b"verdict", end, end).await.expect("answers"));
}

/// Plays random sequences of finishes, fetchings, purges and clock steps, also backwards, on fresh stores. No flow
/// may ever be finished twice, and no verdict be fetched twice or be another than that of the finish.
pub fn no_sequence_finishes_or_fetches_twice<G>(open: impl Fn() -> (Stores, G)) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let played = runner.run(&proptest::collection::vec(event(), 1..60), |events| {
        runtime.block_on(async {
            let (stores, guard) = open();
            let (mut now, mut finished, mut fetched) = (NOON, [None; FLOWS], [false; FLOWS]);
            for (place, event) in (0_u8..).zip(&events) {
                match *event {
                    Event::Finish(number) if finish(&stores, number, &[place], now).await => {
                        let before = finished[number as usize].replace(place);
                        prop_assert_eq!(before, None, "a flow was finished twice");
                    }
                    Event::Finish(number) => {
                        let known = finished[number as usize].is_some();
                        prop_assert!(known || now >= over() || events_purged(&events, place));
                    }
                    Event::Consume(number) => match consume(&stores, number, now).await {
                        Consumed::Now(verdict) => {
                            prop_assert_eq!(verdict.first(), finished[number as usize].as_ref());
                            prop_assert!(!std::mem::replace(&mut fetched[number as usize], true));
                        }
                        Consumed::Already => prop_assert!(fetched[number as usize]),
                        Consumed::Unknown => {
                            let known = finished[number as usize].is_some();
                            prop_assert!(!known || now >= over() || events_purged(&events, place));
                        }
                    },
                    Event::Step(ms) => now = UnixMs(now.0.saturating_add_signed(ms)),
                    Event::Purge => {
                        stores.flows.purge(2, now).await.expect("purges");
                    }
                }
            }
            drop(guard);
            Ok(())
        })
    });
    played.expect("no flow is finished or fetched twice");
}

/// One thing that happens. Few flows and steps about as long as a flow is kept, so that much happens to each.
#[derive(Clone, Debug)]
enum Event {
    Finish(u32),
    Consume(u32),
    Step(i64),
    Purge,
}

fn event() -> impl Strategy<Value = Event> {
    let (number, longest) = (0..FLOWS as u32, KEEP_MS.cast_signed() + 5_000);
    prop_oneof![
        3 => number.clone().prop_map(Event::Finish),
        3 => number.prop_map(Event::Consume),
        2 => (-longest..longest).prop_map(Event::Step),
        1 => Just(Event::Purge),
    ]
}

/// Whether a purge came before this place, and so rows may have been forgotten.
fn events_purged(events: &[Event], place: u8) -> bool {
    events[..usize::from(place)].iter().any(|event| matches!(event, Event::Purge))
}

pub(super) async fn finish(stores: &Stores, number: u32, verdict: &[u8], now: UnixMs) -> bool {
    stores.flows.finish(flow(number), verdict, over(), now).await.expect("a finish is answered")
}

pub(super) async fn consume(stores: &Stores, number: u32, now: UnixMs) -> Consumed {
    stores.flows.consume(flow(number), now).await.expect("a fetching is answered")
}

/// A flow; each number is another one.
pub(super) fn flow(number: u32) -> FlowId {
    FlowId(challenge(number).0)
}

fn over() -> UnixMs {
    NOON.plus(KEEP_MS)
}

const FLOWS: usize = 3;
