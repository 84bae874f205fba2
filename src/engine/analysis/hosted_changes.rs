//! The fleet against an API, should things change: the context grows, agents multiply calls, the model is upgraded.

use crate::catalog::{Catalog, Model};
use crate::engine::analysis::curves::sized;
use crate::engine::analysis::hosted::{Offer, offers};
use crate::engine::plan::planner::model_parameters;
use crate::engine::replica::profile::Profile;
use crate::scenario::{Scenario, Value, input_at};

/// Calls of an agent's loop in place of one.
pub(crate) const AGENT_CALLS: f64 = 5.0;
/// How much larger the model of an upgrade is at least.
const UPGRADE: f64 = 1.5;

/// What changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// Nothing: as it is.
    Today,
    /// Twice the input, as much of it cached.
    LongerContext,
    /// Five calls for one; each carries all before it, cached.
    Agents,
    /// The next larger model that is hosted, by its name.
    Upgrade(String),
}

/// What the same service would cost after one change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changes.
    pub case: Case,
    /// Accelerators and US dollars per month; `None`: the accelerator cannot serve it.
    pub fleet: Option<(u32, f64)>,
    /// Provider and US dollars per month of the cheapest offer; `None`: no known host of the model.
    pub api: Option<(String, f64)>,
}

impl Change {
    /// What the fleet costs more than the API, as a share of the API; negative: less.
    pub fn fleet_over_api(&self) -> Option<f64> {
        Some(self.fleet?.1 / self.api.as_ref()?.1 - 1.0)
    }
}

/// Today, then each change by itself, on `accelerator`.
pub fn changes(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Vec<Change> {
    let w = &scenario.workload;
    let of = |case, scenario: &Scenario| change(case, scenario, catalog, accelerator);
    let mut longer = scenario.clone();
    set(&mut longer, catalog, "workload.input_tokens", 2.0 * w.input_tokens);
    let mut all = vec![
        of(Case::Today, scenario),
        of(Case::LongerContext, &longer),
        of(Case::Agents, &agents(scenario, catalog)),
    ];
    if let Some(model) = upgrade(scenario, catalog) {
        let mut larger = scenario.clone();
        larger.workload.model.clone_from(&model.id);
        all.push(of(Case::Upgrade(model.name.clone()), &larger));
    }
    all
}

fn change(case: Case, scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Change {
    let fleet = sized(scenario, catalog, accelerator);
    let cheapest = offers(scenario, catalog).into_iter().next().filter(|offer: &Offer<'_>| offer.same);
    Change {
        case,
        fleet: fleet.map(|s| (s.whole().accelerators, s.estate.cost.chosen.usd_per_month)),
        api: cheapest.map(|offer| (offer.hosted.provider.clone(), offer.usd_per_month)),
    }
}

/// The loop of an agent in place of each request. Call k of n carries the prompt and k times an answer and a result as long
/// as one; all but the newest result was in the call before, so it is cached. What is left to read varies from the first call to those
/// after it, beside how it varies from prompt to prompt.
fn agents(scenario: &Scenario, catalog: &Catalog) -> Scenario {
    let w = &scenario.workload;
    let calls = AGENT_CALLS;
    let result = w.output_tokens;
    let turn = w.output_tokens + result;
    let input = w.input_tokens + (calls - 1.0) / 2.0 * turn;
    let cached_first = w.prefix_cache_hit_rate * w.input_tokens;
    let cached_others = (1..calls as u32).map(|k| w.input_tokens + f64::from(k) * turn - result).sum::<f64>();
    let (first, other) = (w.input_tokens - cached_first, result);
    let mean = (first + (calls - 1.0) * other) / calls;
    let square = (first * first + (calls - 1.0) * other * other) / calls * (1.0 + w.length_cv * w.length_cv);
    let mut changed = scenario.clone();
    set(&mut changed, catalog, "workload.length_cv", (square / (mean * mean) - 1.0).max(0.0).sqrt());
    set(&mut changed, catalog, "workload.requests_per_s", calls * w.requests_per_s);
    set(&mut changed, catalog, "workload.input_tokens", input);
    set(
        &mut changed,
        catalog,
        "workload.prefix_cache_hit_rate",
        (cached_first + cached_others) / (calls * input),
    );
    changed
}

/// The smallest hosted model that is [`UPGRADE`] times as large as the scenario's.
fn upgrade<'a>(scenario: &Scenario, catalog: &'a Catalog) -> Option<&'a Model> {
    let now = model_parameters(scenario, catalog)?;
    let hosted = catalog.hosted.iter().filter_map(|hosted| catalog.model(hosted.same_as.as_deref()?));
    let larger = hosted.map(|model| (Profile::of(model).parameters, model));
    larger
        .filter(|(parameters, _)| *parameters >= UPGRADE * now)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, model)| model)
}

/// Sets an input as near to `value` as it may be.
fn set(scenario: &mut Scenario, catalog: &Catalog, path: &str, value: f64) {
    let Some(input) = input_at(path) else { return };
    let Some(range) = input.range() else { return };
    let value = value.clamp(range.min, range.max);
    let value = if range.whole { value.round() } else { value };
    // A value within the range is taken; otherwise the scenario stays as it is.
    let _ = scenario.set_value(input, Value::Number(value), catalog);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    /// 1,000 tokens in, 200 out, five calls: prompts of 1,000, 1,400, 1,800, 2,200 and 2,600 tokens, of which all but 200 are
    /// cached from the second on.
    #[test]
    fn an_agents_loop_carries_what_came_before() {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = preset::open("support-chat", &catalog).unwrap();
        scenario.workload.input_tokens = 1000.0;
        scenario.workload.output_tokens = 200.0;
        scenario.workload.prefix_cache_hit_rate = 0.5;
        scenario.workload.requests_per_s = 2.0;
        scenario.workload.length_cv = 0.5;
        let w = agents(&scenario, &catalog).workload;
        assert_eq!((w.requests_per_s, w.input_tokens), (10.0, 1800.0));
        let cached = 500.0 + 1200.0 + 1600.0 + 2000.0 + 2400.0;
        assert!((w.prefix_cache_hit_rate - cached / 9000.0).abs() < 1e-12);
        // Read are 500, then 200 four times: a mean of 260, a mean square of 82,000, and by a quarter more by prompt.
        assert!((w.length_cv - (82_000.0 * 1.25 / 67_600.0 - 1.0_f64).sqrt()).abs() < 1e-12);
    }

    /// Each change costs more than today, both as a fleet and as an API, on every preset.
    #[test]
    fn changes_cost_more_than_today() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let plan = crate::engine::plan(&scenario, &catalog).unwrap();
            let (best, sizing) = plan.best().unwrap();
            let all = changes(&scenario, &catalog, &best.accelerator);
            assert_eq!(all[0].fleet.unwrap().1, sizing.estate.cost.chosen.usd_per_month, "{stem}");
            for change in &all[1..3] {
                if let (Some(then), Some(now)) = (change.fleet, all[0].fleet) {
                    assert!(then.1 >= now.1, "{stem} {change:?}");
                }
                if let (Some(then), Some(now)) = (&change.api, &all[0].api) {
                    assert!(then.1 > now.1, "{stem} {change:?}");
                }
            }
        }
    }
}
