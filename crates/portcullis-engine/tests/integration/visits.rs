//! Visitors to judge: what they show, and how they take the steps that are asked of them.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use portcullis_engine::risk::{
    AddressClass, AddressFacts, AddressFlags, Behavior, Fingerprint, Point, Profile, Screen, Signals,
};
use portcullis_engine::{
    AddressLookup, Assess, AssessError, Assessed, Judgement, Keeping, LimitSettings, ManualClock, NewSite,
    Outcome, Site, SiteSettings, Step, StepTaken, Visitor, WorkDone,
};

use crate::gate::{Gate, START, light, start_knowing};

/// A gate whose site is the open one.
pub(crate) async fn open() -> Gate {
    open_with(open_settings(), LimitSettings::default()).await
}

pub(crate) async fn open_with(settings: SiteSettings, limits: LimitSettings) -> Gate {
    let clock = Arc::new(ManualClock::new(START));
    let stores = portcullis_store::memory::open();
    let engine = start_knowing(Arc::new(Documented), stores, clock.clone(), limits).await;
    let site_key = Some(Site::OPEN.to_owned());
    let new = NewSite { name: "Open".to_owned(), site_key, secret: None, settings };
    let site = engine.add_site(new).await.unwrap();
    Gate { engine, clock, site }
}

pub(crate) fn open_settings() -> SiteSettings {
    SiteSettings { origins: Vec::new(), keeping: Keeping::Open, ..light() }
}

/// A site that the operator made, for the origin that the gate's visitors come from.
pub(crate) async fn operators(gate: &Gate, settings: SiteSettings) -> Arc<Site> {
    let new = NewSite { name: "Shop".to_owned(), site_key: None, secret: None, settings };
    gate.engine.add_site(new).await.unwrap()
}

/// The wish of a visitor who shows what people show.
pub(crate) fn wish(visitor: &Visitor) -> Assess<'_> {
    Assess {
        site_key: None,
        visitor,
        signals: human(),
        page: None,
        fingerprint: [9; 32],
        profile: Profile::Astracaph,
        taken: None,
    }
}

pub(crate) fn human() -> Signals {
    let path = (0..30).map(|step: u32| {
        let along = f64::from(step);
        Point {
            x: 100.0 + 9.0 * along + 3.0 * (along * 1.9).sin(),
            y: 80.0 + 20.0 * (along * 0.7).sin(),
            t: 16.0 * along,
        }
    });
    Signals {
        fingerprint: Some(Fingerprint {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
            language: "en-US".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
            platform: "Linux x86_64".to_owned(),
            canvas: "5f3a".to_owned(),
            webgl_vendor: "Intel".to_owned(),
            webgl_renderer: "Intel UHD".to_owned(),
            screen: Screen { width: 1920.0, height: 1080.0, pixel_ratio: 1.0 },
            ..Fingerprint::default()
        }),
        motion: path.collect(),
        behavior: Some(Behavior { dwell_ms: 1500.0, pointer_moves: 30.0, ..Behavior::default() }),
        ..Signals::default()
    }
}

/// Somebody who never moved the pointer: between the thresholds.
pub(crate) fn doubtful() -> Signals {
    let still = Behavior { dwell_ms: 1500.0, ..Behavior::default() };
    Signals { motion: Vec::new(), behavior: Some(still), ..human() }
}

/// Somebody who says to be driven: beyond the upper threshold.
pub(crate) fn driven() -> Signals {
    let mut signals = human();
    signals.fingerprint.as_mut().unwrap().webdriver = true;
    signals
}

pub(crate) async fn judged(gate: &Gate, command: Assess<'_>) -> Judgement {
    match gate.engine.assess(command).await {
        Ok(Assessed::Judged(judgement)) => *judgement,
        Ok(Assessed::Waiting { .. }) => panic!("the step goes on"),
        Err(error) => panic!("{error}"),
    }
}

/// The step that is asked of a wish.
pub(crate) async fn asked(gate: &Gate, command: Assess<'_>) -> Step {
    match judged(gate, command).await.outcome {
        Outcome::Step(step) => *step,
        Outcome::Passed { .. } => panic!("passed"),
        Outcome::Denied => panic!("denied"),
    }
}

/// The pass that a wish earns.
pub(crate) fn token(outcome: Result<Assessed, AssessError>) -> String {
    match outcome.map_err(|error| error.code()) {
        Ok(Assessed::Judged(judgement)) => match judgement.outcome {
            Outcome::Passed { token, .. } => token,
            Outcome::Step(_) => panic!("another step"),
            Outcome::Denied => panic!("denied"),
        },
        Ok(Assessed::Waiting { .. }) => panic!("the step goes on"),
        Err(code) => panic!("{code}"),
    }
}

/// The code of a refusal.
pub(crate) fn refusal(outcome: Result<Assessed, AssessError>) -> &'static str {
    match outcome {
        Ok(_) => "accepted",
        Err(error) => error.code(),
    }
}

pub(crate) fn solutions(step: &Step) -> Vec<u64> {
    let Some(work) = &step.work else { return Vec::new() };
    work.puzzles.clone().map(|puzzle| portcullis_pow::solve(&puzzle).unwrap()).collect()
}

/// The same wish with its step taken, and the work done.
pub(crate) fn done<'a>(wish: Assess<'a>, step: &'a Step, solutions: &'a [u64]) -> Assess<'a> {
    let work = step.work.as_ref().map(|work| WorkDone { token: &work.token, solutions });
    Assess { taken: Some(StepTaken::Done { challenge_id: &step.challenge_id, work }), ..wish }
}

pub(crate) fn begun<'a>(wish: Assess<'a>, step: &'a Step) -> Assess<'a> {
    Assess { taken: Some(StepTaken::Begun { challenge_id: &step.challenge_id }), ..wish }
}

pub(crate) async fn finish(gate: &Gate, wish: Assess<'_>, step: &Step) -> Result<Assessed, AssessError> {
    gate.engine.assess(done(wish, step, &solutions(step))).await
}

/// A pass of the open site, honestly come by.
pub(crate) async fn pass(gate: &Gate, visitor: &Visitor) -> String {
    let step = asked(gate, wish(visitor)).await;
    token(finish(gate, wish(visitor), &step).await)
}

/// Knows that 203.0.113.0/24 is a data centre's and 198.51.100.0/24 people's, and that 192.0.2.66 is the crawler that
/// it claims to be.
struct Documented;

#[async_trait]
impl AddressLookup for Documented {
    fn look_up(&self, address: IpAddr, user_agent: &str) -> AddressFacts {
        match address {
            IpAddr::V4(address)
                if address.octets() == [192, 0, 2, 66] && user_agent.contains("Googlebot") =>
            {
                AddressFacts { good_bot: Some("Googlebot".to_owned()), ..AddressFacts::default() }
            }
            IpAddr::V4(address) if address.octets().starts_with(&[203, 0, 113]) => AddressFacts {
                class: AddressClass::Hosting,
                flags: AddressFlags { hosting: true, ..AddressFlags::default() },
                ..AddressFacts::default()
            },
            IpAddr::V4(address) if address.octets().starts_with(&[198, 51, 100]) => {
                AddressFacts { class: AddressClass::Residential, ..AddressFacts::default() }
            }
            _ => AddressFacts::default(),
        }
    }

    async fn ask(&self, address: IpAddr, user_agent: &str) -> AddressFacts {
        self.look_up(address, user_agent)
    }
}
