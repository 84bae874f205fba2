//! Prefill and decode in pools: what each carries by hand, what the document holds, and how a request goes through both.

use headroom::catalog::{Catalog, NumberFormat};
use headroom::engine::simulator::{Limits, Load, Readers, Router, Run, Span, Verdict, simulate_pools, sized};
use headroom::engine::{self, ClosedLoop, Degrees, Pools, Profile, SECTIONS};
use headroom::report::plan_json;
use headroom::scenario::{Scenario, preset};

/// Llama 3.1 8B on one H100 each, prompts that fill a step, times taken as they are.
fn example(catalog: &Catalog) -> Scenario {
    let mut scenario = Scenario::default();
    for (path, value) in [
        ("workload.model", "llama-3.1-8b"),
        ("workload.input_tokens", "8192"),
        ("workload.output_tokens", "400"),
        ("workload.requests_per_s", "40"),
        ("workload.length_cv", "0"),
        ("slo.ttft_s", "2"),
        ("slo.tpot_s", "0.015"),
        ("platform.weights", "fp8"),
        ("platform.tp", "1"),
        ("platform.pp", "1"),
        ("platform.pools", "always"),
        ("fleet.confidence", "0.5"),
    ] {
        scenario.set(path, value, catalog).unwrap();
    }
    scenario
}

fn pools(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> Pools {
    let plan = engine::plan_on(scenario, catalog, |id| id == accelerator).unwrap();
    plan.best().unwrap().1.pools.unwrap()
}

/// Where a falling function crosses zero.
fn root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if f(middle) > 0.0 { low = middle } else { high = middle }
    }
    low
}

/// Waiting time of an M/D/1 queue that one in twenty exceeds, in service times (Cramér–Lundberg).
fn wait(rho: f64) -> f64 {
    let eta = root(1e-9, 50.0, |eta| -(rho * (eta.exp() - 1.0) - eta)).max(1e-9);
    (((1.0 - rho) / (rho * eta.exp() - 1.0) / 0.05).ln() / eta).max(0.0)
}

/// By hand from `estimate`'s times: a decode replica carries as many sequences as step in 15 ms at the 95th percentile, at
/// `b / (400·t(b))` requests a second; a prefill replica as many prompts as keep the time to first token, less the way between
/// the pools, with an M/D/1 wait.
#[test]
fn each_pool_carries_what_it_does_by_hand() {
    let catalog = Catalog::built_in().unwrap();
    let scenario = example(&catalog);
    let found = pools(&scenario, &catalog, "h100-sxm");
    let model = catalog.model("llama-3.1-8b").unwrap();
    let profile = Profile::of(model);
    let stack = catalog.stack("vllm").unwrap();
    let deployment = engine::deployment(
        &catalog,
        (model, &profile),
        catalog.accelerator("h100-sxm").unwrap(),
        stack,
        Degrees::ONE,
        (NumberFormat::Fp8, NumberFormat::Bf16),
    )
    .unwrap();
    let estimate = |concurrency: f64| {
        let load = ClosedLoop {
            input_tokens: 8192.0,
            output_tokens: 400.0,
            length_spread: 0.0,
            concurrency,
            in_process: false,
        };
        engine::estimate(&deployment, &load)
    };
    let step_s = |b: f64| estimate(b.max(1.0)).decode_step_s;
    // Steps vary with the sequences in flight, which vary with the bursts that each of the replicas gets its turn of and as a step
    // grows with them, and lean to the long side.
    let burstiness = 1.0 / f64::from(found.decode.replicas);
    let z = 1.644_853_6;
    let tpot_s = |b: f64| {
        let step = step_s(b);
        let elasticity = (step_s(1.1 * b) / step - 1.0) / 0.1;
        let (variance, each) = (b * burstiness / (1.0 - elasticity), elasticity * step / b);
        let deviation = (each * each * variance * (2.0 + elasticity) / 3.0).sqrt();
        let shape = 0.2 * (burstiness / b).sqrt();
        step + 0.5 * each * variance / b + deviation * (shape * z).exp_m1() / shape
    };
    let b = root(0.1, 200.0, |b| 0.015 - tpot_s(b));
    let writes = b / (400.0 * step_s(b));
    let got = found.decode.capacity_requests_per_s;
    assert!((got / writes - 1.0).abs() < 0.01, "{got} for {writes}");

    let alone = estimate(1.0);
    let queued_s = 8192.0 / alone.prefill_tokens_per_s;
    let card = catalog.accelerator("h100-sxm").unwrap().nic_bytes_per_s.value();
    let transfer_s = 131_072.0 * 8192.0 / card;
    assert!((found.together.kv_transfer_s / transfer_s - 1.0).abs() < 1e-9, "{found:?}");
    let admission = 2.0 * 0.95 * stack.admission_steps.value();
    let left_s = 2.0 - transfer_s - (1.0 + admission) * 0.015;
    let burstiness = 1.0 / f64::from(found.prefill.replicas);
    let ttft_s = |load: f64| {
        alone.prefill_s * (1.0 + 0.95 * load * queued_s) + burstiness * wait(load * queued_s) * queued_s
    };
    let reads = root(0.0, 0.999 / queued_s, |load| left_s - ttft_s(load));
    let got = found.prefill.capacity_requests_per_s;
    assert!((got / reads - 1.0).abs() < 0.02, "{got} for {reads}");
}

