//! What prefill and decode in pools would save or cost where the plan has none: an option to be named.

use crate::catalog::Catalog;
use crate::engine::plan::planner::plan_on;
use crate::engine::plan::result::{Candidate, Pools, Sizing};
use crate::scenario::{self, Scenario};

/// A fleet of two pools beside one whose replicas do both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolsOption {
    /// The pools.
    pub pools: Pools,
    /// Accelerators billed with them.
    pub accelerators: u32,
    /// Accelerators billed as planned.
    pub instead_of: u32,
    /// Cost with them, $/month.
    pub usd_per_month: f64,
    /// What they save as a share of the cost as planned; negative: they cost more.
    pub saving: f64,
}

/// What `candidate` of the scenario would be in pools; `None` where that is what it is, and where pools cannot serve.
pub fn pools_option(
    scenario: &Scenario,
    catalog: &Catalog,
    candidate: &Candidate,
    sizing: &Sizing,
) -> Option<PoolsOption> {
    if sizing.pools.is_some() {
        return None;
    }
    let mut with = scenario.clone();
    with.platform.pools = scenario::Pools::Always;
    let plan = plan_on(&with, catalog, |id| id == candidate.accelerator).ok()?;
    let (_, other) = plan.best()?;
    let usd = |sizing: &Sizing| sizing.estate.cost.chosen.usd_per_month;
    Some(PoolsOption {
        pools: other.pools?,
        accelerators: other.whole().billed_accelerators,
        instead_of: sizing.whole().billed_accelerators,
        usd_per_month: usd(other),
        saving: 1.0 - usd(other) / usd(sizing),
    })
}
