//! Queues with known answers, and the traps that other simulators fell into.

use std::convert::Infallible;

use super::*;
use crate::catalog::{Catalog, PrefillPolicy};
use crate::engine::math::random::Random;
use crate::scenario::{Scenario, preset};

const LIMITS: Limits = Limits { ttft_s: 1.0, tpot_s: 0.05 };

fn plain() -> Run {
    Run {
        seed: 1,
        router: Router::RoundRobin,
        prefix_cache_hit_rate: 0.0,
        queue_limit: None,
        failures: None,
        scaling: None,
        limits: LIMITS,
        share: 0.95,
    }
}

fn request(arrival_s: f64, input_tokens: u32, output_tokens: u32) -> Arrival {
    Arrival { arrival_s, input_tokens, output_tokens }
}

/// Everything that leaves, in the order in which it came.
fn served(machine: &Machine, replicas: u32, arrivals: &[Arrival], run: &Run) -> (Simulation, Vec<Departure>) {
    let mut departures = Vec::new();
    let all = arrivals.iter().map(|arrival| Ok::<_, Infallible>(*arrival));
    let Ok(simulation) = simulate(machine, replicas, all, run, |departure| departures.push(*departure));
    departures.sort_by_key(|departure| departure.index);
    (simulation, departures)
}

/// Poisson arrivals at one a second of `count` requests, whose answers `output` draws.
fn poisson(count: usize, rate: f64, mut output: impl FnMut(&mut Random) -> u32) -> Vec<Arrival> {
    let mut random = Random::new(11, 5);
    let mut now_s = 0.0;
    let mut next = |_| {
        now_s += random.exponential() / rate;
        request(now_s, 1, output(&mut random))
    };
    (0..count).map(&mut next).collect()
}

/// With a batch of one and answers of one length, requests wait as in M/D/1: ρ/(2(1 − ρ)) service times (Pollaczek 1930).
#[test]
fn a_batch_of_one_waits_as_in_m_d_1() {
    let machine = Machine::even(0.1, 1, 1000);
    for utilization in [0.3, 0.7] {
        let (simulation, _) = served(&machine, 1, &poisson(200_000, utilization, |_| 10), &plain());
        // The first token is made in the first of ten steps of 0.1 s.
        let wait_s = simulation.ttft_s.mean - 0.1;
        let exact = utilization / (2.0 * (1.0 - utilization));
        assert!((wait_s / exact - 1.0).abs() < 0.03, "{utilization}: {wait_s} for {exact}");
        assert!((simulation.busy_fraction / utilization - 1.0).abs() < 0.01);
        assert_eq!(simulation.bottleneck, Some(Bottleneck::Sequences));
    }
}

/// With as many steps under way as sequences, and answers of geometric length, requests wait as in M/M/c (Erlang 1917): with
/// four servers at a utilisation of 0.75, 0.5094 of them, for 0.5094 service times on average.
#[test]
fn sequences_that_do_not_slow_each_other_wait_as_in_m_m_c() {
    let machine = Machine::even(0.002, 4, 100_000);
    let answers = |random: &mut Random| (random.exponential() * 500.0).ceil() as u32;
    let (simulation, _) = served(&machine, 1, &poisson(200_000, 3.0, answers), &plain());
    let wait_s = simulation.ttft_s.mean - 0.003;
    assert!((wait_s / 0.5094 - 1.0).abs() < 0.05, "{wait_s}");
}