/// Presets in pools: the accelerator, and whether it is bought.
const PLANNED: [(&str, &str, bool); 5] = [
    ("deepseek-at-scale", "h200-sxm", false),
    ("deepseek-at-scale", "gb300", true),
    ("support-chat", "h200-sxm", false),
    ("support-chat", "mi300x", true),
    ("rag-long-prompts", "b200", false),
];

fn planned(catalog: &Catalog, (stem, _, bought): (&str, &str, bool)) -> Scenario {
    let mut scenario = preset::open(stem, catalog).unwrap();
    scenario.set("platform.pools", "always", catalog).unwrap();
    if bought {
        scenario.set("money.term", "buy", catalog).unwrap();
    }
    scenario
}

fn document(scenario: &Scenario, catalog: &Catalog, accelerator: &str) -> serde_json::Value {
    let plan = engine::plan_on(scenario, catalog, |id| id == accelerator).unwrap();
    serde_json::from_str(&plan_json::document(&plan, scenario, catalog)).unwrap()
}

/// The document has both pools; its layout is that of the decode pool, and what both take is the sum of the two.
#[test]
fn the_document_has_both_pools() {
    let catalog = Catalog::built_in().unwrap();
    for case in PLANNED {
        let (_, accelerator, _) = case;
        let scenario = planned(&catalog, case);
        let candidate = &document(&scenario, &catalog, accelerator)["candidates"][0];
        let (pools, layout) = (&candidate["pools"], &candidate["layout"]);
        assert_eq!(layout["pool"], "decode", "{case:?}");
        for (field, value) in layout.as_object().unwrap().iter().filter(|(field, _)| *field != "pool") {
            assert_eq!(pools["decode"][field], *value, "{case:?} {field}");
        }
        let number = |of: &serde_json::Value, field: &str| of[field].as_f64().unwrap();
        for field in ["accelerators", "typical_accelerators", "servers", "racks"] {
            let sum = number(&pools["prefill"], field) + number(&pools["decode"], field);
            assert_eq!(number(pools, field), sum, "{case:?} {field}");
        }
        for pool in ["prefill", "decode"] {
            let pool = &pools[pool];
            let each = number(pool, "tp") * number(pool, "pp") * number(pool, "attention_dp");
            let replicas = number(pool, "replicas") + number(pool, "spare_replicas");
            assert_eq!(number(pool, "accelerators"), each * replicas, "{case:?}");
            assert_eq!(pool["accelerator"], accelerator, "{case:?}");
        }
        assert!(number(pools, "billed_accelerators") >= number(pools, "accelerators"), "{case:?}");
        let both = format!("{} × {}", number(pools, "accelerators"), candidate["name"].as_str().unwrap());
        for text in [&candidate["sentence"], &pools["sentence"]] {
            assert!(text.as_str().unwrap().contains(" decode"), "{case:?}: {text}");
        }
        assert!(candidate["sentence"].as_str().unwrap().starts_with(&both), "{case:?}: {both}");
    }
}

