//! Flows: what a visitor is asked, what wrong answers cost, and that a verdict is fetched once.

use std::sync::Arc;

use portcullis_engine::puzzle::{Density, Theme};
use portcullis_engine::risk::{Band, Behavior, Friction, Policy, Signals};
use portcullis_engine::{
    AnswerFlow, Flow, FlowError, FlowMode, FlowOutcome, FlowStep, FlowVerdict, LimitSettings, OpenFlow,
    PictureOf, PicturePart, PuzzleAnswer, PuzzleKind, SiteSettings, StepAnswer, StepReason, Task, Visitor,
};

use crate::gate::{Gate, MINUTE, START, claiming, from, light, visitor};
use crate::visits::{human, operators};

/// What a backend asked for.
#[derive(Clone, Copy)]
struct Wish<'a> {
    nonce: u8,
    mode: FlowMode,
    puzzles: &'a [PuzzleKind],
}

const AUTO: Wish<'_> = Wish { nonce: 1, mode: FlowMode::Auto, puzzles: &[] };
const HIDDEN: Wish<'_> = Wish { nonce: 1, mode: FlowMode::Hidden, puzzles: &[] };
const SLIDER: Wish<'_> = Wish { nonce: 1, mode: FlowMode::Puzzle, puzzles: &[PuzzleKind::Slider] };

/// A gate whose site asks everybody for `friction`.
async fn asking(friction: Friction) -> Gate {
    let policy = Policy { steps: vec![Band { from: 0.0, friction }], ..Policy::default() };
    Gate::with(SiteSettings { policy: Some(policy.into()), ..light() }, LimitSettings::default()).await
}

/// Somebody who came by keyboard: what people show, and no path that a second visit would repeat.
pub(crate) fn shown(visitor: &Visitor) -> Signals {
    let mut signals = Signals { motion: Vec::new(), ..human() };
    let keys = Behavior { dwell_ms: 4000.0, key_presses: 12.0, focus_changes: 3.0, ..Behavior::default() };
    signals.behavior = Some(keys);
    if let Some(fingerprint) = &mut signals.fingerprint {
        fingerprint.user_agent.clone_from(&visitor.client.user_agent);
    }
    signals
}

async fn come(gate: &Gate, visitor: &Visitor, wish: Wish<'_>) -> Result<Flow, FlowError> {
    let Wish { nonce, mode, puzzles } = wish;
    let (site, signals, nonce) = (&*gate.site, shown(visitor), [nonce; 32]);
    gate.engine.open_flow(OpenFlow { site, visitor, signals, nonce, mode, puzzles }).await
}

async fn answer_as(
    gate: &Gate,
    visitor: &Visitor,
    (flow, step): (&Flow, &FlowStep),
    answer: StepAnswer<'_>,
) -> Result<FlowOutcome, FlowError> {
    let solutions: Vec<u64> =
        step.work.puzzles.clone().map(|puzzle| portcullis_pow::solve(&puzzle).unwrap()).collect();
    gate.engine
        .answer_flow(AnswerFlow {
            visitor,
            flow: &flow.sealed,
            step: &step.id,
            solutions: &solutions,
            answer,
            signals: Signals::default(),
            turnstile: None,
        })
        .await
}

async fn answer(
    gate: &Gate,
    flow: &Flow,
    step: &FlowStep,
    answer: StepAnswer<'_>,
) -> Result<FlowOutcome, FlowError> {
    answer_as(gate, &visitor(), (flow, step), answer).await
}

/// Looks at a step's picture for as long as anybody needs.
async fn look(gate: &Gate, step: &FlowStep) {
    draw(gate, step, PicturePart::Board).await.unwrap();
    gate.clock.advance(3000);
}

async fn draw(gate: &Gate, step: &FlowStep, part: PicturePart) -> Result<(&'static str, Vec<u8>), FlowError> {
    let wish =
        PictureOf { visitor: &visitor(), step: &step.id, part, theme: Theme::Light, density: Density::One };
    let picture = gate.engine.flow_picture(wish).await?.draw();
    let (media_type, bytes) = picture.part(part).unwrap();
    Ok((media_type, bytes.to_vec()))
}

/// Answers a picture as whoever saw it.
async fn solve(gate: &Gate, flow: &Flow, step: &FlowStep) -> Result<FlowOutcome, FlowError> {
    match gate.engine.puzzle_answer(&step.id).unwrap() {
        PuzzleAnswer::Travel(travel) => answer(gate, flow, step, StepAnswer::Travel(travel)).await,
        PuzzleAnswer::Pairs(pairs) => answer(gate, flow, step, StepAnswer::Pairs(&pairs)).await,
    }
}

