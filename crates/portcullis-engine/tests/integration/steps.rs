//! Taking steps: whose they are, how long they last, and that each is taken once.

use std::sync::Arc;

use portcullis_engine::risk::{Band, Friction, Policy, Profile, Signals};
use portcullis_engine::{
    Assess, Assessed, LimitSettings, Mode, Outcome, Pass, SiteSettings, Step, StepKind, StepTaken, Visitor,
    WorkDone,
};

use crate::gate::{Gate, claiming, from, light, visitor};
use crate::visits::{
    asked, begun, done, doubtful, driven, finish, human, judged, open, open_settings, open_with, operators,
    refusal, solutions, token, wish,
};

/// A gate whose open site asks everybody for `friction`.
async fn asking(friction: Friction, work_floor: bool) -> Gate {
    let policy = Policy { steps: vec![Band { from: 0.0, friction }], work_floor, ..Policy::default() };
    open_with(SiteSettings { policy: Some(policy.into()), ..open_settings() }, LimitSettings::default()).await
}

/// What the pass behind a token says, by asking its backend's question.
async fn verified(gate: &Gate, token: &str) -> Pass {
    crate::passes::verify(gate, token).await.unwrap()
}

fn too_short(outcome: Result<Assessed, portcullis_engine::AssessError>) -> Option<bool> {
    match outcome {
        Ok(Assessed::Waiting { too_short, .. }) => Some(too_short),
        _ => None,
    }
}

#[tokio::test]
async fn a_step_of_another_site_is_refused_and_not_used_up() {
    let (gate, visitor) = (open().await, visitor());
    let policy = Some(Policy::default().into());
    let elsewhere = vec!["https://elsewhere.example".parse().unwrap(), crate::gate::ORIGIN.parse().unwrap()];
    let one = operators(&gate, SiteSettings { policy: policy.clone(), ..light() }).await;
    let two = operators(&gate, SiteSettings { policy, origins: elsewhere, ..light() }).await;
    let at = |site_key| Assess { site_key: Some(site_key), ..wish(&visitor) };
    let step = asked(&gate, at(one.site_key())).await;
    assert_eq!(refusal(finish(&gate, at(two.site_key()), &step).await), "invalid_step");
    token(finish(&gate, at(one.site_key()), &step).await);
}

#[tokio::test]
async fn a_step_of_another_address_or_origin_is_refused_and_not_used_up() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    let origin = |text| claiming(Some(text));
    for other in [
        from("192.0.2.8"),
        from("2001:db8::7"),
        origin("https://else.example"),
        origin("http://shop.example"),
        claiming(None),
    ] {
        assert_eq!(refusal(finish(&gate, wish(&other), &step).await), "invalid_step", "{other:?}");
    }
    token(finish(&gate, wish(&visitor), &step).await);
}

#[tokio::test]
async fn a_step_lasts_600_seconds() {
    let (gate, visitor) = (open().await, visitor());
    let (late, in_time) = (asked(&gate, wish(&visitor)).await, asked(&gate, wish(&visitor)).await);
    gate.clock.advance(599_999);
    token(finish(&gate, wish(&visitor), &in_time).await);
    gate.clock.advance(1);
    assert_eq!(refusal(finish(&gate, wish(&visitor), &late).await), "invalid_step");
    gate.engine.tidy().await.unwrap();
    assert_eq!(refusal(finish(&gate, wish(&visitor), &late).await), "invalid_step");
}

