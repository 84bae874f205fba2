//! What lies between two scenarios: the inputs that differ, the best fleet of each, and which input caused how much.
//!
//! [`changes`] and [`Side::of`] cost nothing beyond the two plans; [`causes`] makes up to 64 more.

use crate::catalog::{Catalog, Support};
pub use crate::engine::analysis::causes::{Cause, Causes, Figures, MOST_EXACT, Method, causes};
use crate::engine::plan::planner::plan;
use crate::engine::{Plan, PlanError, sentence};
use crate::scenario::{Choices, INPUTS, Input, Kind, Scenario, Value, choices, custom_parameters};
use crate::units;

/// Everything that is said of two scenarios.
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
    /// In words with their unit; "auto" where it is left to the program.
    pub before: String,
    /// The same of the second scenario.
    pub after: String,
    /// Value in the first scenario.
    pub before_value: Value,
    /// Value in the second scenario.
    pub after_value: Value,
}

/// One of the two scenarios.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Name of the scenario.
    pub name: String,
    /// The verdict: the fleet, or that there is none.
    pub headline: String,
    /// What limits the fleet, or why there is none.
    pub detail: String,
    /// Its cheapest candidate; `None`: nothing meets the SLO.
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
    /// What `plan` says of `scenario`.
    pub fn of(scenario: &Scenario, plan: &Plan) -> Self {
        let (headline, detail) = sentence::verdict(plan);
        Self { name: scenario.name.clone(), headline, detail, best: Best::of(plan) }
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
        inputs: changes(a, b, catalog),
        before: Side::of(a, &plan(a, catalog)?),
        after: Side::of(b, &plan(b, catalog)?),
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

/// What differs, in words. No plan is made.
pub fn changes(a: &Scenario, b: &Scenario, catalog: &Catalog) -> Vec<InputChange> {
    differing(a, b)
        .map(|input| {
            let [before_value, after_value] = [a, b].map(|scenario| (input.get)(scenario));
            let [mut before, mut after] = [&before_value, &after_value].map(|v| words(input, v, catalog));
            if before == after {
                // Rounded for people they are the same.
                [before, after] = [before_value.words(), after_value.words()];
            }
            InputChange { path: input.path, label: input.label, before, after, before_value, after_value }
        })
        .collect()
}

/// A value with its unit, or the name of what is chosen.
fn words(input: &Input, value: &Value, catalog: &Catalog) -> String {
    match (input.kind, value) {
        (Kind::Number(range) | Kind::OptionalNumber(range), Value::Number(v)) => {
            units::quantity(*v, range.unit)
        }
        (Kind::Choice(list) | Kind::OptionalChoice(list), Value::Text(id)) => {
            match choices(list, catalog).into_iter().find(|(known, _)| known == id) {
                Some((_, label)) => label,
                None if list == Choices::Models && custom_parameters(id).is_some() => format!("Dense, {id}"),
                None if list == Choices::Days => "24 own values".to_owned(),
                None => id.clone(),
            }
        }
        (_, Value::Quotes(list)) if list.is_empty() => "none".to_owned(),
        (_, other) => other.words(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    #[test]
    fn changes_are_in_words_and_nothing_differs_from_itself() {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open("support-chat", &catalog).unwrap();
        let mut b = a.clone();
        b.name = "Another".to_owned();
        let same = compare(&a, &b, &catalog).unwrap();
        assert!(same.inputs.is_empty() && same.causes.each.is_empty());
        assert_eq!(same.change(), Some(Figures::default()));
        let own_day = ["1 ".repeat(24), "2 ".repeat(24)];
        b.set("workload.day", &own_day[0], &catalog).unwrap();
        for (path, value, words) in [
            ("workload.model", "34B", "Dense, 34B"),
            ("slo.ttft_s", "1.5", "1.50 s"),
            ("workload.day", &own_day[0], "24 own values"),
            ("platform.weights", "bf16", "BF16"),
            ("facility.pue", "1.3", "1.30"),
            ("money.term", "spot", "Spot"),
            ("money.quotes", "b200 spot 2", "b200 spot 2"),
        ] {
            let mut b = a.clone();
            b.set(path, value, &catalog).unwrap();
            let [change] = &changes(&a, &b, &catalog)[..] else { panic!("{path}") };
            assert_eq!((change.path, change.after.as_str()), (path, words));
            assert_ne!(change.before, change.after);
            let [back] = &changes(&b, &a, &catalog)[..] else { panic!("{path}") };
            assert_eq!((&back.before, &back.after_value), (&change.after, &change.before_value));
        }
        // What reads the same when rounded is written out.
        let mut c = b.clone();
        c.set("workload.day", &own_day[1], &catalog).unwrap();
        c.workload.requests_per_s = b.workload.requests_per_s * (1.0 + 1e-6);
        let close = changes(&b, &c, &catalog);
        assert!(close.len() == 2 && close.iter().all(|change| change.before != change.after), "{close:?}");
    }
}
