//! The sweep of plans against their simulations: as good as the page on accuracy says, and of this engine.

use headroom::catalog::{Catalog, simulated_plans};
use headroom::engine::calibration::accuracy::simulated::{Latency, SimulatedJudgement};
use headroom::engine::simulator::sweep;
use headroom::scenario::preset;

/// Below 85% of capacity half of the percentiles are within 3% (time per output token), 10% (first token) and 5% (end to end), most
/// within 15%;
/// fleets hold, and those that keep nothing free do not with one replica less.
#[test]
fn plans_are_near_their_simulations() {
    let rows = simulated_plans().unwrap();
    let judgement = SimulatedJudgement::of(&rows);
    assert!(judgement.rows.len() >= 500, "{}", judgement.rows.len());
    for (latency, median, near) in
        [(Latency::Tpot, 0.03, 0.9), (Latency::Ttft, 0.1, 0.8), (Latency::EndToEnd, 0.05, 0.9)]
    {
        let summary = judgement.summary(latency).unwrap();
        assert!(summary.median_error <= median && summary.inside_band >= near, "{latency:?}: {summary:?}");
    }
    assert!(judgement.held() >= 0.95, "{}", judgement.held());
    let (missed, of) = judgement.missed_with_one_less();
    assert!(missed >= 0.8 && of >= 200, "{missed} of {of}");
}

/// A few of the rows, planned and simulated anew.
#[test]
fn rows_are_of_this_engine() {
    let catalog = Catalog::built_in().unwrap();
    let like = preset::open("support-chat", &catalog).unwrap();
    let rows = simulated_plans().unwrap();
    let few = rows.iter().filter(|row| row.replicas + row.readers <= 4).step_by(60);
    let mut seen = 0;
    for row in few {
        let asked = sweep::asked(row.id);
        let scenario = sweep::scenario(&asked, &like);
        let planned = sweep::planned(&asked, &scenario, &catalog).expect("it was planned");
        let found = sweep::simulated(&planned, &scenario, &catalog).expect("it was simulated");
        assert_eq!(
            (&found.model, &found.accelerator, found.replicas),
            (&row.model, &row.accelerator, row.replicas)
        );
        for (found, kept) in [
            (found.planned_ttft_s, row.planned_ttft_s),
            (found.planned_tpot_s, row.planned_tpot_s),
            (found.simulated_ttft_s, row.simulated_ttft_s),
            (found.simulated_tpot_s, row.simulated_tpot_s),
            (found.planned_e2e_s, row.planned_e2e_s),
            (found.simulated_e2e_s, row.simulated_e2e_s),
        ] {
            assert!(
                (found / kept - 1.0).abs() < 1e-3,
                "{}: {found} and {kept}; write the sweep anew",
                row.id
            );
        }
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
}