/// Little's law, and the work: what is in flight on average is the load times the time that a request stays.
#[test]
fn littles_law_holds_and_no_work_is_lost() {
    let scenario = preset::open("support-chat", &Catalog::built_in().unwrap()).unwrap();
    let fleet = h100(&scenario);
    let run = Run { prefix_cache_hit_rate: 0.35, ..plain() };
    let load: Vec<Arrival> = Load::new(&scenario.workload, 131_072.0, Span::Requests(5000), 3).collect();
    let (simulation, all) = served(&fleet.machine, fleet.replicas, &load, &run);
    let tokens: f64 = load.iter().map(|arrival| f64::from(arrival.output_tokens)).sum();
    assert_eq!((simulation.completed, all.len()), (5000, 5000));
    assert!((simulation.output_tokens_per_s * simulation.simulated_s / tokens - 1.0).abs() < 1e-9);
    // In flight by a sweep over arrivals and departures.
    let mut events: Vec<(f64, f64)> = all
        .iter()
        .flat_map(|d| [(d.arrival.arrival_s, 1.0), (d.arrival.arrival_s + d.e2e_s, -1.0)])
        .collect();
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut area, mut in_flight, mut last_s) = (0.0, 0.0, events[0].0);
    for (at_s, change) in events {
        area += in_flight * (at_s - last_s);
        in_flight += change;
        last_s = at_s;
    }
    let law = 5000.0 * simulation.e2e_s.mean;
    assert!((area / law - 1.0).abs() < 1e-6, "{area} {law}");
    let shares: f64 =
        all.iter().map(|d| f64::from(d.cached_tokens) / f64::from(d.arrival.input_tokens)).sum();
    assert!((shares / 5000.0 - 0.35).abs() < 0.01, "{shares}");
}

/// A fleet of H100 for `scenario`.
fn h100(scenario: &Scenario) -> SizedFleet {
    sized(scenario, &Catalog::built_in().unwrap(), Some("h100-sxm")).unwrap()
}

/// Llama 3.1 8B in BF16 on one H100 under `stack`.
fn llama(stack: &str) -> Machine {
    let catalog = Catalog::built_in().unwrap();
    let mut scenario = preset::open("support-chat", &catalog).unwrap();
    for (path, value) in [
        ("workload.model", "llama-3.1-8b"),
        ("platform.stack", stack),
        ("platform.weights", "bf16"),
        ("platform.tp", "1"),
        ("fleet.replicas", "1"),
    ] {
        scenario.set(path, value, &catalog).unwrap();
    }
    sized(&scenario, &catalog, Some("h100-sxm")).unwrap().machine
}

/// A trace by hand: one prompt of 20,000 tokens is read in three chunks of 8,192 and less, and its four tokens take three steps.
#[test]
fn one_request_takes_the_steps_of_the_closed_form() {
    let machine = llama("vllm");
    let (simulation, all) = served(&machine, 1, &[request(5.0, 20_000, 4)], &plain());
    let work = |decoding, context_tokens, prompt_tokens, prompt_context_tokens| machine::Work {
        decoding,
        context_tokens,
        prompt_tokens,
        prompt_context_tokens,
    };
    let step = |work: machine::Work| machine.step_s(&work, machine.tokens(&work));
    let chunks = [(8192.0, 4096.0), (8192.0, 12_288.0), (3616.0, 18_192.0)];
    let read: f64 = chunks.iter().map(|(tokens, context)| step(work(0.0, 0.0, *tokens, *context))).sum();
    let ttft_s = machine.outside_s + read;
    let decode: f64 = (0..3).map(|i| step(work(1.0, 20_000.0 + f64::from(i), 0.0, 0.0))).sum();
    assert!((all[0].ttft_s / ttft_s - 1.0).abs() < 1e-9, "{} for {ttft_s}", all[0].ttft_s);
    assert!((all[0].tpot_s / (decode / 3.0) - 1.0).abs() < 1e-9);
    assert!((all[0].e2e_s - ttft_s - decode).abs() < 1e-9);
    assert_eq!((simulation.requests, simulation.duration_s), (1, 0.0));
    assert!((simulation.simulated_s - all[0].e2e_s).abs() < 1e-9);
}

