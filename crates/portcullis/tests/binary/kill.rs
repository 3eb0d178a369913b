//! `kill -9` in a loop under load: nothing is verified twice, and nothing that was answered as issued is lost.
//!
//! Visitors go through challenge, redeem and siteverify without a pause and write down what they were told. The
//! server is killed at a moment that nobody chose and started again, and must stand by every word it said.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{iter, thread};

use portcullis_pow::{Puzzle, solve};
use serde_json::{Value, json};
use tempfile::tempdir;
use ureq::Agent;

use crate::server::{Server, json};

/// What a visitor knows about a visit when the server is gone.
#[derive(Clone, Debug)]
struct Visit {
    /// What was redeemed, with its solutions; the server said it was.
    redeemed: Value,
    token: String,
    known: Known,
}

/// What is known of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It was issued and never shown.
    Unspent,
    /// It was shown, and the answer did not come.
    Shown,
    /// It was shown and accepted.
    Spent,
}

/// The site and an HTTP client.
#[derive(Clone)]
struct Site {
    agent: Agent,
    key: String,
    secret: String,
}

#[test]
fn what_the_server_said_outlives_it() {
    let data = tempdir().unwrap();
    let data = data.path();
    let add =
        ["site", "add", "x", "--origin", "https://a.test", "--json", "--difficulty", "1", "--count", "1"];
    let added = json(data, &add);
    let site = Site {
        agent: Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .new_agent(),
        key: added["site_key"].as_str().unwrap().to_owned(),
        secret: added["secret_key"].as_str().unwrap().to_owned(),
    };
    let start = || Server::start_with(data, &[], &[("PORTCULLIS_LIMITS_ENABLED", "false")]);
    let mut server = start();
    let mut all = Vec::new();
    let mut met = [0; 3];
    for round in 0..KILLS {
        let visits = load_and_kill(&site, server);
        server = start();
        for visit in &visits {
            met[visit.known as usize] += 1;
            site.check(&server.base, visit, round);
        }
        all.extend(visits);
    }
    // All of them are spent by now, whichever way.
    for visit in &all {
        assert_eq!(site.verify(&server.base, &visit.token), Some(false), "{visit:?}");
    }
    let [unspent, shown, spent] = met;
    println!("{KILLS} kills: {unspent} tokens unspent, {shown} shown without an answer, {spent} spent");
    // A load that never got anywhere would prove nothing.
    assert!(unspent > KILLS && spent > KILLS, "{met:?}");
}

/// Lets visitors loose and kills the server at a random moment.
fn load_and_kill(site: &Site, server: Server) -> Vec<Visit> {
    let gone = AtomicBool::new(false);
    let base = server.base.clone();
    thread::scope(|scope| {
        let visitors: Vec<_> = (0..VISITORS)
            .map(|visitor| {
                scope.spawn({
                    let (gone, base) = (&gone, base.as_str());
                    move || site.visits(base, visitor, gone)
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(30 + random() % 170));
        server.kill();
        gone.store(true, Ordering::SeqCst);
        visitors.into_iter().flat_map(|visitor| visitor.join().unwrap()).collect()
    })
}

impl Site {
    /// Visits until the server is gone.
    fn visits(&self, base: &str, visitor: usize, gone: &AtomicBool) -> Vec<Visit> {
        let mut visits = Vec::new();
        for number in iter::successors(Some(visitor), |number| Some(number + 1)) {
            let Some(redeemed) = self.solved(base) else { break };
            let Some(answer) = self.post(base, "redeem", &redeemed) else { break };
            let token = answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
            let mut visit = Visit { redeemed, token, known: Known::Unspent };
            // Two of three backends verify at once.
            if number % 3 != 0 {
                visit.known = match self.verify(base, &visit.token) {
                    None => Known::Shown,
                    Some(accepted) => {
                        assert!(accepted, "a fresh token was refused");
                        Known::Spent
                    }
                };
            }
            visits.push(visit);
            if gone.load(Ordering::SeqCst) {
                break;
            }
        }
        visits
    }

    /// Compares what a visitor was told with what the server says after its death.
    fn check(&self, base: &str, visit: &Visit, round: usize) {
        let redeemed = self.post(base, "redeem", &visit.redeemed).unwrap();
        assert_eq!(redeemed["success"], false, "round {round}: redeemed twice: {visit:?}");
        let first = self.verify(base, &visit.token);
        match visit.known {
            Known::Unspent => assert_eq!(first, Some(true), "round {round}: lost: {visit:?}"),
            Known::Spent => assert_eq!(first, Some(false), "round {round}: verified twice: {visit:?}"),
            // It may have been spent before the answer was lost, or not; either way it is now.
            Known::Shown => assert!(first.is_some()),
        }
        assert_eq!(self.verify(base, &visit.token), Some(false), "round {round}: {visit:?}");
    }

    /// A challenge with its solution, ready to be redeemed. `None` where the server is gone.
    fn solved(&self, base: &str) -> Option<Value> {
        let challenge = self.post(base, "challenge", &json!({}))?;
        let part = |place: usize| challenge["challenge"][0][place].as_str().unwrap();
        let puzzle = Puzzle::new(part(0), part(1).parse().unwrap()).unwrap();
        Some(json!({ "token": challenge["token"], "solutions": [solve(&puzzle).unwrap()] }))
    }

    /// Whether the token is accepted. `None` where the server is gone.
    fn verify(&self, base: &str, token: &str) -> Option<bool> {
        let body = json!({ "secret": self.secret, "response": token });
        self.post_to(&format!("{base}/siteverify"), &body)?["success"].as_bool()
    }

    fn post(&self, base: &str, verb: &str, body: &Value) -> Option<Value> {
        self.post_to(&format!("{base}/cap/{}/{verb}", self.key), body)
    }

    /// An answer that came whole; one that was cut off was not given.
    fn post_to(&self, url: &str, body: &Value) -> Option<Value> {
        let request = self.agent.post(url).header("content-type", "application/json");
        let mut answer = request.send(body.to_string()).ok()?;
        serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()
    }
}

/// A number that differs from run to run.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

const KILLS: usize = 50;
const VISITORS: usize = 4;
