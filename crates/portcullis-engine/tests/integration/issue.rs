use portcullis_engine::{ChallengeForm, Issue, IssueError, LimitSettings, OriginRefused, SiteSettings};

use crate::gate::{Gate, ORIGIN, START, claiming, light, visitor};

#[tokio::test]
async fn a_salted_challenge_writes_its_puzzles_out_and_a_seeded_one_does_not() {
    let challenge = Gate::open().await.issue().await.unwrap();
    assert_eq!(challenge.puzzles.unwrap().len(), 3);
    assert_eq!(challenge.expires_at, START.plus(600_000));
    let seeded = SiteSettings { cap_challenge: Some(ChallengeForm::Seeded), ..light() };
    let gate = Gate::with(seeded, LimitSettings::default()).await;
    let challenge = gate.issue().await.unwrap();
    assert!(challenge.puzzles.is_none());
    gate.redeem(&challenge).await.unwrap();
}

#[tokio::test]
async fn no_two_challenges_share_a_puzzle() {
    let gate = Gate::open().await;
    let mut salts = std::collections::HashSet::new();
    for _ in 0..50 {
        for puzzle in gate.issue().await.unwrap().puzzles.unwrap() {
            assert!(salts.insert(puzzle.salt().to_owned()));
        }
    }
}

#[tokio::test]
async fn an_origin_that_is_not_listed_is_refused_here() {
    let gate = Gate::open().await;
    for (origin, expected) in [
        (Some(ORIGIN), Ok(())),
        (Some("http://localhost:3000"), Ok(())),
        (None, Ok(())),
        (Some("https://evil.example"), Err(OriginRefused::NotListed)),
        (Some("http://shop.example"), Err(OriginRefused::NotListed)),
        (Some("null"), Err(OriginRefused::Opaque)),
        (Some("nonsense"), Err(OriginRefused::Opaque)),
    ] {
        let outcome = match gate.issue_to(&claiming(origin)).await {
            Ok(_) => Ok(()),
            Err(IssueError::Origin(refused)) => Err(refused),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(outcome, expected, "{origin:?}");
    }
}

#[tokio::test]
async fn a_site_can_be_for_browsers_only_and_without_localhost() {
    let settings = SiteSettings { browsers_only: true, allow_localhost: false, ..light() };
    let gate = Gate::with(settings, LimitSettings::default()).await;
    for origin in [None, Some("http://localhost")] {
        assert!(matches!(gate.issue_to(&claiming(origin)).await, Err(IssueError::Origin(_))), "{origin:?}");
    }
    gate.issue().await.unwrap();
}

#[tokio::test]
async fn bindings_are_bounded() {
    let gate = Gate::open().await;
    let visitor = visitor();
    let issue = |action, cdata| {
        gate.engine.issue(Issue { site_key: None, visitor: &visitor, action, cdata, vendor: None })
    };
    let long = "c".repeat(256);
    for action in ["log-in_2", "users/list", &long[..100]] {
        assert!(issue(Some(action), Some(&long[..255])).await.is_ok(), "{action}");
    }
    for action in ["log in", "log.in", &long[..101]] {
        assert!(
            matches!(issue(Some(action), None).await, Err(IssueError::Binding("action", 100))),
            "{action}"
        );
    }
    for cdata in ["a/b", &long] {
        assert!(matches!(issue(None, Some(cdata)).await, Err(IssueError::Binding("cdata", 255))), "{cdata}");
    }
}

#[tokio::test]
async fn an_unknown_site_is_not_the_default_site() {
    let gate = Gate::open().await;
    let visitor = visitor();
    let unknown =
        Issue { site_key: Some("pk_unknown"), visitor: &visitor, action: None, cdata: None, vendor: None };
    assert!(matches!(gate.engine.issue(unknown).await, Err(IssueError::UnknownSite)));
}