#[tokio::test]
async fn a_step_is_taken_once() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    token(finish(&gate, wish(&visitor), &step).await);
    assert_eq!(refusal(finish(&gate, wish(&visitor), &step).await), "invalid_step");
    gate.clock.advance(599_000);
    gate.engine.tidy().await.unwrap();
    assert_eq!(
        refusal(finish(&gate, wish(&visitor), &step).await),
        "invalid_step",
        "nor once it was tidied up"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_finishes_of_one_step_one_wins() {
    let gate = Arc::new(open().await);
    for round in 0..20 {
        let visitor = from(&format!("192.0.2.{round}"));
        let step = Arc::new(asked(&gate, wish(&visitor)).await);
        let solutions = Arc::new(solutions(&step));
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (gate, step, solutions, visitor) =
                    (gate.clone(), step.clone(), solutions.clone(), visitor.clone());
                tokio::spawn(async move {
                    gate.engine.assess(done(wish(&visitor), &step, &solutions)).await.is_ok()
                })
            })
            .collect();
        let mut winners = 0;
        for racer in racers {
            winners += u32::from(racer.await.unwrap());
        }
        assert_eq!(winners, 1);
    }
}

#[tokio::test]
async fn wrong_solutions_are_refused_and_use_nothing_up() {
    let (gate, visitor) = (open().await, visitor());
    let (step, other) = (asked(&gate, wish(&visitor)).await, asked(&gate, wish(&visitor)).await);
    let (right, others) = (solutions(&step), solutions(&other));
    let name = step.work.as_ref().unwrap().token.as_str();
    let mut long = right.clone();
    long.push(0);
    let huge = vec![u64::MAX; right.len()];
    for (token, solutions) in [
        (name, &right[1..]),
        (name, &[]),
        (name, &long),
        (name, &huge),
        (other.work.as_ref().unwrap().token.as_str(), &others[..]),
        (other.work.as_ref().unwrap().token.as_str(), &right[..]),
        ("", &right[..]),
        (step.challenge_id.as_str(), &right[..]),
    ] {
        let work = Some(WorkDone { token, solutions });
        let taken = Some(StepTaken::Done { challenge_id: &step.challenge_id, work });
        let outcome = gate.engine.assess(Assess { taken, ..wish(&visitor) }).await;
        assert_eq!(refusal(outcome), "invalid_solution", "{token} {solutions:?}");
    }
    let taken = Some(StepTaken::Done { challenge_id: &step.challenge_id, work: None });
    assert_eq!(refusal(gate.engine.assess(Assess { taken, ..wish(&visitor) }).await), "invalid_solution");
    token(finish(&gate, wish(&visitor), &step).await);
}

#[tokio::test]
async fn a_name_that_was_changed_or_made_up_is_no_step() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    let seal = gate.engine.seal_page(&"https://shop.example".parse().unwrap()).unwrap().text;
    let bare = step.challenge_id.strip_prefix("chl_").unwrap();
    let mut changed = step.challenge_id.clone();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    let names = [
        String::new(),
        "chl_".into(),
        "chl_é".into(),
        bare.into(),
        changed,
        format!("chl_{seal}"),
        format!("{}A", step.challenge_id),
    ];
    for challenge_id in &names {
        for taken in [StepTaken::Begun { challenge_id }, StepTaken::Done { challenge_id, work: None }] {
            let outcome = gate.engine.assess(Assess { taken: Some(taken), ..wish(&visitor) }).await;
            assert_eq!(refusal(outcome), "invalid_step", "{challenge_id}");
        }
    }
}

#[tokio::test]
async fn a_confirm_carries_work_and_is_nothing_without_it() {
    let (gate, visitor) = (asking(Friction::Checkbox, false).await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    assert_eq!(step.kind, StepKind::Confirm);
    let taken = Some(StepTaken::Done { challenge_id: &step.challenge_id, work: None });
    assert_eq!(refusal(gate.engine.assess(Assess { taken, ..wish(&visitor) }).await), "invalid_solution");
    let pass = verified(&gate, &token(finish(&gate, wish(&visitor), &step).await)).await;
    assert_eq!((pass.mode, pass.challenge_id.as_str()), (Mode::Visual, step.challenge_id.as_str()));
}

#[tokio::test]
async fn work_alone_is_a_passive_pass() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    let pass = verified(&gate, &token(finish(&gate, wish(&visitor), &step).await)).await;
    assert_eq!(pass.mode, Mode::Passive);
}

