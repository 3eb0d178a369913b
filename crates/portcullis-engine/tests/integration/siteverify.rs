use std::sync::Arc;

use portcullis_engine::{Issue, NewSite, Reason, Redeem, Siteverify, SiteverifyError, Token, Visitor};

use crate::gate::{Gate, MINUTE, START, claiming, light, question, visitor};

#[tokio::test]
async fn a_verdict_says_what_was_proved() {
    let gate = Gate::open().await;
    let visitor = visitor();
    let issue = Issue {
        site_key: None,
        visitor: &visitor,
        action: Some("login"),
        cdata: Some("order-7"),
        vendor: None,
    };
    let challenge = gate.engine.issue(issue).await.unwrap();
    gate.clock.advance(MINUTE);
    let token = gate.redeem(&challenge).await.unwrap();
    let verdict = gate.verify(&token).await.unwrap();
    assert_eq!(verdict.site_key, gate.site.site_key());
    assert_eq!(verdict.hostname, "shop.example");
    assert_eq!(verdict.challenge_ts, START.0);
    assert_eq!((verdict.action.as_deref(), verdict.cdata.as_deref()), (Some("login"), Some("order-7")));
    assert_eq!((verdict.risk, verdict.reasons), (0.1, vec![]));
}

#[tokio::test]
async fn without_an_origin_there_is_no_hostname_and_more_risk() {
    let gate = Gate::open().await;
    let script = claiming(None);
    let token = gate.redeem_as(&gate.issue_to(&script).await.unwrap(), &script).await.unwrap();
    let verdict = gate.verify(&token).await.unwrap();
    assert_eq!((verdict.hostname.as_str(), verdict.risk), ("", 0.3));
    assert_eq!(verdict.reasons, [Reason::OriginUnproven]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_racing_verifications_one_wins() {
    let gate = Arc::new(Gate::open().await);
    for _ in 0..20 {
        let token = Arc::new(gate.token().await);
        let racers: Vec<_> = (0..64)
            .map(|_| {
                let (gate, token) = (gate.clone(), token.clone());
                tokio::spawn(async move { gate.verify(&token).await.is_ok() })
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
async fn what_is_missing_or_wrong_is_named_in_order_and_spends_nothing() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    let other = gate
        .engine
        .add_site(NewSite { name: "Other".to_owned(), site_key: None, secret: None, settings: light() })
        .await
        .unwrap();
    let response = Some(token.value.as_str());
    let own = || question(&gate.site);
    for (asked, code) in [
        (Siteverify { secret: None, ..own() }, "missing_secret"),
        (Siteverify { secret: Some(""), response, ..own() }, "missing_secret"),
        (Siteverify { secret: Some("sk_wrong"), ..own() }, "unknown_secret"),
        (Siteverify { secret: Some("sk_wrong"), response, ..own() }, "unknown_secret"),
        (own(), "missing_response"),
        (Siteverify { response: Some(""), ..own() }, "missing_response"),
        (Siteverify { response, site_key: Some(other.site_key()), ..own() }, "sitekey_mismatch"),
        (Siteverify { response: Some("junk"), ..own() }, "invalid_token"),
        (Siteverify { response, ..question(&other) }, "invalid_token"),
    ] {
        assert_eq!(gate.ask(asked).await.unwrap_err().code(), code);
    }
    let asked = Siteverify { response, site_key: Some(gate.site.site_key()), ..own() };
    gate.ask(asked).await.unwrap();
    assert!(matches!(gate.verify(&token).await, Err(SiteverifyError::AlreadySpent)));
}

#[tokio::test]
async fn a_token_expires() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    gate.clock.set(START.plus(20 * MINUTE));
    assert!(matches!(gate.verify(&token).await, Err(SiteverifyError::Expired)));
    gate.clock.set(START.plus(20 * MINUTE - 1));
    gate.verify(&token).await.unwrap();
}

#[tokio::test]
async fn an_idempotency_key_gets_the_same_verdict_again() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    let ask = |key, remote_ip: Option<&str>| {
        let remote_ip = remote_ip.map(|address| address.parse().unwrap());
        gate.ask(Siteverify {
            response: Some(&token.value),
            idempotency_key: key,
            remote_ip,
            ..question(&gate.site)
        })
    };
    let first = ask(Some("one"), Some("203.0.113.9")).await.unwrap();
    assert_eq!(first.reasons, [Reason::RemoteIpDiffers]);
    assert_eq!(ask(Some("one"), None).await.unwrap(), first);
    assert!(matches!(ask(Some("two"), None).await, Err(SiteverifyError::AlreadySpent)));
    assert!(matches!(ask(None, None).await, Err(SiteverifyError::AlreadySpent)));
}

#[tokio::test]
async fn the_same_network_is_the_same_visitor() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    let remote_ip = Some("192.0.2.7".parse().unwrap());
    let verdict = gate
        .ask(Siteverify { response: Some(&token.value), remote_ip, ..question(&gate.site) })
        .await
        .unwrap();
    assert_eq!(verdict.reasons, []);
}

#[tokio::test]
async fn a_tampered_token_is_refused() {
    let gate = Gate::open().await;
    let token = gate.token().await;
    // The site key in front is for readers; the sealed one counts.
    for place in gate.site.site_key().len()..token.value.len() {
        let mut value = token.value.clone().into_bytes();
        value[place] = if value[place] == b'0' { b'1' } else { b'0' };
        let tampered = Token { value: String::from_utf8(value).unwrap(), ..token.clone() };
        assert_eq!(gate.verify(&tampered).await.unwrap_err().code(), "invalid_token", "{place}");
    }
    let challenge = gate.issue().await.unwrap();
    let challenge = Token { value: challenge.token, ..token.clone() };
    assert_eq!(gate.verify(&challenge).await.unwrap_err().code(), "invalid_token");
    gate.verify(&token).await.unwrap();
}

#[tokio::test]
async fn an_origin_that_is_named_only_at_the_redeem_makes_no_address_busy() {
    let gate = Gate::open().await;
    let challenge = gate.issue_to(&claiming(None)).await.unwrap();
    let verdict = gate.verify(&gate.redeem(&challenge).await.unwrap()).await.unwrap();
    assert_eq!((verdict.hostname.as_str(), verdict.risk, verdict.reasons), ("shop.example", 0.1, vec![]));
}

#[tokio::test]
async fn a_busy_address_is_a_reason_and_a_risk() {
    let gate = Gate::open().await;
    for _ in 0..60 {
        gate.issue().await.unwrap();
    }
    let verdict = gate.verify(&gate.token().await).await.unwrap();
    assert_eq!((verdict.risk, verdict.reasons), (0.2, vec![Reason::BusyAddress]));
}

#[tokio::test]
async fn an_address_of_many_is_compared_with_nothing() {
    let gate = Gate::open().await;
    let shared = Visitor { shared_address: true, ..visitor() };
    let token = gate.redeem(&gate.issue_to(&shared).await.unwrap()).await.unwrap();
    let remote_ip = Some("203.0.113.9".parse().unwrap());
    let asked = Siteverify { response: Some(&token.value), remote_ip, ..question(&gate.site) };
    assert_eq!(gate.ask(asked).await.unwrap().reasons, []);
}

#[tokio::test]
async fn commands_print_neither_secrets_nor_tokens() {
    let gate = Gate::open().await;
    let (challenge, token) = (gate.issue().await.unwrap(), gate.token().await);
    let asked = Siteverify { response: Some(&token.value), ..question(&gate.site) };
    let visitor = visitor();
    let redeem = Redeem { site_key: None, visitor: &visitor, token: &challenge.token, solutions: &[] };
    let printed = format!("{asked:?} {redeem:?} {challenge:?} {token:?} {:?}", gate.site);
    for secret in [gate.site.secret().expose(), &token.value, &challenge.token] {
        assert!(!printed.contains(secret));
    }
}
