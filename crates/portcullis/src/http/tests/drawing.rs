//! What is computed aside: each picture once, and not more at a time than there is room for.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use portcullis_engine::{ClaimedOrigin, Drawing, OldCiphers, PictureOf, PicturePart, Visitor, puzzle};
use portcullis_protocol::crafy::{Sealed, SealedV2, SlowOpening as _};

use super::super::drawing::Easel;
use super::{Gate, ladder};

/// The name of a step with a picture.
async fn step(gate: &Gate) -> String {
    ladder::opened(gate, "slider").await["step"]["id"].as_str().unwrap().to_owned()
}

async fn drawing(gate: &Gate) -> Drawing {
    let visitor = Visitor {
        address: gate.peer.ip(),
        origin: ClaimedOrigin::Absent,
        shared_address: false,
        client: Default::default(),
    };
    let wish = PictureOf {
        visitor: &visitor,
        step: &step(gate).await,
        part: PicturePart::Board,
        theme: puzzle::Theme::Light,
        density: puzzle::Density::One,
    };
    gate.engine.flow_picture(wish).await.unwrap()
}

#[tokio::test]
async fn whoever_wants_a_picture_gets_the_one_that_was_drawn() {
    let gate = Gate::open().await;
    let (one, other) = (drawing(&gate).await, drawing(&gate).await);
    let easel = Easel::with(1, Duration::from_secs(60));
    let (first, second) = tokio::join!(easel.draw(one.clone()), easel.draw(one.clone()));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert!(Arc::ptr_eq(&first, &second), "at once");
    assert!(Arc::ptr_eq(&first, &easel.draw(one).await.unwrap()), "and later");
    assert!(!Arc::ptr_eq(&first, &easel.draw(other).await.unwrap()), "another is another");
}

#[tokio::test]
async fn whoever_would_wait_too_long_is_told_to_come_again() {
    let gate = Gate::open().await;
    let nobody_draws = Easel::with(0, Duration::from_millis(1));
    assert!(nobody_draws.draw(drawing(&gate).await).await.is_none());
}

#[tokio::test]
async fn one_slow_text_is_opened_at_a_time() {
    let gate = Gate::open().await;
    let easel = Easel::with(1, Duration::from_secs(60));
    let place = easel.take().unwrap();
    assert!(easel.take().is_none(), "there is one place");
    assert!(place.open(slow(), &gate.site).await.is_some());
    drop(easel.take().unwrap());
    assert!(easel.take().unwrap().open(slow(), &gate.site).await.is_some(), "and then the next");
}

#[tokio::test]
async fn a_picture_is_drawn_for_its_step_alone() {
    let gate = Gate::open().await;
    let step = step(&gate).await;
    let board = gate.fetch(&format!("/challenge/picture?step={step}&part=board")).await;
    assert_eq!((board.status, board.header("content-type")), (StatusCode::OK, "image/jpeg"));
    let piece = gate.fetch(&format!("/challenge/picture?step={step}&part=piece")).await;
    assert!(piece.header("content-type").starts_with("image/"), "{}", piece.header("content-type"));
    let other = gate.fetch("/challenge/picture?step=junk").await;
    assert_eq!(other.status, StatusCode::GONE);
    let none = gate.fetch("/challenge/picture").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
}

/// Encrypted options of version 2, in form alone.
fn slow() -> SealedV2 {
    let text = format!(";v2_;{}", BASE64_STANDARD.encode([7; 120]));
    match Sealed::parse(&text, OldCiphers { v1: false, v2: true }) {
        Ok(Sealed::V2(sealed)) => sealed,
        other => panic!("{other:?}"),
    }
}