#[tokio::test]
async fn a_step_never_lowers_a_score() {
    let (gate, visitor) = (open().await, visitor());
    let doubt = || Assess { signals: doubtful(), ..wish(&visitor) };
    let before = judged(&gate, doubt()).await.assessment.score;
    let step = asked(&gate, doubt()).await;
    let at_ease = Assess { signals: human(), ..wish(&visitor) };
    let pass = verified(&gate, &token(finish(&gate, at_ease, &step).await)).await;
    assert!(pass.score >= before && before >= 0.38, "{} after {before}", pass.score);
}

#[tokio::test]
async fn a_crawler_whose_proof_is_known_is_known_with_the_step_taken_too() {
    // The published weights know of no proof.
    let settings = SiteSettings { risk_profile: Some(Profile::Portcullis), ..open_settings() };
    let gate = open_with(settings, LimitSettings::default()).await;
    let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    let claiming = |address| {
        let mut visitor = from(address);
        visitor.client.user_agent = agent.to_owned();
        visitor
    };
    let (crawler, forger) = (claiming("192.0.2.66"), claiming("192.0.2.67"));
    let mut signals = Signals { client: crawler.client.clone(), motion: Vec::new(), ..human() };
    signals.fingerprint.as_mut().unwrap().user_agent = agent.to_owned();
    let crawls = || Assess { signals: signals.clone(), ..wish(&crawler) };
    let first = judged(&gate, crawls()).await;
    let Outcome::Step(step) = first.outcome else { panic!("{:?}", first.assessment) };
    let pass = verified(&gate, &token(finish(&gate, crawls(), &step).await)).await;
    assert_eq!(pass.score, first.assessment.score);
    let forged = judged(&gate, Assess { visitor: &forger, ..crawls() }).await;
    assert!(forged.assessment.score > pass.score);
}

#[tokio::test]
async fn whoever_shows_worse_with_the_step_taken_is_denied_and_the_step_is_kept() {
    let (gate, visitor) = (open().await, visitor());
    let step = asked(&gate, wish(&visitor)).await;
    let worse = Assess { signals: driven(), ..wish(&visitor) };
    let outcome = finish(&gate, worse, &step).await;
    let Ok(Assessed::Judged(judgement)) = outcome else { panic!("not judged") };
    assert!(matches!(judgement.outcome, Outcome::Denied));
    token(finish(&gate, wish(&visitor), &step).await);
}

/// A hold that was asked for.
async fn hold(gate: &Gate, visitor: &Visitor) -> Step {
    let step = asked(gate, wish(visitor)).await;
    assert_eq!(step.kind, StepKind::PressHold);
    step
}

#[tokio::test]
async fn a_hold_counts_by_the_servers_clock_from_its_first_beginning() {
    let (gate, visitor) = (asking(Friction::PressAndHold, true).await, visitor());
    let step = hold(&gate, &visitor).await;
    assert_eq!(too_short(gate.engine.assess(begun(wish(&visitor), &step)).await), Some(false));
    gate.clock.advance(u64::from(step.hold_ms) - 1);
    assert_eq!(too_short(finish(&gate, wish(&visitor), &step).await), Some(true));
    gate.clock.advance(1);
    // Beginning anew does not set the clock back.
    assert_eq!(too_short(gate.engine.assess(begun(wish(&visitor), &step)).await), Some(false));
    let pass = verified(&gate, &token(finish(&gate, wish(&visitor), &step).await)).await;
    assert_eq!(pass.mode, Mode::Visual);
    assert_eq!(refusal(finish(&gate, wish(&visitor), &step).await), "invalid_step");
}

#[tokio::test]
async fn a_hold_that_never_began_is_too_short_however_long_one_waits() {
    let (gate, visitor) = (asking(Friction::PressAndHold, false).await, visitor());
    let step = hold(&gate, &visitor).await;
    gate.clock.advance(60_000);
    assert_eq!(too_short(finish(&gate, wish(&visitor), &step).await), Some(true));
}

