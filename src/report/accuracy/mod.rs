//! How far the engine is off measurements: for a terminal, as a page, value by value, and as JSON.

mod json;
mod page;

use super::{Format, Grid};
use crate::catalog::{Catalog, MeasuredLatency};
use crate::engine::accuracy::{Judged, Judgement};

/// Values that are shown one by one because they are the furthest off.
const WORST: usize = 10;

/// What a document is about.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    pub judgement: &'a Judgement<'a>,
    pub catalog: &'a Catalog,
    /// The user's file that the measurements come from; `None`: those that come with the program.
    pub from: Option<&'a str>,
}

/// The report in `format`.
pub fn document(report: &Report<'_>, format: Format) -> String {
    match format {
        Format::Json => json::document(report),
        Format::Csv => values(report.judgement).csv(),
        Format::Table => page::terminal(report),
        Format::Markdown => page::markdown(report),
    }
}

/// The layout of a run in a word: `tp8 ep8`.
fn layout(row: &MeasuredLatency) -> String {
    let mut out = format!("tp{}", row.tp);
    for (name, degree) in [("pp", row.pp), ("ep", row.ep), ("dp", row.attention_dp)] {
        if degree > 1 {
            out.push_str(&format!(" {name}{degree}"));
        }
    }
    out
}

/// A line for each judged value, SI base units.
fn values(judgement: &Judgement<'_>) -> Grid {
    let mut grid = Grid::new(&[
        "id",
        "phase",
        "model",
        "accelerator",
        "stack",
        "weights",
        "kv_cache",
        "tp",
        "pp",
        "ep",
        "attention_dp",
        "input_tokens",
        "output_tokens",
        "length_spread",
        "concurrency",
        "fits",
        "measured_s",
        "predicted_s",
        "low_s",
        "high_s",
        "ratio",
        "inside_band",
    ]);
    for value in &judgement.values {
        let row = judgement.rows[value.row];
        let Judged { phase, measured_s, predicted_s, fits, .. } = value;
        grid.row(vec![
            row.id.clone(),
            phase.id().to_owned(),
            row.model.clone(),
            row.accelerator.clone(),
            row.stack.clone(),
            row.weights.to_string(),
            row.kv_cache.map(|format| format.to_string()).unwrap_or_default(),
            row.tp.to_string(),
            row.pp.to_string(),
            row.ep.to_string(),
            row.attention_dp.to_string(),
            row.input_tokens.to_string(),
            row.output_tokens.to_string(),
            row.length_spread.to_string(),
            row.concurrency.to_string(),
            fits.to_string(),
            measured_s.to_string(),
            predicted_s.typical.to_string(),
            predicted_s.low.to_string(),
            predicted_s.high.to_string(),
            value.ratio().to_string(),
            value.inside_band().to_string(),
        ]);
    }
    grid
}