/// Every figure of a plan in pools that is explained is explained with the value that the document has, down to what the pools do.
#[test]
fn every_figure_of_pools_is_explained() {
    let catalog = Catalog::built_in().unwrap();
    for case in PLANNED {
        let (_, accelerator, _) = case;
        let scenario = planned(&catalog, case);
        let plan = engine::plan_on(&scenario, &catalog, |id| id == accelerator).unwrap();
        let sizing = plan.best().unwrap().1;
        let ledger = engine::explain(&scenario, &catalog, accelerator).unwrap();
        for section in SECTIONS {
            for figure in section.figures {
                let path = format!("{}.{}", section.path, figure.field);
                let Some(value) = sizing.number(&path) else { continue };
                let step = ledger.step(&path).unwrap_or_else(|| panic!("{case:?}: {path}"));
                let near = (step.value - value).abs() <= 1e-9 * value.abs();
                assert!(near, "{case:?}: {path} is {value}, explained as {}", step.value);
                for term in &step.terms {
                    assert!(term.from.is_none() || ledger.made(term).is_some(), "{case:?}: {path} {term:?}");
                }
            }
        }
        for (path, rests_on) in [
            ("pools.prefill.replicas", "pools.prefill.serving."),
            ("pools.accelerators", "pools.prefill.accelerators"),
            ("layout.accelerators", "pools.decode.replicas"),
            ("cost.usd_per_month", "pools.prefill."),
            ("cost.usd_per_month", "pools.decode."),
            ("power.facility_w", "pools.prefill.power."),
            ("operating_point.ttft_s.at_slo", "pools.kv_transfer_s"),
            ("bands.accelerators_low", "pools.decode.bands."),
        ] {
            let under = ledger.under(path);
            let found = under.iter().any(|step| step.path.to_string().starts_with(rests_on));
            assert!(found, "{case:?}: {path} without {rests_on}");
        }
    }
}

/// Where a plan has no pools, it has none in the document, and says what they would save or cost.
#[test]
fn what_pools_would_save_is_said_where_there_are_none() {
    let catalog = Catalog::built_in().unwrap();
    for (stem, accelerator, says) in [
        ("deepseek-at-scale", "h200-sxm", "Pools would save "),
        ("support-chat", "b200", "Pools would cost "),
    ] {
        let mut scenario = preset::open(stem, &catalog).unwrap();
        scenario.set("platform.pools", "never", &catalog).unwrap();
        let document = document(&scenario, &catalog, accelerator);
        assert!(document["candidates"][0]["pools"].is_null(), "{stem}");
        assert!(document["candidates"][0]["layout"]["pool"].is_null(), "{stem}");
        let option = document["options"].as_array().unwrap();
        let option = option.iter().find(|option| option["input"] == "platform.pools").unwrap();
        assert!(option["sentence"].as_str().unwrap().starts_with(says), "{stem}: {option}");
    }
}

/// Several times as many as are in flight at once.
const REQUESTS: u64 = 16_000;

/// What is planned in pools holds when its requests are simulated one by one, and each of them is answered whole.
#[test]
fn a_plan_in_pools_holds_request_by_request() {
    let catalog = Catalog::built_in().unwrap();
    for case in PLANNED {
        let (preset, accelerator, _) = case;
        let scenario = planned(&catalog, case);
        let fleet = sized(&scenario, &catalog, Some(accelerator)).unwrap();
        let pool = fleet.readers.as_ref().unwrap();
        let readers = Readers {
            machine: &pool.machine,
            replicas: pool.replicas,
            failures: None,
            transfer_s_per_token: pool.transfer_s_per_token,
        };
        let slo = &scenario.slo;
        let run = Run {
            seed: 3,
            router: Router::RoundRobin,
            prefix_cache_hit_rate: scenario.workload.prefix_cache_hit_rate,
            queue_limit: None,
            failures: None,
            scaling: None,
            limits: Limits { ttft_s: slo.ttft_s, tpot_s: slo.tpot_s },
            share: slo.percentile / 100.0,
        };
        let arrivals =
            Load::new(&scenario.workload, fleet.longest_tokens, Span::Requests(REQUESTS), 3).map(Ok::<_, ()>);
        let mut seen = vec![0; REQUESTS as usize];
        let simulated = simulate_pools(&readers, (&fleet.machine, fleet.replicas), arrivals, &run, |gone| {
            seen[gone.index as usize] += 1;
            assert!(gone.ttft_s > 0.0 && gone.e2e_s >= gone.ttft_s, "{gone:?}");
        })
        .unwrap();
        assert!(seen.iter().all(|times| *times == 1), "{preset}");
        assert_eq!(
            (simulated.completed, simulated.verdict),
            (REQUESTS, Verdict::Meets),
            "{preset}: {simulated:?}"
        );
        let plan = engine::plan_on(&scenario, &catalog, |id| id == accelerator).unwrap();
        let point = &plan.best().unwrap().1.operating_point;
        let (tpot, ttft) = (simulated.tpot_s.p50 / point.tpot_s.p50, simulated.ttft_s.p50 / point.ttft_s.p50);
        assert!((0.8..1.2).contains(&tpot) && (0.6..1.3).contains(&ttft), "{preset}: {tpot} {ttft}");
    }
}
