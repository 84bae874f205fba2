//! How fast the engine answers: `cargo bench --bench engine`.
//!
//! Targets: a full plan (every accelerator, layout and format, in one pool or two, the best batch at the SLO) within
//! 3 ms, which accelerators share among the cores (`RAYON_NUM_THREADS=1`: one core); on one core one estimate within 1 µs and without an allocation (the profiler prints them), all curves of a tab
//! within one frame of 16.7 ms, an hour of traffic at 100 requests a second over 32 replicas simulated within 1 s, 10,000
//! requests to one replica within 0.09 s.

use std::convert::Infallible;

use divan::{AllocProfiler, Bencher, black_box};
use headroom::catalog::{Catalog, NumberFormat};
use headroom::engine::Degrees;
use headroom::engine::Profile;
use headroom::engine::analysis::{curves, hosted, hosted_changes, outlook};
use headroom::engine::simulator::{self, Limits, Load, Router, Run, Span};
use headroom::engine::{self, ClosedLoop};
use headroom::scenario::{Scenario, preset};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn catalog() -> Catalog {
    Catalog::built_in().expect("the built-in catalog parses")
}

fn open(name: &str, catalog: &Catalog) -> Scenario {
    preset::open(name, catalog).expect("a built-in preset")
}

#[divan::bench(args = preset::BUILT_IN.iter().map(|(stem, _)| *stem))]
fn full_plan(bencher: Bencher, name: &str) {
    let catalog = catalog();
    let scenario = open(name, &catalog);
    bencher.bench(|| engine::plan(black_box(&scenario), &catalog));
}

#[divan::bench(args = ["llama-3.1-70b", "deepseek-v3", "gpt-oss-120b"])]
fn one_estimate(bencher: Bencher, model: &str) {
    let catalog = catalog();
    let profile = Profile::of(catalog.model(model).expect("a catalog model"));
    let accelerator = catalog.accelerator("h200-sxm").expect("a catalog accelerator");
    let deployment = engine::deployment(
        &catalog,
        (catalog.model(model).expect("a catalog model"), &profile),
        accelerator,
        catalog.stack("vllm").expect("a catalog stack"),
        Degrees { tp: 8, ..Degrees::ONE },
        (NumberFormat::Fp8, NumberFormat::Bf16),
    )
    .expect("its efficiencies");
    let load = ClosedLoop {
        input_tokens: 2000.0,
        output_tokens: 300.0,
        length_spread: 0.2,
        concurrency: 64.0,
        in_process: false,
    };
    bencher.bench(|| engine::estimate(black_box(&deployment), black_box(&load)));
}

/// What the overview and the cost tab draw, for the six accelerators that have a colour.
#[divan::bench]
fn curves_of_a_tab(bencher: Bencher) {
    let catalog = catalog();
    let scenario = open("support-chat", &catalog);
    let plan = engine::plan(&scenario, &catalog).expect("a plan");
    let loads: Vec<f64> = (0..48).map(|i| 0.1 * 1.2f64.powi(i)).collect();
    bencher.bench(|| {
        for candidate in plan.candidates.iter().take(6) {
            black_box(curves::latency_curve(&scenario, &catalog, candidate));
            black_box(curves::cost_against_load(&scenario, &catalog, &candidate.accelerator, &loads));
        }
    });
}

/// What the money page draws beside the load curve: the horizon, regrets, utilisation, an API after each change.
#[divan::bench]
fn curves_of_money(bencher: Bencher) {
    let catalog = catalog();
    let scenario = open("support-chat", &catalog);
    let plan = engine::plan(&scenario, &catalog).expect("a plan");
    let averages: Vec<f64> = (1..=40).map(|i| f64::from(i) / 40.0).collect();
    let (best, sizing) = plan.best().expect("a best");
    bencher.bench(|| {
        black_box(outlook::outlook(&scenario, &catalog, best, 0.02));
        black_box(outlook::regrets(&scenario, &catalog, best));
        black_box(hosted::offers(&scenario, &catalog));
        black_box(hosted_changes::changes(&scenario, &catalog, &best.accelerator));
        black_box(engine::uses(sizing, &scenario));
        for candidate in plan.candidates.iter().take(6) {
            let id = &candidate.accelerator;
            black_box(curves::cost_against_utilization(&scenario, &catalog, id, &averages));
        }
    });
}

/// 1,024 tokens in, 128 out, Llama 3.1 8B on H100: 10,000 requests at 10 a second to one replica, an hour at 100 to 32.
#[divan::bench(args = [(1, 10.0, 10_000), (32, 100.0, 360_000)])]
fn simulation(bencher: Bencher, (replicas, requests_per_s, requests): (u32, f64, u64)) {
    let catalog = catalog();
    let mut scenario = open("edge-8b", &catalog);
    scenario.workload.requests_per_s = requests_per_s;
    (scenario.workload.input_tokens, scenario.workload.output_tokens) = (1024.0, 128.0);
    (scenario.workload.length_cv, scenario.workload.arrival_cv) = (0.0, 1.0);
    scenario.fleet.replicas = Some(replicas);
    let fleet = simulator::sized(&scenario, &catalog, Some("h100-sxm")).expect("a fleet");
    let run = Run {
        seed: 1,
        router: Router::RoundRobin,
        prefix_cache_hit_rate: 0.0,
        queue_limit: None,
        failures: None,
        scaling: None,
        limits: Limits { ttft_s: 1.0, tpot_s: 0.05 },
        share: 0.95,
    };
    bencher.bench(|| {
        let load = Load::new(&scenario.workload, fleet.longest_tokens, Span::Requests(requests), 1);
        simulator::simulate(&fleet.machine, replicas, load.map(Ok::<_, Infallible>), &run, |_| {})
    });
}

#[divan::bench]
fn read_the_catalog() -> Catalog {
    catalog()
}
