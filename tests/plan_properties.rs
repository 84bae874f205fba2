//! What holds for every plan, over the whole range of the sliders and for every preset.

use headroom::catalog::{Catalog, OWN_QUOTE, Term};
use headroom::engine::analysis::causes::{MOST_EXACT, Method};
use headroom::engine::analysis::compare::compare;
use headroom::engine::figures::Citation;
use headroom::engine::{self, Plan, Pools, Sizing};
use headroom::report::{self, why};
use headroom::scenario::{INPUTS, Input, Kind, Scale, Scenario, Value, input_at, preset};
use proptest::prelude::*;

fn presets(catalog: &Catalog) -> Vec<Scenario> {
    preset::BUILT_IN.iter().map(|(stem, _)| preset::open(stem, catalog).unwrap()).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// Every number is finite, and every whole is the sum of its parts.
fn check(plan: &Plan, scenario: &Scenario) {
    for (i, candidate) in plan.candidates.iter().enumerate() {
        assert_eq!(candidate.rank, i + 1);
        let sentence = report::sentence::candidate(plan, candidate);
        assert!(!sentence.is_empty() && !sentence.contains("NaN") && !sentence.contains("inf"), "{sentence}");
        if let Some(sizing) = candidate.sizing() {
            check_sizing(sizing, scenario, &candidate.accelerator);
        }
    }
}

fn check_sizing(s: &Sizing, scenario: &Scenario, who: &str) {
    let (l, m, p, o) = (&s.layout, &s.memory, &s.estate.power, &s.operating_point);
    let whole = s.whole();
    assert_eq!(l.accelerators, l.accelerators_per_replica() * (l.replicas + l.spare_replicas), "{who}");
    assert!(whole.billed_accelerators >= whole.accelerators && whole.accelerators >= l.accelerators, "{who}");
    assert!(l.billed_accelerators >= l.accelerators && l.servers >= 1 && l.racks >= 1, "{who}");
    if let Some(pools) = &s.pools {
        check_pools(pools, s, who);
    }
    let parts = m.weights_bytes + m.kv_cache_bytes + m.activation_bytes + m.reserve_bytes;
    assert!(near(parts, m.memory_bytes) && m.memory_bytes <= m.capacity_bytes && m.fits, "{who}: {m:?}");
    // Of a fleet that one has nothing has to stay free.
    let headroom = if scenario.fleet.replicas.is_some() { 0.0 } else { scenario.fleet.headroom };
    assert!(o.utilization > 0.0 && o.utilization <= 1.0 - headroom + 1e-6, "{who}: {o:?}");
    assert!(o.ttft_s.at_slo <= scenario.slo.ttft_s * 1.001, "{who}: {o:?}");
    assert!(o.tpot_s.at_slo <= scenario.slo.tpot_s * 1.001, "{who}: {o:?}");
    for q in [&o.ttft_s, &o.tpot_s] {
        assert!(q.p50 > 0.0 && q.p50 <= q.p95 && q.p95 <= q.p99 && q.p99.is_finite(), "{who}: {q:?}");
    }
    assert!(p.accelerator_w > 0.0 && p.server_w >= p.accelerator_w && p.facility_w >= p.it_w, "{who}: {p:?}");
    assert!(near(p.it_w, p.server_w + p.network_w + p.storage_w), "{who}: {p:?}");
    let uses = engine::uses(s, scenario);
    assert!(uses.iter().all(|u| u.share >= -1e-12), "{who}: {uses:?}");
    let sum: f64 = uses.iter().map(|u| u.usd_per_million_tokens).sum();
    assert!(near(sum, s.estate.cost.chosen.usd_per_million_tokens), "{who}: {uses:?}");
    if let Some(b) = &s.estate.cost.buy {
        let capex = b.servers_usd + b.network_usd + b.management_usd + b.storage_usd;
        let capex = capex + b.spare_parts_usd + b.deployment_usd + b.hall_usd;
        let yearly = b.energy_usd_per_year + b.space_usd_per_year + b.maintenance_usd_per_year;
        let yearly = yearly + b.remote_hands_usd_per_year + b.staff_usd_per_year + b.software_usd_per_year;
        assert!(near(capex, b.capex_usd) && near(yearly, b.opex_usd_per_year), "{who}: {b:?}");
        assert!(b.present_cost_usd.is_finite(), "{who}: {b:?}");
    }
    if let Some(mix) = &s.estate.cost.mix {
        // Never more expensive than all of it on demand, nor than all of it reserved for as long as the horizon lasts.
        for term in [Term::OnDemand, Term::Reserved1y, Term::Reserved3y] {
            let dearest = scenario.money.years >= if term == Term::Reserved3y { 3.0 } else { 1.0 };
            if let Some(all) =
                s.estate.cost.term(term).filter(|_| dearest && scenario.money.spot_share == 0.0)
            {
                assert!(mix.usd_per_hour <= all.usd_per_hour * (1.0 + 1e-9), "{who} {term:?}: {mix:?}");
            }
        }
        assert!(mix.reserved + mix.on_demand_at_peak >= mix.steady[0] - 1e-9, "{who}: {mix:?}");
    }
    let a = &s.availability;
    assert!(a.without_spares <= a.achieved + 1e-12 && a.achieved <= a.with_one_more + 1e-12, "{who}: {a:?}");
    if scenario.fleet.spare_replicas.is_none() {
        let spares = s.pools.map_or(0, |pools| pools.prefill.spare_replicas).max(l.spare_replicas);
        assert!(a.achieved >= scenario.slo.availability || spares >= 64, "{who}: {a:?}");
    }
    let (n, f) = (&s.estate.network, &s.estate.facility);
    assert!(near(n.power_w, p.network_w) && n.price_usd > 0.0, "{who}: {n:?}");
    assert!(near(p.facility_w, p.it_w * f.pue) && f.pue >= 1.0, "{who}: {f:?}");
    assert!(near(f.air_heat_w + f.liquid_heat_w, p.heat_w) && f.air_heat_w > 0.0, "{who}: {f:?}");
    assert!(
        near(f.circuits, f.circuits_per_rack * f64::from(whole.racks)) && f.circuits >= 1.0,
        "{who}: {f:?}"
    );
    assert!(f.rack_a <= f.circuits_per_rack * f.breaker_a * 0.8 + 1e-9, "{who}: {f:?}");
    assert!(scenario.facility.power_cap_w.is_none_or(|cap| p.facility_w <= cap), "{who}: {p:?}");
    // A mixture that reads prompts in smaller batches spends a little more time on them: a few percent.
    assert!(p.energy_kwh_per_year <= p.facility_w * 8.76 * 1.05, "{who}: {p:?}");
    for term in Term::ALL {
        if let Some(cost) = s.estate.cost.term(term) {
            assert!(near(cost.usd_per_month, cost.usd_per_hour * 730.0), "{who}: {cost:?}");
            assert!(cost.usd_per_hour > 0.0 && cost.usd_per_million_tokens.is_finite(), "{who}: {cost:?}");
        }
    }
}

/// What the fleet takes is what its pools take together, and the layout is that of the pool that writes.
fn check_pools(pools: &Pools, s: &Sizing, who: &str) {
    let (whole, reads, writes) = (s.whole(), &pools.prefill, &pools.decode);
    for pool in [reads, writes] {
        let each = pool.tp * pool.pp * pool.attention_dp;
        assert_eq!(pool.accelerators, each * (pool.replicas + pool.spare_replicas), "{who}: {pool:?}");
        assert!(pool.utilization > 0.0 && pool.utilization <= 1.0, "{who}: {pool:?}");
        assert!(pool.billed_accelerators >= pool.accelerators, "{who}: {pool:?}");
        assert!(pool.billed_accelerators <= whole.billed_accelerators, "{who}: {pool:?}");
        assert!(pool.servers >= pool.racks && pool.racks >= 1, "{who}: {pool:?}");
    }
    assert_eq!(reads.kv_cache, writes.kv_cache, "{who}");
    for (field, whole, of) in [
        ("accelerators", whole.accelerators, [reads.accelerators, writes.accelerators]),
        ("typical", whole.typical_accelerators, [reads.typical_accelerators, writes.typical_accelerators]),
        ("servers", whole.servers, [reads.servers, writes.servers]),
        ("racks", whole.racks, [reads.racks, writes.racks]),
    ] {
        assert_eq!(whole, of[0] + of[1], "{who}: {field}");
    }
    s.layout.entries(&mut |field, entry| {
        let mut own = None;
        writes.entries(&mut |name, entry| own = if name == field { Some(entry) } else { own });
        assert_eq!(own, Some(entry), "{who}: {field}");
    });
    assert!(pools.together.kv_transfer_s > 0.0, "{who}: {pools:?}");
    assert!(pools.together.saving.is_none_or(|saving| saving < 1.0), "{who}: {pools:?}");
}

/// A plan that may have pools never costs more than one that may not, on any accelerator and at any load, and where it has them it
/// costs as much less as it says.
#[test]
fn pools_are_chosen_where_they_cost_less() {
    let catalog = Catalog::built_in().unwrap();
    let mut chosen = 0;
    for base in presets(&catalog) {
        for (times, term) in
            [(0.2, Term::Reserved1y), (1.0, Term::Buy), (1.0, base.money.term), (4.0, Term::OnDemand)]
        {
            let mut scenario = with(&base, base.workload.requests_per_s * times, base.workload.input_tokens);
            scenario.money.term = term;
            let free = engine::plan(&scenario, &catalog).unwrap();
            scenario.set("platform.pools", "never", &catalog).unwrap();
            let never = engine::plan(&scenario, &catalog).unwrap();
            for candidate in &never.candidates {
                let Some(mixed) = candidate.sizing() else { continue };
                assert_eq!(mixed.pools, None);
                let may = free.candidate(&candidate.accelerator).unwrap();
                // What costs many times the first is rejected, also where the first has pools.
                let Some(may) = may.sizing() else { continue };
                let usd = |sizing: &Sizing| sizing.estate.cost.chosen.usd_per_hour;
                let who = format!("{} {} {term:?}", base.name, candidate.name);
                match may.pools {
                    None => assert_eq!(may, mixed, "{who}"),
                    Some(pools) => {
                        chosen += 1;
                        let saved = 1.0 - usd(may) / usd(mixed);
                        assert!(saved > 0.0 && near(pools.together.saving.unwrap(), saved), "{who}: {saved}");
                    }
                }
            }
        }
    }
    assert!(chosen > 20, "{chosen}");
}

#[test]
fn every_preset_has_an_answer() {
    let catalog = Catalog::built_in().unwrap();
    for scenario in presets(&catalog) {
        let plan = engine::plan(&scenario, &catalog).unwrap();
        assert_eq!(plan.candidates.len(), catalog.accelerators.len());
        assert!(plan.best().is_some(), "{}", scenario.name);
        check(&plan, &scenario);
    }
}

/// Every number of a plan's JSON document, by its path.
fn numbers(path: &str, value: &serde_json::Value, visit: &mut impl FnMut(&str, f64)) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                numbers(&path, field, visit);
            }
        }
        serde_json::Value::Number(number) => visit(path, number.as_f64().unwrap()),
        _ => {}
    }
}

