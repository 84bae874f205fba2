//! A sweep over scenarios: the percentiles of each plan beside those of its simulation.

use std::convert::Infallible;

use super::{
    Limits, Load, Readers, Router, Run, Simulation, SizedFleet, Span, simulate, simulate_pools, sized,
};
use crate::catalog::{Catalog, SimulatedPlan};
use crate::engine::plan::planner::plan_on;
use crate::scenario::Scenario;

const MODELS: [&str; 8] = [
    "llama-3.1-8b",
    "llama-3.1-70b",
    "qwen3-32b",
    "qwen3-30b-a3b",
    "gpt-oss-120b",
    "mixtral-8x7b",
    "qwen3-235b-a22b",
    "deepseek-r1",
];
const ACCELERATORS: [&str; 8] =
    ["h100-sxm", "b200", "h200-sxm", "mi300x", "l40s", "a100-80gb-sxm", "gb200", "rtx-pro-6000"];
const STACKS: [&str; 4] = ["vllm", "sglang", "vllm", "tensorrt-llm"];

/// Percentile of the limits, and of what is compared.
const PERCENTILE: f64 = 95.0;

/// Requests of a simulation: for each replica, and bounds of them all.
const REQUESTS_OF_A_REPLICA: u64 = 6000;
const LEAST_REQUESTS: u64 = 12_000;
const MOST_REQUESTS: u64 = 60_000;
/// Replicas of the largest fleet that is simulated.
const MOST_REPLICAS: u32 = 64;

/// Number `id` of the sweep, without an answer. Each input takes the multiples of an irrational number of its own, whole parts
/// dropped: they fill the space of all inputs evenly (Weyl 1916; the powers of the root of x¹¹ = x + 1, Roberts 2018).
pub fn asked(id: u32) -> SimulatedPlan {
    let root = 1.068_297_188_920_841_f64;
    let share = |input: i32| (f64::from(id) * root.powi(-1 - input)).fract();
    let of = |list: &[&str], input: i32| list[(share(input) * list.len() as f64) as usize].to_owned();
    let between = |input: i32, least: f64, most: f64| least * (most / least).powf(share(input));
    SimulatedPlan {
        id,
        model: of(&MODELS, 0),
        accelerator: of(&ACCELERATORS, 1),
        stack: of(&STACKS, 2),
        input_tokens: between(3, 100.0, 12_000.0).round(),
        output_tokens: between(4, 50.0, 1000.0).round(),
        requests_per_s: (between(5, 0.5, 60.0) * 100.0).round() / 100.0,
        arrival_cv: (between(6, 0.5, 2.0) * 100.0).round() / 100.0,
        length_cv: (share(7) * 100.0).round() / 100.0,
        ttft_limit_s: (between(8, 0.3, 5.0) * 100.0).round() / 100.0,
        tpot_limit_s: (between(9, 0.02, 0.1) * 1000.0).round() / 1000.0,
        tp: 0,
        pp: 0,
        ep: 0,
        attention_dp: 0,
        replicas: 0,
        readers: 0,
        utilization: 0.0,
        planned_ttft_s: 0.0,
        simulated_ttft_s: 0.0,
        planned_tpot_s: 0.0,
        simulated_tpot_s: 0.0,
        planned_e2e_s: 0.0,
        simulated_e2e_s: 0.0,
        within: 0.0,
        within_one_less: None,
    }
}

/// The scenario of `row`, the rest of which is as in `like`.
pub fn scenario(row: &SimulatedPlan, like: &Scenario) -> Scenario {
    let mut scenario = like.clone();
    let workload = &mut scenario.workload;
    workload.model.clone_from(&row.model);
    workload.input_tokens = row.input_tokens;
    workload.output_tokens = row.output_tokens;
    workload.requests_per_s = row.requests_per_s;
    workload.arrival_cv = row.arrival_cv;
    workload.length_cv = row.length_cv;
    workload.prefix_cache_hit_rate = 0.0;
    scenario.platform.stack.clone_from(&row.stack);
    scenario.slo.ttft_s = row.ttft_limit_s;
    scenario.slo.tpot_s = row.tpot_limit_s;
    scenario.slo.percentile = PERCENTILE;
    scenario.fleet.headroom = 0.15;
    scenario.fleet.confidence = 0.5;
    scenario
}

