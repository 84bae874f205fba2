//! Where the money goes: what of a token's cost serves it, and what pays for waiting.

use crate::engine::plan::result::Sizing;
use crate::scenario::Scenario;

/// What capacity is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Capacity that the average load uses.
    Serving,
    /// Capacity that the peak uses and the average load does not.
    OffPeak,
    /// Capacity that stays free at peak: the headroom asked for, and what whole replicas have beyond it.
    Headroom,
    /// Replicas that stand by for failures.
    Spares,
    /// Accelerators that are paid for and belong to no replica.
    WholeUnits,
}

/// A use of what is paid for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// What it is paid for.
    pub purpose: Purpose,
    /// Share of the cost, 0–1; the shares add up to 1.
    pub share: f64,
    /// US dollars for a million tokens, input and output.
    pub usd_per_million_tokens: f64,
}

/// The cost of a million tokens by use, on the chosen term.
pub fn uses(sizing: &Sizing, scenario: &Scenario) -> [Use; 5] {
    let whole = sizing.whole();
    let billed = f64::from(whole.billed_accelerators);
    let (loaded, spare) = sizing.loaded_and_spare();
    let (carrying, used, mean) = (loaded / billed, sizing.used() / billed, scenario.workload.mean_to_peak());
    let parts = [
        (Purpose::Serving, used * mean),
        (Purpose::OffPeak, used * (1.0 - mean)),
        (Purpose::Headroom, carrying - used),
        (Purpose::Spares, spare / billed),
        (Purpose::WholeUnits, (billed - f64::from(whole.accelerators)) / billed),
    ];
    let usd = sizing.estate.cost.chosen.usd_per_million_tokens;
    parts.map(|(purpose, share)| Use { purpose, share, usd_per_million_tokens: usd * share })
}
