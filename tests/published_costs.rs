//! The engine against published costs of renting and owning: each case within the factor that its row states, with the reason
//! where that is a wide one. Prices are the catalog's of today, so that older cases also show how they moved.

use headroom::catalog::Catalog;
use headroom::engine::{self, Buy, Sizing};
use headroom::scenario::{Scenario, preset};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    id: String,
    paid: String,
    /// Several are joined by a plus sign, like their counts.
    accelerator: String,
    /// Empty: as many as the load of the inputs needs.
    count: String,
    /// As on the command line, separated by semicolons.
    inputs: String,
    cost: String,
    published: f64,
    source: String,
    /// The factor within which the engine is.
    within: f64,
    note: String,
}

/// A model that one accelerator holds, at full load around the clock, so that the load decides the number of accelerators.
const ONE_EACH: &str = "workload.model=llama-3.1-8b; workload.input_tokens=4000; workload.output_tokens=4000; \
    workload.average_to_peak=1; workload.day=around_the_clock; workload.prefix_cache_hit_rate=0; slo.ttft_s=10; \
    slo.tpot_s=0.1; workload.arrival_cv=0; platform.tp=1; platform.pools=never; \
    fleet.headroom=0; fleet.spare_replicas=0; fleet.confidence=0.5";

fn set(scenario: &mut Scenario, catalog: &Catalog, inputs: &str) {
    for input in inputs.split(';').map(str::trim).filter(|input| !input.is_empty()) {
        let (path, value) = input.split_once('=').unwrap();
        scenario.set(path, value, catalog).unwrap_or_else(|problem| panic!("{input}: {problem:?}"));
    }
}

fn sized(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Sizing {
    let plan = engine::plan_on(scenario, catalog, |id| id == accelerator).unwrap();
    let candidate = plan.candidate(accelerator).unwrap();
    candidate.sizing().unwrap_or_else(|| panic!("{accelerator}: {:?}", candidate.rejection())).clone()
}

/// The published figure as the engine has it, of `count` accelerators and of one of them.
fn usd(cost: &str, sizing: &Sizing, years: f64, count: f64) -> f64 {
    let billed = f64::from(sizing.whole().billed_accelerators);
    let buy = |part: fn(Buy) -> f64| part(sizing.estate.cost.buy.expect("for sale")) * count / billed;
    let hour = sizing.estate.cost.chosen.usd_per_hour / billed;
    match cost {
        "servers" => buy(|b| b.servers_usd),
        "network" => buy(|b| b.network_usd),
        "servers and network" => buy(|b| b.servers_usd + b.network_usd),
        "hall" => buy(|b| b.hall_usd),
        "purchase" => buy(|b| b.capex_usd),
        "spent" => buy(|b| b.capex_usd) + years * buy(|b| b.opex_usd_per_year),
        "hour owned" | "hour rented" => hour,
        "day" => 24.0 * hour * count,
        other => panic!("{other}"),
    }
}

fn engines(case: &Case, catalog: &Catalog) -> f64 {
    let mut scenario = preset::open("support-chat", catalog).unwrap();
    let term = if case.paid == "bought" { "money.term=buy" } else { "" };
    for inputs in [ONE_EACH, term, &case.inputs] {
        set(&mut scenario, catalog, inputs);
    }
    let years = scenario.money.years;
    if case.count.is_empty() {
        let sizing = sized(&scenario, catalog, &case.accelerator);
        return usd(&case.cost, &sizing, years, f64::from(sizing.whole().billed_accelerators));
    }
    let parts = case.accelerator.split('+').zip(case.count.split('+'));
    let of = parts.map(|(accelerator, count)| {
        let count: f64 = count.parse().unwrap();
        scenario.workload.requests_per_s = 1.0;
        let first = sized(&scenario, catalog, accelerator);
        let each = first.balance.capacity_requests_per_s / f64::from(first.whole().accelerators);
        scenario.workload.requests_per_s = each * (count - 0.5);
        let sizing = sized(&scenario, catalog, accelerator);
        let billed = f64::from(sizing.whole().billed_accelerators);
        assert!((0.99..1.01).contains(&(billed / count)), "{}: {billed} {accelerator}", case.id);
        usd(&case.cost, &sizing, years, count)
    });
    of.sum()
}

#[test]
fn published_costs_are_met_within_what_is_stated() {
    let catalog = Catalog::built_in().unwrap();
    let mut factors = Vec::new();
    for case in csv::Reader::from_reader(include_str!("published_costs.csv").as_bytes()).deserialize() {
        let case: Case = case.unwrap();
        let usd = engines(&case, &catalog);
        let ratio = usd / case.published;
        println!("{:22} {:>12.4e} {:>12.4e} {ratio:.2}", case.id, case.published, usd);
        assert!(catalog.source(&case.source).is_some(), "{}: {}", case.id, case.source);
        assert!(case.within <= 1.25 || !case.note.is_empty(), "{} has no reason", case.id);
        let factor = ratio.max(1.0 / ratio);
        assert!(factor <= case.within, "{}: {usd} for {}, {ratio:.2}", case.id, case.published);
        factors.push(factor);
    }
    factors.sort_by(f64::total_cmp);
    let median = factors[factors.len() / 2];
    assert!(factors.len() >= 10 && median <= 1.35, "{median:.2} of {}", factors.len());
}
