use super::*;
use crate::catalog::{Evidence, Layers, OwnFactors, add_measurements, measured_latency};
use crate::engine;
use crate::engine::calibration::accuracy::deployment_under;
use crate::engine::figures::Citation;
use crate::engine::replica::estimate::Estimate;
use crate::scenario::preset;

/// A run of Llama 3.1 70B on four H100 under vLLM.
fn row() -> MeasuredLatency {
    let rows = measured_latency().unwrap();
    let wanted =
        |r: &MeasuredLatency| r.model == "llama-3.1-70b" && r.accelerator == "h100-sxm" && r.stack == "vllm";
    MeasuredLatency {
        id: "own-1".to_owned(),
        measured: "2026-11-20".to_owned(),
        ..rows.into_iter().find(wanted).unwrap()
    }
}

fn ask(catalog: &Catalog, row: &MeasuredLatency) -> Estimate {
    let profile = Profile::of(catalog.model(&row.model).unwrap());
    let stack = catalog.stack_then(&row.stack, &row.stack_version, &row.measured).unwrap();
    let (deployment, load) = deployment_under(row, catalog, &profile, &stack).unwrap();
    estimate(&deployment, &load)
}

/// `row` as if it had taken `tpot` and `ttft` times what the engine predicts.
fn off_by(catalog: &Catalog, row: &MeasuredLatency, tpot: f64, ttft: f64) -> MeasuredLatency {
    let said = ask(catalog, row);
    MeasuredLatency {
        tpot_ms: Some(said.tpot_s.typical * 1e3 * tpot),
        ttft_ms: Some(said.ttft_s.typical * 1e3 * ttft),
        ..row.clone()
    }
}

fn holding(rows: Vec<MeasuredLatency>) -> Catalog {
    with(&Catalog::built_in().unwrap(), &rows).unwrap()
}

fn close(got: f64, want: f64) {
    assert!((got / want - 1.0).abs() < 1e-9, "{got} instead of {want}");
}

#[test]
fn one_row_moves_its_model_by_half_and_narrows_the_band() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let after = holding(vec![off_by(&before, &row, 1.2, 1.2)]);
    let (old, new) = (ask(&before, &row), ask(&after, &row));
    close(new.tpot_s.typical, old.tpot_s.typical * 1.2f64.sqrt());
    close(new.decode_step_s, old.decode_step_s * 1.2f64.sqrt());
    assert_eq!((old.evidence, new.evidence), (Evidence::Measured, Evidence::Own));
    for (old, new) in [(old.tpot_s, new.tpot_s), (old.ttft_s, new.ttft_s)] {
        assert!(new.typical > old.typical);
        assert!(new.high / new.typical < old.high / old.typical, "{new:?} is no narrower than {old:?}");
        assert!(new.high / new.typical >= 1.05);
    }
    let changes = changes(after.own_measurements(), &before, &after);
    assert_eq!(distinct(&changes).count(), 2, "one for each phase");
    assert_eq!((changes[0].before_s, changes[0].after_s), (old.tpot_s, new.tpot_s));
}

#[test]
fn other_models_move_by_half_of_that_and_other_accelerators_and_stacks_not_at_all() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let after = holding(vec![off_by(&before, &row, 1.2, 1.0)]);
    let other_model = MeasuredLatency { model: "mistral-7b".to_owned(), tp: 1, ..row.clone() };
    let (old, new) = (ask(&before, &other_model), ask(&after, &other_model));
    close(new.tpot_s.typical, old.tpot_s.typical * 1.2f64.powf(0.25));
    assert_eq!(new.evidence, Evidence::OtherModel);
    assert!(new.tpot_s.high / new.tpot_s.typical < old.tpot_s.high / old.tpot_s.typical);
    for elsewhere in [
        MeasuredLatency { accelerator: "h200-sxm".to_owned(), ..row.clone() },
        MeasuredLatency { accelerator: "mi300x".to_owned(), ..row.clone() },
        MeasuredLatency { stack: "sglang".to_owned(), ..row.clone() },
    ] {
        assert_eq!(ask(&before, &elsewhere), ask(&after, &elsewhere));
    }
}

