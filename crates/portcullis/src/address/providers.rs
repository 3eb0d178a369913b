//! Asking HTTP providers, all of those set at once.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portcullis_engine::{Clock, network};
use portcullis_ipdata::{Finding, Provider, ProviderError, is_public};
use tokio::task::JoinSet;
use ureq::Agent;

use super::AddressSettings;
use super::answers::{Answer, Answers};
use super::settings::ProviderSetting;
use crate::base_url::BaseUrl;
use crate::circuit::{Change, Circuit};
use crate::http_client;

/// The providers that the settings name.
pub(super) struct Providers {
    asked: Vec<Arc<Asked>>,
    /// By network: whoever changes addresses within his /64 is one question.
    answers: Answers<IpAddr, Arc<[Finding]>>,
}

/// One provider.
struct Asked {
    provider: Provider,
    base_url: BaseUrl,
    agent: Agent,
    circuit: Mutex<Circuit>,
    clock: Arc<dyn Clock>,
}

/// Why a provider said nothing.
enum Silence {
    /// It was not reached, answered late, or nothing that reads.
    Failed,
    /// Its quota is used up.
    Exhausted,
    /// It answered that it does not know the address.
    Unknown,
}

impl Providers {
    /// The providers of the settings; nobody is asked yet.
    pub(super) fn new(settings: &AddressSettings, clock: Arc<dyn Clock>) -> Self {
        let timeout = Duration::from_millis(settings.provider_timeout_ms);
        let asked =
            settings.providers.iter().map(|setting| Arc::new(Asked::new(setting, timeout, clock.clone())));
        Self { asked: asked.collect(), answers: Answers::new(ANSWERS_MAX, UNDER_WAY_MAX, clock) }
    }

    /// Whether nobody is ever asked.
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// What was answered before.
    pub(super) fn known(&self, address: IpAddr) -> Vec<Finding> {
        if self.is_empty() {
            return Vec::new();
        }
        self.answers.known(&network(address)).map_or_else(Vec::new, |findings| findings.to_vec())
    }

    /// Asks all providers, unless they were asked before or the address is not of the open net. Ends when all have
    /// answered or run out of time; [`Providers::known`] tells what they said.
    pub(super) async fn ask(&self, address: IpAddr) {
        if self.is_empty() || !is_public(address) {
            return;
        }
        let asked = self.asked.clone();
        self.answers.find(network(address), || ask_all(asked, address)).await;
    }
}

/// Asks every provider whose circuit admits it. `None` when nobody was asked: then it is tried again next time.
async fn ask_all(asked: Vec<Arc<Asked>>, address: IpAddr) -> Option<Answer<Arc<[Finding]>>> {
    let mut questions = JoinSet::new();
    for asked in asked {
        if asked.admits() {
            questions.spawn_blocking(move || asked.ask(address));
        }
    }
    if questions.is_empty() {
        return None;
    }
    let findings: Arc<[Finding]> = questions.join_all().await.into_iter().flatten().collect();
    let keep_ms = if findings.is_empty() { KEEP_NOTHING_MS } else { KEEP_MS };
    Some(Answer { value: findings, keep_ms })
}

impl Asked {
    fn new(setting: &ProviderSetting, timeout: Duration, clock: Arc<dyn Clock>) -> Self {
        let agent = http_client::agent(timeout);
        let (provider, base_url) = (setting.provider, setting.base_url());
        Self { provider, base_url, agent, circuit: Mutex::default(), clock }
    }

    fn admits(&self) -> bool {
        self.with_circuit(|circuit| circuit.admit(self.clock.now()))
    }

    /// Asks and waits for the answer.
    fn ask(&self, address: IpAddr) -> Option<Finding> {
        let answer = self.answer(address);
        let change = self.with_circuit(|circuit| match &answer {
            Ok(_) | Err(Silence::Unknown) => circuit.succeeded(),
            Err(Silence::Failed) => circuit.failed(self.clock.now()),
            Err(Silence::Exhausted) => circuit.exhausted(self.clock.now(), EXHAUSTED_MS),
        });
        let provider = self.provider.name();
        match change {
            Some(Change::Opened) => {
                tracing::warn!(
                    provider,
                    "a provider of facts about addresses does not answer; it is left alone for a while"
                );
            }
            Some(Change::Closed) => {
                tracing::info!(provider, "a provider of facts about addresses answers again")
            }
            None => {}
        }
        answer.ok()
    }

    fn answer(&self, address: IpAddr) -> Result<Finding, Silence> {
        let url = self.base_url.at(&self.provider.path(address));
        let mut response = self.agent.get(&url).call().map_err(|_| Silence::Failed)?;
        match response.status().as_u16() {
            // The body of a "no" reads like one of the protocol's, whatever its status.
            200 | 400 | 404 => {}
            402 | 403 | 429 => return Err(Silence::Exhausted),
            _ => return Err(Silence::Failed),
        }
        let body =
            response.body_mut().with_config().limit(Provider::ANSWER_BYTES_MAX as u64 + 1).read_to_vec();
        let body = body.map_err(|_| Silence::Failed)?;
        self.provider.read(&body).map_err(|error| match error {
            ProviderError::TooLong | ProviderError::Unreadable => Silence::Failed,
            ProviderError::Exhausted => Silence::Exhausted,
            ProviderError::Refused => Silence::Unknown,
        })
    }

    fn with_circuit<T>(&self, change: impl FnOnce(&mut Circuit) -> T) -> T {
        change(&mut self.circuit.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers that are kept: some hundred bytes each.
const ANSWERS_MAX: usize = 65_536;
/// Addresses that are asked about at the same time, a thread for each provider.
const UNDER_WAY_MAX: usize = 32;
/// For how long an answer holds: a day.
const KEEP_MS: u64 = 24 * 3_600_000;
/// For how long nobody asks whose quota is used up: quotas are per minute, hour or day.
const EXHAUSTED_MS: u64 = 15 * 60_000;
/// For how long it holds that nobody knew anything.
const KEEP_NOTHING_MS: u64 = 10 * 60_000;
