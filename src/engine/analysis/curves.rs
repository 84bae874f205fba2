//! Many plans at once: the lines of the plots.

use crate::catalog::Catalog;
use crate::engine::figures::Silent;
use crate::engine::plan::planner::with_sizer;
use crate::engine::plan::result::{Candidate, Sizing};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::Service;
use crate::scenario::{DayShape, Scenario};

/// One replica at one concurrency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatencyPoint {
    /// Requests in flight.
    pub concurrency: f64,
    /// At the percentile of the SLO.
    pub tpot_s: f64,
    /// At the percentile of the SLO.
    pub ttft_s: f64,
    /// Output tokens a second of one accelerator.
    pub output_tokens_per_s_per_accelerator: f64,
}

/// Points of a latency curve.
const POINTS: usize = 48;

/// Throughput against latency of the candidate's replica, from one sequence to as many as its memory and its
/// prompts allow. Empty for a rejected candidate.
pub fn latency_curve(scenario: &Scenario, catalog: &Catalog, candidate: &Candidate) -> Vec<LatencyPoint> {
    let Some(sizing) = candidate.sizing() else { return Vec::new() };
    let Some(accelerator) = catalog.accelerator(&candidate.accelerator) else { return Vec::new() };
    let layout = &sizing.layout;
    let degrees = Degrees { tp: layout.tp, pp: layout.pp, ep: layout.ep, attention_dp: layout.attention_dp };
    with_sizer(scenario, catalog, |sizer| {
        let Some(hardware) = sizer.hardware(accelerator) else { return Vec::new() };
        let formats = (layout.weights, layout.kv_cache);
        let settings = MemorySettings {
            fuller: sizing.launch.fuller,
            smaller_steps: sizing.launch.smaller_steps,
            ..sizer.settings()
        };
        let deployment = sizer.deployment(&hardware, degrees, formats, settings);
        let replica = Replica::new(&deployment);
        let room = Room::new(&deployment, &mut Silent);
        // Of pools, the one that writes answers.
        let demand = if sizing.pools.is_some() { sizer.demand.writing() } else { sizer.demand };
        let demand = demand.in_turn(f64::from(layout.replicas));
        let service = Service { replica: &replica, room: &room, demand: &demand };
        let most = service.places().min(replica.batching.max_sequences).max(1.0);
        let mut points = Vec::with_capacity(POINTS);
        for i in 0..POINTS {
            let concurrency = most.powf(i as f64 / (POINTS - 1) as f64);
            let state = service.state(concurrency);
            let ttft_s = service.ttft_s(&state, sizer.demand.slo);
            if !ttft_s.is_finite() {
                // Prompts arrive faster than they can be read: nothing beyond is a steady state.
                break;
            }
            points.push(LatencyPoint {
                concurrency,
                tpot_s: service.tpot_s(&state, sizer.demand.slo),
                ttft_s,
                output_tokens_per_s_per_accelerator: state.requests_per_s * sizer.demand.output_tokens
                    / f64::from(degrees.accelerators()),
            });
        }
        points
    })
    .unwrap_or_default()
}

/// Cost per month on one accelerator at each of `loads` (requests per second at peak), US dollars; `None`
/// where it cannot be served. The cheapest layout is chosen anew at each load.
pub fn cost_against_load(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    loads: &[f64],
) -> Vec<Option<f64>> {
    let vary = |scenario: &mut Scenario, load| scenario.workload.requests_per_s = load;
    sized_each(scenario, catalog, accelerator, loads, vary, |sizing| sizing.estate.cost.chosen.usd_per_month)
}

/// Cost of a million tokens, input and output, at each of `averages` (mean load over the peak, 0–1), US dollars; `None` where
/// the peak cannot be served. The fleet is that of the peak: what is idle is paid for all the same.
pub fn cost_against_utilization(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    averages: &[f64],
) -> Vec<Option<f64>> {
    let vary = |scenario: &mut Scenario, average| {
        scenario.workload.average_to_peak = average;
        if let DayShape::Own(_) = scenario.workload.day {
            // The user's own day has the average that it has.
            scenario.workload.day = DayShape::AroundTheClock;
        }
    };
    let read = |sizing: &Sizing| sizing.estate.cost.chosen.usd_per_million_tokens;
    sized_each(scenario, catalog, accelerator, averages, vary, read)
}

/// The scenario on one accelerator alone; `None` where it cannot be served.
pub fn sized(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Option<Sizing> {
    let accelerator = catalog.accelerator(accelerator)?;
    let answer = with_sizer(scenario, catalog, |q| q.size(&q.hardware(accelerator)?, &mut Silent).ok());
    answer.ok().flatten()
}

/// What `read` finds on one accelerator after `vary` has put each of `values` into the scenario. `vary` changes load or money
/// alone: what each layout can hold is worked out once.
fn sized_each(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    values: &[f64],
    vary: impl Fn(&mut Scenario, f64),
    read: impl Fn(&Sizing) -> f64,
) -> Vec<Option<f64>> {
    let nothing = || vec![None; values.len()];
    let Some(accelerator) = catalog.accelerator(accelerator) else { return nothing() };
    let answer = with_sizer(scenario, catalog, |sizer| {
        let options = sizer.options(&sizer.hardware(accelerator)?);
        let mut varied = scenario.clone();
        let each = values.iter().map(|&value| {
            vary(&mut varied, value);
            let sizing = with_sizer(&varied, catalog, |q| q.size_among(&q.hardware(accelerator)?, &options));
            sizing.ok().flatten().as_ref().map(&read)
        });
        Some(each.collect())
    });
    answer.ok().flatten().unwrap_or_else(nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::preset;

    /// Whether two are the same but for rounding.
    fn alike(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs(),
            (a, b) => a == b,
        }
    }

    /// The curves hold the figures of a plan of the same load or average.
    #[test]
    fn curves_are_plans() {
        let catalog = Catalog::built_in().unwrap();
        for (stem, _) in preset::BUILT_IN {
            let scenario = preset::open(stem, &catalog).unwrap();
            let peak = scenario.workload.requests_per_s;
            for id in ["h100-sxm", "b200", "trainium2", "l4"] {
                let loads = [0.1 * peak, peak, 7.0 * peak];
                let costs = cost_against_load(&scenario, &catalog, id, &loads);
                let averages = [0.2, 0.9];
                let tokens = cost_against_utilization(&scenario, &catalog, id, &averages);
                for (load, cost) in loads.into_iter().zip(costs) {
                    let mut varied = scenario.clone();
                    varied.workload.requests_per_s = load;
                    let wanted = sized(&varied, &catalog, id).map(|s| s.estate.cost.chosen.usd_per_month);
                    assert!(alike(cost, wanted), "{stem} {id}: {cost:?}, {wanted:?}");
                }
                for (average, cost) in averages.into_iter().zip(tokens) {
                    let mut varied = scenario.clone();
                    varied.workload.average_to_peak = average;
                    let wanted =
                        sized(&varied, &catalog, id).map(|s| s.estate.cost.chosen.usd_per_million_tokens);
                    assert!(alike(cost, wanted), "{stem} {id}: {cost:?}, {wanted:?}");
                }
            }
        }
    }
}