/// A run under vLLM 0.12 says nothing of 0.17 or of the latest; one of an unknown version counts for all.
#[test]
fn a_run_of_one_version_counts_under_that_version_alone() {
    let before = Catalog::built_in().unwrap();
    let at = |version: &str| MeasuredLatency { stack_version: version.to_owned(), ..row() };
    let (old, other) = (at("0.12.0"), at("0.17.1"));
    let after = holding(vec![off_by(&before, &old, 1.2, 1.2)]);
    close(ask(&after, &at("0.15.1")).tpot_s.typical, ask(&before, &old).tpot_s.typical * 1.2f64.sqrt());
    for elsewhere in [other.clone(), at("0.27"), at("")] {
        assert_eq!(ask(&before, &elsewhere), ask(&after, &elsewhere));
    }
    let accelerator = before.accelerator("h100-sxm").unwrap();
    let model = before.model(&old.model).unwrap();
    let own = |catalog: &Catalog, stack: &str| {
        reliance(catalog, model, accelerator, &catalog.stack_named(stack).unwrap()).own.is_some()
    };
    assert_eq!(["vllm@0.11", "vllm@0.17", "vllm"].map(|stack| own(&after, stack)), [true, false, false]);
    let told = changes(after.own_measurements(), &before, &after).remove(0);
    assert_eq!((told.stack.as_str(), told.only_under.as_deref()), ("vLLM 0.11 to 0.15", Some("vllm@0.11")));
    // Together with one of an unknown version, which counts alone elsewhere.
    let both = holding(vec![off_by(&before, &old, 1.2, 1.2), off_by(&before, &at(""), 1.2, 1.2)]);
    let moved = |row: &MeasuredLatency| ask(&both, row).tpot_s.typical / ask(&before, row).tpot_s.typical;
    close(moved(&old), 1.2f64.powf(2.0 / 3.0));
    close(moved(&other), 1.2f64.sqrt());
    assert_eq!(["vllm@0.11", "vllm@0.17", "vllm"].map(|stack| own(&both, stack)), [true, true, true]);
}

#[test]
fn the_more_rows_the_more_they_are_believed() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let old = ask(&before, &row);
    let mut last = (1.0, f64::INFINITY);
    for n in [1, 3, 9] {
        let rows = (0..n).map(|i| MeasuredLatency { id: i.to_string(), ..off_by(&before, &row, 1.3, 1.3) });
        let new = ask(&holding(rows.collect()), &row);
        let (moved, width) = (new.tpot_s.typical / old.tpot_s.typical, new.tpot_s.high / new.tpot_s.typical);
        close(moved, 1.3f64.powf(f64::from(n) / (f64::from(n) + 1.0)));
        assert!(moved > last.0 && width < last.1);
        last = (moved, width);
    }
}

#[test]
fn an_accelerator_of_which_nothing_was_known_becomes_calibrated() {
    let before = Catalog::built_in().unwrap();
    let row = MeasuredLatency { accelerator: "mi300x".to_owned(), ..row() };
    let after = holding(vec![MeasuredLatency { ttft_ms: None, ..off_by(&before, &row, 1.5, 1.0) }]);
    let (old, new) = (ask(&before, &row), ask(&after, &row));
    assert!(new.evidence.is_calibrated());
    assert!(new.tpot_s.high / new.tpot_s.typical < old.tpot_s.high / old.tpot_s.typical);
    // Not measured: as it was.
    close(new.ttft_s.typical, old.ttft_s.typical);
    close(new.ttft_s.high, old.ttft_s.high);
}

#[test]
fn without_rows_nothing_changes_bit_for_bit() {
    let before = Catalog::built_in().unwrap();
    let after = with(&before, &[]).unwrap();
    assert_eq!(before, after);
    assert!(corrections(&after).is_empty());
    let row = row();
    let profile = Profile::of(before.model(&row.model).unwrap());
    let stack = before.stack(&row.stack).unwrap();
    let (mut deployment, load) = deployment_under(&row, &before, &profile, stack).unwrap();
    let plain = estimate(&deployment, &load);
    deployment.reliance.own = Some(OwnFactors { tpot: 1.0, ttft: 1.0, measurements: 1, last: None });
    assert_eq!(plain, estimate(&deployment, &load));
    // Doubted and speculative rows judge; they do not correct.
    let doubted = MeasuredLatency { doubt: "throttled".to_owned(), ..off_by(&before, &row, 2.0, 2.0) };
    let speculative = MeasuredLatency { speculative: "mtp".to_owned(), ..off_by(&before, &row, 0.5, 1.0) };
    assert!(corrections(&holding(vec![doubted, speculative])).is_empty());
}

#[test]
fn slips_are_named_and_say_nothing_of_the_engine() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let believable = off_by(&before, &row, 1.1, 1.1);
    let rows = [
        off_by(&before, &row, 1000.0, 1.0),
        MeasuredLatency { id: "own-2".to_owned(), tp: 3, ..row.clone() },
        believable.clone(),
    ];
    let errors = with(&before, &rows).unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!([&errors[0].id, &errors[1].id], ["own-1", "own-2"]);
    let SlipReason::Time { phase: Phase::Tpot, ratio, .. } = errors[0].reason else { panic!("{errors:?}") };
    close(ratio, 1000.0);
    assert!(matches!(errors[1].reason, SlipReason::Degrees { tp: 3, .. }), "{errors:?}");
    let unchecked = before.with_measurements(&rows);
    assert_eq!(corrections(&unchecked), corrections(&holding(vec![believable])));
}

/// Measurements over a catalog need no further call, in any order.
#[test]
fn measurements_count_without_being_applied() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let old = ask(&before, &row);
    let measured = off_by(&before, &row, 1.2, 1.2);
    let after = before.with_measurements(std::slice::from_ref(&measured));
    close(ask(&after, &row).tpot_s.typical, old.tpot_s.typical * 1.2f64.sqrt());
    let folder = tempfile::tempdir().unwrap();
    add_measurements(folder.path(), &[measured], &before).unwrap();
    let layers = Layers::from(before).with_folder(folder.path()).unwrap();
    assert_eq!(ask(&layers, &row), ask(&after, &row));
}