fn completed(outcome: Result<FlowOutcome, FlowError>) -> (String, FlowVerdict) {
    match outcome.map_err(|error| error.code()) {
        Ok(FlowOutcome::Complete(completed)) => (completed.token, completed.verdict),
        Ok(FlowOutcome::Step(step, reason)) => panic!("another step, {reason:?}: {:?}", step.task),
        Ok(FlowOutcome::Waiting) => panic!("held for too short a time"),
        Ok(FlowOutcome::Denied) => panic!("denied"),
        Err(code) => panic!("{code}"),
    }
}

fn next(outcome: Result<FlowOutcome, FlowError>) -> (FlowStep, StepReason) {
    match outcome.map_err(|error| error.code()) {
        Ok(FlowOutcome::Step(step, reason)) => (*step, reason),
        Ok(_) => panic!("no further step"),
        Err(code) => panic!("{code}"),
    }
}

/// How many guesses a step's work takes.
fn work(step: &FlowStep) -> usize {
    let puzzles: Vec<_> = step.work.puzzles.clone().collect();
    puzzles.len() << (4 * puzzles[0].target().to_string().len())
}

fn refusal<T>(outcome: Result<T, FlowError>) -> &'static str {
    outcome.err().map_or("accepted", |error| error.code())
}

#[tokio::test]
async fn an_ordinary_visitor_sees_nothing_and_its_verdict_is_fetched_once() {
    let gate = Gate::open().await;
    for wish in [AUTO, Wish { nonce: 2, ..HIDDEN }] {
        let flow = come(&gate, &visitor(), wish).await.unwrap();
        assert_eq!(flow.step.task, Task::Work);
        let (token, verdict) = completed(answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await);
        assert_eq!((token.as_str(), verdict.hostname.as_str()), (flow.token.as_str(), "shop.example"));
        assert_eq!(verdict.expires_at, gate.engine.now().plus(20 * MINUTE));
        assert!((0.0..0.38).contains(&verdict.score));
        assert_eq!(gate.engine.consume_flow(&gate.site, &token).await.unwrap(), verdict);
        let again = gate.engine.consume_flow(&gate.site, &token).await;
        assert_eq!(again.unwrap_err().code(), "already_spent");
    }
}

#[tokio::test]
async fn a_flow_that_is_not_complete_or_of_another_site_is_unknown() {
    let gate = Gate::open().await;
    let other = operators(&gate, light()).await;
    let flow = come(&gate, &visitor(), AUTO).await.unwrap();
    let code = async |site, token: &str| gate.engine.consume_flow(site, token).await.unwrap_err().code();
    assert_eq!(code(&gate.site, &flow.token).await, "unknown_flow");
    let (token, _) = completed(answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await);
    assert_eq!(code(&other, &token).await, "unknown_flow");
    assert_eq!(code(&gate.site, "not a token").await, "unknown_flow");
    gate.engine.consume_flow(&gate.site, &token.to_uppercase()).await.unwrap();
}

#[tokio::test]
async fn the_same_options_are_the_same_flow_and_complete_once() {
    let gate = Gate::open().await;
    let one = come(&gate, &visitor(), AUTO).await.unwrap();
    gate.clock.advance(5 * MINUTE);
    let two = come(&gate, &from("192.0.2.8"), AUTO).await.unwrap();
    assert_eq!(one.token, two.token);
    assert_ne!(one.token, come(&gate, &visitor(), Wish { nonce: 2, ..AUTO }).await.unwrap().token);
    let (_, verdict) = completed(answer(&gate, &one, &one.step, StepAnswer::Nothing).await);
    assert_eq!(verdict.expires_at, START.plus(20 * MINUTE), "from first sight, not from the last");
    let late = answer_as(&gate, &from("192.0.2.8"), (&two, &two.step), StepAnswer::Nothing).await;
    assert_eq!(refusal(late), "already_answered");
}

