//! The rules that every adapter keeps, one test per rule, so that a failure names the rule that broke.
//!
//! Stamp them onto an adapter from its tests:
//!
//! ```ignore
//! // An expression that opens an empty set of stores, and what must live as long as they do.
//! portcullis_store::stamp_contract!((open_stores(), guard));
//! // An adapter that outlives its process: a closure that opens the same stores, closing them if they are open.
//! portcullis_store::stamp_durable_contract!(move || reopen_stores());
//! ```
//!
//! `stamp_contract!` is `stamp_hot_contract!`, `stamp_purging_contract!` and `stamp_cold_contract!` together. An
//! adapter of the hot side alone takes the first, on stores that have a memory's cold side, and the second only if
//! it forgets when told to and not by itself.
//!
//! The rules panic where an adapter breaks them, as tests do. The crate that stamps them needs `tokio` with its
//! `macros`, `rt-multi-thread` and `time` features.

use crate::{ChallengeId, Redemption, Spending, UnixMs};

pub mod attempts;
pub mod cold;
pub mod durable;
pub mod flows;
pub mod limits;
pub mod model;
pub mod purging;
pub mod quotas;
pub mod tokens;

/// When the tests take place: in the year 2100, since some adapters refuse what is over by their server's clock.
const NOON: UnixMs = UnixMs(4_102_488_000_000);
/// How long a token of the tests can be spent.
const TOKEN_MS: u64 = 60_000;
/// How long a row of the tests must be kept.
const KEEP_MS: u64 = 7_200_000;

/// A challenge issued at noon; each number is another one.
fn challenge(number: u32) -> ChallengeId {
    let mut nonce = [0; 16];
    nonce[..4].copy_from_slice(&number.to_be_bytes());
    ChallengeId::new(NOON, nonce)
}

/// A first redemption at noon that allows three more.
fn redemption(number: u32) -> Redemption {
    redemption_at(number, NOON)
}

/// The same wish at another time.
fn redemption_at(number: u32, now: UnixMs) -> Redemption {
    Redemption {
        challenge: challenge(number),
        token_expires_at: now.plus(TOKEN_MS),
        keep_until: NOON.plus(KEEP_MS),
        first_allowed: true,
        reissues: 3,
    }
}

/// A spending of a token, without an idempotency key.
fn spending(number: u32, ordinal: u8) -> Spending {
    Spending {
        challenge: challenge(number),
        ordinal,
        keep_until: NOON.plus(KEEP_MS),
        idempotency: None,
        receipt: Vec::new(),
    }
}

/// The same with an idempotency key and a receipt.
fn repeatable(number: u32, key: u8, receipt: &[u8]) -> Spending {
    Spending { idempotency: Some([key; 32]), receipt: receipt.to_vec(), ..spending(number, 0) }
}

/// Stamps the rules for an adapter of both sides as tests. Takes an expression for an empty set of
/// [`Stores`](crate::Stores) and a guard that lives as long as the test.
#[macro_export]
macro_rules! stamp_contract {
    ($open:expr) => {
        $crate::stamp_hot_contract!($open);
        $crate::stamp_purging_contract!($open);
        $crate::stamp_cold_contract!($open);
    };
    (@tests $open:expr; $($group:ident: $rule:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (stores, _guard) = $open;
                $crate::contract::$group::$rule(&stores).await;
            }
        )*
    };
}