#[tokio::test]
async fn five_holds_that_were_too_short_use_the_step_up() {
    let (gate, visitor) = (asking(Friction::PressAndHold, false).await, visitor());
    let step = hold(&gate, &visitor).await;
    for _ in 0..5 {
        assert_eq!(too_short(finish(&gate, wish(&visitor), &step).await), Some(true));
    }
    gate.engine.assess(begun(wish(&visitor), &step)).await.ok();
    gate.clock.advance(60_000);
    assert_eq!(refusal(finish(&gate, wish(&visitor), &step).await), "invalid_step");
}

#[tokio::test]
async fn a_hold_with_work_needs_both_and_wrong_work_spends_no_attempt() {
    let (gate, visitor) = (asking(Friction::PressAndHold, true).await, visitor());
    let step = hold(&gate, &visitor).await;
    gate.engine.assess(begun(wish(&visitor), &step)).await.unwrap();
    gate.clock.advance(u64::from(step.hold_ms));
    for _ in 0..20 {
        let taken = Some(StepTaken::Done { challenge_id: &step.challenge_id, work: None });
        assert_eq!(refusal(gate.engine.assess(Assess { taken, ..wish(&visitor) }).await), "invalid_solution");
    }
    token(finish(&gate, wish(&visitor), &step).await);
}

#[tokio::test]
async fn only_its_own_visitor_begins_a_hold_and_only_a_hold_begins() {
    let (gate, visitor) = (asking(Friction::PressAndHold, false).await, visitor());
    let step = hold(&gate, &visitor).await;
    for other in [from("192.0.2.8"), claiming(Some("https://else.example"))] {
        assert_eq!(refusal(gate.engine.assess(begun(wish(&other), &step)).await), "invalid_step");
    }
    gate.clock.advance(60_000);
    assert_eq!(too_short(finish(&gate, wish(&visitor), &step).await), Some(true), "nobody began it");
    for friction in [Friction::Checkbox, Friction::ProofOfWork { doublings: 0 }] {
        let gate = asking(friction, false).await;
        let step = asked(&gate, wish(&visitor)).await;
        assert_eq!(refusal(gate.engine.assess(begun(wish(&visitor), &step)).await), "invalid_step");
    }
}

#[tokio::test]
async fn what_is_taken_again_and_again_is_counted_at_last() {
    // Twenty times a burst of one.
    let limits = LimitSettings { challenge_burst: 1, ..LimitSettings::default() };
    let policy = |friction| Policy { steps: vec![Band { from: 0.0, friction }], ..Policy::default() };
    let asks = async |friction| {
        let settings = SiteSettings { policy: Some(policy(friction).into()), ..open_settings() };
        open_with(settings, limits.clone()).await
    };
    let visitor = visitor();
    let worked = asks(Friction::ProofOfWork { doublings: 0 }).await;
    let step = asked(&worked, wish(&visitor)).await;
    token(finish(&worked, wish(&visitor), &step).await);
    let held = asks(Friction::PressAndHold).await;
    let hold = asked(&held, wish(&visitor)).await;
    let begins = asks(Friction::PressAndHold).await;
    let begun_often = asked(&begins, wish(&visitor)).await;
    let mut codes = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..30 {
        codes[0].push(refusal(finish(&worked, wish(&visitor), &step).await));
        codes[1].push(refusal(finish(&held, wish(&visitor), &hold).await));
        codes[2].push(refusal(begins.engine.assess(begun(wish(&visitor), &begun_often)).await));
    }
    for codes in codes {
        assert_ne!(codes[0], "rate_limited");
        assert_eq!(codes[29], "rate_limited", "{codes:?}");
    }
    let other = from("192.0.2.8");
    asked(&worked, wish(&other)).await;
}