#[tokio::test]
async fn a_flow_lives_20_minutes_from_first_sight() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), AUTO).await.unwrap();
    let done = come(&gate, &visitor(), Wish { nonce: 2, ..AUTO }).await.unwrap();
    let (token, _) = completed(answer(&gate, &done, &done.step, StepAnswer::Nothing).await);
    gate.clock.advance(20 * MINUTE - 1);
    let again = come(&gate, &visitor(), AUTO).await.unwrap();
    gate.clock.advance(1);
    assert_eq!(refusal(come(&gate, &visitor(), AUTO).await), "expired");
    assert_eq!(refusal(answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await), "expired");
    assert_eq!(refusal(answer(&gate, &again, &again.step, StepAnswer::Nothing).await), "expired");
    assert_eq!(gate.engine.consume_flow(&gate.site, &token).await.unwrap_err().code(), "expired");
    gate.engine.tidy().await.unwrap();
    assert_eq!(refusal(come(&gate, &visitor(), AUTO).await), "expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_answers_one_completes_and_of_racing_backends_one_is_told() {
    let gate = Arc::new(Gate::open().await);
    for nonce in 0..10 {
        let flow = Arc::new(come(&gate, &visitor(), Wish { nonce, ..AUTO }).await.unwrap());
        let answers: Vec<_> = (0..32)
            .map(|_| {
                let (gate, flow) = (gate.clone(), flow.clone());
                tokio::spawn(
                    async move { answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await.is_ok() },
                )
            })
            .collect();
        let mut winners = 0;
        for racer in answers {
            winners += u32::from(racer.await.unwrap());
        }
        assert_eq!(winners, 1);
        let questions: Vec<_> = (0..32)
            .map(|_| {
                let (gate, flow) = (gate.clone(), flow.clone());
                tokio::spawn(async move { gate.engine.consume_flow(&gate.site, &flow.token).await.is_ok() })
            })
            .collect();
        let mut told = 0;
        for racer in questions {
            told += u32::from(racer.await.unwrap());
        }
        assert_eq!(told, 1);
    }
}

#[tokio::test]
async fn each_puzzle_is_asked_for_by_name_and_passes_when_it_is_solved() {
    let gate = Gate::open().await;
    for (nonce, kind) in (1..).zip([PuzzleKind::Slider, PuzzleKind::Connect]) {
        let wish = Wish { nonce, mode: FlowMode::Puzzle, puzzles: &[kind] };
        let flow = come(&gate, &visitor(), wish).await.unwrap();
        look(&gate, &flow.step).await;
        completed(solve(&gate, &flow, &flow.step).await);
    }
    let wish = Wish { nonce: 9, mode: FlowMode::Puzzle, puzzles: &[] };
    let flow = come(&gate, &visitor(), wish).await.unwrap();
    assert_eq!(flow.step.task, Task::Checkbox);
    gate.clock.advance(1000);
    completed(answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await);
}

#[tokio::test]
async fn a_button_is_held_by_the_servers_clock() {
    let gate = Gate::open().await;
    let wish = Wish { nonce: 1, mode: FlowMode::Puzzle, puzzles: &[PuzzleKind::PressHold] };
    let flow = come(&gate, &visitor(), wish).await.unwrap();
    let Task::PressHold { hold_ms } = flow.step.task else { panic!("{:?}", flow.step.task) };
    let finish = || answer(&gate, &flow, &flow.step, StepAnswer::Nothing);
    assert!(matches!(finish().await, Ok(FlowOutcome::Waiting)), "it never began");
    let visitor = visitor();
    let begin = || gate.engine.begin_flow_step(&visitor, &flow.sealed, &flow.step.id);
    begin().await.unwrap();
    gate.clock.advance(u64::from(hold_ms) - 1);
    begin().await.unwrap();
    assert!(matches!(finish().await, Ok(FlowOutcome::Waiting)));
    gate.clock.advance(1);
    completed(finish().await);
}

#[tokio::test]
async fn whoever_let_go_too_early_may_rest_before_holding_again() {
    let gate = Gate::open().await;
    let wish = Wish { nonce: 1, mode: FlowMode::Puzzle, puzzles: &[PuzzleKind::PressHold] };
    let flow = come(&gate, &visitor(), wish).await.unwrap();
    gate.engine.begin_flow_step(&visitor(), &flow.sealed, &flow.step.id).await.unwrap();
    gate.clock.advance(2 * MINUTE);
    completed(answer(&gate, &flow, &flow.step, StepAnswer::Nothing).await);
}

#[tokio::test]
async fn every_step_is_answered_once() {
    let gate = asking(Friction::ProofOfWork { doublings: 0 }).await;
    let ticked = Wish { nonce: 2, puzzles: &[PuzzleKind::Checkbox], ..SLIDER };
    for wish in [HIDDEN, ticked] {
        let flow = come(&gate, &visitor(), wish).await.unwrap();
        // Too early for a tick: that answer is wrong, and the flow not complete.
        let again = || answer(&gate, &flow, &flow.step, StepAnswer::Nothing);
        again().await.unwrap();
        assert_eq!(refusal(again().await), "already_answered", "one work is one judgement");
    }
}

