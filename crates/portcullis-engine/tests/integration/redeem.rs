use std::sync::Arc;

use portcullis_engine::{NewSite, Redeem, RedeemError, SiteSettings, SiteverifyError};

use crate::gate::{Gate, MINUTE, START, claiming, light, solve, visitor};

#[tokio::test]
async fn a_challenge_is_redeemed_once() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let token = gate.redeem(&challenge).await.unwrap();
    assert_eq!(token.expires_at, START.plus(20 * MINUTE));
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::TokenLive)));
    gate.verify(&token).await.unwrap();
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::TokenSpent)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_redeems_one_wins() {
    let gate = Arc::new(Gate::open().await);
    for _ in 0..20 {
        let challenge = Arc::new(gate.issue().await.unwrap());
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (gate, challenge) = (gate.clone(), challenge.clone());
                tokio::spawn(async move { gate.redeem(&challenge).await.is_ok() })
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
async fn a_wrong_solution_does_not_burn_the_challenge() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let visitor = visitor();
    let right = solve(&challenge);
    let puzzles: Vec<_> = challenge.puzzles.clone().unwrap().collect();
    let mut wrong = right.clone();
    wrong[1] = (0..).find(|nonce| !puzzles[1].is_solved_by(*nonce)).unwrap();
    let redeem = |solutions| {
        gate.engine.redeem(Redeem { site_key: None, visitor: &visitor, token: &challenge.token, solutions })
    };
    assert!(matches!(redeem(&wrong).await, Err(RedeemError::WrongSolution { index: 1 })));
    assert!(matches!(redeem(&right[..2]).await, Err(RedeemError::Count { expected: 3, found: 2 })));
    assert!(matches!(redeem(&[]).await, Err(RedeemError::Count { expected: 3, found: 0 })));
    redeem(&right).await.unwrap();
}

#[tokio::test]
async fn an_expired_challenge_is_too_late() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    gate.clock.set(START.plus(10 * MINUTE));
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::Expired)));
    gate.clock.set(START.plus(10 * MINUTE - 1));
    gate.redeem(&challenge).await.unwrap();
}

/// The cure for the widget that solves early and is clicked late: when its token ran out unspent, the same
/// challenge yields another, so never two can be spent.
#[tokio::test]
async fn a_challenge_whose_token_ran_out_unspent_is_redeemed_again() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let mut tokens = vec![gate.redeem(&challenge).await.unwrap()];
    for _ in 0..3 {
        gate.clock.advance(20 * MINUTE - 1);
        assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::TokenLive)));
        gate.clock.advance(1);
        tokens.push(gate.redeem(&challenge).await.unwrap());
    }
    for ran_out in &tokens[..3] {
        assert!(matches!(gate.verify(ran_out).await, Err(SiteverifyError::Expired)));
    }
    gate.verify(&tokens[3]).await.unwrap();
    assert!(matches!(gate.verify(&tokens[3]).await, Err(SiteverifyError::AlreadySpent)));
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::TokenSpent)));
}

#[tokio::test]
async fn redeeming_again_has_an_end() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    for _ in 0..4 {
        gate.redeem(&challenge).await.unwrap();
        gate.clock.advance(20 * MINUTE);
    }
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::Exhausted)));

    let challenge = gate.issue().await.unwrap();
    gate.redeem(&challenge).await.unwrap();
    gate.clock.advance(120 * MINUTE);
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::Expired)));
}

#[tokio::test]
async fn a_spent_token_is_not_followed_by_another() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let token = gate.redeem(&challenge).await.unwrap();
    gate.verify(&token).await.unwrap();
    gate.clock.advance(21 * MINUTE);
    assert!(matches!(gate.redeem(&challenge).await, Err(RedeemError::TokenSpent)));
}

#[tokio::test]
async fn a_challenge_stays_with_its_site_and_origin() {
    let gate = Gate::open().await;
    let settings = SiteSettings { origins: vec!["*".parse().unwrap()], ..light() };
    let other = gate
        .engine
        .add_site(NewSite { name: "Other".to_owned(), site_key: None, secret: None, settings })
        .await
        .unwrap();
    let challenge = gate.issue().await.unwrap();
    let (visitor, solutions) = (visitor(), solve(&challenge));
    let elsewhere = Redeem {
        site_key: Some(other.site_key()),
        visitor: &visitor,
        token: &challenge.token,
        solutions: &solutions,
    };
    assert!(matches!(gate.engine.redeem(elsewhere).await, Err(RedeemError::WrongSite)));
    for origin in [Some("http://localhost"), None] {
        assert!(
            matches!(gate.redeem_as(&challenge, &claiming(origin)).await, Err(RedeemError::OriginChanged)),
            "{origin:?}"
        );
    }
    assert!(matches!(
        gate.redeem_as(&challenge, &claiming(Some("https://evil.example"))).await,
        Err(RedeemError::Origin(_))
    ));
    gate.redeem(&challenge).await.unwrap();
}

#[tokio::test]
async fn what_was_not_issued_here_is_refused() {
    let gate = Gate::open().await;
    let challenge = gate.issue().await.unwrap();
    let (visitor, solutions) = (visitor(), solve(&challenge));
    let token = gate.redeem(&challenge).await.unwrap();
    let long = "A".repeat(100_000);
    for forged in ["", "x", "::", &challenge.token[1..], &long, &token.value, "\u{0}", "päivää"] {
        let redeem = Redeem { site_key: None, visitor: &visitor, token: forged, solutions: &solutions };
        assert!(matches!(gate.engine.redeem(redeem).await, Err(RedeemError::InvalidChallenge)));
    }
}
