//! What an 8-bit KV cache would save where the server's own is of 16 bits: an option to be named, not a default.

use crate::catalog::{Catalog, NumberFormat};
use crate::engine::plan::planner::plan_on;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::scenario::Scenario;

/// A fleet with an FP8 KV cache that is billed less than the one without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KvOption {
    /// Accelerators billed with it, and without.
    pub accelerators: u32,
    /// Accelerators billed as planned.
    pub instead_of: u32,
    /// Cost with it, $/month.
    pub usd_per_month: f64,
}

/// What `candidate` of the scenario would be with an FP8 KV cache; `None` where that is what it has, where the user chose the
/// format, where stack or silicon has none, and where no fewer accelerators are billed.
///
/// Half the bytes hold twice the tokens; vLLM's documentation ("Quantized KV Cache") asks for scales and a test of quality.
pub fn kv_option(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    sizing: &Sizing,
) -> Option<KvOption> {
    let stack = catalog.stack_named(&scenario.platform.stack)?;
    let accelerator = catalog.accelerator(&candidate.accelerator)?;
    let offered = stack.kv_formats.contains(&NumberFormat::Fp8) && accelerator.peak_ops_per_s.fp8.is_some();
    if scenario.platform.kv_cache.is_some() || sizing.layout.kv_cache.bytes() < 2.0 || !offered {
        return None;
    }
    let mut with = scenario.clone();
    with.platform.kv_cache = Some(NumberFormat::Fp8);
    let plan = plan_on(&with, catalog, |id| id == candidate.accelerator).ok()?;
    let (_, better) = plan.best()?;
    let (accelerators, instead_of) = (better.whole().billed_accelerators, sizing.whole().billed_accelerators);
    (accelerators < instead_of).then_some(KvOption {
        accelerators,
        instead_of,
        usd_per_month: better.estate.cost.chosen.usd_per_month,
    })
}
