//! The engine against measured serving: bounds on quantiles of the error, all of them written down.

use headroom::catalog::{Catalog, Phase, measured_latency};
use headroom::engine::calibration::accuracy::judge;

#[test]
fn latencies_of_measured_runs() {
    let catalog = Catalog::built_in().unwrap();
    let rows = measured_latency().unwrap();
    let judgement = judge(&rows, &catalog);
    for value in &judgement.values {
        // Five rows put 236 GB of weights on one accelerator of 141 GB: their layout is mistaken.
        let row = judgement.rows[value.row];
        assert!(value.fits || (row.model == "qwen3-235b-a22b" && row.tp == 1), "{row:?} does not fit");
    }
    for (phase, median, p90) in [(Phase::Tpot, 0.08, 0.30), (Phase::Ttft, 0.18, 0.60)] {
        let errors = judgement.summary(phase).unwrap();
        println!("{}: {errors:?}", phase.label());
        assert!(errors.median_error <= median && errors.p90_error <= p90, "{}: {errors:?}", phase.label());
        assert!((0.85..=0.97).contains(&errors.inside_band), "{}: {errors:?}", phase.label());
    }
}
