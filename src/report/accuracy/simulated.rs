//! Plans beside their simulations, as tables.

use super::{WORST, layout, percent, signed};
use crate::catalog::SimulatedPlan;
use crate::engine::calibration::accuracy::simulated::{
    Latency, MOST_UTILIZED, NEAR, SimulatedGroup, SimulatedJudgement, p95_s,
};
use crate::report::Grid;
use crate::report::numbers;

/// The part of the page about them.
pub fn markdown(judgement: &SimulatedJudgement<'_>) -> String {
    let mut out = format!("\n## Plans against the simulator\n\n{}\n", summary(judgement));
    for latency in Latency::ALL {
        out.push_str(&format!("\n### p95 of the {}\n\n", latency.name()));
        out.push_str(&errors(judgement, latency).markdown());
    }
    out.push_str(&format!("\n### The {WORST} percentiles furthest off\n\n{}", worst(judgement).markdown()));
    out.push_str(&format!("\n### Fleets that do not hold\n\n{}", failures(judgement).markdown()));
    out
}

/// What was compared, and how many fleets hold.
pub fn summary(judgement: &SimulatedJudgement<'_>) -> String {
    let count = |n: usize| numbers::count(n as f64);
    let (missed, less) = judgement.missed_with_one_less();
    let mut out = format!(
        "{} scenarios of `assets/simulated_plans.csv`, spread evenly over models, accelerators, stacks, lengths, loads, bursts and \
         limits (`cargo run --release --example agree -- --write`), each planned and then simulated with the same step times, below \
         {} of capacity.",
        count(judgement.rows.len()),
        percent(MOST_UTILIZED)
    );
    if judgement.fuller > 0 {
        out.push_str(&format!(" {} more are above it and not compared.", count(judgement.fuller)));
    }
    out.push_str(&format!(
        " {} of the fleets, which keep 15% of their capacity free, hold their limits in simulation; of {} fleets with one replica \
         less than those that keep nothing free {} miss them.",
        percent(judgement.held()),
        count(less),
        percent(missed)
    ));
    out
}

fn errors(judgement: &SimulatedJudgement<'_>, latency: Latency) -> Grid {
    let within = format!("Within {}", percent(NEAR));
    let mut grid =
        Grid::new(&["Group", "Member", "Plans", "Median error", "90th percentile", "Bias", within.as_str()]);
    let all = judgement.summary(latency).map(|summary| ("all", "", summary));
    let by = SimulatedGroup::ALL.iter().flat_map(|group| {
        judgement.by(latency, *group).into_iter().map(|(member, summary)| (group.id(), member, summary))
    });
    for (group, member, s) in all.into_iter().chain(by) {
        grid.row(vec![
            group.to_owned(),
            member.to_owned(),
            numbers::count(s.count as f64),
            percent(s.median_error),
            percent(s.p90_error),
            signed(s.bias),
            percent(s.inside_band),
        ]);
    }
    grid
}

fn worst(judgement: &SimulatedJudgement<'_>) -> Grid {
    let mut headings = SCENARIO.to_vec();
    headings.extend(["Latency", "Planned", "Simulated", "Ratio"]);
    let mut grid = Grid::new(&headings);
    for (latency, row) in judgement.worst(WORST) {
        let [planned, simulated] = p95_s(row, latency);
        let mut cells = scenario(row);
        cells.push(latency.label().to_owned());
        cells.extend([planned, simulated].map(numbers::seconds));
        cells.push(numbers::significant(planned / simulated, 2));
        grid.row(cells);
    }
    grid
}

fn failures(judgement: &SimulatedJudgement<'_>) -> Grid {
    let mut headings = SCENARIO.to_vec();
    headings.extend(["Within limits", "TTFT p95, limit", "TPOT p95, limit"]);
    let mut grid = Grid::new(&headings);
    for row in judgement.failures() {
        let mut cells = scenario(row);
        cells.push(format!("{}%", numbers::significant(100.0 * row.within, 3)));
        for (simulated, limit) in
            [(row.simulated_ttft_s, row.ttft_limit_s), (row.simulated_tpot_s, row.tpot_limit_s)]
        {
            cells.push(format!("{}, {}", numbers::seconds(simulated), numbers::seconds(limit)));
        }
        grid.row(cells);
    }
    grid
}

/// The columns that say which scenario it is.
const SCENARIO: [&str; 7] =
    ["Plan", "Model", "Accelerator", "Stack", "Fleet", "Tokens in/out", "Load, of capacity"];

fn scenario(row: &SimulatedPlan) -> Vec<String> {
    let mut fleet = format!("{} × {}", row.replicas, layout([row.tp, row.pp, row.ep, row.attention_dp]));
    if row.readers > 0 {
        fleet = format!("{} reading, {fleet}", row.readers);
    }
    vec![
        row.id.to_string(),
        row.model.clone(),
        row.accelerator.clone(),
        row.stack.clone(),
        fleet,
        format!("{}/{}", row.input_tokens, row.output_tokens),
        format!("{}/s, {}", row.requests_per_s, percent(row.utilization)),
    ]
}