/// The explanation is the same run: every figure of a plan has a step of its path and value, every step is what its
/// formula makes of its terms, every term that another step made is what that one made, no step is better trusted than
/// its worst term, and every document is named.
fn check_explanation(
    scenario: &Scenario,
    catalog: &Catalog,
    accelerator: &str,
    candidate: &serde_json::Value,
) {
    let ledger = engine::explain(scenario, catalog, accelerator).unwrap();
    numbers("", candidate, &mut |path, value| {
        // Figures in a second unit are converted where they are written; an offer is a row of the catalog.
        let converted = ["facility.heat_btu_per_h", "facility.cooling_tons"].contains(&path);
        if path != "rank" && !converted && !path.starts_with("offer.") {
            // Beside the rank it stands again.
            let path = match path {
                "confidence" => "balance.confidence",
                "slo_attainment" => "operating_point.slo_attainment",
                path => path,
            };
            let step = ledger.step(path).unwrap_or_else(|| panic!("{accelerator}: no step {path}"));
            assert!(near(step.value, value), "{accelerator} {path}: {} for {value}", step.value);
        }
    });
    for step in &ledger.steps {
        let who = format!("{accelerator} {}", step.path);
        let terms: Vec<f64> = step.terms.iter().map(|term| term.value).collect();
        let made = (step.formula.value)(&terms);
        let off = (made - step.value).abs() / step.value.abs().max(1e-300);
        let never = step.path.is("cost.buy.breakeven_months") && step.value == f64::INFINITY;
        assert!(step.value.is_finite() || never, "{who}: {step:?}");
        assert!(made == step.value || off < 1e-9, "{who}: {made} {step:?}");
        assert!(!why::label(step).is_empty() && !why::formula(step).is_empty(), "{who}");
        for source in &step.sources {
            if let Citation::Document(id) = source {
                assert!(id == OWN_QUOTE || catalog.source(id).is_some(), "{who}: unknown source {id}");
            }
        }
        for term in &step.terms {
            assert!(term.value.is_finite(), "{who}: {term:?}");
            assert!(term.input.is_none_or(|path| input_at(path).is_some()), "{who}: {term:?}");
            if let Some(from) = term.from {
                let made = ledger.made(term).unwrap_or_else(|| panic!("{who} names {from}"));
                assert!(near(made.value, term.value), "{who} takes {term:?} of {}", made.value);
                assert!(step.trust >= made.trust, "{who} is {:?} on {from}, {:?}", step.trust, made.trust);
            }
        }
    }
}

