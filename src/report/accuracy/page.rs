//! The errors for people: a terminal's tables, or a page for the documentation.

use super::{Report, WORST, layout};
use crate::engine::accuracy::{Group, Phase, Summary};
use crate::report::Grid;
use crate::units;

/// Source of the measurements that come with the program, in `assets/sources.ron`.
const SOURCE: &str = "measured-latency";

/// What the columns mean, for both forms.
const LEGEND: &str = "An error is predicted / measured − 1. Median and 90th percentile are of its absolute value, \
    the bias is the median with its sign: positive where the engine says too much. In the band is the share of \
    measured values inside the band of the estimate, which should hold nine in ten.";

/// Aligned tables.
pub fn terminal(report: &Report<'_>) -> String {
    let mut out = format!(
        "{}\n{}\nAn error is predicted / measured − 1; the bias is its median with the sign.\n",
        report.from.map_or_else(
            || "The measured runs that come with the program.".to_owned(),
            |file| format!("The measured runs of {file}.")
        ),
        counts(report).replace(". ", ".\n"),
    );
    for phase in Phase::ALL {
        out.push_str(&format!("\n{} ({})\n", phase.name(), phase.label()));
        out.push_str(&errors(report, phase).aligned());
    }
    out.push_str(&format!("\nFurthest off\n{}", worst(report).aligned()));
    out
}

/// A complete page.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::from("# Accuracy\n\n");
    if report.from.is_none() {
        out.push_str("`headroom validate --format markdown > docs/accuracy.md` writes this page. ");
    }
    out.push_str(&format!(
        "It is of Headroom {} with catalog {}.\n\n## What is compared\n\n",
        env!("CARGO_PKG_VERSION"),
        report.catalog.version
    ));
    out.push_str(&format!("{} {}\n\n{LEGEND}\n", origin(report), counts(report)));
    for phase in Phase::ALL {
        out.push_str(&format!("\n## {} ({})\n\n", phase.name(), phase.label()));
        out.push_str(&errors(report, phase).markdown());
    }
    out.push_str(&format!("\n## The {WORST} values furthest off\n\n{}", worst(report).markdown()));
    out
}

/// Where the measurements come from.
fn origin(report: &Report<'_>) -> String {
    if let Some(file) = report.from {
        return format!(
            "The engine's estimates beside the measurements in `{file}`, each run a closed loop as in `headroom \
             estimate`."
        );
    }
    let title = report.catalog.source(SOURCE).map_or("", |source| source.title.as_str());
    format!(
        "The engine's estimates beside the measured runs in `assets/measured_latency.csv` (source `{SOURCE}` of \
         `assets/sources.ron`: {title}), each a closed loop as in `headroom estimate`. The efficiencies of these \
         accelerators were fitted to the same runs: this is how well the formulas fit, not a forecast of the error \
         on others."
    )
}

/// How many runs were judged and how many were not, and why.
fn counts(report: &Report<'_>) -> String {
    let judgement = report.judgement;
    let mut out = format!("{} runs were judged.", units::count(judgement.rows.len() as f64));
    if judgement.speculative > 0 {
        out.push_str(&format!(
            " {} more were left out: they probably decode speculatively, which the engine does not model.",
            judgement.speculative
        ));
    }
    if judgement.unanswered > 0 {
        out.push_str(&format!(
            " {} more were left out: the engine has no answer for them.",
            judgement.unanswered
        ));
    }
    let unfit = judgement.values.iter().filter(|v| !v.fits).map(|v| v.row);
    let unfit = unfit.collect::<std::collections::BTreeSet<_>>().len();
    if unfit > 0 {
        out.push_str(&format!(" {unfit} of those judged would not fit into memory by the engine's count."));
    }
    out
}

/// The errors of one phase: of all, then of each member of each group.
fn errors(report: &Report<'_>, phase: Phase) -> Grid {
    let mut grid =
        Grid::new(&["Group", "Member", "Values", "Median error", "90th percentile", "Bias", "In the band"]);
    let mut row = |group: &str, member: &str, summary: &Summary| {
        grid.row(vec![
            group.to_owned(),
            member.to_owned(),
            units::count(summary.count as f64),
            percent(summary.median_error),
            percent(summary.p90_error),
            signed(summary.bias),
            percent(summary.inside_band),
        ]);
    };
    let all = report.judgement.summary(phase);
    if let Some(summary) = &all {
        row("all", "", summary);
    }
    for group in Group::ALL {
        for (member, summary) in report.judgement.by(phase, group) {
            row(group.id(), member, &summary);
        }
    }
    if all.is_none() {
        grid.row(vec!["nothing measured".to_owned()]);
    }
    grid
}

fn worst(report: &Report<'_>) -> Grid {
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
            format!("{} {}", layout(row), row.weights),
            format!("{}/{}", row.input_tokens, row.output_tokens),
            row.concurrency.to_string(),
            units::seconds(value.measured_s),
            units::seconds(value.predicted_s.typical),
            units::significant(value.ratio(), 2),
        ]);
    }
    grid
}

/// An error in percent: three digits would claim more than there is.
fn percent(fraction: f64) -> String {
    format!("{}%", units::count(100.0 * fraction))
}

fn signed(fraction: f64) -> String {
    let text = percent(fraction);
    if fraction > 0.0 && text != "0%" { format!("+{text}") } else { text.replace("-0%", "0%") }
}
