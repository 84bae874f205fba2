//! The errors as tables: of all, of each member of each group, and value by value where they are largest.

use super::{Report, Throughput, WORST, layout, percent, signed};
use crate::engine::calibration::accuracy::{Group, Phase, Summary, ThroughputGroup};
use crate::report::Grid;
use crate::report::numbers;
use crate::units::Unit;

/// The errors of one phase: of all, then of each member of each group.
pub fn latencies(report: &Report<'_>, phase: Phase) -> Grid {
    let judgement = report.judgement;
    let groups = Group::ALL.iter().map(|group| (group.id(), judgement.by(phase, *group)));
    errors(judgement.summary(phase), groups)
}

/// The errors of published throughputs.
pub fn throughputs(part: &Throughput<'_>) -> Grid {
    let groups = ThroughputGroup::ALL.iter().map(|group| (group.id(), part.judgement.by(*group)));
    errors(part.judgement.summary(), groups)
}

/// The documents that throughputs were published in.
pub fn sources(part: &Throughput<'_>, report: &Report<'_>) -> Grid {
    let mut grid = Grid::new(&["Source", "Document", "Date"]);
    for (id, _) in part.judgement.by(ThroughputGroup::Source) {
        let source = report.catalog.source(id);
        let (title, date) = source.map_or(("", ""), |source| (&source.title, &source.date));
        grid.row(vec![id.to_owned(), title.to_owned(), date.to_owned()]);
    }
    grid
}

/// Published figures that are not compared, and why.
pub fn left_out(part: &Throughput<'_>) -> Grid {
    let mut grid = Grid::new(&["Published figures", "Why they are not compared"]);
    for left in part.left_out {
        grid.row(vec![numbers::count(left.rows as f64), left.reason.clone()]);
    }
    grid
}

/// How well fits met what they had seen and what they had not.
pub fn trials(report: &Report<'_>) -> Grid {
    let mut grid = Grid::new(&["Left out", "Phase", "Values", "Median error", "90th percentile", "Bias"]);
    for trial in &report.catalog.bands.trials {
        grid.row(vec![
            trial.left_out.clone(),
            trial.phase.label().to_owned(),
            numbers::count(trial.count as f64),
            percent(trial.median_error),
            percent(trial.p90_error),
            signed(trial.bias),
        ]);
    }
    grid
}

fn errors<'m>(
    all: Option<Summary>,
    groups: impl Iterator<Item = (&'static str, Vec<(&'m str, Summary)>)>,
) -> Grid {
    let mut grid =
        Grid::new(&["Group", "Member", "Values", "Median error", "90th percentile", "Bias", "In the band"]);
    let cells = |group: &str, member: &str, summary: &Summary| {
        vec![
            group.to_owned(),
            member.to_owned(),
            numbers::count(summary.count as f64),
            percent(summary.median_error),
            percent(summary.p90_error),
            signed(summary.bias),
            percent(summary.inside_band),
        ]
    };
    match &all {
        Some(summary) => grid.row(cells("all", "", summary)),
        None => grid.row(vec!["nothing measured".to_owned()]),
    }
    for (group, members) in groups {
        for (member, summary) in members {
            grid.row(cells(group, member, &summary));
        }
    }
    grid
}

/// The latencies furthest off.
pub fn worst(report: &Report<'_>) -> Grid {
    let mut grid = Grid::new(&[
        "Run",
        "Phase",
        "Model",
        "Accelerator",
        "Stack",
        "Layout",
        "Tokens in/out",
        "Concurrency",
        "Measured",
        "Predicted",
        "Ratio",
    ]);
    for value in report.judgement.worst(&Phase::ALL, WORST) {
        let row = report.judgement.rows[value.row];
        grid.row(vec![
            row.id.clone(),
            value.phase.label().to_owned(),
            row.model.clone(),
            row.accelerator.clone(),
            row.stack.clone(),
            format!("{} {}", layout([row.tp, row.pp, row.ep, row.attention_dp]), row.weights),
            format!("{}/{}", row.input_tokens, row.output_tokens),
            row.concurrency.to_string(),
            numbers::seconds(value.measured_s),
            numbers::seconds(value.predicted_s.typical),
            numbers::significant(value.ratio(), 2),
        ]);
    }
    grid
}

/// The throughputs furthest off.
pub fn worst_throughputs(part: &Throughput<'_>) -> Grid {
    let mut grid = Grid::new(&[
        "Figure",
        "Source",
        "Model",
        "Accelerator",
        "Layout",
        "Tokens in/out",
        "Concurrency",
        "Published",
        "Predicted",
        "Ratio",
    ]);
    for value in part.judgement.worst(WORST) {
        let row = value.row;
        grid.row(vec![
            row.id.clone(),
            row.source.clone(),
            row.model.clone(),
            row.accelerator.clone(),
            format!("{} {}", layout([row.tp, row.pp, row.ep, 1]), row.weights),
            format!("{}/{}", row.input_tokens, row.output_tokens),
            numbers::count(value.concurrency),
            numbers::quantity(value.measured_tokens_per_s, Unit::TokensPerSecond),
            numbers::quantity(value.predicted_tokens_per_s.typical, Unit::TokensPerSecond),
            numbers::significant(value.ratio(), 2),
        ]);
    }
    grid
}
