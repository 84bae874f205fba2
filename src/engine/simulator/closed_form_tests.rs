//! The closed form against the simulator, and what grows with what.

use std::convert::Infallible;

use super::{Limits, Load, Router, Run, Span, simulate, sized};
use crate::catalog::Catalog;
use crate::engine::figures::Silent;
use crate::engine::plan::planner::{explain, plan_on, with_sizer};
use crate::engine::replica::degrees::Degrees;
use crate::engine::replica::memory::Room;
use crate::engine::replica::memory_settings::MemorySettings;
use crate::engine::replica::roofline::Replica;
use crate::engine::replica::serving::{Service, State};
use crate::scenario::{Scenario, preset};

/// Llama 3.1 8B in BF16 on one H100.
fn one_replica(catalog: &Catalog, changes: &[(&str, &str)]) -> Scenario {
    let mut scenario = preset::open("support-chat", catalog).unwrap();
    for (path, value) in [
        ("workload.model", "llama-3.1-8b"),
        ("workload.prefix_cache_hit_rate", "0"),
        ("platform.stack", "vllm"),
        ("platform.weights", "bf16"),
        ("platform.kv_cache", "bf16"),
        ("platform.tp", "1"),
        ("fleet.replicas", "1"),
        ("fleet.spare_replicas", "0"),
        ("slo.ttft_s", "2"),
        ("slo.tpot_s", "0.1"),
    ]
    .iter()
    .chain(changes)
    {
        scenario.set(path, value, catalog).unwrap();
    }
    scenario
}

/// Ratios of the plan to the simulation, of p50 and p95 of the time per output token and of the time to first token.
fn ratios(scenario: &Scenario, catalog: &Catalog) -> [[f64; 2]; 2] {
    let plan = plan_on(scenario, catalog, |id| id == "h100-sxm").unwrap();
    let point = &plan.candidates[0].sizing().unwrap().operating_point;
    let fleet = sized(scenario, catalog, Some("h100-sxm")).unwrap();
    let run = Run {
        seed: 1,
        router: Router::RoundRobin,
        prefix_cache_hit_rate: 0.0,
        queue_limit: None,
        failures: None,
        scaling: None,
        limits: Limits { ttft_s: 2.0, tpot_s: 0.1 },
        share: 0.95,
    };
    let load = Load::new(&scenario.workload, fleet.longest_tokens, Span::Requests(REQUESTS), 1);
    let load = load.map(Ok::<_, Infallible>);
    let Ok(simulated) = simulate(&fleet.machine, fleet.replicas, load, &run, |_| {});
    [(&point.tpot_s, &simulated.tpot_s), (&point.ttft_s, &simulated.ttft_s)]
        .map(|(plan, simulated)| [plan.p50 / simulated.p50, plan.p95 / simulated.p95])
}

/// Enough for a p95 to 1.5%.
const REQUESTS: u64 = 12_000;

/// Over load, length, bursts and spread of lengths: half of the times per output token within 6% and p95 within 8%, half of the
/// times to first token within 12% and p95 within 15%.
#[test]
fn percentiles_are_those_of_the_simulator() {
    let catalog = Catalog::built_in().unwrap();
    for (input, output, load, arrivals, lengths) in [
        ("1024", "128", "5", "1", "0.5"),
        ("1024", "128", "16", "1", "0"),
        ("1024", "128", "20", "1", "0.95"),
        ("1024", "128", "20", "0.5", "0.5"),
        ("1024", "128", "16", "2", "0"),
        ("4000", "400", "2.5", "1", "0.5"),
        ("200", "300", "10", "1", "1"),
        ("200", "1000", "6", "1", "0.5"),
    ] {
        let changes = [
            ("workload.input_tokens", input),
            ("workload.output_tokens", output),
            ("workload.requests_per_s", load),
            ("workload.arrival_cv", arrivals),
            ("workload.length_cv", lengths),
        ];
        let [tpot, ttft] = ratios(&one_replica(&catalog, &changes), &catalog);
        let near =
            |[p50, p95]: [f64; 2], most: [f64; 2]| (p50 - 1.0).abs() < most[0] && (p95 - 1.0).abs() < most[1];
        assert!(near(tpot, [0.06, 0.08]), "{changes:?}: time per output token {tpot:?}");
        assert!(near(ttft, [0.12, 0.15]), "{changes:?}: time to first token {ttft:?}");
    }
}