fn check_explanations(scenario: &Scenario, catalog: &Catalog) {
    let plan = engine::plan(scenario, catalog).unwrap();
    let text = headroom::report::plan_json::document(&plan, scenario, catalog);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for candidate in document["candidates"].as_array().unwrap() {
        let accelerator = candidate["accelerator"].as_str().unwrap();
        check_explanation(scenario, catalog, accelerator, candidate);
    }
}

#[test]
fn every_figure_of_a_plan_can_say_what_made_it() {
    let catalog = Catalog::built_in().unwrap();
    for scenario in presets(&catalog) {
        check_explanations(&scenario, &catalog);
    }
}

/// What is on the table gets the answer that it gets beside all others, and nothing else is there.
#[test]
fn a_shortlist_is_what_is_planned() {
    let catalog = Catalog::built_in().unwrap();
    for mut scenario in presets(&catalog) {
        let all = engine::plan(&scenario, &catalog).unwrap();
        scenario.set("fleet.shortlist", "h100, b200, amd", &catalog).unwrap();
        let short = engine::plan(&scenario, &catalog).unwrap();
        assert_eq!(short.candidates.len(), scenario.fleet.shortlist.len());
        for candidate in short.candidates.iter().filter(|candidate| candidate.feasible()) {
            let beside = all.candidate(&candidate.accelerator).unwrap();
            assert!(beside.sizing().is_none_or(|sizing| Some(sizing) == candidate.sizing()));
        }
    }
}