/// Eight prompts of 1,024 tokens fill a step of 8,192, so that sixteen that come together have their first tokens in two groups
/// under vLLM.
#[test]
fn equal_prompts_move_in_groups() {
    let (_, all) = served(&llama("vllm"), 1, &[request(0.0, 1024, 50); 16], &plain());
    assert!(all[..8].iter().all(|d| d.ttft_s == all[0].ttft_s));
    // The first eight decode beside the others, whose last one is cut by the tokens that take.
    assert!(
        all[8].ttft_s > all[7].ttft_s && all[14].ttft_s == all[8].ttft_s && all[15].ttft_s > all[8].ttft_s
    );
}

/// SGLang reads prompts in steps of their own while decoding pauses; TensorRT-LLM whole, however long; vLLM in chunks that
/// slow what decodes and do not stop it.
#[test]
fn each_stack_reads_prompts_in_its_own_way() {
    let longest = |stack| {
        let machine = llama(stack);
        let policy = machine.policy;
        let (_, all) = served(&machine, 1, &[request(0.0, 100, 400), request(1.0, 60_000, 2)], &plain());
        (
            policy,
            all[0].tpot_s * 399.0,
            served(&machine, 1, &[request(0.0, 100, 400)], &plain()).1[0].tpot_s * 399.0,
        )
    };
    for (stack, policy) in [
        ("vllm", PrefillPolicy::MixedChunks),
        ("sglang", PrefillPolicy::Alone),
        ("tensorrt-llm", PrefillPolicy::MixedWhole),
    ] {
        let (found, beside_s, alone_s) = longest(stack);
        assert_eq!(found, policy);
        assert!(beside_s > alone_s + 1.0, "{stack}: {beside_s} {alone_s}");
    }
}