#[tokio::test]
async fn asking_again_and_again_is_counted_at_last() {
    // Twenty times a burst of one.
    let limits = LimitSettings { challenge_burst: 1, ..LimitSettings::default() };
    let gate = Gate::with(light(), limits).await;
    let visitors = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(from);
    let kinds = [PuzzleKind::PressHold, PuzzleKind::Checkbox, PuzzleKind::Checkbox];
    let mut flows = Vec::new();
    for ((nonce, visitor), kind) in (0..).zip(&visitors).zip(&kinds) {
        let wish = Wish { nonce, mode: FlowMode::Puzzle, puzzles: std::slice::from_ref(kind) };
        flows.push(come(&gate, visitor, wish).await.unwrap());
    }
    let mut codes = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..30 {
        let [held, other, answered] = &flows[..] else { panic!() };
        codes[0].push(refusal(gate.engine.begin_flow_step(&visitors[0], &held.sealed, &held.step.id).await));
        codes[1]
            .push(refusal(gate.engine.flow_alternative(&visitors[1], &other.sealed, &other.step.id).await));
        let answer = answer_as(&gate, &visitors[2], (answered, &answered.step), StepAnswer::Nothing);
        codes[2].push(refusal(answer.await));
    }
    for codes in codes {
        assert_eq!((codes[0], codes[29]), ("accepted", "rate_limited"), "{codes:?}");
    }
}

#[tokio::test]
async fn a_picture_is_answered_once_and_after_it_was_looked_at() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), SLIDER).await.unwrap();
    let (second, reason) = next(solve(&gate, &flow, &flow.step).await);
    assert_eq!(reason, StepReason::Wrong, "it was not fetched");
    assert!(matches!(second.task, Task::Slider(_)));
    assert_eq!(refusal(solve(&gate, &flow, &flow.step).await), "already_answered");

    draw(&gate, &second, PicturePart::Board).await.unwrap();
    gate.clock.advance(100);
    let (third, reason) = next(solve(&gate, &flow, &second).await);
    assert_eq!(reason, StepReason::Wrong, "nobody is so fast");

    look(&gate, &third).await;
    completed(solve(&gate, &flow, &third).await);
}

#[tokio::test]
async fn after_three_pictures_work_stands_in_and_rises() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), SLIDER).await.unwrap();
    let ordinary = flow.step.work.puzzles.clone().count();
    let mut step = None;
    for _ in 0..3 {
        let asked = step.as_ref().unwrap_or(&flow.step);
        look(&gate, asked).await;
        step = Some(next(answer(&gate, &flow, asked, StepAnswer::Travel(2.0)).await).0);
    }
    let step = step.unwrap();
    assert_eq!(step.task, Task::Work);
    assert!(work(&step) >= work(&flow.step) << 3, "{} of {ordinary}", step.work.puzzles.clone().count());
    let again = come(&gate, &visitor(), SLIDER).await.unwrap();
    assert_eq!(again.step.task, Task::Work, "posting the options again brings no more pictures");
    let (_, verdict) = completed(answer(&gate, &flow, &step, StepAnswer::Nothing).await);
    assert!(verdict.score >= 0.15, "three misses are told: {}", verdict.score);
}

#[tokio::test]
async fn whoever_cannot_use_a_picture_takes_heavier_work() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), SLIDER).await.unwrap();
    let step = gate.engine.flow_alternative(&visitor(), &flow.sealed, &flow.step.id).await.unwrap();
    assert_eq!(step.task, Task::Work);
    assert!(work(&step) >= work(&flow.step) << 3);
    completed(answer(&gate, &flow, &step, StepAnswer::Nothing).await);
    let hidden = come(&gate, &visitor(), Wish { nonce: 2, ..HIDDEN }).await.unwrap();
    let none = gate.engine.flow_alternative(&visitor(), &hidden.sealed, &hidden.step.id).await;
    assert_eq!(refusal(none), "invalid_answer", "there is nothing to stand in for");
}

#[tokio::test]
async fn the_other_way_costs_a_busy_visitor_more_than_what_it_replaces() {
    let gate = Gate::open().await;
    let wish = Wish { puzzles: &[PuzzleKind::Checkbox], ..SLIDER };
    let quiet = come(&gate, &visitor(), wish).await.unwrap();
    let mut flow = come(&gate, &visitor(), wish).await.unwrap();
    for nonce in 2..=255 {
        if work(&flow.step) > work(&quiet.step) {
            break;
        }
        flow = come(&gate, &visitor(), Wish { nonce, ..wish }).await.unwrap();
    }
    let busy = work(&flow.step);
    assert!(busy > work(&quiet.step), "whoever asks often pays more");
    let step = gate.engine.flow_alternative(&visitor(), &flow.sealed, &flow.step.id).await.unwrap();
    assert!(work(&step) > busy, "{} instead of {busy}", work(&step));
}

