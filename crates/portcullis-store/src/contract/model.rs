//! A ledger so simple that it can be seen to be right, and random lives to compare adapters with it.
//!
//! The model keeps every token ever issued and asks of each whether it could still be spent, where adapters keep
//! one row. It knows no purging: what an adapter forgets must make no difference.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{KEEP_MS, NOON, challenge};
use crate::{Redeemed, Redemption, Spending, Spent, Stores, UnixMs};

/// Plays random sequences of redemptions, spendings, purges and clock steps, also backwards, on fresh stores.
/// Every answer must be the model's, and no challenge may ever have two tokens that can be spent, or have one
/// spent twice.
pub fn any_sequence_agrees_with_the_model<G>(open: impl Fn() -> (Stores, G)) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let played = runner.run(&proptest::collection::vec(event(), 1..80), |events| {
        runtime.block_on(async {
            let (stores, guard) = open();
            let mut model = Model::default();
            let mut now = NOON;
            for event in &events {
                play(&stores, &mut model, event, &mut now).await?;
            }
            let over = spend_the_rest(&stores, &mut model, now).await;
            drop(guard);
            over
        })
    });
    played.expect("adapter and model agree");
}

/// One thing that happens. Few challenges and short times, so that much happens to each.
#[derive(Clone, Debug)]
enum Event {
    Redeem { number: u32, token_ms: u64, first_allowed: bool, reissues: u8 },
    Spend { number: u32, ordinal: u8, key: Option<u8> },
    Step { forward: bool, ms: u64 },
    Purge { most: u32 },
}

fn event() -> impl Strategy<Value = Event> {
    let number = 0..CHALLENGES;
    prop_oneof![
        4 => (number.clone(), 1..2_000_u64, prop::bool::weighted(0.8), 0..4_u8)
            .prop_map(|(number, token_ms, first_allowed, reissues)| Event::Redeem { number, token_ms, first_allowed, reissues }),
        3 => (number, 0..ORDINALS, prop::option::of(0..2_u8))
            .prop_map(|(number, ordinal, key)| Event::Spend { number, ordinal, key }),
        3 => (prop::bool::weighted(0.75), 0..3_000_u64).prop_map(|(forward, ms)| Event::Step { forward, ms }),
        1 => (Just(true), KEEP_MS - 5_000..KEEP_MS + 5_000).prop_map(|(forward, ms)| Event::Step { forward, ms }),
        1 => (Just(false), KEEP_MS - 5_000..KEEP_MS + 5_000).prop_map(|(forward, ms)| Event::Step { forward, ms }),
        1 => (0..3_u32).prop_map(|most| Event::Purge { most }),
    ]
}

/// Lets one thing happen to the adapter and to the model, and compares.
async fn play(
    stores: &Stores,
    model: &mut Model,
    event: &Event,
    now: &mut UnixMs,
) -> Result<(), TestCaseError> {
    match *event {
        Event::Redeem { number, token_ms, first_allowed, reissues } => {
            let redemption = Redemption {
                challenge: challenge(number),
                token_expires_at: now.plus(token_ms),
                keep_until: NOON.plus(KEEP_MS),
                first_allowed,
                reissues,
            };
            let answer = stores.tokens.redeem(&redemption, *now).await.expect("answers");
            if answer != Redeemed::TooLate || !model.may_have_forgotten {
                prop_assert_eq!(answer, model.of(number).redeem(&redemption, *now));
            }
        }
        Event::Spend { number, ordinal, key } => {
            let spending = spending(number, ordinal, key);
            let answer = stores.tokens.spend(&spending, *now).await.expect("answers");
            if answer != Spent::Already || !model.may_have_forgotten {
                prop_assert_eq!(answer, model.of(number).spend(&spending, *now));
            }
        }
        Event::Step { forward: true, ms } => *now = now.plus(ms),
        Event::Step { forward: false, ms } => *now = UnixMs(now.0 - ms),
        Event::Purge { most } => {
            stores.tokens.purge(most, *now).await.expect("answers");
            // From here on an adapter may refuse what the model would grant, but never the other way round.
            model.may_have_forgotten |= *now >= NOON.plus(KEEP_MS);
        }
    }
    Ok(())
}

/// Spends whatever can be spent, to see that it is one token per challenge at most, over its whole life.
async fn spend_the_rest(stores: &Stores, model: &mut Model, now: UnixMs) -> Result<(), TestCaseError> {
    for number in 0..CHALLENGES {
        let mut spent = usize::from(model.of(number).spent.is_some());
        for ordinal in 0..ORDINALS {
            let answer = stores.tokens.spend(&spending(number, ordinal, None), now).await.expect("answers");
            spent += usize::from(answer == Spent::Now);
        }
        prop_assert!(spent <= 1, "{} tokens of one challenge were spent", spent);
    }
    Ok(())
}

fn spending(number: u32, ordinal: u8, key: Option<u8>) -> Spending {
    Spending {
        challenge: challenge(number),
        ordinal,
        keep_until: NOON.plus(KEEP_MS),
        idempotency: key.map(|key| [key; 32]),
        receipt: key.map(|key| vec![key, ordinal]).unwrap_or_default(),
    }
}

#[derive(Default)]
struct Model {
    challenges: HashMap<u32, Challenge>,
    /// Whether a purge has met rows whose time had passed.
    may_have_forgotten: bool,
}

impl Model {
    fn of(&mut self, number: u32) -> &mut Challenge {
        self.challenges.entry(number).or_default()
    }
}

#[derive(Default)]
struct Challenge {
    /// When each token that was issued expires, by ordinal.
    expiries: Vec<UnixMs>,
    spent: Option<Spending>,
}

impl Challenge {
    fn redeem(&mut self, redemption: &Redemption, now: UnixMs) -> Redeemed {
        let issued = self.expiries.len();
        let answer = if self.spent.is_some() {
            Redeemed::TokenSpent
        } else if self.expiries.iter().any(|expiry| *expiry > now) {
            Redeemed::TokenLive
        } else if issued > usize::from(redemption.reissues) {
            Redeemed::Exhausted
        } else if now >= redemption.keep_until || (issued == 0 && !redemption.first_allowed) {
            Redeemed::TooLate
        } else if issued == 0 {
            Redeemed::First
        } else {
            Redeemed::Reissued(u8::try_from(issued).expect("few tokens"))
        };
        if matches!(answer, Redeemed::First | Redeemed::Reissued(_)) {
            self.expiries.push(redemption.token_expires_at);
        }
        answer
    }

    fn spend(&mut self, spending: &Spending, now: UnixMs) -> Spent {
        match &self.spent {
            Some(first)
                if first.ordinal == spending.ordinal
                    && first.idempotency.is_some()
                    && first.idempotency == spending.idempotency =>
            {
                Spent::Repeated(first.receipt.clone())
            }
            Some(_) => Spent::Already,
            None if self.expiries.len() > usize::from(spending.ordinal) + 1 || now >= spending.keep_until => {
                Spent::Already
            }
            None => {
                self.spent = Some(spending.clone());
                Spent::Now
            }
        }
    }
}

const CHALLENGES: u32 = 3;
const ORDINALS: u8 = 5;
