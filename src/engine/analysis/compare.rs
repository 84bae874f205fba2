//! What lies between two scenarios: the inputs that differ, the best fleet of each, and which input caused how much.
//!
//! [`changes`] and [`Side::of`] cost nothing beyond the two plans; [`causes`] makes up to 64 more.

use crate::catalog::{Catalog, Support};
use crate::engine::analysis::causes::{Causes, causes};
use crate::engine::plan::headline::Headlines;
use crate::engine::plan::planner::{PlanError, plan};
use crate::engine::plan::result::Plan;
use crate::scenario::changes::changes;
use crate::scenario::{InputChange, Scenario};

/// Everything that two scenarios differ in.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The inputs that differ, in the order of the list.
    pub inputs: Vec<InputChange>,
    /// The first scenario.
    pub before: Side,
    /// The second scenario.
    pub after: Side,
    /// One for each of `inputs`, in their order.
    pub causes: Causes,
}

impl Comparison {
    /// The whole change, after less before. `None`: one of the two has no fleet.
    pub fn change(&self) -> Option<Headlines> {
        Some(self.after.best.as_ref()?.headlines - self.before.best.as_ref()?.headlines)
    }
}

/// One of the two scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Name of the scenario.
    pub name: String,
    /// What the engine answers to it.
    pub plan: Plan,
    /// The cheapest fleet; `None`: nothing meets the scenario.
    pub best: Option<BestFleet>,
}

/// The cheapest candidate in a few figures.
#[derive(Clone, Debug, PartialEq)]
pub struct BestFleet {
    /// Catalog id.
    pub accelerator: String,
    /// Its short name.
    pub name: String,
    /// Its headline figures.
    pub headlines: Headlines,
    /// US dollars per hour, on the chosen term.
    pub usd_per_hour: f64,
    /// What supports the price.
    pub support: Support,
}

impl Side {
    /// `scenario` with its plan.
    pub fn of(scenario: &Scenario, plan: Plan) -> Self {
        Self { name: scenario.name.clone(), best: BestFleet::of(&plan), plan }
    }
}

impl BestFleet {
    /// The best candidate of `plan`. `None`: nothing meets the scenario.
    pub fn of(plan: &Plan) -> Option<Self> {
        let (candidate, sizing) = plan.best()?;
        Some(Self {
            accelerator: candidate.accelerator.clone(),
            name: candidate.name.clone(),
            headlines: Headlines::of(sizing),
            usd_per_hour: sizing.estate.cost.chosen.usd_per_hour,
            support: sizing.estate.cost.support,
        })
    }
}

/// All of it: what differs, what that changes, and which input caused how much.
///
/// # Errors
/// As [`plan`](crate::engine::plan()), of either scenario.
pub fn compare(a: &Scenario, b: &Scenario, catalog: &Catalog) -> Result<Comparison, PlanError> {
    Ok(Comparison {
        inputs: changes(a, b),
        before: Side::of(a, plan(a, catalog)?),
        after: Side::of(b, plan(b, catalog)?),
        causes: causes(a, b, |mix| plan(mix, catalog))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Value;
    use crate::scenario::preset;

    #[test]
    fn nothing_differs_from_itself_and_a_change_turns_round() {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open("support-chat", &catalog).unwrap();
        let mut b = a.clone();
        b.name = "Another".to_owned();
        let same = compare(&a, &b, &catalog).unwrap();
        assert!(same.inputs.is_empty() && same.causes.each.is_empty());
        assert_eq!(same.change(), Some(Headlines::default()));
        b.set("slo.ttft_s", "1.5", &catalog).unwrap();
        let [change] = &changes(&a, &b)[..] else { panic!("one input differs") };
        assert_eq!((change.path, &change.after), ("slo.ttft_s", &Value::Number(1.5)));
        let [back] = &changes(&b, &a)[..] else { panic!("one input differs") };
        assert_eq!((&back.before, &back.after), (&change.after, &change.before));
    }
}
