//! A second opinion: when it is asked for, how often, and what it is worth.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use portcullis_engine::risk::{Band, Friction, Policy, Signals};
use portcullis_engine::{
    AnswerFlow, Engine, EngineParts, Flow, FlowError, FlowMode, FlowOutcome, FlowStep, LimitSettings,
    ManualClock, NewSite, OpenFlow, Opinion, OpinionQuestion, PuzzleAnswer, PuzzleKind, SecondOpinion,
    SiteChange, SiteSettings, StepAnswer, TurnstileWidget, Visitor,
};

use crate::flows::shown;
use crate::gate::{Gate, START, light, parts, visitor};

/// Says what it is told to, and notes every question: token, address and retry key.
struct Oracle {
    says: Mutex<Opinion>,
    asked: Mutex<Vec<(String, Option<String>, String)>>,
}

#[async_trait]
impl SecondOpinion for Oracle {
    async fn ask(&self, question: OpinionQuestion<'_>) -> Opinion {
        assert_eq!(question.secret.expose(), "the-secret");
        let address = question.address.map(|address| address.to_string());
        let noted = (question.token.to_owned(), address, question.retry_key);
        self.asked.lock().unwrap().push(noted);
        *self.says.lock().unwrap()
    }
}

impl Oracle {
    fn says(&self, opinion: Opinion) {
        *self.says.lock().unwrap() = opinion;
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn widget() -> TurnstileWidget {
    TurnstileWidget {
        site_key: "1x00000000000000000000AA".parse().unwrap(),
        secret: "the-secret".parse().unwrap(),
    }
}

async fn open(settings: SiteSettings, has_keys: bool) -> (Gate, Arc<Oracle>) {
    let oracle = Arc::new(Oracle { says: Mutex::new(Opinion::Passed), asked: Mutex::default() });
    let clock = Arc::new(ManualClock::new(START));
    let stores = portcullis_store::memory::open();
    let parts = EngineParts {
        second_opinion: oracle.clone(),
        ..parts(stores, clock.clone(), LimitSettings::default())
    };
    let engine = Engine::start(parts).await.unwrap();
    let new = NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings };
    let mut site = engine.add_site(new).await.unwrap();
    if has_keys {
        let change = SiteChange { turnstile: Some(Some(widget())), ..SiteChange::default() };
        site = engine.change_site(site.site_key(), change).await.unwrap();
    }
    (Gate { engine, clock, site }, oracle)
}

async fn come(gate: &Gate, nonce: u8, puzzles: &[PuzzleKind]) -> Flow {
    let visitor = visitor();
    let (signals, mode) = (shown(&visitor), FlowMode::Auto);
    let command =
        OpenFlow { site: &gate.site, visitor: &visitor, signals, nonce: [nonce; 32], mode, puzzles };
    gate.engine.open_flow(command).await.unwrap()
}

async fn answer(
    gate: &Gate,
    visitor: &Visitor,
    (flow, step): (&Flow, &FlowStep),
    answer: StepAnswer<'_>,
    turnstile: Option<&str>,
) -> Result<FlowOutcome, FlowError> {
    let solutions: Vec<u64> =
        step.work.puzzles.clone().map(|puzzle| portcullis_pow::solve(&puzzle).unwrap()).collect();
    let (flow, step) = (flow.sealed.as_str(), step.id.as_str());
    let (solutions, signals) = (&solutions[..], Signals::default());
    gate.engine.answer_flow(AnswerFlow { visitor, flow, step, solutions, answer, signals, turnstile }).await
}

async fn worked(gate: &Gate, flow: &Flow, turnstile: Option<&str>) -> FlowOutcome {
    answer(gate, &visitor(), (flow, &flow.step), StepAnswer::Nothing, turnstile).await.unwrap()
}

fn score(outcome: FlowOutcome) -> f64 {
    match outcome {
        FlowOutcome::Complete(completed) => completed.verdict.score,
        _ => panic!("not complete"),
    }
}

/// A policy that asks for nothing but work, so that every flow ends with its score.
fn lenient() -> SiteSettings {
    let policy = Policy { steps: vec![Band { from: 0.0, friction: Friction::Pass }], ..Policy::default() };
    SiteSettings { policy: Some(policy.into()), ..light() }
}

#[tokio::test]
async fn only_a_refusal_weighs_much_and_an_outage_nothing() {
    let (plain, unasked) = open(lenient(), false).await;
    let plain = score(worked(&plain, &come(&plain, 1, &[]).await, Some("token")).await);
    assert_eq!(unasked.asked(), 0, "no keys, no question");
    let (gate, oracle) = open(lenient(), true).await;
    let mut nonce = 0;
    for (says, token, more) in [
        (Opinion::Passed, Some("token"), 0.0),
        (Opinion::Unknown, Some("token"), 0.0),
        (Opinion::Failed, Some("token"), 0.40),
        (Opinion::Stale, Some("token"), 0.10),
        (Opinion::Passed, None, 0.10),
        (Opinion::Passed, Some(""), 0.10),
        (Opinion::Passed, Some("skipped"), 0.10),
        (Opinion::Passed, Some(&*"x".repeat(2049)), 0.40),
    ] {
        nonce += 1;
        oracle.says(says);
        let found = score(worked(&gate, &come(&gate, nonce, &[]).await, token).await);
        assert!((found - plain - more).abs() < 0.001, "{says:?}: {found} is not {plain} + {more}");
    }
    assert_eq!(oracle.asked(), 4, "nothing is asked without a token that could be one");
}

#[tokio::test]
async fn a_refusal_asks_for_a_step_that_can_be_seen() {
    let (gate, oracle) = open(light(), true).await;
    oracle.says(Opinion::Failed);
    assert!(matches!(worked(&gate, &come(&gate, 1, &[]).await, Some("bad")).await, FlowOutcome::Step(..)));
    oracle.says(Opinion::Passed);
    assert!(matches!(
        worked(&gate, &come(&gate, 2, &[]).await, Some("good")).await,
        FlowOutcome::Complete(_)
    ));
}

#[tokio::test]
async fn nobody_is_asked_before_the_work_is_done() {
    let (gate, oracle) = open(light(), true).await;
    let (flow, visitor) = (come(&gate, 1, &[]).await, visitor());
    let command = AnswerFlow {
        visitor: &visitor,
        flow: &flow.sealed,
        step: &flow.step.id,
        solutions: &[u64::MAX; 3],
        answer: StepAnswer::Nothing,
        signals: Signals::default(),
        turnstile: Some("token"),
    };
    assert!(gate.engine.answer_flow(command).await.is_err_and(|error| error.code() == "invalid_solution"));
    assert_eq!(oracle.asked(), 0);
}

#[tokio::test]
async fn what_was_said_once_is_carried_through_the_flow() {
    let policy = Policy { steps: vec![Band { from: 0.0, friction: Friction::Slider }], ..Policy::default() };
    for (says, asked) in [(Opinion::Passed, 1), (Opinion::Failed, 1), (Opinion::Unknown, 2)] {
        let (gate, oracle) =
            open(SiteSettings { policy: Some(policy.clone().into()), ..light() }, true).await;
        oracle.says(says);
        let flow = come(&gate, 1, &[PuzzleKind::Slider]).await;
        let wrong =
            answer(&gate, &visitor(), (&flow, &flow.step), StepAnswer::Travel(0.0), Some("one")).await;
        let Ok(FlowOutcome::Step(next, _)) = wrong else { panic!("there is another picture") };
        let Some(PuzzleAnswer::Travel(_)) = gate.engine.puzzle_answer(&next.id) else { panic!("a slider") };
        let _ =
            answer(&gate, &visitor(), (&flow, &next), StepAnswer::Travel(0.0), Some("one")).await.unwrap();
        assert_eq!(oracle.asked(), asked, "{says:?}");
        let keys: Vec<String> = oracle.asked.lock().unwrap().iter().map(|noted| noted.2.clone()).collect();
        assert!(keys.iter().all(|key| *key == keys[0] && key.len() == 36), "a retry is known as one");
    }
}

#[tokio::test]
async fn retry_keys_differ_by_flow_and_by_token() {
    let (gate, oracle) = open(lenient(), true).await;
    for (nonce, token) in [(1, "one"), (2, "one"), (3, "two")] {
        worked(&gate, &come(&gate, nonce, &[]).await, Some(token)).await;
    }
    let keys: std::collections::BTreeSet<String> =
        oracle.asked.lock().unwrap().iter().map(|noted| noted.2.clone()).collect();
    assert_eq!(keys.len(), 3);
}

#[tokio::test]
async fn a_shared_address_is_told_to_nobody() {
    let (gate, oracle) = open(lenient(), true).await;
    worked(&gate, &come(&gate, 1, &[]).await, Some("token")).await;
    let shared = Visitor { shared_address: true, ..visitor() };
    let command = OpenFlow {
        site: &gate.site,
        visitor: &shared,
        signals: shown(&shared),
        nonce: [2; 32],
        mode: FlowMode::Auto,
        puzzles: &[],
    };
    let flow = gate.engine.open_flow(command).await.unwrap();
    answer(&gate, &shared, (&flow, &flow.step), StepAnswer::Nothing, Some("token")).await.unwrap();
    let told: Vec<Option<String>> =
        oracle.asked.lock().unwrap().iter().map(|noted| noted.1.clone()).collect();
    assert_eq!(told, [Some("192.0.2.7".to_owned()), None]);
}

#[tokio::test]
async fn one_flow_causes_a_few_questions_however_often_it_begins_anew() {
    let (gate, oracle) = open(light(), true).await;
    oracle.says(Opinion::Failed);
    for number in 0..30 {
        let flow = come(&gate, 1, &[]).await;
        let token = format!("bad{number}");
        let _ = answer(&gate, &visitor(), (&flow, &flow.step), StepAnswer::Nothing, Some(&token)).await;
    }
    assert_eq!(oracle.asked(), 8);
}

#[tokio::test]
async fn a_refusal_costs_where_nothing_may_be_shown() {
    let (gate, oracle) = open(light(), true).await;
    oracle.says(Opinion::Failed);
    let visitor = visitor();
    let (site, signals, mode) = (&*gate.site, shown(&visitor), FlowMode::Hidden);
    let command = OpenFlow { site, visitor: &visitor, signals, nonce: [1; 32], mode, puzzles: &[] };
    let flow = gate.engine.open_flow(command).await.unwrap();
    let FlowOutcome::Step(step, _) = worked(&gate, &flow, Some("bad")).await else {
        panic!("not asked more")
    };
    let count = |step: &FlowStep| step.work.puzzles.clone().count();
    assert_eq!(count(&step), count(&flow.step) << 2, "what a checkbox would have been");
    let last = answer(&gate, &visitor, (&flow, &step), StepAnswer::Nothing, None).await;
    assert!(matches!(last, Ok(FlowOutcome::Complete(_))), "and that is all");
}

#[tokio::test]
async fn keys_are_a_sites_own_and_leave_with_it() {
    let (gate, _) = open(light(), true).await;
    assert_eq!(gate.site.turnstile_site_key(), Some("1x00000000000000000000AA"));
    let shown = format!("{:?}", gate.site);
    assert!(!shown.contains("the-secret"), "{shown}");
    let kept = serde_json::to_string(gate.site.settings()).unwrap();
    assert!(!kept.contains("the-secret"), "{kept}");

    let new = NewSite {
        name: "Copy".to_owned(),
        site_key: None,
        secret: None,
        settings: gate.site.settings().clone(),
    };
    assert_eq!(gate.engine.add_site(new).await.unwrap().turnstile_site_key(), None, "keys are not copied");

    let key = gate.site.site_key();
    let settings = Some(SiteSettings { count: Some(4), turnstile: None, ..gate.site.settings().clone() });
    let change = SiteChange { settings, ..SiteChange::default() };
    let site = gate.engine.change_site(key, change).await.unwrap();
    assert_eq!((site.settings().count, site.turnstile_site_key().is_some()), (Some(4), true));
    let change = SiteChange { turnstile: Some(None), ..SiteChange::default() };
    let site = gate.engine.change_site(key, change).await.unwrap();
    assert_eq!((site.settings().count, site.turnstile_site_key()), (Some(4), None));
}
