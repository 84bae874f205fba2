//! Number formats of weights and KV cache: which a fleet has, what another would save, and what is to be checked.

use super::Subject;
use crate::catalog::NumberFormat;
use crate::engine::Plan;
use crate::engine::Sizing;
use crate::engine::analysis::kv_option::KvOption;
use crate::report::numbers;
use crate::scenario::Scenario;

/// "FP8, BF16": the formats of the weights and of the KV cache, for a table.
pub fn formats(sizing: &Sizing) -> String {
    format!("{}, {}", sizing.layout.weights.label(), sizing.layout.kv_cache.label())
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
    let weights = sizing.layout.weights;
    matches!(weights, NumberFormat::Int8 | NumberFormat::Int4)
        .then(|| format!("{} weights: check the quality on your own tasks.", weights.label()))
}

/// What to know of whole-number weights that the plan chose where there is no FP8; `None` where it chose none.
pub fn whole_number_note(plan: &Plan, scenario: &Scenario) -> Option<&'static str> {
    let chosen = |sizing: &Sizing| matches!(sizing.layout.weights, NumberFormat::Int8 | NumberFormat::Int4);
    let any = plan.candidates.iter().filter_map(|candidate| candidate.sizing()).any(chosen);
    (any && scenario.platform.weights.is_none()).then_some(
        "INT8 and INT4 checkpoints stand in where there is no FP8: check their quality on your own tasks.",
    )
}