/// Clockwork arrivals of equal requests leave nothing to wait for, until prompts come faster than they are read.
#[test]
fn a_saturated_queue_of_equal_requests_has_an_end() {
    let catalog = Catalog::built_in().unwrap();
    for mut scenario in presets(&catalog) {
        scenario.workload.arrival_cv = 0.0;
        scenario.workload.length_cv = 0.0;
        scenario.workload.output_tokens = 16.0;
        scenario.slo.tpot_s = 0.5;
        scenario.slo.ttft_s = 60.0;
        check(&engine::plan(&scenario, &catalog).unwrap(), &scenario);
    }
}

/// More load never costs less, on any accelerator, nor does a longer prompt or more availability, as long as servers start with
/// their defaults.
#[test]
fn more_is_never_cheaper() {
    let catalog = Catalog::built_in().unwrap();
    for base in presets(&catalog) {
        let (load, input) = (base.workload.requests_per_s, base.workload.input_tokens);
        let series: [Vec<Scenario>; 3] = [
            [0.1, 0.3, 0.7, 1.0, 1.3, 2.0, 5.0, 20.0].iter().map(|k| with(&base, load * k, input)).collect(),
            [0.1, 0.25, 0.5, 1.0, 1.4, 2.0].iter().map(|k| with(&base, load, (input * k).round())).collect(),
            [0.9, 0.99, 0.995, 0.999, 0.9999, 0.99999].iter().map(|share| up(&base, *share)).collect(),
        ];
        for scenarios in series {
            let plans: Vec<Plan> = scenarios.iter().map(|s| engine::plan(s, &catalog).unwrap()).collect();
            for accelerator in &catalog.accelerators {
                let mut last = 0.0;
                for plan in &plans {
                    let told = |s: &&Sizing| s.launch.fuller || s.launch.smaller_steps;
                    let sizing = plan.candidate(&accelerator.id).and_then(|c| c.sizing());
                    if let Some(s) = sizing.filter(|s| !told(s)) {
                        let now = s.estate.cost.chosen.usd_per_hour;
                        assert!(now >= last * 0.999, "{} {}: {last} to {now}", base.name, accelerator.id);
                        last = now;
                    }
                }
            }
        }
    }
}

fn with(base: &Scenario, load: f64, input: f64) -> Scenario {
    let mut scenario = base.clone();
    scenario.workload.requests_per_s = load;
    scenario.workload.input_tokens = input;
    scenario
}

