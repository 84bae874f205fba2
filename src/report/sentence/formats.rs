//! Number formats of weights and KV cache: which a fleet has, what another would save, and what is to be checked.

use super::Subject;
use crate::catalog::NumberFormat;
use crate::engine::Plan;
use crate::engine::Sizing;
use crate::engine::analysis::kv_option::KvOption;
use crate::report::numbers;
use crate::scenario::Scenario;

/// "FP8, BF16": the formats of the weights and of the KV cache, for a table; "FP8 | INT4, BF16" where those of pools differ.
pub fn formats(sizing: &Sizing) -> String {
    format!("{}, {}", weights(sizing), sizing.layout.kv_cache.label())
}

/// The formats of the weights, the prefill pool's first where they differ.
pub fn weights(sizing: &Sizing) -> String {
    let own = sizing.layout.weights;
    match sizing.pools.map(|pools| pools.prefill.weights).filter(|reading| *reading != own) {
        Some(reading) => format!("{} | {}", reading.label(), own.label()),
        None => own.label().to_owned(),
    }
}

/// "With an FP8 KV cache: 2 instead of 3 H100 SXM, $7,230 per month; check the quality on your own tasks."
pub fn kv_option(option: &KvOption, (candidate, _): Subject<'_>) -> String {
    format!(
        "With an FP8 KV cache: {} instead of {} {}, {} per month; check the quality on your own tasks.",
        numbers::count(f64::from(option.accelerators)),
        numbers::count(f64::from(option.instead_of)),
        candidate.name,
        numbers::usd(option.usd_per_month),
    )
}

/// "INT4 weights: check the quality on your own tasks." `None` where the weights are no whole numbers.
pub(super) fn quality(sizing: &Sizing) -> Option<String> {
    whole_numbers(sizing)
        .map(|weights| format!("{} weights: check the quality on your own tasks.", weights.label()))
}

/// The whole-number format of the weights, of either pool where there are two.
fn whole_numbers(sizing: &Sizing) -> Option<NumberFormat> {
    let reading = sizing.pools.map(|pools| pools.prefill.weights);
    let whole = |format: &NumberFormat| matches!(format, NumberFormat::Int8 | NumberFormat::Int4);
    [Some(sizing.layout.weights), reading].into_iter().flatten().find(whole)
}

/// What to know of whole-number weights that the plan chose where there is no FP8; `None` where it chose none.
pub fn whole_number_note(plan: &Plan, scenario: &Scenario) -> Option<&'static str> {
    let chosen = |sizing: &Sizing| whole_numbers(sizing).is_some();
    let any = plan.candidates.iter().filter_map(|candidate| candidate.sizing()).any(chosen);
    (any && scenario.platform.weights.is_none()).then_some(
        "INT8 and INT4 checkpoints stand in where there is no FP8: check their quality on your own tasks.",
    )
}