/// The victim is the latest; it is freed whole, goes back to the front of the queue and reads its prompt and what it made again;
/// nothing is let in meanwhile; the first never stops.
#[test]
fn preemption_is_by_recomputation_of_the_latest() {
    // Ten blocks of 16 tokens. Two prompts of 64 take four each and grow into the last two; at 81 tokens each needs a sixth.
    let machine = Machine::even(1.0, 8, 10);
    let come = [request(0.0, 64, 40), request(0.0, 64, 40), request(0.5, 16, 2)];
    let (simulation, all) = served(&machine, 1, &come, &plain());
    assert_eq!(all.iter().map(|d| d.preemptions).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!((simulation.preemptions, simulation.completed), (1, 3));
    assert_eq!(simulation.peak_kv_fraction, 1.0);
    assert_eq!(all[0].tpot_s, 1.0, "the first decodes in every step");
    // The second stops until the first, of 40 steps, is done: only then all of its prompt has room. It then has 23 tokens to make.
    assert!((all[1].e2e_s - 63.0).abs() < 1e-9 && (all[2].e2e_s - 41.5).abs() < 1e-9);
}

/// A request that would be its own victim stops until there is room, and what was let in before it goes on.
#[test]
fn its_own_victim_stops() {
    let mut machine = Machine::even(1.0, 8, 10);
    machine.step_tokens = 16;
    // The first takes four blocks; the second the six that are left, at 10 s, and then needs a seventh.
    let (_, all) = served(&machine, 1, &[request(0.0, 50, 60), request(0.5, 96, 5)], &plain());
    assert_eq!((all[0].preemptions, all[1].preemptions, all[0].tpot_s), (0, 1, 1.0));
    assert_eq!((all[1].ttft_s, all[0].e2e_s), (9.5, 63.0));
    // It reads 97 tokens again in seven steps.
    assert!((all[1].e2e_s - (63.0 + 7.0 + 3.0 - 0.5)).abs() < 1e-9, "{}", all[1].e2e_s);
}

/// A request that can never fit is refused, as is one longer than the context: a prompt has to leave room for a token.
#[test]
fn what_does_not_fit_is_refused() {
    let mut machine = Machine::even(1.0, 8, 10);
    let (simulation, all) = served(&machine, 1, &[request(0.0, 160, 2), request(0.0, 160, 1)], &plain());
    assert_eq!((all[0].end, all[1].end, simulation.refused), (End::Refused, End::Completed, 1));
    machine.longest_tokens = 100;
    let (_, all) = served(&machine, 1, &[request(0.0, 100, 1), request(0.0, 99, 1)], &plain());
    assert_eq!((all[0].end, all[1].end), (End::Refused, End::Completed));
    assert_eq!(simulation.slo_attainment, 0.5, "what is refused is not served");
}

/// A whole prompt has to fit before it is let in (vllm#21793), and none overtakes it.
#[test]
fn a_prompt_waits_until_all_of_it_fits() {
    let mut machine = Machine::even(1.0, 8, 10);
    machine.step_tokens = 32;
    let come = [request(0.0, 80, 10), request(0.5, 96, 2), request(0.6, 16, 2)];
    let (_, all) = served(&machine, 1, &come, &plain());
    let first_done = all[0].e2e_s;
    assert!(all[1].ttft_s + 0.5 > first_done && all[2].ttft_s + 0.6 > first_done);
    assert_eq!(all[1].preemptions, 0);
}

/// Many steps at once take as long as one after the other, whether or not arrivals cut them.
#[test]
fn steps_in_one_go_are_steps_one_by_one() {
    let mut machine = llama("vllm");
    machine.max_sequences = 1;
    let (_, alone) = served(&machine, 1, &[request(0.0, 500, 3000)], &plain());
    let come: Vec<Arrival> = (0..50).map(|i| request(f64::from(i) * 0.037, 500, 3000)).collect();
    let (_, beside) = served(&machine, 1, &come, &plain());
    assert!((alone[0].e2e_s / beside[0].e2e_s - 1.0).abs() < 1e-9);
    let step = |i: u32| {
        let work =
            machine::Work { decoding: 1.0, context_tokens: 500.0 + f64::from(i), ..Default::default() };
        machine.step_s(&work, machine.tokens(&work))
    };
    let decode: f64 = (0..2999).map(step).sum();
    assert!((alone[0].tpot_s * 2999.0 / decode - 1.0).abs() < 1e-9);
}

/// Acceptance is drawn, so that answers of one length take different times; the mean is that of the closed form.
#[test]
fn accepted_drafts_are_drawn() {
    let mut machine = Machine::even(0.01, 64, 1_000_000);
    (machine.draft_tokens, machine.acceptance) = (3, 0.7);
    let come: Vec<Arrival> = (0..400).map(|i| request(f64::from(i) * 0.1, 100, 1001)).collect();
    let (simulation, all) = served(&machine, 1, &come, &plain());
    let tokens_per_step = (1.0 - 0.7f64.powi(4)) / (1.0 - 0.7);
    assert!((simulation.tpot_s.mean / (0.01 / tokens_per_step) - 1.0).abs() < 0.01);
    assert!(all.iter().any(|d| d.e2e_s < 0.98 * simulation.e2e_s.mean));
}

/// Past saturation queues grow without end, and the answer says so, and what they wait for; below, it does not.
#[test]
fn overload_is_said() {
    let machine = Machine::even(0.1, 1, 1000);
    let verdict = |rate| served(&machine, 1, &poisson(5000, rate, |_| 10), &plain()).0;
    let over = verdict(1.15);
    assert_eq!((over.verdict, over.bottleneck), (Verdict::Overloaded, Some(Bottleneck::Sequences)));
    assert_ne!(verdict(0.9).verdict, Verdict::Overloaded);
    let limited = Run { queue_limit: Some(5), ..plain() };
    let (limited, _) = served(&machine, 1, &poisson(5000, 1.5, |_| 10), &limited);
    assert!(limited.rejected > 1000 && limited.completed + limited.rejected == 5000);
    assert!(limited.verdict == Verdict::Misses && limited.e2e_s.p99 < 8.0);
}

/// The least loaded of several replicas is never worse than each in turn where lengths differ.
#[test]
fn the_least_loaded_waits_less() {
    let machine = Machine::even(0.002, 1, 100_000);
    let answers = |random: &mut Random| (random.exponential() * 500.0).ceil() as u32;
    let come = poisson(20_000, 3.0, answers);
    let mean = |router| served(&machine, 4, &come, &Run { router, ..plain() }).0.ttft_s.mean;
    assert!(mean(Router::LeastLoaded) < 0.8 * mean(Router::RoundRobin));
}

/// A replica that fails hands its requests on; what was made of them is kept, and all are completed.
#[test]
fn replicas_fail_and_come_back() {
    let machine = Machine::even(0.01, 16, 10_000);
    let come = poisson(20_000, 20.0, |random| (random.exponential() * 100.0).ceil() as u32);
    let failures = Some(Failures::every(100.0, 20.0));
    for router in [Router::RoundRobin, Router::LeastLoaded] {
        let run = Run { router, failures, ..plain() };
        let (simulation, all) = served(&machine, 3, &come, &run);
        assert!(simulation.failures > 10, "{}", simulation.failures);
        assert_eq!((simulation.completed, all.len()), (20_000, 20_000));
        let (calm, _) = served(&machine, 3, &come, &Run { router, ..plain() });
        assert!(simulation.ttft_s.p99 > calm.ttft_s.p99);
    }
}

/// A fleet that follows its day runs half of its replicas, and is late the more the longer its replicas take to start; one that does not runs
/// all of them.
#[test]
fn a_fleet_follows_its_day() {
    let mut workload = Scenario::default().workload;
    (workload.requests_per_s, workload.arrival_cv, workload.length_cv) = (3.0, 1.0, 0.0);
    (workload.input_tokens, workload.output_tokens, workload.average_to_peak) = (1.0, 100.0, 0.45);
    let machine = Machine::even(0.04, 8, 1000);
    let day = Load::new(&workload, 1000.0, Span::Seconds(86_400.0), 1).through_the_day(&workload);
    let come: Vec<Arrival> = day.collect();
    let mean = come.len() as f64 / (86_400.0 * 3.0);
    assert!((mean / workload.mean_to_peak() - 1.0).abs() < 0.03, "{mean}");
    let run = |scaling| {
        served(&machine, 4, &come, &Run { scaling, limits: Limits { ttft_s: 1.0, tpot_s: 1.0 }, ..plain() }).0
    };
    let following = |start_s| run(Some(Scaling { least: 1, in_flight: 7.0, start_s }));
    let (fixed, soon, late) = (run(None), following(30.0), following(1800.0));
    assert_eq!(fixed.mean_replicas, 4.0);
    assert!(soon.mean_replicas > 1.1 && soon.mean_replicas < 2.2, "{}", soon.mean_replicas);
    assert!(fixed.slo_attainment > 0.999 && soon.slo_attainment > 0.95, "{}", soon.slo_attainment);
    assert!(
        late.slo_attainment < soon.slo_attainment - 0.005,
        "{} {}",
        late.slo_attainment,
        soon.slo_attainment
    );
    assert_eq!([fixed, soon, late].map(|simulation| simulation.completed), [come.len() as u64; 3]);
}

/// The same seed gives the same figures to the last digit, another one others.
#[test]
fn a_seed_gives_one_answer() {
    let scenario = preset::open("rag-long-prompts", &Catalog::built_in().unwrap()).unwrap();
    let fleet = h100(&scenario);
    let answer = |seed| {
        let load: Vec<Arrival> =
            Load::new(&scenario.workload, 40_960.0, Span::Seconds(300.0), seed).collect();
        served(&fleet.machine, fleet.replicas, &load, &Run { seed, prefix_cache_hit_rate: 0.1, ..plain() }).0
    };
    assert_eq!(answer(7), answer(7));
    assert_ne!(answer(7).ttft_s, answer(8).ttft_s);
}
