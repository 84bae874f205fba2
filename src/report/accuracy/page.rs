//! The errors for users: a terminal's tables, or a page for the documentation.

use super::{Report, Throughput, WORST, simulated, tables};
use crate::engine::calibration::accuracy::Phase;
use crate::report::numbers;

/// Source of the measured latencies that come with the program, in `assets/sources.ron`.
pub const SOURCE: &str = "measured-latency";

/// What the columns mean.
const LEGEND: &str = "An error is predicted / measured − 1. Median and 90th percentile are of its absolute value, \
    the bias is the median with its sign: positive where the engine predicts too high. In the band is the share of \
    measured values inside the band of the estimate, which should hold nine in ten.";

/// What the errors of unseen rows are, and what they are compared with.
const TRIALS: &str = "Each model, accelerator or stack in turn was left out of a fit, which started from the first \
    readings, and was then judged by it; rows that a note in the file advises against were left out of all fits, and count in no group but their own. For \
    comparison: a database of measured kernels (aiconfigurator 0.12) is off by a median of 12% on time per output \
    token and 36% on time to first token, on its own collection of such runs.";

/// What is compared of published throughputs.
const THROUGHPUT: &str = "Published output tokens per second, beside those of the engine. A system is several copies \
    of one engine of tp · pp accelerators; compared is one engine. The engine's figure is for the batch or \
    concurrency that was published, or else for the best one that memory holds, as if the stack had been told to \
    run that many. The band is that of the time per output token, turned over. Lengths of MLPerf's data sets vary \
    widely, and only their means are used; formats of the KV cache that were not published are taken as those that \
    the stack would choose.";

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
        out.push_str(&tables::latencies(report, phase).aligned());
    }
    out.push_str(&format!("\nLatencies furthest off\n{}", tables::worst(report).aligned()));
    if let Some(part) = &report.throughput {
        out.push_str(&format!(
            "\nOutput tokens per second of one engine, as published\n{}\n",
            left_out(part)
        ));
        out.push_str(&tables::throughputs(part).aligned());
        out.push_str(&format!("\nThroughputs furthest off\n{}", tables::worst_throughputs(part).aligned()));
    }
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
    if report.from.is_none() {
        out.push_str(&format!("\n## What a fit had not seen\n\n{TRIALS}\n\n"));
        out.push_str(&tables::trials(report).markdown());
    }
    for phase in Phase::ALL {
        out.push_str(&format!("\n## {} ({})\n\n", phase.name(), phase.label()));
        out.push_str(&tables::latencies(report, phase).markdown());
    }
    out.push_str(&format!("\n## The {WORST} latencies furthest off\n\n{}", tables::worst(report).markdown()));
    if let Some(part) = &report.throughput {
        out.push_str(&format!("\n## Throughput\n\n{THROUGHPUT} {}\n\n", left_out(part)));
        out.push_str(&tables::throughputs(part).markdown());
        out.push_str(&format!(
            "\n### Where they were published\n\n{}",
            tables::sources(part, report).markdown()
        ));
        out.push_str("\n### Left out\n\n");
        out.push_str(&tables::left_out(part).markdown());
        out.push_str(&format!("\n### The {WORST} throughputs furthest off\n\n"));
        out.push_str(&tables::worst_throughputs(part).markdown());
    }
    if let Some(judgement) = report.simulated {
        out.push_str(&simulated::markdown(judgement));
    }
    out
}

/// Where the measured latencies come from.
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
         accelerators were fitted to the same runs, by `cargo run --release --example calibrate`: their errors say \
         how well the formulas fit; those on what a fit had not seen follow first."
    )
}

/// How many runs were judged and how many were not, and why.
fn counts(report: &Report<'_>) -> String {
    let judgement = report.judgement;
    let mut out = format!("{} runs were judged.", numbers::count(judgement.rows.len() as f64));
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
        out.push_str(&format!(" {unfit} of those judged would not fit into memory according to the engine."));
    }
    out
}

/// How many published throughputs were judged and how many were not.
fn left_out(part: &Throughput<'_>) -> String {
    let judged = part.judgement.values.len();
    let left: usize = part.left_out.iter().map(|left| left.rows).sum::<usize>() + part.judgement.unanswered;
    let unfit = part.judgement.values.iter().filter(|value| !value.fits).count();
    let mut out = format!(
        "{} published figures were judged, {} left out.",
        numbers::count(judged as f64),
        numbers::count(left as f64)
    );
    if unfit > 0 {
        out.push_str(&format!(" {unfit} of those judged would not fit into memory according to the engine."));
    }
    out
}