/// `row` with what the plan of its scenario says; `None`: the accelerator cannot serve it.
pub fn planned(row: &SimulatedPlan, scenario: &Scenario, catalog: &Catalog) -> Option<SimulatedPlan> {
    let plan = plan_on(scenario, catalog, |id| id == row.accelerator).ok()?;
    let sizing = plan.candidates.first()?.sizing()?;
    let (layout, point) = (&sizing.layout, &sizing.operating_point);
    Some(SimulatedPlan {
        tp: layout.tp,
        pp: layout.pp,
        ep: layout.ep,
        attention_dp: layout.attention_dp,
        replicas: layout.replicas,
        readers: sizing.pools.as_ref().map_or(0, |pools| pools.prefill.replicas),
        utilization: point.utilization,
        planned_ttft_s: point.ttft_s.p95,
        planned_tpot_s: point.tpot_s.p95,
        planned_e2e_s: point.e2e_s.p95,
        ..row.clone()
    })
}

/// `row` with what came of its plan in simulation; `None`: its fleet is too large to be simulated here.
pub fn simulated(row: &SimulatedPlan, scenario: &Scenario, catalog: &Catalog) -> Option<SimulatedPlan> {
    if row.replicas + row.readers > MOST_REPLICAS {
        return None;
    }
    let fleet = sized(scenario, catalog, Some(&row.accelerator)).ok()?;
    let all = run(&fleet, fleet.replicas, scenario);
    let mut tight = scenario.clone();
    tight.fleet.headroom = 0.0;
    let least = sized(&tight, catalog, Some(&row.accelerator)).ok();
    let least = least.filter(|fleet| fleet.readers.is_none() && fleet.replicas > 1);
    let one_less = least.map(|fleet| run(&fleet, fleet.replicas - 1, scenario));
    Some(SimulatedPlan {
        simulated_ttft_s: all.ttft_s.p95,
        simulated_tpot_s: all.tpot_s.p95,
        simulated_e2e_s: all.e2e_s.p95,
        within: all.slo_attainment,
        within_one_less: one_less.map(|run| run.slo_attainment),
        ..row.clone()
    })
}

/// `replicas` of `fleet` at the peak load.
fn run(fleet: &SizedFleet, replicas: u32, scenario: &Scenario) -> Simulation {
    let slo = &scenario.slo;
    let run = Run {
        seed: 1,
        router: Router::RoundRobin,
        prefix_cache_hit_rate: 0.0,
        queue_limit: None,
        failures: None,
        scaling: None,
        limits: Limits { ttft_s: slo.ttft_s, tpot_s: slo.tpot_s },
        share: slo.percentile / 100.0,
    };
    let requests = (REQUESTS_OF_A_REPLICA * u64::from(replicas)).clamp(LEAST_REQUESTS, MOST_REQUESTS);
    let load = Load::new(&scenario.workload, fleet.longest_tokens, Span::Requests(requests), 1);
    let load = load.map(Ok::<_, Infallible>);
    let readers = fleet.readers.as_ref().map(|pool| Readers {
        machine: &pool.machine,
        replicas: pool.replicas,
        failures: None,
        transfer_s_per_token: pool.transfer_s_per_token,
    });
    let simulated = match &readers {
        Some(readers) => simulate_pools(readers, (&fleet.machine, replicas), load, &run, |_| {}),
        None => simulate(&fleet.machine, replicas, load, &run, |_| {}),
    };
    let Ok(simulation) = simulated;
    simulation
}