#[test]
fn the_explanation_cites_the_measurement() {
    let before = Catalog::built_in().unwrap();
    let scenario = preset::open("support-chat", &before).unwrap();
    let row = MeasuredLatency {
        model: scenario.workload.model.clone(),
        stack: scenario.platform.stack.clone(),
        stack_version: String::new(),
        ..row()
    };
    let after = holding(vec![off_by(&before, &row, 1.1, 1.1)]);
    for (catalog, cites) in [(&before, false), (&after, true)] {
        let ledger = engine::explain(&scenario, catalog, "h100-sxm").unwrap();
        for key in ["operating_point.tpot_s.p50", "operating_point.ttft_s.at_slo"] {
            let mut sources = ledger.under(key).into_iter().flat_map(|step| &step.sources);
            let last = Day::parse("2026-11-20");
            let cited = sources.any(|s| matches!(s, Citation::OwnMeasurements(own) if own.last == last));
            assert_eq!(cited, cites, "{key}");
        }
    }
}

/// Settings that differ in what a time consists of: a short prompt and a long one, one request and more than run at once.
fn settings() -> Vec<MeasuredLatency> {
    let row = row();
    let setting = |input_tokens, output_tokens, concurrency, length_spread| MeasuredLatency {
        input_tokens,
        output_tokens,
        length_spread,
        concurrency,
        ..row.clone()
    };
    vec![
        setting(264.0, 128.0, 4, 0.0),
        setting(30_000.0, 500.0, 1, 0.0),
        setting(922.0, 922.0, 64, 0.222),
        setting(8000.0, 1000.0, 4000, 0.5),
    ]
}

/// Whether `new` lies between `old` and `measured`, but for rounding.
fn between(new: f64, old: f64, measured: f64) -> bool {
    let (low, high) = (old.min(measured), old.max(measured));
    (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&new)
}

/// One correction does not leak into the other: a time that was measured as predicted stays, at every setting.
#[test]
fn a_time_measured_as_predicted_stays_whatever_the_other_is() {
    let before = Catalog::built_in().unwrap();
    for (tpot, ttft) in [(1.5, 1.0), (0.6, 1.0), (1.0, 1.7), (1.0, 0.5)] {
        let after = holding(settings().iter().map(|row| off_by(&before, row, tpot, ttft)).collect());
        for row in settings() {
            let (old, new) = (ask(&before, &row), ask(&after, &row));
            let moved = (new.tpot_s.typical / old.tpot_s.typical, new.ttft_s.typical / old.ttft_s.typical);
            close(moved.0, f64::powf(tpot, 0.8));
            close(moved.1, f64::powf(ttft, 0.8));
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// However many runs there are, a further one moves both times towards it and not beyond.
    #[test]
    fn a_measurement_moves_each_time_towards_itself(
        runs in proptest::collection::vec((0..4usize, 0.5..2.0f64, 0.5..2.0f64), 1..5),
    ) {
        let built_in = Catalog::built_in().unwrap();
        let settings = settings();
        let mut rows: Vec<MeasuredLatency> = Vec::new();
        let mut before = built_in.clone();
        for (i, (setting, tpot, ttft)) in runs.into_iter().enumerate() {
            let measured = off_by(&built_in, &settings[setting], tpot, ttft);
            rows.push(MeasuredLatency { id: i.to_string(), ..measured.clone() });
            let after = holding(rows.clone());
            let (old, new) = (ask(&before, &measured), ask(&after, &measured));
            let [tpot_s, ttft_s] = [measured.tpot_ms, measured.ttft_ms].map(|ms| ms.unwrap() / 1e3);
            proptest::prop_assert!(between(new.tpot_s.typical, old.tpot_s.typical, tpot_s));
            proptest::prop_assert!(between(new.ttft_s.typical, old.ttft_s.typical, ttft_s));
            before = after;
        }
    }
}

/// Nine runs that agree and one that is ten times off: the faulty one counts as one that is twice off the others.
#[test]
fn a_faulty_run_pulls_no_harder_than_one_that_is_twice_off() {
    let before = Catalog::built_in().unwrap();
    let row = row();
    let run = |i: u32, off: f64| MeasuredLatency { id: i.to_string(), ..off_by(&before, &row, off, 1.0) };
    let rows = |last: f64| (0..9).map(|i| run(i, 1.2)).chain([run(9, last)]).collect();
    let (agreed, faulty) = (ask(&holding(rows(1.2)), &row), ask(&holding(rows(10.0)), &row));
    let moved = (faulty.tpot_s.typical / agreed.tpot_s.typical).ln();
    assert!(moved > 0.0 && moved < std::f64::consts::LN_2 / 9.0, "{moved}");
}