/// Stamps the rules of the hot side as tests, as [`stamp_contract!`](crate::stamp_contract) does.
#[macro_export]
macro_rules! stamp_hot_contract {
    ($open:expr) => {
        $crate::stamp_contract! { @tests $open;
            tokens: racing_redeems_give_one_first,
            tokens: racing_reissues_give_one,
            tokens: racing_spends_give_one_now,
            tokens: racing_spends_of_an_unknown_row_give_one_now,
            tokens: an_unknown_row_is_spent_once,
            tokens: a_live_token_blocks_and_an_expired_one_does_not,
            tokens: a_spent_token_ends_the_challenge,
            tokens: reissues_count_up_and_end,
            tokens: without_reissues_there_is_one_token,
            tokens: a_late_first_redemption_leaves_no_row,
            tokens: a_late_reissue_needs_no_first,
            tokens: a_superseded_token_cannot_be_spent,
            tokens: a_token_whose_issue_was_lost_is_spent_once,
            tokens: the_same_key_gets_the_receipt_again,
            tokens: racing_spends_under_one_key_give_one_now,
            tokens: a_receipt_that_is_too_long_spends_nothing,
            tokens: challenges_are_independent,
            tokens: an_earlier_keep_until_shortens_nothing,
            tokens: nothing_is_accepted_once_it_may_be_forgotten,
            tokens: a_clock_that_ran_ahead_does_not_close_the_ledger,
            tokens: a_clock_set_back_does_not_revive_a_superseded_token,
            tokens: the_end_of_time_is_no_trouble,
            attempts: attempts_count_up_to_the_budget,
            attempts: racing_attempts_are_granted_up_to_the_budget,
            attempts: a_step_begins_once,
            attempts: racing_beginnings_agree,
            attempts: a_late_beginning_renews_nothing,
            attempts: another_budget_holds_at_once,
            attempts: steps_are_independent,
            attempts: no_attempt_is_granted_once_it_may_be_forgotten,
            attempts: the_end_of_time_is_no_trouble_for_steps,
            flows: racing_finishes_give_one,
            flows: racing_consumes_give_one_now,
            flows: asking_for_an_unknown_flow_leaves_no_row,
            flows: a_finished_flow_stays_finished,
            flows: nothing_is_known_of_a_flow_once_it_may_be_forgotten,
            flows: a_verdict_that_is_too_long_finishes_nothing,
            flows: flows_are_independent,
            flows: the_end_of_time_is_no_trouble_for_flows,
            quotas: racing_uses_are_granted_up_to_the_quota,
            quotas: another_quota_holds_at_once,
            quotas: months_are_counted_apart,
            quotas: quotas_are_independent_of_steps_and_flows,
            quotas: a_quota_starts_over_once_its_time_has_passed,
            quotas: the_end_of_time_is_no_trouble_for_quotas,
            limits: hits_add_up_and_drain,
            limits: levels_round_up,
            limits: the_ceiling_is_never_exceeded_and_a_flood_leaves_no_debt,
            limits: retry_after_is_when_a_hit_is_within_the_burst,
            limits: keys_are_independent,
            limits: looking_adds_nothing,
            limits: a_clock_set_back_neither_locks_out_nor_forgets,
            limits: a_straggler_drains_nothing_twice,
            limits: a_lower_quota_holds_at_once,
            limits: extreme_quotas_are_no_trouble,
            limits: racing_hits_are_all_counted,
        }

        #[test]
        fn any_sequence_agrees_with_the_model() {
            $crate::contract::model::any_sequence_agrees_with_the_model(|| $open);
        }

        #[test]
        fn no_sequence_finishes_or_fetches_twice() {
            $crate::contract::flows::no_sequence_finishes_or_fetches_twice(|| $open);
        }
    };
}

/// Stamps the rules for adapters of the hot side that forget when they are told to, and not by themselves.
#[macro_export]
macro_rules! stamp_purging_contract {
    ($open:expr) => {
        $crate::stamp_contract! { @tests $open;
            purging: purge_keeps_what_must_be_kept,
            purging: purge_removes_no_more_than_asked,
            purging: a_later_token_keeps_the_row_longer,
            purging: a_clock_set_back_does_not_revive_what_was_purged,
            purging: the_beginning_of_time_is_no_trouble,
            purging: purge_keeps_budgets_that_must_be_kept,
            purging: a_clock_set_back_does_not_revive_a_spent_budget,
            purging: purge_keeps_flows_that_must_be_kept,
            purging: a_clock_set_back_does_not_revive_a_flow,
            purging: purge_keeps_quotas_that_must_be_kept,
            purging: a_forgotten_quota_starts_over_and_closes_nothing,
        }
    };
}

/// Stamps the rules of the cold side as tests, as [`stamp_contract!`](crate::stamp_contract) does.
#[macro_export]
macro_rules! stamp_cold_contract {
    ($open:expr) => {
        $crate::stamp_contract! { @tests $open;
            cold: sites_are_added_changed_and_removed,
            cold: a_change_does_not_undo_another,
            cold: sites_come_oldest_first,
            cold: a_site_key_and_a_secret_belong_to_one_site,
            cold: racing_additions_of_a_site_key_give_one,
            cold: signing_keys_are_added_once_and_removed,
            cold: models_are_kept_replaced_and_removed,
            cold: a_model_that_is_too_long_replaces_nothing,
            cold: a_site_takes_its_model_with_it,
            cold: every_change_moves_the_revision_and_nothing_else_does,
            cold: counts_add_up_by_site_and_minute,
            cold: counts_stop_instead_of_overflowing,
            cold: old_counts_are_purged,
        }
    };
}

/// Stamps the rules for adapters that outlive their process. Takes an expression for a closure that opens the
/// same [`Stores`](crate::Stores) whenever it is called, and closes those of the call before.
#[macro_export]
macro_rules! stamp_durable_contract {
    ($reopen:expr) => {
        $crate::stamp_durable_contract! { @tests $reopen;
            the_ledger_survives_a_restart,
            receipts_survive_a_restart,
            the_horizon_survives_a_restart,
            budgets_survive_a_restart,
            flows_survive_a_restart,
            quotas_survive_a_restart,
            what_was_set_up_survives_a_restart,
            closed_stores_are_unavailable,
        }
    };
    (@tests $reopen:expr; $($rule:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let mut reopen = $reopen;
                $crate::contract::durable::$rule(&mut reopen).await;
            }
        )*
    };
}