/// Calls `visit` with the replica that `scenario` is planned with.
fn with_service(scenario: &Scenario, catalog: &Catalog, visit: impl FnOnce(&Service<'_>)) {
    let known = catalog.accelerator("h100-sxm").unwrap();
    with_sizer(scenario, catalog, |sizer| {
        let hardware = sizer.hardware(known).unwrap();
        let asked = &scenario.platform;
        let degrees = Degrees { tp: asked.tp.unwrap(), pp: asked.pp.unwrap_or(1), ep: 1, attention_dp: 1 };
        let formats = (asked.weights.unwrap(), asked.kv_cache.unwrap());
        let settings = MemorySettings { ..sizer.settings() };
        let deployment = sizer.deployment(&hardware, degrees, formats, settings);
        let (replica, room) = (Replica::new(&deployment), Room::new(&deployment, &mut Silent));
        visit(&Service { replica: &replica, room: &room, demand: &sizer.demand });
    })
    .unwrap();
}

fn latencies(service: &Service<'_>, state: &State, deviations: f64) -> [f64; 2] {
    let q = service.demand.at_deviations(deviations);
    [service.tpot_s(state, q), service.ttft_s(state, q)]
}

const STACKS: [&[(&str, &str)]; 5] = [
    &[("platform.stack", "vllm")],
    &[("platform.stack", "sglang")],
    &[("platform.stack", "tensorrt-llm")],
    &[("platform.pp", "2")],
    &[("platform.draft_tokens", "2")],
];

/// Nothing falls with the percentile, nor by more than one percent with load, and everything is a number, up to where prompts
/// come faster than they are read: beside a long wait the skewness of the rest counts less.
#[test]
fn latencies_grow_with_load_and_percentile() {
    let catalog = Catalog::built_in().unwrap();
    for stack in STACKS {
        for (input, output) in [("1024", "128"), ("200", "300"), ("8000", "100")] {
            for (arrivals, lengths) in [("1", "0.5"), ("0", "0"), ("3", "1"), ("1", "1.25")] {
                let more = [
                    ("workload.input_tokens", input),
                    ("workload.output_tokens", output),
                    ("workload.arrival_cv", arrivals),
                    ("workload.length_cv", lengths),
                ];
                let changes: Vec<_> = stack.iter().chain(&more).copied().collect();
                with_service(&one_replica(&catalog, &changes), &catalog, |service| {
                    let mut before = [[0.0; 2]; 4];
                    for i in 0..120 {
                        let state = service.state(1e-3 * 1.15f64.powi(i));
                        let mut lower = [0.0; 2];
                        for (deviations, before) in [-2.0, 0.0, 1.645, 2.326].into_iter().zip(&mut before) {
                            let found = latencies(service, &state, deviations);
                            for j in 0..2 {
                                let who = || {
                                    let used = state.prefill_utilization();
                                    (&changes, state.concurrency, used, deviations, j, found, *before)
                                };
                                assert!(!found[j].is_nan() && found[j] >= lower[j], "{:?}", who());
                                // Near saturation the far tail leans less the more of it is one wait.
                                let a_hair = if deviations > 2.0 { 6e-2 } else { 1e-2 };
                                let grows = deviations < 0.0 || found[j] >= before[j] * (1.0 - a_hair);
                                assert!(grows, "{:?}", who());
                            }
                            assert!(found[0].is_finite());
                            (lower, *before) = (found, found);
                        }
                    }
                });
            }
        }
    }
}

/// No burst and no spread of lengths is for the better at the percentile of an SLO.
#[test]
fn latencies_grow_with_bursts_and_spread() {
    let catalog = Catalog::built_in().unwrap();
    for stack in STACKS {
        for varied in ["workload.arrival_cv", "workload.length_cv"] {
            let mut before = [0.0; 2];
            for i in 0..=12 {
                let cv = (0.125 * f64::from(i)).to_string();
                let more = [("workload.requests_per_s", "12"), (varied, cv.as_str())];
                let changes: Vec<_> = stack.iter().chain(&more).copied().collect();
                with_service(&one_replica(&catalog, &changes), &catalog, |service| {
                    let state = service.at_load(12.0, &service.saturation());
                    let found = latencies(service, &state, 1.645);
                    for j in 0..2 {
                        assert!(
                            found[j] >= before[j] * (1.0 - 2e-3),
                            "{changes:?}: {found:?} after {before:?}"
                        );
                    }
                    before = found;
                });
            }
        }
    }
}

/// What a latency is explained with is what it was made of, also where copies and stages are by themselves.
#[test]
fn every_term_is_what_its_step_made() {
    let catalog = Catalog::built_in().unwrap();
    let mut scenarios: Vec<Scenario> = STACKS.iter().map(|stack| one_replica(&catalog, stack)).collect();
    let mut copies = preset::open("deepseek-at-scale", &catalog).unwrap();
    copies.set("platform.attention_dp", "8", &catalog).unwrap();
    scenarios.push(copies);
    for scenario in &scenarios {
        let accelerator =
            &plan_on(scenario, &catalog, |id| id.starts_with('h')).unwrap().candidates[0].accelerator;
        let ledger = explain(scenario, &catalog, accelerator).unwrap();
        let steps = ledger.under("operating_point.tpot_s.p95").into_iter();
        for step in steps.chain(ledger.under("operating_point.ttft_s.p95")) {
            for term in &step.terms {
                let made = ledger.made(term);
                assert_eq!(made.is_some(), term.from.is_some(), "{}: {term:?}", step.path);
                let near = made.is_none_or(|made| (made.value - term.value).abs() <= 1e-9 * term.value.abs());
                assert!(near, "{}: {term:?} of {made:?}", step.path);
            }
        }
    }
}
