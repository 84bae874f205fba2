//! How far the engine is off measurements: for a terminal, as a page, value by value, and as JSON.

mod json;
mod page;
mod simulated;
mod tables;
mod values;

use super::{Format, numbers};
use crate::catalog::{Catalog, LeftOut};
use crate::engine::calibration::accuracy::simulated::SimulatedJudgement;
use crate::engine::calibration::accuracy::{Judgement, ThroughputJudgement};

/// Values that are shown one by one because they are the furthest off.
const WORST: usize = 10;

/// What a document is about.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Measured latencies beside the engine's.
    pub judgement: &'a Judgement<'a>,
    /// What exists.
    pub catalog: &'a Catalog,
    /// The user's file that the measurements come from; `None`: those that come with the program.
    pub from: Option<&'a str>,
    /// Published throughputs beside the engine's; `None`: not asked for.
    pub throughput: Option<Throughput<'a>>,
    /// Plans beside their simulations; `None`: not asked for.
    pub simulated: Option<&'a SimulatedJudgement<'a>>,
}

/// The part about published throughputs.
#[derive(Clone, Copy, Debug)]
pub struct Throughput<'a> {
    /// Published throughputs beside the engine's.
    pub judgement: &'a ThroughputJudgement<'a>,
    /// Published figures that are not compared.
    pub left_out: &'a [LeftOut],
}

/// The report in `format`.
pub fn document(report: &Report<'_>, format: Format) -> String {
    match format {
        Format::Json => json::document(report),
        Format::Csv => values::grid(report).csv(),
        Format::Table => page::terminal(report),
        Format::Markdown => page::markdown(report),
    }
}

/// A layout in short: `tp8 ep8`. Degrees of tensor, pipeline, expert and attention-data parallelism.
fn layout([tp, pp, ep, attention_dp]: [u32; 4]) -> String {
    let mut out = format!("tp{tp}");
    for (name, degree) in [("pp", pp), ("ep", ep), ("dp", attention_dp)] {
        if degree > 1 {
            out.push_str(&format!(" {name}{degree}"));
        }
    }
    out
}

/// An error in percent: three digits would claim more than there is.
fn percent(fraction: f64) -> String {
    format!("{}%", numbers::count(100.0 * fraction))
}

fn signed(fraction: f64) -> String {
    let text = percent(fraction);
    if fraction > 0.0 && text != "0%" { format!("+{text}") } else { text.replace("-0%", "0%") }
}