#[tokio::test]
async fn risk_climbs_the_ladder_and_hidden_flows_pay_or_end() {
    for (friction, auto, doublings) in [
        (Friction::Checkbox, "checkbox", 2),
        (Friction::Slider, "slider", 3),
        (Friction::Connect, "connect", 4),
        (Friction::Deny, "denied", 0),
    ] {
        let gate = asking(friction).await;
        let seen = match come(&gate, &visitor(), AUTO).await {
            Ok(flow) => match flow.step.task {
                Task::Work => "work",
                Task::Checkbox => "checkbox",
                Task::PressHold { .. } => "hold",
                Task::Slider(_) => "slider",
                Task::Connect(_) => "connect",
            },
            Err(error) => error.code(),
        };
        assert_eq!(seen, auto);
        let hidden = come(&gate, &visitor(), HIDDEN).await;
        let price = hidden.map(|flow| (flow.step.task == Task::Work).then(|| work(&flow.step)));
        let ordinary = work(&come(&Gate::open().await, &visitor(), HIDDEN).await.unwrap().step);
        match price {
            Ok(price) => assert_eq!(price, Some(ordinary << doublings), "{friction:?}"),
            Err(error) => assert_eq!((error.code(), friction), ("denied", Friction::Deny)),
        }
    }
}

#[tokio::test]
async fn steps_answer_their_own_flow_visitor_and_page_alone() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), AUTO).await.unwrap();
    let other = come(&gate, &visitor(), Wish { nonce: 2, ..AUTO }).await.unwrap();
    let mixed = Flow { step: other.step, ..come(&gate, &visitor(), AUTO).await.unwrap() };
    let nothing = StepAnswer::Nothing;
    assert_eq!(refusal(answer(&gate, &mixed, &mixed.step, nothing).await), "invalid_step");
    let elsewhere = answer_as(&gate, &from("192.0.2.8"), (&flow, &flow.step), nothing).await;
    assert_eq!(refusal(elsewhere), "invalid_step");
    assert_eq!(refusal(answer(&gate, &flow, &flow.step, StepAnswer::Travel(0.5)).await), "invalid_answer");
    for origin in [Some("https://else.example"), Some("null")] {
        assert_eq!(refusal(come(&gate, &claiming(origin), AUTO).await), "origin_refused");
    }
    come(&gate, &claiming(Some("http://localhost:8000")), Wish { nonce: 3, ..AUTO }).await.unwrap();
    completed(answer(&gate, &flow, &flow.step, nothing).await);
}

#[tokio::test]
async fn wrong_work_uses_nothing_up() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), SLIDER).await.unwrap();
    look(&gate, &flow.step).await;
    let Some(PuzzleAnswer::Travel(travel)) = gate.engine.puzzle_answer(&flow.step.id) else { panic!() };
    let command = AnswerFlow {
        visitor: &visitor(),
        flow: &flow.sealed,
        step: &flow.step.id,
        solutions: &[0, 0, u64::MAX],
        answer: StepAnswer::Travel(travel),
        signals: Signals::default(),
        turnstile: None,
    };
    assert_eq!(refusal(gate.engine.answer_flow(command).await), "invalid_solution");
    completed(solve(&gate, &flow, &flow.step).await);
}

#[tokio::test]
async fn pictures_are_drawn_for_steps_that_have_one() {
    let gate = Gate::open().await;
    let flow = come(&gate, &visitor(), SLIDER).await.unwrap();
    let (media_type, board) = draw(&gate, &flow.step, PicturePart::Board).await.unwrap();
    assert_eq!((media_type, &board[..3]), ("image/jpeg", &[0xFF, 0xD8, 0xFF][..]));
    let (_, piece) = draw(&gate, &flow.step, PicturePart::Piece).await.unwrap();
    assert_ne!(board, piece);
    assert_eq!(draw(&gate, &flow.step, PicturePart::Board).await.unwrap().1, board, "the same each time");
    let hidden = come(&gate, &visitor(), Wish { nonce: 2, ..HIDDEN }).await.unwrap();
    assert_eq!(refusal(draw(&gate, &hidden.step, PicturePart::Board).await), "invalid_answer");
    gate.clock.advance(20 * MINUTE);
    assert_eq!(refusal(draw(&gate, &flow.step, PicturePart::Board).await), "expired");
}
