//! A second opinion on whoever answers a step, where the site asks for one.
//!
//! It is asked for once the work is solved, so that a question costs whoever causes it something, and a few times in
//! a flow at most. What was said once is carried by the flow's steps and not asked again.

use portcullis_risk::Vouching;
use portcullis_store::{ChallengeId, UnixMs};

use super::facts::{FlowFacts, StepFacts};
use super::verdict::as_uuid;
use super::{FLOW_KEPT_MS, FlowError};
use crate::{Engine, Event, Opinion, OpinionQuestion, Site, Visitor};

impl Engine {
    /// What others say of a visitor who brings `token`. An outage is no opinion; a store that does not answer is an
    /// error, since questions could not be counted.
    pub(super) async fn vouching(
        &self,
        site: &Site,
        visitor: &Visitor,
        (flow, step): (&FlowFacts, &StepFacts),
        token: Option<&str>,
        now: UnixMs,
    ) -> Result<Vouching, FlowError> {
        let Some(widget) = &site.turnstile else { return Ok(Vouching::Unasked) };
        if matches!(step.vouching, Vouching::Given | Vouching::Refused) {
            return Ok(step.vouching);
        }
        let count = |code| self.tally.count(site.id, Event::SecondOpinion, code);
        let Some(token) = token.filter(|token| !token.is_empty() && *token != SKIPPED) else {
            count("missing");
            return Ok(Vouching::Missing);
        };
        if token.len() > OpinionQuestion::TOKEN_MAX {
            count(Opinion::Failed.code());
            return Ok(Vouching::Refused);
        }
        let row = ChallengeId::new(flow.seen, self.vault.opinions(flow.id));
        let keep_until = now.plus(FLOW_KEPT_MS);
        if self.stores.attempts.attempt(row, QUESTIONS_MOST, keep_until, now).await?.is_none() {
            count("missing");
            return Ok(Vouching::Missing);
        }
        let question = OpinionQuestion {
            site_key: &site.site_key,
            secret: &widget.secret,
            token,
            address: Some(visitor.address).filter(|_| !visitor.shared_address),
            retry_key: as_uuid(self.vault.question(flow.id, token)),
        };
        let opinion = self.second_opinion.ask(question).await;
        count(opinion.code());
        Ok(match opinion {
            Opinion::Passed => Vouching::Given,
            Opinion::Failed => Vouching::Refused,
            // Otherwise one token would open the gate for ever.
            Opinion::Stale => Vouching::Missing,
            Opinion::Unknown => Vouching::Unasked,
        })
    }
}

/// What the browser SDK sends in place of a token where it knows of no site key.
const SKIPPED: &str = "skipped";

/// How many questions one flow may cause: one for each step that it can have, and a few for retries.
const QUESTIONS_MOST: u32 = 8;
