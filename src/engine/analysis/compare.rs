//! What lies between two scenarios: the inputs that differ, the best fleet of each, and which input caused how much.
//!
//! [`changes`] and [`Side::of`] cost nothing beyond the two plans; [`causes`] makes up to 64 more.

use crate::catalog::{Catalog, Support};
pub use crate::engine::analysis::causes::{Cause, Causes, Figures, MOST_EXACT, Method, causes};
use crate::engine::plan::planner::plan;
use crate::engine::{Plan, PlanError};
use crate::scenario::{INPUTS, Input, Scenario, Value};

/// Everything that two scenarios differ in.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The inputs that differ, in the order of [`INPUTS`].
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
    pub fn change(&self) -> Option<Figures> {
        Some(self.after.best.as_ref()?.figures() - self.before.best.as_ref()?.figures())
    }
}

/// An input that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct InputChange {
    /// Path of the input, such as `workload.requests_per_s`.
    pub path: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Its value in the first scenario.
    pub before: Value,
    /// Its value in the second.
    pub after: Value,
}

/// One of the two scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Name of the scenario.
    pub name: String,
    /// What the engine answers to it.
    pub plan: Plan,
    /// The cheapest fleet; `None`: nothing meets the scenario.
    pub best: Option<Best>,
}

/// The cheapest candidate in a few figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Catalog id.
    pub accelerator: String,
    /// Its short name.
    pub name: String,
    /// Spares included.
    pub accelerators: u32,
    /// Power of the whole facility at peak, watts.
    pub facility_w: f64,
    /// On the chosen term, as what follows.
    pub usd_per_hour: f64,
    /// US dollars a month.
    pub usd_per_month: f64,
    /// Input and output together, at the average load.
    pub usd_per_million_tokens: f64,
    /// What stands behind the price.
    pub support: Support,
}

impl Side {
    /// `scenario` with its plan.
    pub fn of(scenario: &Scenario, plan: Plan) -> Self {
        Self { name: scenario.name.clone(), best: Best::of(&plan), plan }
    }
}

impl Best {
    /// The best candidate of `plan`. `None`: nothing meets the scenario.
    pub fn of(plan: &Plan) -> Option<Self> {
        let (candidate, sizing) = plan.best()?;
        let cost = &sizing.cost.chosen;
        Some(Self {
            accelerator: candidate.accelerator.clone(),
            name: candidate.name.clone(),
            accelerators: sizing.layout.accelerators,
            facility_w: sizing.power.facility_w,
            usd_per_hour: cost.usd_per_hour,
            usd_per_month: cost.usd_per_month,
            usd_per_million_tokens: cost.usd_per_million_tokens,
            support: sizing.cost.support,
        })
    }

    /// The figures that changes are split over the inputs for.
    pub fn figures(&self) -> Figures {
        Figures {
            accelerators: f64::from(self.accelerators),
            facility_w: self.facility_w,
            usd_per_month: self.usd_per_month,
            usd_per_million_tokens: self.usd_per_million_tokens,
        }
    }
}

/// All of it: what differs, what that changes, and which input caused how much.
///
/// # Errors
/// As [`plan`](crate::engine::plan::result()), of either scenario.
pub fn compare(a: &Scenario, b: &Scenario, catalog: &Catalog) -> Result<Comparison, PlanError> {
    Ok(Comparison {
        inputs: changes(a, b),
        before: Side::of(a, plan(a, catalog)?),
        after: Side::of(b, plan(b, catalog)?),
        causes: causes(a, b, catalog)?,
    })
}

/// The inputs that differ, in the order of [`INPUTS`]; name and story are no inputs.
pub(in crate::engine) fn differing<'a>(
    a: &'a Scenario,
    b: &'a Scenario,
) -> impl Iterator<Item = &'static Input> + 'a {
    INPUTS.iter().filter(|input| (input.get)(a) != (input.get)(b))
}

/// What differs. No plan is made.
pub fn changes(a: &Scenario, b: &Scenario) -> Vec<InputChange> {
    differing(a, b)
        .map(|input| {
            let [before, after] = [a, b].map(|scenario| (input.get)(scenario));
            InputChange { path: input.path, label: input.label, before, after }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    #[test]
    fn nothing_differs_from_itself_and_a_change_turns_round() {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open("support-chat", &catalog).unwrap();
        let mut b = a.clone();
        b.name = "Another".to_owned();
        let same = compare(&a, &b, &catalog).unwrap();
        assert!(same.inputs.is_empty() && same.causes.each.is_empty());
        assert_eq!(same.change(), Some(Figures::default()));
        b.set("slo.ttft_s", "1.5", &catalog).unwrap();
        let [change] = &changes(&a, &b)[..] else { panic!("one input differs") };
        assert_eq!((change.path, &change.after), ("slo.ttft_s", &Value::Number(1.5)));
        let [back] = &changes(&b, &a)[..] else { panic!("one input differs") };
        assert_eq!((&back.before, &back.after), (&change.after, &change.before));
    }
}
