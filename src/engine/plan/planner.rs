//! `plan`: one candidate per accelerator of the catalog, ranked.

use rayon::prelude::*;

use crate::catalog::{Accelerator, Catalog, Model};
use crate::engine::figures::{Ledger, Recorder, Silent};
use crate::engine::fleet::market::Market;
use crate::engine::fleet::power::Site;
use crate::engine::plan::on_the_table::on_the_table;
use crate::engine::plan::ranking::rank;
use crate::engine::plan::result::Candidate;
use crate::engine::plan::result::Outcome;
use crate::engine::plan::result::Plan;
use crate::engine::plan::search::{Hardware, Sizer};
use crate::engine::replica::custom_model as custom;
use crate::engine::replica::profile::Profile;
use crate::engine::replica::serving::{Demand, Quantile};
use crate::scenario::{Scenario, custom_parameters};

/// A scenario that names something the catalog does not have. Validation refuses it earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// Path of the input, such as `workload.requests_per_s`.
    pub path: &'static str,
    /// The id that is not known.
    pub id: String,
    /// The list of the catalog that it is looked for in.
    pub list: &'static str,
}

/// The model that `scenario` names: the catalog's, or a dense one of the size it gives.
pub fn model(scenario: &Scenario, catalog: &Catalog) -> Option<Model> {
    let id = &scenario.workload.model;
    catalog.model(id).cloned().or_else(|| custom_parameters(id).map(|n| custom::dense(n, id)))
}

/// Parameters of the scenario's model.
pub fn model_parameters(scenario: &Scenario, catalog: &Catalog) -> Option<f64> {
    model(scenario, catalog).map(|model| Profile::of(&model).parameters)
}

/// What a scenario needs of the catalog, looked up.
pub(in crate::engine) fn with_sizer<T>(
    scenario: &Scenario,
    catalog: &Catalog,
    answer: impl FnOnce(&Sizer<'_>) -> T,
) -> Result<T, PlanError> {
    let missing = |path, id: &str, list| PlanError { path, id: id.to_owned(), list };
    let model = model(scenario, catalog)
        .ok_or_else(|| missing("workload.model", &scenario.workload.model, "models"))?;
    let stack = catalog
        .stack_named(&scenario.platform.stack)
        .ok_or_else(|| missing("platform.stack", &scenario.platform.stack, "stacks"))?;
    let region = catalog
        .region(&scenario.facility.region)
        .ok_or_else(|| missing("facility.region", &scenario.facility.region, "regions"))?;
    let market = Market::of(scenario, catalog, region);
    let site = Site::of(scenario, region);
    let hours = scenario.workload.day.hours(scenario.workload.mean_to_peak());
    Ok(answer(&Sizer {
        scenario,
        market: &market,
        hours: &hours,
        catalog,
        model: &model,
        profile: Profile::of(&model),
        stack: &stack,
        region,
        site: &site,
        demand: Demand::of(scenario),
        deviations: Quantile::new(scenario.fleet.confidence).deviations(),
    }))
}

/// Sizes the scenario on every accelerator of its shortlist, or of the catalog without one, and ranks them.
///
/// # Errors
/// The scenario names a model, stack or region that the catalog does not have.
pub fn plan(scenario: &Scenario, catalog: &Catalog) -> Result<Plan, PlanError> {
    planned(scenario, catalog, on_the_table)
}

/// Sizes the scenario on the accelerators that are `wanted` by their ids; each gets the answer that it gets beside all
/// others.
///
/// # Errors
/// As [`plan`].
pub fn plan_on(
    scenario: &Scenario,
    catalog: &Catalog,
    wanted: impl Fn(&str) -> bool,
) -> Result<Plan, PlanError> {
    planned(scenario, catalog, |_, accelerator| wanted(&accelerator.id))
}

fn planned(
    scenario: &Scenario,
    catalog: &Catalog,
    wanted: impl Fn(&Sizer<'_>, &Accelerator) -> bool,
) -> Result<Plan, PlanError> {
    with_sizer(scenario, catalog, |sizer| {
        let on_it = catalog.accelerators.iter().filter(|accelerator| wanted(sizer, accelerator));
        let hardware: Vec<Hardware<'_>> = on_it.filter_map(|known| sizer.hardware(known)).collect();
        let of = |hardware: &Hardware<'_>| candidate(sizer, hardware, &mut Silent);
        // No accelerator's answer depends on another's. One alone is not worth the way to another thread.
        let mut candidates: Vec<Candidate> = match hardware.len() {
            0 | 1 => hardware.iter().map(of).collect(),
            _ => hardware.par_iter().map(of).collect(),
        };
        rank(&mut candidates);
        Plan {
            candidates,
            term: scenario.money.term,
            stack: sizer.stack.name.clone(),
            memory_options: sizer.stack.options.clone(),
        }
    })
}

fn candidate(sizer: &Sizer<'_>, hardware: &Hardware<'_>, recorder: &mut impl Recorder) -> Candidate {
    let outcome = match sizer.size(hardware, recorder) {
        Ok(sizing) => sizer.judged(sizing),
        Err(rejection) => Outcome::Rejected(rejection),
    };
    Candidate {
        accelerator: hardware.accelerator.id.clone(),
        name: hardware.accelerator.short_name.clone(),
        vendor: hardware.accelerator.vendor,
        rank: 0,
        tie: false,
        outcome,
    }
}

/// How the figures of one accelerator's candidate were made: the same run, every step kept.
pub fn explain(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Option<Ledger> {
    let accelerator = catalog.accelerator(accelerator)?;
    with_sizer(scenario, catalog, |sizer| {
        let mut ledger = Ledger::default();
        candidate(sizer, &sizer.hardware(accelerator)?, &mut ledger);
        Some(ledger)
    })
    .ok()?
}