fn up(base: &Scenario, availability: f64) -> Scenario {
    let mut scenario = base.clone();
    scenario.slo.availability = availability;
    scenario
}

/// A place between 0 and 1 on the slider of an input, or in its list.
fn value_at(input: &Input, place: f64, catalog: &Catalog) -> Value {
    match input.kind {
        Kind::Number(range) | Kind::OptionalNumber(range) => {
            let (low, high) = range.slider;
            let v = match range.scale {
                Scale::Log => low * (high / low).powf(place),
                Scale::Linear => low + place * (high - low),
            };
            Value::Number(if range.whole { v.round() } else { v })
        }
        Kind::Quotes => Value::Quotes(Vec::new()),
        Kind::OptionalDay => Value::Text(format!("20{}-06-30", 20 + (place * 20.0) as u32)),
        Kind::Accelerators => {
            let known = &catalog.accelerators;
            Value::Text(known[(place * known.len() as f64) as usize].id.clone())
        }
        Kind::Choice(list) | Kind::OptionalChoice(list) => {
            let choices = headroom::scenario::choices(list, catalog);
            Value::Text(choices[(place * choices.len() as f64) as usize].0.clone())
        }
    }
}

/// A scenario with every slider and choice somewhere in its range.
fn anywhere() -> impl Strategy<Value = Scenario> {
    (prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), INPUTS.len())).prop_map(|places| {
        let catalog = Catalog::built_in().unwrap();
        let mut scenario = Scenario::default();
        for (input, (place, auto)) in INPUTS.iter().zip(places) {
            let value = match input.kind {
                Kind::OptionalNumber(_) | Kind::OptionalChoice(_) if auto < 0.5 => Value::Auto,
                _ => value_at(input, place, &catalog),
            };
            scenario.set_value(input, value, &catalog).unwrap();
        }
        scenario
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_hold_together_anywhere(scenario in anywhere()) {
        let catalog = Catalog::built_in().unwrap();
        check(&engine::plan(&scenario, &catalog).unwrap(), &scenario);
    }

    #[test]
    fn explanations_hold_together_anywhere(scenario in anywhere()) {
        let catalog = Catalog::built_in().unwrap();
        check_explanations(&scenario, &catalog);
    }

    #[test]
    fn presets_come_back_as_they_were(scenario in anywhere()) {
        let catalog = Catalog::built_in().unwrap();
        let text = preset::to_text(&scenario);
        prop_assert_eq!(preset::parse(&text, "test", &catalog).unwrap(), scenario);
    }
    /// The parts that inputs have in a change make up the change, however many inputs differ.
    #[test]
    fn causes_add_up_to_the_change(
        stem in 0..preset::BUILT_IN.len(),
        places in prop::collection::vec((0..INPUTS.len(), 0.0..1.0f64), 1..=8),
    ) {
        let catalog = Catalog::built_in().unwrap();
        let a = preset::open(preset::BUILT_IN[stem].0, &catalog).unwrap();
        let mut b = a.clone();
        for (i, place) in places {
            b.set_value(&INPUTS[i], value_at(&INPUTS[i], place, &catalog), &catalog).unwrap();
        }
        let both = compare(&a, &b, &catalog).unwrap();
        let causes = &both.causes.each;
        let paths = |i: usize| (both.inputs[i].path, causes[i].path);
        prop_assert!((0..both.inputs.len().max(causes.len())).map(paths).all(|(a, b)| a == b));
        prop_assert_eq!(both.causes.method == Method::Shapley, causes.len() <= MOST_EXACT);
        let fleets = f64::from(u8::from(both.after.best.is_some())) - f64::from(u8::from(both.before.best.is_some()));
        let feasibility: f64 = causes.iter().map(|cause| cause.feasibility).sum();
        prop_assert!((feasibility - fleets).abs() < 1e-9, "{both:?}");
        let Some(change) = both.change() else {
            prop_assert!(causes.iter().all(|cause| cause.effect.is_none()));
            return Ok(());
        };
        let before = both.before.best.as_ref().unwrap().headlines.each();
        for (k, (before, whole)) in before.into_iter().zip(change.each()).enumerate() {
            let parts = causes.iter().map(|cause| cause.effect.unwrap().each()[k]);
            let scale = before + parts.clone().map(f64::abs).sum::<f64>();
            let sum = parts.sum::<f64>();
            prop_assert!(sum.is_finite() && (sum - whole).abs() <= 1e-9 * scale, "{sum} of {whole}: {both:?}");
        }
    }
}
